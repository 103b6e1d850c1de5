package io.bongsu.shipper.handoff;

import java.net.InetAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Where every frame went, since the start of the epoch. The law: {@code frames = received + all dropped.*} and
 * {@code received + spool.recovered = acknowledged + spool.lines + spool.lost + inflight.lines}; it holds in every
 * snapshot. Recovered are lines of earlier epochs that were in the spool at the start. Thread-safe.
 */
public final class Ledger {
    private final Map<String, Listener> listeners = new ConcurrentHashMap<>();
    private final Senders senders;
    private final Map<String, LongSupplier> gauges = new ConcurrentHashMap<>();
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder heartbeats = new LongAdder();
    private final LongAdder resent = new LongAdder();
    private final LongAdder spooled = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private volatile long recovered;

    /** The part of one listener. */
    public static final class Listener {
        private final String name;
        private final Senders senders;
        private final LongAdder received = new LongAdder();
        private final LongAdder bytes = new LongAdder();
        private final LongAdder full = new LongAdder();
        private final LongAdder cut = new LongAdder();
        private final Map<String, LongAdder> others = new ConcurrentHashMap<>();
        private final Map<String, LongAdder> closed = new ConcurrentHashMap<>();
        private volatile LongSupplier kernel = () -> -1;

        private Listener(String name, Senders senders) {
            this.name = name;
            this.senders = senders;
        }

        void received(int lines, int cutLines, long size) {
            received.add(lines);
            cut.add(cutLines);
            bytes.add(size);
        }

        /** A frame that cannot wait came while memory was full. */
        public void droppedFull(InetAddress sender) {
            full.increment();
            senders.count("dropped.full", name, sender);
        }

        /** A frame that cannot become a line, for a reason of the protocol. */
        public void dropped(String reason, InetAddress sender) {
            others.computeIfAbsent(reason, r -> new LongAdder()).increment();
            senders.count("dropped." + reason, name, sender);
        }

        /**
         * A connection that was closed for what its peer did, or because of a limit. No frame is lost by that: the sum is not
         * touched.
         *
         * @return how many there were
         */
        public long closed(String reason) {
            LongAdder count = closed.computeIfAbsent(reason, r -> new LongAdder());
            count.increment();
            return count.sum();
        }

        /** The same, where it tells whom to look at: whose connections are too many. */
        public long refused(String reason, InetAddress sender) {
            senders.count("closed." + reason, name, sender);
            return closed(reason);
        }

        /** Datagrams that the kernel dropped before we could read them; negative when it does not tell. */
        public void droppedByKernel(LongSupplier counter) {
            kernel = counter;
        }
    }

    /** @param wall clock in microseconds since 1970 */
    public Ledger(LongSupplier wall) {
        senders = new Senders(wall);
    }

    public Listener listener(String name) {
        return listeners.computeIfAbsent(name, n -> new Listener(n, senders));
    }

    /** A value that is read at each snapshot. */
    public void gauge(String name, LongSupplier value) {
        gauges.put(name, value);
    }

    void acknowledged(int lines) {
        acknowledged.add(lines);
    }

    void heartbeat() {
        heartbeats.increment();
    }

    void resent(int lines) {
        resent.add(lines);
    }

    /** More lines, or fewer, are in the spool and not acknowledged. */
    void spooled(int lines) {
        spooled.add(lines);
    }

    /** The disk did not give these back. */
    void lost(long lines) {
        spooled.add(-lines);
        lost.add(lines);
    }

    /** Found in the spool at the start. */
    void recovered(long lines) {
        recovered = lines;
        spooled.add(lines);
    }

    /** The snapshot, and of this hour and the one before whose frames were dropped, as {@link Senders#tell} has it. */
    Map<String, Long> told() {
        Map<String, Long> all = snapshot();
        senders.tell(all);
        return all;
    }

    /** All counters and gauges by name, sorted. */
    public Map<String, Long> snapshot() {
        Map<String, Long> all = new TreeMap<>();
        // Against the flow, so that no line is counted in two places: what is acknowledged was received.
        long acked = acknowledged.sum();
        long damaged = lost.sum();
        long onDisk = spooled.sum();
        long received = 0;
        long bytes = 0;
        long dropped = 0;
        for (Map.Entry<String, Listener> entry : listeners.entrySet()) {
            Listener listener = entry.getValue();
            long lines = listener.received.sum();
            long full = listener.full.sum();
            long kernel = listener.kernel.getAsLong();
            all.put("received." + entry.getKey(), lines);
            all.put("cut." + entry.getKey(), listener.cut.sum());
            all.put("dropped.full." + entry.getKey(), full);
            if (kernel >= 0) {
                all.put("dropped.kernel." + entry.getKey(), kernel);
            }
            for (Map.Entry<String, LongAdder> other : listener.others.entrySet()) {
                long count = other.getValue().sum();
                all.put("dropped." + other.getKey() + "." + entry.getKey(), count);
                dropped += count;
            }
            listener.closed.forEach((reason, count) -> all.put("closed." + reason + "." + entry.getKey(), count.sum()));
            received += lines;
            bytes += listener.bytes.sum();
            dropped += full + Math.max(0, kernel);
        }
        all.put("frames", received + dropped);
        all.put("received", received);
        all.put("bytes", bytes);
        all.put("acknowledged", acked);
        all.put("spool.recovered", recovered);
        all.put("spool.lines", onDisk);
        all.put("spool.lost", damaged);
        all.put("inflight.lines", received + recovered - acked - damaged - onDisk);
        all.put("heartbeats", heartbeats.sum());
        all.put("resent", resent.sum());
        gauges.forEach((name, value) -> all.put(name, value.getAsLong()));
        return all;
    }
}
