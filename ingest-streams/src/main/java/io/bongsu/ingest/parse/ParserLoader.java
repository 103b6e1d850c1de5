package io.bongsu.ingest.parse;

import io.bongsu.ingest.parse.Parser.Detect;
import io.bongsu.ingest.parse.Parser.JsonNames;
import io.bongsu.model.Micros;
import io.bongsu.rules.LogSource;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlReader;
import io.bongsu.rules.yaml.YamlScalar;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads parser files: YAML to {@link Parser}, each mistake to a problem with its place and how to mend it. */
final class ParserLoader {
    private static final String BUILT_IN = "parsers/";
    private static final Pattern SECONDS = Pattern.compile("([0-9]{1,5})(ms|s)");
    private static final List<String> KEYS = List.of(
            "parser",
            "title",
            "dataset",
            "sigma",
            "detect",
            "input",
            "head",
            "join",
            "json",
            "defaults",
            "macros",
            "steps",
            "tests",
            "extends",
            "before",
            "after",
            "cases",
            "then");
    private static final List<String> STEPS = List.of(
            "access_log",
            "args",
            "auditd",
            "call",
            "cef",
            "convert",
            "copy",
            "csv",
            "date",
            "dns_name",
            "dns_results",
            "drop",
            "exception",
            "first",
            "hash",
            "http_request",
            "if",
            "ip",
            "join",
            "json",
            "kv",
            "leef",
            "map",
            "path",
            "regex",
            "registry",
            "related",
            "rename",
            "set",
            "sigma",
            "split",
            "switch",
            "tag",
            "text",
            "tmpl",
            "trim",
            "unhex",
            "unwrap_repeat",
            "url",
            "use",
            "user_domain",
            "w3c",
            "xml");
    private static final int MAX_EXTENDS = 8;

    /** So many names are listed when none is like the one that is wrong. */
    private static final int MAX_NAMED = 20;

    /** A parser in a file, and the calls in it that must be there. */
    private record Source(
            Parser parser, List<YamlScalar> calls, @Nullable YamlScalar jsonLike, YamlNode at) {}

    ParserSet.Loaded load(List<Path> userDirs) {
        Problems problems = new Problems();
        List<YamlNode> builtIn = builtIn(problems);
        List<YamlNode> user = new ArrayList<>();
        for (Path file : YamlReader.files(userDirs, problems)) {
            user.addAll(YamlReader.readAll(file, problems));
        }
        return load(builtIn, user, problems);
    }

    /** @param files by name */
    ParserSet.Loaded load(SequencedMap<String, byte[]> files) {
        Problems problems = new Problems();
        List<YamlNode> builtIn = builtIn(problems);
        List<YamlNode> user = new ArrayList<>();
        files.forEach((name, bytes) -> {
            String text = YamlReader.text(name, bytes, problems);
            if (text != null) {
                user.addAll(YamlReader.readAll(name, text, problems));
            }
        });
        return load(builtIn, user, problems);
    }

    private static List<YamlNode> builtIn(Problems problems) {
        List<YamlNode> builtIn = new ArrayList<>();
        builtIn()
                .forEach(
                        (name, text) -> builtIn.addAll(YamlReader.readAll(ParserTest.BUILT_IN + name, text, problems)));
        return builtIn;
    }

    /** Texts by name. */
    static SequencedMap<String, String> builtIn() {
        SequencedMap<String, String> texts = new LinkedHashMap<>();
        for (String name : resource(BUILT_IN + "index.txt").lines().toList()) {
            if (!name.isBlank()) {
                texts.put(name, resource(BUILT_IN + name));
            }
        }
        return texts;
    }

    /** The built-in parsers and those of one text. */
    ParserSet.Loaded loadBeside(String file, String text) {
        Problems problems = new Problems();
        return load(builtIn(problems), YamlReader.readAll(file, text, problems), problems);
    }

    /** For tests: the parsers of one text, without the built-in ones. */
    ParserSet.Loaded load(String file, String text) {
        Problems problems = new Problems();
        return load(List.of(), YamlReader.readAll(file, text, problems), problems);
    }

    private static ParserSet.Loaded load(List<YamlNode> builtIn, List<YamlNode> user, Problems problems) {
        Extensions extensions = new Extensions(builtIn, user, problems);
        Set<String> made = new LinkedHashSet<>();
        Map<String, Source> all = new TreeMap<>();
        Set<String> ids = new TreeSet<>(extensions.builtIn.keySet());
        ids.addAll(extensions.user.keySet());
        read(extensions.resolved(builtIn), ids, problems, made).forEach(source -> all.put(source.parser.id(), source));
        Map<String, Source> users = new TreeMap<>();
        for (Source source : read(extensions.resolved(user), ids, problems, made)) {
            Source twice = users.putIfAbsent(source.parser.id(), source);
            if (twice != null) {
                problems.add(
                        source.at,
                        "parser '" + source.parser.id() + "' is defined twice",
                        "the first is in " + twice.at.file() + "; give this one another id");
            }
        }
        return linked(all, users, made, problems);
    }

    /**
     * {@code extends}: the parser that is named, with what this file says put over it, {@code before} in front of the
     * cases of its first decision list and {@code after} behind them, above the else, {@code cases} in place of those of
     * its first switch, {@code then} behind its steps.
     */
    private record Extensions(Map<String, YamlMap> builtIn, Map<String, YamlMap> user, Problems problems) {
        Extensions(List<YamlNode> builtIn, List<YamlNode> user, Problems problems) {
            this(byId(builtIn), byId(user), problems);
        }

        private static Map<String, YamlMap> byId(List<YamlNode> documents) {
            Map<String, YamlMap> found = new TreeMap<>();
            for (YamlNode document : documents) {
                if (document instanceof YamlMap map && map.get("parser") instanceof YamlScalar id) {
                    found.putIfAbsent(id.text(), map);
                }
            }
            return found;
        }

        List<YamlNode> resolved(List<YamlNode> documents) {
            List<YamlNode> resolved = new ArrayList<>();
            for (YamlNode document : documents) {
                YamlNode whole = document instanceof YamlMap map ? resolve(map, MAX_EXTENDS) : document;
                if (whole != null) {
                    resolved.add(whole);
                }
            }
            return resolved;
        }

        private @Nullable YamlMap resolve(YamlMap child, int depth) {
            if (!(child.get("extends") instanceof YamlScalar name)) {
                for (String key : List.of("before", "after", "cases", "then")) {
                    if (child.get(key) != null) {
                        problems.add(child.at(key), "'" + key + "' without 'extends'", "add 'extends: linux.sshd'");
                    }
                }
                return child;
            }
            YamlMap parent = user.get(name.text());
            if (parent == null || parent == child) {
                parent = builtIn.get(name.text());
            }
            if (parent == null || parent == child || depth == 0) {
                Set<String> known = new TreeSet<>(builtIn.keySet());
                known.addAll(user.keySet());
                problems.add(name, "there is no parser '" + name.text() + "' to extend", nearest(name.text(), known));
                return null;
            }
            YamlMap whole = resolve(parent, depth - 1);
            return whole == null ? null : merged(whole, child);
        }

        private static YamlMap merged(YamlMap parent, YamlMap child) {
            Map<String, YamlNode> entries = new LinkedHashMap<>(parent.entries());
            Map<String, YamlScalar> keys = new LinkedHashMap<>(parent.keys());
            boolean same = text(parent).equals(text(child));
            if (!same) {
                for (String own : List.of("detect", "tests")) { // another parser: what selects it is its own
                    entries.remove(own);
                    keys.remove(own);
                }
            }
            child.entries().forEach((key, value) -> {
                switch (key) {
                    case "extends", "before", "after", "cases", "then" -> {}
                    case "tests", "macros", "defaults" -> {
                        entries.merge(key, value, Extensions::both);
                        keys.putIfAbsent(key, child.keys().get(key));
                    }
                    default -> {
                        entries.put(key, value);
                        keys.put(key, child.keys().get(key));
                    }
                }
            });
            if (entries.get("steps") instanceof YamlList steps && child.get("steps") == null) {
                YamlList spliced = spliced(steps, list(child.get("before")), list(child.get("after")));
                if (child.get("cases") instanceof YamlMap cases) {
                    spliced = cased(spliced, cases);
                }
                List<YamlNode> all = new ArrayList<>(spliced.items());
                all.addAll(list(child.get("then")));
                entries.put("steps", new YamlList(steps.file(), steps.line(), steps.column(), all));
            }
            return new YamlMap(child.file(), child.line(), child.column(), entries, keys);
        }

