package io.bongsu.shipper.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoundTest {
    @Test
    void thoseWhoCanWaitStopAtThreeQuartersAndGoOnBelowTheHalf() {
        Bound bound = new Bound(1_000);
        List<Boolean> changes = new ArrayList<>();
        bound.onChange(() -> changes.add(bound.open()));
        bound.charge(749);
        assertThat(bound.open()).isTrue();
        bound.charge(1);
        assertThat(bound.open()).isFalse();
        assertThat(bound.full()).isFalse();
        bound.charge(250);
        assertThat(bound.full()).isTrue();
        bound.charge(-500);
        assertThat(bound.open()).isFalse();
        bound.charge(-1);
        assertThat(bound.open()).isTrue();
        bound.charge(-499);
        assertThat(bound.used()).isZero();
        assertThat(changes).containsExactly(false, true);
    }
}
