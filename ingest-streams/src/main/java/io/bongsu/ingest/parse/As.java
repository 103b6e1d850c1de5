package io.bongsu.ingest.parse;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a text becomes on its way into a field. Null when it cannot: the field is then not set, the text stays in the line. */
enum As {
    /** as it is */
    TEXT,
    /** a whole number, with a sign, of at most 18 digits */
    INT,
    /** a decimal number */
    FLOAT,
    /** a number in base 16, with or without 0x */
    HEX,
    /** true, yes, 1 and their opposites */
    BOOL,
    /** an IP address in its one spelling */
    IP,
    /** 0 to 65535 */
    PORT,
    /** 00-00-5E-00-53-23, as ECS wants it */
    MAC,
    /** in lower case */
    LOWER,
    /** in upper case */
    UPPER,
    /** percent signs decoded */
    URL,
    /** H:MM:SS or seconds, as nanoseconds */
    HMS,
    /** seconds, perhaps with a fraction, as nanoseconds */
    SECONDS,
    /** milliseconds as nanoseconds */
    MILLIS;

    @Nullable
    Object of(Object value) {
        return switch (value) {
            case String text -> text(text);
            case List<?> list -> {
                List<Object> all = new ArrayList<>(list.size());
                for (Object item : list) {
                    Object one = of(item);
                    if (one == null) {
                        yield null;
                    }
                    all.add(one);
                }
                yield all;
            }
            case Long number when this == INT || this == PORT && number >= 0 && number <= 65_535 -> value;
            case Double number when this == FLOAT -> value;
            case Boolean yes when this == BOOL -> value;
            default -> text(value.toString());
        };
    }

    private @Nullable Object text(String text) {
        return switch (this) {
            case TEXT -> text;
            case INT -> integer(text);
            case FLOAT -> decimal(text);
            case HEX -> hex(text);
            case BOOL ->
                switch (text.toLowerCase(Locale.ROOT)) {
                    case "true", "yes", "1" -> true;
                    case "false", "no", "0" -> false;
                    default -> null;
                };
            case IP -> Ip.normal(text);
            case PORT -> integer(text) instanceof Long port && port >= 0 && port <= 65_535 ? port : null;
            case MAC -> mac(text);
            case LOWER -> text.toLowerCase(Locale.ROOT);
            case UPPER -> text.toUpperCase(Locale.ROOT);
            case URL -> percentDecoded(text);
            case HMS -> hms(text);
            case SECONDS ->
                decimal(text) instanceof Double d && Math.abs(d) < 9e9 ? (Object) Math.round(d * 1e9) : null;
            case MILLIS ->
                decimal(text) instanceof Double d && Math.abs(d) < 9e12 ? (Object) Math.round(d * 1e6) : null;
        };
    }

    /** Whether it makes numbers. */
    boolean number() {
        return switch (this) {
            case INT, FLOAT, HEX, PORT, HMS, SECONDS, MILLIS -> true;
            case TEXT, BOOL, IP, MAC, LOWER, UPPER, URL -> false;
        };
    }

    static @Nullable As named(String name) {
        for (As as : values()) {
            if (as.name().toLowerCase(Locale.ROOT).equals(name)) {
                return as;
            }
        }
        return name.equals("long") ? INT : null;
    }

    /** What ECS says about the field; text for one that it does not know. */
    static As field(String name) {
        return switch (Ecs.type(name)) {
            case "long" -> name.endsWith(".port") ? PORT : INT;
            case "double" -> FLOAT;
            case "boolean" -> BOOL;
            case "ip" -> IP;
            default -> TEXT;
        };
    }

    static @Nullable Long integer(String text) {
        int length = text.length();
        int first = length > 0 && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
        if (length == first || length - first > 18) {
            return null;
        }
        long value = 0;
        for (int i = first; i < length; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return null;
            }
            value = value * 10 + c - '0';
        }
        return text.charAt(0) == '-' ? -value : value;
    }

    static @Nullable Double decimal(String text) {
        if (text.isEmpty() || text.length() > 40) {
            return null;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean sign = (c == '-' || c == '+') && (i == 0 || text.charAt(i - 1) == 'e' || text.charAt(i - 1) == 'E');
            if (!(c >= '0' && c <= '9' || c == '.' || sign || (c == 'e' || c == 'E') && i > 0)) {
                return null;
            }
        }
        try {
            double value = Double.parseDouble(text);
            return Double.isFinite(value) ? value : null;
        } catch (NumberFormatException twoPoints) {
            return null;
        }
    }

    static @Nullable Long hex(String text) {
        int from = text.startsWith("0x") || text.startsWith("0X") ? 2 : 0;
        if (text.length() == from || text.length() - from > 16) {
            return null;
        }
        long value = 0;
        for (int i = from; i < text.length(); i++) {
            int digit = digit(text.charAt(i));
            if (digit < 0) {
                return null;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /** The value of a hexadecimal digit, or -1. */
    static int digit(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }

    private static @Nullable String mac(String text) {
        StringBuilder digits = new StringBuilder(24);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (digit(c) >= 0) {
                digits.append(Character.toUpperCase(c));
            } else if (c != ':' && c != '-' && c != '.') {
                return null;
            }
        }
        if (digits.length() != 12 && digits.length() != 16) {
            return null;
        }
        for (int i = digits.length() - 2; i > 0; i -= 2) {
            digits.insert(i, '-');
        }
        return digits.toString();
    }

    private static @Nullable Object hms(String text) {
        long total = 0;
        int from = 0;
        for (int part = 0; part < 4; part++) {
            int colon = text.indexOf(':', from);
            boolean last = colon < 0;
            Double value = decimal(last ? text.substring(from) : text.substring(from, colon));
            if (value == null || value < 0 || value > 1e9) {
                return null;
            }
            total = total * 60 + (last ? 0 : Math.round(value));
            if (last) {
                return total * 1_000_000_000L + Math.round(value * 1e9);
            }
            from = colon + 1;
        }
        return null;
    }

    /** {@code %41} becomes a letter; the bytes are then read as a line's are. A broken escape stays as it is. */
    static String percentDecoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] in = text.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[in.length];
        int n = 0;
        for (int i = 0; i < in.length; i++) {
            int high = in[i] == '%' && i + 2 < in.length ? digit((char) (in[i + 1] & 0xFF)) : -1;
            int low = high < 0 ? -1 : digit((char) (in[i + 2] & 0xFF));
            if (low >= 0) {
                out[n++] = (byte) (high << 4 | low);
                i += 2;
            } else {
                out[n++] = in[i];
            }
        }
        return Text.decode(java.util.Arrays.copyOf(out, n), null);
    }
}
