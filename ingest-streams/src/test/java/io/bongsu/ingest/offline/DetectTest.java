package io.bongsu.ingest.offline;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.ingest.judge.Judge;
import io.bongsu.ingest.parse.Parsed;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Alert;
import io.bongsu.model.Event;
import io.bongsu.model.Micros;
import io.bongsu.rules.RuleSet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules on files, from the bytes to the alert. */
class DetectTest {
    private static final ParserSet PARSERS = ParserSet.load(List.of()).parsers();

    @TempDir
    private Path folder;

    private List<String> alerts(String rules, String file) throws IOException {
        Files.writeString(folder.resolve("r.yml"), rules);
        RuleSet.Loaded loaded = RuleSet.load(List.of(folder), RuleSet.Defaults.STANDARD);
        assertThat(loaded.problems()).isEmpty();
        return new Offline(
                        PARSERS,
                        loaded.rules(),
                        new Offline.Options(null, Micros.UNKNOWN, false, 0),
                        problem -> assertThat(problem).isNull())
                        .alerts(List.of(new Offline.File(
                                "f", () -> new ByteArrayInputStream(file.getBytes(StandardCharsets.UTF_8)))))
                        .stream()
                        .map(Alert::getRule)
                        .sorted()
                        .toList();
    }

    @Test
    void aRuleMayAskForTheTimeOfTheEvent() throws IOException {
        String rule = """
                title: Program started at night
                id: night
                logsource: { category: process_creation, product: windows }
                detection: { s: { '@timestamp|hour|lt': 6 }, condition: s }
                """;
        String event = """
                {"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "x",
                 "SystemTime": "2026-11-22T%s:15:01Z"}
                """;

        assertThat(alerts(rule, event.formatted("05"))).containsExactly("night");
        assertThat(alerts(rule, event.formatted("06"))).isEmpty();
    }

    @Test
    void oneEventIsSeenByTheRulesOfAllItsLogSources() throws IOException {
        String rules = """
                title: a
                id: set
                logsource: { category: registry_set, product: windows }
                detection: { s: { TargetObject|endswith: '\\Run\\x' }, condition: s }
                ---
                title: b
                id: event
                logsource: { category: registry_event, product: windows }
                detection: { s: { Details|startswith: 'C:' }, condition: s }
                ---
                title: c
                id: sysmon
                logsource: { product: windows, service: sysmon }
                detection: { s: { EventID: 13 }, condition: s }
                ---
                title: d
                id: delete
                logsource: { category: registry_delete, product: windows }
                detection: { s: { TargetObject: '*' }, condition: s }
                ---
                title: e
                id: words
                logsource: { product: windows }
                detection: { k: ['\\Temp\\'], condition: k }
                """;

        assertThat(alerts(rules, """
                        {"Event": {"System": {"EventID": 13, "Channel": "Microsoft-Windows-Sysmon/Operational"},
                          "EventData": {"EventType": "SetValue", "TargetObject": "HKLM\\\\Run\\\\x",
                            "Details": "C:\\\\Temp\\\\y.exe"}}}
                        """)).containsExactly("event", "set", "sysmon", "words");
    }

    /** As in the pipeline: the others go on, and rules hear of it. */
    @Test
    void aLineThatBreaksItsParserIsADeadLetter() throws IOException {
        Files.writeString(folder.resolve("r.yml"), """
                title: Dead letter
                id: letter
                logsource: { product: bongsu, service: dead-letters }
                detection: { s: { error.code: parser, bongsu.source: f }, condition: s }
                level: low
                ---
                title: Line
                id: line
                logsource: { product: bongsu, service: events }
                detection: { s: { event.original: good }, condition: s }
                level: low
                """);
        RuleSet rules = RuleSet.load(List.of(folder), RuleSet.Defaults.STANDARD).rules();
        Judge judge = new Judge(rules, 1) {
            @Override
            public Event judge(Parsed parsed, String id, Position at, long received, Sink sink) {
                if (parsed.original().equals("bad") && !parsed.dataset().equals("bongsu.dead-letters")) {
                    throw new IllegalStateException("a defect of ours");
                }
                return super.judge(parsed, id, at, received, sink);
            }
        };
        List<String> problems = new ArrayList<>();
        Offline.File file = new Offline.File(
                "f", () -> new ByteArrayInputStream("good\nbad\ngood\n".getBytes(StandardCharsets.UTF_8)));
        Offline.Options options = new Offline.Options(null, Micros.UNKNOWN, false, 5);

        assertThat(new Offline(PARSERS, rules, judge, options, problems::add).alerts(List.of(file)))
                .extracting(Alert::getRule)
                .containsExactlyInAnyOrder("line", "letter", "line");
        assertThat(problems)
                .containsExactly("f:2: broke the parser: java.lang.IllegalStateException: a defect of ours");

        List<String> printed = new ArrayList<>();
        new Offline(PARSERS, rules, judge, options, problem -> {})
                .parse(List.of(file), line -> printed.add(new String(line, StandardCharsets.UTF_8)));
        assertThat(printed).hasSize(3);
        assertThat(printed.get(1)).contains("a defect of ours");
    }
}
