package io.bongsu.ingest.parse;

import io.bongsu.ingest.parse.Parser.Detect;
import io.bongsu.ingest.parse.Parser.JsonNames;
import io.bongsu.ingest.parse.ParserLoader.Source;
import io.bongsu.model.Micros;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads one document of a parser file. */
final class ParserReader {
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

    private final YamlValues in;

    ParserReader(Problems problems) {
        this.in = new YamlValues(problems);
    }

    /** Every field that a step may set. */
    Set<String> made() {
        return in.made();
    }

    /** Null when it is not even one with an id. */
    @Nullable
    Source read(YamlNode node) {
        if (!(node instanceof YamlMap map)) {
            in.problem(node, "a parser file is a mapping", "begin with 'parser: vendor.product'");
            return null;
        }
        in.known(map, KEYS, "key");
        String id = in.text(map, "parser");
        if (id == null) {
            in.problem(map, "the parser has no id", "add 'parser: vendor.product'");
            return null;
        }
        if (!Names.isField(id)) {
            in.problem(
                    Objects.requireNonNull(map.entries().get("parser")),
                    "'" + id + "' is not an id",
                    "use letters, digits, '.', '_' and '-'");
        }
        Detect detect = detect(map.get("detect"));
        String dataset = in.text(map, "dataset");
        if (dataset == null && !detect.isEmpty()) {
            in.problem(map, "the parser detects lines but names no dataset", "add 'dataset: module.name'");
        }
        Parser.Input input = input(map);
        boolean json = input == Parser.Input.JSON;
        Map<String, YamlNode> macros = new LinkedHashMap<>();
        in.each(map.get("macros"), macros::put);
        Map<String, Object> defaults = in.flat("", map.get("defaults"));
        StepReader reader = new StepReader(in, macros, defaults);
        reader.categories(map.get("defaults"), defaults);
        JsonNames names = null;
        YamlScalar like = null;
        if (map.get("json") instanceof YamlScalar other) {
            like = other;
        } else if (json) {
            names = jsonNames(map.get("json"));
        }
        Join join = map.get("join") == null ? null : join(map.get("join"));
        List<Step> steps = reader.steps(map.get("steps"));
        List<ParserTest> tests = tests(id, map.get("tests"));
        if (detect.isEmpty() && !tests.isEmpty()) {
            in.problem(
                    map.at("tests"),
                    "nothing detects this parser, so its tests cannot run",
                    "add 'detect: {tag: ...}'");
        }
        if (!detect.jsonKeys().isEmpty() && !json) {
            in.problem(map.at("detect"), "json_keys without 'input: json'", "add 'input: json'");
        }
        Map<String, Object> all = new LinkedHashMap<>();
        if (dataset != null && dataset.indexOf('.') > 0) {
            all.put("event.module", dataset.substring(0, dataset.indexOf('.')));
        }
        all.putIfAbsent("event.kind", "event");
        all.putAll(defaults);
        Parser parser = new Parser(
                id,
                Objects.requireNonNullElse(in.text(map, "title"), id),
                dataset,
                in.logSources(map.get("sigma")),
                detect,
                input,
                detect.isEmpty() ? Map.of() : all,
                names,
                join,
                in.strings(map.get("head")),
                steps,
                in.made(),
                reader.calls().stream().map(YamlScalar::text).collect(Collectors.toCollection(LinkedHashSet::new)),
                tests);
        return new Source(parser, List.copyOf(reader.calls()), like, map.at("parser"));
    }

    private Parser.Input input(YamlMap map) {
        String name = Objects.requireNonNullElse(in.text(map, "input"), "message");
        return switch (name) {
            case "message" -> Parser.Input.MESSAGE;
            case "raw" -> Parser.Input.RAW;
            case "json" -> Parser.Input.JSON;
            case "windows" -> Parser.Input.WINDOWS;
            default -> {
                in.problem(map.at("input"), "unknown input '" + name + "'", "use message, raw or json");
                yield Parser.Input.MESSAGE;
            }
        };
    }

    private Detect detect(@Nullable YamlNode node) {
        if (node == null) {
            return Detect.NOTHING;
        }
        if (!(node instanceof YamlMap map)) {
            in.problem(node, "detect is a mapping", "write tag, program, json_keys, literal, form, prefix or cases");
            return Detect.NOTHING;
        }
        in.known(map, List.of("tag", "program", "json_keys", "literal", "form", "prefix", "cases"), "way to detect");
        List<Set<String>> keys = new ArrayList<>();
        if (map.get("json_keys") instanceof YamlList list) {
            for (YamlNode item : list.items()) {
                keys.add(Ordered.copy(new LinkedHashSet<>(in.strings(item))));
            }
        } else if (map.get("json_keys") != null) {
            in.problem(
                    map.at("json_keys"),
                    "json_keys is a list of lists",
                    "write [[key, key], [key]]; [[]] is any object");
        }
        List<String> literals = in.strings(map.get("literal"));
        for (String literal : literals) {
            if (literal.length() < 4) {
                in.problem(
                        map.at("literal"),
                        "the literal '" + literal + "' is in too many lines",
                        "take four characters or more");
            }
        }
        return new Detect(
                in.strings(map.get("tag")),
                in.strings(map.get("program")),
                keys,
                literals,
                forms(map.get("form")),
                in.strings(map.get("prefix")),
                in.flag(map, "cases", false));
    }

