package io.bongsu.app.command;

import io.bongsu.app.Fault;
import io.bongsu.app.config.ConfigReader;
import io.bongsu.model.Micros;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
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
                throw new Fault(
                        option + ": '" + text + "' is not a time",
                        "write for example 15m, 2h, 7d or 2026-11-22T10:00:00Z",
                        e);
            }
        });
    }
}
