package io.bongsu.app.demo;

import io.bongsu.app.pipeline.Watcher;
import io.bongsu.model.Groups;
import io.bongsu.model.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Whether all hits up to now have been correlated and the alerts that they raised have been seen. Asked in two steps: the
 * end of bongsu.hits is noted first, and once the application has committed beyond it, the end of bongsu.alerts.
 */
final class Progress implements AutoCloseable {
    private final Admin admin;
    private @Nullable Map<TopicPartition, Long> hits;
    private @Nullable Map<TopicPartition, Long> alerts;

    Progress(Map<String, Object> kafka) {
        this.admin = Admin.create(kafka);
    }

    boolean correlated(Watcher watcher) throws InterruptedException {
        try {
            if (hits == null) {
                hits = ends(Topics.HITS);
            }
            if (alerts == null && committedBeyond(hits)) {
                alerts = ends(Topics.ALERTS);
            }
            return alerts != null && watcher.hasPassed(alerts);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka does not tell how far correlation is", e);
        }
    }

    private boolean committedBeyond(Map<TopicPartition, Long> ends) throws ExecutionException, InterruptedException {
        var committed = admin.listConsumerGroupOffsets(Groups.CORRELATE)
                .partitionsToOffsetAndMetadata()
                .get();
        return ends.entrySet().stream().allMatch(e -> {
            var offset = committed.get(e.getKey());
            return e.getValue() == 0 || (offset != null && offset.offset() >= e.getValue());
        });
    }

    private Map<TopicPartition, Long> ends(String topic) throws ExecutionException, InterruptedException {
        TopicDescription description = admin.describeTopics(java.util.List.of(topic))
                .allTopicNames()
                .get()
                .get(topic);
        Map<TopicPartition, OffsetSpec> asked = Objects.requireNonNull(description).partitions().stream()
                .collect(Collectors.toMap(p -> new TopicPartition(topic, p.partition()), p -> OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        admin.listOffsets(asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .get()
                .forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    @Override
    public void close() {
        admin.close();
    }
}
