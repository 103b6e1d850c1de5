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
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads parser files: YAML to {@link Parser}, each mistake to a problem with its place and how to mend it. */
final class ParserLoader {
    private static final String BUILT_IN = "parsers/";
    private static final Pattern SECONDS = Pattern.compile("([0-9]{1,5})s");
    private static final List<String> KEYS = List.of(
            "parser", "title", "dataset", "sigma", "detect", "join", "input", "json", "defaults", "steps", "tests");
    private static final List<String> STEPS = List.of(
            "unwrap_repeat", "trim", "first", "set", "map", "copy", "drop", "ip", "related", "exception", "call");

    /** A parser in a file, and the calls in it that must be there. */
    private record Source(
            Parser parser, List<YamlScalar> calls, @Nullable YamlScalar jsonLike, YamlNode at) {}

    ParserSet.Loaded load(List<Path> userDirs) {
        Problems problems = new Problems();
        Map<String, Source> all = new TreeMap<>();
        for (String name : resource(BUILT_IN + "index.txt").lines().toList()) {
            if (!name.isBlank()) {
                read(YamlReader.readAll("built-in:" + name, resource(BUILT_IN + name), problems), problems)
                        .forEach(source -> all.put(source.parser.id(), source));
            }
        }
        Map<String, Source> users = new TreeMap<>();
        for (Path file : YamlReader.files(userDirs, problems)) {
            for (Source source : read(YamlReader.readAll(file, problems), problems)) {
                Source twice = users.putIfAbsent(source.parser.id(), source);
                if (twice != null) {
                    problems.add(
                            source.at,
                            "parser '" + source.parser.id() + "' is defined twice",
                            "the first is in " + twice.at.file() + "; give this one another id");
                }
            }
        }
        return linked(all, users, problems);
    }

    /** For tests: the parsers of one text, without the built-in ones. */
    ParserSet.Loaded load(String file, String text) {
        Problems problems = new Problems();
        Map<String, Source> all = new TreeMap<>();
        read(YamlReader.readAll(file, text, problems), problems).forEach(source -> all.put(source.parser.id(), source));
        return linked(new TreeMap<>(), all, problems);
    }

