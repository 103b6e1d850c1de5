package io.bongsu.ingest.streams;

import io.bongsu.model.Codec;
import io.bongsu.model.Hits;
import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.CorrelationHit;
import io.bongsu.rules.correlate.GroupState;
import io.bongsu.rules.correlate.HotGroup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Groups in a flood, held as objects: their hits wait for the next look, in the store as chunks {@code more|key|n}. A chunk
 * that is empty marks where a look was taken, so that a task that starts again takes the same ones; the state is written, and
 * the chunks go, when those are half as much. All together they are bounded in bytes, as written.
 */
final class Floods {
    private static final String MORE = "more|";
    private static final long MOST_BYTES = 8 * 1024 * 1024;

    private final KeyValueStore<String, byte[]> store;
    /** By key of the group; the one that was looked at longest ago goes first. */
    private final LinkedHashMap<String, Flood> held = new LinkedHashMap<>(16, 0.75f, true);

    private long bytes;

    Floods(KeyValueStore<String, byte[]> store) {
        this.store = store;
    }

    /** One of them: its state as it was written, and what came since. */
    static final class Flood {
        private final Correlation correlation;
        private final GroupStates.Stored stored;
        private final HotGroup group;
        private int chunks;
        private int chunkBytes;
        private long since;

        Flood(Correlation correlation, GroupState state, GroupStates.Stored stored) {
            this.correlation = correlation;
            this.stored = stored;
            this.group = new HotGroup(state);
        }

        Correlation correlation() {
            return correlation;
        }

        GroupStates.Stored stored() {
            return stored;
        }

        GroupState state() {
            return group.state();
        }

        boolean isWaiting() {
            return group.oldest() != Long.MAX_VALUE;
        }

        /** The earliest hit that waits. */
        long oldest() {
            return group.oldest();
        }

        /** Since when, by the log, the first one waits. */
        long since() {
            return since;
        }

        List<CorrelationHit> take() {
            return group.take();
        }

        /** Whether there is anything beside the written state. */
        boolean isAhead() {
            return chunks > 0;
        }

        boolean isWorthWriting() {
            return chunkBytes >= stored.length() / 2;
        }
    }

    @Nullable
    Flood get(String key) {
        return held.get(key);
    }

    List<String> keys() {
        return List.copyOf(held.keySet());
    }

    /** Keys of those with hits that wait and are such. */
    List<String> waiting(Predicate<Flood> such) {
        if (held.isEmpty()) {
            return List.of();
        }
        List<String> keys = new ArrayList<>();
        held.forEach((key, flood) -> {
            if (flood.isWaiting() && such.test(flood)) {
                keys.add(key);
            }
        });
        return keys;
    }

    /** The one to be let go so that another of this size can be held; null: there is room. */
    @Nullable
    String inTheWayOf(int size) {
        Set<String> keys = held.keySet();
        return keys.isEmpty() || bytes + size <= MOST_BYTES
                ? null
                : keys.iterator().next();
    }

    void hold(String key, Flood flood) {
        held.put(key, flood);
        bytes += flood.stored.length();
    }

    /** It is written whole, or nothing is left of it: its chunks go. */
    void release(String key) {
        Flood flood = held.remove(key);
        if (flood != null) {
            bytes -= flood.stored.length();
            for (int n = 0; n < flood.chunks; n++) {
                store.delete(chunk(key, n));
            }
        }
    }

    /** @return whether there are enough hits now for a look */
    boolean wait(String key, Flood flood, Hits hits, List<CorrelationHit> batch, long now) {
        if (!flood.isWaiting()) {
            flood.since = now;
        }
        boolean enough = flood.group.wait(batch);
        byte[] chunk = Codec.encode(hits);
        store.put(chunk(key, flood.chunks++), chunk);
        flood.chunkBytes += chunk.length;
        return enough;
    }

    /** A look was taken, and the state is not written. */
    void mark(String key, Flood flood) {
        store.put(chunk(key, flood.chunks++), new byte[0]);
    }

    /** Hits that waited when the task ended wait again; looks that were taken are taken again, and what came of them was said then. */
    void restore(GroupStates states, Rulebook rules, ToLongFunction<Correlation> since) {
        try (KeyValueIterator<String, byte[]> saved = store.prefixScan(MORE, new StringSerializer())) {
            saved.forEachRemaining(entry -> {
                String key = entry.key.substring(MORE.length(), entry.key.lastIndexOf('|'));
                boolean restored = entry.value.length == 0
                        ? restoreLook(key, since)
                        : restoreHits(key, entry.value, states, rules);
                if (!restored) {
                    store.delete(entry.key); // of a rule that this instance no longer has
                }
            });
        }
    }

    private boolean restoreLook(String key, ToLongFunction<Correlation> since) {
        Flood flood = held.get(key);
        if (flood == null) {
            return false;
        }
        flood.chunks++;
        flood.correlation.add(flood.state(), flood.take(), since.applyAsLong(flood.correlation));
        flood.state().takeFacts();
        flood.state().takeCrossed();
        return true;
    }

    private boolean restoreHits(String key, byte[] chunk, GroupStates states, Rulebook rules) {
        Hits hits;
        try {
            hits = (Hits) Codec.decode(chunk);
        } catch (Codec.Undecodable e) {
            throw new IllegalStateException("what waits cannot be read: " + key, e);
        }
        Flood flood = held.get(key);
        if (flood == null) {
            Correlation correlation = rules.find(hits.getRule(), hits.getVersion());
            GroupStates.Stored stored = states.get(key);
            if (correlation == null || stored == null) {
                return false;
            }
            flood = new Flood(correlation, stored.state(), stored);
            hold(key, flood);
        }
        flood.chunks++;
        flood.chunkBytes += chunk.length;
        flood.group.wait(hits.getHits().stream()
                .map(hit -> CorrelateProcessor.hit(hits, hit))
                .toList());
        return true;
    }

    private static String chunk(String key, int n) {
        return MORE + key + '|' + GroupStates.digits(n);
    }
}
