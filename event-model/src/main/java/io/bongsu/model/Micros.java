package io.bongsu.model;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/** Times in the log are microseconds since 1970-01-01T00:00Z; this converts them at the rim. */
public final class Micros {
    /** "Not known": earlier than every time, and far enough from the end of the range that subtracting durations is safe. */
    public static final long UNKNOWN = Long.MIN_VALUE / 4;

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

    /** ISO 8601 in UTC with three digits of a second, or six where there is more than that. */
    public static String iso(long micros) {
        return (micros % 1_000 == 0 ? MILLIS : MICROS).format(instant(micros));
    }
}
