package io.bongsu.rules.syntax;

import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlScalar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The {@code correlation:} part of a rule, after the Sigma correlation rules specification 2.1, and ours under {@code bongsu:}. */
final class CorrelationParser {
    private static final List<String> TYPES = List.of(
            "event_count",
            "value_count",
            "temporal",
            "temporal_ordered",
            "value_sum",
            "value_avg",
            "value_percentile",
            "value_median");
    private static final List<String> OPERATORS = List.of("gt", "gte", "lt", "lte", "eq", "neq");

    private final YamlMap document;
    private final Problems problems;

    CorrelationParser(YamlMap document, Problems problems) {
        this.document = document;
        this.problems = problems;
    }

    @Nullable
    CorrelationRule parse(Meta meta, YamlMap map, boolean generate) {
        Reading parts = new Reading(map, problems);
        parts.onlyKnows(
                Set.of("type", "rules", "group-by", "timespan", "condition", "aliases", "generate", "bongsu"),
                "a correlation");
        if (document.get("generate") != null) {
            new Reading(document, problems).yes("generate");
        }
        parts.yes("generate");
        String type = parts.text("type");
        if (type == null) {
            problems.add(map, "the correlation has no 'type'", "write type: event_count");
        } else if (!TYPES.contains(type)) {
            problems.add(
                    map.at("type"),
                    "unknown correlation type '" + type + "'",
                    Similar.didYouMean(type, TYPES, "write one of " + String.join(", ", TYPES)));
        } else if (!type.equals("event_count")) {
            problems.add(
                    map.at("type"), "the correlation type '" + type + "' is not supported yet", "only event_count is");
        }
        List<YamlScalar> rules = parts.scalars("rules");
        if (rules.isEmpty()) {
            problems.add(map.at("rules"), "the correlation names no 'rules'", "name at least one id or name");
        }
        OptionalLong timespan = parts.duration("timespan");
        if (map.get("timespan") == null) {
            problems.add(map, "the correlation has no 'timespan'", "write one, such as 5m");
        } else if (timespan.orElse(1) == 0) {
            problems.add(map.at("timespan"), "'timespan' must be longer than nothing", "");
        }
        OptionalLong lateness = OptionalLong.empty();
        OptionalLong quiet = OptionalLong.empty();
        YamlMap knobs = parts.inner("bongsu");
        if (knobs != null) {
            Reading own = new Reading(knobs, problems);
            own.onlyKnows(Set.of("lateness", "quiet"), "'bongsu'");
            lateness = own.duration("lateness");
            quiet = own.duration("quiet");
            if (quiet.orElse(1) == 0) {
                problems.add(knobs.at("quiet"), "'quiet' must be longer than nothing", "");
            }
        }
        Map<String, Map<String, String>> aliases = aliases(parts.inner("aliases"));
        // Other types have other conditions: one message about the type is enough.
        OptionalLong atLeast = "event_count".equals(type) ? atLeast(map) : OptionalLong.empty();
        List<String> groupBy = parts.texts("group-by");
        List<RuleTest> tests = new TestParser(meta.id(), Set.of(), problems).parse(document.get("tests"));
        if (!problems.isEmpty() || atLeast.isEmpty() || timespan.isEmpty()) {
            return null;
        }
        return new CorrelationRule(
                meta,
                rules,
                aliases,
                groupBy,
                timespan.getAsLong(),
                atLeast.getAsLong(),
                generate,
                lateness,
                quiet,
                tests);
    }

    private OptionalLong atLeast(YamlMap map) {
        if (map.get("condition") instanceof YamlScalar scalar && scalar.value() != null) {
            problems.add(scalar, "the condition of event_count must be a map", "write gte: and a number");
            return OptionalLong.empty();
        }
        YamlMap condition = new Reading(map, problems).inner("condition");
        if (condition == null) {
            if (map.get("condition") == null) {
                problems.add(map, "the correlation has no 'condition'", "write one, such as gte: 5");
            }
            return OptionalLong.empty();
        }
        Reading parts = new Reading(condition, problems);
        parts.onlyKnows(OPERATORS, "the condition of event_count");
        List<String> operators = condition.entries().keySet().stream()
                .filter(OPERATORS::contains)
                .toList();
        for (String operator : operators) {
            if (!operator.equals("gte") && !operator.equals("gt")) {
                problems.add(
                        condition.at(operator),
                        "the operator '" + operator + "' of event_count is not supported yet",
                        "only gte and gt are");
                return OptionalLong.empty();
            }
        }
        if (operators.size() != 1) {
            problems.add(
                    condition, "the condition of event_count needs exactly one operator", "write gte: and a number");
            return OptionalLong.empty();
        }
        String operator = operators.get(0);
        OptionalLong number = parts.whole(operator);
        if (number.isEmpty()) {
            return number;
        }
        long atLeast = operator.equals("gt") ? number.getAsLong() + 1 : number.getAsLong();
        if (atLeast < 1) {
            problems.add(condition.at(operator), "a count of 0 is always reached", "write gte: 1 or more");
            return OptionalLong.empty();
        }
        return OptionalLong.of(atLeast);
    }

    private Map<String, Map<String, String>> aliases(@Nullable YamlMap map) {
        Map<String, Map<String, String>> aliases = new LinkedHashMap<>();
        if (map != null) {
            for (String alias : map.entries().keySet()) {
                YamlMap fields = new Reading(map, problems).inner(alias);
                if (fields != null) {
                    Map<String, String> perRule = new TreeMap<>();
                    for (String rule : fields.entries().keySet()) {
                        String field = new Reading(fields, problems).text(rule);
                        if (field != null) {
                            perRule.put(rule, field);
                        }
                    }
                    aliases.put(alias, perRule);
                }
            }
        }
        return aliases;
    }
}
