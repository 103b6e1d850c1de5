package io.bongsu.ingest.streams;

import io.bongsu.ingest.generation.Generation;
import io.bongsu.ingest.generation.Generations;
import io.bongsu.ingest.generation.Timeline;
import io.bongsu.rules.Upward;
import io.bongsu.rules.correlate.Correlation;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The correlations that one correlating task may meet: those of all generations from the oldest that still matters to the
 * newest that hits or watermarks have told of. What is looked up in it is by version, so that a rule which is the same in two
 * generations has one state. Not thread-safe.
 */
final class Rulebook {
    private final Generations generations;
    /** All up to the newest one. They are compiled only where they are looked into. */
    private final TreeMap<Long, Generation> known = new TreeMap<>();
    /** The oldest one that matters; those before it have been fed to their end. */
    private long oldest = Long.MAX_VALUE;

    /** The newest one is used all the time. */
    private @Nullable Object pinned;

    private Timeline all = new Timeline(List.of());
    /** Of those that matter. */
    private Timeline active = all;
    /** Of those that matter, by {@link Generation#key}. */
    private final Map<String, Correlation> correlations = new TreeMap<>();
    /** Of these, those that others are built on. */
    private final Set<String> told = new HashSet<>();
    /** Of those that matter, by key: the generation with which it came. */
    private final Map<String, Generation> fresh = new HashMap<>();
    /** Of no generation at all. */
    private final Set<String> unknown = new HashSet<>();

    private long renewals;

    Rulebook(Generations generations) {
        this.generations = generations;
    }

    /** @return whether there is anything new: a generation that was published, and those between it and what was known */
    boolean learn(long generation) {
        if (generation < 1 || generation >= oldest && known.containsKey(generation)) {
            return false;
        }
        if (!put(generation)) {
            return false;
        }
        oldest = Math.min(oldest, generation);
        renew();
        return true;
    }

    /** With those before it. */
    private boolean put(long newest) {
        for (long number = known.isEmpty() ? 1 : known.lastKey() + 1; number <= newest; number++) {
            Generation generation = generations.get(number);
            if (generation == null) {
                return false;
            }
            known.put(number, generation);
        }
        return true;
    }

    private void renew() {
        renewals++;
        pinned = known.isEmpty() ? null : known.lastEntry().getValue().pin();
        all = new Timeline(known.values());
        active = new Timeline(known.tailMap(oldest).values());
        correlations.clear();
        told.clear();
        unknown.clear();
        fresh.clear();
        known.tailMap(oldest)
                .values()
                .forEach(generation -> generation.fresh().forEach(key -> fresh.put(key, generation)));
        for (Generation generation : known.tailMap(oldest, true).descendingMap().values()) {
            for (Correlation correlation : generation.rules().correlations()) {
                String key = Generation.key(correlation);
                boolean tells = !generation.rules().upward(correlation).isEmpty();
                // Whatever is built on it in one of them needs its facts.
                if (correlations.putIfAbsent(key, correlation) != null && tells && !told.contains(key)) {
                    correlations.put(key, correlation);
                }
                if (tells) {
                    told.add(key);
                }
            }
        }
    }

    /** Of generations before those that matter, too: then they do. */
    @Nullable
    Correlation find(String rule, String version) {
        String key = Generation.key(rule, version);
        Correlation found = correlations.get(key);
        if (found != null || known.isEmpty() || unknown.contains(key)) {
            return found;
        }
        for (Generation earlier : known.headMap(oldest, false).descendingMap().values()) {
            if (earlier.correlation(key) != null) {
                oldest = earlier.number();
                renew();
                return correlations.get(key);
            }
        }
        unknown.add(key);
        return null;
    }

    /** How often what this finds may have changed. */
    long renewals() {
        return renewals;
    }

    /** The number of the newest generation; 0: none yet. */
    long newest() {
        return known.isEmpty() ? 0 : known.lastKey();
    }

