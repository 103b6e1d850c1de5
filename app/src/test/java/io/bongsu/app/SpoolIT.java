package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bongsu.embedded.KafkaProcess;
import io.bongsu.embedded.Ports;
import io.bongsu.model.Codec;
import io.bongsu.model.Heartbeat;
import io.bongsu.model.RawLine;
import io.bongsu.model.RawLogs;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The broker is killed and away, the shipper is killed with SIGKILL meanwhile and started again before the broker is: what
 * was sent and taken is in the log, under one identity each, and is as the shipper signed for; and what somebody does to a
 * copy of this log is named. Looks at what was sent and at the log, at no counter but to
 * know when to kill.
 */
class SpoolIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int PARTITIONS = 2;

    @TempDir
    Path directory;

    @Test
    void whatWasSpooledOutlivesTheShipperAndTheBroker() throws Exception {
        int port = Ports.free();
        try (KafkaProcess first = KafkaProcess.start(directory.resolve("kafka"), 0)) {
            first.awaitReady();
            LogsTopic.create(first.bootstrap(), PARTITIONS);
            Map<String, String> environment = Map.of(
                    "BONGSU_KAFKA_BOOTSTRAP",
                    first.bootstrap(),
                    "BONGSU_RULES",
                    Path.of("../correlation-rules/rules").toRealPath().toString(),
                    "BONGSU_ELASTICSEARCH_URL",
                    "http://127.0.0.1:1",
                    "BONGSU_LISTENERS_SYSLOG_UDP_BIND",
                    "127.0.0.1:" + port,
                    "BONGSU_LISTENERS_SYSLOG_TCP_BIND",
                    "127.0.0.1:" + port,
                    "BONGSU_LISTENERS_JSON_TCP_BIND",
                    "127.0.0.1:0");
            try (RoleProcess ship = RoleProcess.start(directory, environment, "ship")) {
                ship.awaitReadiness(200, "ready");
                send(port, 0, 1_000);
                awaitLines(ship, "bongsu_ship_forwarded_lines_total", 2_000);
                first.close();
                send(port, 1_000, 3_000);
                awaitLines(ship, "bongsu_ship_spooled_lines", 4_000);
                ship.awaitReadiness(200, "ready");
            } // SIGKILL
            try (RoleProcess ship = RoleProcess.start(directory, environment, "ship")) {
                awaitLines(ship, "bongsu_ship_spooled_lines", 4_000);
                send(port, 3_000, 4_000);
                awaitLines(ship, "bongsu_ship_spooled_lines", 6_000);
                assertThat(ship.terminate()).as(ship.log()).isZero();
            }
            try (KafkaProcess again = KafkaProcess.start(directory.resolve("kafka"), first.port())) {
                again.awaitReady();
                try (RoleProcess ship = RoleProcess.start(directory, environment, "ship")) {
                    awaitLines(ship, "bongsu_ship_forwarded_lines_total", 6_000);
                    awaitLines(ship, "bongsu_ship_spooled_bytes", 0);
                    ship.scrape().assertLaw("ship", "lines");
                    assertThat(ship.terminate()).as(ship.log()).isZero();
                }
                audit(again.bootstrap());
                new Tampered(again.bootstrap(), PARTITIONS).eachIsNamed();
            }
        }
    }

    private static void audit(String bootstrap) throws Exception {
        Map<String, String> byIdentity = new HashMap<>();
        Map<String, TreeMap<Long, Set<Long>>> numbers = new TreeMap<>();
        Map<List<Long>, Long> promised = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : LogsTopic.read(bootstrap)) {
            switch (Codec.decode(record.value())) {
                case Heartbeat beat -> promised.put(List.of((long) record.partition(), beat.getEpoch()), beat.getNow());
                case RawLogs logs -> {
                    long now = promised.getOrDefault(List.of((long) record.partition(), logs.getEpoch()), 0L);
                    for (RawLine line : logs.getLines()) {
                        String before = LogsTopic.note(byIdentity, logs, line);
                        assertThat(before != null || line.getReceived() >= now)
                                .as(
                                        "received before what a heartbeat had promised: %s %d %d",
                                        logs.getSource(), logs.getEpoch(), line.getSequence())
                                .isTrue();
                        numbers.computeIfAbsent(logs.getSource(), s -> new TreeMap<>())
                                .computeIfAbsent(logs.getEpoch(), e -> new HashSet<>())
                                .add(line.getSequence());
                    }
                }
                default -> throw new AssertionError(record);
            }
        }
        assertThat(byIdentity.values())
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 4_000)
                        .boxed()
                        .flatMap(i -> List.of(line("tcp", i), line("udp", i)).stream())
                        .toList());
        assertThat(numbers).hasSize(2);
        numbers.values().forEach(source -> source.values().forEach(seen -> assertThat(seen)
                .as("without gaps")
                .hasSize(
                        1 + (int) seen.stream().mapToLong(Long::longValue).max().orElseThrow())));
    }

    private static void awaitLines(RoleProcess ship, String metric, long count) {
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .untilAsserted(() -> assertThat(ship.scrape().sum(metric)).isEqualTo(count));
    }

    private static void send(int port, int from, int to) throws IOException {
        StringBuilder lines = new StringBuilder();
        try (DatagramSocket datagrams = new DatagramSocket();
                Socket stream = new Socket(InetAddress.getLoopbackAddress(), port)) {
            for (int i = from; i < to; i++) {
                byte[] data = line("udp", i).getBytes(StandardCharsets.UTF_8);
                datagrams.send(new DatagramPacket(data, data.length, InetAddress.getLoopbackAddress(), port));
                lines.append(line("tcp", i)).append('\n');
            }
            stream.getOutputStream().write(lines.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String line(String protocol, int number) {
        return "<38>Nov 22 10:00:00 host-" + protocol + " app[" + number + "]: 봉수 line " + number;
    }
}
