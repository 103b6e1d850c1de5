package io.bongsu.model;

import java.util.Arrays;

/** Bytes that are written one behind the other. Whoever writes makes room first. */
final class Growing {
    byte[] bytes;
    int size;

    Growing(int expected) {
        bytes = new byte[expected];
    }

    void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(
                    bytes, Math.max(Math.addExact(size, more), (int) Math.min(Integer.MAX_VALUE - 8L, 2L * size)));
        }
    }

    void raw(byte[] more) {
        room(more.length);
        System.arraycopy(more, 0, bytes, size, more.length);
        size += more.length;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }
}
