package io.bongsu.rules.correlate;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.rules.correlate.Bound.Comparison;
import io.bongsu.rules.correlate.Bound.Operator;
import io.bongsu.rules.correlate.CorrelationPropertyTest.Met;
import io.bongsu.rules.correlate.SimulatedLog.Arriving;
import io.bongsu.rules.correlate.SimulatedLog.Source;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every type of correlation against the oracle, over random attacks, orders, repetitions, partitions, restarts and crashes.
 * Each run is a function of its seed, which a failure names.
 */
class EveryTypePropertyTest {
    private static final int SEEDS = 16;

    static Bound bound(Object... parts) {
        List<Comparison> comparisons = new ArrayList<>();
        for (int i = 0; i < parts.length; i += 2) {
            comparisons.add(new Comparison((Operator) parts[i], new BigDecimal(String.valueOf(parts[i + 1]))));
        }
        return new Bound(comparisons);
    }

    static Trigger holds(long minEvents, Object... tests) {
        List<Trigger.Test> all = new ArrayList<>();
        for (int i = 0; i < tests.length; i += 2) {
            all.add(new Trigger.Test((Measure) tests[i], (Bound) tests[i + 1]));
        }
        return new Trigger.Holds(all, minEvents);
    }

    private static Bound any(Random random, int least, int most) {
        int number = least + random.nextInt(most - least);
        return switch (random.nextInt(5)) {
            case 0 -> bound(Operator.GT, number);
            case 1 -> bound(Operator.LTE, number);
            case 2 -> bound(Operator.GTE, number, Operator.LT, number + 10);
            case 3 -> bound(Operator.NEQ, number);
            default -> bound(Operator.GTE, number + ".5");
        };
    }

    static Trigger.Step step(String rule) {
        return new Trigger.Step(Set.of(rule), 1, false);
    }

    static Trigger.Step not(String rule) {
        return new Trigger.Step(Set.of(rule), 1, true);
    }

    static Trigger sequence(Set<String> until, Trigger.Step... steps) {
        return new Trigger.Sequence(List.of(steps), until);
    }

    private static final Measure VALUES = new Measure.Distinct("v");

    /** The types, with a condition that some, but not all, of the attacks fulfil. */
    enum Type {
        COUNT_AT_LEAST(r -> new Trigger.EventCount(2 + r.nextInt(5))),
        COUNT_LESS(r -> new Trigger.Peak(new Measure.Events(Set.of()), bound(Operator.LT, 4))),
        COUNT_AT_MOST(r -> new Trigger.Peak(new Measure.Events(Set.of()), bound(Operator.LTE, 5))),
        COUNT_EQUAL(r -> new Trigger.Peak(new Measure.Events(Set.of()), bound(Operator.EQ, 1 + r.nextInt(5)))),
        COUNT_OTHER(r -> new Trigger.Peak(new Measure.Events(Set.of()), bound(Operator.NEQ, 1 + r.nextInt(5)))),
        COUNT_RANGE(r ->
                new Trigger.Peak(new Measure.Events(Set.of()), bound(Operator.GTE, 2 + r.nextInt(3), Operator.LTE, 7))),
        VALUES_AT_LEAST(r -> holds(1, VALUES, bound(Operator.GTE, 2 + r.nextInt(3)))),
        VALUES_EQUAL(r -> new Trigger.Peak(VALUES, bound(Operator.EQ, 1 + r.nextInt(4)))),
        VALUES_RANGE(r -> new Trigger.Peak(VALUES, bound(Operator.GT, 1, Operator.LT, 5))),
        SUM(r -> holds(1, new Measure.Sum("n"), any(r, 20, 200))),
        AVERAGE(r -> holds(1 + r.nextInt(3), new Measure.Average("n"), any(r, 20, 60))),
        PERCENTILE(r -> holds(
                1 + r.nextInt(3), new Measure.Percentile("n", BigDecimal.valueOf(r.nextInt(101))), any(r, 20, 60))),
        MEDIAN(r -> holds(1, new Measure.Percentile("n", BigDecimal.valueOf(50)), any(r, 20, 60))),
        SEVERAL(r -> holds(
                3,
                new Measure.Events(Set.of()),
                bound(Operator.GTE, 4),
                VALUES,
                bound(Operator.GTE, 3),
                new Measure.Sum("n"),
                bound(Operator.GT, "50.25"))),
        RATIO(r -> holds(3, new Measure.Share(Set.of("a")), bound(Operator.GTE, "0.6"))),
        SOME_RULES(r -> holds(1, new Measure.Events(Set.of("a", "b")), bound(Operator.GTE, 4))),
        TEMPORAL(r -> holds(1, new Measure.Rules(), bound(Operator.GTE, 3))),
        TEMPORAL_RANGE(r -> new Trigger.Peak(new Measure.Rules(), bound(Operator.EQ, 2))),
        BOOLEAN(r -> new Trigger.Together(
                new Fired.All(List.of(new Fired.Rule("a"), new Fired.Rule("b"), new Fired.Not(new Fired.Rule("c")))))),
        BOOLEAN_OR(r -> new Trigger.Together(new Fired.Any(List.of(
                new Fired.All(List.of(new Fired.Rule("a"), new Fired.Not(new Fired.Rule("b")))),
                new Fired.All(List.of(new Fired.Rule("b"), new Fired.Rule("c"))))))),
        ORDERED(r -> sequence(Set.of(), step("a"), step("b"), step("c"))),
        ORDERED_TWICE(r -> sequence(Set.of(), step("a"), step("b"), step("a"))),
        RUNS(r -> sequence(Set.of(), new Trigger.Step(Set.of("a"), 3, false), step("b"))),
        UNTIL(r -> sequence(Set.of("c"), step("a"), step("b"))),
        NOT_BETWEEN(r -> sequence(Set.of(), new Trigger.Step(Set.of("a"), 2, false), not("c"), step("b"))),
        ABSENT(r -> sequence(Set.of(), step("a"), not("b"))),
        SILENT(r -> sequence(Set.of(), step("a"), not("a"))),
        NEW(r -> new Trigger.Novel("v", 700, r.nextInt(3) * 100)),
        NEW_AGAIN(r -> new Trigger.Novel("v", 150, 0)),
        MORE(r -> new Trigger.Rate(bound(Operator.GTE, "2.5"), 2 + r.nextInt(8), 1 + r.nextInt(2), 3)),
        FEWER(r -> new Trigger.Rate(bound(Operator.LTE, "0.3"), 2 + r.nextInt(8), 1 + r.nextInt(2), 1)),
        OTHER_RATE(r -> new Trigger.Rate(bound(Operator.GT, "0.2", Operator.LT, "0.8"), 5, 1, 0)),
        ABSENT_AFTER_TWO(r -> sequence(Set.of("d"), step("a"), step("b"), not("c"))),
        ;

