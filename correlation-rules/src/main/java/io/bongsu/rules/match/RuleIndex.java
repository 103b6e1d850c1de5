package io.bongsu.rules.match;

import io.bongsu.rules.match.Literals.Literal;
import io.bongsu.rules.match.Witness.Trigger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * From what an event holds to the rules that it may fulfil: never too few, and few too many. Immutable; each thread
 * asks it through a {@link Matcher} of its own.
 */
public final class RuleIndex {
    final FieldIndex[] fields;
    final FieldTable names;
    final @Nullable KeywordIndex keywords;
    final int[] always;
    final Plan[] rest;

    /**
     * What to look for in one field.
     *
     * @param rules for each literal
     * @param onValue rules to look at whatever the value is
     */
    record FieldIndex(Field field, Literals literals, int[][] rules, int[] onValue) {}

    private static final class Builder {
        final Map<Literal, Set<Integer>> rules = new LinkedHashMap<>();
        final Set<Integer> onValue = new LinkedHashSet<>();
    }

    /** @param rules in the order in which hits are wanted; from one planner */
    public RuleIndex(List<Planner.Planned> rules, Planner planner) {
        Map<Field, Builder> byField = new LinkedHashMap<>();
        Map<Literal, Set<Integer>> words = new LinkedHashMap<>();
        Set<Integer> open = new LinkedHashSet<>();
        rest = new Plan[rules.size()];
        for (int rule = 0; rule < rest.length; rule++) {
            rest[rule] = rules.get(rule).rest;
            for (Trigger trigger : rules.get(rule).witness.triggers()) {
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
        }
        List<FieldIndex> found = new ArrayList<>();
        byField.forEach((field, builder) -> {
            found.add(new FieldIndex(
                    field,
                    new Literals(List.copyOf(builder.rules.keySet()), planner.rarity()),
                    builder.rules.values().stream().map(RuleIndex::ints).toArray(int[][]::new),
                    ints(builder.onValue)));
        });
        fields = found.toArray(FieldIndex[]::new);
        names = new FieldTable(found);
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

    /** How many rules it holds. */
    public int size() {
        return rest.length;
    }
}
