package io.bongsu.ingest.streams;

import io.bongsu.model.Alert;
import io.bongsu.model.Codec;
import io.bongsu.model.Topics;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;

/** A task of one application on Kafka's driver for tests, which another instance continues from nothing but the store. */
abstract class TaskRig implements AutoCloseable {
    final TopologyTestDriver driver;
    private final String store;

    /** @param stateDirectory not the common folder of all that run on this machine */
    private TaskRig(Topology topology, String store, Path stateDirectory) {
        Properties p = new Properties();
        p.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
        p.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
        p.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        this.driver = new TopologyTestDriver(topology, p);
        this.store = store;
    }

    /** A processor whose store holds what it held before it looks, as Kafka Streams restores it. */
    private record Restored(
            Processor<byte[], byte[], byte[], byte[]> processor, String store, Map<String, byte[]> state)
            implements Processor<byte[], byte[], byte[], byte[]> {
        static ProcessorSupplier<byte[], byte[], byte[], byte[]> of(
                Processor<byte[], byte[], byte[], byte[]> processor, String store, Map<String, byte[]> state) {
            return () -> new Restored(processor, store, state);
        }

        @Override
        public void init(ProcessorContext<byte[], byte[]> context) {
            KeyValueStore<String, byte[]> kv = context.getStateStore(store);
            state.forEach(kv::put);
            processor.init(context);
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            processor.process(record);
        }

        @Override
        public void close() {
            processor.close();
        }
    }

    static class ParseTask extends TaskRig {
        final TestInputTopic<byte[], byte[]> in = input(Topics.LOGS);
        final TestOutputTopic<byte[], byte[]> events = output(Topics.EVENTS);
        final TestOutputTopic<byte[], byte[]> hits = output(Topics.HITS);
        final TestOutputTopic<byte[], byte[]> alerts = output(Topics.ALERTS);
        final TestOutputTopic<byte[], byte[]> letters = output(Topics.DEAD_LETTERS);

        ParseTask(
                ParseProcessor processor,
                Map<String, byte[]> state,
                KeyValueBytesStoreSupplier store,
                Path stateDirectory) {
            super(
                    Topologies.parse(Restored.of(processor, ParseProcessor.STORE, state), store),
                    ParseProcessor.STORE,
                    stateDirectory);
        }

        /** @param appended seconds since 1970 */
        void send(SpecificRecord record, long appended) {
            in.pipeInput(new byte[0], Codec.encode(record), Instant.ofEpochSecond(appended));
        }
    }

    static class CorrelateTask extends TaskRig {
        final TestInputTopic<byte[], byte[]> in = input(Topics.HITS);
        final TestOutputTopic<byte[], byte[]> alerts = output(Topics.ALERTS);

        CorrelateTask(
                CorrelateProcessor processor,
                Map<String, byte[]> state,
                KeyValueBytesStoreSupplier store,
                Path stateDirectory) {
            super(
                    Topologies.correlate(Restored.of(processor, CorrelateProcessor.STORE, state), store),
                    CorrelateProcessor.STORE,
                    stateDirectory);
        }

        void takeAlerts(Map<String, Alert> latest) {
            read(alerts, Alert.class).forEach(a -> latest.put(a.getId(), a));
        }

        /** What is neither a clock nor a generation. */
        List<String> left() {
            return state().keySet().stream()
                    .filter(key -> !key.startsWith("clock|") && !key.startsWith("above|clock|"))
                    .filter(key -> !key.equals(CorrelateProcessor.GENERATIONS))
                    .toList();
        }
    }

    Map<String, byte[]> state() {
        Map<String, byte[]> copy = new HashMap<>();
        try (var all = driver.<String, byte[]>getKeyValueStore(store).all()) {
            all.forEachRemaining(entry -> copy.put(entry.key, entry.value));
        }
        return copy;
    }

    /** It ends, and this is what the next instance goes on from. */
    Map<String, byte[]> end() {
        Map<String, byte[]> state = state();
        close();
        return state;
    }

    TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    TestInputTopic<byte[], byte[]> input(String topic) {
        return driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void close() {
        driver.close();
    }

    static <T> List<T> read(TestOutputTopic<byte[], byte[]> topic, Class<T> type) {
        return topic.readValuesToList().stream()
                .map(TaskRig::decode)
                .map(type::cast)
                .toList();
    }

    static SpecificRecord decode(byte[] value) {
        try {
            return Codec.decode(value);
        } catch (Codec.Undecodable e) {
            throw new AssertionError(e);
        }
    }
}
