package io.bongsu.rules.match;

import io.bongsu.rules.match.Literals.Literal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Works out, for each rule of a rule set, what an index looks for and what is then left to test. */
public final class Planner {
    private final Rarity rarity;
    private final Map<Map.Entry<Field, Set<Literal>>, Plan.Part> parts = new HashMap<>();
    /** Matches that are the same have the same plan, so that an index holds them against an event once. */
    private final Map<Match, Planned> plans = new HashMap<>();

    /**
     * A rule as an index takes it. Where its witness stands in one field, what else it asks of that field alone is settled
     * with the witness.
     *
     * @param needed parts that the kind of that value has to fulfil
     * @param refused parts that it must not
     * @param clauses of each one has to be as it says
     * @param rest what is then left
     * @param work of all of it, 1 for comparing two texts
     * @param leaves all of its parts and tests
     */
    public record Planned(
            Witness witness,
            int[] needed,
            int[] refused,
            List<List<Asked>> clauses,
            Plan rest,
            int work,
            List<Plan> leaves) {
        public RuleCost cost() {
            return RuleCost.of(this);
        }
    }

    /** That a part is fulfilled, or that it is not. */
    record Asked(Plan.Part part, boolean wanted) {}

    /** @param rules all matches of the rule set, from one compiler */
    public Planner(Collection<Match> rules) {
        this.rarity = new Rarity(rules);
    }

    Rarity rarity() {
        return rarity;
    }

    public Planned plan(Match match) {
        Planned known = plans.get(match);
        if (known == null) {
            known = make(match);
            plans.put(match, known);
        }
        return known;
    }

    private Planned make(Match match) {
        Witness witness = Witness.of(match, rarity);
        Step step = step(match, witness.proven());
        Plan plan = step.plan;
        List<Plan> leaves = new ArrayList<>();
        leaves(plan, leaves);
        Field field = witness.onlyField();
        List<Integer> needed = new ArrayList<>();
        List<Integer> refused = new ArrayList<>();
        List<List<Asked>> clauses = new ArrayList<>();
        List<Plan> rest = new ArrayList<>();
        for (Plan part : plan instanceof Plan.All all ? all.parts() : new Plan[] {plan}) {
            List<List<Asked>> asked = clauses(part);
            for (List<Asked> clause : asked) {
                if (clause.size() == 1 && clause.get(0).part.field().equals(field)) {
                    (clause.get(0).wanted ? needed : refused)
                            .add(clause.get(0).part.id());
                } else {
                    clauses.add(clause);
                }
            }
            if (asked.isEmpty()) {
                rest.add(part);
            }
        }
        return new Planned(
                witness,
                needed.stream().mapToInt(id -> id).toArray(),
                refused.stream().mapToInt(id -> id).toArray(),
                List.copyOf(clauses),
                rest.size() == 1 ? rest.get(0) : rest.isEmpty() ? Plan.TRUE : new Plan.All(rest.toArray(Plan[]::new)),
                step.work,
                leaves);
    }

    /** The same said in clauses; none when it cannot be. */
    private static List<List<Asked>> clauses(Plan plan) {
        if (plan instanceof Plan.Not(Plan.Any any)) {
            List<Asked> asked = asked(any.parts(), false);
            return asked.stream().map(List::of).toList();
        }
        List<Asked> clause = plan instanceof Plan.Any any
                ? asked(any.parts(), true)
                : plan instanceof Plan.Not(Plan.All all) ? asked(all.parts(), false) : asked(new Plan[] {plan}, true);
        return clause.isEmpty() ? List.of() : List.of(clause);
    }

    private static List<Asked> asked(Plan[] plans, boolean wanted) {
        List<Asked> asked = new ArrayList<>();
        for (Plan plan : plans) {
            if (plan instanceof Plan.Part part) {
                asked.add(new Asked(part, wanted));
            } else if (plan instanceof Plan.Not(Plan.Part part)) {
                asked.add(new Asked(part, !wanted));
            } else {
                return List.of();
            }
        }
        return asked;
    }

    private static void leaves(Plan plan, List<Plan> leaves) {
        switch (plan) {
            case Plan.All all -> List.of(all.parts()).forEach(part -> leaves(part, leaves));
            case Plan.Any any -> List.of(any.parts()).forEach(part -> leaves(part, leaves));
            case Plan.Not not -> leaves(not.part(), leaves);
            case Plan.Part part -> leaves.add(part);
            case Plan.Cheap cheap -> leaves.add(cheap);
            case Plan.Costly costly -> leaves.add(costly);
            case Plan.Several several -> leaves.add(several);
            case Plan.Keyword keyword -> leaves.add(keyword);
        }
    }

    /**
     * A plan with what its order depends on.
     *
     * @param work of testing it, 1 for comparing two texts
     * @param likely how likely it holds, in the unit of {@link Rarity}
     * @param parts where all of some have to hold, these
     */
    private record Step(Plan plan, int work, double likely, List<Step> parts) {
        Step(Plan plan, int work, double likely) {
            this(plan, work, likely, List.of());
        }
    }

