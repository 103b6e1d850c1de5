package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import io.bongsu.app.command.Commands;
import io.bongsu.app.demo.Line;
import io.bongsu.app.demo.Scenario;
import io.bongsu.app.health.Scrape;
import io.bongsu.app.kibana.Shown;
import io.bongsu.indexer.Search;
import io.bongsu.indexer.Search.Hit;
import io.bongsu.model.Codec;
import io.bongsu.model.DeadLetter;
import io.bongsu.model.Micros;
import io.bongsu.model.Topics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.logstash.logback.appender.LogstashTcpSocketAppender;
import net.logstash.logback.argument.StructuredArguments;
import net.logstash.logback.encoder.LogstashEncoder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a socket to a search, through real servers. */
class SocketsToSearchIT {
    @TempDir
    static Path directory;

    private static Running running;

    @BeforeAll
    static void start() {
        // No source holds the clock back by more than an hour, so what is older comes too late.
        running = Running.start(directory, Map.of("BONGSU_CORRELATE_HOLD", "1h"));
    }

    @AfterAll
    static void stop() {
        if (running != null) { // otherwise there are no servers to be had, and all is skipped
            running.close();
        }
    }

    @Test
    void aLineByUdp() throws IOException {
        byte[] line = "<86>Nov 22 10:00:00 web-1 sshd[11]: Failed password for root from 203.0.113.7 port 4022 ssh2"
                .getBytes(StandardCharsets.UTF_8);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(line, line.length, running.pipeline().address("syslog-udp")));
        }

        Map<String, Object> doc = found("host.hostname:web\\-1 AND user.name:root AND event.outcome:failure");

        assertThat(doc)
                .containsEntry("source.ip", "203.0.113.7")
                .containsEntry("event.action", "ssh_login")
                .containsEntry("event.original", new String(line, StandardCharsets.UTF_8));
    }

    @Test
    void linesAndOctetCountsOnTheSameConnection() throws IOException {
        String line =
                "<86>1 2026-11-22T10:00:00Z web-2 sudo 12 - - alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/id";
        String counted = line.replace("alice", "bob");
        try (Socket socket = running.connect("syslog-tcp", 1)) {
            socket.getOutputStream()
                    .write((line + "\n" + counted.length() + " " + counted).getBytes(StandardCharsets.UTF_8));
        }

        assertThat(found("host.hostname:web\\-2 AND user.name:alice"))
                .containsEntry("process.command_line", "/usr/bin/id");
        assertThat(found("host.hostname:web\\-2 AND user.name:bob"))
                .containsEntry("process.command_line", "/usr/bin/id");
    }

    @Test
    void theRealLogbackAppender() {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        LogstashTcpSocketAppender appender = new LogstashTcpSocketAppender();
        LogstashEncoder encoder = new LogstashEncoder();
        appender.setContext(context);
        encoder.setContext(context);
        encoder.setCustomFields("{\"app\":\"orders\"}");
        encoder.start();
        appender.setEncoder(encoder);
        appender.addDestinations(running.pipeline().address("json-tcp"));
        appender.start();
        Logger logger = context.getLogger("com.example.Orders");
        logger.addAppender(appender);

        logger.info("order accepted", StructuredArguments.keyValue("order", 4711));
        logger.error("payment failed", new IllegalStateException("no answer"));
        appender.stop();

        assertThat(found("log.logger:com.example.Orders AND log.level:INFO"))
                .containsEntry("message", "order accepted");
        assertThat(found("message:\"payment failed\"").get("error.stack_trace"))
                .asString()
                .contains("java.lang.IllegalStateException: no answer");
    }

    @Test
    void whatNobodyUnderstandsIsStillFound() throws IOException {
        byte[] noise = new byte[2_000];
        new Random(1).nextBytes(noise);
        try (Socket syslog = running.connect("syslog-tcp", 2);
                Socket json = running.connect("json-tcp", 2)) {
            OutputStream out = syslog.getOutputStream();
            out.write(noise);
            out.write("\n99999999999 <1>lying count\nplain words of a gadget\n".getBytes(StandardCharsets.UTF_8));
            json.getOutputStream()
                    .write("{\"message\":\"half an obj\n{\"message\":\"whole object\"}\n"
                            .getBytes(StandardCharsets.UTF_8));
        }

        found("\"lying count\"");
        found("\"plain words of a gadget\"");
        found("\"half an obj\"");
        found("\"whole object\"");
    }

    @Test
    void theNumbersOfEachStageBalance() throws Exception {
        try (Socket socket = running.connect("syslog-tcp", 3)) {
            socket.getOutputStream()
                    .write("<13>1 2026-11-22T10:00:00Z web-9 cron 1 - - balance\n".getBytes(StandardCharsets.UTF_8));
        }
        found("host.hostname:web\\-9");
        var at = running.pipeline().health();
        String base = "http://127.0.0.1:" + at.getPort();

        assertThat(Scrape.get(base, "/readyz").statusCode()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Scrape scrape = Scrape.at(base);
            assertThat(scrape.sum("bongsu_stream_answering_processes")).isOne();
            scrape.assertLaw("ship", "lines");
            scrape.assertLaw("parse", "lines");
            scrape.assertLaw("correlate", "hits");
            scrape.assertLaw("index", "documents");
            assertThat(scrape.sum("bongsu_ship_forwarded_lines_total"))
                    .isPositive()
                    .isEqualTo(scrape.sum("bongsu_parse_received_lines_total"));
        });
    }

    @Test
    void eachPanelSearchAndViewOfKibanaShowsSomethingOfADemo() throws Exception {
        Scenario scenario = Scenario.of(1, Instant.now(), 2_000);
        Map<Integer, Socket> sockets = new HashMap<>();
        try {
            for (Line line : scenario.lines()) {
                int sender = 100 + line.host().number();
                if (!sockets.containsKey(sender)) {
                    String listener = line.host().transport().isJson() ? "json-tcp" : "syslog-tcp";
                    sockets.put(sender, running.connect(listener, sender));
                }
                OutputStream out = sockets.get(sender).getOutputStream();
                out.write(line.data());
                out.write('\n');
            }
            // The first five hours come too late to be correlated; these do not.
            for (int i = 0; i < 6; i++) {
                String now = Instant.now().toString();
                sockets.get(101)
                        .getOutputStream()
                        .write(("<86>1 " + now + " web-01 sshd " + i + " - - Failed password for root from 203.0.113.99"
                                        + " port 4022 ssh2\n")
                                .getBytes(StandardCharsets.UTF_8));
            }
        } finally {
            for (Socket socket : sockets.values()) {
                socket.close();
            }
        }
        try (var producer =
                new KafkaProducer<>(running.pipeline().kafka(), new ByteArraySerializer(), new ByteArraySerializer())) {
            DeadLetter letter = new DeadLetter(
                    "bongsu.logs-0-1-2",
                    "parse",
                    "parser",
                    "it broke",
                    Topics.LOGS,
                    0,
                    1L,
                    2,
                    "syslog-tcp/127.0.0.1",
                    null,
                    Micros.now(),
                    ByteBuffer.wrap("the line".getBytes(StandardCharsets.UTF_8)),
                    0);
            producer.send(new ProducerRecord<>(Topics.DEAD_LETTERS, Codec.encode(letter)))
                    .get();
        }

        Instant guessed = whatAnAnalystSaysStays(103);

        Shown shown = new Shown(running.pipeline().elasticsearch());
        assertThat(shown.counts())
                .containsEntry("dashboard", 5)
                .containsEntry("index-pattern", 4)
                .containsEntry("search", 7);
        await().atMost(Duration.ofSeconds(90))
                .untilAsserted(() -> assertThat(shown.problems()).isEmpty());
        theLogOnceMore(guessed);
    }

    /**
     * All that the tests of this class have sent, once more: the same alerts; other rules and why there was none.
     *
     * @param guessed when the passwords were guessed: a minute later the rule has forgotten them
     */
    private static void theLogOnceMore(Instant guessed) throws IOException {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        assertThat(command("replay", "verify", "--from", "12h")).isZero());
        assertThat(printed("replay", "verify", "--from", "12h")).contains("the log gives ", " again, 0 differ");

        Path rule = directory.resolve("guess.yml");
        Files.writeString(rule, """
                title: SSH login failed once
                name: once
                level: low
                logsource: { product: linux, service: sshd }
                detection: { s: { source.ip: 203.0.113.98, event.outcome: failure }, condition: s }
                """);
        assertThat(printed("rules", "backtest", rule.toString(), "--from", "12h"))
                .contains("SSH login failed once: 3 alerts of 0 hits; it is new", "events in ");
        Path filter = directory.resolve("except.yml");
        assertThat(command(
                        "alert",
                        "except",
                        alert(
                                        new Search(running.pipeline().elasticsearch()),
                                        "source.ip:203.0.113.99 AND rule.name:\"SSH brute force\"")
                                .id(),
                        "--note",
                        "our scanner",
                        "--out",
                        filter.toString()))
                .isZero();
        assertThat(printed("rules", "backtest", filter.toString(), "--from", "12h"))
                .containsPattern(
                        "SSH brute force: \\d+ alerts of \\d+ hits, live \\d+ of \\d+: 0 added, 1 gone, 0 changed");

        assertThat(command("rules", "list", "--blind", "--json")).isOne();
        assertThat(command("rules", "blind", "--alert")).isOne();
        assertThat(alert(new Search(running.pipeline().elasticsearch()), "\"Windows event log cleared\"")
                        .flat())
                .containsEntry("rule.name", "A rule cannot see");

        String at = guessed.toString();
        assertThat(printed("rules", "why-not", "SSH brute force", "--group", "source.ip=203.0.113.98", "--at", at))
                .contains(
                        "counted   SSH login failed", "nearest to an alert", "events: 3, asked is at least 5: 2 short");
        assertThat(printed("rules", "why-not", "SSH brute force", "--group", "source.ip=203.0.113.99", "--at", at))
                .contains("there is an alert: ");
    }

    /**
     * One alert is looked at, another is dealt with; that one grows afterwards and stays dealt with.
     *
     * @return when it grew
     */
    private static Instant whatAnAnalystSaysStays(int sender) throws IOException {
        Search search = new Search(running.pipeline().elasticsearch());
        String guessed = "source.ip:203.0.113.99 AND rule.name:\"SSH brute force\"";
        Hit alert = alert(search, guessed);
        Hit other = alert(search, "NOT " + guessed);

        assertThat(command("alert", "ack", other.id(), "--note", "I look at it", "--by", "bob"))
                .isZero();
        assertThat(command(
                        "alert",
                        "close",
                        alert.id().substring(0, 12),
                        "--reason",
                        "false-positive",
                        "--note",
                        "our own scanner, 봉수",
                        "--by",
                        "alice"))
                .isZero();
        assertThat(command("alert", "close", "ffffffffffff", "--reason", "benign", "--note", "none"))
                .isOne();
        Map<String, Object> note = await().atMost(Duration.ofSeconds(60))
                .until(
                        () -> search.find(Search.Query.of("event.id:" + alert.id(), Search.In.NOTES, 1))
                                .hits(),
                        found -> !found.isEmpty())
                .getFirst()
                .flat();
        assertThat(note)
                .containsEntry("kibana.alert.workflow_status", "closed")
                .containsEntry("kibana.alert.workflow_reason", "false_positive")
                .containsEntry("kibana.alert.workflow_user", "alice")
                .containsEntry("message", "our own scanner, 봉수")
                .containsEntry("rule.name", "SSH brute force")
                .containsEntry("source.ip", "203.0.113.99");

        Instant grew = Instant.now();
        try (Socket socket = running.connect("syslog-tcp", sender)) {
            for (int i = 0; i < 3; i++) {
                socket.getOutputStream()
                        .write(("<86>1 " + Instant.now() + " web-01 sshd " + i + " - - Failed password for root from"
                                        + " 203.0.113.98 port 4022 ssh2\n")
                                .getBytes(StandardCharsets.UTF_8));
            }
            for (int i = 0; i < 20; i++) {
                socket.getOutputStream()
                        .write(("<86>1 " + Instant.now() + " web-01 sshd " + i + " - - Failed password for root from"
                                        + " 203.0.113.99 port 4022 ssh2\n")
                                .getBytes(StandardCharsets.UTF_8));
            }
        }
        long before = (Long) alert.flat().get("bongsu.alert.revision");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> (Long) alert(search, guessed).flat().get("bongsu.alert.revision") > before);
        assertThat(search.find(Search.Query.of("event.id:" + alert.id(), Search.In.NOTES, 1))
                        .hits()
                        .getFirst()
                        .flat())
                .isEqualTo(note);
        assertThat(printed("search", "--alerts", guessed)).contains("handled: false positive");
        assertThat(printed("search", "--alerts", "--open", guessed)).isEqualTo("nothing found\n");
        assertThat(printed("search", "--alerts", "--open", "event.id:" + other.id()))
                .contains("acknowledged");
        assertThat(printed("alert", "show", alert.id()))
                .contains("handled: false positive, by alice at ", "our own scanner, 봉수");
        return grew;
    }

    private static Hit alert(Search search, String query) {
        return await().atMost(Duration.ofSeconds(90))
                .until(
                        () -> search.find(Search.Query.of(query, Search.In.ALERTS, 1))
                                .hits(),
                        found -> !found.isEmpty())
                .getFirst();
    }

    private static int command(String... words) throws IOException {
        Path config = directory.resolve("bongsu.yml");
        String rules = Running.environment(directory).get("BONGSU_RULES");
        Files.writeString(
                config, "data: " + directory.resolve("data") + "\nrules: [" + rules + "]\ncorrelate: { hold: 1h }\n");
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--config", config.toString()));
        return Commands.execute(all.toArray(String[]::new));
    }

    private static String printed(String... words) throws IOException {
        PrintStream real = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            assertThat(command(words)).isZero();
        } finally {
            System.setOut(real);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> found(String query) {
        List<Hit> hits = await().atMost(Duration.ofSeconds(60))
                .until(
                        () -> new Search(running.pipeline().elasticsearch())
                                .find(Search.Query.of(query, Search.In.EVENTS, 10))
                                .hits(),
                        found -> !found.isEmpty());
        assertThat(hits).hasSize(1);
        return hits.get(0).flat();
    }
}
