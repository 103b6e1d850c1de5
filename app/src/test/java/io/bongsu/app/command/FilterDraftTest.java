package io.bongsu.app.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bongsu.indexer.Search;
import io.bongsu.ingest.offline.Offline;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Alert;
import io.bongsu.model.Documents;
import io.bongsu.model.Micros;
import io.bongsu.rules.Detector;
import io.bongsu.rules.LogSource;
import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.correlate.Correlation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The filter that is drafted from an alert passes as a rule, and leaves out that alert and not its neighbour, until it ends. */
class FilterDraftTest {
    private static final Path RULES = Path.of("..", "correlation-rules", "rules", "linux_ssh_brute_force.yml");
    private static final long UNTIL = Micros.of(Instant.parse("2026-12-01T00:00:00Z"));
    private static final long NOW = Micros.of(Instant.parse("2026-11-22T12:00:00Z"));

    private static ParserSet parsers;

    @TempDir
    Path directory;

    @BeforeAll
    static void load() {
        parsers = ParserSet.load(List.of(Path.of("..", "ingest-streams", "parsers")))
                .parsers();
    }

    @Test
    void ofACorrelationItIsAboutTheGroup() throws IOException {
        String attack = guesses("2026-11-22", "203.0.113.7");
        String yaml = draft(RULES, attack, List.of());

        assertThat(yaml)
                .contains(
                        "source.ip: '203.0.113.7'",
                        "until: '2026-12-01T00:00:00",
                        "author: 'alice'",
                        "condition: not selection");
        assertThat(names(attack, yaml)).isEmpty();
        assertThat(names(guesses("2026-11-22", "203.0.113.8"), yaml)).contains("SSH brute force");
        assertThat(names(guesses("2026-12-01", "203.0.113.7"), yaml))
                .as("it is over")
                .contains("SSH brute force");
    }

    @Test
    void fieldsCanBeChosenAndTakeTheValuesOfTheEvents() throws IOException {
        String attack = guesses("2026-11-22", "203.0.113.7");
        String yaml = draft(RULES, attack, List.of("source.ip", "user.name"));

        assertThat(yaml).contains("source.ip: '203.0.113.7'", "user.name: 'root'");
        assertThat(names(attack, yaml)).isEmpty();
        assertThat(names(attack.replace("root", "admin"), yaml)).contains("SSH brute force");
    }

    @Test
    void aFieldThatNoEventHasIsRefusedWithThoseTheyHave() {
        assertThatThrownBy(() -> draft(RULES, guesses("2026-11-22", "203.0.113.7"), List.of("file.hash.md5")))
                .hasMessageContaining("no event of the alert has the field 'file.hash.md5'");
    }

    /** What an attacker writes into a log stays a value: no wildcard, no YAML, and just this one. */
    @ParameterizedTest
    @ValueSource(strings = {"ab*c?", "it's", "a\\\\b\\", "x: {y}", "#no", "봉수", "null", "%list%", "a\tb"})
    void anyValueIsJustItself(String name) throws IOException {
        Path rule = Files.createDirectories(directory.resolve("own")).resolve("r.yml");
        Files.writeString(rule, """
                title: Sent
                id: 3f0d9c52-1111-4e55-9d1a-000000000001
                logsource: { product: gadget }
                detection: { s: { gadget.sent: true }, condition: s }
                level: low
                """);
        RuleSet rules = load(rule);
        Map<String, Object> alert = Map.of(
                "event.id", "3823e2658e6d146ecead46d3ce7cab16",
                "rule.id", "3f0d9c52-1111-4e55-9d1a-000000000001",
                "rule.name", "Sent",
                "events", List.of(Map.of("id", "e1", "rule.id", "3f0d9c52-1111-4e55-9d1a-000000000001")));
        String yaml = new FilterDraft(rules, alert, Map.of("e1", Map.of("gadget.name", name)))
                .yaml(List.of("gadget.name"), UNTIL, "o'neil", "because: \"no\"", NOW);
        Path file = directory.resolve("filter.yml");
        Files.writeString(file, yaml);
        RuleSet.Loaded filtered = RuleSet.load(List.of(rule, file), RuleSet.Defaults.STANDARD);

        assertThat(filtered.problems()).as(yaml).isEmpty();
        assertThat(found(filtered.rules(), name)).as(yaml).isFalse();
        assertThat(found(filtered.rules(), name + "x")).isTrue();
        assertThat(found(filtered.rules(), "abXcY")).isTrue();
    }

    private static boolean found(RuleSet rules, String name) {
        boolean[] found = {false};
        rules.detector()
                .detect(
                        List.of(new LogSource(null, "gadget", null)),
                        Map.of("gadget.sent", true, "gadget.name", name, "@timestamp", "2026-11-23T00:00:00Z"),
                        new Detector.Sink() {
                            @Override
                            public void alert(RuleInfo rule) {
                                found[0] = true;
                            }

                            @Override
                            public void hit(
                                    Correlation correlation,
                                    List<String> group,
                                    String member,
                                    Map<String, String> values) {}
                        });
        return found[0];
    }

    private static String guesses(String day, String from) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            lines.append("<86>1 ")
                    .append(day)
                    .append("T10:00:0")
                    .append(i)
                    .append("Z web-1 sshd 7 - - Failed password for root from ")
                    .append(from)
                    .append(" port 4022 ssh2\n");
        }
        return lines.toString();
    }

    private String draft(Path rules, String log, List<String> fields) {
        RuleSet set = load(rules);
        Alert alert = alerts(set, log).stream()
                .filter(a -> a.getFields().get("rule.name").equals("SSH brute force"))
                .findFirst()
                .orElseThrow();
        Map<String, Map<String, Object>> events = new HashMap<>();
        int[] line = {0};
        new Offline(parsers, set, OPTIONS, p -> {}).parse(List.of(file(log)), doc -> {
            Map<String, Object> flat = new Search.Hit("", "", doc).flat();
            events.put(String.valueOf(flat.get("event.id")), flat);
            line[0]++;
        });
        return new FilterDraft(set, new Search.Hit("", "", Documents.alert(alert)).flat(), events)
                .yaml(fields, UNTIL, "alice", "our own scanner", NOW);
    }

    private static final Offline.Options OPTIONS = new Offline.Options(null, Micros.UNKNOWN, false, NOW);

    private static List<Alert> alerts(RuleSet rules, String log) {
        return new Offline(parsers, rules, OPTIONS, p -> {}).alerts(List.of(file(log)));
    }

    private static Offline.File file(String log) {
        return new Offline.File("a.log", () -> new ByteArrayInputStream(log.getBytes(StandardCharsets.UTF_8)));
    }

    private List<String> names(String log, String filter) throws IOException {
        Path file = directory.resolve("filter.yml");
        Files.writeString(file, filter);
        return alerts(load(RULES, file), log).stream()
                .map(a -> String.valueOf(a.getFields().get("rule.name")))
                .toList();
    }

    private static RuleSet load(Path... paths) {
        RuleSet.Loaded loaded = RuleSet.load(List.of(paths), RuleSet.Defaults.STANDARD);
        assertThat(loaded.problems()).isEmpty();
        return loaded.rules();
    }
}
