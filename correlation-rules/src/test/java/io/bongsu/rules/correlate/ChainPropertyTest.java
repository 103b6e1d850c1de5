package io.bongsu.rules.correlate;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.correlate.SimulatedLog.Arriving;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A correlation over a correlation and over events, on several tasks that are read at unequal speed: each task tells what
 * fires, takes back what a late hit undoes, and promises how far its facts are final. In the end the alerts above are those
 * of the complete facts below.
 */
class ChainPropertyTest {
    private static final List<String> ALL = List.of();
    private static final long UNKNOWN = Long.MIN_VALUE / 4;

    /** What is built on the type. */
    enum Above {
        ALERTS(EveryTypePropertyTest.holds(
                1, new Measure.Alerts(), EveryTypePropertyTest.bound(Bound.Operator.GTE, 2))),
        FEW_ALERTS(new Trigger.Peak(new Measure.Alerts(), EveryTypePropertyTest.bound(Bound.Operator.EQ, 1))),
        THEN(EveryTypePropertyTest.sequence(
                Set.of(), EveryTypePropertyTest.step("below"), EveryTypePropertyTest.step("event"))),
        NOT_THEN(EveryTypePropertyTest.sequence(
                Set.of(), EveryTypePropertyTest.step("below"), EveryTypePropertyTest.not("event"))),
        WITHOUT(new Trigger.Together(
                new Fired.All(List.of(new Fired.Rule("below"), new Fired.Not(new Fired.Rule("event")))))),
        SHARE(EveryTypePropertyTest.holds(
                2, new Measure.Share(Set.of("below")), EveryTypePropertyTest.bound(Bound.Operator.GTE, "0.5"))),
        GROUPS(EveryTypePropertyTest.holds(
                1, new Measure.Distinct("group"), EveryTypePropertyTest.bound(Bound.Operator.GTE, 2))),
        FEWER(new Trigger.Rate(EveryTypePropertyTest.bound(Bound.Operator.LTE, "0.3"), 3, 1, 1)),
        ;

        final Trigger trigger;

        Above(Trigger trigger) {
            this.trigger = trigger;
        }
    }

    private static Correlation below(Random random, EveryTypePropertyTest.Type type) {
        Trigger trigger = type.trigger.apply(random);
        return new Correlation(
                new RuleInfo("below", "Below", "low", "0123456789abcdef", Map.of()),
                List.of("host.name"),
                List.of("a", "b", "c", "d"),
                trigger,
                new Spans(60, List.of(1L, 60L, 240L).get(random.nextInt(3)), CorrelationPropertyTest.LATENESS),
                new Place(Set.of(0), true),
                EveryTypePropertyTest.fitting(
                        trigger, new Bounds(List.of(60L, 20L).get(random.nextInt(2)), 1_000, 3)));
    }

    private static Correlation above(Random random, Above above) {
        return new Correlation(
                new RuleInfo("above", "Above", "high", "0123456789abcdef", Map.of()),
                List.of(),
                List.of("below", "event"),
                above.trigger,
                new Spans(200, List.of(1L, 300L).get(random.nextInt(2)), CorrelationPropertyTest.LATENESS),
                new Place(Set.of(0, 1), false),
                new Bounds(above.trigger instanceof Trigger.Rate ? 200 : 50, 1_000, 3));
    }

    private static CorrelationHit hit(Fact fact, List<String> group) {
        return new CorrelationHit(
                "below",
                fact.alert(),
                fact.time(),
                fact.received(),
                -1,
                -1,
                -1,
                fact.first() ? 1 : 0,
                Map.of("group", group.getFirst()),
                fact.retracted());
    }

    /** One task of the lower level: its groups, and what it writes for the level above. */
    private static final class Task {
        final Correlation rule;
        final int upstreams;
        final Map<Integer, Long> clocks = new HashMap<>();
        final Map<List<String>, GroupState> states = new LinkedHashMap<>();
        final Deque<Object> out = new ArrayDeque<>();
        long promised = UNKNOWN;
        int takenBack;

        Task(Correlation rule, int upstreams) {
            this.rule = rule;
            this.upstreams = upstreams;
        }

        long horizon() {
            return clocks.size() < upstreams
                    ? UNKNOWN
                    : clocks.values().stream().min(Long::compare).orElseThrow() - rule.lateness();
        }

        void on(SimulatedLog.Entry entry) {
            if (!entry.hits().isEmpty()) {
                GroupState state = states.computeIfAbsent(entry.group(), group -> rule.open(group, horizon()));
                rule.add(state, entry.hits());
                assertThat(state.ignored()).isZero();
                save(state);
                return;
            }
            clocks.merge(entry.partition(), entry.clock(), Math::max);
            if (horizon() == UNKNOWN) {
                return;
            }
            for (GroupState state : List.copyOf(states.values())) {
                rule.advance(state, horizon());
                save(state);
            }
            if (rule.promise(horizon()) > promised) {
                promised = rule.promise(horizon());
                out.add(promised);
            }
        }

