package io.bongsu.rules;

import io.bongsu.rules.correlate.Bound;
import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.Fired;
import io.bongsu.rules.correlate.Measure;
import io.bongsu.rules.correlate.Place;
import io.bongsu.rules.correlate.Spans;
import io.bongsu.rules.correlate.Trigger;
import io.bongsu.rules.match.Canonical;
import io.bongsu.rules.match.Field;
import io.bongsu.rules.match.MatchCompiler;
import io.bongsu.rules.syntax.Condition;
import io.bongsu.rules.syntax.CorrelationRule;
import io.bongsu.rules.syntax.DetectionRule;
import io.bongsu.rules.syntax.Level;
import io.bongsu.rules.syntax.Pattern;
import io.bongsu.rules.syntax.Rule;
import io.bongsu.rules.syntax.RuleParser.Parsed;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Correlations, compiled over the detections and over each other, those below first. What one is fed with goes to {@link
 * #feeds} (by detections) and {@link #upward} (by correlations). Used once.
 */
final class CorrelationLoader {
    /** The width of a cell where values are first seen, unless hits may be later than that. */
    private static final long NOVEL = 300_000_000;

    private final RuleSet.Defaults defaults;
    private final Problems problems;
    private final Problems warnings;
    private final MatchCompiler compiler;
    private final Map<String, Parsed> known;
    private final Set<Parsed> leftOut;
    private final Map<String, Compiled> detections;
    /** Ids of rules that do not alert by themselves. */
    private final Set<String> silent;

    /** By id of the detection, and of the correlation, whose hits go there. */
    final Map<String, List<Detector.Feed>> feeds = new HashMap<>();

    final Map<String, List<Upward>> upward = new HashMap<>();
    private final Map<String, Correlation> correlations = new TreeMap<>();
    private final Set<Parsed> tried = new HashSet<>();
    private final Function<Rule, Problems> ofFields;

    /** A detection that is compiled already. */
    record Compiled(DetectionRule rule, RuleInfo info) {}

    /** A rule of a correlation: a detection, or a correlation below. */
    private sealed interface Member {
        RuleInfo info();

        Rule rule();

        record Detection(DetectionRule rule, RuleInfo info) implements Member {}

        record Below(CorrelationRule rule, Correlation correlation) implements Member {
            @Override
            public RuleInfo info() {
                return correlation.info();
            }
        }
    }

    CorrelationLoader(
            RuleSet.Defaults defaults,
            Problems problems,
            Problems warnings,
            MatchCompiler compiler,
            Map<String, Parsed> known,
            Set<Parsed> leftOut,
            Map<String, Compiled> detections,
            Set<String> silent,
            Function<Rule, Problems> ofFields) {
        this.defaults = defaults;
        this.problems = problems;
        this.warnings = warnings;
        this.compiler = compiler;
        this.known = known;
        this.leftOut = leftOut;
        this.detections = detections;
        this.silent = silent;
        this.ofFields = ofFields;
    }

    /** By id. */
    List<Correlation> load(Collection<Parsed> all) {
        all.forEach(this::load);
        return List.copyOf(correlations.values());
    }

    private void load(Parsed parsed) {
        if (leftOut.contains(parsed) && tried.add(parsed)) {
            parsed.refersTo().forEach(this::target);
        }
        if (leftOut.contains(parsed) || !(parsed.rule() instanceof CorrelationRule rule) || !tried.add(parsed)) {
            return;
        }
        Correlation correlation = correlation(parsed, rule);
        if (correlation == null) {
            leftOut.add(parsed);
        } else {
            correlations.put(parsed.id(), correlation);
        }
    }

    private @Nullable Correlation correlation(Parsed parsed, CorrelationRule rule) {
        Map<String, Member> members = members(parsed, rule);
        if (members == null || !aliasesFit(rule, members) || !fieldsFit(rule, members)) {
            return null;
        }
        Trigger trigger;
        try {
            trigger = trigger(rule, members);
        } catch (Refused e) {
            refuse(e.at, String.valueOf(e.getMessage()));
            return null;
        }
        Map<String, Detector.Feed> direct = new TreeMap<>();
        Map<String, Upward> from = new TreeMap<>();
        Correlation correlation = build(rule, members, trigger, isPart(parsed));
        if (correlation == null) {
            return null;
        }
        List<Asked> asked = asked(rule.pattern());
        for (Map.Entry<String, Member> member : members.entrySet()) {
            switch (member.getValue()) {
                case Member.Detection detection ->
                    direct.put(member.getKey(), feed(rule, correlation, detection, asked));
                case Member.Below below -> {
                    Upward way = upward(rule, correlation, below, asked);
                    if (way == null) {
                        return null;
                    }
                    from.put(member.getKey(), way);
                }
            }
        }
        if (alerts(rule) || isPart(parsed)) {
            direct.forEach((id, feed) ->
                    feeds.computeIfAbsent(id, i -> new ArrayList<>()).add(feed));
            from.forEach((id, way) ->
                    upward.computeIfAbsent(id, i -> new ArrayList<>()).add(way));
        }
        return correlation;
    }

    /** An informational correlation is still worth its cost when another one is built on it. */
    private boolean isPart(Parsed parsed) {
        return known.values().stream()
                        .anyMatch(other -> other.rule() instanceof CorrelationRule above && takes(above, parsed))
                || known.values().stream().anyMatch(other -> other.refersTo().stream()
                        .anyMatch(name -> known.get(name.text()) == parsed));
    }

    private static boolean alerts(Rule rule) {
        return rule.meta().level() != Level.INFORMATIONAL;
    }

    private @Nullable Map<String, Member> members(Parsed parsed, CorrelationRule rule) {
        if (rule.alerts() != null) {
            return alerting(rule);
        }
        Map<String, Member> members = new TreeMap<>();
        boolean good = true;
        for (YamlScalar reference : rule.rules()) {
            Parsed target = target(reference);
            if (target == null) {
                good = false;
                continue;
            }
            if (circle(target, parsed, new HashSet<>())) {
                problems.add(
                        reference,
                        "the correlation refers to itself through '" + reference.text() + "'",
                        "name other rules");
                good = false;
                continue;
            }
            load(target);
            Member member = member(target);
            if (member == null) {
                problems.add(
                        reference,
                        "the rule '" + reference.text() + "' has problems of its own",
                        "mend that one first");
                good = false;
            } else {
                members.put(target.id(), member);
            }
        }
        return good ? members : null;
    }

    private @Nullable Parsed target(YamlScalar reference) {
        Parsed target = known.get(reference.text());
        if (target == null) {
            problems.add(
                    reference,
                    "no rule has the id or name '" + reference.text() + "'",
                    "check the spelling, or load its file too");
        }
        return target;
    }

    /** All that alert, as far as they have what it is grouped by; what is itself built on all alerts is not among them. */
    private Map<String, Member> alerting(CorrelationRule rule) {
        Map<String, Member> members = new TreeMap<>();
        for (Parsed target : new LinkedHashSet<>(known.values())) {
            if (takes(rule, target)) {
                load(target);
                Member member = member(target);
                if (member instanceof Member.Detection
                        || member instanceof Member.Below below
                                && below.correlation().groupBy().containsAll(rule.groupBy())) {
                    members.put(target.id(), member);
                }
            }
        }
        return members;
    }

    /** Whether a correlation over all alerts is built on this one. */
    private boolean takes(CorrelationRule above, Parsed target) {
        return above.alerts() != null
                && target.rule() != null
                && target.rule().meta().level().compareTo(above.alerts()) >= 0
                && !silent.contains(target.id())
                && !overAlerts(target, new HashSet<>());
    }

    private boolean overAlerts(Parsed parsed, Set<Parsed> seen) {
        return parsed.rule() instanceof CorrelationRule rule && rule.alerts() != null
                || seen.add(parsed)
                        && parsed.refersTo().stream()
                                .map(below -> known.get(below.text()))
                                .anyMatch(below -> below != null && overAlerts(below, seen));
    }

    private @Nullable Member member(Parsed target) {
        Compiled detection = detections.get(target.id());
        Correlation below = correlations.get(target.id());
        if (leftOut.contains(target)) {
            return null;
        }
        return detection != null
                ? new Member.Detection(detection.rule(), detection.info())
                : below != null && target.rule() instanceof CorrelationRule rule ? new Member.Below(rule, below) : null;
    }

    private boolean circle(Parsed from, Parsed to, Set<Parsed> seen) {
        return from == to
                || seen.add(from)
                        && from.refersTo().stream()
                                .map(below -> known.get(below.text()))
                                .anyMatch(next -> next != null && circle(next, to, seen));
    }

    /** An alias has to name a field for each rule, by that rule's id or name, and nobody else's. */
    private boolean aliasesFit(CorrelationRule rule, Map<String, Member> members) {
        int before = problems.list().size();
        Set<String> used = new HashSet<>(rule.groupBy());
        asked(rule.pattern()).forEach(one -> used.addAll(one.fields));
        rule.aliases().forEach((alias, fields) -> {
            YamlNode at = at(rule, "aliases", alias);
            if (!used.contains(alias)) {
                warnings.add(
                        at,
                        "nothing uses the alias '" + alias + "'",
                        "name it in group-by or as a field of the condition");
            }
            for (String name : fields.keySet()) {
                Parsed target = known.get(name);
                if (target == null || !members.containsKey(target.id())) {
                    problems.add(
                            at(rule, "aliases", alias, name),
                            "the alias '" + alias + "' names '" + name
                                    + "', which is not among the rules of this correlation",
                            "write the id or name of one of them");
                }
            }
            for (Member member : members.values()) {
                if (rule.groupBy().contains(alias) && aliased(rule, member, alias) == null) {
                    problems.add(
                            at,
                            "the alias '" + alias + "' has no field for the rule '"
                                    + member.info().name() + "'",
                            "add one under aliases");
                }
            }
        });
        return problems.list().size() == before;
    }

    /** What it is grouped by and what it measures are fields of each of its rules. */
    private boolean fieldsFit(CorrelationRule rule, Map<String, Member> members) {
        Set<String> names = new LinkedHashSet<>(rule.groupBy());
        asked(rule.pattern()).forEach(one -> names.addAll(one.fields));
        if (rule.pattern() instanceof Pattern.Measured measured) {
            for (Pattern.Measurement one : measured.measurements()) {
                if (one.kind() == Pattern.Kind.DISTINCT && rule.groupBy().containsAll(one.fields())) {
                    warnings.add(
                            one.at(),
                            "a group has one value of '" + name(one) + "', since it is grouped by it",
                            "count another field, or leave it out of group-by");
                }
            }
        }
        boolean good = true;
        for (Member member : members.values()) {
            for (String name : names) {
                String field = field(rule, member, name);
                if (rule.alerts() == null
                        && member instanceof Member.Detection detection
                        && Upward.ofRule(member.info(), field) == null) {
                    good &= compiler.knows(
                            detection.rule().logSource(),
                            field,
                            named(rule, field),
                            problems,
                            ofFields.apply(detection.rule()));
                }
            }
        }
        return good;
    }

    /** Where a correlation names a field. */
    private static YamlNode named(CorrelationRule rule, String field) {
        YamlNode document = rule.meta().at();
        YamlNode correlation = document instanceof YamlMap map ? map.get("correlation") : null;
        YamlNode found = correlation instanceof YamlMap map ? named(map, field) : null;
        return found == null ? document : found;
    }

    private static @Nullable YamlNode named(YamlNode node, String field) {
        return switch (node) {
            case YamlScalar scalar -> scalar.text().equals(field) ? scalar : null;
            case YamlList list -> named(list.items(), field);
            case YamlMap map -> named(map.entries().values(), field);
        };
    }

    private static @Nullable YamlNode named(Collection<YamlNode> nodes, String field) {
        return nodes.stream()
                .map(node -> named(node, field))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** The deepest of these keys that the correlation has, each below the one before. */
    private static YamlNode at(CorrelationRule rule, String... keys) {
        YamlNode at = rule.meta().at();
        YamlNode inner = at instanceof YamlMap document ? document.get("correlation") : null;
        for (String key : keys) {
            if (!(inner instanceof YamlMap map) || map.get(key) == null) {
                break;
            }
            at = map.at(key);
            inner = map.get(key);
        }
        return at;
    }

    private static @Nullable String aliased(CorrelationRule rule, Member member, String alias) {
        Map<String, String> fields = rule.aliases().getOrDefault(alias, Map.of());
        String byName = fields.get(String.valueOf(member.rule().meta().name()));
        return byName != null ? byName : fields.get(member.info().id());
    }

    private static String field(CorrelationRule rule, Member member, String name) {
        String field = aliased(rule, member, name);
        return field == null ? name : field;
    }

    /** What a condition asks of each hit: a value, or a tuple of them, by its name. */
    private record Asked(String name, List<String> fields, boolean numbers) {}

    private static List<Asked> asked(Pattern pattern) {
        Map<String, Asked> asked = new TreeMap<>();
        if (pattern instanceof Pattern.Measured measured) {
            for (Pattern.Measurement m : measured.measurements()) {
                if (!m.fields().isEmpty()) {
                    boolean numbers = m.kind() != Pattern.Kind.DISTINCT;
                    // Asked for as numbers and as texts, it is sent as texts.
                    asked.merge(
                            name(m),
                            new Asked(name(m), m.fields(), numbers),
                            (a, b) -> new Asked(a.name, a.fields, a.numbers && b.numbers));
                }
            }
        }
        if (pattern instanceof Pattern.FirstSeen seen) {
            String name = String.join(",", seen.fields());
            asked.put(name, new Asked(name, seen.fields(), false));
        }
        return List.copyOf(asked.values());
    }

    private static String name(Pattern.Measurement measurement) {
        return String.join(",", measurement.fields());
    }

    /** Nothing but values is measured: an event without any of them is no hit. */
    private static boolean onlyValues(Pattern pattern) {
        return pattern instanceof Pattern.FirstSeen
                || pattern instanceof Pattern.Measured measured
                        && measured.measurements().stream()
                                .noneMatch(m -> m.fields().isEmpty());
    }

    private Detector.Feed feed(
            CorrelationRule rule, Correlation correlation, Member.Detection member, List<Asked> asked) {
        return new Detector.Feed(
                correlation,
                rule.groupBy().stream()
                        .map(name -> field(rule, member, name))
                        .map(name -> compiler.field(member.rule().logSource(), name))
                        .toList(),
                measured(rule, member, asked),
                onlyValues(rule.pattern()),
                rule.hours());
    }

    private List<Detector.Measured> measured(CorrelationRule rule, Member.Detection member, List<Asked> asked) {
        return asked.stream()
                .map(one -> {
                    String constant = one.fields.size() == 1
                            ? Upward.ofRule(member.info(), field(rule, member, one.fields.get(0)))
                            : null;
                    List<Field> fields = one.fields.stream()
                            .map(name -> compiler.field(member.rule().logSource(), field(rule, member, name)))
                            .toList();
                    return new Detector.Measured(one.name, fields, one.numbers, constant);
                })
                .toList();
    }

    private @Nullable Upward upward(
            CorrelationRule rule, Correlation correlation, Member.Below member, List<Asked> asked) {
        List<String> has = member.correlation().groupBy();
        List<Integer> group = new ArrayList<>();
        for (String name : rule.groupBy()) {
            int place = has.indexOf(field(rule, member, name));
            if (place < 0) {
                problems.add(
                        rule.rules().stream()
                                .filter(r -> known.get(r.text()) != null
                                        && known.get(r.text())
                                                .id()
                                                .equals(member.info().id()))
                                .findFirst()
                                .map(YamlNode.class::cast)
                                .orElse(rule.meta().at()),
                        "the correlation '" + member.info().name() + "' is not grouped by '" + field(rule, member, name)
                                + "'",
                        has.isEmpty()
                                ? "add it to its group-by"
                                : "add it to its group-by, or take one of " + String.join(", ", has));
                return null;
            }
            group.add(place);
        }
        List<Upward.Source> values = new ArrayList<>();
        for (Asked one : asked) {
            List<Upward.Part> parts = one.fields.stream()
                    .map(name -> field(rule, member, name))
                    .map(name -> new Upward.Part(has.indexOf(name), Upward.ofRule(member.info(), name)))
                    .toList();
            values.add(new Upward.Source(one.name, parts));
        }
        return new Upward(correlation, group, values, onlyValues(rule.pattern()), rule.hours());
    }

    private @Nullable Correlation build(
            CorrelationRule rule, Map<String, Member> members, Trigger trigger, boolean tells) {
        // What is new is so at one instant; the timespan is how far back it is looked for.
        long lateness = rule.lateness().orElse(defaults.lateness());
        long window = trigger instanceof Trigger.Novel
                ? Math.min(Math.max(NOVEL, lateness), rule.timespan())
                : rule.timespan();
        long quiet = rule.quiet().orElse(Spans.usualQuiet(window));
        List<Asked> asked = asked(rule.pattern());
        Map<String, String> parts = new TreeMap<>();
        members.forEach((id, member) -> {
            StringBuilder part = new StringBuilder(member.info().version());
            switch (member) {
                case Member.Detection detection -> {
                    for (String name : rule.groupBy()) {
                        part.append(
                                Canonical.of(compiler.field(detection.rule().logSource(), field(rule, member, name))));
                    }
                    for (Detector.Measured one : measured(rule, detection, asked)) {
                        part.append(" value").append(one.constant() == null ? "" : Canonical.of(one.constant()));
                        one.fields().forEach(field -> part.append(Canonical.of(field)));
                    }
                }
                case Member.Below below -> {
                    part.append(" below");
                    rule.groupBy().forEach(name -> part.append(Canonical.of(field(rule, member, name))));
                    asked.forEach(one -> one.fields.forEach(
                            name -> part.append(" value").append(Canonical.of(field(rule, member, name)))));
                }
            }
            parts.put(id, part.toString());
        });
        List<String> meaning = new ArrayList<>(Meaning.of(trigger, parts));
        meaning.addAll(List.of(
                Long.toString(rule.timespan()),
                Long.toString(quiet),
                Long.toString(lateness),
                Integer.toString(rule.groupBy().size())));
        meaning.add(alerts(rule) ? "alerts" : "silent");
        if (rule.hours() != null) {
            meaning.add(rule.hours().meaning());
        }
        if (rule.alerts() == null) {
            meaning.addAll(new TreeSet<>(parts.values()));
        } else {
            // Another rule among all of them makes no other rule of this one.
            meaning.add("alerts from " + rule.alerts().word());
            meaning.addAll(rule.groupBy());
        }
        Set<Integer> inputs = new TreeSet<>();
        members.values()
                .forEach(member -> inputs.add(
                        switch (member) {
                            case Member.Detection detection -> 0;
                            case Member.Below below -> below.correlation().level() + 1;
                        }));
        try {
            return new Correlation(
                    RuleLoader.info(rule.meta(), meaning),
                    rule.groupBy(),
                    List.copyOf(members.keySet()),
                    trigger,
                    new Spans(window, quiet, lateness),
                    new Place(inputs, tells));
        } catch (IllegalArgumentException e) {
            // What can be kept per group is the fold's to say; it says so in a sentence for the author.
            refuse(at(rule, "timespan"), String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** @param said what is wrong, a semicolon and how to mend it */
    private void refuse(YamlNode at, String said) {
        int fix = said.lastIndexOf("; ");
        problems.add(
                at,
                fix < 0 ? said : said.substring(0, fix),
                fix < 0 ? "write a condition or a timespan that fits" : said.substring(fix + 2));
    }

    private static final class Refused extends RuntimeException {
        final YamlNode at;

        Refused(YamlNode at, @Nullable String message) {
            super(message, null, false, false);
            this.at = at;
        }
    }

    private Trigger trigger(CorrelationRule rule, Map<String, Member> members) {
        try {
            return switch (rule.pattern()) {
                case Pattern.Measured measured -> measured(rule, measured, members);
                case Pattern.Together together -> new Trigger.Together(fired(together.condition()));
                case Pattern.Ordered ordered ->
                    new Trigger.Sequence(
                            ordered.steps().stream()
                                    .map(step -> new Trigger.Step(ids(rule, step.rules()), step.times(), step.absent()))
                                    .toList(),
                            ids(rule, ordered.until()));
                case Pattern.FirstSeen seen ->
                    new Trigger.Novel(String.join(",", seen.fields()), rule.timespan(), seen.learning());
                case Pattern.Rate rate ->
                    new Trigger.Rate(
                            bound(rate.bound()),
                            Math.clamp(rate.baseline() / rule.timespan(), 0, Integer.MAX_VALUE),
                            Math.clamp(rate.learning() / rule.timespan(), 0, Integer.MAX_VALUE),
                            rate.minEvents());
            };
        } catch (IllegalArgumentException e) {
            YamlNode at =
                    switch (rule.pattern()) {
                        case Pattern.Ordered ordered -> at(rule, "bongsu", "steps");
                        case Pattern.Rate rate -> at(rule, "bongsu", "baseline");
                        case Pattern.Together together -> at(rule, "condition");
                        case Pattern.Measured measured -> at(rule, "condition");
                        case Pattern.FirstSeen seen -> at(rule, "bongsu", "learning");
                    };
            throw new Refused(at, e.getMessage());
        }
    }

    private Set<String> ids(CorrelationRule rule, List<YamlScalar> names) {
        Set<String> ids = new TreeSet<>();
        for (YamlScalar name : names) {
            Parsed target = known.get(name.text());
            boolean among = target != null && rule.rules().stream().anyMatch(r -> known.get(r.text()) == target);
            if (target == null || !among) {
                throw new Refused(
                        name, "'" + name.text() + "' is not among the rules of this correlation; add it to 'rules'");
            }
            ids.add(target.id());
        }
        return ids;
    }

    private Fired fired(Condition condition) {
        return switch (condition) {
            case Condition.And and ->
                new Fired.All(and.parts().stream().map(this::fired).toList());
            case Condition.Or or ->
                new Fired.Any(or.parts().stream().map(this::fired).toList());
            case Condition.Not not -> new Fired.Not(fired(not.part()));
            case Condition.Name name -> rule(name.name());
            case Condition.Of of -> {
                List<Fired> parts = of.names().stream().map(this::rule).toList();
                yield of.all() ? new Fired.All(parts) : new Fired.Any(parts);
            }
        };
    }

    private Fired rule(String name) {
        Parsed target = known.get(name);
        return new Fired.Rule(target == null ? name : target.id());
    }

    private Trigger measured(CorrelationRule rule, Pattern.Measured measured, Map<String, Member> members) {
        boolean chain = rule.alerts() != null || members.values().stream().anyMatch(Member.Below.class::isInstance);
        List<Trigger.Test> tests = new ArrayList<>();
        for (Pattern.Measurement m : measured.measurements()) {
            tests.add(new Trigger.Test(measure(rule, m, chain), bound(m.bound())));
        }
        if (tests.size() == 1 && measured.minEvents() == 1) {
            Trigger.Test only = tests.get(0);
            Pattern.Measurement m = measured.measurements().get(0);
            try {
                if (only.measure() instanceof Measure.Events && only.bound().onlyFromBelow()) {
                    return new Trigger.EventCount(only.bound().least());
                }
                if (only.measure().isCount() && !only.bound().onlyFromBelow()) {
                    return new Trigger.Peak(only.measure(), only.bound());
                }
            } catch (IllegalArgumentException e) {
                throw new Refused(m.at(), e.getMessage());
            }
        }
        return new Trigger.Holds(tests, measured.minEvents());
    }

    private Measure measure(CorrelationRule rule, Pattern.Measurement m, boolean chain) {
        return switch (m.kind()) {
            case EVENTS ->
                chain && m.rules().isEmpty() ? new Measure.Alerts() : new Measure.Events(ids(rule, m.rules()));
            case DISTINCT -> new Measure.Distinct(name(m));
            case RULES -> new Measure.Rules();
            case SUM -> new Measure.Sum(name(m));
            case AVERAGE -> new Measure.Average(name(m));
            case PERCENTILE ->
                new Measure.Percentile(name(m), m.percentile() == null ? BigDecimal.ZERO : m.percentile());
            case MEDIAN -> new Measure.Percentile(name(m), BigDecimal.valueOf(50));
            case RATIO -> new Measure.Share(ids(rule, m.rules()));
        };
    }

    private static Bound bound(List<Pattern.Comparison> comparisons) {
        return new Bound(comparisons.stream()
                .map(c ->
                        new Bound.Comparison(Bound.Operator.valueOf(c.operator().toUpperCase(Locale.ROOT)), c.number()))
                .toList());
    }

    /** Ids of the rules that the ids or names mean. */
    static Set<String> resolve(Collection<String> names, Map<String, Parsed> known) {
        Set<String> ids = new LinkedHashSet<>();
        for (String name : names) {
            Parsed target = known.get(name);
            if (target != null) {
                ids.add(target.id());
            }
        }
        return ids;
    }
}
