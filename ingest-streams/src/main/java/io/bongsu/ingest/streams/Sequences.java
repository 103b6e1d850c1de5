package io.bongsu.ingest.streams;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of one source: for its newest epochs, the next sequence number expected. Records of a source arrive in
 * order (one partition, an idempotent producer), so one number for each epoch tells a repeat from a line and a gap.
 */
final class Sequences {
    /** Epochs kept; a line of an older one cannot be told from a repeat any more and is taken as new. */
    private static final int EPOCHS = 4;

    private final long[] epochs;
    private final long[] next;
    private int size;

    private Sequences(int size) {
        this.epochs = new long[EPOCHS];
        this.next = new long[EPOCHS];
        this.size = size;
    }

    static Sequences load(byte @Nullable [] stored) {
        if (stored == null) {
            return new Sequences(0);
        }
        ByteBuffer in = ByteBuffer.wrap(stored);
        Sequences s = new Sequences(stored.length / 16);
        for (int i = 0; i < s.size; i++) {
            s.epochs[i] = in.getLong();
            s.next[i] = in.getLong();
        }
        return s;
    }

    byte[] save() {
        ByteBuffer out = ByteBuffer.allocate(16 * size);
        for (int i = 0; i < size; i++) {
            out.putLong(epochs[i]).putLong(next[i]);
        }
        return out.array();
    }

    /** Minus one: seen before. Else the line is new, and this many numbers before it never came. */
    long take(long epoch, long sequence) {
        int i = 0;
        while (i < size && epochs[i] > epoch) {
            i++;
        }
        if (i == size || epochs[i] != epoch) {
            if (i == EPOCHS) {
                return 0;
            }
            size = Math.min(size + 1, EPOCHS);
            System.arraycopy(epochs, i, epochs, i + 1, size - i - 1);
            System.arraycopy(next, i, next, i + 1, size - i - 1);
            epochs[i] = epoch;
            next[i] = 0;
        }
        if (sequence < next[i]) {
            return -1;
        }
        long missing = sequence - next[i];
        next[i] = sequence + 1;
        return missing;
    }
}
