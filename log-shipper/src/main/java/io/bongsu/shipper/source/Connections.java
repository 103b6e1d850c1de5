package io.bongsu.shipper.source;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** How many connections there are over all listeners, and how many there may be. Thread-safe. */
public final class Connections {
    private final int limit;
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder refused = new LongAdder();

    public Connections(int limit) {
        this.limit = limit;
    }

    boolean enter() {
        if (open.incrementAndGet() <= limit) {
            return true;
        }
        open.decrementAndGet();
        refused.increment();
        return false;
    }

    void leave() {
        open.decrementAndGet();
    }

    public long open() {
        return open.get();
    }

    /** Closed at once because of the limit. */
    public long refused() {
        return refused.sum();
    }
}