        private static String text(YamlMap map) {
            return map.get("parser") instanceof YamlScalar id ? id.text() : "";
        }

        private static List<YamlNode> list(@Nullable YamlNode node) {
            return node == null ? List.of() : node instanceof YamlList list ? list.items() : List.of(node);
        }

        private static YamlNode both(YamlNode first, YamlNode second) {
            if (first instanceof YamlMap a && second instanceof YamlMap b) {
                Map<String, YamlNode> entries = new LinkedHashMap<>(a.entries());
                entries.putAll(b.entries());
                Map<String, YamlScalar> keys = new LinkedHashMap<>(a.keys());
                keys.putAll(b.keys());
                return new YamlMap(b.file(), b.line(), b.column(), entries, keys);
            }
            List<YamlNode> items = new ArrayList<>(list(first));
            items.addAll(list(second));
            return new YamlList(second.file(), second.line(), second.column(), items);
        }

        /** The first switch with these cases in place of its own of the same value. */
        private static YamlList cased(YamlList steps, YamlMap cases) {
            Set<String> taken = new HashSet<>();
            cases.entries().keySet().forEach(key -> taken.addAll(values(key)));
            List<YamlNode> items = new ArrayList<>(steps.items());
            for (int i = 0; i < items.size(); i++) {
                if (items.get(i) instanceof YamlMap step
                        && step.get("switch") instanceof YamlMap choice
                        && choice.get("cases") instanceof YamlMap before) {
                    Map<String, YamlNode> all = new LinkedHashMap<>(cases.entries());
                    Map<String, YamlScalar> keys = new LinkedHashMap<>(cases.keys());
                    before.entries().forEach((key, body) -> {
                        List<String> left = new ArrayList<>(values(key));
                        left.removeAll(taken);
                        if (!left.isEmpty()) {
                            all.put(String.join(",", left), body);
                            keys.put(
                                    String.join(",", left),
                                    Objects.requireNonNull(before.keys().get(key)));
                        }
                    });
                    Map<String, YamlNode> entries = new LinkedHashMap<>(choice.entries());
                    entries.put("cases", new YamlMap(cases.file(), cases.line(), cases.column(), all, keys));
                    YamlMap whole = new YamlMap(choice.file(), choice.line(), choice.column(), entries, choice.keys());
                    items.set(
                            i,
                            new YamlMap(step.file(), step.line(), step.column(), Map.of("switch", whole), step.keys()));
                    break;
                }
            }
            return new YamlList(steps.file(), steps.line(), steps.column(), items);
        }

        private static List<String> values(String key) {
            return java.util.Arrays.stream(key.split(",")).map(String::strip).toList();
        }

        private static YamlList spliced(YamlList steps, List<YamlNode> before, List<YamlNode> after) {
            List<YamlNode> items = new ArrayList<>(steps.items());
            for (int i = 0; i < items.size(); i++) {
                if (items.get(i) instanceof YamlMap step && step.get("first") instanceof YamlList cases) {
                    List<YamlNode> all = new ArrayList<>(before);
                    for (YamlNode item : cases.items()) {
                        if (item instanceof YamlMap map && map.get("else") != null) {
                            all.addAll(after);
                        }
                        all.add(item);
                    }
                    if (!after.isEmpty() && !all.containsAll(after)) {
                        all.addAll(after);
                    }
                    Map<String, YamlNode> entry =
                            Map.of("first", new YamlList(cases.file(), cases.line(), cases.column(), all));
                    items.set(i, new YamlMap(step.file(), step.line(), step.column(), entry, step.keys()));
                    break;
                }
            }
            return new YamlList(steps.file(), steps.line(), steps.column(), items);
        }
    }

