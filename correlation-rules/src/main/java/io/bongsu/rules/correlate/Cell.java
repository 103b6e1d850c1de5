package io.bongsu.rules.correlate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The hits of one aligned stretch of time. Where there are too many, those are kept that decide: the M earliest and the M
 * latest (of each rule, where rules are told apart), and the first and the last with a value, for as many values as
 * matter. Of the others remains how many there were. All that is a function of the set of hits, whatever the order of
 * arrival, as long as each comes once.
 */
final class Cell {
    /** Where rules are not told apart, all hits are in one lane. */
    private static final String ONE = "";

    final long index;
    final List<Kept> hits;
    /** By lane. */
    final TreeMap<String, Dropped> dropped = new TreeMap<>();
    /** What it lost could have decided: a hit was taken back that others had been dropped for, or there were too many. */
    boolean degraded;

    Cell(long index, List<Kept> hits) {
        this.index = index;
        this.hits = hits;
    }

    Cell(long index) {
        this(index, new ArrayList<>());
    }

    boolean isEmpty() {
        return hits.isEmpty() && dropped.isEmpty();
    }

    /** The events that all its hits stand for. */
    long count() {
        return hits.stream().mapToLong(Kept::count).sum()
                + dropped.values().stream().mapToLong(of -> of.count).sum();
    }

    static String lane(Kept hit, Trigger trigger) {
        return trigger.perRule() ? hit.member() : ONE;
    }

    /** @return whether it changes anything, as far as can be known; {@link #reduce} has to follow */
    boolean insert(Kept hit) {
        int at = hits.isEmpty() || hits.getLast().compareTo(hit) < 0
                ? -hits.size() - 1
                : Collections.binarySearch(hits, hit);
        if (at < 0) {
            hits.add(-at - 1, hit);
            return true;
        }
        Kept merged = hits.get(at).merged(hit);
        return !merged.sameMeaning(hits.set(at, merged));
    }

    /** Drops what is beyond the bounds. @return whether it is the first time */
    boolean reduce(Trigger trigger, Bounds bounds) {
        int most = 2 * bounds.keep();
        if (hits.size() <= most && dropped.isEmpty()) {
            return false;
        }
        Map<String, List<Integer>> lanes = new HashMap<>();
        for (int i = 0; i < hits.size(); i++) {
            lanes.computeIfAbsent(lane(hits.get(i), trigger), l -> new ArrayList<>())
                    .add(i);
        }
        boolean first = dropped.isEmpty();
        boolean[] drop = new boolean[hits.size()];
        boolean any = false;
        for (Map.Entry<String, List<Integer>> lane : lanes.entrySet()) {
            List<Integer> places = lane.getValue();
            if (places.size() > most) {
                boolean[] kept = representatives(places, trigger, bounds);
                for (int i = bounds.keep(); i < places.size() - bounds.keep(); i++) {
                    int place = places.get(i);
                    if (!kept[i]) {
                        drop[place] = true;
                        any = true;
                        degraded |= hits.get(place).degraded();
                        dropped.computeIfAbsent(lane.getKey(), l -> new Dropped())
                                .add(hits.get(place), trigger);
                    }
                }
            }
        }
        if (any) {
            int to = 0;
            for (int i = 0; i < drop.length; i++) {
                if (!drop[i]) {
                    hits.set(to++, hits.get(i));
                }
            }
            hits.subList(to, hits.size()).clear();
        }
        return first && any;
    }

    /**
     * The first hits of the values that come first, and the last hits of those that go last. They need not be looked for
     * among what was dropped: a value that is not among the first ones cannot get there but by a hit that is earlier.
     */
    private boolean[] representatives(List<Integer> places, Trigger trigger, Bounds bounds) {
        boolean[] kept = new boolean[places.size()];
        for (String name : trigger.distinct()) {
            Map<String, Integer> firsts = new HashMap<>();
            Map<String, Integer> lasts = new HashMap<>();
            for (int i = 0; i < places.size(); i++) {
                for (String value :
                        Values.unpack(hits.get(places.get(i)).values().get(name))) {
                    firsts.putIfAbsent(value, i);
                    lasts.put(value, i);
                }
            }
            // What is new is not known any more of the values beyond.
            degraded |= trigger instanceof Trigger.Novel && firsts.size() > bounds.values();
            firsts.values().stream().sorted().limit(bounds.values()).forEach(i -> kept[i] = true);
            lasts.values().stream()
                    .sorted(Comparator.reverseOrder())
                    .limit(bounds.values())
                    .forEach(i -> kept[i] = true);
        }
        return kept;
    }

    /** @return whether there was something to take back */
    boolean remove(Kept hit, Trigger trigger) {
        int at = Collections.binarySearch(hits, hit);
        if (at >= 0) {
            Kept there = hits.get(at);
            if (!there.members().contains(hit.member())) {
                return false;
            }
            Kept rest = there.without(hit.member());
            if (rest == null) {
                hits.remove(at);
            } else {
                hits.set(at, rest);
            }
            degraded |= dropped.containsKey(lane(there, trigger));
            return true;
        }
        Dropped lane = dropped.get(lane(hit, trigger));
        if (lane == null) {
            return false;
        }
        lane.takeBack(hit);
        degraded |= !trigger.summed().isEmpty();
        if (lane.hits == 0) {
            dropped.remove(lane(hit, trigger));
        }
        return true;
    }

    /** For each hit, the lane whose dropped hits stand behind it: behind the last of its earliest ones. */
    String[] behind(Trigger trigger, int keep) {
        String[] behind = new String[hits.size()];
        if (!dropped.isEmpty()) {
            Map<String, int[]> seen = new HashMap<>();
            for (int i = 0; i < behind.length; i++) {
                String lane = lane(hits.get(i), trigger);
                int[] n = seen.computeIfAbsent(lane, l -> new int[] {0, -1});
                if (++n[0] <= keep) {
                    n[1] = i;
                }
            }
            seen.forEach((lane, n) -> {
                if (dropped.containsKey(lane)) {
                    behind[n[1]] = lane;
                }
            });
        }
        return behind;
    }

    @Override
    public String toString() {
        return index + ": " + hits.size() + " kept, dropped of "
                + Arrays.toString(dropped.keySet().toArray());
    }
}
