package io.bongsu.rules.match;

import java.util.List;

/**
 * A field of a rule, resolved: the names under which events carry it, of which the first present one counts.
 *
 * @param slot its number among all fields of the rule set
 */
public record Field(int slot, List<String> candidates) {
    public Field {
        candidates = List.copyOf(candidates);
    }
}
