package io.bongsu.rules.correlate;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.correlate.SimulatedLog.Arriving;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The fold against the oracle, over random attacks, orders, partitions, restarts and crashes. Each run is a function of its
 * seed, which a failure names. Times are small numbers, so that ties and exact distances are common.
 */
class CorrelationPropertyTest {
    static final long TIMESPAN = 60;
    static final long LATENESS = 50;
    private static final RuleInfo INFO = new RuleInfo("rule", "Rule", "high", "0123456789abcdef", Map.of());

    private static Correlation rule(long atLeast, long quiet, Bounds bounds) {
        return rule(new Trigger.EventCount(atLeast), quiet, bounds);
    }

    static Correlation rule(Trigger trigger, long quiet, Bounds bounds) {
        return new Correlation(
                INFO,
                List.of("host.name"),
                List.of("a", "b"),
                trigger,
                new Spans(TIMESPAN, quiet, LATENESS),
                Place.ALONE,
                bounds);
    }

    /** What a series of runs met, so that no property holds only because nothing happened. */
    static final class Met {
        int withdrawn;
        int superseded;
        int reinstated;
        int capped;

        void add(Reader reader) {
            withdrawn += reader.withdrawn;
            superseded += reader.superseded;
            reinstated += reader.reinstated;
            capped += (int)
                    reader.standing().stream().filter(AlertRevision::capped).count();
        }
    }

    /** Bursts of hits in two groups; each hit may weigh more than one. */
    private static List<Arriving> world(Random random, int size, int span, boolean weighted) {
        List<Arriving> world = new ArrayList<>();
        while (world.size() < size) {
            long at = random.nextInt(span);
            int burst = 1 + random.nextInt(12);
            int spread = 1 + random.nextInt(150);
            List<String> group = List.of("host" + random.nextInt(2));
            for (int i = 0; i < burst; i++) {
                // Half of the ids are of the usual form, and ids do not sort as they were made.
                int number = world.size();
                String event = random.nextBoolean()
                        ? "e" + random.nextInt(100_000) + "-" + number
                        : String.format(
                                "%016x-%08x-%012x", random.nextInt(3), 1, random.nextInt(1000) * 1000L + number);
                int count = weighted && random.nextInt(3) == 0 ? 1 + random.nextInt(6) : 1;
                String member = random.nextBoolean() ? "a" : "b";
                Map<String, String> values = random.nextInt(8) == 0 ? Map.of("user.name", "u" + number % 3) : Map.of();
                long time = at + random.nextInt(spread);
                world.add(arriving(
                        random,
                        group,
                        new CorrelationHit(
                                member, event, time, time + random.nextInt(40), 0, 0, 0, count, values, false)));
            }
        }
        return world;
    }

    static Arriving arriving(Random random, List<String> group, CorrelationHit hit) {
        return new Arriving(group, hit, random.nextInt((int) LATENESS + 1));
    }

    static List<CorrelationOracle.Expected> truth(Correlation rule, List<Arriving> world) {
        Map<List<String>, List<CorrelationHit>> byGroup = new HashMap<>();
        world.forEach(one ->
                byGroup.computeIfAbsent(one.group(), g -> new ArrayList<>()).add(one.hit()));
        return CorrelationOracle.alerts(rule, byGroup);
    }

    static List<Arriving> repeated(Random random, List<Arriving> world) {
        List<Arriving> repeated = new ArrayList<>(world);
        for (Arriving one : world) {
            for (int n = random.nextInt(3); n > 0; n--) {
                long delay = one.source().delay + random.nextInt((int) LATENESS + 1);
                repeated.add(new Arriving(one.group(), one.hit(), delay, one.source()));
            }
        }
        Collections.shuffle(repeated, random);
        return repeated;
    }

    static Reader read(
            String run,
            Random random,
            Correlation rule,
            SimulatedLog log,
            SimulatedTask.Keep keep,
            boolean crashes,
            Reader reader,
            Met met) {
        double skew = random.nextInt(3) * 0.45;
        SimulatedTask task = new SimulatedTask(rule, log.partitions(), keep);
        task = SimulatedTask.run(random, task, log, skew, crashes, reader);
        reader.end(task);
        assertThat(reader.objections).as(run).isEmpty();
        assertThat(task.late).as(run).isZero();
        met.add(reader);
        return reader;
    }

