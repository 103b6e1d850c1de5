package io.bongsu.rules.syntax;

import io.bongsu.rules.Hours;
import io.bongsu.rules.syntax.Pattern.Comparison;
import io.bongsu.rules.syntax.Pattern.Kind;
import io.bongsu.rules.syntax.Pattern.Measurement;
import io.bongsu.rules.syntax.Pattern.Step;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The {@code correlation:} part of a rule, after the Sigma correlation rules specification, and ours under {@code bongsu:}. */
final class CorrelationParser {
    private static final List<String> TYPES = List.of(
            "event_count",
            "value_count",
            "temporal",
            "temporal_ordered",
            "value_sum",
            "value_avg",
            "value_percentile",
            "value_median",
            "first_seen",
            "rate");
    private static final List<String> OPERATORS = List.of("gt", "gte", "lt", "lte", "eq", "neq");
    private static final long DAY = 86_400_000_000L;
    /** Of a rate, where the rule does not say: so many timespans. */
    private static final int BASELINE = 24;

    private static final java.util.regex.Pattern WORD = java.util.regex.Pattern.compile("[^\\s()]+");
    private static final Set<String> WORDS = Set.of("and", "or", "not", "of", "1", "any", "all", "them");

    private static final Set<String> OURS = Set.of(
            "lateness",
            "quiet",
            "min_events",
            "also",
            "steps",
            "until",
            "learning",
            "baseline",
            "hours",
            "weekdays",
            "zone",
            "alerts");

    private final YamlMap document;
    private final Problems problems;

    CorrelationParser(YamlMap document, Problems problems) {
        this.document = document;
        this.problems = problems;
    }

    /** Everything that a correlation names, whether it is right or not: what may be ids and names of rules. */
    static List<YamlScalar> refersTo(YamlMap map) {
        return new CorrelationParser(map, new Problems()).rules(map);
    }

    @Nullable
    CorrelationRule parse(Meta meta, YamlMap map, boolean generate) {
        Reading parts = new Reading(map, problems);
        Set<String> known = new HashSet<>(
                Set.of("type", "rules", "group-by", "timespan", "condition", "aliases", "generate", "bongsu"));
        if (map.get("timespan") == null) {
            known.add("timeframe"); // said below
        }
        parts.onlyKnows(known, "a correlation");
        if (document.get("generate") != null) {
            new Reading(document, problems).yes("generate");
        }
        parts.yes("generate");
        String type = parts.text("type");
        if (parts.lacks("type")) {
            problems.add(map, "the correlation has no 'type'", "write type: event_count");
        } else if (type != null && !TYPES.contains(type)) {
            problems.add(
                    map.at("type"),
                    "unknown correlation type '" + type + "'",
                    Similar.didYouMean(type, TYPES, "write one of " + String.join(", ", TYPES)));
            type = null;
        }
        List<YamlScalar> rules = rules(map);
        Level alerts = alerts(map, type, rules);
        boolean told = map.get("rules") instanceof YamlMap
                || map.get("rules") instanceof YamlList list && !list.items().isEmpty();
        if (rules.isEmpty() && alerts == null && !told) {
            problems.add(map.at("rules"), "the correlation names no 'rules'", "name at least one id or name");
        }
        OptionalLong timespan = parts.duration("timespan");
        if (map.get("timespan") == null) {
            problems.add(
                    map.at("timeframe"),
                    "the correlation has no 'timespan'",
                    map.get("timeframe") == null ? "write one, such as 5m" : "write it for 'timeframe'");
        } else if (timespan.orElse(1) == 0) {
            problems.add(map.at("timespan"), "'timespan' must be longer than nothing", "write one, such as 5m");
        }
        YamlMap ours = parts.inner("bongsu");
        Reading own = ours == null ? null : new Reading(ours, problems);
        OptionalLong lateness = OptionalLong.empty();
        OptionalLong quiet = OptionalLong.empty();
        if (own != null) {
            own.onlyKnows(OURS, "'bongsu'");
            lateness = own.duration("lateness");
            quiet = own.duration("quiet");
            if (quiet.orElse(1) == 0) {
                problems.add(
                        own.map().at("quiet"),
                        "'quiet' must be longer than nothing",
                        "write one, such as 1h, or leave it out");
            }
        }
        Hours hours = own == null ? null : HoursParser.parse(own);
        Map<String, Map<String, String>> aliases = aliases(parts.inner("aliases"));
        // Other types have other conditions: one message about the type is enough.
        Pattern pattern = type == null ? null : pattern(type, map, rules, own);
        List<String> groupBy = groupBy(parts);
        List<RuleTest> tests = new TestParser(meta.id(), Set.of(), problems).parse(document.get("tests"));
        if (!problems.isEmpty() || pattern == null || timespan.isEmpty()) {
            return null;
        }
        return new CorrelationRule(
                meta,
                rules,
                aliases,
                groupBy,
                timespan.getAsLong(),
                pattern,
                generate,
                lateness,
                quiet,
                hours,
                alerts,
                tests);
    }

