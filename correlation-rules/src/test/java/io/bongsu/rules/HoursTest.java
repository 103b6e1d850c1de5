package io.bongsu.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Calendar;
import java.util.EnumSet;
import java.util.GregorianCalendar;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;

/** When a rule looks. */
class HoursTest {
    private static final Set<DayOfWeek> EVERY_DAY = EnumSet.allOf(DayOfWeek.class);

    private static boolean holds(Hours hours, String at) {
        return hours.holds(Instant.parse(at).toEpochMilli() * 1_000);
    }

    @Test
    void theClockOfTheZoneDecidesAlsoWhereItIsChanged() {
        Hours night = new Hours(ZoneId.of("Europe/Berlin"), EVERY_DAY, 2 * 60, 3 * 60);

        assertThat(holds(night, "2026-01-15T01:30:00Z")).isTrue();
        assertThat(holds(night, "2026-07-15T00:30:00Z")).isTrue();
        // There is no such hour on the day on which the clocks go forward, and two of them when they go back.
        assertThat(holds(night, "2026-03-29T00:59:59Z")).isFalse();
        assertThat(holds(night, "2026-03-29T01:00:00Z")).isFalse();
        assertThat(holds(night, "2026-10-25T00:30:00Z")).isTrue();
        assertThat(holds(night, "2026-10-25T01:30:00Z")).isTrue();
    }

    /** Against the other calendar of the platform, minute by minute. */
    @Test
    void agreesWithAPlainCalendar() {
        Random random = new Random(7);
        for (int round = 0; round < 4_000; round++) {
            String zone = List.of("UTC", "Asia/Seoul", "Europe/Berlin", "America/New_York", "Asia/Kathmandu")
                    .get(random.nextInt(5));
            int from = random.nextInt(1440);
            int to = random.nextInt(5) == 0 ? from : random.nextInt(1441);
            Set<DayOfWeek> days = EnumSet.of(DayOfWeek.of(1 + random.nextInt(7)));
            days.add(DayOfWeek.of(1 + random.nextInt(7)));
            long time = (1_767_225_600L + random.nextLong(366 * 86_400L)) * 1_000_000 + random.nextInt(1_000_000);

            Calendar calendar = new GregorianCalendar(TimeZone.getTimeZone(zone));
            calendar.setTimeInMillis(time / 1_000);
            boolean day = days.stream().anyMatch(d -> d.getValue() % 7 + 1 == calendar.get(Calendar.DAY_OF_WEEK));
            int minute = from;
            boolean within = from == to;
            for (int n = 0; !within && minute != to % 1440 && n < 1440; n++, minute = (minute + 1) % 1440) {
                within = minute == calendar.get(Calendar.HOUR_OF_DAY) * 60 + calendar.get(Calendar.MINUTE);
            }
            assertThat(new Hours(ZoneId.of(zone), days, from, to).holds(time))
                    .as("%s %s from %s to %s at %s", zone, days, from, to, time)
                    .isEqualTo(day && within);
        }
    }
}
