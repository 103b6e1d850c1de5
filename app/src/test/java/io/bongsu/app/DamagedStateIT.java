package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bongsu.app.ledger.Accounts;
import io.bongsu.app.pipeline.Tally;
import io.bongsu.ingest.generation.Generations;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.ingest.streams.StreamApps;
import io.bongsu.ingest.streams.StreamConfig;
import io.bongsu.model.Codec;
import io.bongsu.model.Micros;
import io.bongsu.model.RawLine;
import io.bongsu.model.RawLogs;
import io.bongsu.model.Topics;
import io.bongsu.rules.RuleSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parse on a real Kafka: its local state is damaged while it is down, and then Kafka refuses what it writes. */
class DamagedStateIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    @Test
    void damagedStateIsWipedAndRestoredAndAFailedThreadIsReplaced() throws Exception {
        try (PlainKafka server = PlainKafka.start(directory)) {
            Map<String, Object> kafka = Map.of("bootstrap.servers", server.bootstrap());
            createTopics(kafka);
            try (StreamApps apps = parse(kafka)) {
                apps.start();
                send(kafka, 0, 10);
                await().atMost(PATIENCE).until(() -> tally(kafka).events() == 10);
            }
            assertThat(damage()).as("files of the local state").isPositive();
            try (StreamApps apps = parse(kafka)) {
                apps.start();
                send(kafka, 5, 15);
                await().atMost(PATIENCE).until(() -> tally(kafka).received() == 20);
                assertThat(tally(kafka).duplicates())
                        .as("what was seen before is known from Kafka")
                        .isEqualTo(5);
                assertThat(tally(kafka).missing()).isZero();
                long before = apps.counters().get("restarted.threads");
                assertThat(before).as("the damage was met").isPositive();

                limit(kafka, "100");
                send(kafka, 15, 20);
                await().atMost(PATIENCE).until(() -> apps.counters().get("restarted.threads") > before);
                limit(kafka, Integer.toString(Topics.MAX_RECORD_BYTES));
                await().atMost(PATIENCE).until(() -> tally(kafka).events() == 20);
                assertThat(tally(kafka).balanced()).isTrue();
            }
        }
    }

    private StreamApps parse(Map<String, Object> kafka) {
        RuleSet rules = RuleSet.load(
                        List.of(Path.of("../correlation-rules/rules")),
                        new RuleSet.Defaults(Micros.of(Duration.ofMinutes(5))))
                .rules();
        Duration minute = Duration.ofMinutes(1);
        StreamConfig config = new StreamConfig(
                StreamApps.Role.PARSE,
                kafka,
                directory.resolve("streams"),
                "one",
                1,
                0,
                Duration.ofMillis(100),
                minute,
                minute,
                1_000);
        return new StreamApps(
                config, Generations.fixed(rules, ParserSet.load(List.of()).parsers()), e -> {
                    throw new AssertionError(e);
                });
    }

    /** Rubbish over the beginning of each file of RocksDB. */
    private int damage() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory.resolve("streams"))) {
            files = all.filter(f -> f.toString().contains("rocksdb") && Files.isRegularFile(f))
                    .filter(f -> !f.getFileName().toString().startsWith("LO"))
                    .toList();
        }
        for (Path file : files) {
            byte[] bytes = Files.readAllBytes(file);
            for (int i = 0; i < Math.min(4096, bytes.length); i++) {
                bytes[i] = (byte) (31 * i + 7);
            }
            Files.write(file, bytes);
        }
        return files.size();
    }

    private static Tally tally(Map<String, Object> kafka) {
        return Accounts.read(kafka, Micros.UNKNOWN, Micros.UNKNOWN, null).total();
    }

    private static void send(Map<String, Object> kafka, int from, int to) throws Exception {
        List<RawLine> lines = IntStream.range(from, to)
                .mapToObj(i -> RawLine.newBuilder()
                        .setSequence(i)
                        .setReceived(Micros.now())
                        .setData(ByteBuffer.wrap(("<13>1 2026-11-22T10:00:00Z web-1 app - - - line " + i)
                                .getBytes(StandardCharsets.UTF_8)))
                        .build())
                .toList();
        RawLogs logs = RawLogs.newBuilder()
                .setShipper("s1")
                .setEpoch(1)
                .setSource("tcp/192.0.2.1")
                .setInput("syslog")
                .setLines(lines)
                .build();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer())) {
            byte[] key = logs.getSource().getBytes(StandardCharsets.UTF_8);
            producer.send(new ProducerRecord<>(Topics.LOGS, key, Codec.encode(logs)))
                    .get();
        }
    }

    private static void createTopics(Map<String, Object> kafka) throws Exception {
        try (Admin admin = Admin.create(kafka)) {
            admin.createTopics(Topics.all().stream()
                            .map(t -> new NewTopic(t.name(), Optional.of(1), Optional.empty()).configs(t.config()))
                            .toList())
                    .all()
                    .get();
        }
    }

    private static void limit(Map<String, Object> kafka, String bytes) throws Exception {
        try (Admin admin = Admin.create(kafka)) {
            ConfigResource events = new ConfigResource(ConfigResource.Type.TOPIC, Topics.EVENTS);
            AlterConfigOp set =
                    new AlterConfigOp(new ConfigEntry("max.message.bytes", bytes), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(events, List.of(set))).all().get();
        }
    }
}
