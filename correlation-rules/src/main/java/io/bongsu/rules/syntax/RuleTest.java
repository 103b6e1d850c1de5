package io.bongsu.rules.syntax;

import java.util.List;

/**
 * One entry of a rule's {@code tests:}: these events, in this order, and what the rule has to make of them. The same
 * result is expected when the events arrive late within the lateness, twice, or around a restart.
 */
public record RuleTest(String ruleId, String name, String file, int line, List<TestEvent> events, Expect expect) {
    public RuleTest {
        events = List.copyOf(events);
    }
}
