package io.bongsu.rules;

import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.CorrelationHit;
import io.bongsu.rules.correlate.Fact;
import io.bongsu.rules.correlate.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way from a correlation to one that is built on it: what the one below fired at becomes a hit above, of the group that
 * the group below belongs to.
 *
 * @param groupBy for each group-by field above, its place among those below
 * @param values what is measured above
 * @param needed without any value, it is no hit
 * @param hours when the one above looks; null: always
 */
public record Upward(
        Correlation above,
        List<Integer> groupBy,
        List<Source> values,
        boolean needed,
        @Nullable Hours hours) {
    /** Where a value, or a tuple, comes from. */
    record Source(String name, List<Part> parts) {
        Source {
            parts = List.copyOf(parts);
        }
    }

    /** A place in the group below, or else what the rule says of itself, or nothing. */
    record Part(int place, @Nullable String constant) {}

    public Upward {
        groupBy = List.copyOf(groupBy);
        values = List.copyOf(values);
    }

    /** What an alert of this rule says under this name, whatever the event ({@code rule.id}, {@code threat.tactic.id}), packed. */
    static @Nullable String ofRule(RuleInfo info, String name) {
        if (!name.startsWith("rule.") && !name.startsWith("threat.")) {
            return null;
        }
        Object value = info.fields().get(name.equals("rule.severity") ? "event.severity" : name);
        return switch (value) {
            case null -> null;
            case List<?> list -> Values.pack(list.stream().map(String::valueOf).toList());
            default -> String.valueOf(value);
        };
    }

    public List<String> group(List<String> below) {
        return groupBy.stream().map(below::get).toList();
    }

    /** Null when it is no hit above. */
    public @Nullable CorrelationHit hit(Correlation below, List<String> group, Fact fact) {
        if (hours != null && !hours.holds(fact.time())) {
            return null;
        }
        Map<String, String> measured = new HashMap<>();
        for (Source source : values) {
            List<String> tuple = new ArrayList<>();
            for (Part part : source.parts) {
                if (part.place >= 0) {
                    tuple.add(group.get(part.place));
                } else if (part.constant != null) {
                    tuple.add(part.constant);
                }
            }
            if (tuple.size() == source.parts.size()) {
                boolean constant = tuple.size() == 1 && source.parts.get(0).place < 0;
                measured.put(
                        source.name,
                        constant
                                ? tuple.get(0)
                                : Values.pack(List.of(tuple.size() == 1 ? tuple.get(0) : Values.pack(tuple))));
            }
        }
        if (needed && measured.isEmpty()) {
            return null;
        }
        if (fact.degraded()) {
            measured.put(CorrelationHit.DEGRADED, "");
        }
        return new CorrelationHit(
                below.info().id(),
                fact.alert(),
                fact.time(),
                fact.received(),
                -1,
                -1,
                -1,
                fact.first() ? 1 : 0,
                measured,
                fact.retracted());
    }
}