    private static List<String> groupBy(Reading parts) {
        List<String> fields = new ArrayList<>();
        for (YamlScalar field : parts.scalars("group-by")) {
            if (field.text().isBlank()) {
                parts.problems().add(field, "'group-by' names a field without a name", "leave it out");
            } else if (fields.contains(field.text())) {
                parts.problems().add(field, "'group-by' names '" + field.text() + "' twice", "leave it out");
            } else {
                fields.add(field.text());
            }
        }
        return fields;
    }

    /** {@code alerts: high}: in place of rules, all alerts from that level on. */
    private @Nullable Level alerts(YamlMap map, @Nullable String type, List<YamlScalar> rules) {
        if (!(map.get("bongsu") instanceof YamlMap ours) || ours.get("alerts") == null) {
            return null;
        }
        String least = new Reading(ours, problems).text("alerts");
        List<String> words = Arrays.stream(Level.values()).map(Level::word).toList();
        if (!rules.isEmpty()) {
            problems.add(ours.at("alerts"), "'alerts' already says over what", "leave 'rules' out");
        } else if (type != null && type.startsWith("temporal")) {
            problems.add(
                    ours.at("alerts"),
                    "'alerts' does not go with " + type + ", which asks for rules",
                    "name 'rules', or count: type: event_count");
        } else if (least != null && !words.contains(least)) {
            problems.add(
                    ours.at("alerts"),
                    "unknown level '" + least + "'",
                    Similar.didYouMean(least, words, "write one of " + String.join(", ", words)));
        }
        return least == null || !words.contains(least) ? Level.LOW : Level.values()[words.indexOf(least)];
    }

    /** Those under {@code rules}; without it, those of a condition in words or of our steps. */
    private List<YamlScalar> rules(YamlMap map) {
        Reading parts = new Reading(map, problems);
        if (map.get("rules") != null) {
            return parts.scalars("rules");
        }
        Map<String, YamlScalar> found = new LinkedHashMap<>();
        if (map.get("condition") instanceof YamlScalar condition && condition.value() instanceof String) {
            for (YamlScalar word : condition.words(WORD)) {
                if (!WORDS.contains(word.text().toLowerCase(Locale.ROOT))
                        && word.text().indexOf('*') < 0) {
                    found.putIfAbsent(word.text(), word);
                }
            }
        }
        if (map.get("bongsu") instanceof YamlMap ours) {
            Stream<YamlMap> steps = ours.get("steps") instanceof YamlList list
                    ? list.items().stream().filter(YamlMap.class::isInstance).map(YamlMap.class::cast)
                    : Stream.empty();
            Reading quiet = new Reading(ours, new Problems());
            Stream.concat(
                            steps.flatMap(step -> {
                                Reading reading = new Reading(step, new Problems());
                                return Stream.concat(reading.scalars("rule").stream(), reading.scalars("not").stream());
                            }),
                            quiet.scalars("until").stream())
                    .forEach(rule -> found.putIfAbsent(rule.text(), rule));
        }
        return List.copyOf(found.values());
    }

