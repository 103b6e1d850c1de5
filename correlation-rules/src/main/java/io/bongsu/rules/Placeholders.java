package io.bongsu.rules;

import io.bongsu.rules.syntax.Listing;
import io.bongsu.rules.syntax.ListingParser;
import io.bongsu.rules.yaml.Problems;
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
    private Placeholders() {}

    static Map<String, Listing> read(List<Path> foldersOrFiles, Problems problems) {
        Map<String, Listing> lists = new TreeMap<>();
        ListingParser parser = new ListingParser(problems);
        for (Path file : YamlReader.files(foldersOrFiles, Set.of(".txt", ".yml", ".yaml"), problems)) {
            String name = String.valueOf(file.getFileName());
            if (name.endsWith(".txt")) {
                String text = YamlReader.text(file, problems);
                if (text != null) {
                    String list = name.substring(0, name.length() - 4);
                    YamlNode at = new YamlScalar(file.toString(), 1, 1, null, "");
                    put(list, parser.of(list, Listing.Kind.TEXT, lines(file, text), at), lists);
                }
                continue;
            }
            for (YamlNode document : YamlReader.readAll(file, problems)) {
                if (!(document instanceof YamlMap map)) {
                    problems.add(document, "a file of lists is a map", "write a list under each name");
                    continue;
                }
                map.entries().forEach((list, node) -> put(list, parser.parse(list, node), lists));
            }
        }
        return lists;
    }

    private static List<Listing.Entry> lines(Path file, String text) {
        List<Listing.Entry> entries = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().map(String::strip).toList()) {
            number++;
            if (!line.isEmpty() && !line.startsWith("#")) {
                YamlScalar value = new YamlScalar(file.toString(), number, 1, line, line);
                entries.add(new Listing.Entry(value, Listing.EVER_SINCE, Listing.FOR_EVER));
            }
        }
        return entries;
    }

    private static void put(String name, @Nullable Listing list, Map<String, Listing> lists) {
        if (list != null) {
            lists.put(name, list);
        }
    }
}
