package io.bongsu.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.bongsu.rules.Sight.Blind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which rules have nothing to look at. */
class SightTest {
    private static final LogSource SSHD = new LogSource(null, "linux", "sshd");
    private static final RuleSet RULES = Rules.good("""
            title: Failed
            name: failed
            level: low
            logsource: { product: linux, service: sshd }
            detection: { s: { event.outcome: failure }, condition: s }
            ---
            title: By key
            name: by_key
            level: low
            logsource: { product: linux }
            detection: { s: { ssh.key: x }, absent: { user.name: null }, o: { ssh.key: y, ssh.other: z }, condition: (s or o) and not absent }
            ---
            title: Without a user
            level: low
            logsource: { product: linux }
            detection: { s: { event.outcome: failure, user.name: null }, condition: s }
            ---
            title: Guessed
            level: high
            correlation: { type: event_count, rules: [failed], group-by: [source.ip], timespan: 5m, condition: { gte: 5 }, generate: true }
            ---
            title: Both
            level: high
            correlation: { type: temporal, rules: [failed, by_key], timespan: 5m, generate: true }
            ---
            title: On Windows
            level: low
            logsource: { product: windows }
            detection: { s: { EventID: 1 }, condition: s }
            """);

    private static List<String> said(Sight sight, long since) {
        return sight.blind(since).stream()
                .map(b -> b.rule().name() + " " + b.reason() + " " + b.what())
                .toList();
    }

    @Test
    void withoutAnyEventAllAreBlind() {
        assertThat(RULES.sight().blind(0))
                .extracting(Blind::reason)
                .containsOnly(Sight.Reason.NO_SOURCE, Sight.Reason.BELOW);
    }

    @Test
    void aFieldThatIsNeverFilledIsNamedAndOneThatMustBeAbsentIsNone() {
        Sight sight = RULES.sight();
        sight.event(List.of(SSHD), Map.of("event.outcome", "success", "user.name", "kim"), 100);

        assertThat(said(sight, 0))
                .containsExactly(
                        "Both BELOW 'By key'",
                        "By key NO_FIELD ssh.key, ssh.other",
                        "Guessed BELOW ",
                        "On Windows NO_SOURCE {product: windows}");
        assertThat(sight.causes(0).stream().map(b -> b.rule().name() + " " + b.reason() + " " + b.what()))
                .as("of what is built on others, what these lack")
                .containsExactly(
                        "Both NO_FIELD ssh.key, ssh.other",
                        "By key NO_FIELD ssh.key, ssh.other",
                        "Guessed BELOW ",
                        "On Windows NO_SOURCE {product: windows}");
        sight.event(List.of(SSHD), Map.of("ssh.key", "x", "source.ip", "192.0.2.1"), 101);
        assertThat(said(sight, 0)).containsExactly("On Windows NO_SOURCE {product: windows}");
    }

    /** After an update a program writes otherwise: the lines come, and nobody understands them. */
    @Test
    void aRuleWhoseLinesAreNoLongerUnderstoodSeesLess() {
        long hour = 3_600_000_000L;
        Sight sight = RULES.sight();
        Map<String, String> fields =
                Map.of("event.outcome", "failure", "source.ip", "192.0.2.1", "user.name", "kim", "ssh.key", "x");
        for (int i = 0; i < 100; i++) {
            sight.event(List.of(SSHD), fields, hour + i, i > 2);
        }
        assertThat(said(sight, 0)).containsExactly("On Windows NO_SOURCE {product: windows}");
        for (int i = 0; i < 80; i++) {
            sight.event(List.of(SSHD), fields, 20 * hour + i, i > 30);
        }
        assertThat(said(sight, 20 * hour))
                .contains("Guessed UNREAD {product: linux, service: sshd}", "By key UNREAD {product: linux}");
        for (int i = 0; i < 80; i++) {
            sight.event(List.of(SSHD), fields, 40 * hour + i, i > 10);
        }
        assertThat(said(sight, 40 * hour))
                .as("no more than before")
                .containsExactly("On Windows NO_SOURCE {product: windows}");
    }

    @Test
    void whatWasHeardLongAgoIsSilent() {
        Sight sight = RULES.sight();
        sight.event(List.of(SSHD), Map.of("event.outcome", "failure", "source.ip", "192.0.2.1"), 100);

        assertThat(sight.blind(101))
                .filteredOn(b -> b.rule().name().equals("Failed"))
                .extracting(Blind::reason, Blind::last)
                .containsExactly(tuple(Sight.Reason.SILENT, 100L));
    }
}
