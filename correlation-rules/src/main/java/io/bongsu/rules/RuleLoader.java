package io.bongsu.rules;

import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.match.Canonical;
import io.bongsu.rules.match.FieldNames;
import io.bongsu.rules.match.Match;
import io.bongsu.rules.match.MatchCompiler;
import io.bongsu.rules.syntax.DetectionRule;
import io.bongsu.rules.syntax.FilterRule;
import io.bongsu.rules.syntax.Level;
import io.bongsu.rules.syntax.Listing;
import io.bongsu.rules.syntax.Meta;
import io.bongsu.rules.syntax.Rule;
import io.bongsu.rules.syntax.RuleParser;
import io.bongsu.rules.syntax.RuleParser.Parsed;
import io.bongsu.rules.syntax.RuleTest;
import io.bongsu.rules.yaml.Problem;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlReader;
import io.bongsu.rules.yaml.YamlScalar;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Files to a rule set, in steps: read, parse, refuse what is there twice, compile detections, then the correlations
 * over them. Used once.
 */
final class RuleLoader {
    private final RuleSet.Defaults defaults;
    private final Problems problems = new Problems();
    private final Problems warnings = new Problems();
    private final MatchCompiler compiler;
    private final List<RoutedRules.Definition> definitions = new ArrayList<>();
    /** Files of mappings and lists that have problems: they count like rules. */
    private final int brokenFiles;

    private final KnownSources sources;

    private @Nullable Filters filters;

    /** By id and by name; a rule that is left out stays here, so that a correlation over it can say why it is, too. */
    private final Map<String, Parsed> known = new HashMap<>();

    private final Set<Parsed> leftOut = new HashSet<>();
    private final Map<String, Detection> detections = new TreeMap<>();
    private final Map<String, List<Detector.Feed>> feeds = new HashMap<>();

    private record Detection(DetectionRule rule, RuleInfo info, Match match) {}

    RuleLoader(RuleSet.Defaults defaults) {
        this.defaults = defaults;
        FieldNames fields = FieldNames.with(YamlReader.files(defaults.mappings(), problems), problems);
        Map<String, Listing> lists = Placeholders.read(defaults.lists(), problems);
        this.compiler = new MatchCompiler(fields, lists, defaults.parsers()::knows);
        for (FieldNames.Definition definition : fields.definitions()) {
            Match events =
                    compiler.compile(definition.events(), problems, definition.ours() ? new Problems() : warnings);
            if (events != null) {
                definitions.add(new RoutedRules.Definition(definition.logSource(), events, definition.among()));
            }
        }
        this.sources = new KnownSources(fields.logSources(), defaults.parsers()::logSources);
        this.brokenFiles =
                (int) problems.list().stream().map(Problem::file).distinct().count();
    }

    RuleSet.Loaded load(List<Path> foldersOrFiles) {
        List<Parsed> all = new ArrayList<>();
        parse(foldersOrFiles, problems, warnings, all);
        return compile(all);
    }

    /** Documents of the first that have the id or name of one of the second stand back. */
    RuleSet.Loaded load(List<Path> below, List<Path> over) {
        List<Parsed> newer = new ArrayList<>();
        parse(over, problems, warnings, newer);
        Set<String> taken = new HashSet<>();
        for (Parsed parsed : newer) {
            taken.add(parsed.id());
            if (parsed.name() != null) {
                taken.add(parsed.name());
            }
        }
        taken.remove("");
        List<Parsed> all = new ArrayList<>();
        parse(below, new Problems(), new Problems(), all);
        all.removeIf(parsed -> taken.contains(parsed.id()) || parsed.name() != null && taken.contains(parsed.name()));
        all.addAll(newer);
        return compile(all);
    }

    private static void parse(List<Path> paths, Problems problems, Problems warnings, List<Parsed> into) {
        for (Path file : YamlReader.files(paths, problems)) {
            parse(file.toString(), YamlReader.read(file, problems), warnings, into);
        }
        problems.settle();
    }

