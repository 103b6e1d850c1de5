package io.bongsu.shipper;

import io.bongsu.model.Codec;
import io.bongsu.model.Heartbeat;
import io.bongsu.model.RawLine;
import io.bongsu.model.RawLogs;
import io.bongsu.model.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Kafka as the shipper sees it: MockProducers of one topic. */
final class FakeKafka implements Function<Map<String, Object>, Producer<byte[], byte[]>> {
    static final int PARTITIONS = 3;

    private final List<MockProducer<byte[], byte[]>> producers = new CopyOnWriteArrayList<>();
    private volatile boolean acknowledges = true;
    private volatile boolean begins = true;
    private volatile boolean away;

    /** A line as it went out. */
    record Shipped(
            String source,
            String input,
            String address,
            long epoch,
            long sequence,
            long received,
            int cut,
            String text) {}

    /** What was sent, in the order of sending. */
    record Sent(int partition, String key, SpecificRecord value) {}

    /** Waits for what must come, on a busy machine too. */
    static ConditionFactory patiently() {
        return Awaitility.await().atMost(Duration.ofSeconds(45)).pollInterval(Duration.ofMillis(10));
    }

    /** Takes records and acknowledges none behind the first heartbeat until {@link #acknowledgeAll()}. */
    FakeKafka neverAcknowledges() {
        acknowledges = false;
        return this;
    }

    /** Nor the first heartbeat. */
    void neverAcknowledgesTheFirstEither() {
        acknowledges = false;
        begins = false;
    }

    /** Takes no records, as a producer that cannot reach a broker. */
    void away(boolean value) {
        away = value;
    }

    @Override
    public Producer<byte[], byte[]> apply(Map<String, Object> settings) {
        Set<Integer> begun = new HashSet<>();
        var producer =
                new MockProducer<>(
                        cluster(), acknowledges, null, new ByteArraySerializer(), new ByteArraySerializer()) {
                    @Override
                    public synchronized Future<RecordMetadata> send(
                            ProducerRecord<byte[], byte[]> record, Callback callback) {
                        if (away) {
                            callback.onCompletion(null, new TimeoutException("no broker in this test"));
                            return new java.util.concurrent.CompletableFuture<>();
                        }
                        Future<RecordMetadata> sent = super.send(record, callback);
                        if (!acknowledges && begins && begun.add(record.partition())) {
                            completeNext();
                        }
                        return sent;
                    }
                };
        producers.add(producer);
        return producer;
    }

    MockProducer<byte[], byte[]> producer() {
        return producers.getLast();
    }

    int producersMade() {
        return producers.size();
    }

    void acknowledgeAll() {
        while (producer().completeNext()) {
            // each
        }
    }

    List<Sent> sent() {
        List<Sent> all = new ArrayList<>();
        for (MockProducer<byte[], byte[]> producer : producers) {
            for (ProducerRecord<byte[], byte[]> record : producer.history()) {
                all.add(new Sent(
                        record.partition(), new String(record.key(), StandardCharsets.UTF_8), decode(record.value())));
            }
        }
        return all;
    }

    List<Heartbeat> heartbeats(int partition) {
        return sent().stream()
                .filter(s -> s.partition() == partition && s.value() instanceof Heartbeat)
                .map(s -> (Heartbeat) s.value())
                .toList();
    }

    List<RawLogs> records() {
        return sent().stream()
                .filter(s -> s.value() instanceof RawLogs)
                .map(s -> (RawLogs) s.value())
                .toList();
    }

    List<Shipped> lines() {
        return records().stream().flatMap(r -> lines(r).stream()).toList();
    }

    static List<Shipped> lines(RawLogs record) {
        List<Shipped> lines = new ArrayList<>();
        for (RawLine line : record.getLines()) {
            String text = StandardCharsets.ISO_8859_1
                    .decode(line.getData().duplicate())
                    .toString();
            lines.add(new Shipped(
                    record.getSource(),
                    record.getInput(),
                    record.getAddress(),
                    record.getEpoch(),
                    line.getSequence(),
                    line.getReceived(),
                    line.getCut(),
                    text));
        }
        return lines;
    }

    List<String> texts(String listener) {
        return lines().stream()
                .filter(l -> l.source().startsWith(listener + "/"))
                .map(Shipped::text)
                .toList();
    }

    private static SpecificRecord decode(byte[] value) {
        try {
            return Codec.decode(value);
        } catch (Codec.Undecodable e) {
            throw new AssertionError(e);
        }
    }

    private static Cluster cluster() {
        Node node = new Node(1, "localhost", 1);
        Node[] nodes = {node};
        List<PartitionInfo> partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(p -> new PartitionInfo(Topics.LOGS, p, node, nodes, nodes))
                .toList();
        return new Cluster("fake", List.of(nodes), partitions, Set.of(), Set.of());
    }
}