    /**
     * Straight, through bytes at every step, and with crashes, over 1, 2 and 5 partitions: three of the nine for each world,
     * others for the next.
     */
    static void equalsTruth(
            String what, Random random, Correlation rule, List<Arriving> world, boolean repeat, Met met) {
        List<CorrelationOracle.Expected> truth = truth(rule, world);
        int first = random.nextInt(3);
        for (int i = 0; i < 3; i++) {
            int partitions = List.of(1, 2, 5).get(i);
            int mode = (first + i) % 3;
            String run = what + ", " + partitions + " partitions, mode " + mode;
            List<Arriving> arriving = repeat ? repeated(random, world) : world;
            SimulatedLog log = SimulatedLog.of(random, arriving, partitions, 1 + random.nextInt(6));
            SimulatedTask.Keep keep = mode == 0 ? SimulatedTask.Keep.OBJECTS : SimulatedTask.Keep.BYTES;
            Reader reader = read(run, random, rule, log, keep, mode == 2, new Reader(), met);
            assertThat(reader.expected()).as(run).isEqualTo(truth);
        }
    }

    @Test
    void finalAlertsAreWhatTheSetOfHitsMeansWhateverTheOrder() {
        Met met = new Met();
        for (int seed = 0; seed < 150; seed++) {
            Random random = new Random(seed);
            long quiet = List.of(1L, 60L, 240L).get(random.nextInt(3));
            long cell = List.of(60L, 20L, 59L).get(random.nextInt(3));
            Correlation rule = rule(
                    List.of(1, 4, 9).get(random.nextInt(3)), quiet, new Bounds(cell, 1_000, 1 + random.nextInt(5)));
            boolean weighted = random.nextBoolean();
            List<Arriving> world = world(random, 60, 2_500, weighted);
            equalsTruth("seed " + seed, random, rule, world, true, met);
        }
        assertThat(met.superseded).isPositive();
    }

