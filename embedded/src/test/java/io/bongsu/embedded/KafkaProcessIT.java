package io.bongsu.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaProcessIT {
    private static final TopicPartition PARTITION = new TopicPartition("topic", 0);

    @TempDir
    Path folder;

    @Test
    void itKeepsItsRecordsOverARestartAndOverKillMinus9() throws Exception {
        long last;
        try (KafkaProcess kafka = KafkaProcess.start(folder, 0)) {
            kafka.awaitReady();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
                admin.createTopics(List.of(new NewTopic("topic", 1, (short) 1)))
                        .all()
                        .get();
            }
            send(kafka, "one");

            kafka.restart();
            send(kafka, "two");

            kafka.process().kill();
            kafka.restart();
            send(kafka, "three");

            assertThat(committed(kafka)).containsExactly("one", "two", "three");
            last = kafka.process().pid();
        }
        assertThat(ProcessHandle.of(last)).isEmpty();
    }

    @Test
    void aRecordOf16MebibytesFits() throws Exception {
        try (KafkaProcess kafka = KafkaProcess.start(folder, 0)) {
            kafka.awaitReady();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
                admin.createTopics(List.of(new NewTopic("topic", 1, (short) 1)))
                        .all()
                        .get();
            }
            send(kafka, "x".repeat(16 << 20));

            assertThat(committed(kafka)).singleElement().satisfies(v -> assertThat(v.length())
                    .isEqualTo(16 << 20));
        }
    }

    @Test
    void aSecondOneOnTheSameFolderIsTold() {
        try (KafkaProcess first = KafkaProcess.start(folder, 0);
                KafkaProcess second = startedBehind(first)) {
            assertThatThrownBy(second::awaitReady)
                    .isInstanceOf(EmbeddedException.class)
                    .hasMessage("Kafka cannot start: the data folder " + folder + " is in use by process "
                            + first.process().pid() + ", which process "
                            + ProcessHandle.current().pid()
                            + " started; stop that one first, or choose another data folder");
        }
    }

    @Test
    void aPortInUseIsTold() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                KafkaProcess kafka = KafkaProcess.start(folder, other.getLocalPort())) {
            assertThatThrownBy(kafka::awaitReady)
                    .isInstanceOf(EmbeddedException.class)
                    .hasMessage("Kafka cannot start: port " + other.getLocalPort()
                            + " on 127.0.0.1 is in use by another program; stop that program, or set kafka.port to another"
                            + " port, or to 0 for a free one");
        }
    }

    private KafkaProcess startedBehind(KafkaProcess first) {
        first.awaitReady();
        return KafkaProcess.start(folder, 0);
    }

    /** In a transaction, so that the transaction coordinator is part of the test. */
    private static void send(KafkaProcess kafka, String value) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka.bootstrap(),
                        "transactional.id",
                        "test",
                        "max.request.size",
                        17 << 20),
                new StringSerializer(),
                new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("topic", value));
            producer.commitTransaction();
        }
    }

    /** Waits for the markers of what has been committed: a commit is over before each partition has its own. */
    private static List<String> committed(KafkaProcess kafka) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()));
                KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", kafka.bootstrap(), "isolation.level", "read_committed"),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            long end = admin.listOffsets(Map.of(PARTITION, OffsetSpec.latest())) // also of what is not committed
                    .partitionResult(PARTITION)
                    .get()
                    .offset();
            List<String> values = new ArrayList<>();
            while (consumer.position(PARTITION) < end) {
                consumer.poll(Duration.ofSeconds(1)).forEach(r -> values.add(r.value()));
            }
            return values;
        }
    }
}