    private @Nullable Pattern pattern(String type, YamlMap map, List<YamlScalar> rules, @Nullable Reading own) {
        OptionalLong minEvents = own == null ? OptionalLong.empty() : own.whole("min_events");
        if (own != null && minEvents.orElse(1) < 1) {
            problems.add(
                    own.map().at("min_events"),
                    "'min_events' must be at least 1",
                    "write a number from 1, or leave it out");
        }
        List<Measurement> also = own == null ? List.of() : also(own);
        boolean ordered = type.equals("temporal_ordered");
        if (own != null && !ordered) {
            for (String key : List.of("steps", "until")) {
                if (own.map().get(key) != null) {
                    problems.add(
                            own.map().at(key),
                            "'" + key + "' belongs to temporal_ordered, not to " + type,
                            "remove it, or write type: temporal_ordered");
                }
            }
        }
        boolean rate = type.equals("rate");
        if (own != null && !rate && own.map().get("baseline") != null) {
            problems.add(
                    own.map().at("baseline"),
                    "'baseline' belongs to rate, not to " + type,
                    "remove it, or write type: rate");
        }
        if (own != null && !rate && !type.equals("first_seen") && own.map().get("learning") != null) {
            problems.add(
                    own.map().at("learning"),
                    "'learning' belongs to first_seen and rate, not to " + type,
                    "remove it, or write one of these types");
        }
        if (rate) {
            return rate(map, own, minEvents.orElse(1));
        }
        boolean measured = !ordered && !type.equals("first_seen") && !(map.get("condition") instanceof YamlScalar);
        if (own != null && !measured) {
            for (String key : List.of("also", "min_events")) {
                if (own.map().get(key) != null) {
                    problems.add(
                            own.map().at(key),
                            "'" + key + "' belongs to a condition with numbers",
                            "remove it, or count: type: event_count");
                }
            }
        }
        if (ordered) {
            return ordered(map, rules, own);
        }
        if (type.equals("first_seen")) {
            return firstSeen(map, own);
        }
        if (type.equals("temporal") && map.get("condition") instanceof YamlScalar words) {
            Condition condition = condition(words, rules);
            return condition == null ? null : new Pattern.Together(condition);
        }
        Kind kind = Arrays.stream(Kind.values())
                .filter(k -> k.type().equals(type))
                .findFirst()
                .orElseThrow();
        Measurement main = kind == Kind.RULES && map.get("condition") == null
                ? new Measurement(map, kind, List.of(), List.of(), null, List.of(all(rules)))
                : measurement(kind, map);
        if (main == null) {
            return null;
        }
        List<Measurement> all = new ArrayList<>(List.of(main));
        all.addAll(also);
        return new Pattern.Measured(all, minEvents.orElse(1));
    }

    private @Nullable Pattern firstSeen(YamlMap map, @Nullable Reading own) {
        YamlMap condition = new Reading(map, problems).inner("condition");
        if (condition == null) {
            problems.add(map, "the correlation has no 'condition'", "write one, such as field: source.ip");
            return null;
        }
        Reading parts = new Reading(condition, problems);
        parts.onlyKnows(Set.of("field"), "the condition of first_seen");
        List<String> fields = parts.texts("field");
        if (fields.isEmpty() || fields.size() > 3) {
            problems.add(condition.at("field"), "first_seen looks at one to three fields", "write field: source.ip");
        }
        long memory = new Reading(map, new Problems()).duration("timespan").orElse(DAY);
        long learning = learning(own, Math.min(DAY, memory));
        if (learning > memory) {
            problems.add(
                    own == null ? map : own.map().at("learning"),
                    "'learning' is longer than the timespan, which is how far back is remembered",
                    "shorten it, or lengthen the timespan");
        }
        return new Pattern.FirstSeen(fields, learning);
    }

    private static long learning(@Nullable Reading own, long usual) {
        return own == null ? usual : own.duration("learning").orElse(usual);
    }

