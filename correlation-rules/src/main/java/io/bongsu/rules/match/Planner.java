package io.bongsu.rules.match;

import io.bongsu.rules.match.Literals.Literal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Works out, for each rule of a rule set, what an index looks for and what is then left to test. */
public final class Planner {
    /** From so many literals on, seeking them all at once costs less than one after the other. */
    private static final int MANY = 4;

    private final Rarity rarity;
    private int tests;

    /** A rule as an index takes it. */
    public static final class Planned {
        final Witness witness;
        final Plan rest;

        Planned(Witness witness, Plan rest) {
            this.witness = witness;
            this.rest = rest;
        }
    }

    /** @param rules all matches of the rule set, from one compiler */
    public Planner(Collection<Match> rules) {
        this.rarity = new Rarity(rules);
        this.tests = rules.stream().mapToInt(Planner::largestId).max().orElse(0) + 1;
    }

    private static int largestId(Match match) {
        return switch (match) {
            case Match.All all ->
                all.parts().stream().mapToInt(Planner::largestId).max().orElse(0);
            case Match.Any any ->
                any.parts().stream().mapToInt(Planner::largestId).max().orElse(0);
            case Match.Not not -> largestId(not.part());
            case Match.Atom atom -> atom.id;
            case Match.Reference reference -> 0;
            case Match.Keyword keyword -> keyword.id;
        };
    }

    Rarity rarity() {
        return rarity;
    }

    public Planned plan(Match match) {
        Witness witness = Witness.of(match, rarity);
        return new Planned(witness, step(match, witness.proven()).plan);
    }

    /**
     * A plan with what its order depends on.
     *
     * @param work of testing it, 1 for comparing two texts
     * @param likely how likely it holds, in the unit of {@link Rarity}
     */
    private record Step(Plan plan, int work, double likely) {}

    private static final Step TRUE = new Step(Plan.TRUE, 0, Rarity.ALWAYS);
    private static final Step FALSE = new Step(Plan.FALSE, 0, 0);

    private Step step(Match match, @Nullable Match proven) {
        if (match == proven) {
            return TRUE;
        }
        return switch (match) {
            case Match.All all -> all(all.parts(), proven);
            case Match.Any any -> any(any.parts(), proven);
            case Match.Not not -> not(step(not.part(), proven));
            case Match.Atom atom -> atom(atom);
            case Match.Reference reference -> new Step(new Plan.Reference(reference), 20, Rarity.ANY_VALUE);
            case Match.Keyword keyword -> new Step(new Plan.Keyword(keyword), 1_000, Rarity.ANY_VALUE);
        };
    }

    private Step all(List<Match> parts, @Nullable Match proven) {
        List<Step> steps = new ArrayList<>();
        for (Match part : parts) {
            Step step = step(part, proven);
            if (step.plan == Plan.FALSE) {
                return FALSE;
            }
            if (step.plan != Plan.TRUE) {
                steps.add(step);
            }
        }
        steps.sort(Comparator.comparingInt(Step::work).thenComparingDouble(Step::likely));
        return switch (steps.size()) {
            case 0 -> TRUE;
            case 1 -> steps.get(0);
            default ->
                new Step(
                        new Plan.All(plans(steps)),
                        work(steps),
                        steps.stream().mapToDouble(Step::likely).min().orElse(0));
        };
    }

    private Step any(List<Match> parts, @Nullable Match proven) {
        List<Step> steps = new ArrayList<>();
        Map<Field, Set<Literal>> literals = new LinkedHashMap<>();
        Map<Field, List<Match>> singly = new LinkedHashMap<>();
        for (Match part : parts) {
            if (part != proven && part instanceof Match.Atom atom && Needed.suffices(atom.predicate)) {
                List<Literal> needed = Needed.in(atom.predicate);
                if (needed.size() == 1) {
                    literals.computeIfAbsent(atom.field, field -> new LinkedHashSet<>())
                            .addAll(needed);
                    singly.computeIfAbsent(atom.field, field -> new ArrayList<>())
                            .add(part);
                    continue;
                }
            }
            steps.add(step(part, proven));
        }
        literals.forEach((field, set) -> {
            if (set.size() < MANY) {
                singly.getOrDefault(field, List.of()).forEach(part -> steps.add(step(part, proven)));
            } else {
                steps.add(new Step(
                        new Plan.AnyLiteral(tests++, field, new Literals(List.copyOf(set), rarity)),
                        20,
                        set.stream().mapToDouble(rarity::of).sum()));
            }
        });
        if (steps.stream().anyMatch(step -> step.plan == Plan.TRUE)) {
            return TRUE;
        }
        steps.removeIf(step -> step.plan == Plan.FALSE);
        steps.sort(Comparator.comparingInt(Step::work)
                .thenComparing(Comparator.comparingDouble(Step::likely).reversed()));
        return switch (steps.size()) {
            case 0 -> FALSE;
            case 1 -> steps.get(0);
            default ->
                new Step(
                        new Plan.Any(plans(steps)),
                        work(steps),
                        steps.stream().mapToDouble(Step::likely).sum());
        };
    }

    private static Step not(Step part) {
        if (part.plan == Plan.TRUE) {
            return FALSE;
        }
        return part.plan == Plan.FALSE ? TRUE : new Step(new Plan.Not(part.plan), part.work, Rarity.ALWAYS);
    }

    private static Plan[] plans(List<Step> steps) {
        return steps.stream().map(Step::plan).toArray(Plan[]::new);
    }

    private static int work(List<Step> steps) {
        return Math.min(1_000_000, steps.stream().mapToInt(Step::work).sum());
    }

    private Step atom(Match.Atom atom) {
        List<Literal> needed = Needed.in(atom.predicate);
        double likely = needed.isEmpty()
                ? Rarity.ANY_VALUE
                : needed.stream().mapToDouble(rarity::of).sum();
        return switch (atom.predicate) {
            case Predicate.Missing p -> new Step(new Plan.Cheap(atom), 1, likely);
            case Predicate.Present p -> new Step(new Plan.Cheap(atom), 1, likely);
            case Predicate.Exists p -> new Step(new Plan.Cheap(atom), 1, likely);
            case Predicate.Equal p -> new Step(new Plan.Cheap(atom), 1, likely);
            case Predicate.Prefix p -> new Step(new Plan.Cheap(atom), 1, likely);
            case Predicate.Suffix p -> new Step(new Plan.Cheap(atom), 1, likely);
            case Predicate.Contains p -> new Step(new Plan.Costly(atom, null), 5, likely);
            case Predicate.Compare p -> new Step(new Plan.Costly(atom, null), 10, likely);
            case Predicate.TimePart p -> new Step(new Plan.Costly(atom, null), 50, likely);
            case Predicate.Cidr p -> new Step(new Plan.Costly(atom, null), 50, likely);
            case Predicate.Glob p -> new Step(new Plan.Costly(atom, null), 50, likely);
            case Predicate.Regex p ->
                new Step(new Plan.Costly(atom, needed.isEmpty() ? null : new Literals(needed, rarity)), 5_000, likely);
        };
    }
}
