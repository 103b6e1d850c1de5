package io.bongsu.shipper;

import static io.bongsu.shipper.FakeKafka.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bongsu.model.Heartbeat;
import io.bongsu.model.RawLogs;
import io.bongsu.shipper.FakeKafka.Sent;
import io.bongsu.shipper.FakeKafka.Shipped;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole shipper with a spool, while Kafka is away, silent or refusing. */
@Timeout(60)
class SpoolingTest {
    private static final long MIB = 1024 * 1024;

    @TempDir
    Path directory;

    private final FakeKafka kafka = new FakeKafka();

    @Test
    void linesGoToDiskWhileKafkaIsAwayAndComeBackInOrder() throws IOException {
        try (Shipper shipper = started(32 * MIB)) {
            kafka.away(true);
            // More than all memory: without a spool the sender would have to wait.
            send(shipper, 0, 12_000);
            patiently().until(() -> counter(shipper, "spool.lines") == 12_000);
            datagrams(shipper, 0, 100);
            patiently().until(() -> counter(shipper, "spool.lines") == 12_100);
            assertThat(shipper.counters()).containsEntry("inflight.lines", 0L).containsEntry("spool.active", 1L);
            assertThat(counter(shipper, "spool.bytes")).isGreaterThan(12_000_000);
            assertThat(kafka.lines()).isEmpty();
            assertOwnersOnly();
            kafka.away(false);
            send(shipper, 12_000, 13_000);
            patiently().until(() -> counter(shipper, "acknowledged") == 13_100 && counter(shipper, "spool.bytes") == 0);
            patiently().until(() -> counter(shipper, "spool.active") == 0);
            assertInOrder(1, 13_000);
            assertLaw(shipper);
        }
        assertPromiseOfHeartbeats();
    }

    @Test
    void whatKafkaWasHandedAndDidNotAcknowledgeIsOnDiskToo() throws IOException {
        kafka.neverAcknowledges();
        try (Shipper shipper = started(32 * MIB)) {
            send(shipper, 0, 500);
            patiently().until(() -> counter(shipper, "spool.lines") == 500);
            patiently().until(() -> kafka.lines().size() >= 500);
            send(shipper, 500, 600);
            patiently().until(() -> counter(shipper, "spool.lines") == 600);
            kafka.producer().errorNext(new TopicAuthorizationException("bongsu.logs"));
            patiently().until(() -> kafka.producersMade() == 2);
            patiently().until(() -> {
                kafka.acknowledgeAll();
                return counter(shipper, "acknowledged") == 600 && counter(shipper, "spool.bytes") == 0;
            });
            assertThat(kafka.lines().stream()
                            .filter(l -> l.source().startsWith("syslog-tcp"))
                            .map(Shipped::sequence)
                            .distinct())
                    .hasSize(600)
                    .isSorted();
            assertLaw(shipper);
        }
    }

    @Test
    void aStopWhileKafkaIsAwayLosesNothingAndTheNextStartSendsItFirst() throws IOException {
        kafka.away(true);
        try (Shipper shipper = started(32 * MIB)) {
            send(shipper, 0, 1_000);
            patiently().until(() -> counter(shipper, "received") == 1_000);
            shipper.close();
            assertThat(shipper.counters()).containsEntry("inflight.lines", 0L).containsEntry("spool.lines", 1_000L);
        }
        try (Shipper shipper = started(32 * MIB)) {
            assertThat(shipper.counters()).containsEntry("spool.recovered", 1_000L);
            send(shipper, 0, 10);
            patiently().until(() -> counter(shipper, "spool.lines") == 1_010);
            kafka.away(false);
            patiently().until(() -> counter(shipper, "acknowledged") == 1_010);
            assertThat(kafka.lines()).extracting(Shipped::epoch).isSorted();
            assertInOrder(1, 1_000);
            assertInOrder(2, 10);
            assertLaw(shipper);
        }
        assertPromiseOfHeartbeats();
    }

