package io.bongsu.shipper.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SteeringTest {
    @Test
    void neighboursShareAFloodersSocketNoMoreOftenThanByChance() throws UnknownHostException {
        Random random = new Random(1);
        InetAddress[] lan = new InetAddress[256];
        for (int i = 0; i < lan.length; i++) {
            lan[i] = InetAddress.getByAddress(new byte[] {10, 0, (byte) (i / 16), (byte) i});
        }
        int starts = 1_000;
        int shared = 0;
        int worst = 0;
        for (int start = 0; start < starts; start++) {
            Steering steering = new Steering(random.nextInt());
            int flooded = steering.socket(lan[start % lan.length]);
            int together = -1;
            for (InetAddress sender : lan) {
                together += steering.socket(sender) == flooded ? 1 : 0;
            }
            shared += together;
            worst = Math.max(worst, together);
        }
        assertThat((double) shared / starts / (lan.length - 1)).isBetween(0.05, 0.075);
        assertThat(worst).as("of 255 neighbours, at the worst of 1,000 starts").isLessThan(64);
    }

    @Test
    void aHostIsOneSenderHoweverManyAddressesOfItsNetworkItUses() throws UnknownHostException {
        for (int seed = 0; seed < 100; seed++) {
            Steering steering = new Steering(seed);
            assertThat(steering.socket(InetAddress.getByName("2001:db8:0:1::1")))
                    .isEqualTo(steering.socket(InetAddress.getByName("2001:db8:0:1:ffff::2")))
                    .isBetween(0, Steering.SOCKETS - 1);
        }
    }

    @Test
    void whatTheKernelDropsIsKnownOfEachSocket() throws IOException {
        assumeThat(Epoll.isAvailable()).as("Linux").isTrue();
        try (Transport transport = new Transport(1, 1);
                DatagramSocket sender = new DatagramSocket()) {
            Bootstrap bootstrap = new Bootstrap()
                    .group(transport.udp())
                    .channel(transport.datagramChannel())
                    .option(ChannelOption.AUTO_READ, false)
                    .option(ChannelOption.SO_RCVBUF, 4_096)
                    .handler(new ChannelInboundHandlerAdapter());
            Channel deaf = Binding.await(bootstrap.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
            InetSocketAddress to = (InetSocketAddress) deaf.localAddress();
            assertThat(Steering.dropped(deaf)).isZero();
            byte[] data = new byte[1_000];
            for (int i = 0; i < 500; i++) {
                sender.send(new DatagramPacket(data, data.length, to));
            }
            assertThat(Steering.dropped(deaf))
                    .isPositive()
                    .isEqualTo(KernelDrops.of(to.getPort()).count());
        }
    }
}
