package io.bongsu.ingest.parse;

import io.bongsu.ingest.parse.Parser.JsonNames;
import io.bongsu.rules.LogSource;
import io.bongsu.rules.syntax.Similar;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the keys of a parser file hold: texts, fields, values, templates. Each mistake becomes a problem with its place, and
 * reading goes on.
 */
final class YamlValues {
    /** So many names are listed when none is like the one that is wrong. */
    private static final int MAX_NAMED = 20;

    private final Problems problems;
    /** Every field that a step may set. */
    private final Set<String> made = new LinkedHashSet<>();

    YamlValues(Problems problems) {
        this.problems = problems;
    }

    Set<String> made() {
        return made;
    }

    void problem(YamlNode at, String message, String fix) {
        problems.add(at, message, fix);
    }

    <T> @Nullable T wrong(YamlNode at, String message, String fix) {
        problem(at, message, fix);
        return null;
    }

    void known(YamlMap map, List<String> keys, String what) {
        for (String key : map.entries().keySet()) {
            if (!keys.contains(key)) {
                problem(map.at(key), "unknown " + what + " '" + key + "'", nearest(key, keys));
            }
        }
    }

    /** The mapping with the keys that must and may be there, or null after a problem. */
    @Nullable
    YamlMap options(YamlNode node, List<String> must, List<String> may, String example) {
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

    String must(YamlMap map, String key) {
        return Objects.requireNonNullElse(text(map, key), "");
    }

    @Nullable
    String text(YamlMap map, String key) {
        YamlNode node = map.get(key);
        if (node == null) {
            return null;
        }
        if (node instanceof YamlScalar scalar) {
            return scalar.value() == null ? null : scalar.text();
        }
        problem(node, "'" + key + "' is text", "write one value; put it in quotes when it holds ': '");
        return null;
    }

    boolean flag(YamlMap map, String key, boolean otherwise) {
        String text = text(map, key);
        return text == null ? otherwise : text.equals("true");
    }

    /** One character; 0 for an empty text; {@code \t} is a tab. */
    char character(YamlMap map, String key, char otherwise) {
        String text = text(map, key);
        if (text == null) {
            return otherwise;
        }
        if (text.length() > 1 && !text.equals("\\t")) {
            problem(map.at(key), "'" + key + "' is one character", "write it in quotes, such as ','");
        }
        return text.isEmpty() ? 0 : text.equals("\\t") ? '\t' : text.charAt(0);
    }

    List<YamlNode> items(@Nullable YamlNode node) {
        return switch (node) {
            case null -> List.of();
            case YamlList list -> list.items();
            case YamlMap map -> List.of(map);
            case YamlScalar scalar -> List.of(scalar);
        };
    }

    List<String> strings(@Nullable YamlNode node) {
        List<String> strings = new ArrayList<>();
        for (YamlNode item : items(node)) {
            if (item instanceof YamlScalar scalar) {
                strings.add(scalar.text());
            } else {
                problem(item, "a list of texts is expected here", "write one value in each line: - value");
            }
        }
        return strings;
    }

    List<String> fields(YamlNode node) {
        List<String> names = strings(node);
        for (String name : names) {
            if (!Names.isField(name)) {
                problem(node, "'" + name + "' is not a field name", "use a dotted name such as source.ip");
            }
        }
        return names;
    }

    void each(@Nullable YamlNode node, BiConsumer<String, YamlNode> action) {
        if (node instanceof YamlMap map) {
            map.entries().forEach(action);
        } else if (node != null && !(node instanceof YamlScalar scalar && scalar.value() == null)) {
            problem(node, "a mapping is expected here", "write key: value");
        }
    }

    /** {@code {event: {action: x}}} and {@code event.action: x} both become {@code event.action → x}. */
    Map<String, Object> flat(String prefix, @Nullable YamlNode node) {
        Map<String, Object> values = new LinkedHashMap<>();
        flat(prefix, node, values);
        return values;
    }

    void flat(String name, @Nullable YamlNode node, Map<String, Object> into) {
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
                        problem(item, "a list holds plain values", "write one value in each line: - value");
                    }
                }
                into.put(name, List.copyOf(values));
            }
            case YamlScalar scalar -> {
                if (!Names.isField(name) && !name.isEmpty()) {
                    problem(scalar, "'" + name + "' is not a field name", "use a dotted name such as source.ip");
                } else if (scalar.value() != null && !name.isEmpty()) {
                    if (!name.equals("event.dataset")
                            && Ecs.owns(name)
                            && !Ecs.has(name)
                            && !name.equals("@timestamp")) {
                        problem(scalar, "ECS 9.4 has no field '" + name + "'", nearestField(name));
                    }
                    boolean list = name.equals("event.category") || name.equals("event.type");
                    into.put(name, list ? List.of(scalar.value()) : value(name, scalar));
                } else if (name.isEmpty() && scalar.value() != null) {
                    problem(scalar, "a mapping is expected here", "write field: value");
                }
            }
        }
    }

    /** The value as ECS wants it: {@code event.code: 4624} is a text. */
    Object value(String name, YamlScalar scalar) {
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
            problem(scalar, "'" + name + "' is a " + type + " in ECS", "write a " + type);
        }
        return type.equals("keyword") || type.equals("text") ? scalar.text() : value;
    }

    Map<String, Target> targets(@Nullable YamlNode node) {
        Map<String, Target> targets = new LinkedHashMap<>();
        each(node, (from, to) -> {
            if (to instanceof YamlScalar scalar) {
                Target target = target(to, scalar.text());
                if (target != null) {
                    targets.put(from, target);
                }
            } else {
                problem(to, "a field is expected here", "write key: field.name, or key: field.name:int");
            }
        });
        return targets;
    }

    @Nullable
    Target target(YamlNode at, String text) {
        Target target = Target.read(text);
        if (target == null) {
            return wrong(at, "'" + text + "' has an unknown type", "use one of " + String.join(", ", typeNames()));
        }
        check(at, target);
        return target;
    }

    private static List<String> typeNames() {
        return Arrays.stream(As.values())
                .map(as -> as.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    String field(YamlNode at, String name) {
        check(at, new Target(name, As.field(name)));
        return name;
    }

    /** That a field may be called so, that ECS knows it if it is of ECS, and that the value has its type. */
    void check(YamlNode at, Target target) {
        String name = target.name();
        made.add(name);
        if (!Names.isField(name)) {
            problem(at, "'" + name + "' is not a field name", "use a dotted name such as source.ip");
            return;
        }
        if (name.startsWith("_") || name.equals("@timestamp")) {
            return;
        }
        if (Ecs.owns(name) && !Ecs.has(name)) {
            problem(at, "ECS 9.4 has no field '" + name + "'", nearestField(name));
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
            problem(
                    at,
                    "'" + name + "' is a " + Ecs.type(name) + " in ECS, not "
                            + target.as().name().toLowerCase(Locale.ROOT),
                    "use the type " + wanted);
        }
    }

    List<Matching> patterns(String kind, @Nullable YamlNode node) {
        return patterns(kind, node, true);
    }

    List<Matching> patterns(String kind, @Nullable YamlNode node, boolean checked) {
        List<Matching> patterns = new ArrayList<>();
        for (YamlNode item : items(node)) {
            if (!(item instanceof YamlScalar text)) {
                problem(item, "a template is text", "put it into quotes");
                continue;
            }
            try {
                Matching pattern = kind.equals("tmpl") ? Template.compile(text.text()) : Regex.compile(text.text());
                if (checked) {
                    pattern.targets().forEach(target -> check(text, target));
                }
                patterns.add(pattern);
            } catch (Template.Invalid invalid) {
                problem(
                        text,
                        invalid.getMessage() + " at character " + (invalid.at + 1) + " of the template",
                        invalid.fix);
            }
        }
        return patterns;
    }

    List<Matching> templates(@Nullable YamlNode node) {
        return node == null ? List.of() : patterns("tmpl", node);
    }

    Set<LogSource> logSources(@Nullable YamlNode node) {
        Set<LogSource> sources = new LinkedHashSet<>();
        for (YamlNode item : items(node)) {
            if (item instanceof YamlMap map) {
                known(map, List.of("category", "product", "service"), "part of a log source");
                sources.add(new LogSource(text(map, "category"), text(map, "product"), text(map, "service")));
            } else {
                problem(item, "a log source is a mapping", "write {product: linux, service: sshd}");
            }
        }
        return sources;
    }

    JsonNames jsonNames(YamlMap map, boolean ecs) {
        Map<String, Target> rename = targets(map.get("rename"));
        Map<String, Target> alike = alike(map.get("alike"));
        if (ecs) {
            rename.values().forEach(target -> mayBeSet(map.at("rename"), target));
            alike.values().stream().distinct().forEach(target -> mayBeSet(map.at("alike"), target));
        }
        return new JsonNames(
                strings(map.get("time")),
                rename,
                new LinkedHashSet<>(strings(map.get("drop"))),
                Objects.requireNonNullElse(text(map, "to"), "json"),
                flag(map, "ecs", ecs),
                text(map, "labels"),
                new Alike(alike, new LinkedHashSet<>(strings(map.get("around")))));
    }

    private void mayBeSet(YamlNode at, Target target) {
        if (Ecs.has(target.name()) && !Ecs.isField(target.name())) {
            problem(
                    at,
                    "'" + target.name() + "' is no ECS field that JSON may set",
                    "leave the key out: it becomes json.*");
        }
    }

    /** By the plain form of each key; written the other way round, since one field has many. */
    private Map<String, Target> alike(@Nullable YamlNode node) {
        Map<String, Target> alike = new LinkedHashMap<>();
        each(node, (field, keys) -> {
            Target target = target(keys, field);
            for (String key : strings(keys)) {
                if (target != null && alike.put(Alike.plain(key), target) != null) {
                    problem(keys, "'" + key + "' is there already", "remove one of them");
                }
            }
        });
        return alike;
    }

    /** "did you mean …?" when something similar is there, else what there is. */
    static String nearest(String word, Collection<String> known) {
        List<String> names = List.copyOf(known);
        String some = names.size() <= MAX_NAMED
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, MAX_NAMED)) + " and " + (names.size() - MAX_NAMED) + " more";
        return Similar.didYouMean(word, known, "use one of " + some);
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
}
