package io.bongsu.ingest.streams;

import io.bongsu.ingest.generation.Generations;
import io.bongsu.model.Topics;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The two graphs. They never change with rules and parsers. Both use the Processor API with one logged, uncached store: stream
 * time, windows, punctuators and suppression all depend on what else the task happened to read.
 */
final class Topologies {
    private static final ByteArraySerializer BYTES = new ByteArraySerializer();

    private Topologies() {}

    /** bongsu.logs → bongsu.events, bongsu.hits, bongsu.alerts, bongsu.dead-letters. */
    static Topology parse(Generations generations, Past past, int partitions, long idle, long hold, Counters counters) {
        return parse(
                () -> new ParseProcessor(generations, past, partitions, idle, hold, counters),
                Stores.persistentKeyValueStore(ParseProcessor.STORE));
    }

    static Topology parse(
            ProcessorSupplier<byte[], byte[], byte[], byte[]> processor, KeyValueBytesStoreSupplier store) {
        Topology topology = source("logs", Topics.LOGS);
        topology.addProcessor("parse", processor, "logs");
        topology.addStateStore(logged(store), "parse");
        topology.addSink(ParseProcessor.TO_EVENTS, Topics.EVENTS, BYTES, BYTES, "parse");
        topology.addSink(ParseProcessor.TO_HITS, Topics.HITS, BYTES, BYTES, new HitPartitioner(), "parse");
        topology.addSink(ParseProcessor.TO_ALERTS, Topics.ALERTS, BYTES, BYTES, "parse");
        topology.addSink(ParseProcessor.TO_DEAD_LETTERS, Topics.DEAD_LETTERS, BYTES, BYTES, "parse");
        return topology;
    }

    /** bongsu.hits → bongsu.alerts, bongsu.dead-letters, and bongsu.hits again, for correlations over correlations. */
    static Topology correlate(Generations generations, int partitions, int groups, Counters counters) {
        return correlate(
                () -> new CorrelateProcessor(generations, partitions, counters, groups),
                Stores.persistentKeyValueStore(CorrelateProcessor.STORE));
    }

    static Topology correlate(
            ProcessorSupplier<byte[], byte[], byte[], byte[]> processor, KeyValueBytesStoreSupplier store) {
        Topology topology = source("hits", Topics.HITS);
        topology.addProcessor("correlate", processor, "hits");
        topology.addStateStore(logged(store), "correlate");
        topology.addSink(CorrelateProcessor.TO_HITS, Topics.HITS, BYTES, BYTES, new HitPartitioner(), "correlate");
        topology.addSink(CorrelateProcessor.TO_ALERTS, Topics.ALERTS, BYTES, BYTES, "correlate");
        topology.addSink(CorrelateProcessor.TO_DEAD_LETTERS, Topics.DEAD_LETTERS, BYTES, BYTES, "correlate");
        return topology;
    }

    private static Topology source(String name, String topic) {
        Topology topology = new Topology();
        topology.addSource(
                AutoOffsetReset.earliest(), name, new ByteArrayDeserializer(), new ByteArrayDeserializer(), topic);
        return topology;
    }

    private static StoreBuilder<KeyValueStore<String, byte[]>> logged(KeyValueBytesStoreSupplier store) {
        return Stores.keyValueStoreBuilder(store, Serdes.String(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of());
    }
}
