package io.bongsu.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.ingest.offline.Offline;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Alert;
import io.bongsu.model.Micros;
import io.bongsu.rules.RuleSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenarioTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:17:42Z");

    @TempDir
    Path directory;

    @Test
    void theSameRunIsTheSameLines() {
        List<Line> first = Scenario.of(3, NOW, 2_000).lines();
        List<Line> second = Scenario.of(3, NOW, 2_000).lines();

        assertThat(first).hasSameSizeAs(second);
        for (int i = 0; i < first.size(); i++) {
            assertThat(Arrays.equals(first.get(i).data(), second.get(i).data())).isTrue();
        }
    }

    @Test
    void itIsAsBigAsItClaims() {
        Scenario scenario = Scenario.of(1, NOW, Scenario.LINES);

        assertThat(scenario.lines().size()).isBetween(20_000, 25_000);
        assertThat(scenario.hosts().size()).isGreaterThanOrEqualTo(15);
        assertThat(scenario.lines()).map(l -> l.host().transport()).contains(Transport.values());
    }

    @Test
    void everyLineLiesInTheSixHours() {
        long end = Micros.of(NOW);

        Scenario scenario = Scenario.of(1, NOW, 2_000);

        assertThat(scenario.lines())
                .allSatisfy(l -> assertThat(l.time()).isBetween(end - Micros.of(Scenario.SPAN), end));
    }

    @Test
    void attackersAndAbusersBelongToOneRun() {
        List<String> texts = new ArrayList<>();
        for (int run = 1; run <= 200; run++) {
            for (Line line : Scenario.of(run, NOW, 0).lines()) {
                if (line.story().equals("brute force")) {
                    String text = new String(line.data());
                    texts.add(text.replaceAll(".* from ([0-9.]+) port.*", "$1"));
                    break;
                }
            }
        }

        assertThat(texts).doesNotHaveDuplicates().hasSize(200);
    }

    /** The rules, the parsers and the fold that the pipeline runs, on the same lines as a file. */
    @Test
    void detectOnTheSameLinesRaisesWhatTheStoriesSayAndNothingElse() throws Exception {
        for (Duration shift : List.of(Duration.ZERO, Duration.ofMinutes(37), Duration.ofSeconds(3_599))) {
            Instant now = NOW.plus(shift);
            Scenario scenario = Scenario.of(1, now, 6_000);

            List<Judgement.Finding> findings = Judgement.findings(scenario.stories(), alertsByStory(scenario, now));

            assertThat(findings).allMatch(Judgement.Finding::ok);
            assertThat(findings.stream().mapToInt(Judgement.Finding::got).sum()).isEqualTo(11);
        }
    }

    private Map<String, Map<String, Integer>> alertsByStory(Scenario scenario, Instant now) throws Exception {
        Path file = directory.resolve("lines.ndjson");
        Envelopes.write(scenario, Micros.of(now), file);
        Offline offline = new Offline(
                ParserSet.load(List.of()).parsers(),
                RuleSet.load(List.of(Path.of("../correlation-rules/rules")), RuleSet.Defaults.STANDARD)
                        .rules(),
                new Offline.Options(null, Micros.UNKNOWN, true, Micros.of(now)),
                problem -> {
                    throw new AssertionError(problem);
                });
        Map<String, Map<String, Integer>> got = new HashMap<>();
        for (Alert alert : offline.alerts(List.of(new Offline.File("lines", () -> Files.newInputStream(file))))) {
            alert.getEvidence().stream()
                    .filter(e -> e.getPartition() >= 0) // others are alerts that it is built on
                    .map(e ->
                            scenario.lines().get(Integer.parseInt(e.getEvent())).story())
                    .collect(Collectors.toSet())
                    .forEach(story ->
                            got.computeIfAbsent(story, s -> new TreeMap<>()).merge(alert.getRule(), 1, Integer::sum));
        }
        return got;
    }
}
