package io.bongsu.shipper;

import io.bongsu.model.Codec;
import io.bongsu.model.Heartbeat;
import io.bongsu.model.RawLine;
import io.bongsu.model.RawLogs;
import io.bongsu.model.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
import org.apache.kafka.clients.producer.Partitioner;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka as the shipper sees it: MockProducers of one topic, whose partitions it chooses as the real producer does. */
final class FakeKafka implements Function<Map<String, Object>, Producer<byte[], byte[]>> {
    static final int PARTITIONS = 3;

    private final List<MockProducer<byte[], byte[]>> producers = new CopyOnWriteArrayList<>();
    private volatile boolean acknowledges = true;
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

    /** Takes records and acknowledges none until {@link #acknowledgeAll()}. */
    FakeKafka neverAcknowledges() {
        acknowledges = false;
        return this;
    }

    /** Takes no records, as a producer that cannot reach a broker. */
    void away(boolean value) {
        away = value;
    }

    @Override
    public Producer<byte[], byte[]> apply(Map<String, Object> settings) {
        var producer =
                new MockProducer<>(
                        cluster(), acknowledges, new ByKey(), new ByteArraySerializer(), new ByteArraySerializer()) {
                    @Override
                    public synchronized Future<RecordMetadata> send(
                            ProducerRecord<byte[], byte[]> record, Callback callback) {
                        if (away) {
                            callback.onCompletion(null, new TimeoutException("no broker in this test"));
                            return new java.util.concurrent.CompletableFuture<>();
                        }
                        return super.send(record, callback);
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
                Integer partition = record.partition();
                all.add(new Sent(
                        partition != null ? partition : BuiltInPartitioner.partitionForKey(record.key(), PARTITIONS),
                        new String(record.key(), StandardCharsets.UTF_8),
                        decode(record.value())));
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

    /** The default of the real producer for records with a key. */
    private static final class ByKey implements Partitioner {
        @Override
        public int partition(
                String topic, Object key, byte[] keyBytes, Object value, byte[] valueBytes, Cluster cluster) {
            return BuiltInPartitioner.partitionForKey(keyBytes, cluster.partitionCountForTopic(topic));
        }

        @Override
        public void close() {}

        @Override
        public void configure(Map<String, ?> configs) {}
    }
}
