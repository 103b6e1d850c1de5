package io.bongsu.shipper.source;

import io.bongsu.shipper.Tls;
import io.bongsu.shipper.handoff.Ledger;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS 1.2 and 1.3 of one listener, from PEM files. They are looked at again at most once a second, when somebody connects
 * or asks when the certificate expires. Changed ones count for new connections; broken ones are reported, and those
 * before stay in force. Thread-safe.
 */
public final class TlsFiles {
    private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);
    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    private final String listener;
    private final Tls tls;
    private final AtomicLong failed = new AtomicLong();
    private volatile Loaded loaded;
    private String seen;
    private long looked;

    private record Loaded(SslContext context, long expires) {}

    /** @throws IOException a file cannot be used; the message says which and what to do */
    public TlsFiles(String listener, Tls tls, Ledger ledger) throws IOException {
        this.listener = listener;
        this.tls = tls;
        this.seen = stamps(tls);
        this.loaded = load(tls);
        this.looked = System.nanoTime();
        ledger.gauge("tls.expires." + listener, () -> current().expires());
        ledger.gauge("tls.failed." + listener, failed::get);
    }

    /**
     * Until when the certificate is good.
     *
     * @throws IOException a file cannot be used; the message says which and what to do
     */
    public static Instant expires(Tls tls) throws IOException {
        return Instant.ofEpochSecond(load(tls).expires());
    }

    /** For a new connection, whose handshake fails after that time. */
    SslHandler handler(ByteBufAllocator allocator, Duration deadline) {
        SslHandler handler = current().context().newHandler(allocator);
        handler.setHandshakeTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS);
        return handler;
    }

    /** A handshake that came to nothing: no TLS, no common version, no certificate that we trust, too slow. */
    void failed(Throwable why) {
        long count = failed.incrementAndGet();
        if (Long.bitCount(count) == 1) { // the first, and again whenever there are twice as many
            LOG.atWarn()
                    .addKeyValue("listener", listener)
                    .addKeyValue("failed", count)
                    .addKeyValue("reason", why.toString())
                    .log("A TLS handshake failed; the sender has to speak TLS 1.2 or newer, trust our certificate and,"
                            + " where we ask for it, show one that client_ca signed");
        }
    }

    private synchronized Loaded current() {
        long now = System.nanoTime();
        if (now - looked >= LOOK_NANOS) {
            looked = now;
            String stamps = stamps(tls);
            if (!stamps.equals(seen)) {
                seen = stamps;
                try {
                    loaded = load(tls);
                    LOG.atInfo()
                            .addKeyValue("listener", listener)
                            .addKeyValue("expires", Instant.ofEpochSecond(loaded.expires()))
                            .log("The certificate was read again");
                } catch (IOException e) {
                    LOG.atError()
                            .addKeyValue("listener", listener)
                            .addKeyValue("reason", e.getMessage())
                            .log("The changed TLS files cannot be used; the ones before stay in force. Mend them");
                }
            }
        }
        return loaded;
    }

    /** What changes when a file does, or the link that leads to it. */
    private static String stamps(Tls tls) {
        StringBuilder stamps = new StringBuilder();
        Stream.of(tls.certificate(), tls.key(), tls.clientCa()).forEach(file -> {
            try {
                if (file != null) {
                    stamps.append(file.toRealPath()).append(Files.size(file)).append(Files.getLastModifiedTime(file));
                }
            } catch (IOException e) {
                stamps.append(e);
            }
        });
        return stamps.toString();
    }

    private static Loaded load(Tls tls) throws IOException {
        X509Certificate[] chain = certificates(tls.certificate());
        PrivateKey key = PemKey.read(tls.key());
        if (!belongs(key, chain[0])) {
            throw new IOException("the key in " + tls.key() + " is not that of the certificate in " + tls.certificate()
                    + "; the first certificate there has to be ours");
        }
        SslContextBuilder builder = SslContextBuilder.forServer(key, chain)
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                .clientAuth(
                        switch (tls.clientAuth()) {
                            case NONE -> ClientAuth.NONE;
                            case OPTIONAL -> ClientAuth.OPTIONAL;
                            case REQUIRED -> ClientAuth.REQUIRE;
                        });
        Path ca = tls.clientCa();
        if (ca != null) {
            builder.trustManager(certificates(ca));
        }
        return new Loaded(builder.build(), chain[0].getNotAfter().toInstant().getEpochSecond());
    }

    private static X509Certificate[] certificates(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            X509Certificate[] all = CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toArray(X509Certificate[]::new);
            if (all.length > 0) {
                return all;
            }
        } catch (CertificateException e) {
            throw new IOException(
                    file + " holds no certificate that can be read: " + e.getMessage() + "; name a PEM file", e);
        }
        throw new IOException(file + " holds no certificate; name a PEM file that begins with ours");
    }

    /** By a signature: what one signs the other verifies. */
    private static boolean belongs(PrivateKey key, X509Certificate certificate) {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** The subject of the sender's certificate; null: it showed none. */
    static @Nullable String subject(SslHandler handler) {
        try {
            return handler.engine().getSession().getPeerPrincipal().getName();
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }
}
