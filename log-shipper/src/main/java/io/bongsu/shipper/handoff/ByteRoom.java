package io.bongsu.shipper.handoff;

import java.util.concurrent.ArrayBlockingQueue;

/**
 * Chunks of memory that are used again. At full load a shipper holds lines for as long as it takes to fill its young
 * generation, so new memory for each would end in the old one, and a collection of that takes as long as a million lines.
 * Thread-safe.
 */
final class ByteRoom {
    /** Bytes of a chunk. */
    static final int CHUNK = 16 * 1024;

    private final ArrayBlockingQueue<byte[]> free;

    /** @param most bytes that are kept */
    ByteRoom(long most) {
        free = new ArrayBlockingQueue<>((int) Math.max(1, most / CHUNK));
    }

    /** A chunk with any content. */
    byte[] take() {
        byte[] chunk = free.poll();
        return chunk != null ? chunk : new byte[CHUNK];
    }

    /** Nobody may use it any more; one of another size is left to the collector. */
    void give(byte[] chunk) {
        if (chunk.length == CHUNK) {
            free.offer(chunk); // and if it is full, this one is left to the collector too
        }
    }
}
