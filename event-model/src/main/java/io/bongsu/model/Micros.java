package io.bongsu.model;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/** Times in the log are microseconds since 1970-01-01T00:00Z; this converts them at the rim. */
public final class Micros {
    /** "Not known": earlier than every time, and far enough from the end of the range that subtracting durations is safe. */
    public static final long UNKNOWN = Long.MIN_VALUE / 4;

    private static final long YEAR_0 = of(Instant.parse("0000-01-01T00:00:00Z"));
    private static final long YEAR_10000 = of(Instant.parse("9999-12-31T23:59:59Z"));
    private static final DateTimeFormatter MILLIS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();
    private static final DateTimeFormatter MICROS =
            new DateTimeFormatterBuilder().appendInstant(6).toFormatter();

    private Micros() {}

    public static long of(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
    }

    public static long of(Duration duration) {
        return Math.addExact(Math.multiplyExact(duration.getSeconds(), 1_000_000L), duration.getNano() / 1_000);
    }

    public static long ofMillis(long millis) {
        return Math.multiplyExact(millis, 1_000L);
    }

    public static long now() {
        return of(Instant.now());
    }

    public static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000L);
    }

    /**
     * ISO 8601 in UTC with three digits of a second, or six where there is more than that. By hand for the years of four
     * digits: each document has three times, and Java's formatter takes a microsecond for each.
     */
    public static String iso(long micros) {
        boolean millis = micros % 1_000 == 0;
        if (micros < YEAR_0 || micros >= YEAR_10000) {
            return (millis ? MILLIS : MICROS).format(instant(micros));
        }
        LocalDateTime time = LocalDateTime.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), 0, ZoneOffset.UTC);
        int fraction = (int) Math.floorMod(micros, 1_000_000L);
        char[] out = (millis ? "0000-00-00T00:00:00.000Z" : "0000-00-00T00:00:00.000000Z").toCharArray();
        digits(out, 4, time.getYear());
        digits(out, 7, time.getMonthValue());
        digits(out, 10, time.getDayOfMonth());
        digits(out, 13, time.getHour());
        digits(out, 16, time.getMinute());
        digits(out, 19, time.getSecond());
        digits(out, out.length - 1, millis ? fraction / 1_000 : fraction);
        return new String(out);
    }

    /** The last digit goes before {@code end}; those that are 0 in front are there already. */
    private static void digits(char[] out, int end, int number) {
        for (int rest = number, at = end - 1; rest > 0; rest /= 10) {
            out[at--] = (char) ('0' + rest % 10);
        }
    }
}
