package io.bongsu.app;

import io.bongsu.model.Topics;
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
