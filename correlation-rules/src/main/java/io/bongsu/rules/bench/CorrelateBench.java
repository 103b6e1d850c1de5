package io.bongsu.rules.bench;

import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.correlate.Bound;
import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.CorrelationHit;
import io.bongsu.rules.correlate.Fired;
import io.bongsu.rules.correlate.GroupState;
import io.bongsu.rules.correlate.HotGroup;
import io.bongsu.rules.correlate.Measure;
import io.bongsu.rules.correlate.Place;
import io.bongsu.rules.correlate.Spans;
import io.bongsu.rules.correlate.Trigger;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the fold costs on one core, with the bytes of each group read and written as the store does it: hits over many groups,
 * each a record of its own, which is the dearest way to bring them; and the same beside one group in a flood, which comes in
 * records of many hits. Rates are per second of processor time of the thread.
 */
public final class CorrelateBench {
    private static final long SECOND = 1_000_000;
    private static final long LATENESS = 300 * SECOND;
    private static final long START = 1_795_000_000L * SECOND;
    /** Hits of a flooded group in one record: what a shipper packs of one source in a flood. */
    private static final int PACK = 100;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /**
     * One figure.
     *
     * @param against the rate without the flood, of what is not in it; 0: there is nothing to compare with
     * @param bytes of a group's state, on average or at most
     */
    public record Result(String name, double rate, double against, long bytes, long revisions) {}

    private final int hits;
    private final int groups;

    public CorrelateBench(int hits, int groups) {
        this.hits = hits;
        this.groups = groups;
    }

    /** One of each kind. */
    private static Map<String, Trigger> kinds() {
        Trigger.Step a = new Trigger.Step(Set.of("a"), 1, false);
        Trigger.Step b = new Trigger.Step(Set.of("b"), 1, false);
        Trigger.Step noB = new Trigger.Step(Set.of("b"), 1, true);
        Trigger.Step noA = new Trigger.Step(Set.of("a"), 1, true);
        Map<String, Trigger> kinds = new LinkedHashMap<>();
        kinds.put("event_count", new Trigger.EventCount(5));
        kinds.put("event_count range", new Trigger.Peak(new Measure.Events(Set.of()), range()));
        kinds.put("value_count", holds(new Measure.Distinct("user.name"), Bound.atLeast(5)));
        kinds.put("value_sum", holds(new Measure.Sum("bytes"), Bound.atLeast(100_000)));
        kinds.put("value_avg", holds(new Measure.Average("bytes"), Bound.atLeast(900)));
        kinds.put(
                "value_percentile", holds(new Measure.Percentile("bytes", BigDecimal.valueOf(95)), Bound.atLeast(900)));
        kinds.put("ratio", holds(new Measure.Share(Set.of("b")), Bound.atLeast(1)));
        kinds.put("temporal", new Trigger.Together(new Fired.All(List.of(new Fired.Rule("a"), new Fired.Rule("b")))));
        kinds.put("temporal_ordered", new Trigger.Sequence(List.of(a, b), Set.of()));
        kinds.put("absence", new Trigger.Sequence(List.of(a, noB), Set.of()));
        kinds.put("silence", new Trigger.Sequence(List.of(a, noA), Set.of()));
        kinds.put("first_seen", new Trigger.Novel("user.name", 30 * 86_400 * SECOND, 0));
        kinds.put("rate", new Trigger.Rate(Bound.atLeast(3), 24, 1, 5));
        return kinds;
    }

    private static Bound range() {
        return new Bound(List.of(
                new Bound.Comparison(Bound.Operator.GTE, BigDecimal.valueOf(5)),
                new Bound.Comparison(Bound.Operator.LT, BigDecimal.valueOf(50))));
    }

    private static Trigger holds(Measure measure, Bound bound) {
        return new Trigger.Holds(List.of(new Trigger.Test(measure, bound)), 1);
    }

    /** Each kind: spread over the groups; then half of the hits in a flood of one group. */
    public void run(Consumer<Result> out) {
        kinds().forEach((name, trigger) -> {
            spread(trigger, hits / 10); // not measured: the JIT learns
            Store alone = spread(trigger, hits);
            out.accept(
                    new Result(name, alone.rate(alone.others, alone.othersNanos), 0, alone.bytes(), alone.revisions));
            Store half = spread(trigger, hits / 2); // as many as there are beside the flood
            flood(trigger, hits / 10);
            Store flood = flood(trigger, hits);
            out.accept(new Result(
                    name + ", others beside a flood",
                    flood.rate(flood.others, flood.othersNanos),
                    half.rate(half.others, half.othersNanos),
                    flood.bytes(),
                    flood.revisions));
            out.accept(new Result(
                    name + ", one group in a flood",
                    flood.rate(flood.flooded, flood.floodedNanos),
                    0,
                    flood.most,
                    flood.revisions));
        });
    }

    private Store spread(Trigger trigger, int number) {
        Set<String> measured = measured(trigger);
        Store store = new Store(rule(trigger));
        Random random = new Random(1);
        for (int i = 0; i < number; ) {
            List<CorrelationHit> some = new ArrayList<>();
            List<String> keys = new ArrayList<>();
            for (int n = 0; n < 1_000 && i < number; n++, i++) {
                some.add(hit(i, START + i * 600 * SECOND / number, measured));
                keys.add(key(random.nextInt(groups)));
            }
            store.others(keys, some);
        }
        return store;
    }