    private @Nullable Pattern rate(YamlMap map, @Nullable Reading own, long minEvents) {
        if (own != null && own.map().get("also") != null) {
            problems.add(
                    own.map().at("also"),
                    "'also' belongs to a condition with numbers",
                    "remove it, or count: type: event_count");
        }
        YamlMap condition = new Reading(map, problems).inner("condition");
        if (condition == null) {
            problems.add(map, "the correlation has no 'condition'", "write gte: 3 for three times as many as usual");
            return null;
        }
        new Reading(condition, problems).onlyKnows(OPERATORS, "the condition of rate");
        List<Comparison> bound = new ArrayList<>();
        for (String operator : condition.entries().keySet()) {
            BigDecimal number = OPERATORS.contains(operator) ? number(condition, operator, false) : null;
            if (number != null) {
                bound.add(new Comparison(operator, number));
            }
        }
        if (bound.isEmpty() && problems.isEmpty()) {
            problems.add(
                    condition,
                    "the condition of rate has no operator",
                    "write gte: 3 for three times as many as usual");
        }
        long timespan = new Reading(map, new Problems()).duration("timespan").orElse(1);
        long baseline =
                own == null ? BASELINE * timespan : own.duration("baseline").orElse(BASELINE * timespan);
        long learning = learning(own, baseline);
        if (timespan > 0 && (baseline < timespan || baseline % timespan != 0)) {
            problems.add(
                    own == null ? map : own.map().at("baseline"),
                    "'baseline' must be a multiple of the timespan",
                    "write such as 24h for a timespan of 1h");
        } else if (timespan > 0 && (learning < timespan || learning > baseline)) {
            problems.add(
                    own == null ? map : own.map().at("learning"),
                    "'learning' must be from the timespan to the baseline",
                    "write a duration between them, or leave it out for the whole baseline");
        }
        return new Pattern.Rate(bound, baseline, learning, minEvents);
    }

    private static Comparison all(List<YamlScalar> rules) {
        long different = rules.stream().map(YamlScalar::text).distinct().count();
        return new Comparison("gte", BigDecimal.valueOf(different));
    }

    private @Nullable Measurement measurement(Kind kind, YamlMap map) {
        String type = kind.type();
        if (map.get("condition") instanceof YamlScalar scalar && scalar.value() != null) {
            problems.add(scalar, "the condition of " + type + " must be a map", "write gte: and a number");
            return null;
        }
        YamlMap condition = new Reading(map, problems).inner("condition");
        if (condition == null) {
            if (map.get("condition") == null) {
                problems.add(map, "the correlation has no 'condition'", "write one, such as gte: 5");
            }
            return null;
        }
        return measurement(kind, condition, Set.of(), "the condition of " + type);
    }

    private List<Measurement> also(Reading own) {
        List<Measurement> also = new ArrayList<>();
        YamlNode node = own.map().get("also");
        for (YamlNode item :
                node instanceof YamlList list ? list.items() : node == null ? List.<YamlNode>of() : List.of(node)) {
            if (!(item instanceof YamlMap map)) {
                problems.add(item, "each of 'also' must be a map", "write { type: value_count, field: ..., gte: ... }");
                continue;
            }
            String type = new Reading(map, problems).text("type");
            List<String> types = Arrays.stream(Kind.values()).map(Kind::type).toList();
            if (type == null || !types.contains(type)) {
                problems.add(
                        map.at("type"),
                        type == null ? "a condition under 'also' has no 'type'" : "unknown type '" + type + "'",
                        Similar.didYouMean(String.valueOf(type), types, "write one of " + String.join(", ", types)));
                continue;
            }
            Kind kind = Kind.values()[types.indexOf(type)];
            boolean some = kind == Kind.RATIO || kind == Kind.EVENTS;
            Measurement measurement =
                    measurement(kind, map, some ? Set.of("type", "rules") : Set.of("type"), "a condition of " + type);
            if (measurement != null) {
                also.add(measurement);
            }
        }
        return also;
    }

