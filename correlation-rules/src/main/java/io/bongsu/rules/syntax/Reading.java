package io.bongsu.rules.syntax;

import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Takes typed values out of a map; what does not fit is a problem and reads as absent. */
record Reading(YamlMap map, Problems problems) {
    @Nullable
    String text(String key) {
        YamlNode node = map.get(key);
        return switch (node) {
            case null -> null;
            case YamlScalar scalar when scalar.value() == null -> null;
            case YamlScalar scalar -> scalar.text();
            case YamlMap m ->
                wrong(
                        m,
                        "'" + key + "' must be text, not a map",
                        "write one value; put it in quotes when it holds ': '");
            case YamlList l ->
                wrong(l, "'" + key + "' must be text, not a list", "write one value behind '" + key + ":'");
        };
    }

    /** Not there, or there without a value; what is of the wrong kind has a problem already. */
    boolean lacks(String key) {
        return map.get(key) == null || map.get(key) instanceof YamlScalar scalar && scalar.value() == null;
    }

    /** A text or a list of texts. */
    List<String> texts(String key) {
        return scalars(key).stream().map(YamlScalar::text).toList();
    }

    List<YamlScalar> scalars(String key) {
        List<YamlScalar> found = new ArrayList<>();
        YamlNode node = map.get(key);
        for (YamlNode item :
                node instanceof YamlList list ? list.items() : node == null ? List.<YamlNode>of() : List.of(node)) {
            if (!(item instanceof YamlScalar scalar)) {
                wrong(item, "'" + key + "' must be text or a list of texts", "write one value in each line: - value");
            } else if (scalar.value() != null) {
                found.add(scalar);
            }
        }
        return found;
    }

    @Nullable
    YamlMap inner(String key) {
        return switch (map.get(key)) {
            case null -> null;
            case YamlMap inner -> inner;
            case YamlNode other -> {
                problems.add(
                        other, "'" + key + "' must be a map", "write keys and values below it, such as key: value");
                yield null;
            }
        };
    }

    OptionalLong duration(String key) {
        YamlNode node = map.get(key);
        if (node == null) {
            return OptionalLong.empty();
        }
        OptionalLong duration =
                node instanceof YamlScalar scalar ? Durations.parse(scalar.text()) : OptionalLong.empty();
        if (duration.isEmpty()) {
            String found = node instanceof YamlScalar scalar ? ", not '" + scalar.text() + "'" : "";
            problems.add(
                    node, "'" + key + "' must be a duration" + found, "write a number and s, m, h or d, such as 5m");
        }
        return duration;
    }

    OptionalLong whole(String key) {
        YamlNode node = map.get(key);
        if (node == null) {
            return OptionalLong.empty();
        }
        if (node instanceof YamlScalar scalar && scalar.value() instanceof Long value && value >= 0) {
            return OptionalLong.of(value);
        }
        problems.add(node, "'" + key + "' must be a whole number from 0", "write it in digits and without quotes");
        return OptionalLong.empty();
    }

    boolean yes(String key) {
        YamlNode node = map.get(key);
        if (node == null) {
            return false;
        }
        if (node instanceof YamlScalar scalar && scalar.value() instanceof Boolean value) {
            return value;
        }
        problems.add(node, "'" + key + "' must be true or false", "write one of them, without quotes");
        return false;
    }

    void onlyKnows(Collection<String> known, String where) {
        for (Map.Entry<String, YamlScalar> key : map.keys().entrySet()) {
            if (!known.contains(key.getKey())) {
                problems.add(
                        key.getValue(),
                        "'" + key.getKey() + "' is not known in " + where,
                        Similar.didYouMean(
                                key.getKey(),
                                known,
                                "there are "
                                        + String.join(
                                                ", ", known.stream().sorted().toList())));
            }
        }
    }

    private @Nullable String wrong(YamlNode at, String message, String fix) {
        problems.add(at, message, fix);
        return null;
    }
}
