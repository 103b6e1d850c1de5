package io.bongsu.ingest.streams;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsMetrics;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.Punctuator;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * What one of our processors asks of Kafka Streams, without Kafka Streams: a store in memory and somewhere to forward to.
 * What none of them asks (punctuators, metrics, stream time) is refused, so that one which begins to ask is noticed.
 */
final class MemoryTask<K, V> implements ProcessorContext<K, V> {
    private final Store store = new Store();
    private final int partition;
    private final BiConsumer<String, Record<K, V>> forwarded;
    private @Nullable RecordMetadata at;

    /** @param forwarded takes the name of the child, and the record */
    MemoryTask(int partition, BiConsumer<String, Record<K, V>> forwarded) {
        this.partition = partition;
        this.forwarded = forwarded;
    }

    /** Where the record lies that is processed next. */
    void at(RecordMetadata place) {
        at = place;
    }

    KeyValueStore<String, byte[]> store() {
        return store;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <A extends K, B extends V> void forward(Record<A, B> record, String child) {
        forwarded.accept(child, (Record<K, V>) record);
    }

    @Override
    public TaskId taskId() {
        return new TaskId(0, partition);
    }

    @Override
    public Optional<RecordMetadata> recordMetadata() {
        return Optional.ofNullable(at);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <S extends StateStore> S getStateStore(String name) {
        return (S) store;
    }

    @Override
    public <A extends K, B extends V> void forward(Record<A, B> record) {
        throw refused();
    }

    @Override
    public String applicationId() {
        throw refused();
    }

    @Override
    public Serde<?> keySerde() {
        return Serdes.ByteArray();
    }

    @Override
    public Serde<?> valueSerde() {
        return Serdes.ByteArray();
    }

    @Override
    public File stateDir() {
        throw refused();
    }

    @Override
    public StreamsMetrics metrics() {
        throw refused();
    }

    @Override
    public Cancellable schedule(Duration interval, PunctuationType type, Punctuator callback) {
        throw refused();
    }

    @Override
    public Cancellable schedule(Instant start, Duration interval, PunctuationType type, Punctuator callback) {
        throw refused();
    }

    @Override
    public void commit() {
        throw refused();
    }

    @Override
    public Map<String, Object> appConfigs() {
        return Map.of();
    }

    @Override
    public Map<String, Object> appConfigsWithPrefix(String prefix) {
        return Map.of();
    }

    @Override
    public long currentSystemTimeMs() {
        throw refused();
    }

    @Override
    public long currentStreamTimeMs() {
        throw refused();
    }

    private static UnsupportedOperationException refused() {
        return new UnsupportedOperationException("a replay in memory has no such thing");
    }

    /** Sorted by key, as the store on disk is. */
    private static final class Store implements KeyValueStore<String, byte[]> {
        private final TreeMap<String, byte[]> entries = new TreeMap<>();

        @Override
        public void put(String key, byte @Nullable [] value) {
            if (value == null) {
                entries.remove(key);
            } else {
                entries.put(key, value);
            }
        }

        @Override
        public byte @Nullable [] putIfAbsent(String key, byte[] value) {
            return entries.putIfAbsent(key, value);
        }

        @Override
        public void putAll(List<KeyValue<String, byte[]>> more) {
            more.forEach(entry -> put(entry.key, entry.value));
        }

        @Override
        public byte @Nullable [] delete(String key) {
            return entries.remove(key);
        }

        @Override
        public byte @Nullable [] get(String key) {
            return entries.get(key);
        }

        @Override
        public KeyValueIterator<String, byte[]> range(String from, String to) {
            return iterate(entries.subMap(from, true, to, true));
        }

        @Override
        public KeyValueIterator<String, byte[]> all() {
            return iterate(entries);
        }

        @Override
        public <S extends Serializer<P>, P> KeyValueIterator<String, byte[]> prefixScan(P prefix, S serializer) {
            String from = new String(serializer.serialize("", prefix), StandardCharsets.UTF_8);
            return iterate(entries.subMap(from, true, from + Character.MAX_VALUE, false));
        }

        private static KeyValueIterator<String, byte[]> iterate(NavigableMap<String, byte[]> part) {
            Iterator<Map.Entry<String, byte[]>> entries =
                    List.copyOf(part.entrySet()).iterator();
            return new KeyValueIterator<>() {
                @Override
                public boolean hasNext() {
                    return entries.hasNext();
                }

                @Override
                public KeyValue<String, byte[]> next() {
                    Map.Entry<String, byte[]> entry = entries.next();
                    return KeyValue.pair(entry.getKey(), entry.getValue());
                }

                @Override
                public String peekNextKey() {
                    throw refused();
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public long approximateNumEntries() {
            return entries.size();
        }

        @Override
        public String name() {
            return "memory";
        }

        @Override
        public void init(StateStoreContext context, StateStore root) {}

        @Override
        public void close() {}

        @Override
        public boolean persistent() {
            return false;
        }

        @Override
        public boolean isOpen() {
            return true;
        }
    }
}