    private @Nullable Measurement measurement(Kind kind, YamlMap condition, Set<String> more, String where) {
        Set<String> known = new LinkedHashSet<>(OPERATORS);
        known.addAll(more);
        if (kind.fields()) {
            known.add("field");
        }
        if (kind == Kind.PERCENTILE) {
            known.add("percentile");
        }
        int before = problems.list().size();
        Reading parts = new Reading(condition, problems);
        parts.onlyKnows(known, where);
        List<String> fields = kind.fields() ? parts.texts("field") : List.of();
        if (kind.fields() && fields.isEmpty()) {
            problems.add(condition, where + " names no 'field'", "write field: and the name of one");
        } else if (fields.size() > 1 && kind != Kind.DISTINCT) {
            problems.add(condition.at("field"), where + " measures one field", "only value_count has several");
        }
        List<YamlScalar> rules = more.contains("rules") ? parts.scalars("rules") : List.of();
        if (kind == Kind.RATIO && rules.isEmpty()) {
            problems.add(condition, where + " names no 'rules'", "name those whose share counts");
        }
        BigDecimal percentile = null;
        if (kind == Kind.PERCENTILE) {
            percentile = number(condition, "percentile", false);
            if (condition.get("percentile") == null) {
                problems.add(condition, where + " names no 'percentile'", "write percentile: 95");
            } else if (percentile != null
                    && (percentile.signum() < 0 || percentile.compareTo(BigDecimal.valueOf(100)) > 0)) {
                problems.add(
                        condition.at("percentile"), "a percentile is from 0 to 100", "write such as percentile: 95");
            } else if (percentile != null && percentile.scale() > 6) {
                problems.add(
                        condition.at("percentile"), "a percentile has at most six digits after the point", "round it");
            }
        }
        List<Comparison> bound = new ArrayList<>();
        for (String operator : condition.entries().keySet()) {
            if (OPERATORS.contains(operator)) {
                BigDecimal number = number(condition, operator, kind.count());
                if (number != null) {
                    bound.add(new Comparison(operator, number));
                }
            }
        }
        if (problems.list().size() > before) {
            return null;
        }
        if (bound.isEmpty()) {
            problems.add(condition, where + " has no operator", "write gte: and a number");
            return null;
        }
        if (kind.count()
                && bound.size() == 1
                && bound.get(0).operator().equals("gte")
                && bound.get(0).number().signum() == 0) {
            problems.add(condition.at("gte"), "a count of 0 is always reached", "write gte: 1 or more");
            return null;
        }
        return new Measurement(condition, kind, fields, rules, percentile, bound);
    }

    private @Nullable BigDecimal number(YamlMap map, String key, boolean count) {
        YamlNode node = map.get(key);
        BigDecimal number = null;
        if (node instanceof YamlScalar scalar) {
            Object value = scalar.value();
            if (value instanceof Long whole) {
                number = BigDecimal.valueOf(whole);
            } else if (value instanceof Double real && !count && !real.isNaN() && !real.isInfinite()) {
                number = new BigDecimal(real.toString());
            }
        }
        if (node != null && (number == null || count && number.signum() < 0)) {
            problems.add(
                    node,
                    "'" + key + "' must be " + (count ? "a whole number from 0" : "a number"),
                    "write it in digits and without quotes");
            return null;
        }
        return number;
    }

    private @Nullable Condition condition(YamlScalar words, List<YamlScalar> rules) {
        Set<String> names = new LinkedHashSet<>();
        rules.forEach(rule -> names.add(rule.text()));
        return ConditionParser.parse(words, names, "among 'rules'", problems);
    }

