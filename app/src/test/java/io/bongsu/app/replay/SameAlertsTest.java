package io.bongsu.app.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.app.Running;
import io.bongsu.app.replay.SameAlerts.Kind;
import io.bongsu.model.Alert;
import io.bongsu.model.AlertStatus;
import io.bongsu.model.Codec;
import io.bongsu.model.Evidence;
import io.bongsu.model.RulesMarker;
import io.bongsu.rules.RuleSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alerts that were raised against those that the log gives: each way in which they can differ is told. */
class SameAlertsTest {
    private static final String RULE = "7d5a4b1e-0000-4000-8000-000000000001";

    @TempDir
    Path folder;

    private RuleSet rules;
    private String version;

    @BeforeEach
    void load() throws Exception {
        Files.writeString(folder.resolve("rule.yml"), """
                title: Failed
                id: %s
                level: low
                logsource: { product: linux }
                detection: { s: { event.outcome: failure }, condition: s }
                """.formatted(RULE));
        rules = RuleSet.load(List.of(folder.resolve("rule.yml")), RuleSet.Defaults.STANDARD)
                .rules();
        version = rules.infos().getFirst().version();
    }

    /** Avro copies records of those only that it was told to trust, which the codec does first. */
    @BeforeAll
    static void trusted() {
        Codec.encode(new RulesMarker(1L, "", 0L));
    }

    private Alert.Builder alert(String id) {
        return Alert.newBuilder()
                .setId(id)
                .setRevision(1)
                .setStatus(AlertStatus.CLOSED)
                .setGeneration(1)
                .setRule(RULE)
                .setVersion(version)
                .setTime(10)
                .setStart(10)
                .setEnd(20)
                .setCount(5)
                .setTriggered(20)
                .setGroup(Map.of("source.ip", "192.0.2.1"))
                .setEvidence(List.of())
                .setFields(Map.of());
    }

    private SameAlerts compared(List<Alert> raised, List<Alert> replayed) {
        Stretch stretch = new Stretch(Running.config(folder, Running.environment(folder)), Map.of());
        return new SameAlerts(stretch, rules, raised, replayed);
    }

    @Test
    void howOftenItWasToldIsNoDifference() {
        SameAlerts found = compared(
                List.of(alert("a").build(), alert("b").build()),
                List.of(
                        alert("a").setRevision(7).setTriggered(99).build(),
                        alert("b").setStatus(AlertStatus.OPEN).setCount(3).build()));
        assertThat(found.differences()).isEmpty();
        assertThat(found.same()).isOne();
        assertThat(found.open()).isOne();
    }

    @Test
    void eachDifferenceIsTold() {
        SameAlerts found = compared(
                List.of(
                        alert("missing").build(),
                        alert("changed").build(),
                        alert("older").setVersion("another").build(),
                        alert("foreign").setRule("no rule of ours").build()),
                List.of(
                        alert("changed").setCount(6).setEnd(21).build(),
                        alert("extra").build()));
        assertThat(found.differences())
                .extracting(d -> d.alert().getId() + " " + d.kind() + " " + d.what())
                .containsExactly(
                        "changed " + Kind.CHANGED + " count: 5 then, 6 in the replay; end: 20 then, 21 in the replay",
                        "extra " + Kind.EXTRA + " ",
                        "foreign " + Kind.VERSION + " the rule is not among those here",
                        "missing " + Kind.MISSING + " ",
                        "older " + Kind.VERSION + " version another then, " + version + " here");
    }

    /** Whether it was rightly raised cannot be said when its events are not there any more. */
    @Test
    void whatRestsOnEventsThatWereNotReadIsNoDifference() {
        Evidence gone = Evidence.newBuilder()
                .setEvent("e1")
                .setPartition(0)
                .setOffset(7)
                .setLine(0)
                .setTime(10)
                .setMember(RULE)
                .build();
        SameAlerts found =
                compared(List.of(alert("a").setEvidence(List.of(gone)).build()), List.of());
        assertThat(found.differences()).isEmpty();
        assertThat(found.outside()).isOne();
    }
}
