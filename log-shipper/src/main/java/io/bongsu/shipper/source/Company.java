package io.bongsu.shipper.source;

import java.time.Duration;

/**
 * Whether more than one sender comes to a socket these seconds. One that is alone takes no room in its receive buffer from
 * anybody, however fast it sends. Remembers the last sender only. For one thread.
 */
final class Company {
    /** A host that says something less often than that is seldom there when the buffer is full. */
    private static final long LATELY = Duration.ofSeconds(30).toNanos();

    private boolean met;
    private long last;
    private boolean changed;
    private long changedNanos;

    /**
     * Counts a datagram of that sender; whether another one has come within the last seconds.
     *
     * @param sender its {@link SenderRates#key}
     */
    boolean with(long sender, long nanos) {
        if (met && sender != last) {
            changed = true;
            changedNanos = nanos;
        }
        met = true;
        last = sender;
        return changed && nanos - changedNanos <= LATELY;
    }
}
