package io.bongsu.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.app.console.Console;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AlertPageTest {
    private static final String ID = "3823e2658e6d146ecead46d3ce7cab16";
    private final AlertPage page = new AlertPage(new Console(System.out, false, false, 80), ZoneOffset.UTC, 100);

    @Test
    void saysWhatToWhomWhenWhyAndWhatToCheck() {
        assertThat(page.lines(
                        alert(Map.of()),
                        Map.of(
                                "e1", Map.of("event.original", "Failed password for 김민수 from 203.0.113.7"),
                                "a1",
                                        Map.of(
                                                "event.kind", "alert",
                                                "event.id", "a1",
                                                "bongsu.alert.status", "open",
                                                "bongsu.alert.group_by", List.of("source.ip"),
                                                "source.ip", "203.0.113.7",
                                                "rule.name", "A scan"))))
                .containsExactly(
                        "▲▲▲▲△ high      Guessed at last",
                        "  id         3823e2658e6d146ecead46d3ce7cab16, revision 3",
                        "  status     closed: nothing can change it any more",
                        "  when       2026-11-22 10:00:00.000 to 2026-11-22 10:05:00.000, fired first at 2026-11-22 10:01:00.000",
                        "  who        source.ip=203.0.113.7",
                        "  values     user.name: alice, bob",
                        "  why        Failures, then a success.",
                        "  ATT&CK     T1110.001, Credential Access",
                        "  check      See what the session did.",
                        "  harmless   A forgotten password",
                        "  rule       r-1, version 0011223344556677",
                        "",
                        "  12 events, of which these are kept: the first and the last",
                        "  2026-11-22 10:00:00.000  step 1  Failed password for 김민수 from 203.0.113.7",
                        "  2026-11-22 10:01:00.000  step 2  alert a1 A scan: source.ip=203.0.113.7");
    }

    @Test
    void saysWhichEventsAreGoneAndThatABoundWasCrossed() {
        assertThat(page.lines(alert(Map.of("bongsu.alert.degraded", true, "bongsu.alert.capped", false)), Map.of()))
                .contains(
                        "  12 events (degraded: a bound was crossed, there may have been more)",
                        "  2026-11-22 10:00:00.000  step 1  (not in Elasticsearch: e1)",
                        "  2 of 2 are not in Elasticsearch: not indexed yet, or older than its retention");
    }

    @Test
    void anAlertThatWasWithdrawnSaysWhatItBecame() {
        assertThat(page.lines(
                        alert(Map.of("bongsu.alert.status", "withdrawn", "bongsu.alert.superseded_by", "ffff")),
                        Map.of()))
                .anyMatch(line -> line.contains("withdrawn: ") && line.endsWith("it became part of ffff"));
    }

    @Test
    void anAttackThatTwoVersionsSawIsLinked() {
        Map<String, Object> alert = alert(Map.of(AlertPage.OTHER_VERSIONS, List.of("aaaa", "bbbb")));
        assertThat(page.lines(alert, Map.of()))
                .contains("  also       another version of the rule saw the same: aaaa, bbbb");
        assertThat(AlertPage.sameGroup(alert, alert(Map.of("rule.version", "another"))))
                .isTrue();
        assertThat(AlertPage.sameGroup(alert, alert(Map.of("source.ip", "203.0.113.8"))))
                .isFalse();
        assertThat(AlertPage.sameGroup(alert, alert(Map.of("bongsu.alert.group_by", List.of("user.name")))))
                .isFalse();
    }

    @Test
    void saysWhatAnAnalystSaid() {
        assertThat(page.lines(
                        alert(Map.of(
                                "kibana.alert.workflow_status", "closed",
                                "kibana.alert.workflow_reason", "benign_positive",
                                "kibana.alert.workflow_user", "alice",
                                "kibana.alert.workflow_status_updated_at", "2026-11-22T11:00:00.000000Z",
                                "bongsu.alert.note", "our own scanner")),
                        Map.of()))
                .contains(
                        "  analyst    handled: benign positive, by alice at 2026-11-22 11:00:00.000: our own scanner");
    }

    @Test
    void noLineOfALogSteersTheTerminal() {
        assertThat(page.lines(alert(Map.of()), Map.of("e1", Map.of("event.original", "a\u001b[2Jb"))))
                .anyMatch(line -> line.contains("a\\u001b[2Jb"))
                .noneMatch(line -> line.contains("\u001b"));
    }

    private static Map<String, Object> alert(Map<String, Object> over) {
        Map<String, Object> alert = new HashMap<>(Map.ofEntries(
                Map.entry("event.id", ID),
                Map.entry("@timestamp", "2026-11-22T10:01:00Z"),
                Map.entry("event.start", "2026-11-22T10:00:00Z"),
                Map.entry("event.end", "2026-11-22T10:05:00Z"),
                Map.entry("rule.id", "r-1"),
                Map.entry("rule.version", "0011223344556677"),
                Map.entry("rule.level", "high"),
                Map.entry("rule.name", "Guessed at last"),
                Map.entry("rule.description", "Failures, then a success."),
                Map.entry("bongsu.rule.custom.advice", "See what the session did."),
                Map.entry("bongsu.rule.falsepositives", List.of("A forgotten password")),
                Map.entry("threat.technique.id", List.of("T1110")),
                Map.entry("threat.technique.subtechnique.id", List.of("T1110.001")),
                Map.entry("threat.tactic.name", List.of("Credential Access")),
                Map.entry("bongsu.alert.status", "closed"),
                Map.entry("bongsu.alert.revision", 3L),
                Map.entry("bongsu.alert.count", 12L),
                Map.entry("bongsu.alert.capped", true),
                Map.entry("bongsu.alert.degraded", false),
                Map.entry("bongsu.alert.group_by", List.of("source.ip")),
                Map.entry("source.ip", "203.0.113.7"),
                Map.entry(
                        "bongsu.alert.values", List.of(Map.of("field", "user.name", "value", List.of("alice", "bob")))),
                Map.entry(
                        "events",
                        List.of(
                                Map.of("id", "e1", "@timestamp", "2026-11-22T10:00:00Z", "step", 1L),
                                Map.of("id", "a1", "@timestamp", "2026-11-22T10:01:00Z", "step", 2L)))));
        alert.putAll(over);
        return alert;
    }
}
