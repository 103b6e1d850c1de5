package io.bongsu.indexer;

import static org.assertj.core.api.Assertions.fail;

import io.bongsu.model.Codec;
import io.bongsu.model.DeadLetter;
import io.bongsu.model.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A session between a Kafka of Kafka's own mocks and the stub, turned by the test's own thread. */
final class Rig implements AutoCloseable {
    static final TopicPartition EVENTS = new TopicPartition(Topics.EVENTS, 0);
    static final TopicPartition MORE_EVENTS = new TopicPartition(Topics.EVENTS, 1);
    static final TopicPartition ALERTS = new TopicPartition(Topics.ALERTS, 0);
    static final TopicPartition LETTERS = new TopicPartition(Topics.DEAD_LETTERS, 0);
    static final List<TopicPartition> ALL = List.of(EVENTS, MORE_EVENTS, ALERTS, LETTERS);

    static final IndexerConfig CONFIG = config(1_000, 64 * 1024, 1024 * 1024);

    final StubElasticsearch stub;
    final Elasticsearch elasticsearch;
    final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    final MockProducer<byte[], byte[]> producer;
    final Counters counters = new Counters();
    final Session session;
    private final Map<TopicPartition, Long> next = new HashMap<>();

    Rig() {
        this(CONFIG, true);
    }

    Rig(IndexerConfig config, boolean acknowledge) {
        stub = new StubElasticsearch();
        elasticsearch = stub.client();
        producer = new MockProducer<>(acknowledge, null, new ByteArraySerializer(), new ByteArraySerializer());
        session = new Session(config, elasticsearch, consumer, producer, counters, new SplittableRandom(1));
        assign(ALL);
    }

    static IndexerConfig config(int documents, int bytes, long buffer) {
        return new IndexerConfig(
                Map.of("bootstrap.servers", "nowhere:1"),
                null,
                2,
                bytes,
                documents,
                Duration.ofMillis(5),
                buffer,
                Duration.ofMillis(10),
                new Backoff(Duration.ofMillis(2), Duration.ofMillis(20)),
                Duration.ofSeconds(1));
    }

    void assign(List<TopicPartition> partitions) {
        Map<TopicPartition, Long> beginnings = new HashMap<>();
        partitions.forEach(p -> beginnings.put(p, 0L));
        consumer.updateBeginningOffsets(beginnings);
        consumer.rebalance(partitions);
    }

    void add(TopicPartition to, SpecificRecord value) {
        add(to, Codec.encode(value));
    }

    void add(TopicPartition to, byte[] value) {
        long offset = next.merge(to, 1L, Long::sum) - 1;
        consumer.addRecord(Records.record(to.topic(), to.partition(), offset, value));
    }

    /** The offset behind what was added. */
    long end(TopicPartition partition) {
        return next.getOrDefault(partition, 0L);
    }

    long committed(TopicPartition partition) {
        OffsetAndMetadata offset =
                consumer.committed(java.util.Set.of(partition)).get(partition);
        return offset == null ? -1 : offset.offset();
    }

    boolean allCommitted() {
        return ALL.stream().allMatch(p -> end(p) == 0 || committed(p) == end(p));
    }

    long count(String name) {
        return counters.snapshot().getOrDefault(name, 0L);
    }

    List<DeadLetter> letters() {
        return producer.history().stream()
                .map(r -> {
                    try {
                        return (DeadLetter) Codec.decode(r.value());
                    } catch (Codec.Undecodable e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();
    }

    void turnUntil(String what, BooleanSupplier reached) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() > end) {
                fail("not reached: " + what + "; " + counters.snapshot());
            }
            session.turn();
        }
    }

    void turnUntilCommitted() {
        turnUntil("everything is committed", this::allCommitted);
    }

    void turn(int times) {
        for (int i = 0; i < times; i++) {
            session.turn();
        }
    }

    @Override
    public void close() {
        session.close();
        elasticsearch.close();
        stub.close();
    }
}
