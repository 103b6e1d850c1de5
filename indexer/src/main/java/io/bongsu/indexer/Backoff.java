package io.bongsu.indexer;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before the n-th attempt: doubled each time up to a bound, and half of it random, so that many do not come at once. */
public record Backoff(Duration first, Duration most) {
    public Backoff {
        if (!first.isPositive() || most.compareTo(first) < 0) {
            throw new IllegalArgumentException("back-off from " + first + " to " + most);
        }
    }

    long nanos(int attempt, RandomGenerator random) {
        long full = Math.min(most.toNanos(), first.toNanos() << Math.min(attempt, 20));
        return full / 2 + random.nextLong(full / 2 + 1);
    }
}
