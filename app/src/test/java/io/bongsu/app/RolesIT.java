package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bongsu.app.health.Scrape;
import io.bongsu.embedded.Ports;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every role in a process of its own, against servers elsewhere; started before there is anything for them to work on. */
class RolesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int LINES = 2_000;

    @TempDir
    Path directory;

    private Function<String, Map<String, String>> environments = role -> Map.of();

    @Test
    void theyWaitWorkCountAndEndInOrder() throws Exception {
        int port = Ports.free();
        try (Servers servers = Servers.start(directory)) {
            Map<String, String> common = Map.of(
                    "BONGSU_RULES",
                    Path.of("../correlation-rules/rules").toRealPath().toString(),
                    "BONGSU_KAFKA_PARTITIONS",
                    "2",
                    "BONGSU_LISTENERS_SYSLOG_UDP_BIND",
                    "127.0.0.1:" + port,
                    "BONGSU_LISTENERS_SYSLOG_TCP_BIND",
                    "127.0.0.1:" + port,
                    "BONGSU_LISTENERS_JSON_TCP_BIND",
                    "127.0.0.1:0");
            environments = role -> {
                Map<String, String> all = new HashMap<>(common);
                all.putAll(servers.environment(role));
                return all;
            };
            try (RoleProcess parse = start("parse", "stream", "--role", "parse");
                    RoleProcess correlate = start("correlate", "stream", "--role", "correlate");
                    RoleProcess index = start("index", "index")) {
                parse.awaitReadiness(503, "run bongsu setup");
                correlate.awaitReadiness(503, "run bongsu setup");
                index.awaitReadiness(503, "run bongsu setup");
                assertThat(doctor(1)).contains("run: bongsu setup");
                setUp("topics: 6 created, 2 partitions");
                setUp("topics: 0 created, 2 partitions");
                try (RoleProcess ship = start("ship", "ship")) {
                    List<RoleProcess> roles = List.of(ship, parse, correlate, index);
                    roles.forEach(role -> role.awaitReadiness(200, "ready"));

                    send(port);

                    await().atMost(PATIENCE).untilAsserted(() -> {
                        Scrape out = index.scrape();
                        assertThat(out.values().get("bongsu_index_forwarded_documents_total{kind=\"events\"}"))
                                .isEqualTo(LINES);
                        assertThat(out.values().get("bongsu_index_forwarded_documents_total{kind=\"alerts\"}"))
                                .as(correlate.log())
                                .isPositive();
                        assertThat(out.sum("bongsu_index_lag_records")).isZero();
                    });
                    assertThat(search("search", "--json", "--limit", "10", "process.pid:1999"))
                            .contains("\"203.0.113.7\"");
                    assertThat(search("search", "--alerts", "--json", "rule.name:*brute*"))
                            .contains("SSH brute force");
                    assertThat(search("alert", "show", brute()))
                            .contains("SSH brute force", "source.ip=203.0.113.7", "Failed password for", "T1110.001")
                            .doesNotContain("not in Elasticsearch");
                    assertThat(doctor(0))
                            .contains("\"ok\":true", "bongsu-index: 1 members, no lag", "alive, its clock agrees");
                    assertCounts(ship.scrape(), parse.scrape(), correlate.scrape(), index.scrape());

                    for (RoleProcess role : roles) {
                        assertThat(role.terminate()).as(role.log()).isZero();
                        assertThat(role.isAlive()).isFalse();
                        assertThat(role.log()).doesNotContain("\"level\":\"ERROR\"", "canary");
                    }
                    // Without the right key, nobody is let in.
                    if (servers.environment("index").containsKey("BONGSU_ELASTICSEARCH_API_KEY_FILE")) {
                        Path wrong = Files.writeString(directory.resolve("wrong.key"), "wrong");
                        try (RoleProcess doctor = RoleProcess.start(
                                directory,
                                with("setup", "BONGSU_ELASTICSEARCH_API_KEY_FILE", wrong.toString()),
                                "doctor")) {
                            assertThat(doctor.exitCode()).as(doctor.log()).isOne();
                            assertThat(doctor.log()).contains("does not know us", "set elasticsearch.api_key_file");
                        }
                    }
                    // A role has no more rights than its work needs, and a CA that it does not know is no CA.
                    if (servers.environment("ship").containsKey("BONGSU_KAFKA_USER")) {
                        refused("ship", Map.of(), "stream", "--role", "parse");
                        String other = directory.resolve("kafka/other.pem").toString();
                        refused("parse", Map.of("BONGSU_KAFKA_CA_FILE", other), "stream", "--role", "parse");
                    }
                }
            }
        }
    }

    private void refused(String user, Map<String, String> over, String... arguments) throws Exception {
        Map<String, String> environment = new HashMap<>(environments.apply(user));
        environment.putAll(over);
        try (RoleProcess role = RoleProcess.start(directory.resolve("refused"), environment, arguments)) {
            role.awaitReadiness(503, "refuses us");
            assertThat(role.terminate()).as(role.log()).isZero();
        }
    }

    private Map<String, String> with(String user, String key, String value) {
        Map<String, String> environment = new HashMap<>(environments.apply(user));
        environment.put(key, value);
        return environment;
    }

    private RoleProcess start(String user, String... arguments) throws IOException {
        return RoleProcess.start(directory, environments.apply(user), arguments);
    }

    private static void assertCounts(Scrape ship, Scrape parse, Scrape correlate, Scrape index) {
        ship.assertLaw("ship", "lines");
        parse.assertLaw("parse", "lines");
        correlate.assertLaw("correlate", "hits");
        index.assertLaw("index", "documents");
        assertThat(ship.sum("bongsu_ship_forwarded_lines_total")).isEqualTo(LINES);
        assertThat(parse.sum("bongsu_parse_received_lines_total")).isEqualTo(LINES);
        assertThat(correlate.sum("bongsu_correlate_received_hits_total")).isPositive();
        assertThat(parse.has("bongsu_parse_lag_records{partition=\"1\",topic=\"bongsu.logs\"}"))
                .isTrue();
        assertThat(correlate.has("bongsu_correlate_lag_records{partition=\"0\",topic=\"bongsu.hits\"}"))
                .isTrue();
        assertThat(parse.sum("bongsu_stream_kafka_connections")).isPositive();
        assertThat(ship.has("bongsu_ship_dropped_lines_total{listener=\"syslog-udp\",reason=\"full\"}"))
                .isTrue();
        assertThat(index.has("bongsu_index_paused_partitions")).isTrue();
        assertThat(parse.sum("bongsu_stream_restarted_threads_total")).isZero();
    }

    private void setUp(String says) throws Exception {
        try (RoleProcess setup = start("setup", "setup", "--wait", "1m")) {
            assertThat(setup.exitCode()).as(setup.log()).isZero();
            assertThat(setup.log()).contains(says);
        }
    }

    private String doctor(int code) throws Exception {
        try (RoleProcess doctor = start("setup", "doctor", "--json")) {
            assertThat(doctor.exitCode()).as(doctor.log()).isEqualTo(code);
            return doctor.log();
        }
    }

    /** As somebody who may only read. */
    private String search(String... arguments) throws Exception {
        String key = "BONGSU_ELASTICSEARCH_API_KEY_FILE";
        String index = environments.apply("index").get(key);
        Map<String, String> analyst = index == null
                ? environments.apply("index")
                : with(
                        "index",
                        key,
                        Path.of(index).resolveSibling("analyst.key").toString());
        try (RoleProcess search = RoleProcess.start(directory, analyst, arguments)) {
            assertThat(search.exitCode()).as(search.log()).isZero();
            return search.log();
        }
    }

    /** The beginning of the alert's id. */
    private String brute() throws Exception {
        String found = search("search", "--alerts", "--json", "rule.name:\"SSH brute force\"");
        return Pattern.compile("\"id\":\"([0-9a-f]{10})[0-9a-f]{22}\"")
                .matcher(found)
                .results()
                .map(match -> match.group(1))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no alert in " + found));
    }

    /** Two thousand lines of which six are a brute force. */
    private static void send(int port) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < LINES; i++) {
            String what = i < LINES - 6
                    ? "Accepted publickey for alice from 10.0.0.7 port 4022 ssh2"
                    : "Failed password for root from 203.0.113.7 port 4022 ssh2";
            text.append("<86>1 ")
                    .append(java.time.Instant.now())
                    .append(" web-1 sshd ")
                    .append(i)
                    .append(" - - ")
                    .append(what)
                    .append('\n');
        }
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(text.toString().getBytes(StandardCharsets.UTF_8));
        }
    }
}
