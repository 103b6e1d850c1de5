package io.bongsu.app.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bongsu.app.Fault;
import io.bongsu.model.Micros;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeOptionTest {
    private static final long THEN = Micros.of(Instant.parse("2026-11-22T10:00:00Z"));

    @ParameterizedTest
    @CsvSource({
        "2026-11-22T10:00, 2026-11-22T10:00Z",
        "2026-11-22 10:00:05, 2026-11-22T10:00:05Z",
        "2026-11-22, 2026-11-22T00:00Z",
        "yesterday, 2026-11-22T10:00:00Z"
    })
    void aTimeWithoutAZoneIsAnsweredWithOneThatIsTaken(String text, String instead) {
        assertThatThrownBy(() -> TimeOption.micros("--from", text))
                .isInstanceOfSatisfying(
                        Fault.class, fault -> assertThat(fault.fix()).contains(instead));
        assertThat(TimeOption.micros("--from", instead)).isPositive();
    }

    /** The ledger's hours can be copied into --from. */
    @Test
    void secondsNeedNotBeSaid() {
        assertThat(TimeOption.micros("--from", "2026-11-22T10:00Z")).isEqualTo(THEN);
    }

    @Test
    void aStretchThatHoldsNothingIsAMistake() {
        assertThat(TimeOption.to(THEN, null)).isEqualTo(Micros.UNKNOWN);
        assertThat(TimeOption.to(Micros.UNKNOWN, "2026-11-22T10:00Z")).isEqualTo(THEN);
        assertThat(TimeOption.to(THEN, "2026-11-22T10:01Z")).isEqualTo(THEN + 60_000_000L);
        for (String early : new String[] {"2026-11-22T10:00Z", "2026-11-22T09:00Z"}) {
            assertThatThrownBy(() -> TimeOption.to(THEN, early))
                    .isInstanceOf(Fault.class)
                    .hasMessageContaining("is not after --from, 2026-11-22T10:00:00");
        }
    }
}
