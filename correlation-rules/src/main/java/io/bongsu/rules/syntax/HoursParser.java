package io.bongsu.rules.syntax;

import io.bongsu.rules.Hours;
import io.bongsu.rules.yaml.YamlScalar;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code hours}, {@code weekdays} and {@code zone} under {@code bongsu:}. */
final class HoursParser {
    static final Set<String> KEYS = Set.of("hours", "weekdays", "zone");
    private static final Pattern SPAN =
            Pattern.compile("([01]?[0-9]|2[0-3]):([0-5][0-9])-([01]?[0-9]|2[0-4]):([0-5][0-9])");
    private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

    private HoursParser() {}

    /** Null when the rule looks at all times, or has a problem. */
    static @Nullable Hours parse(Reading own) {
        if (KEYS.stream().noneMatch(key -> own.map().get(key) != null)) {
            return null;
        }
        int before = own.problems().list().size();
        int from = 0;
        int to = 0;
        String hours = own.text("hours");
        if (hours != null) {
            Matcher m = SPAN.matcher(hours.strip());
            if (m.matches()) {
                from = Integer.parseInt(m.group(1)) * 60 + Integer.parseInt(m.group(2));
                to = Integer.parseInt(m.group(3)) * 60 + Integer.parseInt(m.group(4));
            }
            if (!m.matches() || to > 1440) {
                own.problems()
                        .add(own.map().at("hours"), "'hours' must be a span, not '" + hours + "'", "write 22:00-06:00");
            } else if (from == to) {
                own.problems()
                        .add(
                                own.map().at("hours"),
                                "'hours' begin and end at the same minute",
                                "write 00:00-24:00 for the whole day");
            }
        }
        List<String> texts = own.texts("weekdays");
        Set<DayOfWeek> weekdays = texts.isEmpty() ? EnumSet.allOf(DayOfWeek.class) : EnumSet.noneOf(DayOfWeek.class);
        if (texts.isEmpty() && own.map().get("weekdays") != null) {
            own.problems().add(own.map().at("weekdays"), "'weekdays' names no day", "write mon-fri, or leave it out");
        }
        for (YamlScalar day : own.scalars("weekdays")) {
            List<String> ends =
                    new ArrayList<>(List.of(day.text().toLowerCase(Locale.ROOT).split("-", 2)));
            if (!DAYS.containsAll(ends)) {
                own.problems().add(day, "'" + day.text() + "' is no weekday", "write mon, tue, ... or mon-fri");
                continue;
            }
            int last = DAYS.indexOf(ends.getLast());
            for (int d = DAYS.indexOf(ends.getFirst()); ; d = (d + 1) % DAYS.size()) {
                weekdays.add(DayOfWeek.of(d + 1));
                if (d == last) {
                    break;
                }
            }
        }
        ZoneId zone = ZoneOffset.UTC;
        String name = own.text("zone");
        if (own.map().get("hours") == null && own.map().get("weekdays") == null) {
            own.problems()
                    .add(
                            own.map().at("zone"),
                            "'zone' says nothing without hours or weekdays",
                            "add them, or leave it out");
        }
        if (own.lacks("zone")) {
            own.problems().add(own.map(), "hours and weekdays need a 'zone'", "write one, such as Asia/Seoul or UTC");
        } else if (name != null) {
            try {
                zone = ZoneId.of(name);
            } catch (DateTimeException e) {
                own.problems()
                        .add(
                                own.map().at("zone"),
                                "unknown zone '" + name + "'",
                                "write one such as Asia/Seoul or UTC");
            }
        }
        return own.problems().list().size() > before
                ? null
                : new Hours(zone, weekdays, from, to == 1440 && from == 0 ? 0 : to);
    }
}
