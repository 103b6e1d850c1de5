package io.bongsu.rules.match;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A field of a rule, resolved: the names under which events carry it, of which the first present one counts. {@code a.b.*}
 * stands for all names that begin with {@code a.b.}, and has the values of all of them.
 *
 * @param slot its number among all fields of the rule set
 */
public record Field(int slot, List<String> candidates) {
    public Field {
        candidates = List.copyOf(candidates);
    }

    /** What the names begin with that a candidate stands for; null: for itself. */
    static @Nullable String beginning(String candidate) {
        return candidate.endsWith(".*") ? candidate.substring(0, candidate.length() - 1) : null;
    }
}
