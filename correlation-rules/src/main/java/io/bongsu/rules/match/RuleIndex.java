package io.bongsu.rules.match;

import io.bongsu.rules.match.Literals.Literal;
import io.bongsu.rules.match.Planner.Planned;
import io.bongsu.rules.match.Witness.Trigger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    final Planned[] rules;
    /** Where the clauses of each rule begin in {@link #clauses}. */
    final int[] clausesAt;
    /** Of each rule its clauses and 0; of each clause its length and for each part the place of its field, ~ unless wanted, and its id. */
    final int[] clauses;

    /**
     * What to look for in one field.
     *
     * @param all rules of the index
     * @param rules for each literal, those that it brings up
     * @param parts for each literal, those that it fulfils
     * @param onValue rules to look at whatever the value is
     */
    record FieldIndex(Planned[] all, Field field, Literals literals, int[][] rules, int[][] parts, int[] onValue) {
        boolean bringsUp() {
            return onValue.length > 0 || Arrays.stream(rules).anyMatch(found -> found.length > 0);
        }
    }

    private static final class Builder {
        final Map<Literal, Set<Integer>> rules = new LinkedHashMap<>();
        final Map<Literal, Set<Integer>> parts = new LinkedHashMap<>();
        final Set<Integer> onValue = new LinkedHashSet<>();

        FieldIndex build(Planned[] planned, Field field, Rarity rarity) {
            Set<Literal> all = new LinkedHashSet<>(rules.keySet());
            all.addAll(parts.keySet());
            return new FieldIndex(
                    planned,
                    field,
                    new Literals(List.copyOf(all), rarity),
                    all.stream().map(l -> ints(rules.getOrDefault(l, Set.of()))).toArray(int[][]::new),
                    all.stream().map(l -> ints(parts.getOrDefault(l, Set.of()))).toArray(int[][]::new),
                    ints(onValue));
        }
    }

    /** @param rules in the order in which hits are wanted; from one planner */
    public RuleIndex(List<Planned> rules, Planner planner) {
        Map<Field, Builder> byField = new LinkedHashMap<>();
        Map<Literal, Set<Integer>> words = new LinkedHashMap<>();
        Set<Integer> open = new LinkedHashSet<>();
        this.rules = rules.toArray(Planned[]::new);
        for (int rule = 0; rule < this.rules.length; rule++) {
            for (Trigger trigger : rules.get(rule).witness().triggers()) {
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
            for (Plan leaf : rules.get(rule).leaves()) {
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
                .map(entry -> entry.getValue().build(this.rules, entry.getKey(), planner.rarity()))
                .toArray(FieldIndex[]::new);
        bySlot = new int[byField.keySet().stream().mapToInt(Field::slot).max().orElse(-1) + 1];
        Arrays.fill(bySlot, -1);
        for (int i = 0; i < fields.length; i++) {
            bySlot[fields[i].field().slot()] = i;
        }
        names = new FieldTable(List.of(fields));
        clausesAt = new int[this.rules.length];
        IntStream.Builder code = IntStream.builder();
        int at = 0;
        for (int rule = 0; rule < this.rules.length; rule++) {
            clausesAt[rule] = at;
            for (List<Planner.Asked> clause : this.rules[rule].clauses()) {
                code.add(clause.size());
                for (Planner.Asked asked : clause) {
                    int place = place(asked.part().field());
                    code.add(asked.wanted() ? place : ~place).add(asked.part().id());
                }
                at += 1 + 2 * clause.size();
            }
            code.add(0);
            at++;
        }
        clauses = code.build().toArray();
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
        return rules.length;
    }
}
