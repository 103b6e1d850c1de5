package io.bongsu.rules.match;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The numbers that the time modifiers take out of a date: of ISO 8601 the ones that are written, whatever the zone; of a
 * number, read as seconds, milliseconds, microseconds or nanoseconds since 1970 by its size, those in UTC. Weeks are
 * those of ISO 8601, from 1 to 53.
 */
enum DatePart {
    MINUTE(0, 59),
    HOUR(0, 23),
    DAY(1, 31),
    WEEK(1, 53),
    MONTH(1, 12),
    YEAR(0, 9999);

    private final int least;
    private final int most;

    DatePart(int least, int most) {
        this.least = least;
        this.most = most;
    }

    int least() {
        return least;
    }

    int most() {
        return most;
    }

    private static final int MAX_LENGTH = 40;

    /** There is no such part: the value is no date, or one without a time of day. */
    static final long NONE = -1;

    private static final Pattern DATE = Pattern.compile("(\\d{4})[-/](\\d{2})[-/](\\d{2})"
            + "(?:[T ](\\d{2}):(\\d{2})(?::\\d{2}(?:[.,]\\d{1,9})?)?(?: ?(?:Z|UTC|GMT|[-+]\\d{2}:?(?:\\d{2})?))?)?");
    private static final Pattern NUMBER = Pattern.compile("\\d{9,19}(?:\\.\\d{1,9})?");

    long of(Object raw) {
        String text = raw.toString().strip();
        if (text.length() > MAX_LENGTH) {
            return NONE;
        }
        try {
            if (raw instanceof Number || NUMBER.matcher(text).matches()) {
                double number = raw instanceof Number n ? n.doubleValue() : Double.parseDouble(text);
                return of(LocalDateTime.ofInstant(Instant.ofEpochSecond(seconds(number)), ZoneOffset.UTC));
            }
            Matcher date = DATE.matcher(text.toUpperCase(Locale.ROOT));
            if (!date.matches() || date.group(4) == null && (this == HOUR || this == MINUTE)) {
                return NONE;
            }
            return of(LocalDateTime.of(
                    Integer.parseInt(date.group(1)),
                    Integer.parseInt(date.group(2)),
                    Integer.parseInt(date.group(3)),
                    date.group(4) == null ? 0 : Integer.parseInt(date.group(4)),
                    date.group(5) == null ? 0 : Integer.parseInt(date.group(5))));
        } catch (DateTimeException noSuchDay) {
            return NONE;
        }
    }

    private static long seconds(double number) {
        double size = Math.abs(number);
        double unit = size < 1e11 ? 1 : size < 1e14 ? 1e3 : size < 1e17 ? 1e6 : 1e9;
        return (long) Math.floor(number / unit);
    }

    private long of(LocalDateTime time) {
        return switch (this) {
            case MINUTE -> time.getMinute();
            case HOUR -> time.getHour();
            case DAY -> time.getDayOfMonth();
            case WEEK -> time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
            case MONTH -> time.getMonthValue();
            case YEAR -> time.get(ChronoField.YEAR);
        };
    }
}