        final Function<Random, Trigger> trigger;

        Type(Function<Random, Trigger> trigger) {
            this.trigger = trigger;
        }

        /** What is known of a hit at once, and not only at the end. */
        boolean live() {
            Trigger some = trigger.apply(new Random(0));
            return !some.onProgress() && !some.atClose();
        }
    }

    static List<Arriving> world(Random random, int size) {
        return world(random, size, 2_500);
    }

    /** Of every second seed one source is an hour ahead and one an hour late, the others are right. */
    static List<Arriving> skewed(int seed, Random random, List<Arriving> world) {
        return seed % 2 == 0 ? world : skewed(random, world);
    }

    private static List<Arriving> skewed(Random random, List<Arriving> world) {
        List<Arriving> skewed = new ArrayList<>();
        Map<String, Source> sources = new HashMap<>();
        Source source = Source.RIGHT;
        for (Arriving one : world) {
            source = random.nextInt(6) > 0 ? source : Source.values()[random.nextInt(3)];
            Source now = source;
            // The rules that an event matches see the same time.
            Source of = sources.computeIfAbsent(one.hit().event(), event -> now);
            skewed.add(of(one, of));
        }
        return skewed;
    }

    private static Arriving of(Arriving one, Source source) {
        return switch (source) {
            case RIGHT -> one;
            case LATE -> new Arriving(one.group(), one.hit(), one.delay() + source.delay, source);
            case AHEAD ->
                new Arriving(
                        one.group(),
                        CorrelationPropertyTest.at(one.hit(), one.hit().time() + SimulatedLog.HOUR),
                        one.delay() + source.delay,
                        source);
        };
    }

    private static List<Arriving> world(Random random, int size, int span) {
        List<Arriving> world = new ArrayList<>();
        while (world.size() < size) {
            long at = random.nextInt(span);
            int spread = 1 + random.nextInt(120);
            List<String> group = List.of("host" + random.nextInt(2));
            int burst = 1 + random.nextInt(9);
            for (int i = 0; i < burst; i++) {
                int number = world.size();
                String event = "e" + random.nextInt(100_000) + "-" + number;
                long time = at + random.nextInt(spread);
                int count = random.nextInt(6) == 0 ? 1 + random.nextInt(3) : 1;
                Map<String, String> values = new HashMap<>();
                if (random.nextInt(8) > 0) {
                    values.put(
                            "v",
                            random.nextInt(5) > 0
                                    ? "u" + random.nextInt(4)
                                    : Values.pack(List.of("u1", "u" + (2 + random.nextInt(3)))));
                    values.put(
                            "n",
                            List.of("0.1", "7", "100", "33.3", "-5", "50", "many")
                                    .get(random.nextInt(7)));
                }
                String rule = List.of("a", "a", "a", "b", "b", "c", "c", "d").get(random.nextInt(8));
                add(random, world, group, rule, event, time, count, values);
                if (random.nextInt(10) == 0) {
                    add(random, world, group, rule.equals("b") ? "a" : "b", event, time, count, values);
                }
            }
        }
        return world;
    }

