package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import io.bongsu.app.health.Scrape;
import io.bongsu.indexer.Search;
import io.bongsu.indexer.Search.Hit;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.logstash.logback.appender.LogstashTcpSocketAppender;
import net.logstash.logback.argument.StructuredArguments;
import net.logstash.logback.encoder.LogstashEncoder;
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
        running = Running.start(directory, Map.of());
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