    @Test
    void aFullSpoolMakesSendersWaitAndSaysSoAndGoesOn() throws Exception {
        kafka.away(true);
        try (Shipper shipper = started(4 * MIB)) {
            Thread sender = Thread.ofPlatform().start(() -> sendUnchecked(shipper, 0, 30_000));
            patiently().until(() -> counter(shipper, "spool.bytes") > 3 * MIB);
            patiently().until(() -> {
                datagrams(shipper, 0, 200);
                return counter(shipper, "dropped.full.syslog-udp") > 0;
            });
            patiently().until(() -> counter(shipper, "spool.trouble") == 1);
            assertThat(counter(shipper, "spool.bytes")).isLessThanOrEqualTo(4 * MIB);
            assertThat(sender.isAlive()).as("the sender over TCP waits").isTrue();
            kafka.away(false);
            sender.join();
            patiently().until(() -> counter(shipper, "received.syslog-tcp") == 30_000);
            patiently().until(() -> counter(shipper, "inflight.lines") == 0 && counter(shipper, "spool.lines") == 0);
            patiently().until(() -> counter(shipper, "spool.trouble") == 0);
            assertInOrder(1, 30_000);
            assertLaw(shipper);
        }
    }

    @Test
    void whoFloodsLosesTheRestAndTheOthersNothing() throws IOException {
        kafka.neverAcknowledges();
        try (Shipper shipper = started(0, 20);
                DatagramSocket attacker = new DatagramSocket(new InetSocketAddress("127.0.0.2", 0));
                DatagramSocket victim = new DatagramSocket(new InetSocketAddress("127.0.0.3", 0))) {
            byte[] flood = new byte[1_000];
            Arrays.fill(flood, (byte) 'f');
            InetSocketAddress to = shipper.address("syslog-udp");
            patiently().until(() -> {
                for (int i = 0; i < 100; i++) {
                    attacker.send(new DatagramPacket(flood, flood.length, to));
                }
                return counter(shipper, "dropped.rate.syslog-udp") > 0;
            });
            for (int i = 0; i < 20; i++) {
                for (int j = 0; j < 20; j++) {
                    attacker.send(new DatagramPacket(flood, flood.length, to));
                }
                byte[] line = ("<13>victim " + i).getBytes(StandardCharsets.US_ASCII);
                victim.send(new DatagramPacket(line, line.length, to));
                long sent = i + 1;
                patiently()
                        .until(() -> kafka.texts("syslog-udp").stream()
                                        .filter(t -> t.startsWith("<13>victim"))
                                        .count()
                                == sent);
            }
            assertThat(shipper.counters()).containsEntry("dropped.full.syslog-udp", 0L);
        }
        assertThat(kafka.heartbeats(0).getLast().getCounters().keySet())
                .as("who it was travels in the log")
                .anyMatch(name -> name.matches("sender[.][0-9]+[.]dropped[.]rate[.]syslog-udp/127[.]0[.]0[.]2"))
                .noneMatch(name -> name.endsWith("/127.0.0.3"));
    }

    @Test
    void aDamagedRecordIsSkippedAndCounted() throws IOException {
        kafka.away(true);
        try (Shipper shipper = started(32 * MIB)) {
            for (int i = 0; i < 3; i++) {
                send(shipper, 100 * i, 100 * (i + 1));
                long lines = 100L * (i + 1);
                patiently().until(() -> counter(shipper, "spool.lines") == lines);
            }
        }
        Path segment = segments().getFirst();
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 1;
        Files.write(segment, bytes);
        kafka.away(false);
        try (Shipper shipper = started(32 * MIB)) {
            patiently().until(() -> counter(shipper, "spool.lines") == 0);
            long lost = counter(shipper, "spool.lost");
            assertThat(lost).isPositive();
            assertThat(shipper.counters()).containsEntry("spool.damaged", 1L);
            assertThat(counter(shipper, "acknowledged")).isEqualTo(300 - lost);
            assertThat(kafka.lines().getLast().sequence()).isEqualTo(299);
            assertLaw(shipper);
        }
    }

    @Test
    void aLinkInPlaceOfTheSpoolIsRefused() throws IOException {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Files.createSymbolicLink(directory.resolve("spool"), elsewhere);
        assertThatThrownBy(() -> started(32 * MIB))
                .isInstanceOf(ShipperException.class)
                .hasMessageContainingAll("spool", "a link to one, which is not followed");
        Files.delete(directory.resolve("spool"));
        started(32 * MIB).close();
        Files.delete(directory.resolve("spool/acknowledged"));
        Files.createSymbolicLink(directory.resolve("spool/acknowledged"), elsewhere.resolve("x"));
        assertThatThrownBy(() -> started(32 * MIB))
                .isInstanceOf(ShipperException.class)
                .hasMessageContaining("not followed");
    }

