package io.bongsu.ingest.streams;

import io.bongsu.ingest.generation.Generation;
import io.bongsu.ingest.generation.Generations;
import io.bongsu.ingest.generation.Timeline;
import io.bongsu.ingest.judge.Judge;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.RulesMarker;
import io.bongsu.rules.Detector;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.correlate.Correlation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which generation parses a line of one partition of bongsu.logs: the newest of those whose markers lie in front of it. And
 * which judges the event: the newest of these whose effective time its event time, which only the parser knows, has reached.
 * A function of the partition's records. Not thread-safe.
 */
final class InForce {
    /**
     * An event so far behind its partition's clock is judged as if it had happened then. A device with a wrong clock, and
     * whoever sets it back, would have the rules of that day for ever; and no more generations than these have to be held.
     */
    static final long OLDEST = 86_400_000_000L;

    /** Makes the judge of one generation. */
    interface Judges {
        Judge of(Detector detector, long generation);
    }

    /** Who judges the events from a time (inclusive) to another one (exclusive), and what is fed besides. */
    record Judging(long from, long until, Judge judge, List<Beside> beside) {}

    /**
     * A generation before, for attacks that began under it, or one that comes, for what its new correlations have to know.
     *
     * @param spans by identity: when each of its correlations is fed
     */
    record Beside(Judge judge, Map<Correlation, Span> spans) {
        boolean feeds(Correlation correlation, long time) {
            Span span = spans.get(correlation);
            return span != null && time >= span.from && time < span.until;
        }
    }

    record Span(long from, long until) {}

    private final Generations generations;
    private final Judges judges;
    /** Those whose markers were met. */
    private final TreeMap<Long, Generation> met = new TreeMap<>();

    /** Few: what is late is mostly so by minutes. */
    private final Map<Timeline.Reign, Judging> judging = new HashMap<>();

    private static final int MOST_JUDGING = 4;
    /** The newest one is used all the time. */
    private @Nullable Object pinned;

    private @Nullable ParserSet parsers;
    private Timeline timeline = new Timeline(List.of());
    private @Nullable Judging last;

    InForce(Generations generations, Judges judges) {
        this.generations = generations;
        this.judges = judges;
    }

    boolean isNew() {
        return met.isEmpty();
    }

    /**
     * Before the first record of a partition. Markers may have been in front of it that Kafka has deleted since: what was
     * published by then counts as met, and the first generation, which holds for all that was before.
     */
    void begin(long appended) {
        generations.publishedBy(appended).forEach(number -> put(generations.get(number)));
        if (met.isEmpty()) {
            throw new IllegalStateException("bongsu.rules holds no generation");
        }
        renew();
    }

    /** @return false: whoever wrote this marker could not have published that generation */
    boolean meet(RulesMarker marker, long clock) {
        if (!generations.is(marker.getGeneration(), marker.getManifest())) {
            return false;
        }
        put(generations.get(marker.getGeneration()));
        forget(clock - OLDEST);
        renew();
        return true;
    }

    private void put(@Nullable Generation generation) {
        if (generation != null) {
            met.put(generation.number(), generation);
        }
    }

    /** Those that no event can be judged by or feed any more. */
    private void forget(long oldest) {
        Timeline all = new Timeline(met.values());
        for (Timeline.Reign reign : all.reigns()) {
            if (all.fedUntil(reign) > oldest) {
                met.headMap(reign.generation().number()).clear();
                return;
            }
        }
    }

    private void renew() {
        timeline = new Timeline(met.values());
        judging.clear();
        last = null;
        pinned = met.isEmpty() ? null : met.lastEntry().getValue().pin();
        parsers = met.isEmpty() ? null : met.lastEntry().getValue().parsers();
    }

    /** Those that an event can still be judged by. */
    List<RuleSet> all() {
        return met.values().stream().map(Generation::rules).toList();
    }

    /** Null: its marker was not met. */
    @Nullable
    Generation met(long number) {
        return met.get(number);
    }

    long newest() {
        return met.isEmpty() ? 0 : met.lastKey();
    }

    /** Those of the {@link #newest} one. */
    ParserSet parsers() {
        return Objects.requireNonNull(parsers, "before the first record");
    }

    /** Those of one that was the newest before. */
    ParserSet parsers(long number) {
        return number == newest() ? parsers() : published(number).parsers();
    }

    /** @param clock of the partition */
    Judging at(long time, long clock) {
        long when = Math.max(time, clock - OLDEST);
        Judging now = last;
        if (now == null || when < now.from || when >= now.until) {
            if (judging.size() >= MOST_JUDGING) {
                judging.clear();
            }
            now = judging.computeIfAbsent(timeline.at(when), this::judging);
            last = now;
        }
        return now;
    }

    private Judging judging(Timeline.Reign reign) {
        long number = reign.generation().number();
        List<Beside> beside = new ArrayList<>();
        for (Timeline.Former before : timeline.former(reign)) {
            beside.add(beside(before.generation().rules(), number, correlation -> {
                Long end = before.until().get(Generation.key(correlation));
                return end == null ? null : new Span(Long.MIN_VALUE, end);
            }));
        }
        for (Generation coming : timeline.coming(reign)) {
            Span span = new Span(coming.primedFrom(), Long.MAX_VALUE);
            beside.add(beside(
                    coming.rules(), number, correlation -> coming.isFresh(Generation.key(correlation)) ? span : null));
        }
        Judge judge = judges.of(reign.generation().rules().detector(), number);
        return new Judging(reign.from(), reign.until(), judge, List.copyOf(beside));
    }

    private Beside beside(RuleSet rules, long number, Function<Correlation, @Nullable Span> when) {
        Map<Correlation, Span> spans = new IdentityHashMap<>();
        rules.correlations().forEach(correlation -> {
            Span span = when.apply(correlation);
            if (span != null) {
                spans.put(correlation, span);
            }
        });
        return new Beside(judges.of(rules.feeding(spans::containsKey), number), spans);
    }

    byte[] save() {
        ByteBuffer out = ByteBuffer.allocate(met.size() * Long.BYTES);
        met.keySet().forEach(out::putLong);
        return out.array();
    }

    void load(byte[] saved) {
        for (ByteBuffer in = ByteBuffer.wrap(saved); in.hasRemaining(); ) {
            put(published(in.getLong()));
        }
        renew();
    }

    private Generation published(long number) {
        Generation generation = generations.get(number);
        if (generation == null) {
            throw new IllegalStateException("bongsu.rules no longer holds generation " + number);
        }
        return generation;
    }
}
