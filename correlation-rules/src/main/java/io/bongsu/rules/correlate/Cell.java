package io.bongsu.rules.correlate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The hits of one aligned stretch of time: the M earliest and the M latest, and of those in between how many there were.
 * That is a function of the set of hits, whatever the order of arrival, as long as each comes once.
 */
final class Cell {
    final long index;
    final List<Kept> hits;
    /** How many of {@link #hits} lie before the dropped ones; without meaning when none are. */
    int early;

    long dropped;
    long droppedCount;
    /** A hit was taken back that others had been dropped for: those cannot come back. */
    boolean degraded;

    Cell(long index, List<Kept> hits) {
        this.index = index;
        this.hits = hits;
    }

    Cell(long index) {
        this(index, new ArrayList<>());
    }

    boolean isEmpty() {
        return hits.isEmpty() && dropped == 0;
    }

    /** @return whether the hit was not there yet, as far as can be known */
    boolean insert(Kept hit, int keep) {
        int at = Collections.binarySearch(hits, hit);
        if (at >= 0) {
            hits.set(at, hits.get(at).canonical(hit));
            return false;
        }
        at = -at - 1;
        if (dropped == 0) {
            hits.add(at, hit);
            if (hits.size() > 2 * keep) {
                early = keep;
                drop(hits.remove(keep));
            }
        } else if (at < early || at == early && early < keep) {
            hits.add(at, hit);
            early++;
            if (early > keep) {
                drop(hits.remove(--early));
            }
        } else if (at > early || hits.size() - early < keep) {
            hits.add(at, hit);
            if (hits.size() - early > keep) {
                drop(hits.remove(early));
            }
        } else {
            drop(hit);
        }
        return true;
    }

    private void drop(Kept hit) {
        dropped++;
        droppedCount += hit.count();
    }

    /** @return whether there was something to take back */
    boolean remove(Kept hit) {
        int at = Collections.binarySearch(hits, hit);
        if (at >= 0) {
            if (!hits.get(at).member().equals(hit.member())) {
                return false;
            }
            hits.remove(at);
            if (dropped > 0) {
                degraded = true;
                early -= at < early ? 1 : 0;
            }
            return true;
        }
        if (dropped > 0 && -at - 1 == early) {
            dropped--;
            droppedCount = dropped == 0 ? 0 : Math.max(dropped, droppedCount - hit.count());
            return true;
        }
        return false;
    }

    /** The time at which the dropped hits stand in the order: with the last early one. */
    long droppedTime(long width) {
        return early > 0 ? hits.get(early - 1).time() : index * width;
    }
}
