package io.bongsu.app.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.app.ledger.Accounts.Dropped;
import io.bongsu.app.ledger.Accounts.Growth;
import io.bongsu.model.Heartbeat;
import io.bongsu.model.Micros;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccountsTest {
    private static final long MINUTE = Accounts.HOUR / 60;

    private final Growth growth = new Growth();

    @Test
    void framesThatAShipperDroppedAreThoseOfTheHourInWhichItSaysSo() {
        see(1, 10 * MINUTE, 5, Micros.UNKNOWN);
        see(1, 59 * MINUTE, 7, Micros.UNKNOWN);
        see(1, 60 * MINUTE, 7, Micros.UNKNOWN);
        see(1, 61 * MINUTE, 8, Micros.UNKNOWN);
        see(1, 60 * MINUTE, 7, Micros.UNKNOWN); // read from the spool twice
        see(2, 62 * MINUTE, 2, Micros.UNKNOWN);
        assertThat(growth.dropped(null))
                .containsExactly(
                        Map.entry(new Dropped(0, "s1", "full.udp", ""), 7L),
                        Map.entry(new Dropped(Accounts.HOUR, "s1", "full.udp", ""), 3L));
    }

    @Test
    void whatWasDroppedBeforeTheStretchIsNotOfIt() {
        see(1, 59 * MINUTE, 5, 60 * MINUTE);
        see(1, 61 * MINUTE, 6, 60 * MINUTE);
        assertThat(growth.dropped(null))
                .containsExactly(Map.entry(new Dropped(Accounts.HOUR, "s1", "full.udp", ""), 1L));
    }

    @Test
    void whoIsKnownForDroppedFramesTakesThemFromThoseOfNobody() {
        see(1, MINUTE, Map.of("dropped.rate.udp", 5L, "sender.7.dropped.rate.udp/192.0.2.1", 3L));
        see(
                1,
                2 * MINUTE,
                Map.of(
                        "dropped.rate.udp",
                        20L,
                        "sender.7.dropped.rate.udp/192.0.2.1",
                        10L,
                        "sender.7.dropped.rate.udp/2001:db8::/64",
                        4L,
                        "sender.7.closed.address_limit.tcp/192.0.2.9",
                        6L));
        // The shipper's next hour: its table begins anew.
        see(1, 3 * MINUTE, Map.of("dropped.rate.udp", 22L, "sender.8.dropped.rate.udp/192.0.2.1", 2L));
        assertThat(growth.dropped(null))
                .containsExactly(
                        Map.entry(new Dropped(0, "s1", "rate.udp", ""), 6L),
                        Map.entry(new Dropped(0, "s1", "rate.udp", "udp/192.0.2.1"), 12L),
                        Map.entry(new Dropped(0, "s1", "rate.udp", "udp/2001:db8::/64"), 4L));
        assertThat(growth.refused(null))
                .containsExactly(Map.entry(new Dropped(0, "s1", "address_limit.tcp", "tcp/192.0.2.9"), 6L));
        assertThat(growth.dropped("udp/192.0.2.1")).hasSize(1);
    }

    private void see(long epoch, long at, Map<String, Long> counters) {
        growth.see(new Heartbeat("s1", epoch, at, counters, null, null), at, Micros.UNKNOWN);
    }

    private void see(long epoch, long at, long full, long from) {
        Map<String, Long> counters = Map.of("dropped.full.udp", full, "received", 99L);
        growth.see(new Heartbeat("s1", epoch, at, counters, null, null), at, from);
    }
}