    /** Puts user parsers over the built-in ones and leaves out, until nothing changes, each that calls what is not there. */
    private static ParserSet.Loaded linked(Map<String, Source> builtIn, Map<String, Source> users, Problems problems) {
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
                Parser like = all.get(source.jsonLike.text()).parser;
                parser = new Parser(
                        parser.id(),
                        parser.dataset(),
                        parser.logSources(),
                        parser.detect(),
                        parser.defaults(),
                        like.json(),
                        parser.join(),
                        parser.steps(),
                        parser.tests());
            }
            parsers.add(parser);
        }
        return new ParserSet.Loaded(new ParserSet(parsers), problems.list());
    }

    /** Two parsers of the user that claim the same lines: the first, by id, has them. */
    private static void claims(List<Source> sources, Problems problems) {
        Map<String, String> owners = new HashMap<>();
        for (Source source : sources) {
            List<String> claims = new ArrayList<>();
            source.parser.detect().tags().forEach(tag -> claims.add("tag " + tag));
            source.parser.detect().programs().forEach(program -> claims.add("program " + program));
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
                problems.add(
                        call, "there is no parser '" + call.text() + "' to call", nearest(call.text(), all.keySet()));
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

    private static boolean reaches(String from, String target, Map<String, Source> all, Set<String> seen) {
        if (from.equals(target)) {
            return true;
        }
        Source source = all.get(from);
        return source != null
                && seen.add(from)
                && source.calls.stream().anyMatch(call -> reaches(call.text(), target, all, seen));
    }

    private static List<Source> read(List<YamlNode> documents, Problems problems) {
        List<Source> sources = new ArrayList<>();
        for (YamlNode document : documents) {
            Problems own = new Problems();
            Source source = new FileReader(own).parser(document);
            problems.addAll(own);
            if (own.isEmpty() && source != null) {
                sources.add(source);
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
        return best != null ? "did you mean '" + best + "'?" : "use one of " + String.join(", ", known);
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
        private Map<String, Object> defaults = Map.of();

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
                        map.entries().get("parser"),
                        "'" + id + "' is not an id",
                        "use letters, digits, '.', '_' and '-'");
            }
            Detect detect = detect(map.get("detect"));
            String dataset = text(map, "dataset");
            if (dataset == null && !detect.isEmpty()) {
                problems.add(map, "the parser detects lines but names no dataset", "add 'dataset: module.name'");
            }
            boolean json = "json".equals(text(map, "input"));
            if (map.get("input") instanceof YamlScalar input
                    && !json
                    && !input.text().equals("message")) {
                problems.add(input, "unknown input '" + input.text() + "'", "use message or json");
            }
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
                    dataset,
                    sigma(map.get("sigma")),
                    detect,
                    detect.isEmpty() ? Map.of() : all,
                    names,
                    join,
                    steps,
                    tests);
            return new Source(parser, List.copyOf(calls), like, map.at("parser"));
        }

        private Detect detect(@Nullable YamlNode node) {
            if (node == null) {
                return new Detect(List.of(), List.of(), List.of(), List.of());
            }
            if (!(node instanceof YamlMap map)) {
                problems.add(node, "detect is a mapping", "write tag, program, json_keys or prefix");
                return new Detect(List.of(), List.of(), List.of(), List.of());
            }
            known(map, List.of("tag", "program", "json_keys", "prefix"), "way to detect");
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
            return new Detect(strings(map.get("tag")), strings(map.get("program")), keys, strings(map.get("prefix")));
        }

        private @Nullable Join join(YamlNode node) {
            if (!(node instanceof YamlMap map)) {
                return wrong(node, "join is a mapping", "write join: {continues: [\"\\t{_:rest}\"]}");
            }
            known(map, List.of("key", "start", "continues", "last", "empty", "within", "glue", "full"), "key of join");
            if (map.get("key") != null && (map.get("start") != null || map.get("continues") != null)) {
                problems.add(
                        map.at("key"),
                        "lines are joined by a key or because they continue, not both",
                        "remove key, or start and continues");
            }
            if (map.get("key") == null && map.get("start") == null && map.get("continues") == null) {
                problems.add(map, "nothing says which lines belong together", "add key, start or continues");
            }
            String within = text(map, "within");
            long micros = 2_000_000;
            if (within != null) {
                Matcher seconds = SECONDS.matcher(within);
                if (seconds.matches()) {
                    micros = Long.parseLong(seconds.group(1)) * 1_000_000;
                } else {
                    problems.add(map.at("within"), "'" + within + "' is not a number of seconds", "write within: 2s");
                }
            }
            String glue = text(map, "glue");
            long full = map.get("full") instanceof YamlScalar scalar && scalar.value() instanceof Long n ? n : 0;
            return new Join(
                    templates(map.get("key")),
                    templates(map.get("start")),
                    templates(map.get("continues")),
                    templates(map.get("last")),
                    templates(map.get("empty")),
                    micros,
                    glue == null ? "\n" : glue,
                    (int) full);
        }

        private List<Template> templates(@Nullable YamlNode node) {
            List<Template> templates = new ArrayList<>();
            for (YamlNode item : items(node)) {
                if (!(item instanceof YamlScalar text)) {
                    problems.add(item, "a template is text", "put it into quotes");
                    continue;
                }
                try {
                    templates.add(Template.compile(text.text()));
                } catch (Template.Invalid invalid) {
                    problems.add(
                            text,
                            invalid.getMessage() + " at character " + (invalid.at + 1) + " of the template",
                            invalid.fix);
                }
            }
            return templates;
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
                return new JsonNames(List.of("@timestamp"), Map.of(), Set.of());
            }
            if (!(node instanceof YamlMap map)) {
                problems.add(node, "json is a mapping or the id of another parser", "write time, rename, drop");
                return new JsonNames(List.of(), Map.of(), Set.of());
            }
            known(map, List.of("time", "rename", "drop"), "key");
            Map<String, String> rename = new LinkedHashMap<>();
            each(map.get("rename"), (from, value) -> {
                if (value instanceof YamlScalar to && Names.isField(to.text())) {
                    if (!Ecs.isField(to.text())) {
                        problems.add(
                                to,
                                "'" + to.text() + "' is no ECS field that JSON may set",
                                "leave the key out: it becomes json.*");
                    }
                    rename.put(from, to.text());
                } else {
                    problems.add(value, "a key is renamed to a field name", "write key: field.name");
                }
            });
            return new JsonNames(strings(map.get("time")), rename, new LinkedHashSet<>(strings(map.get("drop"))));
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
                Step step = step(name, map, map.entries().get(name));
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
                case "set" -> set(value);
                case "map" -> lookup(value);
                case "copy" -> copy(value);
                case "drop" -> new Step.Drop(fields(value));
                case "ip" -> address(value);
                case "related" -> related(value);
                case "exception" ->
                    value instanceof YamlScalar from
                            ? new Step.StackTrace(from.text())
                            : wrong(value, "exception names a field", "write 'exception: error.stack_trace'");
                case "call" ->
                    value instanceof YamlScalar id
                            ? call(id)
                            : wrong(value, "call names a parser", "write 'call: linux.pam'");
                default -> wrong(at.at(name), "unknown step '" + name + "'", nearest(name, STEPS));
            };
        }

        private Step call(YamlScalar id) {
            calls.add(id);
            return new Step.Call(id.text());
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

        private Step copy(YamlNode node) {
            Map<String, String> names = new LinkedHashMap<>();
            each(node, (from, to) -> {
                if (to instanceof YamlScalar field && Names.isField(field.text())) {
                    names.put(from, field.text());
                } else {
                    problems.add(to, "copy goes from a field to a field", "write copy: {from.field: to.field}");
                }
            });
            return new Step.Copy(names);
        }

        private @Nullable Step address(YamlNode node) {
            if (!(node instanceof YamlMap map) || text(map, "from") == null || text(map, "to") == null) {
                return wrong(
                        node,
                        "ip needs from and to",
                        "write ip: {from: source.address, to: source.ip, else: source.domain}");
            }
            known(map, List.of("from", "to", "else"), "key");
            return new Step.Address(
                    String.valueOf(text(map, "from")), String.valueOf(text(map, "to")), text(map, "else"));
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
                    cases.add(otherwise(map));
                    if (i < items.size() - 1) {
                        problems.add(map, "cases behind else are never reached", "move else to the end");
                    }
                } else if (map.get("call") instanceof YamlScalar id) {
                    known(map, List.of("call"), "key beside call");
                    calls.add(id);
                    cases.add(new Step.Delegate(id.text()));
                } else {
                    cases.add(matching(map));
                }
            }
            return new Step.First(cases);
        }

        private Step.Case otherwise(YamlMap map) {
            known(map, List.of("else"), "key beside else");
            if (!(map.get("else") instanceof YamlMap inside)) {
                problems.add(map.at("else"), "else is a mapping", "write else: {tag: _unparsed_body}");
                return new Step.Otherwise(null, Map.of());
            }
            known(inside, List.of("tag", "set"), "key");
            return new Step.Otherwise(text(inside, "tag"), flat("", inside.get("set")));
        }

        private Step.Case matching(YamlMap map) {
            known(map, List.of("id", "has", "tmpl", "set", "then"), "key of a case");
            List<Template> templates = templates(map.get("tmpl"));
            List<String> has = strings(map.get("has"));
            if (map.get("tmpl") == null && has.isEmpty()) {
                problems.add(map, "the case has neither tmpl nor has", "say what the line must look like");
            }
            Map<String, Object> set = flat("", map.get("set"));
            categories(map.get("set"), set);
            return new Step.Matching(has, templates, set, steps(map.get("then")));
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
                    if (!allowed.contains(text)) {
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
                known(map, List.of("in", "frame", "out", "absent", "tags", "now", "charset"), "key of a test");
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
                        text(map, "charset")));
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
            problems.add(node, "'" + key + "' is text", "");
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
                    problems.add(item, "a list of texts is expected here", "");
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
                            values.add(scalar.value());
                        } else {
                            problems.add(item, "a list holds plain values", "");
                        }
                    }
                    into.put(name, List.copyOf(values));
                }
                case YamlScalar scalar -> {
                    if (!Names.isField(name) && !name.isEmpty()) {
                        problems.add(
                                scalar, "'" + name + "' is not a field name", "use a dotted name such as source.ip");
                    } else if (scalar.value() != null && !name.isEmpty()) {
                        boolean list = name.equals("event.category") || name.equals("event.type");
                        into.put(name, list ? List.of(scalar.value()) : scalar.value());
                    } else if (name.isEmpty() && scalar.value() != null) {
                        problems.add(scalar, "a mapping is expected here", "write field: value");
                    }
                }
            }
        }
    }
}
