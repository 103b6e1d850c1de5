package io.bongsu.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.rules.syntax.RuleParser;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlReader;
import io.bongsu.rules.yaml.YamlScalar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Runs the cases of {@code conformance/*.yml}; the README there says what they are. */
class ConformanceTest {
    private static final Path FOLDER = Path.of("src/test/resources/io/bongsu/rules/conformance");
    private static final Set<String> KEYS =
            Set.of("name", "detection", "filter", "lists", "match", "no_match", "refused", "because", "extension");
    private static final LogSource SOURCE = new LogSource(null, "test", null);

    @TestFactory
    Stream<DynamicTest> cases() {
        Problems problems = new Problems();
        List<DynamicTest> tests = new ArrayList<>();
        for (Path file : YamlReader.files(List.of(FOLDER), problems)) {
            Set<String> names = new HashSet<>();
            for (YamlNode document : YamlReader.readAll(file, problems)) {
                for (YamlNode item : ((YamlList) document).items()) {
                    YamlMap one = (YamlMap) item;
                    String name = text(one, "name");
                    assertThat(names.add(name)).as(file + ": " + name).isTrue();
                    assertThat(KEYS).containsAll(one.entries().keySet());
                    tests.add(DynamicTest.dynamicTest(file.getFileName() + ": " + name, () -> run(one)));
                }
            }
        }
        assertThat(problems.list()).isEmpty();
        assertThat(tests).hasSizeGreaterThan(100);
        return tests.stream();
    }

    private static void run(YamlMap one) {
        List<RuleParser.Parsed> documents = new ArrayList<>();
        documents.add(RuleParser.parse(document(one, "rule", "detection", one.get("detection"))));
        if (one.get("filter") instanceof YamlMap filter) {
            documents.add(RuleParser.parse(document(one, "filter", "filter", filter)));
        }
        RuleSet.Loaded loaded =
                new RuleLoader(new RuleSet.Defaults(0, List.of(), List.of(), name -> true)).compile(documents);
        if (one.get("refused") != null) {
            assertThat(loaded.problems()).as("problems").isNotEmpty();
            assertThat(loaded.rulesWithProblems()).isEqualTo(1);
            return;
        }
        assertThat(loaded.problems()).isEmpty();
        assertThat(loaded.warnings().stream().filter(w -> w.message().contains("field")))
                .isEmpty();
        events(one, "match").forEach(event -> assertThat(Rules.detect(loaded.rules(), SOURCE, event))
                .as("%s", event)
                .containsExactly("rule"));
        events(one, "no_match").forEach(event -> assertThat(Rules.detect(loaded.rules(), SOURCE, event))
                .as("%s", event)
                .isEmpty());
    }

    /** A rule or filter around what the case says of it. */
    private static YamlMap document(YamlMap one, String id, String key, @Nullable YamlNode content) {
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        entries.put("title", scalar(one, id));
        entries.put("id", scalar(one, id));
        YamlNode body = Objects.requireNonNull(content);
        YamlNode source = map(one, Map.of("product", scalar(one, "test")));
        if (body instanceof YamlMap map && map.get("logsource") != null) {
            source = Objects.requireNonNull(map.get("logsource"));
            Map<String, YamlNode> rest = new LinkedHashMap<>(map.entries());
            rest.remove("logsource");
            body = map(one, rest);
        }
        entries.put("logsource", source);
        entries.put(key, body);
        if (one.get("lists") instanceof YamlMap lists) {
            entries.put("bongsu", map(one, Map.of("lists", lists)));
        }
        return map(one, entries);
    }

    private static YamlMap map(YamlMap at, Map<String, YamlNode> entries) {
        Map<String, YamlScalar> keys = new LinkedHashMap<>();
        entries.keySet().forEach(key -> keys.put(key, scalar(at, key)));
        return new YamlMap(at.file(), at.line(), at.column(), entries, keys);
    }

    private static YamlScalar scalar(YamlMap at, String text) {
        return new YamlScalar(at.file(), at.line(), at.column(), text, text);
    }

    private static String text(YamlMap map, String key) {
        return ((YamlScalar) Objects.requireNonNull(map.get(key), key)).text();
    }

    private static List<Map<String, @Nullable Object>> events(YamlMap one, String key) {
        List<Map<String, @Nullable Object>> events = new ArrayList<>();
        if (one.get(key) instanceof YamlList list) {
            for (YamlNode event : list.items()) {
                Map<String, @Nullable Object> fields = new HashMap<>();
                ((YamlMap) event).entries().forEach((name, value) -> fields.put(name, value(value)));
                events.add(fields);
            }
        }
        return events;
    }

    private static @Nullable Object value(YamlNode node) {
        if (node instanceof YamlList list) {
            List<@Nullable Object> values = new ArrayList<>();
            list.items().forEach(item -> values.add(value(item)));
            return values;
        }
        return ((YamlScalar) node).value();
    }
}
