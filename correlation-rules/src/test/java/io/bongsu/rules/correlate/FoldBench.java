package io.bongsu.rules.correlate;

import io.bongsu.rules.RuleInfo;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * What the fold costs on one core, with its bytes read and written for each packed record as the store does: a million hits
 * over 100,000 groups, and the same on one group alone. Run {@code main}; no test, since a busy machine would fail it.
 */
final class FoldBench {
    private static final long SECOND = 1_000_000;
    private static final int HITS = 1_000_000;

    private FoldBench() {}

    public static void main(String[] args) {
        for (Trigger trigger : List.of(
                new Trigger.EventCount(5),
                new Trigger.Holds(List.of(new Trigger.Test(new Measure.Distinct("user.name"), Bound.atLeast(5))), 1),
                new Trigger.Sequence(
                        List.of(new Trigger.Step(Set.of("a"), 1, false), new Trigger.Step(Set.of("b"), 1, false)),
                        Set.of()))) {
            for (int round = 0; round < 3; round++) {
                spread(trigger, round == 2);
            }
            flood(trigger, 100);
        }
    }

    private static Correlation rule(Trigger trigger) {
        return new Correlation(
                new RuleInfo("rule", "Rule", "high", "0123456789abcdef", Map.of()),
                List.of("source.ip"),
                List.of("a", "b"),
                trigger,
                new Spans(60 * SECOND, 3_600 * SECOND, 300 * SECOND),
                Place.ALONE);
    }

    private static CorrelationHit hit(int i, long time) {
        return new CorrelationHit(
                i % 20 == 0 ? "b" : "a",
                String.format("9f3c1a2b4d5e6f70-00000001-%012x", i),
                time,
                time,
                0,
                i / 500,
                i % 500,
                1,
                Map.of("user.name", "user" + i % 7),
                false);
    }

    /** Each hit a record of its own: the dearest way to bring it. */
    private static void spread(Trigger trigger, boolean print) {
        Correlation rule = rule(trigger);
        int groups = 100_000;
        byte[][] store = new byte[groups][];
        Random random = new Random(1);
        List<CorrelationHit> hits = new ArrayList<>(HITS);
        int[] of = new int[HITS];
        for (int i = 0; i < HITS; i++) {
            of[i] = random.nextInt(groups);
            hits.add(hit(i, i * 600 * SECOND / HITS));
        }
        long said = 0;
        long began = cpu();
        for (int i = 0; i < HITS; i++) {
            byte[] stored = store[of[i]];
            GroupState state = stored == null
                    ? rule.open(List.of("10.0." + of[i] / 256 + "." + of[i] % 256), Long.MIN_VALUE / 4)
                    : GroupState.fromBytes(stored);
            said += rule.add(state, List.of(hits.get(i))).size();
            store[of[i]] = state.toBytes();
        }
        double seconds = (cpu() - began) / 1e9;
        if (print) {
            long bytes = Arrays.stream(store)
                    .mapToLong(b -> b == null ? 0 : b.length)
                    .sum();
            System.out.printf(
                    "%-60s %,d hits/s over %,d groups; %d bytes a group; %,d revisions%n",
                    name(trigger), (long) (HITS / seconds), groups, bytes / groups, said);
        }
    }

    private static void flood(Trigger trigger, int pack) {
        Correlation rule = rule(trigger);
        byte[] stored = rule.open(List.of("10.0.0.1"), Long.MIN_VALUE / 4).toBytes();
        long began = cpu();
        int most = 0;
        for (int i = 0; i < HITS / 5; i += pack) {
            List<CorrelationHit> record = new ArrayList<>(pack);
            for (int j = i; j < i + pack; j++) {
                record.add(hit(j, j * 600 * SECOND / (HITS / 5)));
            }
            GroupState state = GroupState.fromBytes(stored);
            rule.add(state, record);
            rule.advance(state, record.getLast().time() - 300 * SECOND);
            stored = state.toBytes();
            most = Math.max(most, stored.length);
        }
        double seconds = (cpu() - began) / 1e9;
        System.out.printf(
                "%-60s %,d hits/s on one group in records of %d; at most %,d bytes%n",
                name(trigger), (long) (HITS / 5 / seconds), pack, most);
    }

    /** Of this thread, so that others on the machine do not count. */
    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static String name(Trigger trigger) {
        String text = trigger.toString();
        return text.substring(0, Math.min(58, text.length()));
    }
}
