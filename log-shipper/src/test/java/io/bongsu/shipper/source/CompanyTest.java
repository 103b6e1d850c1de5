package io.bongsu.shipper.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CompanyTest {
    private static final long SECOND = 1_000_000_000L;

    private final Company company = new Company();

    @Test
    void whoComesAloneHasNoCompanyHoweverFast() {
        for (int i = 0; i < 100_000; i++) {
            assertThat(company.with(7, i)).isFalse();
        }
    }

    @Test
    void twoHaveCompanyUntilOneWasSilentForLong() {
        assertThat(company.with(7, 0)).isFalse();
        assertThat(company.with(8, SECOND)).as("the other comes").isTrue();
        assertThat(company.with(7, 2 * SECOND)).isTrue();
        assertThat(company.with(7, 30 * SECOND)).isTrue();
        assertThat(company.with(7, 33 * SECOND)).as("the other is gone").isFalse();
        assertThat(company.with(8, 60 * SECOND)).as("and is back").isTrue();
        assertThat(company.with(8, 61 * SECOND)).isTrue();
    }

    @Test
    void timeMayBeNegativeAndTurnOver() {
        assertThat(company.with(7, Long.MAX_VALUE)).isFalse();
        assertThat(company.with(8, Long.MAX_VALUE)).isTrue();
        assertThat(company.with(8, Long.MIN_VALUE + SECOND)).isTrue();
        assertThat(company.with(8, Long.MIN_VALUE + 60 * SECOND)).isFalse();
    }
}
