package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bongsu.app.ledger.TrustedKeys;
import io.bongsu.app.ledger.Verification;
import io.bongsu.model.Codec;
import io.bongsu.model.Micros;
import io.bongsu.model.RawLine;
import io.bongsu.model.RawLogs;
import io.bongsu.model.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file is written and rotated while the shipper that follows it is killed, again and again, on a real Kafka. */
class FilesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int KILLS = 3;
    private static final int LINES_A_KILL = 20_000;

    @TempDir
    Path directory;

    @Test
    void killedAgainAndAgainEveryLineIsThereUnderOneIdentity() throws Exception {
        Path logs = Files.createDirectories(directory.resolve("logs"));
        Path config = directory.resolve("ship.yml"); // not that of the whole pipeline
        Files.writeString(config, "listeners: {}\nfiles: { app: { paths: [\"" + logs + "/app.log*\"] } }\n");
        try (PlainKafka server = PlainKafka.start(directory)) {
            Map<String, Object> kafka = Map.of("bootstrap.servers", server.bootstrap());
            Map<String, String> environment = Map.of(
                    "BONGSU_KAFKA_BOOTSTRAP",
                    server.bootstrap(),
                    "BONGSU_RULES",
                    Path.of("../correlation-rules/rules").toRealPath().toString());
            LogsTopic.create(server.bootstrap(), 2);
            try (Log log = new Log(kafka)) {
                int written = 0;
                for (int kill = 0; kill < KILLS; kill++) {
                    try (RoleProcess ship = ship(environment, config)) {
                        ship.awaitReadiness(200, "ready");
                        written = write(logs, written);
                        rotate(logs, kill);
                        int half = written - LINES_A_KILL / 2;
                        await().atMost(PATIENCE).until(() -> log.lines().size() > half);
                    } // SIGKILL
                    written = write(logs, written);
                }
                int all = written;
                try (RoleProcess ship = ship(environment, config)) {
                    await().atMost(PATIENCE)
                            .untilAsserted(() -> assertThat(log.lines()).hasSizeGreaterThanOrEqualTo(all));
                    assertThat(ship.terminate()).as(ship.log()).isZero();
                }
                Verification chains = Verification.chains(
                        kafka, Topics.LOGS, TrustedKeys.onFirstUse(), Micros.UNKNOWN, Micros.UNKNOWN);
                assertThat(chains.differences()).isEmpty();
                assertThat(chains.sealed()).isPositive();
                // Sorted: AssertJ compares what comes in any order each with each.
                assertThat(log.lines().values().stream().sorted().toList())
                        .isEqualTo(IntStream.range(0, all)
                                .mapToObj(i -> "line " + i)
                                .sorted()
                                .toList());
            }
        }
    }

    private RoleProcess ship(Map<String, String> environment, Path config) throws IOException {
        return RoleProcess.start(directory, environment, "ship", "--config", config.toString());
    }

    private static int write(Path logs, int from) throws IOException {
        StringBuilder text = new StringBuilder();
        IntStream.range(from, from + LINES_A_KILL)
                .forEach(i -> text.append("line ").append(i).append('\n'));
        Files.writeString(logs.resolve("app.log"), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return from + LINES_A_KILL;
    }

    private static void rotate(Path logs, int number) throws IOException {
        Files.move(logs.resolve("app.log"), logs.resolve("app.log." + number), StandardCopyOption.ATOMIC_MOVE);
    }

    /** What is in Kafka, by identity; each call reads on. */
    private static final class Log implements AutoCloseable {
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final List<TopicPartition> partitions;
        private final Map<String, String> found = new TreeMap<>();

        Log(Map<String, Object> kafka) {
            consumer = new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            partitions = consumer.partitionsFor(Topics.LOGS).stream()
                    .map((PartitionInfo p) -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
        }

        Map<String, String> lines() throws Codec.Undecodable {
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (Codec.decode(record.value()) instanceof RawLogs logs
                            && logs.getSource().startsWith("app/")) {
                        for (RawLine line : logs.getLines()) {
                            found.put(
                                    logs.getSource() + '/' + logs.getEpoch() + '/' + line.getSequence(),
                                    StandardCharsets.UTF_8
                                            .decode(line.getData().duplicate())
                                            .toString());
                        }
                    }
                }
            }
            return found;
        }

        @Override
        public void close() {
            consumer.close();
        }
    }
}
