package io.bongsu.shipper;

import static io.bongsu.shipper.FakeKafka.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bongsu.model.Chain;
import io.bongsu.model.Codec;
import io.bongsu.model.Head;
import io.bongsu.model.Heartbeat;
import io.bongsu.model.Micros;
import io.bongsu.model.RawLogs;
import io.bongsu.model.Seals;
import io.bongsu.shipper.FakeKafka.Sent;
import io.bongsu.shipper.FakeKafka.Shipped;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole shipper on real sockets; only Kafka is a fake. */
@Timeout(60)
class ShipperTest {
    private static final long MIB = 1024 * 1024;

    @TempDir
    Path directory;

    private final FakeKafka kafka = new FakeKafka();

    @Test
    void eachLineHasAnIdentityAndEachSourceItsOrder() throws IOException {
        try (Shipper shipper = started(config())) {
            send(shipper, "syslog-tcp", "<13>one\n9 <13>t\nwo3 four\r\n <13>three\n");
            patiently().until(() -> kafka.texts("syslog-tcp").size() == 4);
            send(shipper, "syslog-tcp", "5 <13>a<13>half");
            send(shipper, "json-tcp", "{\"a\":1}\n\n{\"b\":");
            datagram(shipper, "<13>datagram\n");
            awaitAcknowledged(shipper, 9);

            assertThat(kafka.texts("syslog-tcp"))
                    .containsExactly("<13>one", "<13>t\nwo3", " four", "<13>three", "<13>a", "<13>half");
            assertThat(kafka.texts("json-tcp")).containsExactly("{\"a\":1}", "{\"b\":");
            assertThat(kafka.texts("syslog-udp")).containsExactly("<13>datagram");
            assertSequencesWithoutGaps(kafka.lines());
            for (RawLogs record : kafka.records()) {
                assertThat(record.getSource()).isEqualTo(record.getTag() + "/127.0.0.1");
                assertThat(record.getAddress()).isEqualTo("127.0.0.1");
                assertThat(record.getInput()).isEqualTo(record.getTag().startsWith("json") ? "json" : "syslog");
                assertThat(record.getEpoch()).isEqualTo(1);
                assertThat(record.getZone()).isEqualTo("Asia/Seoul");
                assertThat(record.getCharset()).isEqualTo("MS949");
            }
            assertThat(kafka.sent())
                    .filteredOn(s -> s.value() instanceof RawLogs)
                    .allSatisfy(s -> assertThat(s.key()).isEqualTo(((RawLogs) s.value()).getSource()));
            assertLaw(shipper, 9);
            assertThat(shipper.counters())
                    .containsEntry("received.syslog-tcp", 6L)
                    .containsEntry("received.json-tcp", 2L);
        }
    }

    @Test
    void manyConnectionsOfOneHostAreOneSourceInOrderOfEachConnection() throws Exception {
        try (Shipper shipper = started(config())) {
            List<Thread> senders = new ArrayList<>();
            for (int s = 0; s < 4; s++) {
                String name = "s" + s;
                senders.add(
                        Thread.ofPlatform().start(() -> sendUnchecked(shipper, "syslog-tcp", numbered(name, 5_000))));
            }
            for (Thread sender : senders) {
                sender.join();
            }
            awaitAcknowledged(shipper, 20_000);
            List<Shipped> lines = kafka.lines();
            assertSequencesWithoutGaps(lines);
            for (int s = 0; s < 4; s++) {
                String name = "s" + s;
                assertThat(lines.stream().map(Shipped::text).filter(t -> t.startsWith("<13>" + name)))
                        .containsExactlyElementsOf(numbered(name, 5_000).lines().toList());
            }
            assertThat(kafka.records().size()).as("records for 20000 lines").isLessThan(2_000);
            assertThat(kafka.records())
                    .allSatisfy(r -> assertThat(r.getLines().size()).isLessThanOrEqualTo(2_000));
            assertLaw(shipper, 20_000);
        }
    }

