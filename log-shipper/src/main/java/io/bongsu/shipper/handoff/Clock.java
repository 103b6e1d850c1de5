package io.bongsu.shipper.handoff;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Wall clock in microseconds that never steps back within an epoch: the promise of a heartbeat rests on that. */
final class Clock {
    private final LongSupplier wall;
    private final AtomicLong latest = new AtomicLong(Long.MIN_VALUE);

    Clock(LongSupplier wall) {
        this.wall = wall;
    }

    long now() {
        long now = wall.getAsLong();
        long seen = latest.get();
        while (now > seen && !latest.compareAndSet(seen, now)) {
            seen = latest.get();
        }
        return Math.max(now, seen);
    }
}
