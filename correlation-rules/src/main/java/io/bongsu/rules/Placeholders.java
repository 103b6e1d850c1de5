package io.bongsu.rules;

import io.bongsu.rules.yaml.Problem;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlReader;
import io.bongsu.rules.yaml.YamlScalar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The values behind {@code %placeholders%}: a file {@code Servers.txt} with one value per line (a line that begins with
 * {@code #} is a comment), or a YAML file with a list under each name. Values may have wildcards. Of two lists with one
 * name the later one counts.
 */
final class Placeholders {
    private static final int MAX_VALUES = 100_000;

    private Placeholders() {}

    static Map<String, List<String>> read(List<Path> foldersOrFiles, Problems problems) {
        Map<String, List<String>> lists = new TreeMap<>();
        for (Path file : YamlReader.files(foldersOrFiles, Set.of(".txt", ".yml", ".yaml"), problems)) {
            String name = String.valueOf(file.getFileName());
            if (name.endsWith(".txt")) {
                String text = YamlReader.text(file, problems);
                if (text != null) {
                    List<String> values = text.lines()
                            .map(String::strip)
                            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                            .toList();
                    put(
                            name.substring(0, name.length() - 4),
                            values,
                            new Problem(file.toString(), 0, 0, "", ""),
                            lists,
                            problems);
                }
                continue;
            }
            for (YamlNode document : YamlReader.readAll(file, problems)) {
                if (!(document instanceof YamlMap map)) {
                    problems.add(document, "a file of lists is a map", "write a list under each name");
                    continue;
                }
                map.entries().forEach((list, node) -> {
                    List<String> values = values(node);
                    if (values == null) {
                        problems.add(node, "the list '" + list + "' must be a list of values", "");
                    } else {
                        Problem at = new Problem(node.file(), node.line(), node.column(), "", "");
                        put(list, values, at, lists, problems);
                    }
                });
            }
        }
        return lists;
    }

    private static void put(
            String name, List<String> values, Problem at, Map<String, List<String>> lists, Problems problems) {
        if (values.isEmpty() || values.size() > MAX_VALUES) {
            String message = values.isEmpty()
                    ? "the list '" + name + "' has no values"
                    : "the list '" + name + "' has more than " + MAX_VALUES + " values";
            problems.add(new Problem(at.file(), at.line(), at.column(), message, ""));
        } else {
            lists.put(name, List.copyOf(values));
        }
    }

    private static @Nullable List<String> values(YamlNode node) {
        List<String> values = new ArrayList<>();
        for (YamlNode item : node instanceof YamlList list ? list.items() : List.of(node)) {
            if (!(item instanceof YamlScalar scalar) || scalar.value() == null) {
                return null;
            }
            values.add(scalar.text());
        }
        return values;
    }
}
