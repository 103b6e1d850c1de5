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

    private static final byte[] EMPTY = new byte[0];

    final Source source;
    final long createdNanos;
    /** The first place that the lines of a file account for; -1: they are not of a file. */
    final long from;

    private final ByteRoom room;
    /** What is full, in order; {@code chunk} comes behind it. */
    private final List<Full> full = new ArrayList<>(0);

    private byte[] chunk = new byte[1024];
    private int used;
    /** Of all chunks. */
    private int size;

    private int lines;
    private long next;
    private final List<Runnable> whenDurable = new ArrayList<>(0);
    private volatile boolean sealed;

    private record Full(byte[] bytes, int used) {}

    LinePack(ByteRoom room, Source source, long createdNanos, long from) {
        this.room = room;
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
        for (Full each : full) {
            digest.update(each.bytes, 0, each.used);
        }
        digest.update(chunk, 0, used);
    }

    boolean sealed() {
        return sealed;
    }

    void seal() {
        sealed = true;
    }

    void add(long sequence, long received, int cut, byte[] data, int offset, int length) {
        makeRoom(10 + 10 + 5 + 5 + length + 3);
        int start = used;
        writeLong(sequence);
        writeLong(received);
        writeLong(cut);
        writeLong(length);
        System.arraycopy(data, offset, chunk, used, length);
        used += length;
        writeLong(Chain.check(chunk, start, used - start));
        size += used - start;
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

    /** A line lies in one chunk. The first one grows, since most sources are slow; the others are of one size. */
    private void makeRoom(int most) {
        if (used + most <= chunk.length) {
            return;
        }
        if (full.isEmpty() && used + most <= ByteRoom.CHUNK) {
            int length = Math.max(used + most, 2 * chunk.length);
            byte[] larger = length < ByteRoom.CHUNK ? new byte[length] : room.take();
            System.arraycopy(chunk, 0, larger, 0, used);
            chunk = larger;
            return;
        }
        full.add(new Full(chunk, used));
        chunk = most <= ByteRoom.CHUNK ? room.take() : new byte[most];
        used = 0;
    }

    /** The whole record: the header, one block of items, the end of the array, and {@code from}. */
    byte[] encode(byte[] header) {
        byte[] ends = new byte[22];
        int ahead = writeLong(ends, 0, lines);
        int all = writeLong(ends, ahead, 0);
        all = writeLong(ends, all, from < 0 ? 0 : 1);
        if (from >= 0) {
            all = writeLong(ends, all, from);
        }
        byte[] record = Arrays.copyOf(header, header.length + all + size);
        int at = header.length;
        System.arraycopy(ends, 0, record, at, ahead);
        at += ahead;
        for (Full each : full) {
            System.arraycopy(each.bytes, 0, record, at, each.used);
            at += each.used;
        }
        System.arraycopy(chunk, 0, record, at, used);
        System.arraycopy(ends, ahead, record, at + used, all - ahead);
        return record;
    }

    /** Its bytes are for others now. */
    void release() {
        full.forEach(each -> room.give(each.bytes));
        room.give(chunk);
        full.clear();
        chunk = EMPTY;
        used = 0;
    }

    private void writeLong(long value) {
        used = writeLong(chunk, used, value);
    }

    /** Avro 1.12 "Binary encoding": zig-zag, seven bits a byte, the lowest first. */
    private static int writeLong(byte[] into, int at, long value) {
        int end = at;
        long rest = value << 1 ^ value >> 63;
        while ((rest & ~0x7FL) != 0) {
            into[end++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        into[end++] = (byte) rest;
        return end;
    }
}
