package io.bongsu.shipper;

import java.net.InetSocketAddress;
import java.nio.charset.Charset;
import java.time.DateTimeException;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * A port that senders use, and what its lines have in common.
 *
 * @param name unique; the first part of each source identity, so it must not change: letters, digits, {@code - _ .}
 * @param bind port 0: any free one, see {@link Shipper#address}
 * @param tag source tag that parsers may ask for
 * @param charset hint for lines that are not UTF-8
 * @param zone of stamps that name none, for example Asia/Seoul
 * @param tls null: without
 */
public record Listener(
        String name,
        Kind kind,
        InetSocketAddress bind,
        @Nullable String tag,
        @Nullable String charset,
        @Nullable String zone,
        @Nullable Tls tls) {
    /** Without TLS. */
    public Listener(
            String name,
            Kind kind,
            InetSocketAddress bind,
            @Nullable String tag,
            @Nullable String charset,
            @Nullable String zone) {
        this(name, kind, bind, tag, charset, zone, null);
    }

    /** What is spoken on the port. */
    public enum Kind {
        /** RFC 5426: a datagram is a line. */
        SYSLOG_UDP,
        /** RFC 6587: line feeds and octet counts, told apart frame by frame. */
        SYSLOG_TCP,
        /** JSON texts, one per line. */
        JSON_TCP,
        /** GELF, a datagram each or in chunks, perhaps packed. */
        GELF_UDP,
        /** GELF texts that end with NUL. */
        GELF_TCP,
        /** RELP over TCP: a line is answered when it is durable. */
        RELP,
        /** Lumberjack version 2 over TCP: a batch is answered when it is durable. */
        BEATS;

        boolean datagrams() {
            return this == SYSLOG_UDP || this == GELF_UDP;
        }
    }

    /** @throws IllegalArgumentException saying which value is wrong and what is expected */
    public Listener {
        check("listener", name, charset, zone);
        if (tls != null && kind.datagrams()) {
            throw new IllegalArgumentException("listener '" + name + "': TLS needs TCP");
        }
        if (bind.isUnresolved()) {
            throw new IllegalArgumentException("listener '" + name + "': unknown host '" + bind.getHostString()
                    + "'; bind to an address of this machine, or to 0.0.0.0 for all");
        }
    }

    /** What every kind of input declares. */
    static void check(String what, String name, @Nullable String charset, @Nullable String zone) {
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException(
                    what + " name '" + name + "': expected 1 to 64 letters, digits, '-', '_' or '.'");
        }
        if (charset != null && !knownCharset(charset)) {
            throw new IllegalArgumentException(what + " '" + name + "': unknown charset '" + charset
                    + "'; use a name such as UTF-8, MS949 or windows-1252");
        }
        if (zone != null && !knownZone(zone)) {
            throw new IllegalArgumentException(what + " '" + name + "': unknown time zone '" + zone
                    + "'; use a name such as Asia/Seoul or +09:00");
        }
    }

    private static boolean knownCharset(String name) {
        try {
            return Charset.isSupported(name);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean knownZone(String name) {
        try {
            ZoneId.of(name);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }
}