    private static void parse(String file, YamlReader.Documents documents, Problems warnings, List<Parsed> into) {
        documents.good().forEach(document -> into.add(RuleParser.parse(document)));
        documents.bad().forEach(document -> into.add(RuleParser.parse(document).refused()));
        documents.lost().forEach(document -> into.add(RuleParser.lost(document)));
        if (documents.isEmpty()) {
            warnings.add(new Problem(file, 1, 1, "the file holds no rule", "write one, or remove it"));
        }
    }

    /** The same of a text. */
    RuleSet.Loaded load(String file, String text) {
        List<Parsed> all = new ArrayList<>();
        parse(file, YamlReader.read(file, text, problems), warnings, all);
        problems.settle();
        return compile(all);
    }

    /** Without what filters leave out. */
    RuleSet.Loaded unfiltered(List<Path> foldersOrFiles) {
        List<Parsed> all = new ArrayList<>();
        parse(foldersOrFiles, problems, warnings, all);
        all.removeIf(parsed -> parsed.rule() instanceof FilterRule);
        return compile(all);
    }

    RuleSet.Loaded compile(List<Parsed> all) {
        for (Parsed parsed : all) {
            parsed.problems().forEach(problems::add);
            if (parsed.rule() == null) {
                leftOut.add(parsed);
            }
            if (parsed.draft() != null) {
                // Fields of a rule that names no log source cannot be judged.
                boolean nowhere = parsed.draft() instanceof DetectionRule draft
                        && draft.logSource().equals(LogSource.ANY);
                compiler.check(parsed.draft(), problems, nowhere ? new Problems() : ofFields(parsed.draft()));
            }
        }
        all.stream().map(Parsed::rule).filter(Objects::nonNull).forEach(this::odd);
        all.stream().filter(parsed -> !parsed.isLost()).forEach(this::enter);
        all.stream().filter(Parsed::isLost).forEach(this::enterLost);
        Filters filters = new Filters(all, leftOut, known, compiler, problems, warnings);
        this.filters = filters;
        for (Parsed parsed : all) {
            if (!leftOut.contains(parsed) && parsed.rule() instanceof DetectionRule rule) {
                detection(parsed, rule, filters);
            }
        }
        CorrelationLoader loader = new CorrelationLoader(
                defaults, problems, warnings, compiler, known, leftOut, compiled(), silent(all), this::ofFields);
        List<Correlation> correlations = loader.load(all);
        feeds.putAll(loader.feeds);
        RuleSet rules = new RuleSet(
                infos(correlations),
                correlations,
                tests(all),
                new RoutedRules(compiled(parts(all), spoken(all)), definitions, compiler.slots()),
                loader.upward,
                silent(correlations, parts(all), spoken(all)));
        filters.finish();
        return new RuleSet.Loaded(
                rules, problems.list(), all.size() + brokenFiles, leftOut.size() + brokenFiles, warnings.list());
    }

    private void odd(Rule rule) {
        Oddities.of(rule, warnings);
        if (rule instanceof DetectionRule detection) {
            sources.check(detection.logSource(), rule.meta().at(), warnings);
        } else if (rule instanceof FilterRule filter) {
            sources.check(filter.logSource(), rule.meta().at(), warnings);
        }
    }

    /** The detections that run, by id; for explanations, after loading. */
    Map<String, DetectionRule> detections() {
        Map<String, DetectionRule> rules = new TreeMap<>();
        detections.forEach((id, detection) -> rules.put(id, detection.rule()));
        return rules;
    }

    /** The filters that hold for a detection; after loading. */
    List<FilterRule> filtersOf(DetectionRule rule) {
        return filters == null ? List.of() : filters.of(rule);
    }

    MatchCompiler compiler() {
        return compiler;
    }

