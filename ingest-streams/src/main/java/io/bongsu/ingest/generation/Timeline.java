package io.bongsu.ingest.generation;

import io.bongsu.rules.Upward;
import io.bongsu.rules.correlate.Correlation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which of the known generations is in force at which event time: the newest of those that have come into force by then.
 * What lies before all of them is the oldest one's.
 *
 * <p>A correlation that was changed or removed is fed for its timespan beyond that: an attack that began under it is seen to
 * its end. It never changes. Not for several threads.
 */
public final class Timeline {
    private final List<Reign> reigns;
    /** By two reigns, see {@link #gone}. */
    private final Map<List<Integer>, Map<String, Long>> gone = new HashMap<>();

    /** A generation is in force from a time (inclusive) to another one (exclusive). */
    public record Reign(Generation generation, long from, long until) {
        public boolean covers(long time) {
            return time >= from && time < until;
        }
    }

    /** The correlations of a former generation that are still fed, by {@link Generation#key}, and until when. */
    public record Former(Generation generation, Map<String, Long> until) {}

    public Timeline(Collection<Generation> known) {
        List<Generation> newestFirst = new ArrayList<>(known);
        newestFirst.sort((a, b) -> Long.compare(b.number(), a.number()));
        List<Reign> reigns = new ArrayList<>();
        long until = Long.MAX_VALUE;
        for (Generation generation : newestFirst) {
            // One that came into force later than a newer one never is.
            if (reigns.isEmpty() || generation.effectiveAt() < until) {
                reigns.addFirst(new Reign(generation, generation.effectiveAt(), until));
                until = generation.effectiveAt();
            }
        }
        if (!reigns.isEmpty()) {
            Reign oldest = reigns.removeFirst();
            reigns.addFirst(new Reign(oldest.generation, Long.MIN_VALUE, oldest.until));
        }
        this.reigns = List.copyOf(reigns);
    }

    /** From the oldest to the newest. */
    public List<Reign> reigns() {
        return reigns;
    }

    public Reign at(long time) {
        return reigns.get(index(time));
    }

    private int index(long time) {
        int at = reigns.size() - 1;
        while (at > 0 && time < reigns.get(at).from) {
            at--;
        }
        return at;
    }

    /** What is fed besides at some time of a reign. */
    public List<Former> former(Reign reign) {
        int at = reigns.indexOf(reign);
        List<Former> former = new ArrayList<>();
        for (int i = at - 1; i >= 0; i--) {
            Map<String, Long> until = new HashMap<>(gone(i, at));
            until.values().removeIf(end -> end <= reign.from);
            if (!until.isEmpty()) {
                former.add(new Former(reigns.get(i).generation, until));
            }
        }
        return former;
    }

    /** Those whose new correlations are told at some time of a reign of what comes before they are in force. */
    public List<Generation> coming(Reign reign) {
        List<Generation> coming = new ArrayList<>();
        for (Reign later : reigns.subList(reigns.indexOf(reign) + 1, reigns.size())) {
            if (later.generation.primedFrom() < reign.until) {
                coming.add(later.generation);
            }
        }
        return coming;
    }

    /** The correlations of a reign that no later one has, up to another one, and until when they are fed. */
    private Map<String, Long> gone(int of, int upTo) {
        return gone.computeIfAbsent(List.of(of, upTo), key -> {
            Generation generation = reigns.get(of).generation;
            Map<String, Long> until = new HashMap<>();
            for (Correlation correlation : generation.rules().correlations()) {
                if (isGone(correlation, of, upTo)) {
                    long longest = longest(correlation, generation, of, upTo);
                    until.put(Generation.key(correlation), reigns.get(of).until + longest);
                }
            }
            return until;
        });
    }

    private boolean isGone(Correlation correlation, int of, int upTo) {
        String key = Generation.key(correlation);
        return reigns.subList(of + 1, upTo + 1).stream()
                .noneMatch(later -> later.generation.keys().contains(key));
    }

    /** What is built on a correlation, and is gone with it, may need its facts for longer than it needs hits itself. */
    private long longest(Correlation correlation, Generation generation, int of, int upTo) {
        long longest = correlation.timespan();
        for (Upward way : generation.rules().upward(correlation)) {
            if (isGone(way.above(), of, upTo)) {
                longest = Math.max(longest, longest(way.above(), generation, of, upTo));
            }
        }
        return longest;
    }

    /**
     * Where what a correlation fired at goes: those in force at that time, those whose attacks are seen to their end, and those
     * that are as new as it is.
     */
    public List<Upward> upward(Correlation correlation, long time) {
        int at = index(time);
        List<Upward> ways = new ArrayList<>(upward(at, correlation));
        for (int i = at - 1; i >= 0; i--) {
            for (Upward way : upward(i, correlation)) {
                if (time < gone(i, at).getOrDefault(Generation.key(way.above()), Long.MIN_VALUE)) {
                    ways.add(way);
                }
            }
        }
        for (Reign later : reigns.subList(at + 1, reigns.size())) {
            if (later.generation.isFresh(Generation.key(correlation))) {
                upward(reigns.indexOf(later), correlation).stream()
                        .filter(way -> later.generation.isFresh(Generation.key(way.above())))
                        .forEach(ways::add);
            }
        }
        return ways;
    }

    private List<Upward> upward(int reign, Correlation correlation) {
        Generation generation = reigns.get(reign).generation;
        Correlation there = generation.correlation(Generation.key(correlation));
        return there == null ? List.of() : generation.rules().upward(there);
    }

    /** Whether the rule was in force in this version at that time. */
    public boolean inForce(Correlation correlation, long time) {
        return at(time).generation.keys().contains(Generation.key(correlation));
    }

    /** When the last hit of any correlation that is gone has been fed; of the newest generation: never. */
    public long fedUntil(Reign reign) {
        int of = reigns.indexOf(reign);
        if (of == reigns.size() - 1) {
            return Long.MAX_VALUE;
        }
        return gone(of, reigns.size() - 1).values().stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(reign.until);
    }
}