    @Test
    void whatStandsIsWhatHasArrivedMeansAtEveryStep() {
        Met met = new Met();
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            long quiet = List.of(1L, 60L, 240L).get(random.nextInt(3));
            Correlation rule = rule(4, quiet, new Bounds(List.of(60L, 20L).get(random.nextInt(2)), 1_000, 3));
            List<Arriving> world = world(random, 60, 2_500, random.nextBoolean());
            int partitions = List.of(1, 2, 5).get(random.nextInt(3));
            SimulatedLog log = SimulatedLog.of(random, repeated(random, world), partitions, 1 + random.nextInt(3));
            read("seed " + seed, random, rule, log, SimulatedTask.Keep.BYTES, false, Reader.watching(), met);
        }
        assertThat(met.withdrawn).isPositive();
    }

    @Test
    void aFloodChangesNothingButHowMuchIsListed() {
        Met met = new Met();
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            long atLeast = List.of(1, 4, 9).get(random.nextInt(3));
            int keep = (int) atLeast + random.nextInt(3);
            long cell = List.of(60L, 20L).get(random.nextInt(2));
            Correlation rule = rule(
                    atLeast, List.of(1L, 60L).get(random.nextInt(2)), new Bounds(cell, keep, 1 + random.nextInt(keep)));
            equalsTruth("seed " + seed, random, rule, world(random, 400, 2_500, random.nextBoolean()), false, met);
        }
        assertThat(met.capped).isPositive();
    }

    /** The settings a rule has when it says nothing, at the scale of a real log, with a flood in the middle of it. */
    @Test
    void theUsualSettingsAreExactUnderAFlood() {
        long second = 1_000_000;
        Correlation rule = new Correlation(
                INFO,
                List.of("source.ip"),
                List.of("a"),
                new Trigger.EventCount(5),
                new Spans(60 * second, Spans.usualQuiet(60 * second), 300 * second),
                Place.ALONE);
        for (int seed = 0; seed < 3; seed++) {
            Random random = new Random(seed);
            List<Arriving> world = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                boolean flood = i % 4 > 0;
                long time = 1_795_000_000 * second
                        + (flood
                                ? 5 * 3_600 * second + random.nextLong(150 * second)
                                : random.nextLong(10 * 3_600 * second));
                String event = String.format("9f3c1a2b4d5e6f70-00000001-%012x", i);
                CorrelationHit hit = new CorrelationHit("a", event, time, time, 0, 0, 0, 1, Map.of(), false);
                world.add(new Arriving(List.of("203.0.113.7"), hit, random.nextLong(300 * second)));
            }
            List<CorrelationOracle.Expected> truth = truth(rule, world);
            assertThat(truth)
                    .anyMatch(alert -> alert.capped() && alert.evidence().size() == 100);
            SimulatedLog log = SimulatedLog.of(random, world, 4, 50);
            Reader reader =
                    read("seed " + seed, random, rule, log, SimulatedTask.Keep.BYTES, false, new Reader(), new Met());
            assertThat(reader.expected()).as("seed " + seed).isEqualTo(truth);
        }
    }

    /** Fewer hits are kept than evidence may list: what is listed then has holes, but the same ones in every order. */
    @Test
    void evidenceOfAFloodDoesNotDependOnTheOrder() {
        Met met = new Met();
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            Correlation rule = rule(4, 60, new Bounds(List.of(60L, 20L).get(random.nextInt(2)), 4, 20));
            List<Arriving> world = world(random, 400, 2_500, true);
            List<CorrelationOracle.Expected> first = null;
            for (int partitions : new int[] {1, 2, 5}) {
                SimulatedLog log = SimulatedLog.of(random, world, partitions, 4);
                String run = "seed " + seed + ", " + partitions + " partitions";
                Reader reader =
                        read(run, random, rule, log, SimulatedTask.Keep.BYTES, partitions == 2, new Reader(), met);
                first = first == null ? reader.expected() : first;
                assertThat(reader.expected()).as(run).isEqualTo(first);
            }
        }
        assertThat(met.capped).isPositive();
    }

    @Test
    void whatIsTakenBackNeverWas() {
        Met met = new Met();
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            Correlation rule = rule(4, List.of(1L, 60L).get(random.nextInt(2)), new Bounds(20, 1_000, 3));
            List<Arriving> arriving = new ArrayList<>();
            List<Arriving> stays = new ArrayList<>();
            for (Arriving one : world(random, 100, 2_500, false)) {
                arriving.add(one);
                if (random.nextInt(3) > 0) {
                    stays.add(one);
                    continue;
                }
                CorrelationHit h = one.hit();
                long delay = one.delay() + random.nextInt((int) (LATENESS - one.delay()) + 1);
                arriving.add(new Arriving(one.group(), retraction(h), delay));
            }
            SimulatedLog log = SimulatedLog.of(random, arriving, 1 + random.nextInt(3), 3);
            String run = "seed " + seed;
            Reader reader = read(
                    run, random, rule, log, SimulatedTask.Keep.BYTES, random.nextBoolean(), Reader.watching(), met);
            assertThat(reader.expected()).as(run).isEqualTo(truth(rule, stays));
        }
        assertThat(met.withdrawn).isGreaterThan(met.superseded);
        assertThat(met.reinstated).isPositive();
    }

    static CorrelationHit retraction(CorrelationHit hit) {
        return of(hit, hit.member(), true);
    }

    static CorrelationHit at(CorrelationHit hit, long time) {
        return new CorrelationHit(
                hit.member(), hit.event(), time, hit.received(), 0, 0, 0, hit.count(), hit.values(), hit.retracted());
    }

    static CorrelationHit of(CorrelationHit hit, String member, boolean retracted) {
        return new CorrelationHit(
                member, hit.event(), hit.time(), hit.received(), 0, 0, 0, hit.count(), hit.values(), retracted);
    }

    /**
     * One log read in different orders, with events that came twice, matched two rules, or came too late by their own
     * partition's clock: every part of the alerts is the same, down to where the evidence lies in the log.
     */
    @Test
    void oneLogGivesOneAnswerInEveryOrderOfReading() {
        int late = 0;
        for (int seed = 0; seed < 80; seed++) {
            Random random = new Random(seed);
            Correlation rule = rule(4, 60, new Bounds(20, 1_000, 3));
            List<Arriving> world = new ArrayList<>();
            for (Arriving one : repeated(random, world(random, 100, 2_500, true))) {
                String member = random.nextInt(4) == 0 ? "c" : one.hit().member();
                long delay = random.nextInt(10) == 0 ? random.nextInt(400) : one.delay();
                world.add(new Arriving(one.group(), of(one.hit(), member, false), delay));
            }
            SimulatedLog log = SimulatedLog.of(random, world, 3, 3);
            List<AlertRevision> first = null;
            for (int order = 0; order < 3; order++) {
                SimulatedTask task = new SimulatedTask(rule, 3, SimulatedTask.Keep.BYTES);
                Reader reader = new Reader();
                task = SimulatedTask.run(random, task, log.copy(), order * 0.45, order == 1, reader);
                reader.end(task);
                assertThat(reader.objections).as("seed " + seed).isEmpty();
                assertThat(reader.expected())
                        .as("seed " + seed)
                        .isEqualTo(CorrelationOracle.alerts(rule, task.arrived));
                List<AlertRevision> content = reader.standing().stream()
                        .map(CorrelationPropertyTest::content)
                        .toList();
                first = first == null ? content : first;
                assertThat(content).as("seed " + seed).isEqualTo(first);
                late += task.late;
            }
        }
        assertThat(late).isPositive();
    }

    static AlertRevision content(AlertRevision alert) {
        return new AlertRevision(
                alert.id(),
                0,
                alert.status(),
                alert.supersededBy(),
                alert.group(),
                alert.time(),
                alert.start(),
                alert.end(),
                alert.count(),
                alert.capped(),
                alert.degraded(),
                alert.evidence(),
                alert.values(),
                0);
    }

    /** A take-back among dropped hits cannot be made good: the alert says so, and the protocol still holds. */
    @Test
    void aTakeBackFromAFloodIsDegradedAndKeepsTheProtocol() {
        int degraded = 0;
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            Correlation rule = rule(4, 60, new Bounds(60, 5, 3));
            List<Arriving> arriving = new ArrayList<>();
            for (Arriving one : world(random, 400, 2_500, true)) {
                arriving.add(one);
                if (random.nextInt(4) == 0) {
                    arriving.add(new Arriving(one.group(), retraction(one.hit()), LATENESS));
                }
            }
            SimulatedTask task = new SimulatedTask(rule, 2, SimulatedTask.Keep.BYTES);
            Reader reader = new Reader();
            task = SimulatedTask.run(random, task, SimulatedLog.of(random, arriving, 2, 4), 0.4, true, reader);
            reader.end(task);
            assertThat(reader.objections).as("seed " + seed).isEmpty();
            degraded += (int)
                    reader.standing().stream().filter(AlertRevision::degraded).count();
        }
        assertThat(degraded).isPositive();
    }

    /** Settling late, at every step, or only when due: the same alerts. Before it is due, nothing changes. */
    @Test
    void whenItIsSettledDoesNotMatter() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            Correlation rule = rule(4, List.of(1L, 60L).get(random.nextInt(2)), new Bounds(20, 4, 3));
            List<Arriving> world = world(random, 60, 2_500, true);
            world.removeIf(one -> one.group().equals(List.of("host1")));
            world.sort(Comparator.comparingLong(one -> one.hit().time() + one.delay()));
            GroupState often = rule.open(List.of("host0"), Long.MIN_VALUE / 4);
            GroupState seldom = rule.open(List.of("host0"), Long.MIN_VALUE / 4);
            Reader oftenSaid = new Reader();
            Reader seldomSaid = new Reader();
            long clock = Long.MIN_VALUE / 4;
            for (Arriving one : world) {
                clock = Math.max(clock, one.hit().time());
                oftenSaid.read(rule.add(often, List.of(one.hit())));
                seldomSaid.read(rule.add(seldom, List.of(one.hit())));
                for (long horizon = clock - LATENESS - 3; horizon <= clock - LATENESS; horizon++) {
                    byte[] before = often.toBytes();
                    boolean due = rule.due(often) <= horizon;
                    oftenSaid.read(rule.advance(often, horizon));
                    if (Arrays.equals(often.toBytes(), before) == due) {
                        throw new AssertionError("seed " + seed + ": it changes when it is due, and only then");
                    }
                }
                if (random.nextInt(20) == 0) {
                    seldomSaid.read(rule.advance(seldom, clock - LATENESS));
                }
            }
            oftenSaid.read(rule.advance(often, Long.MAX_VALUE));
            seldomSaid.read(rule.advance(seldom, Long.MAX_VALUE));
            assertThat(often.isEmpty() && seldom.isEmpty()).isTrue();
            assertThat(oftenSaid.expected()).as("seed " + seed).isEqualTo(truth(rule, world));
            assertThat(seldomSaid.expected()).as("seed " + seed).isEqualTo(truth(rule, world));
        }
    }
}
