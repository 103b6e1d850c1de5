package io.bongsu.rules.correlate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A run of firing instants with no step longer than the gap, and what contributed to it: one alert. */
final class Episode {
    long start;
    final long first;
    long last;
    /** Contributing events, and the hits that stand for them. */
    long count;

    long hits;
    boolean degraded;
    /** The first contributing hits; those that come when it is full go to {@link #tail}, which keeps the last ones. */
    final List<Kept> head;

    final Deque<Kept> tail;

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
        copy.degraded = degraded;
        return copy;
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
