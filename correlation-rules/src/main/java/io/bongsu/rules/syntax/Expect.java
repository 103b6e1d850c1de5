package io.bongsu.rules.syntax;

import java.util.Map;
import java.util.OptionalLong;

/**
 * What a test expects in the end: how many alerts of its rule stand (withdrawn ones do not), and of at least one of
 * them the values of the group (by group-by field) and the number of events.
 */
public record Expect(int alerts, Map<String, String> group, OptionalLong count) {
    public Expect {
        group = Map.copyOf(group);
        if (alerts < 0 || (alerts == 0 && (!group.isEmpty() || count.isPresent()))) {
            throw new IllegalArgumentException("no alerts, but details of one");
        }
    }
}
