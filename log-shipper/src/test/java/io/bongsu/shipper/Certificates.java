package io.bongsu.shipper;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** For tests: certificates in a folder, each signed by itself, so that it is its own CA; and senders that speak TLS with them. */
record Certificates(Path directory) {
    private static final char[] PASSWORD = "bongsu".toCharArray();

    /** {@code NAME.p12}, and from it {@code NAME.pem} and {@code NAME.key} in PKCS#8; for 127.0.0.1. */
    Certificates make(String name, String algorithm) throws IOException, GeneralSecurityException {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
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
                        name + ".p12")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        keytool.getInputStream().readAllBytes(); // until it has ended
        KeyStore store = store(name);
        pem(name + ".pem", "CERTIFICATE", store.getCertificate("k").getEncoded());
        pem(name + ".key", "PRIVATE KEY", store.getKey("k", PASSWORD).getEncoded());
        return this;
    }

    private void pem(String file, String kind, byte[] der) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(
                directory.resolve(file), "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    }

    private KeyStore store(String name) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(directory.resolve(name + ".p12"))) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    /** What a listener is told that shows the certificate {@code name}. */
    Tls listener(String name, @Nullable String clientCa, Tls.ClientAuth auth) {
        return new Tls(
                directory.resolve(name + ".pem"),
                directory.resolve(name + ".key"),
                clientCa == null ? null : directory.resolve(clientCa + ".pem"),
                auth);
    }

    /** A sender that trusts {@code server} and shows {@code client}, if any; the handshake is done. */
    SSLSocket connect(InetSocketAddress address, String server, @Nullable String client)
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
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(address.getAddress(), address.getPort());
        socket.setSoTimeout(20_000);
        socket.startHandshake();
        return socket;
    }
}
