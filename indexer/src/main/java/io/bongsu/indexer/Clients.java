package io.bongsu.indexer;

import io.bongsu.model.Groups;
import io.bongsu.model.Topics;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The Kafka clients of the indexer and why they are set so. What the configuration says goes before, but for what guarantees rest on. */
final class Clients {
    private Clients() {}

    static Consumer<byte[], byte[]> consumer(Map<String, Object> kafka, @Nullable String instance) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("client.id", Groups.INDEX);
        properties.put("group.id", Groups.INDEX);
        properties.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
        // Records are packed: 16 of them hold thousands of events. This, not a number of bytes, bounds what one poll
        // unpacks into memory, since fetch sizes count compressed bytes.
        properties.put("max.poll.records", 16);
        properties.put("fetch.max.bytes", 8 * 1024 * 1024);
        // Ten fetches a second when little comes, at the cost of 100 ms.
        properties.put("fetch.min.bytes", 16 * 1024);
        properties.put("fetch.max.wait.ms", 100);
        // One that never comes back is missed after this; Kafka's own 45 s are for whole fleets that restart at once.
        properties.put("session.timeout.ms", 15_000);
        properties.put("heartbeat.interval.ms", 3_000);
        if (instance != null) {
            properties.put("group.instance.id", instance);
        }
        properties.putAll(kafka);
        properties.put("isolation.level", "read_committed");
        properties.put("enable.auto.commit", false);
        properties.put("allow.auto.create.topics", false);
        // A first start and an offset that is gone are told apart by hand: the second is a loss.
        properties.put("auto.offset.reset", "none");
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static Producer<byte[], byte[]> producer(Map<String, Object> kafka) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("client.id", Groups.INDEX + "-dead-letters");
        properties.put("compression.type", "zstd");
        properties.put("linger.ms", 20);
        properties.putAll(kafka);
        properties.put("acks", "all");
        properties.put("enable.idempotence", true);
        properties.put("max.request.size", Topics.MAX_RECORD_BYTES);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
