package io.bongsu.rules.correlate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** A run of firing instants with no step longer than the gap, and what contributed to it: one alert. */
final class Episode {
    long start;
    final long first;
    long last;
    /** Contributing events, and the hits that stand for them. */
    long count;

    long hits;
    /** The greatest count of a window, where that decides. */
    long peak;

    boolean degraded;
    /** The first contributing hits; those that come when it is full go to {@link #tail}, which keeps the last ones. */
    final List<Kept> head;

    final Deque<Kept> tail;
    /** The first so many values that were told apart, by name. */
    final TreeMap<String, Set<String>> values = new TreeMap<>();

    Episode(long start, long first, List<Kept> head, Deque<Kept> tail) {
        this.start = start;
        this.first = first;
        this.last = first;
        this.head = head;
        this.tail = tail;
    }

    Episode(long start, long first) {
        this(start, first, new ArrayList<>(), new ArrayDeque<>());
    }

    Episode copy(boolean evidence) {
        Episode copy = evidence
                ? new Episode(start, first, new ArrayList<>(head), new ArrayDeque<>(tail))
                : new Episode(start, first);
        copy.last = last;
        copy.count = count;
        copy.hits = hits;
        copy.peak = peak;
        copy.degraded = degraded;
        if (evidence) {
            values.forEach((name, of) -> copy.values.put(name, new LinkedHashSet<>(of)));
        }
        return copy;
    }

    void list(String name, Kept hit, int most) {
        for (String value : Values.unpack(hit.values().get(name))) {
            Set<String> listed = values.computeIfAbsent(name, n -> new LinkedHashSet<>());
            if (listed.size() < most) {
                listed.add(value);
            }
        }
    }

    void list(Kept hit, int most) {
        if (head.size() < most) {
            head.add(hit);
            return;
        }
        tail.addLast(hit);
        if (tail.size() > most) {
            tail.removeFirst();
        }
    }

    List<CorrelationHit> evidence() {
        List<CorrelationHit> evidence = new ArrayList<>(head.size() + tail.size());
        head.forEach(kept -> evidence.add(kept.hit()));
        tail.forEach(kept -> evidence.add(kept.hit()));
        return evidence;
    }
}
