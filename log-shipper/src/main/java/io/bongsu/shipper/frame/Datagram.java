package io.bongsu.shipper.frame;

/** A datagram is one frame (RFC 5426); only what senders append as if it were a stream, LF, CR and NUL, is taken off. */
public final class Datagram {
    private Datagram() {}

    /** Hands on the datagram's frame, if there is one: an empty datagram is none. */
    public static void frame(byte[] data, int offset, int length, int limit, Frames frames) {
        int size = StreamFramer.trimmed(data, offset, offset + length) - offset;
        if (size > 0) {
            frames.frame(data, offset, Math.min(size, limit), Math.max(0, size - limit));
        }
    }
}
