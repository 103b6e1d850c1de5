package io.bongsu.shipper;

import static io.bongsu.shipper.FakeKafka.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bongsu.model.Micros;
import io.bongsu.model.RawLogs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** RFC 5425 and its like on real sockets; every certificate is signed by itself, so that it is its own CA. */
@Timeout(90)
class TlsTest {
    @TempDir
    static Path made;

    @TempDir
    Path directory;

    private final FakeKafka kafka = new FakeKafka();

    @Test
    void framesOfBothKindsOverTls() throws Exception {
        make("server", "EC");
        try (Shipper shipper = started(tls("server", null, Tls.ClientAuth.NONE));
                SSLSocket socket = connect(shipper, "server", null)) {
            write(socket, "<13>one\n9 <13>t\nwo3<13>체크\n");
            patiently().until(() -> kafka.texts("tls").size() == 3);
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
            assertThat(shipper.counters().get("tls.expires.tls"))
                    .isBetween(Instant.now().getEpochSecond(), Instant.now().getEpochSecond() + 3 * 86_400);
        }
    }

    @Test
    void theSubjectOfASenderIsPartOfItsIdentity() throws Exception {
        make("server", "RSA");
        make("sender", "EC");
        try (Shipper shipper = started(tls("server", "sender", Tls.ClientAuth.OPTIONAL))) {
            try (SSLSocket known = connect(shipper, "server", "sender");
                    SSLSocket unknown = connect(shipper, "server", null)) {
                write(known, "<13>known\n");
                write(unknown, "<13>unknown\n");
                patiently().until(() -> kafka.texts("tls").size() == 2);
            }
        }
        assertThat(kafka.records())
                .extracting(RawLogs::getSource, RawLogs::getAddress, RawLogs::getFields)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(
                                "tls/127.0.0.1/CN=sender", "127.0.0.1", Map.of("tls.client.subject", "CN=sender")),
                        org.assertj.core.groups.Tuple.tuple("tls/127.0.0.1", "127.0.0.1", Map.of()));
    }

    @Test
    void whoIsNotTrustedIsRefusedAndCountedAndHarmsNobody() throws Exception {
        make("server", "EC");
        make("sender", "EC");
        make("stranger", "EC");
        try (Shipper shipper = started(tls("server", "sender", Tls.ClientAuth.REQUIRED))) {
            for (int i = 0; i < 20; i++) {
                try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port(shipper))) {
                    plain.getOutputStream().write("<13>no TLS at all\n".getBytes(StandardCharsets.US_ASCII));
                    while (plain.getInputStream().read() >= 0) {
                        // an alert, then the end
                    }
                }
            }
            assertRefused(shipper, null);
            assertRefused(shipper, "stranger");
            patiently().until(() -> shipper.counters().get("tls.failed.tls") == 22);
            try (SSLSocket good = connect(shipper, "server", "sender")) {
                write(good, "<13>good\n");
                patiently().until(() -> kafka.texts("tls").size() == 1);
            }
            assertThat(kafka.texts("tls")).containsExactly("<13>good");
            patiently().until(() -> shipper.counters().get("connections") == 0);
        }
    }

    @Test
    void relpAnswersWhoShowsACertificateAndKnowsWhoItWas() throws Exception {
        make("server", "EC");
        make("sender", "EC");
        make("stranger", "EC");
        try (Shipper shipper = started(Listener.Kind.RELP, tls("server", "sender", Tls.ClientAuth.REQUIRED));
                RelpClient relp = new RelpClient(connect(shipper, "server", "sender")).open()) {
            assertRefused(shipper, null);
            assertRefused(shipper, "stranger");
            for (int i = 0; i < 500; i++) {
                relp.send("syslog", "<13>line " + i + " 봉수");
            }
            for (int i = 0; i < 500; i++) {
                assertThat(relp.answer().ok()).isTrue();
            }
            assertFromSender("<13>line 499 봉수", 500);
        }
    }

    @Test
    void beatsAreAnsweredWhoShowACertificateAndWeKnowWhoTheyWere() throws Exception {
        make("server", "RSA");
        make("sender", "RSA");
        make("stranger", "EC");
        try (Shipper shipper = started(Listener.Kind.BEATS, tls("server", "sender", Tls.ClientAuth.REQUIRED));
                BeatsClient beat = new BeatsClient(connect(shipper, "server", "sender"))) {
            assertRefused(shipper, null);
            assertRefused(shipper, "stranger");
            List<String> events = IntStream.range(0, 500)
                    .mapToObj(i -> "{\"event\":" + i + ",\"x\":\"" + "봉".repeat(200) + "\"}")
                    .toList();
            beat.send(events, true).send(events, false);
            beat.await(500);
            beat.await(500);
            assertFromSender(events.getLast(), 1_000);
        }
    }

    private void assertFromSender(String last, int lines) {
        assertThat(kafka.texts("tls"))
                .hasSize(lines)
                .last()
                .isEqualTo(new String(last.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
        assertThat(kafka.records()).allSatisfy(record -> {
            assertThat(record.getSource()).isEqualTo("tls/127.0.0.1/CN=sender");
            assertThat(record.getFields()).isEqualTo(Map.of("tls.client.subject", "CN=sender"));
        });
    }

    @Test
    void changedFilesCountForNewConnectionsAndOpenOnesStay() throws Exception {
        make("server", "EC");
        make("next", "EC");
        try (Shipper shipper = started(tls("server", null, Tls.ClientAuth.NONE));
                SSLSocket before = connect(shipper, "server", null)) {
            write(before, "<13>1\n");
            Files.copy(directory.resolve("next.pem"), directory.resolve("new.pem"));
            replace("server.key", "next.key");
            replace("server.pem", "new.pem");
            patiently().ignoreExceptions().untilAsserted(() -> {
                try (SSLSocket after = connect(shipper, "next", null)) {
                    write(after, "<13>2\n");
                }
            });
            Files.writeString(directory.resolve("server.pem"), "broken");
            patiently().pollDelay(java.time.Duration.ofMillis(1_100)).untilAsserted(() -> {
                try (SSLSocket still = connect(shipper, "next", null)) {
                    write(still, "<13>3\n");
                }
            });
            write(before, "<13>4\n");
            patiently().until(() -> kafka.texts("tls").containsAll(List.of("<13>1", "<13>2", "<13>3", "<13>4")));
        }
    }

    @Test
    void opensslSpeaksWithItAndItsOldKeyFormatsAreRead() throws Exception {
        assumeTrue(openssl("version") == 0, "there is no openssl here");
        make("rsa", "RSA");
        make("ec", "EC");
        assertThat(openssl("rsa", "-in", "rsa.key", "-traditional", "-out", "rsa1.key"))
                .isZero();
        assertThat(openssl("ec", "-in", "ec.key", "-out", "ec1.key")).isZero();
        for (String name : List.of("rsa", "ec")) {
            Files.copy(directory.resolve(name + ".pem"), directory.resolve(name + "1.pem"));
            assertThat(Files.readString(directory.resolve(name + "1.key")))
                    .contains(name.toUpperCase(java.util.Locale.ROOT) + " PRIVATE KEY");
            try (Shipper shipper = started(tls(name + "1", null, Tls.ClientAuth.NONE))) {
                Files.writeString(directory.resolve("in"), "<13>by openssl, with " + name + "\n");
                Process client = new ProcessBuilder(
                                "openssl",
                                "s_client",
                                "-connect",
                                "127.0.0.1:" + port(shipper),
                                "-CAfile",
                                name + ".pem",
                                "-verify_return_error",
                                "-tls1_2",
                                "-quiet",
                                "-no_ign_eof")
                        .directory(directory.toFile())
                        .redirectInput(directory.resolve("in").toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("out").toFile())
                        .start();
                assertThat(client.waitFor()).isZero();
                patiently().until(() -> kafka.texts("tls").contains("<13>by openssl, with " + name));
            }
        }
    }

    @Test
    void opensslSpeaksRelpWithACertificateAndIsAnswered() throws Exception {
        assumeTrue(openssl("version") == 0, "there is no openssl here");
        make("server", "RSA");
        make("sender", "RSA");
        Files.writeString(
                directory.resolve("in"),
                "1 open 30 relp_version=0\ncommands=syslog\n2 syslog 10 <13>openss\n3 close 0\n");
        try (Shipper shipper = started(Listener.Kind.RELP, tls("server", "sender", Tls.ClientAuth.REQUIRED))) {
            Process client = new ProcessBuilder(
                            "openssl",
                            "s_client",
                            "-connect",
                            "127.0.0.1:" + port(shipper),
                            "-CAfile",
                            "server.pem",
                            "-cert",
                            "sender.pem",
                            "-key",
                            "sender.key",
                            "-verify_return_error",
                            "-quiet")
                    .directory(directory.toFile())
                    .redirectInput(directory.resolve("in").toFile())
                    .redirectOutput(directory.resolve("out").toFile())
                    .redirectError(directory.resolve("err").toFile())
                    .start();
            assertThat(client.waitFor()).isZero();
            assertThat(Files.readString(directory.resolve("out")))
                    .endsWith("2 rsp 6 200 OK\n3 rsp 6 200 OK\n0 serverclose 0\n");
            assertFromSender("<13>openss", 1);
        }
    }

    @Test
    void whatIsWrongWithTheFilesIsSaid() throws Exception {
        make("server", "EC");
        make("other", "EC");
        Files.writeString(directory.resolve("empty.key"), "nothing");
        Files.writeString(
                directory.resolve("secret.key"),
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
        Files.writeString(
                directory.resolve("bad.key"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertFails("server.pem", "empty.key", "no private key in");
        assertFails("server.pem", "secret.key", "is encrypted; write it without a passphrase");
        assertFails("server.pem", "bad.key", "is broken; copy it again");
        assertFails("server.pem", "other.key", "is not that of the certificate in");
        assertFails("empty.key", "server.key", "certificate");
    }

    private void assertFails(String certificate, String key, String why) {
        Tls tls = new Tls(directory.resolve(certificate), directory.resolve(key), null, Tls.ClientAuth.NONE);
        assertThatThrownBy(() -> started(tls))
                .isInstanceOf(ShipperException.class)
                .hasMessageContainingAll("listener 'tls'", why);
    }

    /** In TLS 1.3 a client learns of it when it reads. */
    private void assertRefused(Shipper shipper, String client) throws Exception {
        assertThatThrownBy(() -> {
                    try (SSLSocket socket = connect(shipper, "server", client)) {
                        write(socket, "<13>refused\n");
                        socket.getInputStream().read();
                        throw new IOException("closed");
                    }
                })
                .isInstanceOf(IOException.class);
    }

    private Tls tls(String name, String clientCa, Tls.ClientAuth auth) {
        return certificates().listener(name, clientCa, auth);
    }

    private Shipper started(Tls tls) {
        return started(Listener.Kind.SYSLOG_TCP, tls);
    }

    private Shipper started(Listener.Kind kind, Tls tls) {
        Listener listener = new Listener(
                "tls", kind, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null, null, null, tls);
        Shipper shipper = new Shipper(
                ShipperConfig.of(
                        directory.resolve("shipper"), List.of(listener), Map.of("bootstrap.servers", "fake:1")),
                kafka,
                Micros::now);
        shipper.start();
        return shipper;
    }

    private static int port(Shipper shipper) {
        return shipper.address("tls").getPort();
    }

    private SSLSocket connect(Shipper shipper, String server, String client)
            throws GeneralSecurityException, IOException {
        return certificates().connect(shipper.address("tls"), server, client);
    }

    private Certificates certificates() {
        return new Certificates(directory);
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private void replace(String name, String by) throws IOException {
        Files.move(directory.resolve(by), directory.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private void make(String name, String algorithm) throws GeneralSecurityException, IOException {
        Path ours = made.resolve(algorithm); // keytool is slow: each is made once
        if (!Files.exists(ours.resolve(name + ".p12"))) {
            new Certificates(Files.createDirectories(ours)).make(name, algorithm);
        }
        for (String file : List.of(name + ".p12", name + ".pem", name + ".key")) {
            Files.copy(ours.resolve(file), directory.resolve(file));
        }
    }

    private int openssl(String... arguments) throws InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        try {
            return run(command.toArray(String[]::new));
        } catch (IOException e) {
            return -1;
        }
    }

    private int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        process.getInputStream().readAllBytes();
        return process.waitFor();
    }
}
