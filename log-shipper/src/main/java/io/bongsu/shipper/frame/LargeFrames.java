package io.bongsu.shipper.frame;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory for frames that have begun and not ended, shared by all connections. Each may hold {@link #FREE} bytes of its own;
 * what it holds beyond is taken from here, so that large events are possible and a thousand half ones are not. Thread-safe.
 */
public final class LargeFrames {
    /** As much as most lines ever need. */
    static final int FREE = 64 * 1024;

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    public LargeFrames(long limit) {
        this.limit = limit;
    }

    /** From one length of a connection's buffer to another; false, and nothing is changed, when there is no room. */
    boolean resize(int from, int to) {
        long more = beyond(to) - beyond(from);
        if (used.addAndGet(more) > limit && more > 0) {
            used.addAndGet(-more);
            return false;
        }
        return true;
    }

    private static long beyond(int length) {
        return Math.max(0, length - FREE);
    }

    public long used() {
        return used.get();
    }
}
