package io.bongsu.shipper;

import static io.bongsu.shipper.FakeKafka.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The limits of connections, on real sockets, for all that is spoken over TCP, with TLS and without. */
@Timeout(60)
class TcpLimitsTest {
    private static final Duration NEVER = Duration.ZERO;
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    static Path keys;

    @TempDir
    Path directory;

    private final FakeKafka kafka = new FakeKafka();

    /** What is spoken, and how one line is said so that we know it was taken. */
    enum Spoken {
        SYSLOG(Listener.Kind.SYSLOG_TCP, false),
        SYSLOG_OVER_TLS(Listener.Kind.SYSLOG_TCP, true),
        JSON(Listener.Kind.JSON_TCP, false),
        GELF(Listener.Kind.GELF_TCP, false),
        RELP(Listener.Kind.RELP, false),
        RELP_OVER_TLS(Listener.Kind.RELP, true),
        BEATS(Listener.Kind.BEATS, false),
        BEATS_OVER_TLS(Listener.Kind.BEATS, true);

        final Listener.Kind kind;
        final boolean tls;

        Spoken(Listener.Kind kind, boolean tls) {
            this.kind = kind;
            this.tls = tls;
        }

        void say(Socket socket, String line, FakeKafka kafka) throws IOException {
            switch (kind) {
                case RELP -> {
                    RelpClient relp = new RelpClient(socket).open();
                    relp.send("syslog", line);
                    assertThat(relp.answer().ok()).isTrue();
                }
                case BEATS -> new BeatsClient(socket).send(List.of(line), true).await(1);
                case GELF_TCP -> plain(socket, line + "\0", line, kafka);
                default -> plain(socket, line + "\n", line, kafka);
            }
            assertThat(kafka.texts("in")).contains(line);
        }

