package io.bongsu.shipper.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelDropsTest {
    private static final String HEAD =
            "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n";

    @TempDir
    Path proc;

    @Test
    void onlyOurSocketsOnThatPortCount() throws IOException {
        Files.createDirectories(proc.resolve("net"));
        Files.createDirectories(proc.resolve("self/fd"));
        Files.createSymbolicLink(proc.resolve("self/fd/5"), Path.of("socket:[111]"));
        Files.createSymbolicLink(proc.resolve("self/fd/6"), Path.of("socket:[222]"));
        Files.createSymbolicLink(proc.resolve("self/fd/7"), Path.of("socket:[444]"));
        write("udp", row("0100007F:158A", 111, 3) + row("0100007F:158A", 333, 50) + row("0100007F:158B", 222, 70));
        write("udp6", row("00000000000000000000000000000000:158A", 444, 4));
        KernelDrops drops = KernelDrops.of(5514, proc);
        assertThat(drops.count()).isEqualTo(7);
        write("udp", row("0100007F:158A", 111, 4000000000L));
        assertThat(drops.count()).isEqualTo(4000000004L);
    }

    @Test
    void theLastCountStandsWhenTheSocketIsGone() throws IOException {
        onlyOurSocketsOnThatPortCount();
        KernelDrops drops = KernelDrops.of(5514, proc);
        assertThat(drops.count()).isEqualTo(4000000004L);
        write("udp", "");
        assertThat(drops.count()).isEqualTo(4000000004L);
    }

    @Test
    void withoutProcThereIsNoCount() {
        assertThat(KernelDrops.of(5514, proc).count()).isEqualTo(-1);
    }

    @Test
    void theRealKernelTells() throws IOException {
        assumeThat(Files.exists(Path.of("/proc/net/udp"))).isTrue();
        try (DatagramSocket deaf = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                DatagramSocket sender = new DatagramSocket()) {
            deaf.setReceiveBufferSize(4_096);
            KernelDrops drops = KernelDrops.of(deaf.getLocalPort());
            assertThat(drops.count()).isZero();
            byte[] data = new byte[1_000];
            for (int i = 0; i < 500; i++) {
                sender.send(new DatagramPacket(data, data.length, deaf.getLocalSocketAddress()));
            }
            assertThat(drops.count()).isBetween(400L, 500L);
        }
    }

    private void write(String table, String rows) throws IOException {
        Files.writeString(proc.resolve("net").resolve(table), HEAD + rows);
    }

    private static String row(String local, long inode, long drops) {
        return String.join(
                        " ",
                        List.of(
                                "  12:",
                                local,
                                "00000000:0000",
                                "07",
                                "00000000:00000000",
                                "00:00000000",
                                "00000000",
                                "0",
                                "0",
                                Long.toString(inode),
                                "2",
                                "0000000000000000",
                                Long.toString(drops)))
                + "\n";
    }
}
