package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a time is written: the forms that {@link Stamp} knows, a count since 1970, or a pattern. */
sealed interface DateFormat {
    /** In microseconds, or {@link Micros#UNKNOWN} when the value is not written so. */
    long read(Object value, long reference, ZoneId zone);

    /** Any of the forms of syslog headers, ISO 8601, CLF; also a number, whose unit its size tells. */
    record Auto() implements DateFormat {
        @Override
        public long read(Object value, long reference, ZoneId zone) {
            return switch (value) {
                case Long number -> epoch(number);
                case Double number -> number >= 0 && number < 1e11 ? (long) (number * 1e6) : epoch(number.longValue());
                case String text -> {
                    Stamp stamp = new Stamp(text, text.length(), reference, zone);
                    if ((stamp.read(0) || stamp.epoch(0)) && stamp.end == text.length()) {
                        yield stamp.micros;
                    }
                    Long number = text.length() < 9 ? null : As.integer(text);
                    yield number == null ? Micros.UNKNOWN : epoch(number);
                }
                default -> Micros.UNKNOWN;
            };
        }

        private static long epoch(long number) {
            if (number < 0) {
                return Micros.UNKNOWN;
            }
            if (number < 100_000_000_000L) {
                return number * 1_000_000;
            }
            if (number < 100_000_000_000_000L) {
                return number * 1_000;
            }
            return number < 100_000_000_000_000_000L ? number : number / 1_000;
        }
    }

    /** A count since 1970 in units of {@code nanos}, perhaps with a fraction. */
    record Epoch(long nanos) implements DateFormat {
        @Override
        public long read(Object value, long reference, ZoneId zone) {
            Long whole = value instanceof Long number ? number : As.integer(value.toString());
            if (whole != null) {
                if (whole < 0 || whole > Long.MAX_VALUE / nanos) {
                    return Micros.UNKNOWN;
                }
                return nanos >= 1_000 ? whole * (nanos / 1_000) : whole / (1_000 / nanos);
            }
            Double decimal = As.decimal(value.toString());
            if (decimal == null || decimal < 0 || decimal * nanos > 9e18) {
                return Micros.UNKNOWN;
            }
            return Math.round(decimal * nanos / 1_000d);
        }
    }

    /** A pattern in the letters of {@code java.time}: {@code yyyy-MM-dd HH:mm:ss[.SSS][ Z]}, {@code yyyy년 M월 d일 a h시 m분}. */
    record Pattern(List<Part> parts) implements DateFormat {
        public Pattern {
            parts = List.copyOf(parts);
        }

        @Override
        public long read(Object value, long reference, ZoneId zone) {
            String text = value.toString();
            Stamp stamp = new Stamp(text, text.length(), reference, zone);
            return stamp.pattern(parts) ? stamp.micros : Micros.UNKNOWN;
        }
    }

    /** A piece of a pattern: a letter and how often it stands there, literal text, or something optional. */
    record Part(
            char letter,
            int count,
            @Nullable String literal,
            @Nullable List<Part> optional) {}

    /** Null when the name or pattern has no meaning. */
    static @Nullable DateFormat named(String name) {
        return switch (name) {
            case "auto" -> new Auto();
            case "epoch" -> new Epoch(1_000_000_000);
            case "epoch_ms" -> new Epoch(1_000_000);
            case "epoch_us" -> new Epoch(1_000);
            case "epoch_ns" -> new Epoch(1);
            default -> {
                int[] at = {0};
                List<Part> parts = parts(name, at);
                yield parts != null && at[0] == name.length() && (name.contains("H") || name.contains("h"))
                        ? new Pattern(parts)
                        : null;
            }
        };
    }

    private static @Nullable List<Part> parts(String s, int[] at) {
        List<Part> parts = new ArrayList<>();
        while (at[0] < s.length()) {
            char c = s.charAt(at[0]);
            if (c == ']') {
                return parts;
            }
            if (c == '[') {
                at[0]++;
                List<Part> inside = parts(s, at);
                if (inside == null || at[0] >= s.length()) {
                    return null;
                }
                at[0]++;
                parts.add(new Part('[', 0, null, inside));
            } else if (c == '\'') {
                int end = s.indexOf('\'', at[0] + 1);
                if (end < 0) {
                    return null;
                }
                parts.add(new Part('\'', 0, s.substring(at[0] + 1, end), null));
                at[0] = end + 1;
            } else if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') { // 년 is a text like any other
                int end = at[0];
                while (end < s.length() && s.charAt(end) == c) {
                    end++;
                }
                if ("yMdHhmsSaEZXz".indexOf(c) < 0) {
                    return null;
                }
                parts.add(new Part(c, end - at[0], null, null));
                at[0] = end;
            } else {
                parts.add(new Part('\'', 0, String.valueOf(c), null));
                at[0]++;
            }
        }
        return parts;
    }
}