    private void enter(Parsed parsed) {
        Set<String> names = new LinkedHashSet<>();
        if (parsed.name() != null) {
            names.add(parsed.name());
        }
        if (!parsed.id().isEmpty()) {
            names.add(parsed.id());
        }
        boolean refused = false;
        for (String name : names) {
            Parsed first = known.putIfAbsent(name, parsed);
            // An id that is made from a name is the same for two of that name: that is one problem.
            if (first != null && first != parsed && !(refused && at(parsed, "id") == parsed.at())) {
                refused = true;
                boolean unnamed = parsed.name() == null && at(parsed, "id") == parsed.at();
                YamlNode at = at(parsed, unnamed ? "title" : name.equals(parsed.name()) ? "name" : "id");
                String message = unnamed
                        ? "another rule without an id has the title '" + title(parsed) + "'"
                        : "another rule is already called '" + name + "'";
                String where = first.at().file() + ", line " + first.at().line();
                problems.add(at, message, "it is in " + where + "; give this one an id of its own");
                leftOut.add(parsed);
            }
        }
    }

    /** So that others who name it are not told that it does not exist. */
    private void enterLost(Parsed parsed) {
        known.putIfAbsent(parsed.id(), parsed);
        if (parsed.name() != null) {
            known.putIfAbsent(parsed.name(), parsed);
        }
        known.remove("");
    }

    private static YamlNode at(Parsed parsed, String key) {
        return parsed.at() instanceof YamlMap map ? map.at(key) : parsed.at();
    }

    private static String title(Parsed parsed) {
        return parsed.at() instanceof YamlMap map && map.get("title") instanceof YamlScalar title
                ? title.text().strip()
                : "";
    }

    /** Where what is odd about the fields of a rule is said: nowhere, when nobody knows its log source, which is said instead. */
    private Problems ofFields(Rule rule) {
        return rule instanceof DetectionRule detection && sources.isStrange(detection.logSource())
                ? new Problems()
                : warnings;
    }

    private void detection(Parsed parsed, DetectionRule rule, Filters filters) {
        Match found = compiler.compile(rule, problems, ofFields(rule));
        if (found == null) {
            leftOut.add(parsed);
            return;
        }
        Match match = filters.applied(parsed, rule, found);
        List<String> meaning = new ArrayList<>(List.of("detection"));
        meaning.addAll(rule.logSource().parts());
        meaning.add(Canonical.of(match));
        definitions.stream()
                .filter(definition -> rule.logSource().covers(definition.source()))
                .map(definition -> "events " + definition.among().parts() + " " + Canonical.of(definition.events()))
                .sorted()
                .forEach(meaning::add);
        meaning.add(alerts(rule) ? "alerts" : "silent");
        if (rule.hours() != null) {
            meaning.add(rule.hours().meaning());
        }
        detections.put(rule.meta().id(), new Detection(rule, info(rule.meta(), meaning), match));
    }

    private static boolean alerts(Rule rule) {
        return rule.meta().level() != Level.INFORMATIONAL;
    }

    /** Rules that a correlation speaks for; a correlation with problems too, or its parts would flood in its place. */
    private Set<String> parts(List<Parsed> all) {
        return referred(all, false);
    }

    /** Of those, the ones that alert all the same, because a correlation says {@code generate: true}. */
    private Set<String> spoken(List<Parsed> all) {
        return referred(all, true);
    }

    private Set<String> referred(List<Parsed> all, boolean onlyGenerated) {
        Set<String> ids = new HashSet<>();
        for (Parsed parsed : all) {
            if (parsed.generate() || !onlyGenerated) {
                for (YamlScalar reference : parsed.refersTo()) {
                    Parsed target = known.get(reference.text());
                    if (target != null) {
                        ids.add(target.id());
                    }
                }
            }
        }
        return ids;
    }

    private List<Detector.Compiled> compiled(Set<String> parts, Set<String> spoken) {
        List<Detector.Compiled> compiled = new ArrayList<>();
        detections.forEach((id, detection) -> compiled.add(new Detector.Compiled(
                compiled.size(),
                detection.info(),
                detection.rule().logSource(),
                detection.match(),
                alerts(detection.rule()) && (!parts.contains(id) || spoken.contains(id)),
                feeds.getOrDefault(id, List.of()).stream()
                        .sorted((a, b) -> a.correlation()
                                .info()
                                .id()
                                .compareTo(b.correlation().info().id()))
                        .toList(),
                detection.rule().hours())));
        return compiled;
    }

    private Map<String, CorrelationLoader.Compiled> compiled() {
        Map<String, CorrelationLoader.Compiled> compiled = new HashMap<>();
        detections.forEach((id, detection) ->
                compiled.put(id, new CorrelationLoader.Compiled(detection.rule(), detection.info())));
        return compiled;
    }

