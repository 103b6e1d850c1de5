package io.bongsu.shipper.source;

import io.bongsu.shipper.frame.Framing;
import io.bongsu.shipper.frame.StreamFramer;
import io.bongsu.shipper.handoff.Source;
import io.netty.channel.Channel;

/**
 * What is spoken on one connection: bytes become lines, and durable lines an answer where the protocol has one. All calls
 * come from the connection's event loop.
 */
interface Dialogue {
    /** Begins one; the channel is active. */
    interface Factory {
        Dialogue begin(Channel channel, Source source);
    }

    /** How many bytes to take at once at most; between two calls it is seen whether there is still room. */
    int step();

    /** The next bytes of the peer. Closes the channel when they are not of the protocol. */
    void take(byte[] data, int offset, int length);

    /** Whether the peer waits for us: for an answer, not for its turn to send. */
    boolean owes();

    /** We want to end: answers what is owed, then closes the channel. Nothing is taken any more. */
    void finish();

    /** The connection has ended; nothing can be answered. */
    void ended();

    /** Lines without answers, as over plain TCP. A frame that was begun when the connection ended is a line. */
    static Factory stream(Framing framing, int maxLineBytes) {
        return (channel, source) -> {
            StreamFramer framer = new StreamFramer(framing, maxLineBytes);
            return new Dialogue() {
                @Override
                public int step() {
                    return Integer.MAX_VALUE;
                }

                @Override
                public void take(byte[] data, int offset, int length) {
                    try (Source.Lines lines = source.open()) {
                        framer.feed(data, offset, length, lines);
                    }
                }

                @Override
                public boolean owes() {
                    return false;
                }

                @Override
                public void finish() {
                    channel.close();
                }

                @Override
                public void ended() {
                    try (Source.Lines lines = source.open()) {
                        framer.end(lines);
                    }
                }
            };
        };
    }
}
