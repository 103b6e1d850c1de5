package io.bongsu.shipper.source;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many connections there are over all listeners, and how many there may be. Thread-safe. */
public final class Connections {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private final int limit;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong refused = new AtomicLong();

    public Connections(int limit) {
        this.limit = limit;
    }

    boolean enter() {
        if (open.incrementAndGet() <= limit) {
            return true;
        }
        open.decrementAndGet();
        long count = refused.incrementAndGet();
        if (Long.bitCount(count) == 1) { // the first, and again whenever there are twice as many
            LOG.atWarn()
                    .addKeyValue("limit", limit)
                    .addKeyValue("refused", count)
                    .log("Connections are refused: as many are open as may be");
        }
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
        return refused.get();
    }
}
