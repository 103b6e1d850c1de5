package io.bongsu.ingest.parse;

import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * {@code extends}: the parser that is named, with what this file says put over it, {@code before} in front of the
 * cases of its first decision list and {@code after} behind them, above the else, {@code cases} in place of those of
 * its first switch, {@code then} behind its steps.
 */
record Extensions(Map<String, YamlMap> builtIn, Map<String, YamlMap> user, Problems problems) {
    private static final int MAX_EXTENDS = 8;

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
            problems.add(
                    name, "there is no parser '" + name.text() + "' to extend", YamlValues.nearest(name.text(), known));
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
                        i, new YamlMap(step.file(), step.line(), step.column(), Map.of("switch", whole), step.keys()));
                break;
            }
        }
        return new YamlList(steps.file(), steps.line(), steps.column(), items);
    }

    private static List<String> values(String key) {
        return Arrays.stream(key.split(",")).map(String::strip).toList();
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
