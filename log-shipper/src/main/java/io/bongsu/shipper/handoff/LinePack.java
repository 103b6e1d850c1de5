package io.bongsu.shipper.handoff;

import io.bongsu.model.Chain;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Lines of one source on their way into one record: Kafka's cost is per record, so lines travel together. They are kept
 * as the Avro binary of {@code RawLogs.lines} items from the moment they arrive; no object per line. Guarded by the lock
 * of its source until it is sealed.
 */
final class LinePack {
    /** What an almost empty pack costs besides its bytes. */
    static final int OVERHEAD = 512;

    final Source source;
    final long createdNanos;
    /** The first place that the lines of a file account for; -1: they are not of a file. */
    final long from;

    private byte[] items = new byte[1024];
    private int size;
    private int lines;
    private long next;
    private final List<Runnable> whenDurable = new ArrayList<>(0);
    private volatile boolean sealed;

    LinePack(Source source, long createdNanos, long from) {
        this.source = source;
        this.from = from;
        this.createdNanos = createdNanos;
    }

    int lines() {
        return lines;
    }

    int size() {
        return size;
    }

    /** The sequence behind that of the last line. */
    long next() {
        return next;
    }

    /** Over the lines, as {@link Chain} has it. */
    void hash(MessageDigest digest) {
        digest.update(items, 0, size);
    }

    boolean sealed() {
        return sealed;
    }

    void seal() {
        sealed = true;
    }

    void add(long sequence, long received, int cut, byte[] data, int offset, int length) {
        int most = size + 10 + 10 + 5 + 5 + length + 3;
        if (most > items.length) {
            items = Arrays.copyOf(items, Math.max(most, 2 * items.length));
        }
        int start = size;
        writeLong(sequence);
        writeLong(received);
        writeLong(cut);
        writeLong(length);
        System.arraycopy(data, offset, items, size, length);
        size += length;
        writeLong(Chain.check(items, start, size - start));
        lines++;
        next = sequence + 1;
    }

    void whenDurable(Runnable action) {
        whenDurable.add(action);
    }

    /** To run, in this order, when the lines are durable. */
    List<Runnable> whenDurable() {
        return whenDurable;
    }

    /** The whole record: the header, one block of items, the end of the array, and {@code from}. */
    byte[] encode(byte[] header) {
        byte[] body = items;
        int bodySize = size;
        items = new byte[22];
        size = 0;
        writeLong(lines);
        int ahead = size;
        writeLong(0);
        writeLong(from < 0 ? 0 : 1);
        if (from >= 0) {
            writeLong(from);
        }
        byte[] record = Arrays.copyOf(header, header.length + size + bodySize);
        System.arraycopy(items, 0, record, header.length, ahead);
        System.arraycopy(body, 0, record, header.length + ahead, bodySize);
        System.arraycopy(items, ahead, record, header.length + ahead + bodySize, size - ahead);
        items = body;
        size = bodySize;
        return record;
    }

    /** Avro 1.12 "Binary encoding": zig-zag, seven bits a byte, the lowest first. */
    private void writeLong(long value) {
        long rest = value << 1 ^ value >> 63;
        while ((rest & ~0x7FL) != 0) {
            items[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        items[size++] = (byte) rest;
    }
}
