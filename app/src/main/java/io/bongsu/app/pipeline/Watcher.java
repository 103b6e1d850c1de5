package io.bongsu.app.pipeline;

import io.bongsu.model.Alert;
import io.bongsu.model.Codec;
import io.bongsu.model.DeadLetter;
import io.bongsu.model.Events;
import io.bongsu.model.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what the pipeline writes, from the moment of {@link #start}, committed records only and without a group, and hands
 * it on one by one on a thread of its own. It watches and never decides: nothing waits for it.
 */
public final class Watcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);
    /** All that can be watched. */
    public static final List<String> TOPICS = List.of(Topics.EVENTS, Topics.ALERTS, Topics.DEAD_LETTERS);

    private final Map<String, Object> kafka;
    private final List<String> topics;
    private final Listener listener;
    private final Map<TopicPartition, Long> positions = new ConcurrentHashMap<>();
    private @Nullable Thread thread;
    private volatile boolean closing;

    /** Called on the watcher's thread. Times are append times in microseconds since 1970. */
    public interface Listener {
        default void events(Events record) {}

        default void alert(Alert alert, long appended) {}

        default void deadLetter(DeadLetter letter) {}
    }

    /** @param topics of {@link #TOPICS}; to read all events costs about as much as to index them */
    public Watcher(Map<String, Object> kafka, List<String> topics, Listener listener) {
        this.kafka = Map.copyOf(kafka);
        this.topics = List.copyOf(topics);
        this.listener = listener;
    }

    /** Returns when its place in every partition is fixed: what is written after that is seen. */
    public void start() {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);
        var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        var partitions = new HashSet<TopicPartition>();
        for (String topic : topics) {
            consumer.partitionsFor(topic).forEach(p -> partitions.add(new TopicPartition(p.topic(), p.partition())));
        }
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(p -> positions.put(p, consumer.position(p)));
        Thread watching = new Thread(() -> run(consumer), "watcher");
        watching.setDaemon(true);
        watching.start();
        thread = watching;
    }

    /** Whether everything before these offsets has been handed on. */
    public boolean hasPassed(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(e -> positions.getOrDefault(e.getKey(), 0L) >= e.getValue());
    }

    private void run(KafkaConsumer<byte[], byte[]> consumer) {
        try (consumer) {
            while (!closing) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    hand(record);
                }
                consumer.assignment().forEach(p -> positions.put(p, consumer.position(p)));
            }
        } catch (RuntimeException e) {
            LOG.error("the watcher stopped: nothing is shown any more, the pipeline goes on", e);
        }
    }

    private void hand(ConsumerRecord<byte[], byte[]> record) {
        try {
            switch (Codec.decode(record.value())) {
                case Events events -> listener.events(events);
                case Alert alert -> listener.alert(alert, record.timestamp() * 1_000);
                case DeadLetter letter -> listener.deadLetter(letter);
                default ->
                    LOG.warn(
                            "unexpected record: topic={} partition={} offset={}",
                            record.topic(),
                            record.partition(),
                            record.offset());
            }
        } catch (Codec.Undecodable e) {
            LOG.warn(
                    "unreadable record: topic={} partition={} offset={}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e);
        }
    }

    @Override
    public void close() {
        closing = true;
        if (thread != null) {
            try {
                thread.join(5_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
