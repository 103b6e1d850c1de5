package io.bongsu.shipper;

import static io.bongsu.shipper.FakeKafka.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.Micros;
import io.bongsu.shipper.FakeKafka.Shipped;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What real senders do to the transport of syslog, each trap a test of its name: over TCP, over TLS, and in datagrams. */
@Timeout(60)
class TransportTrapsTest {
    private static final int LIMIT = 128 * 1024;

    @TempDir
    static Path keys;

    @TempDir
    Path directory;

    private final FakeKafka kafka = new FakeKafka();
    private @Nullable Shipper shipper;

    /** @param lines what must come out, in order; {@code "+N"} at the end: N bytes are missing there */
    record Trap(String name, String sent, List<String> lines) {
        Trap(String name, String sent, String... lines) {
            this(name, sent, List.of(lines));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Trap> streams() {
        String fortigate = "date=2026-11-22 time=09:15:02 devname=\"fw-1\" type=\"traffic\" msg=\"봉수\"";
        String long300k = "<13>" + "5 <13>a".repeat(50_000);
        return Stream.of(
                new Trap(
                        "octet counts and line feeds are mixed on one port",
                        "5 <13>a<13>b\n5 <13>c<13>d\n",
                        "<13>a",
                        "<13>b",
                        "<13>c",
                        "<13>d"),
                new Trap(
                        "a message begins with digits: 54 <1 minute left",
                        "54 <1 minute left\n5 <13>a",
                        "54 <1 minute left",
                        "<13>a"),
                new Trap("a count does not begin with 0", "05 <13>a\n5 <13>b", "05 <13>a", "<13>b"),
                new Trap(
                        "FortiGate's reliable syslog counts octets",
                        counted("<189>" + fortigate) + counted("<190>" + fortigate),
                        "<189>" + fortigate,
                        "<190>" + fortigate),
                new Trap(
                        "the count is bytes, not characters",
                        counted("<13>로그인 실패") + counted("<13>b"),
                        "<13>로그인 실패",
                        "<13>b"),
                new Trap("the count is too long", "12 <13>a\n<13>b\n<13>c\n", "<13>a\n<13>b", "<13>c"),
                new Trap("the count is too short", "6 <13>abcd\n5 <13>e", "<13>ab", "cd", "<13>e"),
                new Trap("no blank follows the count", "5<13>a\n<13>b\n", "5<13>a", "<13>b"),
                new Trap(
                        "a line feed follows a counted frame",
                        "5 <13>a\n5 <13>b\r\n5 <13>c",
                        "<13>a",
                        "<13>b",
                        "<13>c"),
                new Trap(
                        "a frame begins with a blank (Cisco ASA)",
                        "<13>a\n <13>b\n 5 <13>c",
                        "<13>a",
                        "<13>b",
                        "<13>c"),
                new Trap("NULs at the end of a frame", "8 <13>a\0\0\0<13>b\0\n", "<13>a", "<13>b"),
                new Trap("NUL for a delimiter", "<13>a\0<13>b\0", "<13>a", "<13>b"),
                new Trap("NUL inside a counted frame", "7 <13>a\0b5 <13>c", "<13>a\0b", "<13>c"),
                new Trap("a raw line feed inside a counted frame", "9 <13>a\nb\nc5 <13>d", "<13>a\nb\nc", "<13>d"),
                new Trap(
                        "line feeds and tabs that were escaped stay for the parsers",
                        "<13>a#012b#011c\n<13>d\n",
                        "<13>a#012b#011c",
                        "<13>d"),
                new Trap(
                        "a very long line is cut, marked and drained; digits in its rest are no count",
                        long300k + "\n<13>next\n",
                        long300k.substring(0, LIMIT) + "+" + (long300k.length() - LIMIT),
                        "<13>next"),
                new Trap(
                        "a very long counted frame is cut, marked and drained by its count",
                        counted(long300k) + "5 <13>b",
                        long300k.substring(0, LIMIT) + "+" + (long300k.length() - LIMIT),
                        "<13>b"),
                new Trap("the connection ends in the middle of a frame", "30 <13>abc", "<13>abc"));
    }

    static Stream<Trap> datagrams() {
        return Stream.of(
                new Trap("a line feed inside a datagram is no delimiter", "<13>a\nb", "<13>a\nb"),
                new Trap("a trailing line feed and NULs of a datagram", "<13>a\r\n\0\0", "<13>a"),
                new Trap("a datagram that looks counted is one message", "5 <13>a", "5 <13>a"));
    }

    @BeforeAll
    static void certificate() throws Exception {
        new Certificates(keys).make("server", "EC");
    }

    @BeforeEach
    void start() {
        Tls tls = new Certificates(keys).listener("server", null, Tls.ClientAuth.NONE);
        shipper = new Shipper(
                ShipperConfig.of(
                        directory,
                        List.of(
                                listener("tcp", Listener.Kind.SYSLOG_TCP, null),
                                listener("tls", Listener.Kind.SYSLOG_TCP, tls),
                                listener("udp", Listener.Kind.SYSLOG_UDP, null)),
                        Map.of("bootstrap.servers", "fake:1")),
                kafka,
                Micros::now);
        shipper.start();
    }

    private static Listener listener(String name, Listener.Kind kind, @Nullable Tls tls) {
        return new Listener(
                name, kind, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null, null, null, tls);
    }

    @AfterEach
    void stop() {
        if (shipper != null) {
            shipper.close();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void overTcp(Trap trap) throws IOException {
        InetSocketAddress address = shipper.address("tcp");
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.getOutputStream().write(trap.sent().getBytes(StandardCharsets.UTF_8));
        }
        assertArrives("tcp", trap);
    }

    /** RFC 5425 counts octets; real senders also end lines with a line feed there. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void overTls(Trap trap) throws Exception {
        try (Socket socket = new Certificates(keys).connect(shipper.address("tls"), "server", null)) {
            socket.getOutputStream().write(trap.sent().getBytes(StandardCharsets.UTF_8));
        }
        assertArrives("tls", trap);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("datagrams")
    void inADatagram(Trap trap) throws IOException {
        byte[] data = trap.sent().getBytes(StandardCharsets.UTF_8);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(data, data.length, shipper.address("udp")));
        }
        assertArrives("udp", trap);
    }

    private void assertArrives(String listener, Trap trap) {
        patiently().until(() -> kafka.texts(listener).size() >= trap.lines().size());
        assertThat(kafka.lines()).extracting(TransportTrapsTest::text).containsExactlyElementsOf(trap.lines());
    }

    private static String text(Shipped line) {
        String text = new String(line.text().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        return line.cut() > 0 ? text + "+" + line.cut() : text;
    }

    private static String counted(String frame) {
        return frame.getBytes(StandardCharsets.UTF_8).length + " " + frame;
    }
}