        private void save(GroupState state) {
            for (Fact fact : state.takeFacts()) {
                if (fact.time() < promised) {
                    throw new AssertionError("told of what was promised to be over: " + fact);
                }
                takenBack += fact.retracted() ? 1 : 0;
                out.add(hit(fact, state.group()));
            }
            if (state.isEmpty()) {
                states.remove(state.group());
            } else {
                states.put(state.group(), GroupState.fromBytes(state.toBytes()));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theAlertsAboveAreThoseOfTheCompleteFactsBelow(EveryTypePropertyTest.Type type) {
        int alerts = 0;
        int takenBack = 0;
        for (int seed = 0; seed < 4; seed++) {
            for (Above kind : Above.values()) {
                Random random = new Random(seed);
                Correlation below = below(random, type);
                Correlation above = above(random, kind);
                List<Arriving> world =
                        EveryTypePropertyTest.skewed(seed, random, EveryTypePropertyTest.world(random, 60));
                List<Arriving> direct = world.stream()
                        .filter(one -> one.hit().member().equals("d"))
                        .map(one -> new Arriving(
                                ALL, CorrelationPropertyTest.of(one.hit(), "event", false), one.delay(), one.source()))
                        .toList();
                List<CorrelationOracle.Expected> truth = truth(below, above, world, direct);
                alerts += truth.size();
                for (int partitions : new int[] {1, 2, 5}) {
                    String run = type + " below " + kind + ", seed " + seed + ", " + partitions + " partitions";
                    Reader reader = new Reader();
                    takenBack += run(run, random, below, above, world, direct, partitions, reader);
                    assertThat(reader.objections).as(run).isEmpty();
                    assertThat(reader.expected()).as(run).isEqualTo(truth);
                }
            }
        }
        assertThat(alerts).isPositive();
        assertThat(takenBack > 0).as("facts taken back").isEqualTo(type.live());
    }

    private static List<CorrelationOracle.Expected> truth(
            Correlation below, Correlation above, List<Arriving> world, List<Arriving> direct) {
        Map<List<String>, List<CorrelationHit>> groups = new HashMap<>();
        world.forEach(one ->
                groups.computeIfAbsent(one.group(), g -> new ArrayList<>()).add(one.hit()));
        List<CorrelationHit> hits = new ArrayList<>();
        groups.forEach(
                (group, of) -> CorrelationOracle.facts(below, group, of).forEach(fact -> hits.add(hit(fact, group))));
        direct.forEach(one -> hits.add(one.hit()));
        return CorrelationOracle.alerts(above, Map.of(ALL, hits));
    }

    private static int run(
            String run,
            Random random,
            Correlation below,
            Correlation above,
            List<Arriving> world,
            List<Arriving> direct,
            int partitions,
            Reader reader) {
        List<Arriving> all = new ArrayList<>(world);
        all.addAll(direct);
        SimulatedLog log = SimulatedLog.of(random, all, partitions, 3);
        List<Task> tasks = List.of(new Task(below, partitions), new Task(below, partitions));
        List<Deque<SimulatedLog.Entry>> inboxes = List.of(new ArrayDeque<>(), new ArrayDeque<>(), new ArrayDeque<>());
        Map<Integer, Long> events = new TreeMap<>();
        Map<Integer, Long> promises = new TreeMap<>();
        GroupState[] state = {above.open(ALL, UNKNOWN)};
        boolean more = true;
        while (more) {
            SimulatedLog.Entry entry = log.next(random, 0.4);
            if (entry != null) {
                boolean mark = entry.hits().isEmpty();
                for (int i = 0; i < 3; i++) {
                    boolean here = i == 2
                            ? entry.group().equals(ALL)
                            : Math.floorMod(entry.group().hashCode(), 2) == i
                                    && !entry.group().equals(ALL);
                    if (mark || here) {
                        inboxes.get(i).add(entry);
                    }
                }
            }
            for (int i = 0; i < 2; i++) {
                while (!inboxes.get(i).isEmpty() && (entry == null || random.nextInt(3) > 0)) {
                    tasks.get(i).on(inboxes.get(i).remove());
                }
            }
            for (int i = 0; i < 2; i++) {
                Deque<Object> out = tasks.get(i).out;
                while (!out.isEmpty() && (entry == null || random.nextInt(4) > 0)) {
                    switch (out.remove()) {
                        case CorrelationHit fact -> reader.read(above.add(state[0], List.of(fact)));
                        case Long promise -> {
                            promises.merge(i, promise, Math::max);
                            settle(above, partitions, events, promises, state, reader);
                        }
                        default -> throw new AssertionError();
                    }
                    assertThat(state[0].ignored()).as(run).isZero();
                    state[0] = GroupState.fromBytes(state[0].toBytes());
                }
            }
            Deque<SimulatedLog.Entry> own = inboxes.get(2);
            while (!own.isEmpty() && (entry == null || random.nextInt(3) > 0)) {
                SimulatedLog.Entry next = own.remove();
                if (next.hits().isEmpty()) {
                    events.merge(next.partition(), next.clock(), Math::max);
                    settle(above, partitions, events, promises, state, reader);
                } else {
                    reader.read(above.add(state[0], next.hits()));
                    assertThat(state[0].ignored()).as(run).isZero();
                }
            }
            more = entry != null || tasks.stream().anyMatch(task -> !task.out.isEmpty());
        }
        assertThat(state[0].isEmpty()).as(run).isTrue();
        assertThat(tasks).allSatisfy(task -> assertThat(task.states).isEmpty());
        return tasks.stream().mapToInt(task -> task.takenBack).sum();
    }

    private static void settle(
            Correlation above,
            int partitions,
            Map<Integer, Long> events,
            Map<Integer, Long> promises,
            GroupState[] state,
            Reader reader) {
        if (events.size() == partitions && promises.size() == 2) {
            long clock = events.values().stream().min(Long::compare).orElseThrow();
            long promise = promises.values().stream().min(Long::compare).orElseThrow();
            reader.read(above.advance(state[0], Math.min(clock - above.lateness(), promise)));
        }
    }
}