    @Test
    void aSpoolThatTheDiskCannotHoldIsRefused() {
        assertThatThrownBy(() -> started(1L << 60))
                .isInstanceOf(ShipperException.class)
                .hasMessageContainingAll("has only", "free", "lower shipper.spool.max_bytes", "switch the spool off");
    }

    private Shipper started(long spoolBytes) {
        return started(spoolBytes, 0);
    }

    private Shipper started(long spoolBytes, int senderRate) {
        return new ShipperBuilder(
                        directory,
                        ShipperBuilder.listener("syslog-tcp", Listener.Kind.SYSLOG_TCP),
                        ShipperBuilder.listener("syslog-udp", Listener.Kind.SYSLOG_UDP))
                .memory(4 * MIB)
                .pace(Duration.ofMillis(2), Duration.ofMillis(20))
                .udpSenderRate(senderRate)
                .closeTimeout(Duration.ofSeconds(5))
                .spool(spoolBytes, Duration.ofMillis(50))
                .started(kafka);
    }

    private static long counter(Shipper shipper, String name) {
        return shipper.counters().getOrDefault(name, 0L);
    }

    /** Lines of about 1,000 bytes. */
    private static void send(Shipper shipper, int from, int to) throws IOException {
        InetSocketAddress address = shipper.address("syslog-tcp");
        try (Socket socket = new Socket(address.getAddress(), address.getPort());
                OutputStream out = socket.getOutputStream()) {
            for (int i = from; i < to; i++) {
                out.write(("<13>" + i + " " + "x".repeat(990) + "\n").getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    private static void sendUnchecked(Shipper shipper, int from, int to) {
        try {
            send(shipper, from, to);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void datagrams(Shipper shipper, int from, int to) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            for (int i = from; i < to; i++) {
                byte[] data = ("<13>" + i + " " + "y".repeat(15_000)).getBytes(StandardCharsets.US_ASCII);
                socket.send(new DatagramPacket(data, data.length, shipper.address("syslog-udp")));
            }
        }
    }

    private void assertInOrder(long epoch, int lines) {
        List<Shipped> own = kafka.lines().stream()
                .filter(l -> l.source().startsWith("syslog-tcp/") && l.epoch() == epoch)
                .toList();
        assertThat(own).hasSize(lines);
        for (int i = 0; i < lines; i++) {
            assertThat(own.get(i).sequence()).isEqualTo(i);
            assertThat(own.get(i).text()).startsWith("<13>" + i + " ");
        }
    }

    /** All of an epoch that was received before a heartbeat's time is written before it. */
    private void assertPromiseOfHeartbeats() {
        Map<List<Long>, Long> promised = new HashMap<>();
        int heartbeats = 0;
        for (Sent sent : kafka.sent()) {
            switch (sent.value()) {
                case Heartbeat beat -> {
                    promised.put(List.of((long) sent.partition(), beat.getEpoch()), beat.getNow());
                    heartbeats++;
                }
                case RawLogs logs -> {
                    long now = promised.getOrDefault(List.of((long) sent.partition(), logs.getEpoch()), 0L);
                    assertThat(logs.getLines())
                            .allSatisfy(line -> assertThat(line.getReceived()).isGreaterThanOrEqualTo(now));
                }
                default -> throw new AssertionError(sent);
            }
        }
        assertThat(heartbeats).isGreaterThan(FakeKafka.PARTITIONS);
    }

    private static void assertLaw(Shipper shipper) {
        Map<String, Long> n = shipper.counters();
        assertThat(n.get("received") + n.get("spool.recovered"))
                .isEqualTo(
                        n.get("acknowledged") + n.get("spool.lines") + n.get("spool.lost") + n.get("inflight.lines"));
        assertThat(n.get("inflight.lines")).isNotNegative();
        assertThat(n.get("spool.lines")).isNotNegative();
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("spool"))) {
            return files.filter(f -> f.toString().endsWith(".spool")).sorted().toList();
        }
    }

    private void assertOwnersOnly() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("spool"))))
                .isEqualTo("rwx------");
        assertThat(segments()).isNotEmpty().allSatisfy(f -> assertThat(
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(f)))
                .isEqualTo("rw-------"));
    }
}