    @Test
    void heartbeatsFlowToEachPartitionWithoutAnyLogs() {
        try (Shipper shipper = started(config())) {
            patiently().until(() -> shipper.counters().get("heartbeats") >= 3);
            for (int p = 0; p < FakeKafka.PARTITIONS; p++) {
                List<Heartbeat> heartbeats = kafka.heartbeats(p);
                assertThat(heartbeats).hasSizeGreaterThanOrEqualTo(2);
                assertThat(heartbeats).extracting(Heartbeat::getNow).isSorted();
                assertThat(heartbeats.getFirst().getCounters()).containsEntry("received", 0L);
            }
        }
    }

    @Test
    void whatWasReceivedBeforeAHeartbeatIsWrittenBeforeIt() throws Exception {
        ShipperConfig quick = config(64 * MIB, Duration.ofMillis(20), Duration.ofMillis(2), 100, Duration.ZERO);
        try (Shipper shipper = started(quick)) {
            Thread datagrams = Thread.ofPlatform()
                    .start(() -> IntStream.range(0, 2_000).forEach(i -> datagramUnchecked(shipper, "<13>" + i)));
            for (int i = 0; i < 50; i++) {
                send(shipper, i % 2 == 0 ? "syslog-tcp" : "json-tcp", numbered("x", 1_000));
            }
            datagrams.join();
            patiently().until(() -> shipper.counters().get("received") >= 50_000);
        }
        long[] promised = new long[FakeKafka.PARTITIONS];
        int heartbeats = 0;
        for (Sent sent : kafka.sent()) {
            switch (sent.value()) {
                case Heartbeat heartbeat -> {
                    promised[sent.partition()] = heartbeat.getNow();
                    heartbeats++;
                }
                case RawLogs logs ->
                    assertThat(logs.getLines()).allSatisfy(line -> assertThat(line.getReceived())
                            .isGreaterThanOrEqualTo(promised[sent.partition()]));
                default -> throw new AssertionError(sent);
            }
        }
        assertThat(heartbeats).isGreaterThan(3 * FakeKafka.PARTITIONS);
        assertThat(kafka.sent().getLast().value()).isInstanceOf(Heartbeat.class);
    }

