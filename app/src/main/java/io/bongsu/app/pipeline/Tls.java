package io.bongsu.app.pipeline;

import io.bongsu.app.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Whom we believe to be the server. There is no way to believe everybody. */
final class Tls {
    private Tls() {}

    /** @param ca PEM of one or more certificates; null: those of Java */
    static SSLContext trusting(@Nullable Path ca) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, ca == null ? null : trust(ca).getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new Fault(
                    "the CA " + ca + " cannot be used: " + e.getMessage(), "name a PEM file with certificates", e);
        }
    }

    private static TrustManagerFactory trust(Path ca) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int n = 0;
        try (InputStream in = Files.newInputStream(ca)) {
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca-" + n++, certificate);
            }
        }
        if (n == 0) {
            throw new IOException("no certificate in it");
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }
}
