package io.bongsu.rules;

import io.bongsu.rules.match.Match;
import io.bongsu.rules.match.MatchCompiler;
import io.bongsu.rules.syntax.Condition;
import io.bongsu.rules.syntax.CorrelationRule;
import io.bongsu.rules.syntax.DetectionRule;
import io.bongsu.rules.syntax.FilterRule;
import io.bongsu.rules.syntax.RuleParser.Parsed;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Sigma filters at work: the condition of each is added to those of the detections that it names and whose log source
 * it covers. Order makes no difference. A filter that says or does something odd gets a warning.
 */
final class Filters {
    private final List<FilterRule> filters = new ArrayList<>();
    private final Map<String, Parsed> known;
    private final MatchCompiler compiler;
    private final Problems problems;
    private final Problems warnings;

    Filters(
            List<Parsed> all,
            Set<Parsed> leftOut,
            Map<String, Parsed> known,
            MatchCompiler compiler,
            Problems problems,
            Problems warnings) {
        this.known = known;
        this.compiler = compiler;
        this.problems = problems;
        this.warnings = warnings;
        for (Parsed parsed : all) {
            if (!leftOut.contains(parsed) && parsed.rule() instanceof FilterRule filter) {
                // Compiled for its own log source first: what is wrong with it is wrong whether or not it is used.
                if (compiler.compile(filter, filter.logSource(), problems, warnings) == null) {
                    leftOut.add(parsed);
                } else {
                    filters.add(filter);
                    lint(filter);
                }
            }
        }
        filters.sort(Comparator.comparing(filter -> filter.meta().id()));
    }

    private void lint(FilterRule filter) {
        if (filter.mode() == FilterRule.Mode.AS_WRITTEN && !negates(filter.condition())) {
            warnings.add(
                    filter.meta().at(),
                    "the filter keeps only the events that its condition finds",
                    "write 'not' into the condition to leave them out; bongsu: {mode: require} or {mode: exclude} says what is meant");
        }
    }

    private static boolean negates(Condition condition) {
        return switch (condition) {
            case Condition.And and -> and.parts().stream().anyMatch(Filters::negates);
            case Condition.Or or -> or.parts().stream().anyMatch(Filters::negates);
            case Condition.Not not -> true;
            case Condition.Name name -> false;
            case Condition.Of of -> false;
        };
    }

    /** The match of a rule with what filters add to it. */
    Match applied(Parsed parsed, DetectionRule rule, Match match) {
        List<Match> parts = new ArrayList<>(List.of(match));
        for (FilterRule filter : filters) {
            Match added = appliesTo(filter, parsed, rule)
                    ? compiler.compile(filter, rule.logSource(), problems, warnings)
                    : null;
            if (added != null) {
                parts.add(added);
            }
        }
        return parts.size() == 1 ? match : new Match.All(parts);
    }

    /** Those that apply to a detection. */
    List<FilterRule> of(DetectionRule rule) {
        return filters.stream()
                .filter(filter -> filter.logSource().covers(rule.logSource())
                        && (filter.rules().isEmpty()
                                || filter.rules().stream().anyMatch(reference -> {
                                    Parsed target = known.get(reference.text());
                                    return target != null && target.rule() == rule;
                                })))
                .toList();
    }

    private boolean appliesTo(FilterRule filter, Parsed parsed, DetectionRule rule) {
        boolean named = filter.rules().isEmpty();
        boolean covers = filter.logSource().covers(rule.logSource());
        for (YamlScalar reference : filter.rules()) {
            if (known.get(reference.text()) == parsed) {
                named = true;
                if (!covers) {
                    warnings.add(
                            reference,
                            "the filter does not apply to '" + reference.text() + "', whose log source is "
                                    + rule.logSource(),
                            "leave out what its own log source says too much");
                }
            }
        }
        return named && covers;
    }

    /** Says which rules were not found. */
    void finish() {
        for (FilterRule filter : filters) {
            for (YamlScalar reference : filter.rules()) {
                Parsed target = known.get(reference.text());
                if (target == null) {
                    warnings.add(
                            reference,
                            "no rule has the id or name '" + reference.text() + "'",
                            "check the spelling, or load its file too");
                } else if (target.rule() instanceof FilterRule) {
                    warnings.add(
                            reference,
                            "'" + reference.text() + "' is a filter itself",
                            "name the rules that it filters, or add its searches to this one");
                } else if (target.rule() instanceof CorrelationRule) {
                    warnings.add(
                            reference,
                            "'" + reference.text() + "' is a correlation, to which filters do not apply",
                            "name the rules that it correlates");
                }
            }
        }
    }
}
