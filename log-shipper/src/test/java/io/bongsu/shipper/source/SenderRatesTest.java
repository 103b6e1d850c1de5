package io.bongsu.shipper.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class SenderRatesTest {
    private static final long SECOND = 1_000_000_000L;

    private final SenderRates rates = new SenderRates(10);

    @Test
    void aSenderHasItsRateAndASecondsWorthAtOnce() throws UnknownHostException {
        InetAddress sender = InetAddress.getByName("192.0.2.1");
        assertThat(taken(sender, 100, SECOND)).isEqualTo(10);
        assertThat(taken(sender, 100, 2 * SECOND)).isEqualTo(10);
        assertThat(taken(sender, 100, 2 * SECOND + SECOND / 2)).isEqualTo(5);
        assertThat(taken(sender, 100, 90 * SECOND)).isEqualTo(10);
        assertThat(taken(InetAddress.getByName("192.0.2.2"), 5, 90 * SECOND)).isEqualTo(5);
    }

    @Test
    void aHostHasOneBucketForItsIpv6Network() throws UnknownHostException {
        int taken = 0;
        for (int i = 1; i <= 50; i++) {
            taken += taken(InetAddress.getByName("2001:db8::" + Integer.toHexString(i)), 1, SECOND);
        }
        assertThat(taken).isEqualTo(10);
        assertThat(taken(InetAddress.getByName("2001:db8:0:1::1"), 1, SECOND)).isEqualTo(1);
    }

    @Test
    void forgedSendersDoNotFillMemory() throws UnknownHostException {
        for (int i = 0; i < 100_000; i++) {
            byte[] address = {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i};
            assertThat(rates.within(SenderRates.key(InetAddress.getByAddress(address)), SECOND))
                    .isTrue();
        }
        assertThat(rates.known()).isEqualTo(20_000);
    }

    @Test
    void zeroIsNoLimit() throws UnknownHostException {
        SenderRates none = new SenderRates(0);
        for (int i = 0; i < 1_000; i++) {
            assertThat(none.within(SenderRates.key(InetAddress.getByName("192.0.2.1")), SECOND))
                    .isTrue();
        }
    }

    private int taken(InetAddress sender, int datagrams, long nanos) {
        int taken = 0;
        for (int i = 0; i < datagrams; i++) {
            taken += rates.within(SenderRates.key(sender), nanos) ? 1 : 0;
        }
        return taken;
    }
}
