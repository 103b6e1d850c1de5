package io.bongsu.indexer;

import io.bongsu.model.Micros;
import java.time.LocalDate;

/** The names of the indices. The day is that of the append time, in UTC; a time outside 1970 to 9999 counts as 1970. */
public final class Target {
    public static final String EVENTS = "logs-bongsu.events-default-";
    public static final String ALERTS = "logs-bongsu.alerts-default";
    /** What analysts say about alerts, under the alerts' ids. */
    public static final String ALERT_NOTES = "logs-bongsu.alert-notes-default";

    public static final String DEAD_LETTERS = "logs-bongsu.dead-letters-default-";

    public static final String ALL_EVENTS = "logs-bongsu.events-*";
    public static final String ALL_ALERTS = "logs-bongsu.alerts-*";
    public static final String ALL_ALERT_NOTES = "logs-bongsu.alert-notes-*";
    public static final String ALL_DEAD_LETTERS = "logs-bongsu.dead-letters-*";

    private static final long DAY = 86_400_000_000L;
    private static final long END = Micros.of(java.time.Instant.parse("9999-12-31T00:00:00Z"));

    private Target() {}

    static String events(long appended) {
        return EVENTS + day(appended);
    }

    static String deadLetters(long appended) {
        return DEAD_LETTERS + day(appended);
    }

    /** {@code 2026.11.22} */
    static String day(long micros) {
        return name(LocalDate.ofEpochDay(micros < 0 || micros >= END ? 0 : micros / DAY));
    }

    static String name(LocalDate day) {
        return "%04d.%02d.%02d".formatted(day.getYear(), day.getMonthValue(), day.getDayOfMonth());
    }
}
