package io.bongsu.rules.syntax;

import io.bongsu.rules.Hours;
import io.bongsu.rules.yaml.YamlScalar;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A rule over the hits of other rules: a pattern among them within {@code timespan}, per group. Durations in microseconds;
 * {@code lateness} and {@code quiet} are empty where the default holds.
 *
 * @param rules the ids or names it refers to, where they are written
 * @param hours when it looks; null: always
 * @param alerts in place of {@code rules}: all that alert, from this level on
 * @param aliases alias to (id or name of a rule to field)
 */
public record CorrelationRule(
        Meta meta,
        List<YamlScalar> rules,
        Map<String, Map<String, String>> aliases,
        List<String> groupBy,
        long timespan,
        Pattern pattern,
        boolean generate,
        OptionalLong lateness,
        OptionalLong quiet,
        @Nullable Hours hours,
        @Nullable Level alerts,
        List<RuleTest> tests)
        implements Rule {
    public CorrelationRule {
        rules = List.copyOf(rules);
        groupBy = List.copyOf(groupBy);
        tests = List.copyOf(tests);
        aliases = Map.copyOf(aliases);
        if (rules.isEmpty() == (alerts == null) || timespan <= 0) {
            throw new IllegalArgumentException("rules and a positive timespan are needed");
        }
    }
}