    /** The rules that one event matches come in one record. */
    private static void add(
            Random random,
            List<Arriving> world,
            List<String> group,
            String rule,
            String event,
            long time,
            int count,
            Map<String, String> values) {
        CorrelationHit hit = new CorrelationHit(rule, event, time, time, 0, 0, 0, count, values, false);
        world.add(CorrelationPropertyTest.arriving(random, group, hit));
    }

    private static Correlation rule(Type type, Random random, Bounds bounds) {
        long quiet = List.of(1L, 60L, 240L).get(random.nextInt(3));
        Trigger trigger = type.trigger.apply(random);
        return CorrelationPropertyTest.rule(trigger, quiet, fitting(trigger, bounds));
    }

    /** Stretches are cells. */
    static Bounds fitting(Trigger trigger, Bounds bounds) {
        return trigger instanceof Trigger.Rate
                ? new Bounds(
                        CorrelationPropertyTest.TIMESPAN,
                        bounds.keep(),
                        bounds.evidence(),
                        bounds.values(),
                        bounds.memory())
                : bounds;
    }

    private static Bounds wide(Random random) {
        return new Bounds(List.of(60L, 20L, 7L).get(random.nextInt(3)), 1_000, 1 + random.nextInt(6));
    }

    @ParameterizedTest
    @EnumSource
    void finalAlertsAreWhatTheSetOfHitsMeansWhateverTheOrder(Type type) {
        Met met = new Met();
        int alerts = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            Correlation rule = rule(type, random, wide(random));
            List<Arriving> world = skewed(seed, random, world(random, 60));
            alerts += CorrelationPropertyTest.truth(rule, world).size();
            CorrelationPropertyTest.equalsTruth(type + ", seed " + seed, random, rule, world, true, met);
        }
        assertThat(alerts).as("alerts of " + type).isGreaterThan(SEEDS / 2);
    }

    @ParameterizedTest
    @EnumSource
    void whatStandsIsWhatHasArrivedMeansAtEveryStep(Type type) {
        for (int seed = 0; type.live() && seed < SEEDS / 4; seed++) {
            Random random = new Random(seed);
            Correlation rule = rule(type, random, wide(random));
            List<Arriving> world = CorrelationPropertyTest.repeated(random, skewed(seed, random, world(random, 60)));
            SimulatedLog log = SimulatedLog.of(random, world, 1 + random.nextInt(3), 1 + random.nextInt(3));
            CorrelationPropertyTest.read(
                    type + ", seed " + seed,
                    random,
                    rule,
                    log,
                    SimulatedTask.Keep.BYTES,
                    false,
                    Reader.watching(),
                    new Met());
        }
    }

    /** What is only decided at the end is said once. */
    @ParameterizedTest
    @EnumSource
    void whatIsDecidedAtTheEndIsNeverWithdrawn(Type type) {
        for (int seed = 0; !type.live() && seed < SEEDS / 2; seed++) {
            Random random = new Random(seed);
            Correlation rule = rule(type, random, wide(random));
            SimulatedLog log = SimulatedLog.of(random, skewed(seed, random, world(random, 60)), 2, 2);
            Reader reader = CorrelationPropertyTest.read(
                    type + ", seed " + seed,
                    random,
                    rule,
                    log,
                    SimulatedTask.Keep.BYTES,
                    false,
                    new Reader(),
                    new Met());
            assertThat(reader.withdrawn).as(type + ", seed " + seed).isZero();
        }
    }

    /** More comes than is kept: the alerts are the same in every order, and say that they may be inexact. */
    @ParameterizedTest
    @EnumSource
    void aFloodGivesTheSameInEveryOrder(Type type) {
        int degraded = 0;
        for (int seed = 0; seed < SEEDS / 8; seed++) {
            Random random = new Random(seed);
            Correlation rule = rule(type, random, new Bounds(List.of(60L, 20L).get(random.nextInt(2)), 8, 3, 8, 8));
            List<Arriving> world = world(random, 700, 300);
            List<AlertRevision> first = null;
            for (int partitions : new int[] {1, 2, 5}) {
                String run = type + ", seed " + seed + ", " + partitions + " partitions";
                // The rules that one event matches lie in one record, or a flood could drop one of them.
                SimulatedLog log = SimulatedLog.of(random, oneRule(world), partitions, 5);
                Reader reader = CorrelationPropertyTest.read(
                        run, random, rule, log, SimulatedTask.Keep.BYTES, partitions == 2, new Reader(), new Met());
                List<AlertRevision> content = reader.standing().stream()
                        .map(EveryTypePropertyTest::unplaced)
                        .toList();
                first = first == null ? content : first;
                assertThat(content).as(run).isEqualTo(first);
                degraded +=
                        (int) content.stream().filter(AlertRevision::degraded).count();
            }
        }
        if (type == Type.COUNT_AT_LEAST) {
            assertThat(degraded).isZero();
        }
        if (Set.of(Type.VALUES_AT_LEAST, Type.SUM, Type.SEVERAL, Type.TEMPORAL, Type.ORDERED)
                .contains(type)) {
            assertThat(degraded).as("degraded " + type).isPositive();
        }
    }

    private static List<Arriving> oneRule(List<Arriving> world) {
        Map<String, Arriving> byEvent = new java.util.LinkedHashMap<>();
        world.forEach(one -> byEvent.putIfAbsent(one.hit().event(), one));
        return new ArrayList<>(byEvent.values());
    }

    /** Without where the hits lie, which differs between logs. */
    private static AlertRevision unplaced(AlertRevision alert) {
        AlertRevision content = CorrelationPropertyTest.content(alert);
        return new AlertRevision(
                content.id(),
                0,
                content.status(),
                content.supersededBy(),
                content.group(),
                content.time(),
                content.start(),
                content.end(),
                content.count(),
                content.capped(),
                content.degraded(),
                content.evidence().stream()
                        .map(h -> new CorrelationHit(
                                h.member(),
                                h.event(),
                                h.time(),
                                h.received(),
                                0,
                                0,
                                0,
                                h.count(),
                                h.values(),
                                false,
                                h.step()))
                        .toList(),
                content.values(),
                0);
    }

    /**
     * A source is further behind than a partition waits for it. What comes of it is too late by the log, and said to be; what
     * the others sent is all there, and whoever reads the log, in whatever order, has the same alerts.
     */
    @ParameterizedTest
    @EnumSource
    void aSourceThatIsFurtherBehindThanAPartitionWaitsHurtsNobodyElse(Type type) {
        for (int seed = 0; seed < SEEDS / 8; seed++) {
            Random random = new Random(seed);
            Correlation rule = rule(type, random, wide(random));
            List<Arriving> world = skewed(random, world(random, 100));
            long late =
                    world.stream().filter(one -> one.source() == Source.LATE).count();
            SimulatedLog log = SimulatedLog.of(random, world, 2, 3, SimulatedLog.HOUR / 6);
            List<AlertRevision> first = null;
            for (int order = 0; order < 3; order++) {
                String run = type + ", seed " + seed + ", order " + order;
                SimulatedTask task = new SimulatedTask(rule, 2, SimulatedTask.Keep.BYTES);
                Reader reader = new Reader();
                task = SimulatedTask.run(random, task, log.copy(), order * 0.45, order == 1, reader);
                reader.end(task);
                assertThat(reader.objections).as(run).isEmpty();
                // Before a partition has a clock nothing is too late: that is one record of each.
                assertThat((long) task.late).as(run).isBetween(late - 6, late);
                assertThat(reader.expected()).as(run).isEqualTo(CorrelationOracle.alerts(rule, task.arrived));
                List<AlertRevision> content = reader.standing().stream()
                        .map(CorrelationPropertyTest::content)
                        .toList();
                first = first == null ? content : first;
                assertThat(content).as(run).isEqualTo(first);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsTakenBackNeverWas(Type type) {
        for (int seed = 0; seed < SEEDS / 2; seed++) {
            Random random = new Random(seed);
            Correlation rule = rule(type, random, wide(random));
            List<Arriving> arriving = new ArrayList<>();
            List<Arriving> stays = new ArrayList<>();
            for (Arriving one : oneRule(world(random, 80))) {
                arriving.add(one);
                if (random.nextInt(3) > 0) {
                    stays.add(one);
                } else {
                    long left = CorrelationPropertyTest.LATENESS - one.delay();
                    arriving.add(new Arriving(
                            one.group(),
                            CorrelationPropertyTest.retraction(one.hit()),
                            one.delay() + random.nextInt((int) left + 1)));
                }
            }
            SimulatedLog log = SimulatedLog.of(random, arriving, 1 + random.nextInt(3), 3);
            Reader reader = CorrelationPropertyTest.read(
                    type + ", seed " + seed,
                    random,
                    rule,
                    log,
                    SimulatedTask.Keep.BYTES,
                    random.nextBoolean(),
                    type.live() ? Reader.watching() : new Reader(),
                    new Met());
            assertThat(reader.expected())
                    .as(type + ", seed " + seed)
                    .isEqualTo(CorrelationPropertyTest.truth(rule, stays));
        }
    }
}