    private List<Parser.Form> forms(@Nullable YamlNode node) {
        List<Parser.Form> forms = new ArrayList<>();
        for (YamlNode item : in.items(node)) {
            if (!(item instanceof YamlMap map) || map.get("tmpl") == null) {
                in.problem(item, "a form has a template", "write {has: [' HTTP/'], tmpl: '...'}");
                continue;
            }
            in.known(map, List.of("has", "tmpl"), "key of a form");
            List<Template> templates = new ArrayList<>();
            for (Matching pattern : in.patterns("tmpl", map.get("tmpl"), false)) {
                if (pattern instanceof Template template) {
                    templates.add(template);
                }
            }
            forms.add(new Parser.Form(in.strings(map.get("has")), templates));
        }
        return forms;
    }

    private @Nullable Join join(YamlNode node) {
        if (!(node instanceof YamlMap map)) {
            return in.wrong(node, "join is a mapping", "write join: {continues: [\"\\t{_:rest}\"]}");
        }
        in.known(
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
            in.problem(
                    map.at("key"),
                    "lines are joined by a key or because they continue, not both",
                    "remove key, or start and continues");
        }
        if (map.get("key") == null
                && map.get("start") == null
                && map.get("continues") == null
                && map.get("opens") == null) {
            in.problem(map, "nothing says which lines belong together", "add key, start, continues or opens");
        }
        String within = in.text(map, "within");
        long micros = 2_000_000;
        if (within != null) {
            Matcher seconds = SECONDS.matcher(within);
            if (seconds.matches()) {
                micros = Long.parseLong(seconds.group(1)) * (seconds.group(2).equals("ms") ? 1_000 : 1_000_000);
            } else {
                in.problem(map.at("within"), "'" + within + "' is not a time", "write within: 2s or 100ms");
            }
        }
        String glue = in.text(map, "glue");
        long full = map.get("full") instanceof YamlScalar scalar && scalar.value() instanceof Long n ? n : 0;
        return new Join(
                in.templates(map.get("key")),
                in.templates(map.get("start")),
                in.templates(map.get("lead")),
                in.templates(map.get("continues")),
                in.templates(map.get("last")),
                in.templates(map.get("empty")),
                in.templates(map.get("whole")),
                demands(map.get("demands")),
                in.templates(map.get("opens")),
                open(map),
                in.templates(map.get("text")),
                in.text(map, "json"),
                micros,
                glue == null ? "\n" : glue,
                (int) full);
    }

    private List<Join.Demand> demands(@Nullable YamlNode node) {
        List<Join.Demand> demands = new ArrayList<>();
        for (YamlNode item : in.items(node)) {
            if (item instanceof YamlMap map && map.get("line") != null && map.get("of") != null) {
                in.known(map, List.of("line", "of"), "key of demands");
                demands.add(new Join.Demand(in.templates(map.get("line")), in.templates(map.get("of"))));
            } else {
                in.problem(
                        item,
                        "a demand is what one line says of others",
                        "write demands: [{line: \"begin {count:int} parts\", of: \"part {_:rest}\"}]");
            }
        }
        return demands;
    }

    private char open(YamlMap map) {
        String open = in.text(map, "open");
        if (open != null && open.length() != 1) {
            in.problem(map.at("open"), "'" + open + "' is not one character", "write open: '\"'");
        }
        return open == null || open.length() != 1 ? 0 : open.charAt(0);
    }

    private JsonNames jsonNames(@Nullable YamlNode node) {
        if (node == null) {
            return new JsonNames(List.of("@timestamp"), Map.of(), Set.of(), "json", true, null, Alike.NONE);
        }
        if (!(node instanceof YamlMap map)) {
            in.problem(node, "json is a mapping or the id of another parser", "write time, rename, drop");
            return new JsonNames(List.of(), Map.of(), Set.of(), "json", true, null, Alike.NONE);
        }
        in.known(map, List.of("time", "rename", "alike", "around", "drop", "to", "ecs", "labels"), "key");
        return in.jsonNames(map, true);
    }

    private List<ParserTest> tests(String id, @Nullable YamlNode node) {
        List<ParserTest> tests = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (YamlNode item : node == null ? List.<YamlNode>of() : in.items(node)) {
            if (!(item instanceof YamlMap map)) {
                in.problem(item, "a test is a mapping", "write in and out");
                continue;
            }
            in.known(
                    map,
                    List.of("in", "frame", "out", "absent", "tags", "now", "charset", "name", "hint"),
                    "key of a test");
            String message = in.text(map, "in");
            String frame = in.text(map, "frame");
            if ((message == null) == (frame == null)) {
                in.problem(map, "a test has either in (a message) or frame (with its header)", "write one of them");
                continue;
            }
            String input = message == null ? String.valueOf(frame) : message;
            if (!seen.add(input + map.get("now"))) {
                in.problem(map, "two tests have the same input", "merge them");
            }
            tests.add(new ParserTest(
                    id,
                    map.file() + ":" + map.line() + ":" + map.column(),
                    input,
                    frame != null,
                    now(map),
                    in.flat("", map.get("out")),
                    in.strings(map.get("absent")),
                    in.strings(map.get("tags")),
                    in.text(map, "charset"),
                    in.text(map, "name"),
                    "tag".equals(in.text(map, "hint"))));
        }
        return tests;
    }

    private long now(YamlMap map) {
        String now = in.text(map, "now");
        String text = now == null ? "2026-11-22T09:15:03Z" : now;
        Stamp stamp = new Stamp(text, text.length(), Micros.UNKNOWN, ZoneOffset.UTC);
        if (!stamp.iso(0)) {
            in.problem(map.at("now"), "'" + text + "' is not a time", "write 2026-11-22T09:15:03Z");
        }
        return stamp.micros;
    }
}
