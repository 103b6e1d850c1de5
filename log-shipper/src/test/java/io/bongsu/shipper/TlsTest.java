package io.bongsu.shipper;

import static io.bongsu.shipper.FakeKafka.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bongsu.model.Micros;
import io.bongsu.model.RawLogs;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** RFC 5425 and its like on real sockets; every certificate is signed by itself, so that it is its own CA. */
@Timeout(90)
class TlsTest {
    private static final char[] PASSWORD = "bongsu".toCharArray();

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
        return new Tls(
                directory.resolve(name + ".pem"),
                directory.resolve(name + ".key"),
                clientCa == null ? null : directory.resolve(clientCa + ".pem"),
                auth);
    }

    private Shipper started(Tls tls) {
        Listener listener = new Listener(
                "tls",
                Listener.Kind.SYSLOG_TCP,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                null,
                null,
                null,
                tls);
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
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("s", store(server).getCertificate("k"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(client == null ? null : store(client), client == null ? null : PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port(shipper));
        socket.setSoTimeout(20_000);
        socket.startHandshake();
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private void replace(String name, String by) throws IOException {
        Files.move(directory.resolve(by), directory.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private KeyStore store(String name) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(directory.resolve(name + ".p12"))) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    /** {@code NAME.p12}, and from it {@code NAME.pem} and {@code NAME.key} in PKCS#8. */
    private void make(String name, String algorithm) throws Exception {
        run(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "k",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                name + ".p12");
        KeyStore store = store(name);
        Certificate certificate = store.getCertificate("k");
        pem(name + ".pem", "CERTIFICATE", certificate.getEncoded());
        pem(name + ".key", "PRIVATE KEY", store.getKey("k", PASSWORD).getEncoded());
    }

    private void pem(String file, String kind, byte[] der) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(
                directory.resolve(file), "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
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