    private Store flood(Trigger trigger, int number) {
        Set<String> measured = measured(trigger);
        Store store = new Store(rule(trigger));
        Random random = new Random(1);
        for (int i = 0; i < number; ) {
            List<CorrelationHit> some = new ArrayList<>();
            List<String> keys = new ArrayList<>();
            List<CorrelationHit> flood = new ArrayList<>();
            for (int n = 0; n < 2 * PACK && i < number; n++, i++) {
                CorrelationHit hit = hit(i, START + i * 600 * SECOND / number, measured);
                if (i % 2 == 0) {
                    flood.add(hit);
                } else {
                    some.add(hit);
                    keys.add(key(random.nextInt(groups)));
                }
            }
            store.flood("flooded", flood);
            store.others(keys, some);
        }
        store.end();
        return store;
    }

    private static String key(int number) {
        return "10." + number / 65_536 + "." + number / 256 % 256 + "." + number % 256;
    }

    private static Correlation rule(Trigger trigger) {
        return new Correlation(
                new RuleInfo("rule", "Rule", "high", "0123456789abcdef", Map.of()),
                List.of("source.ip"),
                List.of("a", "b"),
                trigger,
                new Spans(60 * SECOND, 3_600 * SECOND, LATENESS),
                Place.ALONE);
    }

    /** The fields that a hit carries are those that are measured. */
    private static Set<String> measured(Trigger trigger) {
        return switch (trigger) {
            case Trigger.Holds holds ->
                holds.tests().stream()
                        .flatMap(test -> switch (test.measure()) {
                            case Measure.Distinct distinct -> Stream.of(distinct.name());
                            case Measure.Sum sum -> Stream.of(sum.name());
                            case Measure.Average average -> Stream.of(average.name());
                            case Measure.Percentile percentile -> Stream.of(percentile.name());
                            case Measure.Events events -> Stream.<String>of();
                            case Measure.Alerts alerts -> Stream.<String>of();
                            case Measure.Rules rules -> Stream.<String>of();
                            case Measure.Share share -> Stream.<String>of();
                        })
                        .collect(Collectors.toSet());
            case Trigger.Novel novel -> Set.of(novel.name());
            case Trigger.EventCount count -> Set.of();
            case Trigger.Peak peak -> Set.of();
            case Trigger.Together together -> Set.of();
            case Trigger.Sequence sequence -> Set.of();
            case Trigger.Rate rate -> Set.of();
        };
    }

    private static CorrelationHit hit(int i, long time, Set<String> measured) {
        return new CorrelationHit(
                i / 2 % 20 == 0 ? "b" : "a",
                String.format("9f3c1a2b4d5e6f70-00000001-%012x", i),
                time,
                time,
                0,
                i / 500,
                i % 500,
                1,
                values(i, measured),
                false);
    }

    private static Map<String, String> values(int i, Set<String> measured) {
        return measured.contains("user.name")
                ? Map.of("user.name", "user" + i / 2 % 7)
                : measured.contains("bytes") ? Map.of("bytes", Integer.toString(i / 2 % 1_000)) : Map.of();
    }

    /** The store of a task, in memory, and what reading from and writing to it costs. */
    private static final class Store {
        private final Correlation rule;
        private final Map<String, byte[]> states = new HashMap<>();
        private @Nullable HotGroup hot;
        private long othersNanos;
        private long floodedNanos;
        private long others;
        private long flooded;
        private long revisions;
        private long most;

        Store(Correlation rule) {
            this.rule = rule;
        }

        void others(List<String> keys, List<CorrelationHit> hits) {
            long began = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < hits.size(); i++) {
                String key = keys.get(i);
                byte[] stored = states.get(key);
                GroupState state =
                        stored == null ? rule.open(List.of(key), Long.MIN_VALUE / 4) : GroupState.fromBytes(stored);
                revisions += rule.add(state, List.of(hits.get(i))).size();
                rule.due(state);
                states.put(key, state.toBytes());
            }
            othersNanos += THREADS.getCurrentThreadCpuTime() - began;
            others += hits.size();
        }

        /** As the pipeline does it: once the state is large, hits wait for each other, in bytes of their own. */
        void flood(String key, List<CorrelationHit> hits) {
            long began = THREADS.getCurrentThreadCpuTime();
            if (hot == null) {
                byte[] stored = states.get(key);
                GroupState state =
                        stored == null ? rule.open(List.of(key), Long.MIN_VALUE / 4) : GroupState.fromBytes(stored);
                look(key, state, hits);
                byte[] bytes = states.get(key);
                if (bytes != null && HotGroup.is(bytes.length)) {
                    hot = new HotGroup(state);
                }
            } else if (hot.wait(hits)) {
                look(key, hot.state(), hot.take());
            }
            floodedNanos += THREADS.getCurrentThreadCpuTime() - began;
            flooded += hits.size();
        }

        void end() {
            long began = THREADS.getCurrentThreadCpuTime();
            if (hot != null) {
                look("flooded", hot.state(), hot.take());
            }
            floodedNanos += THREADS.getCurrentThreadCpuTime() - began;
        }

        private void look(String key, GroupState state, List<CorrelationHit> hits) {
            if (hits.isEmpty()) {
                return;
            }
            revisions += rule.add(state, hits).size();
            revisions += rule.advance(state, hits.getLast().time() - LATENESS).size();
            rule.due(state);
            byte[] bytes = state.toBytes();
            states.put(key, bytes);
            most = Math.max(most, bytes.length);
        }

        double rate(long number, long nanos) {
            return number * 1e9 / Math.max(1, nanos);
        }

        /** Of a group, on average. */
        long bytes() {
            return (long) states.values().stream()
                    .mapToLong(bytes -> bytes.length)
                    .average()
                    .orElse(0);
        }
    }
}
