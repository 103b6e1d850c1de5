package io.bongsu.shipper;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a TCP listener proves who it is, and asks who the sender is (RFC 5425 for syslog). The files are PEM and are read
 * again when they change; connections that are open stay.
 *
 * @param certificate ours first, then those that signed it
 * @param key PKCS#8, PKCS#1 (RSA) or SEC 1 (EC), not encrypted
 * @param clientCa whose certificates senders may show; null: none
 */
public record Tls(Path certificate, Path key, @Nullable Path clientCa, ClientAuth clientAuth) {
    /** Whether a sender has to show a certificate. */
    public enum ClientAuth {
        NONE,
        /** It may; one that is not signed by the CA is refused. */
        OPTIONAL,
        REQUIRED
    }

    /** @throws IllegalArgumentException a certificate is asked for and there is no CA to hold it against */
    public Tls {
        if (clientAuth != ClientAuth.NONE && clientCa == null) {
            throw new IllegalArgumentException("tls: client certificates are asked for without a client CA; name one");
        }
    }
}
