package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.RawLine;
import io.bongsu.model.RawLogs;
import io.bongsu.model.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** For tests that need bongsu.logs and no other part of the pipeline. */
final class LogsTopic {
    private LogsTopic() {}

    /** As `setup` does. */
    static void create(String bootstrap, int partitions) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            NewTopic logs = new NewTopic(Topics.LOGS, Optional.of(partitions), Optional.empty());
            admin.createTopics(List.of(logs.configs(Topics.all().stream()
                            .filter(t -> t.name().equals(Topics.LOGS))
                            .findFirst()
                            .orElseThrow()
                            .config())))
                    .all()
                    .get();
        }
    }

    /**
     * Notes what a line says under its identity, which no other line may have.
     *
     * @return what it said before; null: it is there for the first time
     */
    static @Nullable String note(Map<String, String> byIdentity, RawLogs logs, RawLine line) {
        String text = StandardCharsets.UTF_8.decode(line.getData().duplicate()).toString();
        String identity = logs.getSource() + " " + logs.getEpoch() + " " + line.getSequence();
        String before = byIdentity.put(identity, text);
        assertThat(before == null || before.equals(text)).as(identity).isTrue();
        return before;
    }

    /** All that is in it now. */
    static List<ConsumerRecord<byte[], byte[]>> read(String bootstrap) {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topics.LOGS).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofSeconds(1)).forEach(all::add);
            }
        }
        return all;
    }
}