    Collection<Correlation> all() {
        return correlations.values();
    }

    /** One more than the greatest level of a correlation. */
    int levels() {
        return 1
                + correlations.values().stream()
                        .mapToInt(Correlation::level)
                        .max()
                        .orElse(0);
    }

    boolean tells(Correlation correlation) {
        return told.contains(Generation.key(correlation));
    }

    List<Upward> upward(Correlation correlation, long time) {
        return active.upward(correlation, time);
    }

    /** The newest generation that it has alerts under: the one in force at that time, or the last one that has the rule. */
    Generation generation(Correlation correlation, long time) {
        Generation then = all.at(time).generation();
        String key = Generation.key(correlation);
        if (then.correlation(key) != null) {
            return then;
        }
        for (Generation earlier :
                known.headMap(then.number(), false).descendingMap().values()) {
            if (earlier.correlation(key) != null) {
                return earlier;
            }
        }
        // It is told of what was before it.
        return fresh.getOrDefault(key, then);
    }

    /** The generation with which it came, as far as that matters; null: it was there before. */
    @Nullable
    Generation fresh(Correlation correlation) {
        return fresh.get(Generation.key(correlation));
    }

    /** Whether the rule was in force in this version at that time. */
    boolean inForce(Correlation correlation, long time) {
        return all.inForce(correlation, time);
    }

    /** Whether anything can still come of the version. */
    boolean matters(String key) {
        return correlations.containsKey(key);
    }

    /** Whether it came with the oldest generation that matters and is still there: what it was told of before is over. */
    boolean isOldest(String key) {
        Generation came = fresh.get(key);
        return came != null
                && came.number() == oldest
                && known.lastEntry().getValue().correlation(key) != null;
    }

    /**
     * Forgets the oldest generations whose correlations have been fed to their end and have nothing left that could be said.
     *
     * @param horizons of each correlation: nothing earlier will come
     * @return whether it forgot any
     */
    boolean forget(ToLongFunction<Correlation> horizons) {
        long before = oldest;
        if (!known.isEmpty()) {
            for (Generation generation :
                    known.tailMap(oldest).headMap(known.lastKey()).values()) {
                if (!isOver(generation, horizons)) {
                    break;
                }
                oldest = generation.number() + 1;
            }
        }
        if (oldest != before) {
            renew();
        }
        return oldest != before;
    }

    private boolean isOver(Generation generation, ToLongFunction<Correlation> horizons) {
        Timeline.Reign reign = active.reigns().stream()
                .filter(one -> one.generation() == generation)
                .findFirst()
                .orElse(null);
        if (reign == null) {
            return true; // a newer one has been in force since before it
        }
        long fed = active.fedUntil(reign);
        for (Correlation correlation : generation.rules().correlations()) {
            long longest = longest(correlation);
            boolean goesOn = known.tailMap(generation.number(), false).values().stream()
                    .anyMatch(later -> later.correlation(Generation.key(correlation)) != null);
            if (horizons.applyAsLong(correlation) <= (goesOn ? reign.until() : fed + longest)) {
                return false;
            }
        }
        // What a new one was told of the time before it is over as well.
        return correlations.values().stream().allMatch(correlation -> {
            Generation came = fresh(correlation);
            return came == null
                    || came.number() <= generation.number()
                    || horizons.applyAsLong(correlation) > came.effectiveAt() + longest(correlation);
        });
    }

    private static long longest(Correlation correlation) {
        return 2 * (correlation.timespan() + correlation.quiet()) + correlation.reach();
    }

    byte[] save() {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(oldest)
                .putLong(known.isEmpty() ? 0 : known.lastKey())
                .array();
    }

    void load(byte[] saved) {
        ByteBuffer in = ByteBuffer.wrap(saved);
        oldest = in.getLong();
        long newest = in.getLong();
        if (!put(newest)) {
            throw new IllegalStateException("bongsu.rules no longer holds all generations up to " + newest);
        }
        renew();
    }
}
