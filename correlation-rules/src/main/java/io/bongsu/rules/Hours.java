package io.bongsu.rules;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Set;
import java.util.TreeSet;

/**
 * When a rule looks: on these weekdays, between these minutes of the day, in this zone. What begins before midnight and ends
 * behind it wraps around; the weekday is that of the event.
 *
 * @param from the first minute of the day
 * @param to the minute at which it is over; equal to {@code from}: the whole day
 */
public record Hours(ZoneId zone, Set<DayOfWeek> weekdays, int from, int to) {
    public Hours {
        weekdays = Set.copyOf(weekdays);
        if (weekdays.isEmpty() || from < 0 || from >= 1440 || to < 0 || to > 1440) {
            throw new IllegalArgumentException("no time of the week");
        }
    }

    /** @param time microseconds since 1970 */
    public boolean holds(long time) {
        ZonedDateTime local =
                Instant.ofEpochSecond(Math.floorDiv(time, 1_000_000L)).atZone(zone);
        int minute = local.getHour() * 60 + local.getMinute();
        boolean within = from < to ? minute >= from && minute < to : from == to || minute >= from || minute < to;
        return within && weekdays.contains(local.getDayOfWeek());
    }

    /** The same for the same meaning. */
    String meaning() {
        return "hours " + zone.getId() + " " + new TreeSet<>(weekdays) + " " + from + " " + to;
    }
}
