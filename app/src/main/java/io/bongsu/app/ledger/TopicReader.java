package io.bongsu.app.ledger;

import io.bongsu.app.Fault;
import io.bongsu.model.Micros;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads what lies in a topic, committed records only, without a group and without moving anything. Not for several threads.
 * What keeps Kafka from answering is a {@link Fault}.
 */
public final class TopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    /** A topic whose end does not come nearer for so long has lost its leader. */
    private static final long STUCK = Duration.ofSeconds(60).toNanos();

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String bootstrap;

    public TopicReader(Map<String, Object> kafka) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 15_000);
        this.bootstrap = String.valueOf(kafka.get("bootstrap.servers"));
        this.consumer = asked(
                bootstrap,
                () -> new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    /**
     * Every record that was appended at or after a time and lay in the topic when this was called; those of one partition
     * in order.
     *
     * @param from microseconds since 1970; {@link Micros#UNKNOWN}: from the beginning
     */
    public void read(String topic, long from, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        asked(bootstrap, () -> {
            List<TopicPartition> partitions = partitions(topic);
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            begin(partitions, from);
            drain(ends, each);
            return ends;
        });
    }

    /**
     * The same of one partition alone, the one with the fewest records: for what each of them holds.
     *
     * @param to append time, exclusive; {@link Micros#UNKNOWN}: to the end
     */
    void readSmallest(String topic, long from, long to, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        asked(bootstrap, () -> {
            List<TopicPartition> partitions = partitions(topic);
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
            if (to != Micros.UNKNOWN) {
                Map<TopicPartition, Long> times = new HashMap<>();
                partitions.forEach(p -> times.put(p, Math.ceilDiv(to, 1_000L)));
                consumer.offsetsForTimes(times).forEach((p, found) -> {
                    if (found != null) {
                        ends.put(p, found.offset());
                    }
                });
            }
            begin(partitions, from);
            Map<TopicPartition, Long> begins = positions(partitions);
            TopicPartition smallest = partitions.stream()
                    .min(Comparator.comparingLong(p -> ends.getOrDefault(p, 0L) - begins.getOrDefault(p, 0L)))
                    .orElseThrow();
            consumer.assign(List.of(smallest));
            consumer.seek(smallest, begins.getOrDefault(smallest, 0L));
            drain(Map.of(smallest, ends.getOrDefault(smallest, 0L)), each);
            return ends;
        });
    }

    /** Takes records until it has enough. */
    public interface Taker {
        /**
         * @param middle the partition was not read from its first record, which is gone or lies before
         * @return false: enough
         */
        boolean take(ConsumerRecord<byte[], byte[]> record, boolean middle);
    }

    /**
     * All partitions beside each other, by append time, each in its order: no partition is ahead of another by more than one
     * fetch.
     *
     * @param from append time; {@link Micros#UNKNOWN}: from the beginning
     */
    public void readByTime(String topic, long from, Taker taker) {
        asked(bootstrap, () -> {
            List<TopicPartition> partitions = partitions(topic);
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            begin(partitions, from);
            Map<TopicPartition, Long> begins = positions(partitions);
            merge(begins, ends, taker);
            return ends;
        });
    }

    private void merge(Map<TopicPartition, Long> begins, Map<TopicPartition, Long> ends, Taker taker) {
        Map<TopicPartition, Deque<ConsumerRecord<byte[], byte[]>>> waiting = new HashMap<>();
        begins.keySet().forEach(p -> waiting.put(p, new ArrayDeque<>()));
        long progress = System.nanoTime();
        while (true) {
            List<TopicPartition> hungry = waiting.entrySet().stream()
                    .filter(e ->
                            e.getValue().isEmpty() && consumer.position(e.getKey()) < ends.getOrDefault(e.getKey(), 0L))
                    .map(Map.Entry::getKey)
                    .toList();
            if (!hungry.isEmpty()) {
                Map<TopicPartition, Long> before = positions(hungry);
                consumer.pause(waiting.keySet());
                consumer.resume(hungry);
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    TopicPartition of = new TopicPartition(record.topic(), record.partition());
                    if (record.offset() < ends.getOrDefault(of, 0L)) {
                        Objects.requireNonNull(waiting.get(of)).add(record);
                    }
                }
                if (!before.equals(positions(hungry))) {
                    progress = System.nanoTime();
                } else if (System.nanoTime() - progress > STUCK) {
                    throw new Fault(
                            "Kafka at " + bootstrap + " does not give the rest of " + hungry,
                            "'bongsu doctor' says what is the matter with it");
                }
                continue;
            }
            Deque<ConsumerRecord<byte[], byte[]>> oldest = waiting.values().stream()
                    .filter(of -> !of.isEmpty())
                    .min(Comparator.comparingLong(of -> of.getFirst().timestamp()))
                    .orElse(null);
            if (oldest == null) {
                return;
            }
            ConsumerRecord<byte[], byte[]> record = oldest.removeFirst();
            long begin = begins.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L);
            if (!taker.take(record, begin > 0)) {
                return;
            }
            progress = System.nanoTime();
        }
    }

    /** By partition: the offset behind the last record that can be read now. */
    public Map<Integer, Long> ends(String topic) {
        return asked(bootstrap, () -> byNumber(consumer.endOffsets(partitions(topic))));
    }

    /** By partition: the offset of the first record that is kept. */
    Map<Integer, Long> begins(String topic) {
        return asked(bootstrap, () -> byNumber(consumer.beginningOffsets(partitions(topic))));
    }

    private static Map<Integer, Long> byNumber(Map<TopicPartition, Long> offsets) {
        Map<Integer, Long> numbers = new HashMap<>();
        offsets.forEach((partition, offset) -> numbers.put(partition.partition(), offset));
        return numbers;
    }

    /** The record at that place, or null when Kafka does not hold it any more. */
    @Nullable
    ConsumerRecord<byte[], byte[]> at(String topic, int partition, long offset) {
        return asked(bootstrap, () -> {
            TopicPartition at = new TopicPartition(topic, partition);
            if (!partitions(topic).contains(at)
                    || consumer.beginningOffsets(List.of(at)).getOrDefault(at, 0L) > offset
                    || consumer.endOffsets(List.of(at)).getOrDefault(at, 0L) <= offset) {
                return null;
            }
            consumer.assign(List.of(at));
            consumer.seek(at, offset);
            List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>(1);
            drain(Map.of(at, offset + 1), found::add);
            return found.isEmpty() ? null : found.getFirst();
        });
    }

    /**
     * Since when the topic is whole: the append time of the oldest record that is left in the partition that lost most;
     * {@link Micros#UNKNOWN} when nothing was deleted yet.
     */
    long horizon(String topic) {
        return asked(bootstrap, () -> {
            long horizon = Micros.UNKNOWN;
            for (Map.Entry<TopicPartition, Long> begin :
                    consumer.beginningOffsets(partitions(topic)).entrySet()) {
                ConsumerRecord<byte[], byte[]> oldest =
                        begin.getValue() == 0 ? null : at(topic, begin.getKey().partition(), begin.getValue());
                if (oldest != null) {
                    horizon = Math.max(horizon, Micros.ofMillis(oldest.timestamp()));
                }
            }
            return horizon;
        });
    }

    private List<TopicPartition> partitions(String topic) {
        List<PartitionInfo> known = consumer.partitionsFor(topic);
        if (known == null || known.isEmpty()) {
            throw new Fault("Kafka at " + bootstrap + " has no topic " + topic, "run 'bongsu setup'");
        }
        return known.stream().map(p -> new TopicPartition(topic, p.partition())).toList();
    }

    private void begin(List<TopicPartition> partitions, long from) {
        if (from == Micros.UNKNOWN) {
            consumer.seekToBeginning(partitions);
            return;
        }
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(p -> times.put(p, Math.max(0, Math.floorDiv(from, 1_000L))));
        consumer.offsetsForTimes(times).forEach((p, found) -> seek(p, found));
    }

    private void seek(TopicPartition partition, @Nullable OffsetAndTimestamp found) {
        if (found == null) {
            consumer.seekToEnd(List.of(partition));
        } else {
            consumer.seek(partition, found.offset());
        }
    }

    private void drain(Map<TopicPartition, Long> ends, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        List<TopicPartition> left = new ArrayList<>(ends.keySet());
        consumer.resume(left); // one that was assigned before is as it was left
        long progress = System.nanoTime();
        while (true) {
            List<TopicPartition> done = left.stream()
                    .filter(p -> consumer.position(p) >= ends.getOrDefault(p, 0L))
                    .toList();
            left.removeAll(done);
            consumer.pause(done);
            if (left.isEmpty()) {
                return;
            }
            Map<TopicPartition, Long> before = positions(left);
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                if (record.offset() < ends.getOrDefault(partition, 0L)) {
                    each.accept(record);
                }
            }
            if (!before.equals(positions(left))) {
                progress = System.nanoTime();
            } else if (System.nanoTime() - progress > STUCK) {
                throw new Fault(
                        "Kafka at " + bootstrap + " does not give the rest of " + left,
                        "'bongsu doctor' says what is the matter with it");
            }
        }
    }

    private Map<TopicPartition, Long> positions(List<TopicPartition> partitions) {
        Map<TopicPartition, Long> positions = new HashMap<>();
        partitions.forEach(p -> positions.put(p, consumer.position(p)));
        return positions;
    }

    static <T extends @Nullable Object> T asked(String bootstrap, Supplier<T> question) {
        try {
            return question.get();
        } catch (KafkaException e) {
            throw new Fault(
                    "Kafka at " + bootstrap + ": " + e.getMessage(),
                    "check that it runs, kafka.bootstrap, kafka.tls, kafka.user and its rights; 'bongsu doctor' looks at all of it",
                    e);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
