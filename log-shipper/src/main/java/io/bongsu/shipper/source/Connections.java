package io.bongsu.shipper.source;

import io.bongsu.shipper.TcpLimits;
import io.bongsu.shipper.frame.LargeFrames;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What all connections over TCP share: how many there may be, in all and of one sender, and memory for large frames. Thread-safe. */
public final class Connections {
    private final TcpLimits limits;
    private final LargeFrames large;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<Long, Integer> bySender = new ConcurrentHashMap<>();

    public Connections(TcpLimits limits, LargeFrames large) {
        this.limits = limits;
        this.large = large;
    }

    TcpLimits limits() {
        return limits;
    }

    LargeFrames large() {
        return large;
    }

    /** Null: it may stay, and {@link #leave}s when it ends. Otherwise why not. */
    @Nullable
    String enter(InetAddress peer) {
        if (open.incrementAndGet() > limits.connections()) {
            open.decrementAndGet();
            return "limit";
        }
        if (bySender.merge(SenderRates.key(peer), 1, Integer::sum) > limits.perAddress()) {
            leave(peer);
            return "address_limit";
        }
        return null;
    }

    void leave(InetAddress peer) {
        open.decrementAndGet();
        bySender.computeIfPresent(SenderRates.key(peer), (k, count) -> count == 1 ? null : count - 1);
    }

    public long open() {
        return open.get();
    }
}