    @Test
    void whenKafkaDoesNotAcknowledgeTcpSendersWaitAndMemoryStaysFlat() throws Exception {
        kafka.neverAcknowledges();
        try (Shipper shipper =
                        started(config(2 * MIB, Duration.ofMillis(1), Duration.ofSeconds(1), 100, Duration.ZERO));
                SocketChannel sender = SocketChannel.open(shipper.address("syslog-tcp"))) {
            sender.configureBlocking(false);
            byte[] line = ("<13>" + "x".repeat(995) + "\n").getBytes(StandardCharsets.US_ASCII);
            ByteBuffer out = ByteBuffer.wrap(line);
            long written = 0;
            for (int idle = 0; idle < 50; ) {
                int n = sender.write(out);
                written += n;
                if (!out.hasRemaining()) {
                    out.rewind();
                }
                if (n == 0) {
                    // The sender's buffer is full; is the shipper still reading?
                    long before = shipper.counters().get("received");
                    patiently().pollDelay(Duration.ofMillis(10)).until(() -> true);
                    idle = shipper.counters().get("received") == before ? idle + 1 : 0;
                }
                assertThat(written)
                        .as("bytes written while nothing is acknowledged")
                        .isLessThan(64 * MIB);
            }
            long received = shipper.counters().get("received");
            assertThat(shipper.counters().get("inflight.bytes")).isBetween(3 * MIB / 2, 3 * MIB / 2 + 128 * 1024);
            assertThat(shipper.counters().get("acknowledged")).isZero();
            assertThat(received).isLessThan(written / line.length);

            // Datagrams may still use the last quarter, then they are dropped and counted.
            for (int i = 0; i < 1_000; i++) {
                datagram(shipper, "<13>" + "u".repeat(1_000));
            }
            patiently().until(() -> shipper.counters().get("dropped.full.syslog-udp") > 0);
            assertThat(shipper.counters().get("received.syslog-udp")).isPositive();
            assertThat(shipper.counters().get("inflight.bytes")).isLessThan(2 * MIB + 128 * 1024);
            assertThat(shipper.counters().get("dropped.full.syslog-tcp")).isZero();

            // The peer gives up; what its kernel still holds must come all the same, once there is room.
            out.limit(out.position() == 0 ? 0 : line.length);
            sender.configureBlocking(true);
            Thread rest = Thread.ofPlatform().start(() -> {
                try {
                    written(sender, out);
                    sender.shutdownOutput();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            long lines = (written + line.length - 1) / line.length;
            patiently().until(() -> {
                kafka.acknowledgeAll();
                return shipper.counters().get("received.syslog-tcp") >= lines;
            });
            rest.join();
            patiently().until(() -> {
                kafka.acknowledgeAll();
                return shipper.counters().get("inflight.lines") == 0;
            });
            assertThat(kafka.texts("syslog-tcp")).hasSize((int) lines).allMatch(t -> t.length() == 999);
            assertSequencesWithoutGaps(kafka.lines());
        } finally {
            kafka.acknowledgeAll();
        }
    }

    @Test
    void aConnectionThatEndsWhileMemoryIsFullLosesNothing() throws Exception {
        kafka.neverAcknowledges();
        try (Shipper shipper = started(config(MIB, Duration.ofMillis(1), Duration.ofSeconds(1), 100, Duration.ZERO))) {
            String lines = numbered("n".repeat(100), 3_000);
            for (int connection = 0; connection < 5; connection++) {
                Thread sender = Thread.ofPlatform().start(() -> sendUnchecked(shipper, "syslog-tcp", lines));
                patiently().until(() -> {
                    if (!sender.isAlive() || shipper.counters().get("inflight.bytes") >= 3 * MIB / 4) {
                        return true;
                    }
                    return false;
                });
            }
            patiently().until(() -> {
                kafka.acknowledgeAll();
                return shipper.counters().get("acknowledged") == 15_000;
            });
            assertLaw(shipper, 15_000);
        } finally {
            kafka.acknowledgeAll();
        }
    }

    @Test
    void kafkaMayBeAwayAtTheStart() throws IOException {
        kafka.away(true);
        try (Shipper shipper = started(config())) {
            send(shipper, "syslog-tcp", "<13>a\n<13>b\n");
            patiently().until(() -> shipper.counters().get("received") == 2);
            assertThat(shipper.counters()).containsEntry("acknowledged", 0L).containsEntry("inflight.lines", 2L);
            kafka.away(false);
            awaitAcknowledged(shipper, 2);
            assertThat(kafka.texts("syslog-tcp")).containsExactly("<13>a", "<13>b");
            assertThat(kafka.producersMade()).isEqualTo(1);
        }
    }

    /** A broker may take the second request of a producer and refuse the first for ever (KAFKA-15591). */
    @Test
    void nothingFollowsTheFirstRecordOfAPartitionBeforeKafkaHasIt() throws IOException {
        kafka.neverAcknowledgesTheFirstEither();
        try (Shipper shipper = started(config())) {
            patiently().until(() -> kafka.sent().size() == FakeKafka.PARTITIONS);
            send(shipper, "syslog-tcp", numbered("x", 10));
            patiently().until(() -> shipper.counters().get("received") == 10);
            patiently().during(Duration.ofMillis(700)).untilAsserted(() -> assertThat(kafka.sent())
                    .hasSize(FakeKafka.PARTITIONS));
            kafka.acknowledgeAll();
            patiently().until(() -> kafka.lines().size() == 10);
            assertThat(kafka.sent())
                    .filteredOn(s -> s.value() instanceof RawLogs)
                    .allMatch(s -> s.partition()
                            == BuiltInPartitioner.partitionForKey(
                                    s.key().getBytes(StandardCharsets.UTF_8), FakeKafka.PARTITIONS));
            patiently().until(() -> {
                kafka.acknowledgeAll();
                return shipper.counters().get("acknowledged") == 10;
            });
        }
    }

    @Test
    void aRecordThatKafkaRefusesIsSentAgainInOrderWithTheSameIdentity() throws IOException {
        kafka.neverAcknowledges();
        try (Shipper shipper = started(config())) {
            send(shipper, "syslog-tcp", numbered("x", 10));
            patiently().until(() -> kafka.lines().size() == 10);
            send(shipper, "syslog-tcp", numbered("y", 10));
            patiently().until(() -> kafka.lines().size() == 20);
            List<Shipped> before = kafka.lines();
            kafka.producer().errorNext(new TopicAuthorizationException("bongsu.logs"));
            patiently().until(() -> kafka.producersMade() == 2 && kafka.lines().size() == 40);
            assertThat(kafka.lines().subList(20, 40)).isEqualTo(before);
            patiently().until(() -> {
                kafka.acknowledgeAll();
                return shipper.counters().get("acknowledged") == 20;
            });
            assertLaw(shipper, 20);
            assertThat(shipper.counters()).containsEntry("resent", 20L);
        } finally {
            kafka.acknowledgeAll();
        }
    }

    @Test
    void whatIsNotAcknowledgedAtTheEndIsReported() throws IOException {
        kafka.neverAcknowledges();
        Shipper shipper = started(config());
        send(shipper, "syslog-tcp", "<13>a\n");
        patiently().until(() -> shipper.counters().get("received") == 1);
        shipper.close();
        shipper.close();
        assertThat(shipper.counters()).containsEntry("inflight.lines", 1L);
        assertThat(kafka.producer().closed()).isTrue();
    }

    @Test
    void closingDeliversWhatWasReceivedAlsoHalfLines() throws IOException {
        Shipper shipper = started(config());
        try (Socket open = connect(shipper, "syslog-tcp")) {
            open.getOutputStream().write(bytes("<13>whole\n<13>half"));
            patiently().until(() -> shipper.counters().get("received") == 1);
            shipper.close();
        }
        assertThat(kafka.texts("syslog-tcp")).containsExactly("<13>whole", "<13>half");
        assertThat(kafka.sent().getLast().value()).isInstanceOf(Heartbeat.class);
        assertLaw(shipper, 2);
    }

    @Test
    void aRestartIsANewEpochWithSequencesFromZero() throws IOException {
        for (int epoch = 1; epoch <= 3; epoch++) {
            long expected = epoch;
            try (Shipper shipper = started(config())) {
                send(shipper, "syslog-tcp", "<13>a\n<13>b\n");
                awaitAcknowledged(shipper, 2);
            }
            assertThat(kafka.lines().stream().filter(l -> l.epoch() == expected))
                    .extracting(Shipped::sequence)
                    .containsExactly(0L, 1L);
        }
        assertThat(kafka.records())
                .extracting(RawLogs::getShipper)
                .containsOnly(kafka.records().getFirst().getShipper());
    }

    @Test
    void aPortInUseNamesListenerAddressAndRemedy() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress bind = (InetSocketAddress) taken.getLocalSocketAddress();
            Listener listener = new Listener("syslog-tcp", Listener.Kind.SYSLOG_TCP, bind, null, null, null);
            Shipper shipper = new Shipper(
                    ShipperConfig.of(directory, List.of(listener), Map.of("bootstrap.servers", "x:1")),
                    kafka,
                    Micros::now);
            assertThatThrownBy(shipper::start)
                    .isInstanceOf(ShipperException.class)
                    .hasMessageContainingAll(
                            "'syslog-tcp'",
                            "TCP",
                            "127.0.0.1:" + taken.getLocalPort(),
                            "in use",
                            "stop the program",
                            "listeners.syslog-tcp.bind");
            assertThat(kafka.producer().closed()).isTrue();
        }
        started(config()).close();
    }

    @Test
    void aDirectoryInUseIsRefused() {
        try (Shipper first = started(config())) {
            assertThatThrownBy(() -> started(config()))
                    .isInstanceOf(ShipperException.class)
                    .hasMessageContainingAll(directory.toString(), "belongs to a shipper that is running");
            assertThat(first.counters()).containsKey("received");
        }
    }

    @Test
    void aBadKafkaAddressSaysSo() {
        Shipper shipper = new Shipper(ShipperConfig.of(directory, List.of(), Map.of("bootstrap.servers", "nowhere")));
        assertThatThrownBy(shipper::start)
                .isInstanceOf(ShipperException.class)
                .hasMessageContainingAll("nowhere", "check the kafka settings");
    }

    @Test
    void connectionsBeyondTheLimitAreClosedAtOnce() throws IOException {
        try (Shipper shipper =
                        started(config(64 * MIB, Duration.ofMillis(1), Duration.ofSeconds(1), 1, Duration.ZERO));
                Socket first = connect(shipper, "syslog-tcp")) {
            patiently().until(() -> shipper.counters().get("connections") == 1);
            try (Socket second = connect(shipper, "json-tcp")) {
                assertThat(second.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(shipper.counters())
                    .containsEntry("closed.limit.json-tcp", 1L)
                    .containsEntry("connections", 1L);
            first.getOutputStream().write(bytes("<13>a\n"));
            awaitAcknowledged(shipper, 1);
        }
    }

    @Test
    void aSilentConnectionIsClosedAfterTheIdleTimeout() throws IOException {
        try (Shipper shipper = started(
                        config(64 * MIB, Duration.ofMillis(1), Duration.ofSeconds(1), 100, Duration.ofMillis(100)));
                Socket silent = connect(shipper, "syslog-tcp")) {
            silent.getOutputStream().write(bytes("<13>half"));
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            awaitAcknowledged(shipper, 1);
            assertThat(shipper.counters()).containsEntry("connections", 0L);
        }
    }

    @Test
    void noiseOnAllPortsHarmsNobody() throws IOException {
        Random random = new Random(42);
        try (Shipper shipper = started(config())) {
            for (int i = 0; i < 20; i++) {
                byte[] noise = new byte[random.nextInt(60_000)];
                random.nextBytes(noise);
                try (Socket syslog = connect(shipper, "syslog-tcp");
                        Socket json = connect(shipper, "json-tcp")) {
                    syslog.getOutputStream().write(noise);
                    json.getOutputStream().write(noise);
                }
                datagram(shipper, new String(noise, StandardCharsets.ISO_8859_1));
            }
            try (Socket endless = connect(shipper, "json-tcp")) {
                byte[] x = bytes("x".repeat(100_000));
                for (int i = 0; i < 50; i++) {
                    endless.getOutputStream().write(x);
                }
            }
            send(shipper, "syslog-tcp", "9999999 <13>lies");
            patiently().until(() -> shipper.counters().get("connections") == 0);
            patiently().until(() -> shipper.counters().get("inflight.lines") == 0);
            assertThat(kafka.lines())
                    .filteredOn(l -> l.cut() == 5_000_000 - 128 * 1024)
                    .hasSize(1);
            assertThat(kafka.texts("syslog-tcp")).contains("<13>lies");
            assertLaw(shipper, kafka.lines().size());
        }
    }

    @Test
    void aLargeDatagramIsWhole() throws IOException {
        try (Shipper shipper = started(config())) {
            String large = "<13>" + "x".repeat(60_000);
            datagram(shipper, large);
            awaitAcknowledged(shipper, 1);
            assertThat(kafka.texts("syslog-udp")).containsExactly(large);
            assertThat(shipper.counters())
                    .containsEntry("bytes", 60_004L)
                    .containsEntry("dropped.kernel.syslog-udp", 0L);
        }
    }

    private Shipper started(ShipperConfig config) {
        Shipper shipper = new Shipper(config, kafka, Micros::now);
        shipper.start();
        return shipper;
    }

    private ShipperConfig config() {
        return config(64 * MIB, Duration.ofMillis(20), Duration.ofMillis(50), 100, Duration.ZERO);
    }

    private ShipperConfig config(long memory, Duration linger, Duration heartbeat, int connections, Duration idle) {
        return new ShipperBuilder(
                        directory,
                        listener("syslog-udp", Listener.Kind.SYSLOG_UDP),
                        listener("syslog-tcp", Listener.Kind.SYSLOG_TCP),
                        listener("json-tcp", Listener.Kind.JSON_TCP))
                .memory(memory)
                .pace(linger, heartbeat)
                .tcp(new TcpLimits(connections, connections, idle, Duration.ofSeconds(10)))
                .config();
    }

    private static Listener listener(String name, Listener.Kind kind) {
        return new Listener(
                name, kind, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), name, "MS949", "Asia/Seoul");
    }

    private static void awaitAcknowledged(Shipper shipper, long lines) {
        patiently().until(() -> shipper.counters().get("acknowledged") >= lines);
    }

    private void assertLaw(Shipper shipper, long frames) {
        Map<String, Long> counters = shipper.counters();
        long dropped = counters.entrySet().stream()
                .filter(e -> e.getKey().startsWith("dropped."))
                .mapToLong(Map.Entry::getValue)
                .sum();
        assertThat(counters.get("frames")).isEqualTo(frames).isEqualTo(counters.get("received") + dropped);
        assertThat(counters.get("received")).isEqualTo(counters.get("acknowledged") + counters.get("inflight.lines"));
        assertThat(kafka.lines().stream()
                        .map(l -> List.of(l.source(), l.epoch(), l.sequence()))
                        .distinct())
                .hasSize((int) counters.get("received").longValue());
    }

    private static void assertSequencesWithoutGaps(List<Shipped> lines) {
        for (String source : lines.stream().map(Shipped::source).distinct().toList()) {
            List<Shipped> own =
                    lines.stream().filter(l -> l.source().equals(source)).toList();
            assertThat(own)
                    .extracting(Shipped::sequence)
                    .containsExactlyElementsOf(IntStream.range(0, own.size())
                            .mapToObj(Long::valueOf)
                            .toList());
            assertThat(own).extracting(Shipped::received).isSorted();
        }
    }

    private static String numbered(String name, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append("<13>").append(name).append(' ').append(i).append('\n');
        }
        return text.toString();
    }

    private static Socket connect(Shipper shipper, String listener) throws IOException {
        InetSocketAddress address = shipper.address(listener);
        return new Socket(address.getAddress(), address.getPort());
    }

    private static void send(Shipper shipper, String listener, String text) throws IOException {
        try (Socket socket = connect(shipper, listener)) {
            socket.getOutputStream().write(bytes(text));
        }
    }

    private static void sendUnchecked(Shipper shipper, String listener, String text) {
        try {
            send(shipper, listener, text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void datagram(Shipper shipper, String text) throws IOException {
        byte[] data = bytes(text);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(data, data.length, shipper.address("syslog-udp")));
        }
    }

    private static void datagramUnchecked(Shipper shipper, String text) {
        try {
            datagram(shipper, text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void written(SocketChannel channel, ByteBuffer out) throws IOException {
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** What `bongsu ledger verify` recomputes: it has tests of its own, with what can go wrong. */
    @Test
    void everyLineIsUnderAHeadThatIsSigned() throws Exception {
        try (Shipper shipper = started(config())) {
            send(shipper, "syslog-tcp", numbered("a", 3_000));
            awaitAcknowledged(shipper, 3_000);
            patiently().until(() -> kafka.heartbeats(0).stream()
                    .anyMatch(
                            b -> b.getSeal() != null && !b.getSeal().getHeads().isEmpty()));
            send(shipper, "syslog-tcp", numbered("b", 10));
            awaitAcknowledged(shipper, 3_010);
        }
        List<Heartbeat> sealed =
                kafka.heartbeats(0).stream().filter(b -> b.getSeal() != null).toList();
        assertThat(sealed)
                .extracting(b -> b.getSeal().getNumber())
                .containsExactlyElementsOf(
                        LongStream.range(0, sealed.size()).boxed().toList());
        assertThat(sealed).extracting(b -> b.getSeal().getLast()).endsWith(true).containsOnlyOnce(true);
        assertThat(sealed.getLast().getSeal().getAcknowledged()).isEqualTo(sealed.size() - 2);
        for (ProducerRecord<byte[], byte[]> record : kafka.producer().history()) {
            if (Codec.decode(record.value()) instanceof Heartbeat beat && beat.getSeal() != null) {
                byte[] key = Codec.bytes(beat.getSeal().getKey());
                assertThat(Seals.signed(record.value(), key)).isTrue();
                byte[] forged = record.value().clone();
                forged[14] ^= 1;
                assertThat(Seals.signed(forged, key)).isFalse();
            }
        }
        Map<String, byte[]> last = new HashMap<>();
        long covered = 0;
        for (Sent sent : kafka.sent()) {
            if (sent.value() instanceof Heartbeat beat && beat.getSeal() != null && sent.partition() == 0) {
                for (Head head : beat.getSeal().getHeads()) {
                    byte[] lines = Codec.bytes(head.getHash());
                    assertThat(Codec.bytes(head.getPrevious()))
                            .isEqualTo(last.getOrDefault(
                                    head.getSource(),
                                    Chain.start(beat.getShipper(), head.getSource(), head.getEpoch(), 0)));
                    last.put(head.getSource(), lines);
                    covered += head.getLines();
                    assertThat(head.getNext() - head.getFirst()).isEqualTo(head.getLines());
                }
            }
        }
        assertThat(covered).isEqualTo(3_010);
    }
}
