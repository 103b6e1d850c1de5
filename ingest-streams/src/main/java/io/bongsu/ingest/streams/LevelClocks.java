package io.bongsu.ingest.streams;

import io.bongsu.model.Watermark;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * How far the partitions upstream have come, by level: on the first those of the parsing tasks, above it the correlating ones.
 * A level's time is the minimum of its partitions, and {@link #UNKNOWN} until all of them were heard of. In the store as
 * {@code clock|partition} and {@code above|clock|level|partition}.
 */
final class LevelClocks {
    static final long UNKNOWN = Long.MIN_VALUE / 4;

    private final KeyValueStore<String, byte[]> store;
    private final List<Level> levels = new ArrayList<>();

    LevelClocks(KeyValueStore<String, byte[]> store) {
        this.store = store;
    }

    private static final class Level {
        private final Map<Integer, Long> clocks = new HashMap<>();
        private final Map<Integer, Long> primed = new HashMap<>();
        private int upstreams = Integer.MAX_VALUE;

        private void put(int partition, byte[] saved) {
            ByteBuffer in = ByteBuffer.wrap(saved);
            clocks.put(partition, in.getLong());
            upstreams = in.getInt();
            // What an earlier release has stored: it told nobody of what was before.
            primed.put(partition, in.hasRemaining() ? in.getLong() : Long.MAX_VALUE);
        }

        private long least(Map<Integer, Long> of, long unknown) {
            return of.size() < upstreams
                    ? unknown
                    : of.values().stream().mapToLong(Long::longValue).min().orElse(unknown);
        }
    }

    /** What is stored of all levels up to this one. */
    void load(int upTo) {
        for (int level = levels.size(); level <= upTo; level++) {
            Level of = new Level();
            levels.add(of);
            String prefix = prefix(level);
            try (KeyValueIterator<String, byte[]> saved = store.prefixScan(prefix, new StringSerializer())) {
                saved.forEachRemaining(
                        entry -> of.put(Integer.parseInt(entry.key.substring(prefix.length())), entry.value));
            }
        }
    }

    long now(int level) {
        return level < levels.size() ? levels.get(level).least(levels.get(level).clocks, UNKNOWN) : UNKNOWN;
    }

    /** Up to which generation all partitions have told new correlations of what was before; 0: not known of one. */
    long primed(int level) {
        return level < levels.size() ? levels.get(level).least(levels.get(level).primed, 0) : 0;
    }

    /** @return whether the level has come further */
    boolean hear(Watermark mark) {
        int level = mark.getLevel();
        int partition = mark.getPartition();
        load(level);
        Level of = levels.get(level);
        long known = of.clocks.getOrDefault(partition, Long.MIN_VALUE);
        long primed = mark.getPrimed() == 0 ? mark.getGeneration() : mark.getPrimed();
        if (known >= mark.getClock() && primed <= of.primed.getOrDefault(partition, 0L)) {
            return false;
        }
        long now = now(level);
        long primedBefore = primed(level);
        byte[] value = ByteBuffer.allocate(20)
                .putLong(Math.max(known, mark.getClock()))
                .putInt(mark.getPartitions())
                .putLong(primed)
                .array();
        of.put(partition, value);
        store.put(prefix(level) + partition, value);
        return now(level) > now || primed(level) > primedBefore;
    }

    private static String prefix(int level) {
        return level == 0 ? "clock|" : "above|clock|" + level + '|';
    }
}
