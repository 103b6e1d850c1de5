package io.bongsu.app.ledger;

import java.util.Arrays;

/** What was read of the lines of one source, as a fingerprint each, so that a repeat can be told from another line. */
final class Marks {
    private long[] sequences = new long[16];
    private int[] marks = new int[16];
    private int size;

    /** Larger than those before; if not, what is there from it on is taken back. */
    void add(long sequence, int mark) {
        if (size > 0 && sequences[size - 1] >= sequence) {
            int at = Arrays.binarySearch(sequences, 0, size, sequence);
            size = at < 0 ? -at - 1 : at;
        }
        if (size == marks.length) {
            int larger = size + size / 2;
            sequences = Arrays.copyOf(sequences, larger);
            marks = Arrays.copyOf(marks, larger);
        }
        sequences[size] = sequence;
        marks[size++] = mark;
    }

    /** Where nothing is known of lines that far back. */
    boolean before(long sequence) {
        return size == 0 || sequence < sequences[0];
    }

    /** Whether a line of that number was there, with that mark. */
    boolean has(long sequence, int mark) {
        int at = Arrays.binarySearch(sequences, 0, size, sequence);
        return at >= 0 && marks[at] == mark;
    }
}
