package io.bongsu.app.ledger;

import java.util.Map;
import java.util.TreeMap;

/** Places that were covered, as ranges that neither touch nor overlap. */
final class Ranges {
    private final TreeMap<Long, Long> lastByFirst = new TreeMap<>();

    /** Both inclusive. */
    void add(long first, long last) {
        long from = first;
        long to = last;
        Map.Entry<Long, Long> before = lastByFirst.floorEntry(first);
        if (before != null && before.getValue() >= first - 1) {
            from = before.getKey();
            to = Math.max(to, before.getValue());
        }
        for (Map.Entry<Long, Long> next = lastByFirst.ceilingEntry(from);
                next != null && next.getKey() <= to + 1;
                next = lastByFirst.ceilingEntry(from)) {
            to = Math.max(to, next.getValue());
            lastByFirst.remove(next.getKey());
        }
        lastByFirst.put(from, to);
    }

    /** Called when there are places between the first and the last one that were not covered. */
    void gap(Gap each) {
        if (lastByFirst.size() > 1) {
            long covered = 0;
            for (Map.Entry<Long, Long> range : lastByFirst.entrySet()) {
                covered += range.getValue() - range.getKey() + 1;
            }
            long span = lastByFirst.lastEntry().getValue() - lastByFirst.firstKey() + 1;
            each.accept(lastByFirst.firstEntry().getValue() + 1, span - covered);
        }
    }

    /** The first place that is not covered, and how many there are. */
    interface Gap {
        void accept(long first, long count);
    }
}
