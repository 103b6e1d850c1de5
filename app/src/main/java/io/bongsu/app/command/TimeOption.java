package io.bongsu.app.command;

import io.bongsu.app.Fault;
import io.bongsu.app.config.ConfigReader;
import io.bongsu.model.Micros;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A time at the command line: so long ago, or ISO 8601. */
final class TimeOption {
    private TimeOption() {}

    /** Microseconds since 1970; {@link Micros#UNKNOWN} where the option was not given. */
    static long micros(String option, @Nullable String text) {
        if (text == null) {
            return Micros.UNKNOWN;
        }
        Optional<Long> ago = ConfigReader.duration(text).map(d -> Micros.now() - Micros.of(d));
        return ago.orElseGet(() -> {
            try {
                return Micros.of(OffsetDateTime.parse(text).toInstant());
            } catch (DateTimeException e) {
                throw new Fault(option + ": '" + text + "' is not a time", "write " + meant(text), e);
            }
        });
    }

    /** The end of a stretch; {@link Micros#UNKNOWN} where the option was not given. One that holds nothing is a mistake. */
    static long to(long from, @Nullable String text) {
        long end = micros("--to", text);
        if (text != null && from != Micros.UNKNOWN && end <= from) {
            throw new Fault(
                    "--to: " + Micros.iso(end) + " is not after --from, " + Micros.iso(from),
                    "give --from the earlier time; 2h is two hours ago");
        }
        return end;
    }

    private static String meant(String text) {
        try {
            String iso = text.replace(' ', 'T');
            LocalDateTime utc = iso.length() == 10 ? LocalDate.parse(iso).atStartOfDay() : LocalDateTime.parse(iso);
            return utc + "Z, which is UTC, or another zone as +09:00";
        } catch (DateTimeException e) {
            return "for example 15m, 2h, 7d or 2026-11-22T10:00:00Z";
        }
    }

    /** A time of day, which is the last one that was; or with a date before it; in this machine's zone, or ISO 8601. */
    static long at(String option, String text, long now, ZoneId zone) {
        try {
            if (text.length() <= 8) {
                ZonedDateTime today = Micros.instant(now).atZone(zone);
                ZonedDateTime at = today.with(LocalTime.parse(text));
                return Micros.of((at.isAfter(today) ? at.minusDays(1) : at).toInstant());
            }
            String iso = text.replace(' ', 'T');
            return Micros.of(
                    iso.matches(".*(Z|[+-][0-9:]{2,5})") && iso.length() > 16
                            ? OffsetDateTime.parse(iso).toInstant()
                            : LocalDateTime.parse(iso).atZone(zone).toInstant());
        } catch (DateTimeException e) {
            throw new Fault(
                    option + ": '" + text + "' is not a time",
                    "write 14:02, 2026-11-22T14:02 or 2026-11-22T14:02:00Z",
                    e);
        }
    }

    /** When something ends that lasts so long, or until then; 30 days when nothing is said. */
    static long end(@Nullable String length, @Nullable String until, long now) {
        if (until == null) {
            String said = length == null ? "30d" : length;
            return now
                    + Micros.of(ConfigReader.duration(said)
                            .orElseThrow(() -> new Fault(
                                    "--for: '" + said + "' is not a duration", "write for example 12h, 30d or 90d")));
        }
        if (length != null) {
            throw new Fault("--for and --until together", "say one of them");
        }
        long end = date("--until", until);
        if (end <= now) {
            throw new Fault("--until: " + until + " is over", "write a date to come");
        }
        return end;
    }

    /** A date, which is its beginning in UTC, or a time of ISO 8601. */
    static long date(String option, String text) {
        try {
            return Micros.of(
                    text.length() == 10
                            ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                            : OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            throw new Fault(
                    option + ": '" + text + "' is not a date", "write 2027-01-31, which is 00:00 UTC, or ISO 8601", e);
        }
    }
}
