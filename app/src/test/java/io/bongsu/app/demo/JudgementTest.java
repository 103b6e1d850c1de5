package io.bongsu.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.app.demo.Judgement.Finding;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JudgementTest {
    private static final Story LOUD = new Story("loud", "an attack", Map.of("r1", 1));
    private static final Story QUIET = new Story("quiet", "a near-miss", Map.of());

    @Test
    void whatTheStoriesSayIsGood() {
        List<Finding> findings = Judgement.findings(List.of(LOUD, QUIET), Map.of("loud", Map.of("r1", 1)));

        assertThat(findings)
                .containsExactly(
                        new Finding("loud", "an attack", "r1", 1, 1), new Finding("quiet", "a near-miss", "", 0, 0))
                .allMatch(Finding::ok);
    }

    @Test
    void anAttackThatIsMissedOrRaisedTwiceIsNot() {
        assertThat(Judgement.findings(List.of(LOUD), Map.of())).noneMatch(Finding::ok);
        assertThat(Judgement.findings(List.of(LOUD), Map.of("loud", Map.of("r1", 2))))
                .noneMatch(Finding::ok);
    }

    @Test
    void anAlertOutOfANearMissOrOfNormalTrafficIsNot() {
        assertThat(Judgement.findings(List.of(QUIET), Map.of("quiet", Map.of("r1", 1))))
                .noneMatch(Finding::ok);
        assertThat(Judgement.findings(List.of(), Map.of("", Map.of("r9", 3))))
                .containsExactly(new Finding("", "normal traffic", "r9", 0, 3));
    }

    @Test
    void anotherRuleInAnAttackIsNot() {
        assertThat(Judgement.findings(List.of(LOUD), Map.of("loud", Map.of("r1", 1, "r2", 1))))
                .contains(new Finding("loud", "an attack", "r2", 0, 1));
    }
}
