package io.bongsu.ingest.parse;

import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the steps of a parser, and the cases in which they are taken. */
final class StepReader {
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
            "line",
            "map",
            "path",
            "peers",
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

    private final YamlValues in;
    private final ExtractReader extracts;
    private final Map<String, YamlNode> macros;
    private final Map<String, Object> defaults;
    private final List<YamlScalar> calls = new ArrayList<>();
    private final Set<String> expanding = new LinkedHashSet<>();

    /** @param defaults what the parser sets on each event */
    StepReader(YamlValues in, Map<String, YamlNode> macros, Map<String, Object> defaults) {
        this.in = in;
        this.extracts = new ExtractReader(in);
        this.macros = macros;
        this.defaults = defaults;
    }

    /** Names of the parsers that the steps call, where they are called. */
    List<YamlScalar> calls() {
        return calls;
    }

    List<Step> steps(@Nullable YamlNode node) {
        List<Step> steps = new ArrayList<>();
        for (YamlNode item : in.items(node)) {
            if (!(item instanceof YamlMap map) || map.entries().size() != 1) {
                in.problem(item, "a step is one key with its value", "write '- trim: {}'");
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
            case "drop" -> new Step.Drop(in.fields(value));
            case "related" -> related(value);
            case "sigma" -> new Step.Serves(in.logSources(value));
            case "tag" ->
                value instanceof YamlScalar tag
                        ? new Step.Tag(tag.text())
                        : in.wrong(value, "tag is a text", "write tag: and one word");
            case "exception" ->
                value instanceof YamlScalar from
                        ? new Step.StackTrace(from.text())
                        : in.wrong(value, "exception names a field", "write 'exception: error.stack_trace'");
            case "line" ->
                value instanceof YamlScalar from
                        ? new Step.Held(from.text())
                        : in.wrong(value, "line names a field", "write 'line: message'");
            case "call" ->
                value instanceof YamlScalar id
                        ? call(id)
                        : in.wrong(value, "call names a parser", "write 'call: linux.pam'");
            case "tmpl", "regex" -> attempt(name, value);
            case "auditd" -> new Step.Extracting(new Auditd());
            case "peers" -> new Step.Extracting(new Peers());
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
                Extract extract = extracts.read(name, value);
                yield extract == null ? null : new Step.Extracting(extract);
            }
            default -> in.wrong(at.at(name), "unknown step '" + name + "'", in.nearest(name, STEPS));
        };
    }

    private Step call(YamlScalar id) {
        calls.add(id);
        return new Step.Call(id.text());
    }

    /** The steps of a macro, read where it is used, since what its categories mean depends on nothing else. */
    private List<Step> macro(YamlNode node) {
        String name = node instanceof YamlScalar scalar ? scalar.text() : "";
        YamlNode steps = macros.get(name);
        if (steps == null) {
            in.problem(
                    node,
                    "there is no macro '" + name + "'",
                    macros.isEmpty() ? "add it to 'macros'" : in.nearest(name, macros.keySet()));
            return List.of();
        }
        if (!expanding.add(name)) {
            in.problem(node, "the macro '" + name + "' uses itself", "remove this use");
            return List.of();
        }
        List<Step> read = steps(steps);
        expanding.remove(name);
        return read;
    }

    private List<Step> addresses(YamlNode node) {
        List<Step> steps = new ArrayList<>();
        if (!(node instanceof YamlMap map)) {
            for (String end : in.strings(node)) { // source: from source.address to source.ip or source.domain
                steps.add(new Step.Extracting(new Extracts.Address(
                        end + ".address", in.field(node, end + ".ip"), in.field(node, end + ".domain"))));
            }
            return steps;
        }
        if (in.text(map, "from") == null || in.text(map, "to") == null) {
            in.problem(
                    node,
                    "ip needs from and to",
                    "write ip: {from: source.address, to: source.ip, else: source.domain}, or ip: [source]");
            return steps;
        }
        in.known(map, List.of("from", "to", "else"), "key");
        String otherwise = in.text(map, "else");
        in.check(map, new Target(in.must(map, "to"), As.IP));
        steps.add(new Step.Extracting(new Extracts.Address(
                in.must(map, "from"), in.must(map, "to"), otherwise == null ? null : in.field(map, otherwise))));
        return steps;
    }

