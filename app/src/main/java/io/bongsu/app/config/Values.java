package io.bongsu.app.config;

import io.bongsu.app.config.Config.HostPort;
import io.bongsu.app.config.Config.Type;
import io.bongsu.rules.syntax.Similar;
import io.bongsu.shipper.FileInput;
import io.bongsu.shipper.Tls;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The kinds of values in bongsu.yml: each reads the text of a scalar, or says what is wrong with it and what would be right. */
final class Values {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})(b|k|kb|kib|m|mb|mib|g|gb|gib)?");
    private static final Pattern HOST_PORT =
            Pattern.compile("(?:\\[([0-9a-fA-F:.%]+)\\]|([^:\\[\\]\\s,]+)):([0-9]{1,9})");

    private Values() {}

    @FunctionalInterface
    interface Kind<T> {
        T read(String text) throws Wrong;
    }

    /** A value that is not of its kind. */
    static final class Wrong extends Exception {
        private static final long serialVersionUID = 1;

        final String fix;

        Wrong(String message, String fix) {
            super(message);
            this.fix = fix;
        }
    }

    /** What a kind takes: it says so itself, when it is given nonsense. */
    static <T> String takes(Kind<T> kind) {
        try {
            kind.read("\u0000");
            return "text";
        } catch (Wrong e) {
            return e.fix.replaceFirst("^write ", "");
        }
    }

    static String text(String text) throws Wrong {
        if (text.isBlank()) {
            throw new Wrong("empty value", "write a value, or leave the key out for the default");
        }
        return text;
    }

    static Duration duration(String text) throws Wrong {
        Matcher m = DURATION.matcher(text);
        if (!m.matches()) {
            throw new Wrong(
                    "'" + text + "' is not a duration", "write a whole number and a unit: 500ms, 30s, 5m, 12h or 7d");
        }
        long n = Long.parseLong(m.group(1));
        return switch (m.group(2)) {
            case "ms" -> Duration.ofMillis(n);
            case "s" -> Duration.ofSeconds(n);
            case "m" -> Duration.ofMinutes(n);
            case "h" -> Duration.ofHours(n);
            default -> Duration.ofDays(n);
        };
    }

    static Kind<Duration> duration(Duration least, Duration most) {
        return text -> {
            Duration duration = duration(text);
            if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
                throw new Wrong(
                        "'" + text + "' is out of range",
                        "write a duration from " + least.toHours() + "h to " + most.toDays() + "d");
            }
            return duration;
        };
    }

    static Kind<Duration> shortTime(Duration least, Duration most) {
        return text -> {
            Duration duration = duration(text);
            if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
                throw new Wrong(
                        "'" + text + "' is out of range",
                        "write a duration from " + least.toMillis() + "ms to " + most.toSeconds() + "s");
            }
            return duration;
        };
    }

    static Kind<Integer> number(int least, int most) {
        return text -> {
            if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) < least || Integer.parseInt(text) > most) {
                throw new Wrong("'" + text + "' is out of range", "write a number from " + least + " to " + most);
            }
            return Integer.parseInt(text);
        };
    }

    static boolean yes(String text) throws Wrong {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new Wrong("'" + text + "' is neither true nor false", "write true or false");
        };
    }

    /** How a password is proved to Kafka, by Kafka's name for it. */
    static String mechanism(String text) throws Wrong {
        return switch (text) {
            case "scram-sha-512", "scram-sha-256", "plain" -> text.toUpperCase(Locale.ROOT);
            default ->
                throw new Wrong("unknown mechanism '" + text + "'", "write scram-sha-512, scram-sha-256 or plain");
        };
    }

    /** A number, or "default": 0. */
    static int replication(String text) throws Wrong {
        return wordOr("default", 0, number(1, 100), text);
    }

    /** A number, or "auto": one per CPU core. */
    static int threads(String text) throws Wrong {
        return wordOr("auto", Runtime.getRuntime().availableProcessors(), number(1, 1_000), text);
    }

    private static int wordOr(String word, int meaning, Kind<Integer> kind, String text) throws Wrong {
        try {
            return text.equals(word) ? meaning : kind.read(text);
        } catch (Wrong e) {
            throw new Wrong(String.valueOf(e.getMessage()), e.fix.replaceFirst("^write ", "write " + word + ", or "));
        }
    }

    /** Bytes. k, m and g are powers of 1024, as Java's own -Xmx has it. */
    static long size(String text) throws Wrong {
        Matcher m = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        if (!m.matches()) {
            throw new Wrong("'" + text + "' is not a size", "write a whole number and a unit: 64KiB, 512m or 2g");
        }
        long n = Long.parseLong(m.group(1));
        return switch (m.group(2) == null ? "b" : m.group(2).substring(0, 1)) {
            case "k" -> n << 10;
            case "m" -> n << 20;
            case "g" -> n << 30;
            default -> n;
        };
    }

    static Kind<Long> size(long least, long most) {
        return text -> {
            long size = size(text);
            if (size < least || size > most) {
                throw new Wrong(
                        "'" + text + "' is out of range", "write a size from " + size(least) + " to " + size(most));
            }
            return size;
        };
    }

    /** Of the spool; 0 is none. */
    static long spool(String text) throws Wrong {
        return size(text) == 0 ? 0 : size(16L << 20, 1L << 42).read(text);
    }

    static String size(long bytes) {
        return bytes % (1L << 30) == 0
                ? (bytes >> 30) + "g"
                : bytes % (1L << 20) == 0
                        ? (bytes >> 20) + "m"
                        : bytes % (1L << 10) == 0 ? (bytes >> 10) + "KiB" : bytes + "b";
    }

    /** Port of a server of ours; 0 is any free one. */
    static int port(String text) throws Wrong {
        if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) > 65_535) {
            throw new Wrong("'" + text + "' is not a port", "write a number from 1 to 65535 (0: any free one)");
        }
        return Integer.parseInt(text);
    }

    /** A number, or "auto": one per CPU core. */
    static int partitions(String text) throws Wrong {
        if (text.equals("auto")) {
            return Runtime.getRuntime().availableProcessors();
        }
        if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > 10_000) {
            throw new Wrong("'" + text + "' is not a number of partitions", "write auto, or a number from 1 to 10000");
        }
        return Integer.parseInt(text);
    }

    static int connections(String text) throws Wrong {
        if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > 1_000_000) {
            throw new Wrong("'" + text + "' is not a number of connections", "write a number from 1 to 1000000");
        }
        return Integer.parseInt(text);
    }

    static HostPort bind(String text) throws Wrong {
        Matcher m = HOST_PORT.matcher(text);
        if (!m.matches()) {
            throw new Wrong(
                    "'" + text + "' is not an address and a port", "write for example 0.0.0.0:5514 or [::]:5514");
        }
        return new HostPort(m.group(1) != null ? m.group(1) : m.group(2), port(m.group(3)));
    }

    /** "embedded" (empty), or a list of servers. */
    static Optional<String> bootstrap(String text) throws Wrong {
        if (text.equals("embedded")) {
            return Optional.empty();
        }
        for (String server : text.split(",", -1)) {
            if (!HOST_PORT.matcher(server.strip()).matches()) {
                throw new Wrong("'" + server + "' is not a Kafka server", "write embedded, or host:port[,host:port]");
            }
        }
        return Optional.of(text);
    }

    /** "embedded" (empty), or a URL. */
    static Optional<URI> url(String text) throws Wrong {
        if (text.equals("embedded")) {
            return Optional.empty();
        }
        try {
            URI uri = new URI(text);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return Optional.of(uri);
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw new Wrong("not the URL of an Elasticsearch", "write embedded, or for example http://es.example.org:9200");
    }

    /** "none" (empty), or a URL. */
    static Optional<URI> kibana(String text) throws Wrong {
        if (text.equals("none")) {
            return Optional.empty();
        }
        try {
            return url(text);
        } catch (Wrong e) {
            throw new Wrong("not the URL of a Kibana", "write none, or for example https://kibana.example.org:5601");
        }
    }

    static Type type(String text) throws Wrong {
        for (Type type : Type.values()) {
            if (name(type).equals(text)) {
                return type;
            }
        }
        String known = Arrays.stream(Type.values()).map(Values::name).collect(Collectors.joining(", "));
        throw new Wrong(
                "unknown type '" + text + "'"
                        + didYouMean(
                                text,
                                Arrays.stream(Type.values()).map(Values::name).toList()),
                "write one of " + known);
    }

    static FileInput.Start start(String text) throws Wrong {
        return switch (text) {
            case "beginning" -> FileInput.Start.BEGINNING;
            case "end" -> FileInput.Start.END;
            default -> throw new Wrong("'" + text + "' is no place to start", "write beginning or end");
        };
    }

    static Tls.ClientAuth clientAuth(String text) throws Wrong {
        return switch (text) {
            case "none" -> Tls.ClientAuth.NONE;
            case "optional" -> Tls.ClientAuth.OPTIONAL;
            case "required" -> Tls.ClientAuth.REQUIRED;
            default -> throw new Wrong("unknown client_auth '" + text + "'", "write none, optional or required");
        };
    }

    static FileInput.Format format(String text) throws Wrong {
        return switch (text) {
            case "plain" -> FileInput.Format.PLAIN;
            case "cri" -> FileInput.Format.CRI;
            default -> throw new Wrong("unknown format '" + text + "'", "write plain, or cri for /var/log/pods");
        };
    }

    private static String name(Type type) {
        return type.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String charset(String text) throws Wrong {
        try {
            return Charset.forName(text.equalsIgnoreCase("CP949") ? "x-windows-949" : text)
                    .name();
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new Wrong("unknown charset '" + text + "'", "write for example UTF-8, CP949 or windows-1252");
        }
    }

    static ZoneId zone(String text) throws Wrong {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new Wrong("unknown time zone '" + text + "'", "write for example Asia/Seoul, UTC or +09:00");
        }
    }

    /** {@code ; did you mean 'x'?} when a known word is near; otherwise empty. */
    static String didYouMean(String word, Collection<String> known) {
        String meant = Similar.didYouMean(word, known, "");
        return meant.isEmpty() ? "" : "; " + meant;
    }
}