    private @Nullable Pattern ordered(YamlMap map, List<YamlScalar> rules, @Nullable Reading own) {
        List<YamlScalar> until = own == null ? List.of() : own.scalars("until");
        if (own != null && own.map().get("steps") != null) {
            if (map.get("condition") != null) {
                problems.add(map.at("condition"), "'steps' already say what has to happen", "leave the condition out");
            }
            List<Step> steps = steps(own);
            return steps == null ? null : new Pattern.Ordered(steps, until);
        }
        List<Step> steps =
                rules.stream().map(rule -> new Step(List.of(rule), 1, false)).toList();
        YamlNode node = map.get("condition");
        if (node instanceof YamlScalar words && words.value() != null) {
            Condition condition = condition(words, rules);
            return condition == null ? null : ordered(words, condition, rules, until);
        }
        YamlMap condition = new Reading(map, problems).inner("condition");
        if (condition != null) {
            new Reading(condition, problems).onlyKnows(OPERATORS, "the condition of temporal_ordered");
            Comparison all = all(rules);
            boolean same = condition.entries().size() == 1
                    && Set.of("gte", "eq")
                            .contains(condition.entries().keySet().iterator().next())
                    && all.number()
                            .equals(number(
                                    condition,
                                    condition.entries().keySet().iterator().next(),
                                    true));
            if (!same && problems.isEmpty()) {
                problems.add(
                        condition,
                        "temporal_ordered needs all of its rules, in their order",
                        "leave the condition out, or chain correlations");
            }
        }
        return new Pattern.Ordered(steps, until);
    }

    /** {@code a and b and not c}: the steps a, b as {@code rules} has them, with no c between. */
    private @Nullable Pattern ordered(
            YamlScalar at, Condition condition, List<YamlScalar> rules, List<YamlScalar> until) {
        List<Condition> parts = condition instanceof Condition.And and ? and.parts() : List.of(condition);
        Set<String> wanted = new LinkedHashSet<>();
        Set<String> unwanted = new LinkedHashSet<>();
        for (Condition part : parts) {
            switch (part) {
                case Condition.Name name -> wanted.add(name.name());
                case Condition.Not(Condition.Name name) -> unwanted.add(name.name());
                case Condition.Of of when of.all() -> wanted.addAll(of.names());
                default -> {
                    problems.add(
                            at,
                            "the condition of temporal_ordered may only say a and b and not c",
                            "use temporal, or bongsu: steps");
                    return null;
                }
            }
        }
        List<Step> steps = rules.stream()
                .filter(rule -> wanted.contains(rule.text()))
                .map(rule -> new Step(List.of(rule), 1, false))
                .toList();
        if (steps.isEmpty()) {
            problems.add(at, "the condition also holds when nothing happens", "name a rule that must fire");
            return null;
        }
        List<YamlScalar> undo = new ArrayList<>(until);
        rules.stream().filter(rule -> unwanted.contains(rule.text())).forEach(undo::add);
        return new Pattern.Ordered(steps, undo);
    }

    private @Nullable List<Step> steps(Reading own) {
        List<Step> steps = new ArrayList<>();
        YamlNode node = own.map().get("steps");
        int before = problems.list().size();
        if (!(node instanceof YamlList list)) {
            problems.add(own.map().at("steps"), "'steps' must be a list", "write - { rule: name }");
            return null;
        }
        for (YamlNode item : list.items()) {
            if (!(item instanceof YamlMap map)) {
                problems.add(item, "each of 'steps' must be a map", "write { rule: name } or { not: name }");
                continue;
            }
            Reading reading = new Reading(map, problems);
            reading.onlyKnows(Set.of("rule", "not", "runs"), "a step");
            List<YamlScalar> happens = reading.scalars("rule");
            List<YamlScalar> absent = reading.scalars("not");
            OptionalLong runs = reading.whole("runs");
            if (happens.isEmpty() == absent.isEmpty()) {
                problems.add(
                        map,
                        "a step has either 'rule' or 'not'",
                        "write one of them; a step that must not happen is one of its own");
            } else if (runs.orElse(1) < 1 || runs.isPresent() && happens.isEmpty()) {
                problems.add(
                        map.at("runs"),
                        "'runs' is how often a rule fires, at least 1",
                        "write runs: 2 beside 'rule', or leave it out");
            } else {
                steps.add(new Step(
                        happens.isEmpty() ? absent : happens,
                        (int) Math.min(runs.orElse(1), 1_000_000),
                        happens.isEmpty()));
            }
        }
        return problems.list().size() > before ? null : steps;
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
