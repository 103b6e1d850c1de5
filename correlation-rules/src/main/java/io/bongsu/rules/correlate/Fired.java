package io.bongsu.rules.correlate;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Which rules have hits in a window: {@code a and b and not c}. */
public sealed interface Fired {
    record All(List<Fired> parts) implements Fired {
        public All {
            parts = List.copyOf(parts);
        }
    }

    record Any(List<Fired> parts) implements Fired {
        public Any {
            parts = List.copyOf(parts);
        }
    }

    record Not(Fired part) implements Fired {}

    record Rule(String id) implements Fired {}

    default boolean holds(Predicate<String> there) {
        return switch (this) {
            case All all -> all.parts.stream().allMatch(part -> part.holds(there));
            case Any any -> any.parts.stream().anyMatch(part -> part.holds(there));
            case Not not -> !not.part.holds(there);
            case Rule rule -> there.test(rule.id);
        };
    }

    default Set<String> rules() {
        Set<String> rules = new TreeSet<>();
        switch (this) {
            case All all -> all.parts.forEach(part -> rules.addAll(part.rules()));
            case Any any -> any.parts.forEach(part -> rules.addAll(part.rules()));
            case Not not -> rules.addAll(not.part.rules());
            case Rule rule -> rules.add(rule.id);
        }
        return rules;
    }
}
