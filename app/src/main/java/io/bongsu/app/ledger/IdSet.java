package io.bongsu.app.ledger;

import io.bongsu.model.EventId;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A set of {@code event.id}s at about a bit each: sequence numbers by the part that the ids of a source and epoch share.
 * What has no such form is no id of ours and is refused.
 */
final class IdSet {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{16}-[0-9a-f]{8}-[0-9a-f]{12}");
    private static final int PREFIX = 26;
    private static final int CHUNK_BITS = 14;

    private final Map<String, NavigableMap<Long, BitSet>> sequences = new HashMap<>();
    private long size;

    static boolean isId(String text) {
        return FORM.matcher(text).matches();
    }

    /** Whether it is new. */
    boolean add(String id) {
        return add(id.substring(0, PREFIX), Long.parseLong(id, PREFIX, id.length(), 16));
    }

    boolean add(String prefix, long sequence) {
        BitSet chunk = sequences
                .computeIfAbsent(prefix, p -> new TreeMap<>())
                .computeIfAbsent(sequence >>> CHUNK_BITS, c -> new BitSet());
        int bit = (int) (sequence & (1 << CHUNK_BITS) - 1);
        if (chunk.get(bit)) {
            return false;
        }
        chunk.set(bit);
        size++;
        return true;
    }

    /** Whether it was there. */
    boolean remove(String id) {
        NavigableMap<Long, BitSet> chunks = sequences.get(id.substring(0, PREFIX));
        long sequence = Long.parseLong(id, PREFIX, id.length(), 16);
        BitSet chunk = chunks == null ? null : chunks.get(sequence >>> CHUNK_BITS);
        int bit = (int) (sequence & (1 << CHUNK_BITS) - 1);
        if (chunk == null || !chunk.get(bit)) {
            return false;
        }
        chunk.clear(bit);
        size--;
        return true;
    }

    long size() {
        return size;
    }

    /** Sorted within a source and epoch. */
    void forEach(Consumer<String> each) {
        sequences.forEach((prefix, chunks) -> chunks.forEach((high, chunk) ->
                chunk.stream().forEach(low -> each.accept(EventId.of(prefix, high << CHUNK_BITS | low)))));
    }

    /** For each source and epoch with numbers missing between its lowest and its highest. */
    void gaps(Gap each) {
        sequences.forEach((prefix, chunks) -> {
            long count = 0;
            long first = -1;
            long missing = -1;
            long next = -1;
            for (Map.Entry<Long, BitSet> chunk : chunks.entrySet()) {
                for (int low = chunk.getValue().nextSetBit(0);
                        low >= 0;
                        low = chunk.getValue().nextSetBit(low + 1)) {
                    long sequence = chunk.getKey() << CHUNK_BITS | low;
                    if (first < 0) {
                        first = sequence;
                    } else if (missing < 0 && sequence != next) {
                        missing = next;
                    }
                    next = sequence + 1;
                    count++;
                }
            }
            if (missing >= 0) {
                each.accept(prefix, missing, next - first - count);
            }
        });
    }

    /** Numbers of one source and epoch that are not there. */
    interface Gap {
        void accept(String prefix, long first, long count);
    }
}
