package io.bongsu.rules.correlate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a group still knows of hits that are settled and gone, for types that compare with what was before: the last time of
 * each value, or the events of each stretch. A function of the set of settled hits.
 */
final class Memory {
    /** Before anything that can be. */
    static final long NEVER = Long.MIN_VALUE / 4;
    /** So many values of a group are remembered, those that came last. */
    static final int VALUES = 10_000;

    /** Since when the group has been known without a break: a time, or the number of a stretch. */
    long since = NEVER;

    /** Its newest hit: a time, or the number of a stretch. */
    long newest = NEVER;
    /** The newest of the values that there was no room for. */
    long lost = NEVER;
    /** When each value came last. */
    final TreeMap<String, Long> last = new TreeMap<>();
    /** Events of each stretch. */
    final TreeMap<Long, Long> counts = new TreeMap<>();

    boolean isEmpty() {
        return newest == NEVER;
    }

    /** Something happened then; if that is later than {@code within} after the newest, the group is new. */
    void happened(long when, long within) {
        if (newest == NEVER || when - newest > within) {
            since = when;
        }
        newest = when;
    }

    /** Forgets what nothing from now on is compared with. */
    void forget(long now, long within) {
        last.values().removeIf(then -> then + within < now);
        counts.headMap(now - within).clear();
        if (newest + within < now) {
            since = NEVER;
            newest = NEVER;
            lost = NEVER;
        }
    }

    /** @return whether values had to go that could still matter */
    boolean bound(int most) {
        if (last.size() <= most) {
            return false;
        }
        List<Map.Entry<String, Long>> byTime = new ArrayList<>(last.entrySet());
        byTime.sort(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()));
        for (Map.Entry<String, Long> gone : List.copyOf(byTime.subList(0, byTime.size() - most))) {
            lost = Math.max(lost, gone.getValue());
            last.remove(gone.getKey());
        }
        return true;
    }
}