    /** Puts user parsers over the built-in ones and leaves out, until nothing changes, each that calls what is not there. */
    private static ParserSet.Loaded linked(
            Map<String, Source> builtIn, Map<String, Source> users, Set<String> made, Problems problems) {
        Map<String, Source> all = new TreeMap<>(builtIn);
        all.putAll(users);
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Source source : List.copyOf(all.values())) {
                if (!callsAreThere(source, all, problems)) {
                    all.remove(source.parser.id());
                    Source replaced = builtIn.get(source.parser.id());
                    if (replaced != null && replaced != source) {
                        all.put(source.parser.id(), replaced);
                    }
                    changed = true;
                }
            }
        }
        claims(users.values().stream().filter(all::containsValue).toList(), problems);
        List<Source> inOrder = new ArrayList<>(all.values());
        inOrder.sort(Comparator.comparing(source -> !users.containsValue(source))); // the user's first, each by id
        List<Parser> parsers = new ArrayList<>();
        for (Source source : inOrder) {
            Parser parser = source.parser;
            if (source.jsonLike != null) {
                Parser like = Objects.requireNonNull(all.get(source.jsonLike.text())).parser;
                parser = new Parser(
                        parser.id(),
                        parser.title(),
                        parser.dataset(),
                        parser.logSources(),
                        parser.detect(),
                        parser.input(),
                        parser.defaults(),
                        like.json(),
                        parser.join(),
                        parser.head(),
                        parser.steps(),
                        parser.sets(),
                        parser.calls(),
                        parser.tests());
            }
            parsers.add(parser);
        }
        return new ParserSet.Loaded(new ParserSet(parsers, made), problems.list());
    }

    /** Two parsers of the user that claim the same lines: the first, by id, has them. */
    private static void claims(List<Source> sources, Problems problems) {
        Map<String, String> owners = new HashMap<>();
        for (Source source : sources) {
            List<String> claims = new ArrayList<>();
            source.parser.detect().tags().forEach(tag -> claims.add("tag " + tag));
            source.parser.detect().programs().forEach(program -> claims.add("program " + program));
            source.parser.detect().literals().forEach(literal -> claims.add("literal " + literal));
            source.parser.detect().prefixes().forEach(prefix -> claims.add("prefix " + prefix));
            for (String claim : claims) {
                String owner = owners.putIfAbsent(claim, source.parser.id());
                if (owner != null && !owner.equals(source.parser.id())) {
                    problems.add(
                            source.at, claim + " is detected by '" + owner + "' as well", "remove it from one of them");
                }
            }
        }
    }

    private static boolean callsAreThere(Source source, Map<String, Source> all, Problems problems) {
        boolean good = true;
        for (YamlScalar call : source.calls) {
            if (!all.containsKey(call.text())) {
                noSuchCall(call, all.keySet(), problems);
                good = false;
            } else if (reaches(call.text(), source.parser.id(), all, new HashSet<>())) {
                problems.add(call, "'" + source.parser.id() + "' would call itself", "remove this call");
                good = false;
            }
        }
        YamlScalar like = source.jsonLike;
        if (like != null
                && (!all.containsKey(like.text()) || all.get(like.text()).parser.json() == null)) {
            problems.add(
                    like,
                    "there is no parser '" + like.text() + "' with a json section",
                    nearest(like.text(), all.keySet()));
            good = false;
        }
        return good;
    }

    private static void noSuchCall(YamlScalar call, Set<String> known, Problems problems) {
        problems.add(call, "there is no parser '" + call.text() + "' to call", nearest(call.text(), known));
    }

    private static boolean reaches(String from, String target, Map<String, Source> all, Set<String> seen) {
        if (from.equals(target)) {
            return true;
        }
        Source source = all.get(from);
        return source != null
                && seen.add(from)
                && source.calls.stream().anyMatch(call -> reaches(call.text(), target, all, seen));
    }

    /** @param ids of all parsers, good or not: what a bad one calls is looked for there, as it will not be linked */
    private static List<Source> read(List<YamlNode> documents, Set<String> ids, Problems problems, Set<String> made) {
        List<Source> sources = new ArrayList<>();
        for (YamlNode document : documents) {
            Problems own = new Problems();
            FileReader reader = new FileReader(own);
            Source source = reader.parser(document);
            made.addAll(reader.made);
            problems.addAll(own);
            if (own.isEmpty() && source != null) {
                sources.add(source);
            } else if (source != null) {
                source.calls.stream()
                        .filter(call -> !ids.contains(call.text()))
                        .forEach(call -> noSuchCall(call, ids, problems));
            }
        }
        return sources;
    }

    private static String resource(String name) {
        try (InputStream in = ParserLoader.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** "did you mean …?" when something similar is there, else all there is. */
    static String nearest(String word, Iterable<String> known) {
        String best = null;
        int bestDistance = 3;
        for (String candidate : known) {
            int distance = distance(word, candidate);
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        if (best != null) {
            return "did you mean '" + best + "'?";
        }
        List<String> some = new ArrayList<>();
        known.forEach(some::add);
        return "use one of "
                + (some.size() <= MAX_NAMED
                        ? String.join(", ", some)
                        : String.join(", ", some.subList(0, MAX_NAMED)) + " and " + (some.size() - MAX_NAMED)
                                + " more");
    }

    /** What to do about a name that ECS does not have. */
    private static String nearestField(String name) {
        int dot = name.lastIndexOf('.');
        String parent = dot < 0 ? "" : name.substring(0, dot);
        if (Ecs.has(parent) && (name.endsWith(".address") || name.endsWith(".port"))) {
            return "hostport makes two fields, address and port, of what you name: write {"
                    + parent.substring(0, Math.max(0, parent.lastIndexOf('.'))) + ":hostport}";
        }
        return nearest(name, Ecs.near(name));
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j], row[j - 1]) + 1, diagonal + cost);
                diagonal = above;
            }
        }
        return row[b.length()];
    }

    /** Reads one document. */
    private static final class FileReader {
        private final Problems problems;
        private final List<YamlScalar> calls = new ArrayList<>();
        private final Map<String, YamlNode> macros = new LinkedHashMap<>();
        private final Set<String> expanding = new LinkedHashSet<>();
        private Map<String, Object> defaults = Map.of();

        /** Every field that a step may set. */
        private final Set<String> made = new LinkedHashSet<>();

        FileReader(Problems problems) {
            this.problems = problems;
        }

        @Nullable
        Source parser(YamlNode node) {
            if (!(node instanceof YamlMap map)) {
                problems.add(node, "a parser file is a mapping", "begin with 'parser: vendor.product'");
                return null;
            }
            known(map, KEYS, "key");
            String id = text(map, "parser");
            if (id == null) {
                problems.add(map, "the parser has no id", "add 'parser: vendor.product'");
                return null;
            }
            if (!Names.isField(id)) {
                problems.add(
                        Objects.requireNonNull(map.entries().get("parser")),
                        "'" + id + "' is not an id",
                        "use letters, digits, '.', '_' and '-'");
            }
            Detect detect = detect(map.get("detect"));
            String dataset = text(map, "dataset");
            if (dataset == null && !detect.isEmpty()) {
                problems.add(map, "the parser detects lines but names no dataset", "add 'dataset: module.name'");
            }
            Parser.Input input =
                    switch (Objects.requireNonNullElse(text(map, "input"), "message")) {
                        case "message" -> Parser.Input.MESSAGE;
                        case "raw" -> Parser.Input.RAW;
                        case "json" -> Parser.Input.JSON;
                        case "windows" -> Parser.Input.WINDOWS;
                        default -> {
                            problems.add(
                                    Objects.requireNonNull(map.get("input")),
                                    "unknown input '" + text(map, "input") + "'",
                                    "use message, raw or json");
                            yield Parser.Input.MESSAGE;
                        }
                    };
            boolean json = input == Parser.Input.JSON;
            each(map.get("macros"), (name, steps) -> macros.put(name, steps));
            defaults = flat("", map.get("defaults"));
            categories(map.get("defaults"), defaults);
            JsonNames names = null;
            YamlScalar like = null;
            if (map.get("json") instanceof YamlScalar other) {
                like = other;
            } else if (json) {
                names = jsonNames(map.get("json"));
            }
            Join join = map.get("join") == null ? null : join(map.get("join"));
            List<Step> steps = steps(map.get("steps"));
            List<ParserTest> tests = tests(id, map.get("tests"));
            if (detect.isEmpty() && !tests.isEmpty()) {
                problems.add(
                        map.at("tests"),
                        "nothing detects this parser, so its tests cannot run",
                        "add 'detect: {tag: ...}'");
            }
            if (!detect.jsonKeys().isEmpty() && !json) {
                problems.add(map.at("detect"), "json_keys without 'input: json'", "add 'input: json'");
            }
            Map<String, Object> all = new LinkedHashMap<>();
            if (dataset != null && dataset.indexOf('.') > 0) {
                all.put("event.module", dataset.substring(0, dataset.indexOf('.')));
            }
            all.putIfAbsent("event.kind", "event");
            all.putAll(defaults);
            Parser parser = new Parser(
                    id,
                    Objects.requireNonNullElse(text(map, "title"), id),
                    dataset,
                    sigma(map.get("sigma")),
                    detect,
                    input,
                    detect.isEmpty() ? Map.of() : all,
                    names,
                    join,
                    strings(map.get("head")),
                    steps,
                    made,
                    calls.stream().map(YamlScalar::text).collect(Collectors.toCollection(LinkedHashSet::new)),
                    tests);
            return new Source(parser, List.copyOf(calls), like, map.at("parser"));
        }

        private Detect detect(@Nullable YamlNode node) {
            if (node == null) {
                return Detect.NOTHING;
            }
            if (!(node instanceof YamlMap map)) {
                problems.add(node, "detect is a mapping", "write tag, program, json_keys, literal, form or prefix");
                return Detect.NOTHING;
            }
            known(map, List.of("tag", "program", "json_keys", "literal", "form", "prefix"), "way to detect");
            List<Set<String>> keys = new ArrayList<>();
            if (map.get("json_keys") instanceof YamlList list) {
                for (YamlNode item : list.items()) {
                    keys.add(Ordered.copy(new LinkedHashSet<>(strings(item))));
                }
            } else if (map.get("json_keys") != null) {
                problems.add(
                        map.at("json_keys"),
                        "json_keys is a list of lists",
                        "write [[key, key], [key]]; [[]] is any object");
            }
            List<String> literals = strings(map.get("literal"));
            for (String literal : literals) {
                if (literal.length() < 4) {
                    problems.add(
                            map.at("literal"),
                            "the literal '" + literal + "' is in too many lines",
                            "take four characters or more");
                }
            }
            return new Detect(
                    strings(map.get("tag")),
                    strings(map.get("program")),
                    keys,
                    literals,
                    forms(map.get("form")),
                    strings(map.get("prefix")));
        }

        private List<Parser.Form> forms(@Nullable YamlNode node) {
            List<Parser.Form> forms = new ArrayList<>();
            for (YamlNode item : items(node)) {
                if (!(item instanceof YamlMap map) || map.get("tmpl") == null) {
                    problems.add(item, "a form has a template", "write {has: [' HTTP/'], tmpl: '...'}");
                    continue;
                }
                known(map, List.of("has", "tmpl"), "key of a form");
                List<Template> templates = new ArrayList<>();
                for (Matching pattern : patterns("tmpl", map.get("tmpl"), false)) {
                    if (pattern instanceof Template template) {
                        templates.add(template);
                    }
                }
                forms.add(new Parser.Form(strings(map.get("has")), templates));
            }
            return forms;
        }

        private @Nullable Join join(YamlNode node) {
            if (!(node instanceof YamlMap map)) {
                return wrong(node, "join is a mapping", "write join: {continues: [\"\\t{_:rest}\"]}");
            }
            known(
                    map,
                    List.of(
                            "key",
                            "start",
                            "lead",
                            "continues",
                            "last",
                            "empty",
                            "whole",
                            "demands",
                            "open",
                            "opens",
                            "text",
                            "json",
                            "within",
                            "glue",
                            "full"),
                    "key of join");
            if (map.get("key") != null && (map.get("start") != null || map.get("continues") != null)) {
                problems.add(
                        map.at("key"),
                        "lines are joined by a key or because they continue, not both",
                        "remove key, or start and continues");
            }
            if (map.get("key") == null
                    && map.get("start") == null
                    && map.get("continues") == null
                    && map.get("opens") == null) {
                problems.add(map, "nothing says which lines belong together", "add key, start, continues or opens");
            }
            String within = text(map, "within");
            long micros = 2_000_000;
            if (within != null) {
                Matcher seconds = SECONDS.matcher(within);
                if (seconds.matches()) {
                    micros =
                            Long.parseLong(seconds.group(1)) * (seconds.group(2).equals("ms") ? 1_000 : 1_000_000);
                } else {
                    problems.add(map.at("within"), "'" + within + "' is not a time", "write within: 2s or 100ms");
                }
            }
            String glue = text(map, "glue");
            long full = map.get("full") instanceof YamlScalar scalar && scalar.value() instanceof Long n ? n : 0;
            return new Join(
                    templates(map.get("key")),
                    templates(map.get("start")),
                    templates(map.get("lead")),
                    templates(map.get("continues")),
                    templates(map.get("last")),
                    templates(map.get("empty")),
                    templates(map.get("whole")),
                    demands(map.get("demands")),
                    templates(map.get("opens")),
                    open(map),
                    templates(map.get("text")),
                    text(map, "json"),
                    micros,
                    glue == null ? "\n" : glue,
                    (int) full);
        }

        private List<Join.Demand> demands(@Nullable YamlNode node) {
            List<Join.Demand> demands = new ArrayList<>();
            for (YamlNode item : items(node)) {
                if (item instanceof YamlMap map && map.get("line") != null && map.get("of") != null) {
                    known(map, List.of("line", "of"), "key of demands");
                    demands.add(new Join.Demand(templates(map.get("line")), templates(map.get("of"))));
                } else {
                    problems.add(
                            item,
                            "a demand is what one line says of others",
                            "write demands: [{line: \"begin {count:int} parts\", of: \"part {_:rest}\"}]");
                }
            }
            return demands;
        }

        private char open(YamlMap map) {
            String open = text(map, "open");
            if (open != null && open.length() != 1) {
                problems.add(map.at("open"), "'" + open + "' is not one character", "write open: '\"'");
            }
            return open == null || open.length() != 1 ? 0 : open.charAt(0);
        }

        private List<Matching> templates(@Nullable YamlNode node) {
            return node == null ? List.of() : patterns("tmpl", node);
        }

        private Set<LogSource> sigma(@Nullable YamlNode node) {
            Set<LogSource> sources = new LinkedHashSet<>();
            for (YamlNode item : items(node)) {
                if (item instanceof YamlMap map) {
                    known(map, List.of("category", "product", "service"), "part of a log source");
                    sources.add(new LogSource(text(map, "category"), text(map, "product"), text(map, "service")));
                } else {
                    problems.add(item, "a log source is a mapping", "write {product: linux, service: sshd}");
                }
            }
            return sources;
        }

        private JsonNames jsonNames(@Nullable YamlNode node) {
            if (node == null) {
                return new JsonNames(List.of("@timestamp"), Map.of(), Set.of(), "json", true, null);
            }
            if (!(node instanceof YamlMap map)) {
                problems.add(node, "json is a mapping or the id of another parser", "write time, rename, drop");
                return new JsonNames(List.of(), Map.of(), Set.of(), "json", true, null);
            }
            known(map, List.of("time", "rename", "drop", "to", "ecs", "labels"), "key");
            return jsonNames(map, true);
        }

        private JsonNames jsonNames(YamlMap map, boolean ecs) {
            Map<String, Target> rename = targets(map.get("rename"));
            rename.forEach((key, target) -> {
                if (Ecs.has(target.name()) && !Ecs.isField(target.name()) && ecs) {
                    problems.add(
                            map.at("rename"),
                            "'" + target.name() + "' is no ECS field that JSON may set",
                            "leave the key out: it becomes json.*");
                }
            });
            return new JsonNames(
                    strings(map.get("time")),
                    rename,
                    new LinkedHashSet<>(strings(map.get("drop"))),
                    Objects.requireNonNullElse(text(map, "to"), "json"),
                    flag(map, "ecs", ecs),
                    text(map, "labels"));
        }

        // ---- steps

        private List<Step> steps(@Nullable YamlNode node) {
            List<Step> steps = new ArrayList<>();
            for (YamlNode item : items(node)) {
                if (!(item instanceof YamlMap map) || map.entries().size() != 1) {
                    problems.add(item, "a step is one key with its value", "write '- trim: {}'");
                    continue;
                }
                String name = map.entries().keySet().iterator().next();
                YamlNode value = Objects.requireNonNull(map.entries().get(name));
                if (name.equals("use") || name.equals("ip")) {
                    steps.addAll(name.equals("use") ? macro(value) : addresses(value));
                    continue;
                }
                Step step = step(name, map, value);
                if (step != null) {
                    steps.add(step);
                }
            }
            return steps;
        }

        private @Nullable Step step(String name, YamlMap at, YamlNode value) {
            return switch (name) {
                case "unwrap_repeat" -> new Step.UnwrapRepeat();
                case "trim" -> trim(value);
                case "first" -> first(value);
                case "switch" -> choice(value);
                case "if" -> condition(value);
                case "set" -> set(value);
                case "map" -> lookup(value);
                case "drop" -> new Step.Drop(fields(value));
                case "related" -> related(value);
                case "sigma" -> new Step.Serves(sigma(value));
                case "tag" ->
                    value instanceof YamlScalar tag
                            ? new Step.Tag(tag.text())
                            : wrong(value, "tag is a text", "write tag: and one word");
                case "exception" ->
                    value instanceof YamlScalar from
                            ? new Step.StackTrace(from.text())
                            : wrong(value, "exception names a field", "write 'exception: error.stack_trace'");
                case "call" ->
                    value instanceof YamlScalar id
                            ? call(id)
                            : wrong(value, "call names a parser", "write 'call: linux.pam'");
                case "tmpl", "regex" -> attempt(name, value);
                case "auditd" -> new Step.Extracting(new Auditd());
                case "kv",
                        "csv",
                        "json",
                        "xml",
                        "date",
                        "url",
                        "user_domain",
                        "hash",
                        "split",
                        "join",
                        "unhex",
                        "text",
                        "access_log",
                        "http_request",
                        "w3c",
                        "cef",
                        "leef",
                        "path",
                        "registry",
                        "args",
                        "dns_name",
                        "dns_results",
                        "rename",
                        "copy",
                        "convert" -> {
                    Extract extract = extract(name, value);
                    yield extract == null ? null : new Step.Extracting(extract);
                }
                default -> wrong(at.at(name), "unknown step '" + name + "'", nearest(name, STEPS));
            };
        }

        private Step call(YamlScalar id) {
            calls.add(id);
            return new Step.Call(id.text());
        }

        private @Nullable Extract extract(String name, YamlNode value) {
            return switch (name) {
                case "rename", "copy" -> new Extracts.Move(targets(value), name.equals("copy"));
                case "convert" -> {
                    List<Target> targets = new ArrayList<>();
                    each(value, (field, as) -> {
                        Target target = as instanceof YamlScalar type ? target(as, field + ":" + type.text()) : null;
                        if (target != null) {
                            targets.add(target);
                        }
                    });
                    yield new Extracts.Convert(targets);
                }
                case "text" ->
                    value instanceof YamlScalar from
                            ? new Extracts.Text(from.text())
                            : wrong(value, "text names a field", "write 'text: message'");
                case "url" -> {
                    if (value instanceof YamlScalar from) {
                        yield new Extracts.Url(from.text(), "url");
                    }
                    YamlMap map = options(value, List.of("from"), List.of("to"), "url: url.original");
                    yield map == null
                            ? null
                            : new Extracts.Url(must(map, "from"), Objects.requireNonNullElse(text(map, "to"), "url"));
                }
                case "access_log" -> new AccessLog();
                case "w3c" -> new W3cLog(strings(value));
                case "cef", "leef" -> {
                    YamlMap map =
                            options(value, List.of("to"), List.of("rename"), name + ": {to: " + name + ".extensions}");
                    yield map == null
                            ? null
                            : new Cef(name.equals("leef"), targets(map.get("rename")), field(map, must(map, "to")));
                }
                case "http_request" ->
                    value instanceof YamlScalar from
                            ? new HttpRequest(from.text())
                            : wrong(value, "http_request names a field", "write 'http_request: _request'");
                case "user_domain" -> {
                    if (value instanceof YamlScalar prefix) {
                        String user = prefix.text();
                        yield new Extracts.UserDomain(
                                user + ".name", field(value, user + ".name"), field(value, user + ".domain"));
                    }
                    YamlMap map = options(
                            value,
                            List.of("from", "user", "domain"),
                            List.of(),
                            "user_domain: user, or {from: _u, user: user.name, domain: user.domain}");
                    yield map == null
                            ? null
                            : new Extracts.UserDomain(
                                    must(map, "from"),
                                    field(value, must(map, "user")),
                                    field(value, must(map, "domain")));
                }
                case "hash" -> {
                    YamlMap map = options(
                            value, List.of("from", "to"), List.of("pe"), "hash: {from: _hashes, to: process.hash}");
                    if (map == null) {
                        yield null;
                    }
                    String to = must(map, "to");
                    field(value, to + ".md5");
                    String pe = text(map, "pe");
                    int dot = to.lastIndexOf('.');
                    yield new Extracts.Hashes(
                            must(map, "from"), to, pe != null ? pe : (dot < 0 ? to : to.substring(0, dot)) + ".pe");
                }
                case "split" -> {
                    YamlMap map =
                            options(value, List.of("from"), List.of("by", "to"), "split: {from: a, by: ',', to: b}");
                    if (map == null) {
                        yield null;
                    }
                    String to = text(map, "to");
                    Target target = target(value, to == null ? must(map, "from") : to);
                    String by = text(map, "by");
                    yield target == null
                            ? null
                            : new Extracts.Split(must(map, "from"), by == null || by.isEmpty() ? "," : by, target);
                }
                case "join" -> {
                    YamlMap map = options(
                            value, List.of("from", "to"), List.of("by"), "join: {from: [a, b], by: ' ', to: c}");
                    Target target = map == null ? null : target(value, must(map, "to"));
                    yield map == null || target == null
                            ? null
                            : new Extracts.Join(
                                    strings(map.get("from")), Objects.requireNonNullElse(text(map, "by"), " "), target);
                }
                case "unhex" -> {
                    YamlMap map = options(value, List.of("from", "to"), List.of("args"), "unhex: {from: a, to: b}");
                    Target target = map == null ? null : target(value, must(map, "to"));
                    yield map == null || target == null
                            ? null
                            : new Extracts.Unhex(must(map, "from"), target, text(map, "args"));
                }
                case "xml" -> {
                    YamlMap map =
                            options(value, List.of(), List.of("from", "rename", "to"), "xml: {rename: {a.b: field}}");
                    yield map == null
                            ? null
                            : new Extracts.XmlTree(text(map, "from"), targets(map.get("rename")), text(map, "to"));
                }
                case "json" -> {
                    YamlMap map = options(
                            value,
                            List.of(),
                            List.of("from", "time", "rename", "drop", "to", "ecs"),
                            "json: {from: _json, to: acme}");
                    yield map == null ? null : new Extracts.JsonObject(text(map, "from"), jsonNames(map, false));
                }
                case "path" -> {
                    Map<String, String> owners = new LinkedHashMap<>();
                    each(value, (from, owner) -> {
                        if (owner instanceof YamlScalar prefix) {
                            owners.put(from, prefix.text());
                            field(owner, prefix.text() + ".name");
                        }
                    });
                    yield new Extracts.Paths(owners);
                }
                case "registry" -> {
                    YamlMap map = options(
                            value, List.of("from"), List.of("data"), "registry: {from: _TargetObject, data: _Details}");
                    yield map == null ? null : new Extracts.Registry(must(map, "from"), text(map, "data"));
                }
                case "args" -> {
                    Map<String, String> names = new LinkedHashMap<>();
                    each(value, (from, to) -> {
                        if (to instanceof YamlScalar scalar) {
                            names.put(from, field(to, scalar.text()));
                        }
                    });
                    yield new Extracts.Arguments(names);
                }
                case "dns_name" ->
                    value instanceof YamlScalar from
                            ? new Extracts.DnsName(field(value, from.text()))
                            : wrong(value, "dns_name names a field", "write 'dns_name: dns.question.name'");
                case "dns_results" ->
                    value instanceof YamlScalar from
                            ? new Extracts.DnsResults(from.text())
                            : wrong(value, "dns_results names a field", "write 'dns_results: _QueryResults'");
                case "date" -> date(value);
                case "csv" -> columns(value);
                default -> keyValues(value);
            };
        }

        private @Nullable Extract date(YamlNode value) {
            if (value instanceof YamlScalar from) {
                return new DateField(from.text(), List.of(new DateFormat.Auto()), "@timestamp", null, null);
            }
            YamlMap map = options(
                    value,
                    List.of("from"),
                    List.of("formats", "to", "zone", "zone_from"),
                    "date: {from: _time, formats: [auto]}");
            if (map == null) {
                return null;
            }
            List<DateFormat> formats = new ArrayList<>();
            for (YamlNode item : items(map.get("formats"))) {
                DateFormat format = item instanceof YamlScalar text ? DateFormat.named(text.text()) : null;
                if (format == null) {
                    problems.add(
                            item,
                            "this is no format of a date",
                            "use auto, epoch, epoch_ms, epoch_us, epoch_ns, or a pattern such as yyyy-MM-dd HH:mm:ss[.SSS]");
                } else {
                    formats.add(format);
                }
            }
            String to = Objects.requireNonNullElse(text(map, "to"), "@timestamp");
            if (!to.equals("@timestamp")) {
                field(map, to);
            }
            String zone = text(map, "zone");
            ZoneId id = null;
            if (zone != null) {
                try {
                    id = ZoneId.of(zone);
                } catch (DateTimeException e) {
                    problems.add(map.at("zone"), "'" + zone + "' is no time zone", "write Asia/Seoul or +09:00");
                }
            }
            return new DateField(
                    must(map, "from"),
                    formats.isEmpty() ? List.of(new DateFormat.Auto()) : formats,
                    to,
                    text(map, "zone_from"),
                    id);
        }

        private @Nullable Extract columns(YamlNode value) {
            YamlMap map = options(
                    value,
                    List.of("columns"),
                    List.of("from", "delimiter", "quote", "key", "empty", "head"),
                    "csv: {columns: [source.ip, _, source.port]}");
            if (map == null) {
                return null;
            }
            Map<String, List<@Nullable Target>> layouts = new LinkedHashMap<>();
            if (map.get("columns") instanceof YamlMap table) {
                table.entries().forEach((key, names) -> {
                    for (String one : key.split(",")) {
                        layouts.put(one.strip(), layout(names));
                    }
                });
            } else {
                layouts.put("*", layout(Objects.requireNonNull(map.get("columns"))));
            }
            Columns.Head head = null;
            if (map.get("head") != null) {
                YamlMap told = options(
                        Objects.requireNonNull(map.get("head")), List.of("to"), List.of("rename"), "head: {to: acme}");
                if (told == null) {
                    return null;
                }
                Map<String, Target> known = new LinkedHashMap<>();
                layouts.values().stream()
                        .flatMap(List::stream)
                        .filter(Objects::nonNull)
                        .forEach(target -> known.putIfAbsent(target.name(), target));
                Map<String, String> rename = new LinkedHashMap<>();
                if (told.get("rename") instanceof YamlMap names) {
                    names.entries().forEach((name, field) -> rename.put(name, ((YamlScalar) field).text()));
                }
                head = new Columns.Head(must(told, "to"), rename, known);
            }
            String key = text(map, "key");
            Long index = key == null ? Long.valueOf(-1) : As.integer(key);
            if (index == null) {
                return wrong(map.at("key"), "key is the number of a column", "count from 0");
            }
            return new Columns(
                    text(map, "from"),
                    character(map, "delimiter", ','),
                    character(map, "quote", '"'),
                    index.intValue(),
                    new LinkedHashSet<>(strings(map.get("empty"))),
                    layouts,
                    head);
        }

        private List<@Nullable Target> layout(YamlNode names) {
            List<@Nullable Target> targets = new ArrayList<>();
            for (String name : strings(names)) {
                targets.add(name.equals("_") ? null : target(names, name));
            }
            return targets;
        }

        private @Nullable Extract keyValues(YamlNode value) {
            YamlMap map = options(
                    value,
                    List.of(),
                    List.of(
                            "from", "pair", "equals", "quotes", "escape", "spaced", "keys", "repeat", "empty", "drop",
                            "rename", "to", "flags"),
                    "kv: {rename: {src: source.address}, to: acme}");
            if (map == null) {
                return null;
            }
            String repeat = text(map, "repeat");
            KeyValues.Repeat which = KeyValues.Repeat.LAST;
            if (repeat != null) {
                switch (repeat) {
                    case "last" -> {}
                    case "first" -> which = KeyValues.Repeat.FIRST;
                    case "list" -> which = KeyValues.Repeat.LIST;
                    default ->
                        problems.add(map.at("repeat"), "unknown repeat '" + repeat + "'", "use last, first or list");
                }
            }
            List<String> pairs = strings(map.get("pair"));
            return new KeyValues(
                    text(map, "from"),
                    pairs.isEmpty() ? List.of(" ", "\t") : pairs,
                    Objects.requireNonNullElse(text(map, "equals"), "="),
                    Objects.requireNonNullElse(text(map, "quotes"), "\""),
                    character(map, "escape", '\\'),
                    flag(map, "spaced", false),
                    "lower".equals(text(map, "keys")),
                    which,
                    new LinkedHashSet<>(strings(map.get("empty"))),
                    new LinkedHashSet<>(strings(map.get("drop"))),
                    targets(map.get("rename")),
                    text(map, "to"),
                    text(map, "flags"));
        }

        // ---- options of steps

        /** The mapping with the keys that must and may be there, or null after a problem. */
        private @Nullable YamlMap options(YamlNode node, List<String> must, List<String> may, String example) {
            if (!(node instanceof YamlMap map)) {
                return wrong(node, "a mapping is expected here", "write " + example);
            }
            List<String> all = new ArrayList<>(must);
            all.addAll(may);
            known(map, all, "key");
            for (String key : must) {
                if (map.get(key) == null) {
                    return wrong(map, "'" + key + "' is missing", "write " + example);
                }
            }
            return map;
        }

        private String must(YamlMap map, String key) {
            return Objects.requireNonNullElse(text(map, key), "");
        }

        private boolean flag(YamlMap map, String key, boolean otherwise) {
            String text = text(map, key);
            return text == null ? otherwise : text.equals("true");
        }

        /** One character; 0 for an empty text; {@code \t} is a tab. */
        private char character(YamlMap map, String key, char otherwise) {
            String text = text(map, key);
            if (text == null) {
                return otherwise;
            }
            if (text.length() > 1 && !text.equals("\\t")) {
                problems.add(map.at(key), "'" + key + "' is one character", "write it in quotes, such as ','");
            }
            return text.isEmpty() ? 0 : text.equals("\\t") ? '\t' : text.charAt(0);
        }

        private Map<String, Target> targets(@Nullable YamlNode node) {
            Map<String, Target> targets = new LinkedHashMap<>();
            each(node, (from, to) -> {
                if (to instanceof YamlScalar scalar) {
                    Target target = target(to, scalar.text());
                    if (target != null) {
                        targets.put(from, target);
                    }
                } else {
                    problems.add(to, "a field is expected here", "write key: field.name, or key: field.name:int");
                }
            });
            return targets;
        }

        private @Nullable Target target(YamlNode at, String text) {
            Target target = Target.read(text);
            if (target == null) {
                return wrong(at, "'" + text + "' has an unknown type", "use one of " + String.join(", ", typeNames()));
            }
            check(at, target);
            return target;
        }

        private static List<String> typeNames() {
            return java.util.Arrays.stream(As.values())
                    .map(as -> as.name().toLowerCase(java.util.Locale.ROOT))
                    .toList();
        }

        private String field(YamlNode at, String name) {
            check(at, new Target(name, As.field(name)));
            return name;
        }

        /** That a field may be called so, that ECS knows it if it is of ECS, and that the value has its type. */
        private void check(YamlNode at, Target target) {
            String name = target.name();
            made.add(name);
            if (!Names.isField(name)) {
                problems.add(at, "'" + name + "' is not a field name", "use a dotted name such as source.ip");
                return;
            }
            if (name.startsWith("_") || name.equals("@timestamp")) {
                return;
            }
            if (Ecs.owns(name) && !Ecs.has(name)) {
                problems.add(at, "ECS 9.4 has no field '" + name + "'", nearestField(name));
                return;
            }
            boolean number = target.as().number();
            String wanted =
                    switch (Ecs.type(name)) {
                        case "long" -> number && target.as() != As.FLOAT ? null : "int";
                        case "double" -> number ? null : "float";
                        case "boolean" -> target.as() == As.BOOL ? null : "bool";
                        case "ip" -> target.as() == As.IP ? null : "ip (in a template ipaddr)";
                        case "keyword", "text" -> number || target.as() == As.BOOL ? "text (in a template word)" : null;
                        case "object" -> "nothing: it has fields below it";
                        default -> null;
                    };
            if (wanted != null) {
                problems.add(
                        at,
                        "'" + name + "' is a " + Ecs.type(name) + " in ECS, not "
                                + target.as().name().toLowerCase(java.util.Locale.ROOT),
                        "use the type " + wanted);
            }
        }

        // ---- decisions

        private @Nullable Step attempt(String name, YamlNode value) {
            if (value instanceof YamlMap map) {
                known(map, List.of("from", name), "key");
                return map.get(name) == null
                        ? wrong(
                                map,
                                "'" + name + "' is missing",
                                "write " + name + ": {from: _field, " + name + ": '...'}")
                        : new Step.Try(text(map, "from"), patterns(name, Objects.requireNonNull(map.get(name))));
            }
            return new Step.Try(null, patterns(name, value));
        }

        private List<Matching> patterns(String kind, @Nullable YamlNode node) {
            return patterns(kind, node, true);
        }

        private List<Matching> patterns(String kind, @Nullable YamlNode node, boolean checked) {
            List<Matching> patterns = new ArrayList<>();
            for (YamlNode item : items(node)) {
                if (!(item instanceof YamlScalar text)) {
                    problems.add(item, "a template is text", "put it into quotes");
                    continue;
                }
                try {
                    Matching pattern = kind.equals("tmpl") ? Template.compile(text.text()) : Regex.compile(text.text());
                    if (checked) {
                        pattern.targets().forEach(target -> check(text, target));
                    }
                    patterns.add(pattern);
                } catch (Template.Invalid invalid) {
                    problems.add(
                            text,
                            invalid.getMessage() + " at character " + (invalid.at + 1) + " of the template",
                            invalid.fix);
                }
            }
            return patterns;
        }

        private @Nullable Step condition(YamlNode node) {
            YamlMap map =
                    options(node, List.of("when"), List.of("then", "else"), "if: {when: {field: value}, then: [...]}");
            return map == null
                    ? null
                    : new Step.If(conditions(map.get("when")), steps(map.get("then")), steps(map.get("else")));
        }

        private List<Condition> conditions(@Nullable YamlNode node) {
            List<Condition> conditions = new ArrayList<>();
            each(node, (key, values) -> {
                int bar = key.indexOf('|');
                String field = bar < 0 ? key : key.substring(0, bar);
                if (!Names.isField(field)) {
                    problems.add(values, "'" + field + "' is not a field name", "write field|startswith: value");
                }
                Condition.Test test = bar < 0 ? Condition.Test.EQUALS : null;
                List<String> names = new ArrayList<>();
                for (Condition.Test known : Condition.Test.values()) {
                    names.add(known.name().toLowerCase(java.util.Locale.ROOT));
                    if (bar >= 0 && names.getLast().equals(key.substring(bar + 1))) {
                        test = known;
                    }
                }
                if (test == null) {
                    problems.add(
                            values,
                            "unknown modifier '" + key.substring(bar + 1) + "'",
                            nearest(key.substring(bar + 1), names));
                } else {
                    conditions.add(new Condition(field, test, strings(values)));
                }
            });
            return conditions;
        }

        private @Nullable Step choice(YamlNode node) {
            YamlMap map = options(
                    node,
                    List.of("field", "cases"),
                    List.of("else"),
                    "switch: {field: event.code, cases: {'1': {set: {...}}}}");
            if (map == null) {
                return null;
            }
            Map<String, Step.Fitting> cases = new LinkedHashMap<>();
            each(map.get("cases"), (values, body) -> {
                Step.Fitting fitting = body instanceof YamlMap inside
                        ? fitting(inside, false)
                        : new Step.Fitting(null, List.of(), List.of(), List.of(), Map.of(), steps(body));
                for (String value : values.split(",")) {
                    if (cases.putIfAbsent(value.strip(), fitting) != null) {
                        problems.add(body, "the case '" + value.strip() + "' is there twice", "merge the two");
                    }
                }
            });
            return new Step.Switch(must(map, "field"), cases, map.get("else") == null ? null : otherwise(map));
        }

        private Step trim(YamlNode node) {
            Map<String, Map<String, Object>> suffixes = new LinkedHashMap<>();
            each(node, (suffix, set) -> suffixes.put(suffix, flat("", set)));
            return new Step.Trim(suffixes);
        }

        private Step set(YamlNode node) {
            Map<String, Object> values = flat("", node);
            categories(node, values);
            return new Step.Set(values);
        }

        private @Nullable Step lookup(YamlNode node) {
            if (!(node instanceof YamlMap map)
                    || text(map, "from") == null
                    || text(map, "to") == null
                    || map.get("table") == null) {
                return wrong(
                        node, "map needs from, to and table", "write map: {from: a, to: b, table: {value: meaning}}");
            }
            known(map, List.of("from", "to", "table"), "key");
            String to = String.valueOf(text(map, "to"));
            Map<String, Map<String, Object>> table = new LinkedHashMap<>();
            each(map.get("table"), (key, meaning) -> {
                Map<String, Object> values = flat(to, meaning);
                categories(meaning, values);
                table.put(key, values);
            });
            return new Step.Lookup(String.valueOf(text(map, "from")), table);
        }

        private List<Step> addresses(YamlNode node) {
            List<Step> steps = new ArrayList<>();
            if (!(node instanceof YamlMap map)) {
                for (String end : strings(node)) { // source: from source.address to source.ip or source.domain
                    steps.add(new Step.Extracting(new Extracts.Address(
                            end + ".address", field(node, end + ".ip"), field(node, end + ".domain"))));
                }
                return steps;
            }
            if (text(map, "from") == null || text(map, "to") == null) {
                problems.add(
                        node,
                        "ip needs from and to",
                        "write ip: {from: source.address, to: source.ip, else: source.domain}, or ip: [source]");
                return steps;
            }
            known(map, List.of("from", "to", "else"), "key");
            String otherwise = text(map, "else");
            check(map, new Target(must(map, "to"), As.IP));
            steps.add(new Step.Extracting(new Extracts.Address(
                    must(map, "from"), must(map, "to"), otherwise == null ? null : field(map, otherwise))));
            return steps;
        }

        /** The steps of a macro, read where it is used, since what its categories mean depends on nothing else. */
        private List<Step> macro(YamlNode node) {
            String name = node instanceof YamlScalar scalar ? scalar.text() : "";
            YamlNode steps = macros.get(name);
            if (steps == null) {
                problems.add(
                        node,
                        "there is no macro '" + name + "'",
                        macros.isEmpty() ? "add it to 'macros'" : nearest(name, macros.keySet()));
                return List.of();
            }
            if (!expanding.add(name)) {
                problems.add(node, "the macro '" + name + "' uses itself", "remove this use");
                return List.of();
            }
            List<Step> read = steps(steps);
            expanding.remove(name);
            return read;
        }

        private Step related(YamlNode node) {
            Map<String, List<String>> kinds = new LinkedHashMap<>();
            each(node, (kind, names) -> {
                if (!List.of("ip", "user", "hosts", "hash").contains(kind)) {
                    problems.add(names, "there is no related." + kind, "use ip, user, hosts or hash");
                }
                kinds.put("related." + kind, fields(names));
            });
            return new Step.Related(kinds);
        }

        private Step first(YamlNode node) {
            List<Step.Case> cases = new ArrayList<>();
            List<YamlNode> items = items(node);
            for (int i = 0; i < items.size(); i++) {
                if (!(items.get(i) instanceof YamlMap map)) {
                    problems.add(items.get(i), "a case is a mapping", "write id, tmpl and set; or call; or else");
                    continue;
                }
                if (map.get("else") != null) {
                    known(map, List.of("else"), "key beside else");
                    cases.add(otherwise(map));
                    if (i < items.size() - 1) {
                        problems.add(map, "cases behind else are never reached", "move else to the end");
                    }
                } else if (map.get("call") instanceof YamlScalar id) {
                    known(map, List.of("call"), "key beside call");
                    calls.add(id);
                    cases.add(new Step.Delegate(id.text()));
                } else {
                    cases.add(fitting(map, true));
                }
            }
            return new Step.First(cases);
        }

        private Step.Otherwise otherwise(YamlMap map) {
            if (!(map.get("else") instanceof YamlMap inside)) {
                problems.add(map.at("else"), "else is a mapping", "write else: {tag: _unparsed_body}");
                return new Step.Otherwise(null, null, Map.of(), List.of());
            }
            known(inside, List.of("id", "tag", "set", "then"), "key");
            Map<String, Object> set = flat("", inside.get("set"));
            categories(inside.get("set"), set);
            return new Step.Otherwise(text(inside, "id"), text(inside, "tag"), set, steps(inside.get("then")));
        }

        /** @param mustFit whether something must tell this case from others */
        private Step.Fitting fitting(YamlMap map, boolean mustFit) {
            known(map, List.of("id", "from", "has", "when", "tmpl", "regex", "set", "then"), "key of a case");
            List<Matching> patterns = new ArrayList<>(patterns("tmpl", map.get("tmpl")));
            patterns.addAll(patterns("regex", map.get("regex")));
            List<String> has = strings(map.get("has"));
            List<Condition> when = conditions(map.get("when"));
            if (mustFit && map.get("tmpl") == null && map.get("regex") == null && has.isEmpty() && when.isEmpty()) {
                problems.add(map, "the case has neither tmpl nor has", "say what the line must look like");
            }
            Map<String, Object> set = flat("", map.get("set"));
            categories(map.get("set"), set);
            return new Step.Fitting(text(map, "from"), has, when, patterns, set, steps(map.get("then")));
        }

        /** Refuses categories and types that ECS does not know together; what is not set here is as in defaults. */
        private void categories(@Nullable YamlNode at, Map<String, Object> values) {
            if (at == null) {
                return;
            }
            for (Map.Entry<String, Object> value : values.entrySet()) {
                Set<String> allowed =
                        switch (value.getKey()) {
                            case "event.category" -> Ecs.TYPES.keySet();
                            case "event.outcome" -> Ecs.OUTCOMES;
                            case "event.kind" -> Ecs.KINDS;
                            default -> null;
                        };
                for (String text : allowed == null ? List.<String>of() : texts(value.getValue())) {
                    if (allowed != null && !allowed.contains(text)) {
                        problems.add(
                                at,
                                "ECS has no " + value.getKey() + " '" + text + "'",
                                nearest(text, new TreeSet<>(allowed)));
                        return;
                    }
                }
            }
            if (!values.containsKey("event.category") && !values.containsKey("event.type")) {
                return;
            }
            List<String> categories =
                    texts(values.getOrDefault("event.category", defaults.getOrDefault("event.category", List.of())));
            List<String> types =
                    texts(values.getOrDefault("event.type", defaults.getOrDefault("event.type", List.of())));
            String forbidden = categories.isEmpty() ? null : Ecs.forbidden(categories, types);
            if (forbidden != null) {
                Set<String> expected = new TreeSet<>();
                categories.forEach(category -> expected.addAll(Ecs.TYPES.getOrDefault(category, Set.of())));
                problems.add(
                        at,
                        "event.type '" + forbidden + "' does not go with event.category " + categories,
                        "ECS expects " + String.join(", ", expected));
            }
        }

        private static List<String> texts(Object value) {
            return value instanceof List<?> list
                    ? list.stream().map(Object::toString).toList()
                    : List.of(value.toString());
        }

        // ---- tests

        private List<ParserTest> tests(String id, @Nullable YamlNode node) {
            List<ParserTest> tests = new ArrayList<>();
            Set<String> seen = new HashSet<>();
            for (YamlNode item : node == null ? List.<YamlNode>of() : items(node)) {
                if (!(item instanceof YamlMap map)) {
                    problems.add(item, "a test is a mapping", "write in and out");
                    continue;
                }
                known(
                        map,
                        List.of("in", "frame", "out", "absent", "tags", "now", "charset", "name", "hint"),
                        "key of a test");
                String in = text(map, "in");
                String frame = text(map, "frame");
                if ((in == null) == (frame == null)) {
                    problems.add(
                            map, "a test has either in (a message) or frame (with its header)", "write one of them");
                    continue;
                }
                String input = in == null ? String.valueOf(frame) : in;
                if (!seen.add(input + map.get("now"))) {
                    problems.add(map, "two tests have the same input", "merge them");
                }
                tests.add(new ParserTest(
                        id,
                        map.file() + ":" + map.line() + ":" + map.column(),
                        input,
                        frame != null,
                        now(map),
                        flat("", map.get("out")),
                        strings(map.get("absent")),
                        strings(map.get("tags")),
                        text(map, "charset"),
                        text(map, "name"),
                        "tag".equals(text(map, "hint"))));
            }
            return tests;
        }

        private long now(YamlMap map) {
            String now = text(map, "now");
            String text = now == null ? "2026-11-22T09:15:03Z" : now;
            Stamp stamp = new Stamp(text, text.length(), Micros.UNKNOWN, ZoneOffset.UTC);
            if (!stamp.iso(0)) {
                problems.add(map.at("now"), "'" + text + "' is not a time", "write 2026-11-22T09:15:03Z");
            }
            return stamp.micros;
        }

        // ---- YAML

        private <T> @Nullable T wrong(YamlNode at, String message, String fix) {
            problems.add(at, message, fix);
            return null;
        }

        private void known(YamlMap map, List<String> keys, String what) {
            for (String key : map.entries().keySet()) {
                if (!keys.contains(key)) {
                    problems.add(map.at(key), "unknown " + what + " '" + key + "'", nearest(key, keys));
                }
            }
        }

        private @Nullable String text(YamlMap map, String key) {
            YamlNode node = map.get(key);
            if (node == null) {
                return null;
            }
            if (node instanceof YamlScalar scalar) {
                return scalar.value() == null ? null : scalar.text();
            }
            problems.add(node, "'" + key + "' is text", "write one value; put it in quotes when it holds ': '");
            return null;
        }

        private List<YamlNode> items(@Nullable YamlNode node) {
            return switch (node) {
                case null -> List.of();
                case YamlList list -> list.items();
                case YamlMap map -> List.of(map);
                case YamlScalar scalar -> List.of(scalar);
            };
        }

        private List<String> strings(@Nullable YamlNode node) {
            List<String> strings = new ArrayList<>();
            for (YamlNode item : items(node)) {
                if (item instanceof YamlScalar scalar) {
                    strings.add(scalar.text());
                } else {
                    problems.add(item, "a list of texts is expected here", "write one value in each line: - value");
                }
            }
            return strings;
        }

        private List<String> fields(YamlNode node) {
            List<String> names = strings(node);
            for (String name : names) {
                if (!Names.isField(name)) {
                    problems.add(node, "'" + name + "' is not a field name", "use a dotted name such as source.ip");
                }
            }
            return names;
        }

        private void each(@Nullable YamlNode node, BiConsumer<String, YamlNode> action) {
            if (node instanceof YamlMap map) {
                map.entries().forEach(action);
            } else if (node != null && !(node instanceof YamlScalar scalar && scalar.value() == null)) {
                problems.add(node, "a mapping is expected here", "write key: value");
            }
        }

        /** The value as ECS wants it: {@code event.code: 4624} is a text. */
        private Object value(String name, YamlScalar scalar) {
            Object value = Objects.requireNonNull(scalar.value());
            String type = Ecs.type(name);
            boolean good =
                    switch (type) {
                        case "long" -> value instanceof Long;
                        case "double" -> value instanceof Number;
                        case "boolean" -> value instanceof Boolean;
                        case "ip" -> value instanceof String text && Ip.normal(text) != null;
                        default -> true;
                    };
            if (!good) {
                problems.add(scalar, "'" + name + "' is a " + type + " in ECS", "write a " + type);
            }
            return type.equals("keyword") || type.equals("text") ? scalar.text() : value;
        }

        /** {@code {event: {action: x}}} and {@code event.action: x} both become {@code event.action → x}. */
        private Map<String, Object> flat(String prefix, @Nullable YamlNode node) {
            Map<String, Object> values = new LinkedHashMap<>();
            flat(prefix, node, values);
            return values;
        }

        private void flat(String name, @Nullable YamlNode node, Map<String, Object> into) {
            switch (node) {
                case null -> {}
                case YamlMap map ->
                    map.entries().forEach((key, value) -> flat(name.isEmpty() ? key : name + "." + key, value, into));
                case YamlList list -> {
                    List<Object> values = new ArrayList<>();
                    for (YamlNode item : list.items()) {
                        if (item instanceof YamlScalar scalar && scalar.value() != null) {
                            values.add(value(name, scalar));
                        } else {
                            problems.add(item, "a list holds plain values", "write one value in each line: - value");
                        }
                    }
                    into.put(name, List.copyOf(values));
                }
                case YamlScalar scalar -> {
                    if (!Names.isField(name) && !name.isEmpty()) {
                        problems.add(
                                scalar, "'" + name + "' is not a field name", "use a dotted name such as source.ip");
                    } else if (scalar.value() != null && !name.isEmpty()) {
                        if (!name.equals("event.dataset")
                                && Ecs.owns(name)
                                && !Ecs.has(name)
                                && !name.equals("@timestamp")) {
                            problems.add(scalar, "ECS 9.4 has no field '" + name + "'", nearestField(name));
                        }
                        boolean list = name.equals("event.category") || name.equals("event.type");
                        into.put(name, list ? List.of(scalar.value()) : value(name, scalar));
                    } else if (name.isEmpty() && scalar.value() != null) {
                        problems.add(scalar, "a mapping is expected here", "write field: value");
                    }
                }
            }
        }
    }
}
