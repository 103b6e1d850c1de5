package io.bongsu.app.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.Alert;
import io.bongsu.model.AlertStatus;
import io.bongsu.model.Codec;
import io.bongsu.model.RulesMarker;
import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.Sight.Blind;
import io.bongsu.rules.Sight.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is said of rules that cannot see, look after look. */
class BlindAlertsTest {
    private static final long S = 1_000_000L;
    private final Map<String, Alert> said = new HashMap<>();

    /** Avro copies records of those only that it was told to trust, which the codec does first. */
    @BeforeAll
    static void trusted() {
        Codec.encode(new RulesMarker(1L, "", 0L));
    }

    private static Blind blind(String rule, Reason reason, String what, long last) {
        return new Blind(new RuleInfo(rule, rule, "low", "v", Map.of()), reason, what, last);
    }

    private List<String> look(long now, Blind... blind) {
        List<String> lines = new ArrayList<>();
        for (AlertTopic.Entry entry : BlindAlerts.next(List.of(blind), said, now)) {
            Alert alert = (Alert) entry.value();
            assertThat(entry.alert()).isEqualTo(alert.getId());
            said.put(alert.getId(), alert);
            lines.add(alert.getStatus() + " " + alert.getRevision() + " "
                    + alert.getFields().get("message"));
        }
        return lines;
    }

    @Test
    void whatGoesOnIsSaidOnceAndClosesItself() {
        Blind silent = blind("A", Reason.SILENT, "{product: linux}", 5 * S);
        Blind also = blind("B", Reason.SILENT, "{product: linux}", 5 * S);
        Blind never = blind("C", Reason.NO_SOURCE, "{product: windows}", Long.MIN_VALUE);

        assertThat(look(10 * S, silent, also, never))
                .containsExactly(
                        "OPEN 1 nothing came of {product: linux} since 1970-01-01T00:00:05.000Z: 'A', 'B'",
                        "OPEN 1 nothing ever came of {product: windows}: 'C'");
        assertThat(look(20 * S, also, never, silent)).as("nothing new").isEmpty();
        assertThat(look(30 * S, silent, never, blind("D", Reason.NO_SOURCE, "{product: macos}", Long.MIN_VALUE)))
                .containsExactly(
                        "OPEN 2 nothing came of {product: linux} since 1970-01-01T00:00:05.000Z: 'A'",
                        "OPEN 2 nothing ever came of {product: macos}: 'D'; nothing ever came of {product: windows}: 'C'");
        assertThat(said.values()).extracting(Alert::getTime).containsOnly(10 * S);

        assertThat(look(40 * S)).as("sight is back").hasSize(2).allMatch(line -> line.startsWith("CLOSED 3 "));
        assertThat(said.values()).extracting(Alert::getEnd).containsOnly(40 * S);
        assertThat(look(50 * S)).isEmpty();
        assertThat(look(60 * S, never)).containsExactly("OPEN 4 nothing ever came of {product: windows}: 'C'");
        assertThat(look(70 * S, blind("A", Reason.SILENT, "{product: linux}", 65 * S)))
                .as("another silence is another alert")
                .contains("OPEN 1 nothing came of {product: linux} since 1970-01-01T00:01:05.000Z: 'A'");
    }

    @Test
    void eachReasonIsSaidAndWhatIsOnlyBuiltOnOthersIsNot() {
        assertThat(look(
                        S,
                        blind("A", Reason.NO_FIELD, "user.name", 0),
                        blind("B", Reason.UNREAD, "{service: sshd}", 0),
                        blind("C", Reason.BELOW, "'A'", Long.MIN_VALUE),
                        blind("D", Reason.BELOW, "", Long.MIN_VALUE)))
                .containsExactly(
                        "OPEN 1 more lines than before of {service: sshd} are not understood: 'B'",
                        "OPEN 1 no event has user.name: 'A'",
                        "OPEN 1 no event has all fields of the group of 'D'");
        assertThat(said.values())
                .allMatch(AlertTopic::isOurs)
                .extracting(Alert::getStatus)
                .containsOnly(AlertStatus.OPEN);
    }
}