    private static final Step TRUE = new Step(Plan.TRUE, 0, Rarity.ALWAYS);
    private static final Step FALSE = new Step(Plan.FALSE, 0, 0);

    private Step step(Match match, @Nullable Match proven) {
        if (match == proven) {
            return TRUE;
        }
        return switch (match) {
            case Match.All all -> all(all.parts(), proven);
            case Match.Any any -> any(any, proven);
            case Match.Not not -> not(step(not.part(), proven));
            case Match.Atom atom -> atom(atom);
            case Match.Reference reference -> new Step(new Plan.Several(reference), 20, Rarity.ANY_VALUE);
            case Match.Listed listed -> new Step(new Plan.Several(listed), 20, Rarity.ANY_VALUE);
            case Match.During during -> new Step(new Plan.Several(during), 2, Rarity.ALWAYS);
            case Match.Keyword keyword -> new Step(new Plan.Keyword(keyword), 1_000, Rarity.ANY_VALUE);
        };
    }

    private Step all(List<Match> parts, @Nullable Match proven) {
        List<Step> steps = new ArrayList<>();
        for (Match part : parts) {
            steps.add(step(part, proven));
        }
        return all(steps);
    }

    private static Step all(List<Step> steps) {
        if (steps.stream().anyMatch(step -> step.plan == Plan.FALSE)) {
            return FALSE;
        }
        List<Step> left = new ArrayList<>();
        for (Step step : steps) {
            if (step.plan instanceof Plan.All) {
                left.addAll(step.parts);
            } else {
                left.add(step);
            }
        }
        left.sort(Comparator.comparingInt(Step::work).thenComparingDouble(Step::likely));
        return switch (left.size()) {
            case 0 -> TRUE;
            case 1 -> left.get(0);
            default ->
                new Step(
                        new Plan.All(plans(left)),
                        work(left),
                        left.stream().mapToDouble(Step::likely).min().orElse(0),
                        left);
        };
    }

    private Step any(Match.Any any, @Nullable Match proven) {
        List<Step> steps = new ArrayList<>();
        Map<Field, Set<Literal>> literals = new LinkedHashMap<>();
        gather(any, proven, steps, literals);
        literals.forEach((field, set) -> steps.add(part(field, set)));
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
                        steps.stream().mapToDouble(Step::likely).sum(),
                        List.of());
        };
    }

    /** Alternatives, those inside alternatives too: literals of one field make one part. */
    private void gather(Match.Any any, @Nullable Match proven, List<Step> steps, Map<Field, Set<Literal>> literals) {
        for (Match part : any.parts()) {
            if (part == proven) {
                steps.add(TRUE);
            } else if (part instanceof Match.Any inner) {
                gather(inner, proven, steps, literals);
            } else if (part instanceof Match.Atom atom && exactly(atom)) {
                literals.computeIfAbsent(atom.field, field -> new LinkedHashSet<>())
                        .addAll(Needed.in(atom.predicate));
            } else {
                steps.add(step(part, proven));
            }
        }
    }

    private static boolean exactly(Match.Atom atom) {
        return Needed.suffices(atom.predicate) && !Needed.in(atom.predicate).isEmpty();
    }

    private Step part(Field field, Set<Literal> literals) {
        Plan.Part part = parts.computeIfAbsent(
                Map.entry(field, literals), key -> new Plan.Part(parts.size(), field, Set.copyOf(literals)));
        return new Step(part, 1, literals.stream().mapToDouble(rarity::of).sum(), List.of());
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
        Set<Literal> needed = new LinkedHashSet<>(Needed.in(atom.predicate));
        if (!needed.isEmpty()) {
            Step part = part(atom.field, needed);
            return Needed.suffices(atom.predicate) ? part : all(List.of(part, test(atom, part.likely)));
        }
        return test(atom, Rarity.ANY_VALUE);
    }

    private static Step test(Match.Atom atom, double likely) {
        return switch (atom.predicate) {
            case Predicate.Missing p -> new Step(new Plan.Cheap(atom), 1, likely);
            case Predicate.Present p -> new Step(new Plan.Cheap(atom), 1, likely);
            case Predicate.Exists p -> new Step(new Plan.Cheap(atom), 1, likely);
            case Predicate.Equal p -> new Step(new Plan.Cheap(atom), 2, likely);
            case Predicate.Prefix p -> new Step(new Plan.Cheap(atom), 2, likely);
            case Predicate.Suffix p -> new Step(new Plan.Cheap(atom), 2, likely);
            case Predicate.Contains p -> new Step(new Plan.Costly(atom), 5, likely);
            case Predicate.Compare p -> new Step(new Plan.Costly(atom), 10, likely);
            case Predicate.TimePart p -> new Step(new Plan.Costly(atom), 50, likely);
            case Predicate.Cidr p -> new Step(new Plan.Costly(atom), 50, likely);
            case Predicate.Glob p -> new Step(new Plan.Costly(atom), 50, likely);
            case Predicate.Regex p -> new Step(new Plan.Costly(atom), 5_000, likely);
        };
    }
}