    private @Nullable Step attempt(String name, YamlNode value) {
        if (value instanceof YamlMap map) {
            in.known(map, List.of("from", name), "key");
            return map.get(name) == null
                    ? in.wrong(
                            map, "'" + name + "' is missing", "write " + name + ": {from: _field, " + name + ": '...'}")
                    : new Step.Try(in.text(map, "from"), in.patterns(name, Objects.requireNonNull(map.get(name))));
        }
        return new Step.Try(null, in.patterns(name, value));
    }

    private @Nullable Step condition(YamlNode node) {
        YamlMap map =
                in.options(node, List.of("when"), List.of("then", "else"), "if: {when: {field: value}, then: [...]}");
        return map == null
                ? null
                : new Step.If(conditions(map.get("when")), steps(map.get("then")), steps(map.get("else")));
    }

    private List<Condition> conditions(@Nullable YamlNode node) {
        List<Condition> conditions = new ArrayList<>();
        in.each(node, (key, values) -> {
            int bar = key.indexOf('|');
            String field = bar < 0 ? key : key.substring(0, bar);
            if (!Names.isField(field)) {
                in.problem(values, "'" + field + "' is not a field name", "write field|startswith: value");
            }
            Condition.Test test = bar < 0 ? Condition.Test.EQUALS : null;
            List<String> names = new ArrayList<>();
            for (Condition.Test known : Condition.Test.values()) {
                names.add(known.name().toLowerCase(Locale.ROOT));
                if (bar >= 0 && names.getLast().equals(key.substring(bar + 1))) {
                    test = known;
                }
            }
            if (test == null) {
                in.problem(
                        values,
                        "unknown modifier '" + key.substring(bar + 1) + "'",
                        in.nearest(key.substring(bar + 1), names));
            } else {
                conditions.add(new Condition(field, test, in.strings(values)));
            }
        });
        return conditions;
    }

    private @Nullable Step choice(YamlNode node) {
        YamlMap map = in.options(
                node,
                List.of("field", "cases"),
                List.of("else"),
                "switch: {field: event.code, cases: {'1': {set: {...}}}}");
        if (map == null) {
            return null;
        }
        Map<String, Step.Fitting> cases = new LinkedHashMap<>();
        in.each(map.get("cases"), (values, body) -> {
            Step.Fitting fitting = body instanceof YamlMap inside
                    ? fitting(inside, false)
                    : new Step.Fitting(null, List.of(), List.of(), List.of(), Map.of(), steps(body));
            for (String value : values.split(",")) {
                if (cases.putIfAbsent(value.strip(), fitting) != null) {
                    in.problem(body, "the case '" + value.strip() + "' is there twice", "merge the two");
                }
            }
        });
        return new Step.Switch(in.must(map, "field"), cases, map.get("else") == null ? null : otherwise(map));
    }

