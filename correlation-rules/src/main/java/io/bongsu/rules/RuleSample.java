package io.bongsu.rules;

import io.bongsu.rules.syntax.RuleParser;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlReader;
import io.bongsu.rules.yaml.YamlScalar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rule sets of any size out of the rules of some folders, for benchmarks: a random part of them, or more than there are,
 * with copies in which half of the texts differ by two characters. A function of the folders, the size and the seed.
 */
public final class RuleSample {
    private static final Set<String> KEPT =
            Set.of("re", "cidr", "base64", "base64offset", "expand", "fieldref", "exists");

    private final List<YamlNode> documents = new ArrayList<>();

    public RuleSample(List<Path> foldersOrFiles) {
        Problems problems = new Problems();
        for (Path file : YamlReader.files(foldersOrFiles, problems)) {
            for (YamlNode document : YamlReader.read(file, problems).good()) {
                if (document instanceof YamlMap map && map.get("detection") != null) {
                    documents.add(document);
                }
            }
        }
    }

    /** More of them. */
    public void add(String yaml) {
        documents.addAll(YamlReader.read("added", yaml, new Problems()).good());
    }

    /** The texts that the rules look for, in their order. */
    public List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (YamlNode document : documents) {
            texts("detection", ((YamlMap) document).get("detection"), texts);
        }
        return texts;
    }

    private static void texts(String under, @Nullable YamlNode node, List<String> into) {
        switch (node) {
            case null -> {}
            case YamlMap map -> map.entries().forEach((key, value) -> texts(key, value, into));
            case YamlList list -> list.items().forEach(item -> texts(under, item, into));
            case YamlScalar scalar -> {
                if (scalar.value() instanceof String text && mayChange(under)) {
                    into.add(text);
                }
            }
        }
    }

    /** How many rules there are. */
    public int size() {
        return documents.size();
    }

    /** As many of them, or of them and their variants. Those that do not run are left out. */
    public RuleSet take(int count, long seed) {
        return take(count, seed, false);
    }

    /** @param everyText whether variants differ in each of their texts, and not in half of them */
    public RuleSet take(int count, long seed, boolean everyText) {
        Random random = new Random(seed);
        List<YamlNode> order = new ArrayList<>(documents);
        Collections.shuffle(order, random);
        List<RuleParser.Parsed> taken = new ArrayList<>();
        for (int i = 0; i < count && !order.isEmpty(); i++) {
            YamlNode document = order.get(i % order.size());
            taken.add(
                    RuleParser.parse(i < order.size() ? document : variant((YamlMap) document, i, random, everyText)));
        }
        return new RuleLoader(RuleSet.Defaults.STANDARD).compile(taken).rules();
    }

    /** In a file of its own, so that its problems are not taken for those of the rule itself. */
    private static YamlMap variant(YamlMap rule, int number, Random random, boolean everyText) {
        String file = rule.file() + " variant " + number;
        Map<String, YamlNode> entries = new LinkedHashMap<>(rule.entries());
        for (String key : List.of("id", "name", "title")) {
            if (rule.get(key) instanceof YamlScalar scalar) {
                entries.put(key, text(file, scalar, "variant " + number + " of " + scalar.text()));
            }
        }
        entries.remove("correlation");
        entries.remove("tests");
        entries.computeIfPresent("detection", (key, node) -> changed(file, key, node, random, everyText));
        Map<String, YamlScalar> keys = new LinkedHashMap<>(rule.keys());
        keys.keySet().retainAll(entries.keySet());
        return new YamlMap(file, rule.line(), rule.column(), entries, keys);
    }

    private static YamlNode changed(String file, String under, YamlNode node, Random random, boolean everyText) {
        return switch (node) {
            case YamlMap map -> {
                Map<String, YamlNode> entries = new LinkedHashMap<>();
                map.entries().forEach((key, value) -> entries.put(key, changed(file, key, value, random, everyText)));
                yield new YamlMap(file, map.line(), map.column(), entries, map.keys());
            }
            case YamlList list ->
                new YamlList(
                        file,
                        list.line(),
                        list.column(),
                        list.items().stream()
                                .map(item -> changed(file, under, item, random, everyText))
                                .toList());
            case YamlScalar scalar ->
                scalar.value() instanceof String text && mayChange(under) && (everyText || random.nextBoolean())
                        ? text(file, scalar, changed(text, random))
                        : new YamlScalar(file, scalar.line(), scalar.column(), scalar.value(), scalar.text());
        };
    }

    private static boolean mayChange(String key) {
        return !key.equals("condition") && List.of(key.split("\\|")).stream().noneMatch(KEPT::contains);
    }

    private static String changed(String text, Random random) {
        StringBuilder changed = new StringBuilder(text);
        for (int i = 0; i < 2 && !changed.isEmpty(); i++) {
            int at = random.nextInt(changed.length());
            if (Character.isLetterOrDigit(changed.charAt(at))) {
                changed.setCharAt(at, (char) ('a' + random.nextInt(26)));
            }
        }
        return changed.toString();
    }

    private static YamlScalar text(String file, YamlScalar scalar, String text) {
        return new YamlScalar(file, scalar.line(), scalar.column(), text, text);
    }
}
