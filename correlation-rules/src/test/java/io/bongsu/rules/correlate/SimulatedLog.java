package io.bongsu.rules.correlate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Hits on their way to one correlating task: spread over upstream partitions, late within bounds, repeated, packed. */
final class SimulatedLog {
    /** A packed record of hits of one group, or, with none, a watermark. The clock is its partition's at that place. */
    record Entry(int partition, long clock, List<String> group, List<CorrelationHit> hits) {}

    /** At the scale of these logs. */
    static final long HOUR = 600;

    /** Whose line it is: each source has the clock that it has. */
    enum Source {
        RIGHT(0),
        /** Its clock is an hour ahead: its lines come before their time. */
        AHEAD(-HOUR),
        /** Its lines come an hour after their time. */
        LATE(HOUR);

        final long delay;

        Source(long delay) {
            this.delay = delay;
        }
    }

    record Arriving(List<String> group, CorrelationHit hit, long delay, Source source) {
        Arriving(List<String> group, CorrelationHit hit, long delay) {
            this(group, hit, delay, Source.RIGHT);
        }
    }

    /** However far a source is behind, its partition's clock waits for it. */
    static final long FOR_EVER = Long.MAX_VALUE / 8;

    static final long END = Long.MAX_VALUE / 8;

    private final List<Deque<Entry>> partitions = new ArrayList<>();

    private SimulatedLog() {}

    SimulatedLog copy() {
        SimulatedLog copy = new SimulatedLog();
        partitions.forEach(partition -> copy.partitions.add(new ArrayDeque<>(partition)));
        return copy;
    }

    int partitions() {
        return partitions.size();
    }

    boolean isEmpty() {
        return partitions.stream().allMatch(Deque::isEmpty);
    }

    /** The next entry from partition 0 with this likelihood, otherwise from any: partitions are read at unequal speed. */
    @Nullable
    Entry next(Random random, double skew) {
        int at = random.nextDouble() < skew ? 0 : random.nextInt(partitions.size());
        for (int i = 0; i < partitions.size(); i++, at = (at + 1) % partitions.size()) {
            Entry entry = partitions.get(at).poll();
            if (entry != null) {
                return entry;
            }
        }
        return null;
    }

    /** Each arrives with its delay, in one of the partitions, up to {@code pack} of a group in a record. */
    static SimulatedLog of(Random random, Collection<Arriving> arriving, int partitions, int pack) {
        return of(random, arriving, partitions, pack, FOR_EVER);
    }

    /** @param hold so far a source that is behind holds the clock of its partition back */
    static SimulatedLog of(Random random, Collection<Arriving> arriving, int partitions, int pack, long hold) {
        List<List<Arriving>> perPartition = new ArrayList<>();
        for (int p = 0; p < partitions; p++) {
            perPartition.add(new ArrayList<>());
        }
        Map<String, Integer> home = new HashMap<>();
        for (Arriving one : arriving) {
            // What is taken back is taken back where it was said; a repeated event may come anywhere.
            int p = one.hit.retracted() ? home.getOrDefault(one.hit.event(), 0) : random.nextInt(partitions);
            home.put(one.hit.event(), p);
            perPartition.get(p).add(one);
        }
        SimulatedLog log = new SimulatedLog();
        for (int p = 0; p < partitions; p++) {
            log.partitions.add(entries(random, p, perPartition.get(p), pack, hold));
        }
        return log;
    }

    /**
     * The clock of a partition, as the protocol has it: of each source the lesser of event and receive time at its furthest
     * point, moving on with the time of arrival; of those the least, but no more than {@code hold} behind.
     */
    private static final class Clock {
        private final long hold;
        private final Map<Source, Long> behind = new HashMap<>();
        private long now = Long.MIN_VALUE / 4;
        private long clock = Long.MIN_VALUE / 4;

        /** All of the sources were heard before. */
        Clock(Collection<Arriving> arriving, long hold) {
            this.hold = hold;
            arriving.forEach(one -> behind.merge(one.source, Math.max(0, one.delay), Math::max));
        }

        long after(Arriving one) {
            now = Math.max(now, one.hit.time() + one.delay);
            behind.merge(one.source, now - one.hit.time() - Math.min(0, one.delay), Math::min);
            long most = behind.values().stream().max(Long::compare).orElse(0L);
            clock = Math.max(clock, now - Math.min(most, hold));
            return clock;
        }
    }

    private static Deque<Entry> entries(Random random, int p, List<Arriving> arriving, int pack, long hold) {
        Clock after = new Clock(arriving, hold);
        arriving.sort(Comparator.comparingLong(one -> one.hit.time() + one.delay));
        Deque<Entry> entries = new ArrayDeque<>();
        long clock = Long.MIN_VALUE / 4;
        long offset = 0;
        for (int at = 0; at < arriving.size(); ) {
            Map<List<String>, List<CorrelationHit>> record = new LinkedHashMap<>();
            long until = clock;
            int line = 0;
            for (int n = 1 + random.nextInt(pack); n > 0 && at < arriving.size(); n--) {
                Arriving one = arriving.get(at++);
                until = after.after(one);
                record.computeIfAbsent(one.group, g -> new ArrayList<>()).add(placed(one.hit, p, offset, line++));
            }
            for (Map.Entry<List<String>, List<CorrelationHit>> of : record.entrySet()) {
                entries.add(new Entry(p, clock, of.getKey(), List.copyOf(of.getValue())));
            }
            offset++;
            clock = until;
            if (random.nextInt(4) == 0) {
                entries.add(new Entry(p, clock, List.of(), List.of()));
            }
        }
        entries.add(new Entry(p, END, List.of(), List.of()));
        return entries;
    }

    private static CorrelationHit placed(CorrelationHit hit, int partition, long offset, int line) {
        return new CorrelationHit(
                hit.member(),
                hit.event(),
                hit.time(),
                hit.received(),
                partition,
                offset,
                line,
                hit.count(),
                hit.values(),
                hit.retracted());
    }
}
