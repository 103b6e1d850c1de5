package io.bongsu.rules.match;

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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * From the field names of Sigma's taxonomy to those of our events. A field is looked for under its own name first,
 * then under the names of each section of {@code fields.yml} whose log source the rule has.
 */
public final class FieldNames {
    private final List<Section> sections;

    private record Section(@Nullable LogSource logSource, Map<String, List<String>> names, String prefix) {}

    private FieldNames(List<Section> sections) {
        this.sections = List.copyOf(sections);
    }

    public static FieldNames builtIn() {
        try (InputStream in = Objects.requireNonNull(FieldNames.class.getResourceAsStream("fields.yml"))) {
            Problems problems = new Problems();
            FieldNames names = read("fields.yml", new String(in.readAllBytes(), StandardCharsets.UTF_8), problems);
            if (!problems.isEmpty()) {
                throw new IllegalStateException(problems.list().toString());
            }
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static FieldNames read(String file, String text, Problems problems) {
        List<Section> sections = new ArrayList<>();
        for (YamlNode document : YamlReader.readAll(file, text, problems)) {
            if (!(document instanceof YamlList list)) {
                problems.add(document, "a list of sections is expected", "");
                continue;
            }
            for (YamlNode item : list.items()) {
                if (item instanceof YamlMap map && map.get("fields") instanceof YamlMap fields) {
                    sections.add(
                            new Section(logSource(map.get("logsource")), names(fields, problems), text(map, "prefix")));
                } else {
                    problems.add(item, "a section has logsource and fields", "");
                }
            }
        }
        return new FieldNames(sections);
    }

    private static @Nullable LogSource logSource(@Nullable YamlNode node) {
        return node instanceof YamlMap map
                ? new LogSource(text(map, "category"), text(map, "product"), text(map, "service"))
                : null;
    }

    private static String text(YamlMap map, String key) {
        return map.get(key) instanceof YamlScalar scalar ? scalar.text() : "";
    }

    private static Map<String, List<String>> names(YamlMap fields, Problems problems) {
        Map<String, List<String>> names = new LinkedHashMap<>();
        fields.entries().forEach((name, node) -> {
            List<String> targets = new ArrayList<>();
            for (YamlNode target : node instanceof YamlList list ? list.items() : List.of(node)) {
                if (target instanceof YamlScalar scalar) {
                    targets.add(scalar.text());
                } else {
                    problems.add(target, "a field name is expected", "");
                }
            }
            names.put(name, targets);
        });
        return names;
    }

    /** The names under which events of this log source may carry the field; blanks in it are taken out, as Sigma says. */
    List<String> candidates(LogSource logSource, String field) {
        String name = field.replace(" ", "");
        Set<String> found = new LinkedHashSet<>(List.of(name));
        for (Section section : sections) {
            if (section.logSource() == null || section.logSource().covers(logSource)) {
                found.addAll(section.names().getOrDefault(name, List.of()));
                if (!section.prefix().isEmpty()) {
                    found.add(section.prefix() + name);
                }
            }
        }
        return List.copyOf(found);
    }
}
