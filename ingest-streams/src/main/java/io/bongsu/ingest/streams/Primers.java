package io.bongsu.ingest.streams;

import io.bongsu.ingest.generation.Generation;
import io.bongsu.ingest.generation.Generations;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The {@linkplain Primer primers} of one partition: of the generations whose new correlations are still told of what lies in
 * front of their marker. One is told after the other, and how far it has come is stored.
 */
final class Primers implements AutoCloseable {
    private static final String PREFIX = "prime|";

    /** Makes the one of a generation. */
    interface Start {
        /**
         * @param before offset of the marker
         * @param done offset up to which all was handed on before; -1: nothing
         */
        Primer of(Generation generation, long before, long done);
    }

    private final KeyValueStore<String, byte[]> store;
    private final Start start;
    /** By generation. */
    private final TreeMap<Long, Primer> primers = new TreeMap<>();

    /** Goes on with those that are stored. */
    Primers(Generations generations, KeyValueStore<String, byte[]> store, Start start) {
        this.store = store;
        this.start = start;
        try (KeyValueIterator<String, byte[]> saved = store.prefixScan(PREFIX, new StringSerializer())) {
            saved.forEachRemaining(entry -> {
                ByteBuffer in = ByteBuffer.wrap(entry.value);
                long number = Long.parseLong(entry.key.substring(PREFIX.length()));
                Generation generation = generations.get(number);
                if (generation == null) {
                    throw new IllegalStateException("bongsu.rules no longer holds generation " + number);
                }
                primers.put(number, start.of(generation, in.getLong(), in.getLong()));
            });
        }
    }

    void begin(Generation generation, long before) {
        Primer primer = start.of(generation, before, -1);
        primers.put(generation.number(), primer);
        store.put(PREFIX + generation.number(), primer.save());
    }

    /**
     * Hands on what is known by now.
     *
     * @param nowMs of the log
     */
    void tell(long nowMs, Consumer<Record<byte[], byte[]>> hits) {
        while (!primers.isEmpty()) {
            Map.Entry<Long, Primer> first = primers.firstEntry();
            Primer.Told told = first.getValue().take(nowMs);
            if (told == null) {
                return;
            }
            told.hits().forEach(hits);
            if (told.over()) {
                store.delete(PREFIX + first.getKey());
                primers.remove(first.getKey()).close();
            } else {
                store.put(PREFIX + first.getKey(), first.getValue().save());
            }
        }
    }

    /** The newest generation of which, and of all before it, everything has been told. */
    long told(long newest) {
        return primers.isEmpty() ? newest : primers.firstKey() - 1;
    }

    @Override
    public void close() {
        primers.values().forEach(Primer::close);
        primers.clear();
    }
}
