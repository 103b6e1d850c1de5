package io.bongsu.shipper.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SendersTest {
    private static final long HOUR = 3_600_000_000L;

    private long clock;
    private final Senders senders = new Senders(() -> clock);

    @Test
    void tellsWhoseFramesWereDroppedInThisHourAndTheOneBefore() throws UnknownHostException {
        count("192.0.2.1");
        count("192.0.2.1");
        clock = HOUR;
        count("192.0.2.1");
        assertThat(told())
                .isEqualTo(
                        Map.of("sender.0.dropped.rate.udp/192.0.2.1", 2L, "sender.1.dropped.rate.udp/192.0.2.1", 1L));
        clock = 2 * HOUR;
        assertThat(told()).containsOnlyKeys("sender.1.dropped.rate.udp/192.0.2.1");
    }

    @Test
    void aHostIsOneSenderWhateverAddressOfItsNetworkItTakes() throws UnknownHostException {
        count("2001:db8:0:7::1");
        count("2001:db8:0:7:ffff::2");
        assertThat(told()).containsExactly(Map.entry("sender.0.dropped.rate.udp/2001:db8:0:7::/64", 2L));
    }

    @Test
    void forgedSendersTakeNoMoreThanTheTable() throws UnknownHostException {
        for (int i = 0; i < 10_000; i++) {
            count("10.1." + i / 250 + "." + i % 250);
        }
        assertThat(told()).hasSize(Senders.MOST + 1);
        assertThat(told()).containsEntry("sender.0.dropped.rate.udp/other", 10_000L - Senders.MOST);
        clock = HOUR;
        count("192.0.2.1");
        assertThat(told()).containsEntry("sender.1.dropped.rate.udp/192.0.2.1", 1L);
    }

    @Test
    void aClockThatIsSetBackOpensNoHourAgain() throws UnknownHostException {
        clock = HOUR;
        count("192.0.2.1");
        clock = 0;
        count("192.0.2.1");
        assertThat(told()).containsExactly(Map.entry("sender.1.dropped.rate.udp/192.0.2.1", 2L));
    }

    private void count(String sender) throws UnknownHostException {
        senders.count("dropped.rate", "udp", InetAddress.getByName(sender));
    }

    private Map<String, Long> told() {
        Map<String, Long> told = new TreeMap<>();
        senders.tell(told);
        return told;
    }
}
