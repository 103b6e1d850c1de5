package io.bongsu.rules.match;

import io.bongsu.rules.match.Literals.Literal;
import io.bongsu.rules.match.Planner.Planned;
import io.bongsu.rules.match.Witness.Trigger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * From what an event holds to the rules that it may fulfil: never too few, and few too many. Immutable; each thread
 * asks it through a {@link Matcher} of its own.
 */
public final class RuleIndex {
    final FieldIndex[] fields;
    /** The place in {@link #fields} of a field by its slot, or -1. */
    private final int[] bySlot;
    /** The fields that bring up rules; others are looked at when a rule asks. */
    final FieldTable names;

    final @Nullable KeywordIndex keywords;
    final int[] always;
    /** Of each place its plan: rules that say the same have one. */
    private final int[] planAt;
    /** Where each plan begins in {@link #code}. */
    final int[] codeAt;
    /**
     * Of each plan its clauses and 0, what is left when they hold as a place in {@link #rests} or -1, and how many rules it has and
     * their places. Of each clause its length and for each part the place of its field, ~ unless wanted, and its id.
     */
    final int[] code;

    final Plan[] rests;

    /**
     * What to look for in one field. Numbers that are looked at together lie together: with many rules it is the memory
     * that costs.
     *
     * @param rules for each literal, the plans that it brings up, each with the place of its needs
     * @param needs of each plan how many parts the kind has to fulfil, how many it must not, and which
     * @param parts for each literal, those that it fulfils
     * @param onValue plans to look at whatever the value is
     */
    record FieldIndex(Field field, Literals literals, int[][] rules, int[] needs, int[][] parts, int[] onValue) {
        boolean bringsUp() {
            return onValue.length > 0 || Arrays.stream(rules).anyMatch(found -> found.length > 0);
        }
    }

    private static final class Builder {
        final Map<Literal, Set<Integer>> rules = new LinkedHashMap<>();
        final Map<Literal, Set<Integer>> parts = new LinkedHashMap<>();
        final Set<Integer> onValue = new LinkedHashSet<>();

        FieldIndex build(List<Planned> plans, Field field, Rarity rarity) {
            Set<Literal> all = new LinkedHashSet<>(rules.keySet());
            all.addAll(parts.keySet());
            IntStream.Builder needs = IntStream.builder();
            Map<Integer, Integer> needsAt = new HashMap<>();
            int at = 0;
            for (int plan :
                    new TreeSet<>(rules.values().stream().flatMap(Set::stream).toList())) {
                needsAt.put(plan, at);
                int[] needed = plans.get(plan).needed();
                int[] refused = plans.get(plan).refused();
                needs.add(needed.length).add(refused.length);
                Arrays.stream(needed).forEach(needs::add);
                Arrays.stream(refused).forEach(needs::add);
                at += 2 + needed.length + refused.length;
            }
            return new FieldIndex(
                    field,
                    new Literals(List.copyOf(all), rarity),
                    all.stream()
                            .map(l -> rules.getOrDefault(l, Set.of()).stream()
                                    .flatMapToInt(plan -> IntStream.of(plan, needsAt.getOrDefault(plan, 0)))
                                    .toArray())
                            .toArray(int[][]::new),
                    needs.build().toArray(),
                    all.stream().map(l -> ints(parts.getOrDefault(l, Set.of()))).toArray(int[][]::new),
                    ints(onValue));
        }
    }

