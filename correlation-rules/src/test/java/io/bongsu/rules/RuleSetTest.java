package io.bongsu.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.syntax.TestEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuleSetTest {
    private static final LogSource SSHD = new LogSource(null, "linux", "sshd");
    private static final String DETECTION = """
            title: Login failed
            id: base
            name: login_failed
            description: Text.
            level: low
            logsource: {product: linux, service: sshd}
            detection:
              s:
                a: 1
                b|contains: [x, y]
              condition: s
            """;
    private static final String CORRELATION = """
            title: Guessing
            id: guessing
            level: high
            correlation:
              type: event_count
              rules: [login_failed]
              group-by: [source.ip, user.name]
              timespan: 1m
              condition: {gte: 5}
            """;
    private static final String BOTH = DETECTION + "---\n" + CORRELATION;
    private static final Map<String, Object> EVENT =
            Map.of("a", 1L, "b", "xx", "source.ip", "192.0.2.1", "user.name", "root");

    private static String version(String text, String id) {
        return Objects.requireNonNull(Rules.good(text).info(id)).version();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Login failed->Another title",
                "description: Text.->description: Other text.",
                "level: low->level: critical",
                "level: low->level: low # why",
                "a: 1->'a':    '1'",
                "[x, y]->[y, X, x]",
                "b|contains: [x, y]->b: ['*x*', '*Y*']",
                "  s:\n    a: 1->  t:\n    a: 1",
                "name: login_failed->date: 2026-11-22\nname: login_failed",
            })
    void whatChangesNothingKeepsTheVersion(String change) {
        String[] parts = change.split("->");
        assertThat(BOTH).contains(parts[0]);
        String changed = BOTH.replaceFirst(java.util.regex.Pattern.quote(parts[0]), parts[1].replace("\\", "\\\\"));
        if (parts[1].contains("  t:")) {
            changed = changed.replace("condition: s", "condition: t");
        }
        assertThat(version(changed, "base")).isEqualTo(version(BOTH, "base"));
        assertThat(version(changed, "guessing")).isEqualTo(version(BOTH, "guessing"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: 1->a: 2",
                "a: 1->c: 1",
                "[x, y]->[x]",
                "b|contains->b|contains|cased",
                "condition: s->condition: not s",
                "service: sshd->service: sudo",
                "level: low->level: informational",
                "1m->2m",
                "gte: 5->gte: 6",
                "[source.ip, user.name]->[user.name, source.ip]",
                "timespan: 1m->timespan: 1m\n  bongsu: {quiet: 2h}",
                "timespan: 1m->timespan: 1m\n  bongsu: {lateness: 6m}",
            })
    void whatChangesTheMeaningChangesTheVersion(String change) {
        String[] parts = change.split("->");
        assertThat(BOTH).contains(parts[0]);
        String changed = BOTH.replace(parts[0], parts[1]);
        boolean onlyCorrelation = CORRELATION.contains(parts[0]);
        assertThat(version(changed, "base").equals(version(BOTH, "base"))).isEqualTo(onlyCorrelation);
        assertThat(version(changed, "guessing")).isNotEqualTo(version(BOTH, "guessing"));
    }

    @Test
    void defaultsWrittenOutAreTheSameVersion() {
        String written = BOTH.replace("timespan: 1m", "timespan: 60s\n  bongsu: {quiet: 1h, lateness: 5m}")
                .replace("gte: 5", "gt: 4");
        assertThat(version(written, "guessing")).isEqualTo(version(BOTH, "guessing"));
    }

    /** Correlation state is kept under these; if this fails, running correlations would start anew after an upgrade. */
    @Test
    void versionsStayAsTheyAre() {
        assertThat(version(BOTH, "base")).isEqualTo("738a872bb2276f95");
        assertThat(version(BOTH, "guessing")).isEqualTo("ec092ee0179d4bf3");
    }

    @Test
    void anAlertKnowsItsRule() {
        RuleInfo info = Objects.requireNonNull(Rules.good("""
                title: T
                id: r
                name: n
                status: test
                level: critical
                author: A One, B Two
                references: [https://example.org/1]
                falsepositives: [Nobody]
                custom: {team: [soc, noc]}
                tags: [attack.credential-access, attack.Initial_Access, attack.ta0008, attack.t1110.001, attack.t1021, attack.g0016, cve.2021-44228, ours]
                logsource: {product: linux}
                detection: {s: {f: 1}, condition: s}
                """).info("r"));
        assertThat(info.fields())
                .contains(
                        entry("rule.id", "r"),
                        entry("rule.name", "T"),
                        entry("rule.level", "critical"),
                        entry("rule.version", info.version()),
                        entry("rule.author", List.of("A One", "B Two")),
                        entry("rule.reference", List.of("https://example.org/1")),
                        entry("event.severity", 99L),
                        entry("threat.framework", "MITRE ATT&CK"),
                        entry("threat.tactic.name", List.of("Credential Access", "Initial Access", "Lateral Movement")),
                        entry("threat.tactic.id", List.of("TA0006", "TA0001", "TA0008")),
                        entry("threat.technique.id", List.of("T1110", "T1021")),
                        entry("threat.technique.subtechnique.id", List.of("T1110.001")),
                        entry("threat.group.id", List.of("G0016")),
                        entry("vulnerability.id", List.of("CVE-2021-44228")),
                        entry("bongsu.rule.status", "test"),
                        entry("bongsu.rule.falsepositives", List.of("Nobody")),
                        entry("bongsu.rule.custom.custom.team", List.of("soc", "noc")));
        assertThat(info.version()).matches("[0-9a-f]{16}");
    }

    @Test
    void aPartOfACorrelationDoesNotAlertByItself() {
        assertThat(Rules.detect(Rules.good(BOTH), SSHD, EVENT)).containsExactly("guessing base [192.0.2.1, root]");
        assertThat(Rules.detect(Rules.good(DETECTION), SSHD, EVENT)).containsExactly("base");
        assertThat(Rules.detect(Rules.good(BOTH + "  generate: true\n"), SSHD, EVENT))
                .containsExactly("base", "guessing base [192.0.2.1, root]");
    }

    /** A broken correlation must not turn its parts into a flood of alerts. */
    @Test
    void aPartOfABrokenCorrelationDoesNotAlertEither() {
        RuleSet.Loaded loaded = Rules.load(BOTH.replace("1m", "soon"));
        assertThat(loaded.rulesWithProblems()).isEqualTo(1);
        assertThat(Rules.detect(loaded.rules(), SSHD, EVENT)).isEmpty();
    }

    @Test
    void informationalRulesDoNotAlert() {
        assertThat(Rules.detect(Rules.good(DETECTION.replace("level: low", "level: informational")), SSHD, EVENT))
                .isEmpty();
        assertThat(Rules.detect(Rules.good(BOTH.replace("level: high", "level: informational")), SSHD, EVENT))
                .isEmpty();
        assertThat(Rules.detect(Rules.good(BOTH.replace("level: low", "level: informational")), SSHD, EVENT))
                .hasSize(1);
    }

    @Test
    void onlyEventsOfItsLogSource() {
        RuleSet rules = Rules.good(DETECTION);
        assertThat(Rules.detect(rules, new LogSource("auth", "Linux", "SSHD"), EVENT))
                .hasSize(1);
        assertThat(Rules.detect(rules, new LogSource(null, "linux", null), EVENT))
                .isEmpty();
        assertThat(Rules.detect(rules, new LogSource(null, "linux", "sudo"), EVENT))
                .isEmpty();
        assertThat(Rules.detect(rules, new LogSource(null, null, null), EVENT)).isEmpty();
        List<String> alerts = new ArrayList<>();
        rules.detector()
                .detect(
                        List.of(new LogSource(null, "linux", null), new LogSource(null, null, "sshd")),
                        EVENT,
                        new AlertsOnly(alerts));
        assertThat(alerts).as("one source must have all the parts").isEmpty();
        rules.detector().detect(List.of(SSHD, new LogSource("auth", "linux", "sshd")), EVENT, new AlertsOnly(alerts));
        assertThat(alerts).as("two sources, one alert").containsExactly("base");
    }

    private record AlertsOnly(List<String> alerts) implements Detector.Sink {
        @Override
        public void alert(RuleInfo rule) {
            alerts.add(rule.id());
        }

        @Override
        public void hit(Correlation correlation, List<String> group, String member, Map<String, String> values) {}
    }

    @Test
    void groupsByEveryValueAndNeedsAllFields() {
        RuleSet rules = Rules.good(BOTH);
        Map<String, Object> event = new java.util.HashMap<>(EVENT);
        event.put("user.name", List.of("root", "Root", "root"));
        assertThat(Rules.detect(rules, SSHD, event))
                .containsExactly("guessing base [192.0.2.1, root]", "guessing base [192.0.2.1, Root]");
        event.remove("user.name");
        assertThat(Rules.detect(rules, SSHD, event)).isEmpty();
        event.put("user.name", List.of());
        assertThat(Rules.detect(rules, SSHD, event)).isEmpty();
        Object[] many = new Object[100];
        Arrays.setAll(many, i -> (long) i);
        event.put("user.name", List.of(many));
        event.put("source.ip", List.of(many));
        assertThat(Rules.detect(rules, SSHD, event)).hasSize(Detector.MAX_GROUPS);
    }

    @Test
    void aliasesNameAFieldPerRule() {
        RuleSet rules = Rules.good(
                DETECTION + "---\n" + DETECTION.replace("base", "other").replace("login_failed", "login_other")
                        + "---\n"
                        + CORRELATION
                                .replace("[login_failed]", "[login_failed, other]")
                                .replace("[source.ip, user.name]", "[who]")
                        + "  aliases: {who: {login_failed: source.ip, other: user.name}}\n");
        assertThat(Rules.detect(rules, SSHD, EVENT))
                .containsExactly("guessing base [192.0.2.1]", "guessing other [root]");
        Correlation correlation = rules.correlations().get(0);
        assertThat(correlation.groupBy()).containsExactly("who");
        assertThat(correlation.members()).containsExactly("base", "other");
        assertThat(rules.correlation("guessing", correlation.info().version())).isSameAs(correlation);
        assertThat(rules.correlation("guessing", "another")).isNull();
    }

    @Test
    void knobsAndTheirDefaults() {
        Correlation usual = Rules.good(BOTH).correlations().get(0);
        assertThat(List.of(usual.timespan(), usual.quiet(), usual.lateness()))
                .containsExactly(60_000_000L, 3_600_000_000L, 300_000_000L);
        Correlation own = Rules.good(BOTH + "  bongsu: {quiet: 90s, lateness: 0s}\n")
                .correlations()
                .get(0);
        assertThat(List.of(own.quiet(), own.lateness())).containsExactly(90_000_000L, 0L);
    }

    @Test
    void aRuleWithoutIdIsKnownByItsNameOrTitle() {
        String unnamed = DETECTION.replace("id: base\n", "").replace("name: login_failed\n", "");
        String id = Rules.good(unnamed).infos().get(0).id();
        assertThat(Rules.good(unnamed.replace("a: 1", "a: 2")).infos().get(0).id())
                .isEqualTo(id);
        assertThat(Rules.good(unnamed.replace("Login", "Logon")).infos().get(0).id())
                .isNotEqualTo(id);
        assertThat(Rules.detect(Rules.good(BOTH.replace("id: base\n", "")), SSHD, EVENT))
                .hasSize(1);
    }

    @Test
    void noTextStopsLoading() {
        String text = BOTH + """
                tests:
                  - name: t
                    events: [{ at: 1m30s, fields: { a: 1, b: [x] }, repeat: 3, every: 250ms }]
                    expect: { alerts: 1, group: { source.ip: 192.0.2.1 }, count: 3 }
                ---
                title: Regex
                logsource: {category: webserver}
                detection: {s: {'a|re': '(a|b){2,3}[x]', 'b|cidr': 10.0.0.0/8}, t: [k, {c|gt: 5}], condition: 1 of *}
                """;
        String marks = "[]{}()\"'\\:?-*|,\n 019ax/.";
        Random random = new Random(3);
        for (int round = 0; round < 500; round++) {
            StringBuilder mutant = new StringBuilder(text);
            for (int i = random.nextInt(4); i >= 0; i--) {
                int at = random.nextInt(mutant.length());
                switch (random.nextInt(3)) {
                    case 0 -> mutant.setCharAt(at, marks.charAt(random.nextInt(marks.length())));
                    case 1 -> mutant.deleteCharAt(at);
                    default -> mutant.insert(at, marks.charAt(random.nextInt(marks.length())));
                }
            }
            Rules.detect(Rules.load(mutant.toString()).rules(), SSHD, EVENT);
        }
    }

    @Test
    void goodRulesRunBesideBadOnes(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("a.yml"), DETECTION);
        Files.writeString(folder.resolve("b.yml"), "title: [");
        Files.writeString(
                folder.resolve("c.yml"),
                DETECTION.replace("base", "c").replace("login_failed", "c").replace("|contains", "|contain"));
        RuleSet.Loaded loaded = RuleSet.load(List.of(folder), RuleSet.Defaults.STANDARD);
        assertThat(loaded.ruleCount()).isEqualTo(3);
        assertThat(loaded.rulesWithProblems()).isEqualTo(2);
        assertThat(loaded.problems()).hasSize(2);
        assertThat(Rules.detect(loaded.rules(), SSHD, EVENT)).containsExactly("base");
    }

    @Test
    void testsSayWhereTheirEventsComeFrom() {
        RuleSet rules = Rules.good(BOTH + """
                tests:
                  - name: t
                    events:
                      - { at: 1m30s, received: 2m, fields: { a: 1 }, repeat: 3, every: 250ms }
                      - { raw: line, source: sshd }
                      - { fields: { a: [1, x] }, logsource: { product: windows } }
                    expect: { alerts: 1, group: { source.ip: 192.0.2.1 }, count: 3 }
                """);
        assertThat(rules.tests()).hasSize(1);
        assertThat(rules.tests().get(0).ruleId()).isEqualTo("guessing");
        assertThat(rules.tests().get(0).events())
                .containsExactly(
                        new TestEvent(
                                90_000_000,
                                120_000_000,
                                null,
                                null,
                                Map.of("a", 1L),
                                java.util.Set.of(SSHD),
                                3,
                                250_000),
                        new TestEvent(0, 0, "sshd", "line", Map.of(), java.util.Set.of(), 1, 0),
                        new TestEvent(
                                0,
                                0,
                                null,
                                null,
                                Map.of("a", List.of(1L, "x")),
                                java.util.Set.of(new LogSource(null, "windows", null)),
                                1,
                                0));
    }

    /** They had none, so that no test of a correlation over correlations only could fire. */
    @Test
    void eventsOfATestComeFromTheLogSourcesAtTheBottomOfAChain() {
        RuleSet rules = Rules.good("""
                title: Bottom
                name: bottom
                logsource: {product: linux, service: sshd}
                detection: {s: {event.action: login}, condition: s}
                ---
                title: Middle
                name: middle
                correlation: {type: event_count, rules: [bottom], timespan: 1m, condition: {gte: 2}}
                ---
                title: Top
                correlation: {type: event_count, rules: [middle], timespan: 1h, condition: {gte: 1}}
                tests:
                  - name: twice
                    events: [{fields: {event.action: login}, repeat: 2, every: 1s}]
                    expect: {alerts: 1}
                """);

        assertThat(rules.tests().getFirst().events().getFirst().logSources())
                .containsExactly(new LogSource(null, "linux", "sshd"));
    }
}
