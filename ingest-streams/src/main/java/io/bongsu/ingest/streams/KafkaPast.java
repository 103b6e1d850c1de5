package io.bongsu.ingest.streams;

import io.bongsu.model.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** As Kafka still has it, read without a consumer group. */
public final class KafkaPast implements Past {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long STUCK = TimeUnit.SECONDS.toNanos(60);

    private final Map<String, Object> kafka;
    private final Executor executor;

    /** @param executor of one thread */
    public KafkaPast(Map<String, Object> kafka, Executor executor) {
        this.kafka = new HashMap<>(kafka);
        this.kafka.keySet().retainAll(ConsumerConfig.configNames());
        this.kafka.remove(ConsumerConfig.GROUP_ID_CONFIG);
        this.kafka.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        this.kafka.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        this.kafka.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        this.kafka.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        this.executor = executor;
    }

    @Override
    public Executor executor() {
        return executor;
    }

    @Override
    public Reader open(int partition, long appended, long before) {
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            return new Of(consumer, new TopicPartition(Topics.LOGS, partition), appended, before);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    private static final class Of implements Reader {
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final TopicPartition partition;
        private final long before;
        private final boolean middle;
        private long progress = System.nanoTime();

        Of(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, long appended, long before) {
            this.consumer = consumer;
            this.partition = partition;
            this.before = before;
            consumer.assign(List.of(partition));
            Map<TopicPartition, OffsetAndTimestamp> found =
                    consumer.offsetsForTimes(Map.of(partition, Math.max(0, Math.floorDiv(appended, 1_000L))));
            OffsetAndTimestamp first = found.get(partition);
            consumer.seek(partition, first == null ? before : first.offset());
            this.middle = consumer.position(partition) > 0;
        }

        @Override
        public @Nullable List<Read> read() {
            long at = consumer.position(partition);
            if (at >= before) {
                return null;
            }
            List<Read> read = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < before) {
                    read.add(new Read(record, middle));
                }
            }
            if (consumer.position(partition) > at) {
                progress = System.nanoTime();
            } else if (System.nanoTime() - progress > STUCK) {
                throw new KafkaException(partition + " cannot be read beyond " + at + " up to " + before);
            }
            return read;
        }

        @Override
        public void close() {
            consumer.close();
        }
    }
}
