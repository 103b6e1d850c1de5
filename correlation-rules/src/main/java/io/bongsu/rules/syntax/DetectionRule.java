package io.bongsu.rules.syntax;

import io.bongsu.rules.Hours;
import io.bongsu.rules.LogSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A rule over single events. Every name in the condition is one of the searches.
 *
 * @param lists values of placeholders that the rule brings along
 * @param hours when it looks; null: always
 */
public record DetectionRule(
        Meta meta,
        LogSource logSource,
        Map<String, Search> searches,
        Condition condition,
        Map<String, Listing> lists,
        @Nullable Hours hours,
        List<RuleTest> tests)
        implements Rule {
    public DetectionRule {
        searches = Collections.unmodifiableMap(new LinkedHashMap<>(searches));
        lists = Map.copyOf(lists);
        tests = List.copyOf(tests);
    }
}