    /** @param rules in the order in which hits are wanted; from one planner */
    public RuleIndex(List<Planned> rules, Planner planner) {
        Map<Field, Builder> byField = new LinkedHashMap<>();
        Map<Literal, Set<Integer>> words = new LinkedHashMap<>();
        Set<Integer> open = new LinkedHashSet<>();
        Map<Planned, Integer> numbers = new IdentityHashMap<>();
        List<Planned> each = new ArrayList<>();
        List<List<Integer>> placesOfEach = new ArrayList<>();
        planAt = new int[rules.size()];
        for (int place = 0; place < rules.size(); place++) {
            Planned plan = rules.get(place);
            int number = numbers.computeIfAbsent(plan, p -> numbers.size());
            if (number == each.size()) {
                each.add(plan);
                placesOfEach.add(new ArrayList<>());
            }
            planAt[place] = number;
            placesOfEach.get(number).add(place);
        }
        List<Planned> plans = List.copyOf(each);
        for (int rule = 0; rule < plans.size(); rule++) {
            for (Trigger trigger : plans.get(rule).witness().triggers()) {
                switch (trigger) {
                    case Trigger.Text text ->
                        byField.computeIfAbsent(text.field(), field -> new Builder())
                                .rules
                                .computeIfAbsent(text.literal(), literal -> new LinkedHashSet<>())
                                .add(rule);
                    case Trigger.AnyValue any ->
                        byField.computeIfAbsent(any.field(), field -> new Builder())
                                .onValue
                                .add(rule);
                    case Trigger.Word word ->
                        words.computeIfAbsent(word.literal(), literal -> new LinkedHashSet<>())
                                .add(rule);
                    case Trigger.Always always -> open.add(rule);
                }
            }
            for (Plan leaf : plans.get(rule).leaves()) {
                if (leaf instanceof Plan.Part part) {
                    Builder builder = byField.computeIfAbsent(part.field(), field -> new Builder());
                    for (Literal literal : part.literals()) {
                        builder.parts
                                .computeIfAbsent(literal, l -> new LinkedHashSet<>())
                                .add(part.id());
                    }
                } else if (leaf instanceof Plan.Costly costly) {
                    byField.computeIfAbsent(costly.atom().field, field -> new Builder());
                }
            }
        }
        fields = byField.entrySet().stream()
                .map(entry -> entry.getValue().build(plans, entry.getKey(), planner.rarity()))
                .toArray(FieldIndex[]::new);
        bySlot = new int[byField.keySet().stream().mapToInt(Field::slot).max().orElse(-1) + 1];
        Arrays.fill(bySlot, -1);
        for (int i = 0; i < fields.length; i++) {
            bySlot[fields[i].field().slot()] = i;
        }
        names = new FieldTable(List.of(fields));
        List<Plan> left = new ArrayList<>();
        codeAt = new int[plans.size()];
        IntStream.Builder code = IntStream.builder();
        int at = 0;
        for (int plan = 0; plan < plans.size(); plan++) {
            codeAt[plan] = at;
            for (List<Planner.Asked> clause : plans.get(plan).clauses()) {
                code.add(clause.size());
                for (Planner.Asked asked : clause) {
                    int place = place(asked.part().field());
                    code.add(asked.wanted() ? place : ~place).add(asked.part().id());
                }
                at += 1 + 2 * clause.size();
            }
            Plan rest = plans.get(plan).rest();
            code.add(0).add(rest == Plan.TRUE ? -1 : left.size());
            if (rest != Plan.TRUE) {
                left.add(rest);
            }
            List<Integer> places = placesOfEach.get(plan);
            code.add(places.size());
            places.forEach(code::add);
            at += 3 + places.size();
        }
        this.code = code.build().toArray();
        rests = left.toArray(Plan[]::new);
        keywords = words.isEmpty()
                ? null
                : new KeywordIndex(
                        List.copyOf(words.keySet()),
                        words.values().stream().map(RuleIndex::ints).toArray(int[][]::new),
                        planner.rarity());
        always = ints(open);
    }

    private static int[] ints(Set<Integer> set) {
        return set.stream().mapToInt(i -> i).toArray();
    }

    /** The place of a field in {@link #fields}, or -1. */
    int place(Field field) {
        return field.slot() < bySlot.length ? bySlot[field.slot()] : -1;
    }

    /** How many rules it holds. */
    public int size() {
        return planAt.length;
    }

    /** How many plans they have. */
    int plans() {
        return codeAt.length;
    }

    /** The plan of the rule at this place. */
    int plan(int place) {
        return planAt[place];
    }
}