        private static void plain(Socket socket, String bytes, String line, FakeKafka kafka) throws IOException {
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));
            patiently().until(() -> kafka.texts("in").contains(line));
        }
    }

    @BeforeAll
    static void certificate() throws Exception {
        new Certificates(keys).make("server", "EC");
    }

    @ParameterizedTest
    @EnumSource
    void whoComesWhenAllConnectionsAreTakenIsClosedAndTheOthersGoOn(Spoken spoken) throws Exception {
        try (Shipper shipper = started(spoken, new TcpLimits(1, 1, NEVER, LONG));
                Socket first = connect(shipper, spoken)) {
            spoken.say(first, "<13>before", kafka);
            assertRefused(shipper, spoken);
            assertThat(shipper.counters()).containsEntry("closed.limit.in", 1L).containsEntry("connections", 1L);
        }
        assertThat(kafka.texts("in")).containsExactly("<13>before");
    }

    @ParameterizedTest
    @EnumSource
    void oneAddressCannotTakeTheConnectionsOfTheOthers(Spoken spoken) throws Exception {
        try (Shipper shipper = started(spoken, new TcpLimits(100, 2, NEVER, LONG))) {
            try (Socket first = connect(shipper, spoken);
                    Socket second = connect(shipper, spoken)) {
                spoken.say(first, "<13>first", kafka);
                spoken.say(second, "<13>second", kafka);
                assertRefused(shipper, spoken);
                assertRefused(shipper, spoken);
                assertThat(shipper.counters()).containsEntry("closed.address_limit.in", 2L);
                if (!spoken.tls) { // Java's TLS sockets cannot be told where to come from
                    try (Socket other = new Socket(
                            InetAddress.getLoopbackAddress(), port(shipper), InetAddress.getByName("127.0.0.2"), 0)) {
                        spoken.say(other, "<13>other", kafka);
                    }
                }
            }
            patiently().until(() -> shipper.counters().get("connections") == 0);
            try (Socket again = connect(shipper, spoken)) {
                spoken.say(again, "<13>again", kafka);
            }
        }
        assertThat(kafka.heartbeats(0).getLast().getCounters().keySet())
                .as("who it was travels in the log")
                .anyMatch(name -> name.matches("sender[.][0-9]+[.]closed[.]address_limit[.]in/127[.]0[.]0[.]1"));
    }

    @ParameterizedTest
    @EnumSource
    void whoIsSilentIsClosedAndCountedAndNothingOfItIsLost(Spoken spoken) throws Exception {
        try (Shipper shipper = started(spoken, new TcpLimits(100, 100, Duration.ofMillis(300), LONG));
                Socket silent = connect(shipper, spoken)) {
            spoken.say(silent, "<13>whole", kafka);
            assertEnds(silent);
            assertThat(shipper.counters()).containsEntry("closed.idle.in", 1L);
            patiently().until(() -> shipper.counters().get("connections") == 0);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Spoken.class,
            names = {"SYSLOG_OVER_TLS", "RELP_OVER_TLS", "BEATS_OVER_TLS"})
    void whoDawdlesInTheHandshakeOfTlsIsClosedAndHarmsNobody(Spoken spoken) throws Exception {
        try (Shipper shipper = started(spoken, new TcpLimits(100, 100, NEVER, Duration.ofMillis(500)))) {
            List<Socket> dawdlers = new ArrayList<>();
            try {
                for (int i = 0; i < 20; i++) {
                    Socket dawdler = new Socket(InetAddress.getLoopbackAddress(), port(shipper));
                    dawdlers.add(dawdler);
                    dawdler.getOutputStream().write(new byte[] {22, 3, 1, 2, 0}); // a ClientHello that does not go on
                }
                for (Socket dawdler : dawdlers) {
                    assertEnds(dawdler);
                }
            } finally {
                for (Socket dawdler : dawdlers) {
                    dawdler.close();
                }
            }
            patiently().untilAsserted(() -> assertThat(shipper.counters())
                    .containsEntry("closed.handshake.in", 20L)
                    .containsEntry("tls.failed.in", 20L)
                    .containsEntry("connections", 0L));
        }
        try (Shipper shipper = started(spoken, TcpLimits.DEFAULT);
                Socket good = connect(shipper, spoken)) {
            spoken.say(good, "<13>good", kafka);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Spoken.class,
            names = {"SYSLOG", "SYSLOG_OVER_TLS", "JSON", "GELF", "RELP"})
    void aFrameOverTheLimitIsCutThereAndCountedAndTheNextOneIsWhole(Spoken spoken) throws Exception {
        String large = "<13>" + "x".repeat(300_000);
        try (Shipper shipper = started(spoken, TcpLimits.DEFAULT);
                Socket socket = connect(shipper, spoken)) {
            byte[] framed = (switch (spoken.kind) {
                        case RELP -> "1 open 30 relp_version=0\ncommands=syslog\n2 syslog 300004 " + large + "\n";
                        case GELF_TCP -> large + "\0<13>next\0";
                        default -> large + "\n<13>next\n";
                    })
                    .getBytes(StandardCharsets.UTF_8);
            socket.getOutputStream().write(framed);
            patiently().until(() -> shipper.counters().get("cut.in") == 1);
            patiently().until(() -> !kafka.lines().isEmpty());
            assertThat(kafka.lines().getFirst().cut()).isEqualTo(300_004 - 128 * 1024);
            if (spoken.kind != Listener.Kind.RELP) {
                patiently().until(() -> kafka.texts("in").contains("<13>next"));
            }
            assertThat(shipper.counters()).containsEntry("connections", 1L);
        }
    }

    @Test
    void whoIsNotReadBecauseMemoryIsFullIsNotSilent() throws Exception {
        kafka.neverAcknowledges();
        try (Shipper shipper = small(Spoken.SYSLOG, new TcpLimits(100, 100, Duration.ofMillis(200), LONG));
                Socket waits = connect(shipper, Spoken.SYSLOG);
                Socket floods = connect(shipper, Spoken.SYSLOG)) {
            String line = "<13>" + "y".repeat(999) + "\n";
            Thread flood = Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < 3_000; i++) {
                        waits.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
                        floods.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            patiently().until(() -> shipper.counters().get("inflight.bytes") >= 768 * 1024);
            patiently()
                    .during(Duration.ofMillis(700))
                    .until(() -> shipper.counters().get("connections") == 2);
            patiently().until(() -> {
                kafka.acknowledgeAll();
                return shipper.counters().get("acknowledged") == 6_000;
            });
            flood.join();
            assertEnds(waits);
            assertEnds(floods);
            assertThat(shipper.counters()).containsEntry("closed.idle.in", 2L).containsEntry("received", 6_000L);
        } finally {
            kafka.acknowledgeAll();
        }
    }

    @Test
    void whoHasClosedStaysWithTheKernelWhileMemoryIsFull() throws Exception {
        byte[] line = ("<13>" + "y".repeat(999) + "\n").getBytes(StandardCharsets.US_ASCII);
        kafka.neverAcknowledges();
        try (Shipper shipper = small(Spoken.SYSLOG, TcpLimits.DEFAULT);
                Socket fills = connect(shipper, Spoken.SYSLOG)) {
            Thread fill = Thread.ofPlatform().start(() -> send(fills, line, 1_000));
            patiently().until(() -> shipper.counters().get("inflight.bytes") >= 768 * 1024);
            for (int i = 0; i < 60; i++) {
                try (Socket closes = connect(shipper, Spoken.SYSLOG)) {
                    send(closes, line, 40); // for so many the kernel has room
                }
            }
            patiently().until(() -> shipper.counters().get("connections") == 61);
            assertThat(shipper.counters().get("inflight.bytes")).isLessThan(1024 * 1024);
            patiently().until(() -> {
                kafka.acknowledgeAll();
                return shipper.counters().get("acknowledged") == 1_000 + 60 * 40;
            });
            fill.join();
        } finally {
            kafka.acknowledgeAll();
        }
    }

    private static void send(Socket socket, byte[] line, int times) {
        try {
            for (int i = 0; i < times; i++) {
                socket.getOutputStream().write(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void largeEventsOfBeatsShareTheirMemoryAndWhoFindsNoneSendsAgain() throws Exception {
        byte[] whole = BeatsClient.batch(List.of("{\"x\":\"" + "봉".repeat(340_000) + "\"}"), false);
        try (Shipper shipper = small(Spoken.BEATS, TcpLimits.DEFAULT)) {
            try (BeatsClient holds = new BeatsClient(connect(shipper, Spoken.BEATS));
                    BeatsClient comes = new BeatsClient(connect(shipper, Spoken.BEATS))) {
                holds.raw(java.util.Arrays.copyOf(whole, whole.length - 1));
                patiently().until(() -> shipper.counters().get("large.bytes") > 900_000);
                assertThatThrownBy(() -> {
                            comes.raw(whole);
                            comes.await(1);
                        })
                        .isInstanceOf(IOException.class);
                assertThat(shipper.counters()).containsEntry("closed.crowded.in", 1L);
                try (BeatsClient small = new BeatsClient(connect(shipper, Spoken.BEATS))) {
                    small.send(List.of("{\"small\":1}"), false).await(1);
                }
                holds.raw(new byte[] {'}'});
                holds.await(1);
                assertThat(shipper.counters()).containsEntry("large.bytes", 0L);
            }
            try (BeatsClient again = new BeatsClient(connect(shipper, Spoken.BEATS))) {
                again.raw(whole);
                again.await(1);
            }
            try (BeatsClient leaves = new BeatsClient(connect(shipper, Spoken.BEATS))) {
                leaves.raw(java.util.Arrays.copyOf(whole, whole.length - 1));
                patiently().until(() -> shipper.counters().get("large.bytes") > 900_000);
            }
            patiently().until(() -> shipper.counters().get("large.bytes") == 0);
            assertThat(kafka.lines()).extracting(FakeKafka.Shipped::cut).containsExactly(0, 0, 0);
            assertThat(kafka.lines())
                    .extracting(l -> l.text().length())
                    .containsExactly(11, whole.length - 16, whole.length - 16);
        }
    }

    /** At once, whether it is the handshake that notices or the first read. */
    private void assertRefused(Shipper shipper, Spoken spoken) {
        assertThatThrownBy(() -> {
                    try (Socket refused = connect(shipper, spoken)) {
                        assertEnds(refused);
                        throw new IOException("closed");
                    }
                })
                .isInstanceOf(IOException.class);
    }

    /** Whatever is said before, a word of farewell for example. */
    private static void assertEnds(Socket socket) throws IOException {
        socket.setSoTimeout(40_000);
        try {
            while (socket.getInputStream().read() >= 0) {
                // until the end
            }
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("it is still open", e);
        } catch (java.net.SocketException e) {
            assertThat(e).hasMessageContaining("reset"); // that is an end, too
        }
    }

    private Socket connect(Shipper shipper, Spoken spoken) throws IOException, GeneralSecurityException {
        return spoken.tls
                ? new Certificates(keys).connect(shipper.address("in"), "server", null)
                : new Socket(InetAddress.getLoopbackAddress(), port(shipper));
    }

    private static int port(Shipper shipper) {
        return shipper.address("in").getPort();
    }

    private Shipper started(Spoken spoken, TcpLimits limits) {
        return builder(spoken, limits).started(kafka);
    }

    /** A megabyte, and no spool: memory stays full. */
    private Shipper small(Spoken spoken, TcpLimits limits) {
        return builder(spoken, limits).memory(1024 * 1024).spool(0, LONG).started(kafka);
    }

    private ShipperBuilder builder(Spoken spoken, TcpLimits limits) {
        @Nullable Tls tls = spoken.tls ? new Certificates(keys).listener("server", null, Tls.ClientAuth.NONE) : null;
        Listener listener = new Listener(
                "in", spoken.kind, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null, null, null, tls);
        return new ShipperBuilder(directory, listener).tcp(limits);
    }
}
