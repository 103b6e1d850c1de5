package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.ingest.offline.RuleTests;
import io.bongsu.model.Micros;
import io.bongsu.rules.LogSource;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.match.FieldNames;
import io.bongsu.rules.match.Needs;
import io.bongsu.rules.syntax.RuleTest;
import io.bongsu.rules.syntax.TestEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Whether events have what the mappings of fields say: for each log source, the fields that no event of the parsers' own
 * tests, nor of the rules beside the file, has under any of its names. The file says which they are, so that a mapping that
 * leads nowhere is seen when it is made.
 */
class MappedFieldsTest {
    private static final Path HERE = Path.of("src/test/resources/io/bongsu/ingest/mappings");

    private final ParserSet parsers = ParserSet.load(List.of()).parsers();
    private final RuleSet.Loaded loaded =
            RuleSet.load(List.of(HERE.resolve("devices-and-clouds.yml")), new RuleSet.Defaults(0));

    @Test
    void rulesOfLogSourcesThatAreKnownByWhatEventsHoldFire() {
        assertThat(loaded.problems()).isEmpty();
        assertThat(loaded.rules().tests()).hasSizeGreaterThan(20);
        assertThat(new RuleTests(parsers, loaded.rules()).run()).allMatch(RuleTests.Result::ok);
    }

    @Test
    void theFileNamesEachMappedFieldThatNoEventHas() throws IOException {
        Map<LogSource, Set<String>> filled = new HashMap<>();
        for (ParserTest test : parsers.tests()) {
            Parsed parsed = test.parsed(parsers);
            fill(filled, parsed.logSources(), parsed.fields());
            parsed.views().forEach(view -> fill(filled, parsed.logSources(), view));
        }
        for (Line line : lines()) {
            Parsed parsed = parsers.parse(line, Micros.UNKNOWN);
            fill(filled, loaded.rules().sources(parsed.logSources(), parsed.fields()), parsed.fields());
        }
        Set<String> unfilled = new TreeSet<>();
        FieldNames.builtIn().named().forEach((logSource, names) -> {
            Set<String> found = new HashSet<>();
            filled.forEach((source, fields) -> {
                if (logSource.covers(source)) {
                    found.addAll(fields);
                }
            });
            names.forEach((name, candidates) -> {
                if (candidates.stream().noneMatch(Needs.in(found)::has)) {
                    unfilled.add(logSource + " " + name);
                }
            });
        });

        assertThat(String.join("\n", unfilled) + "\n").isEqualTo(Files.readString(HERE.resolve("unfilled.txt")));
    }

    private static void fill(
            Map<LogSource, Set<String>> filled, Collection<LogSource> sources, Map<String, Object> event) {
        sources.forEach(
                source -> filled.computeIfAbsent(source, key -> new HashSet<>()).addAll(event.keySet()));
    }

    private List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        for (RuleTest test : loaded.rules().tests()) {
            for (TestEvent event : test.events()) {
                byte[] raw = String.valueOf(event.raw()).getBytes(StandardCharsets.UTF_8);
                lines.add(new Line(raw, 0, "auto", event.source(), null, null, null, 0));
            }
        }
        return lines;
    }
}