    private Step first(YamlNode node) {
        List<Step.Case> cases = new ArrayList<>();
        List<YamlNode> items = in.items(node);
        for (int i = 0; i < items.size(); i++) {
            if (!(items.get(i) instanceof YamlMap map)) {
                in.problem(items.get(i), "a case is a mapping", "write id, tmpl and set; or call; or else");
                continue;
            }
            if (map.get("else") != null) {
                in.known(map, List.of("else"), "key beside else");
                cases.add(otherwise(map));
                if (i < items.size() - 1) {
                    in.problem(map, "cases behind else are never reached", "move else to the end");
                }
            } else if (map.get("call") instanceof YamlScalar id) {
                in.known(map, List.of("call"), "key beside call");
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
            in.problem(map.at("else"), "else is a mapping", "write else: {tag: _unparsed_body}");
            return new Step.Otherwise(null, null, Map.of(), List.of());
        }
        in.known(inside, List.of("id", "tag", "set", "then"), "key");
        Map<String, Object> set = in.flat("", inside.get("set"));
        categories(inside.get("set"), set);
        return new Step.Otherwise(in.text(inside, "id"), in.text(inside, "tag"), set, steps(inside.get("then")));
    }

    /** @param mustFit whether something must tell this case from others */
    private Step.Fitting fitting(YamlMap map, boolean mustFit) {
        in.known(map, List.of("id", "from", "has", "when", "tmpl", "regex", "set", "then"), "key of a case");
        List<Matching> patterns = new ArrayList<>(in.patterns("tmpl", map.get("tmpl")));
        patterns.addAll(in.patterns("regex", map.get("regex")));
        List<String> has = in.strings(map.get("has"));
        List<Condition> when = conditions(map.get("when"));
        if (mustFit && map.get("tmpl") == null && map.get("regex") == null && has.isEmpty() && when.isEmpty()) {
            in.problem(map, "the case has neither tmpl nor has", "say what the line must look like");
        }
        Map<String, Object> set = in.flat("", map.get("set"));
        categories(map.get("set"), set);
        return new Step.Fitting(in.text(map, "from"), has, when, patterns, set, steps(map.get("then")));
    }

    private Step trim(YamlNode node) {
        Map<String, Map<String, Object>> suffixes = new LinkedHashMap<>();
        in.each(node, (suffix, set) -> suffixes.put(suffix, in.flat("", set)));
        return new Step.Trim(suffixes);
    }

    private Step set(YamlNode node) {
        Map<String, Object> values = in.flat("", node);
        categories(node, values);
        return new Step.Set(values);
    }

    private @Nullable Step lookup(YamlNode node) {
        if (!(node instanceof YamlMap map)
                || in.text(map, "from") == null
                || in.text(map, "to") == null
                || map.get("table") == null) {
            return in.wrong(
                    node, "map needs from, to and table", "write map: {from: a, to: b, table: {value: meaning}}");
        }
        in.known(map, List.of("from", "to", "table"), "key");
        String to = String.valueOf(in.text(map, "to"));
        Map<String, Map<String, Object>> table = new LinkedHashMap<>();
        in.each(map.get("table"), (key, meaning) -> {
            Map<String, Object> values = in.flat(to, meaning);
            categories(meaning, values);
            table.put(key, values);
        });
        return new Step.Lookup(String.valueOf(in.text(map, "from")), table);
    }

    private Step related(YamlNode node) {
        Map<String, List<String>> kinds = new LinkedHashMap<>();
        in.each(node, (kind, names) -> {
            if (!List.of("ip", "user", "hosts", "hash").contains(kind)) {
                in.problem(names, "there is no related." + kind, "use ip, user, hosts or hash");
            }
            kinds.put("related." + kind, in.fields(names));
        });
        return new Step.Related(kinds);
    }

    /** Refuses categories and types that ECS does not know together; what is not set here is as in defaults. */
    void categories(@Nullable YamlNode at, Map<String, Object> values) {
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
                    in.problem(
                            at,
                            "ECS has no " + value.getKey() + " '" + text + "'",
                            in.nearest(text, new TreeSet<>(allowed)));
                    return;
                }
            }
        }
        if (!values.containsKey("event.category") && !values.containsKey("event.type")) {
            return;
        }
        List<String> categories =
                texts(values.getOrDefault("event.category", defaults.getOrDefault("event.category", List.of())));
        List<String> types = texts(values.getOrDefault("event.type", defaults.getOrDefault("event.type", List.of())));
        String forbidden = categories.isEmpty() ? null : Ecs.forbidden(categories, types);
        if (forbidden != null) {
            Set<String> expected = new TreeSet<>();
            categories.forEach(category -> expected.addAll(Ecs.TYPES.getOrDefault(category, Set.of())));
            in.problem(
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
}