    /** Ids of rules that do not alert, or only through those built on them. */
    private Set<String> silent(List<Parsed> all) {
        Set<String> silent = parts(all);
        silent.removeAll(spoken(all));
        all.stream()
                .filter(parsed -> parsed.rule() != null && !alerts(parsed.rule()))
                .forEach(parsed -> silent.add(parsed.id()));
        return silent;
    }

    /** Correlations that only speak through those built on them. */
    private static Set<String> silent(List<Correlation> correlations, Set<String> parts, Set<String> spoken) {
        Set<String> silent = new HashSet<>();
        for (Correlation correlation : correlations) {
            RuleInfo info = correlation.info();
            if (info.level().equals(Level.INFORMATIONAL.word())
                    || parts.contains(info.id()) && !spoken.contains(info.id())) {
                silent.add(info.id());
            }
        }
        return silent;
    }

    private Map<String, RuleInfo> infos(List<Correlation> correlations) {
        Map<String, RuleInfo> infos = new TreeMap<>();
        detections.forEach((id, detection) -> infos.put(id, detection.info()));
        correlations.forEach(correlation -> infos.put(correlation.info().id(), correlation.info()));
        return infos;
    }

    /** The tests of the rules that run. Fields in a correlation's test come, unless said otherwise, from its rules' log sources. */
    private List<RuleTest> tests(List<Parsed> all) {
        List<RuleTest> tests = new ArrayList<>();
        for (Parsed parsed : all) {
            Rule rule = parsed.rule();
            if (rule == null || leftOut.contains(parsed)) {
                continue;
            }
            Set<LogSource> sources = new LinkedHashSet<>();
            sources(parsed, sources, new HashSet<>());
            for (RuleTest test : rule.tests()) {
                tests.add(new RuleTest(
                        test.ruleId(),
                        test.name(),
                        test.file(),
                        test.line(),
                        test.events().stream()
                                .map(event -> event.raw() == null
                                                && event.logSources().isEmpty()
                                        ? event.withLogSources(sources)
                                        : event)
                                .toList(),
                        test.expect()));
            }
        }
        return tests;
    }

    /** Those of the rules over events that a correlation is built on, however far below. */
    private void sources(Parsed parsed, Set<LogSource> sources, Set<Parsed> seen) {
        for (YamlScalar reference : parsed.refersTo()) {
            Parsed target = known.get(reference.text());
            if (target != null && seen.add(target)) {
                Detection member = detections.get(target.id());
                if (member != null) {
                    sources.add(member.rule().logSource());
                }
                sources(target, sources, seen);
            }
        }
    }

    static RuleInfo info(Meta meta, List<String> meaning) {
        String version = hash(meaning);
        Map<String, Object> fields = new TreeMap<>(AttackTags.fields(meta.tags()));
        fields.put("rule.id", meta.id());
        fields.put("rule.name", meta.title());
        fields.put("rule.version", version);
        fields.put("rule.level", meta.level().word());
        fields.put("event.severity", meta.level().severity());
        put(fields, "rule.description", meta.description());
        put(fields, "rule.license", meta.license());
        put(fields, "rule.author", meta.authors());
        put(fields, "rule.reference", meta.references());
        put(fields, "tags", meta.tags());
        put(fields, "bongsu.rule.name", meta.name());
        put(fields, "bongsu.rule.status", meta.status());
        put(fields, "bongsu.rule.date", meta.date());
        put(fields, "bongsu.rule.modified", meta.modified());
        put(fields, "bongsu.rule.falsepositives", meta.falsePositives());
        meta.custom().forEach((key, value) -> fields.put("bongsu.rule.custom." + key, value));
        return new RuleInfo(meta.id(), meta.title(), meta.level().word(), version, fields);
    }

    private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
        if (value != null && !(value instanceof List<?> list && list.isEmpty())) {
            fields.put(name, value);
        }
    }

    private static String hash(List<String> meaning) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : meaning) {
                digest.update(Canonical.of(part).getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
