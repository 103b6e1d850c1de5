package io.bongsu.rules.match;

import inet.ipaddr.IPAddress;
import io.bongsu.rules.match.EventView.Value;
import io.bongsu.rules.match.EventView.Values;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The plain meaning of a match: the slow truth with which every index has to agree. */
public final class Evaluation {
    private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9]{1,30}(\\.[0-9]{1,30})?([eE][-+]?[0-9]{1,3})?");

    private Evaluation() {}

    public static boolean holds(Match match, EventView event) {
        return switch (match) {
            case Match.All all -> {
                for (Match part : all.parts()) {
                    if (!holds(part, event)) {
                        yield false;
                    }
                }
                yield true;
            }
            case Match.Any any -> {
                for (Match part : any.parts()) {
                    if (holds(part, event)) {
                        yield true;
                    }
                }
                yield false;
            }
            case Match.Not not -> !holds(not.part(), event);
            case Match.Atom atom -> holds(atom.predicate, event.values(atom.field));
            case Match.Reference reference -> holds(reference, event);
            case Match.Listed listed -> {
                for (Value value : event.values(listed.field()).list()) {
                    if (listed.indicators().has(value, event.time())) {
                        yield true;
                    }
                }
                yield false;
            }
            case Match.During during -> Indicators.during(during.from(), during.until(), event.time());
            case Match.Keyword keyword -> {
                for (Value text : event.texts()) {
                    if (holds(keyword.predicate, text)) {
                        yield true;
                    }
                }
                yield false;
            }
        };
    }

    private static boolean holds(Match.Reference reference, EventView event) {
        return References.hold(
                reference.shape(),
                texts(event.values(reference.field()), reference.cased()),
                texts(event.values(reference.other()), reference.cased()));
    }

    private static List<String> texts(Values values, boolean cased) {
        return values.list().stream().map(value -> value.text(cased)).toList();
    }

    static boolean holds(Predicate predicate, Values values) {
        if (predicate instanceof Predicate.Missing) {
            return values.list().isEmpty();
        }
        if (predicate instanceof Predicate.Present present) {
            return values.present() == present.wanted();
        }
        for (Value value : values.list()) {
            if (holds(predicate, value)) {
                return true;
            }
        }
        return false;
    }

    static boolean holds(Predicate predicate, Value value) {
        return switch (predicate) {
            case Predicate.Equal p -> value.text(p.cased()).equals(p.text());
            case Predicate.Prefix p -> value.text(p.cased()).startsWith(p.text());
            case Predicate.Suffix p -> value.text(p.cased()).endsWith(p.text());
            case Predicate.Contains p -> value.text(p.cased()).contains(p.text());
            case Predicate.Glob p -> p.pattern().matches(value.text(p.cased()));
            case Predicate.Regex p -> p.regex().find(value.text(true));
            case Predicate.Cidr p -> {
                IPAddress address = value.address();
                yield address != null && p.block().contains(address);
            }
            case Predicate.Compare p -> {
                Number number = number(value.raw);
                yield number != null && p.comparison().holds(compare(number, p.number()));
            }
            case Predicate.TimePart p -> {
                long found = p.part().of(value.raw);
                yield found != DatePart.NONE && p.comparison().holds(Long.compare(found, p.number()));
            }
            case Predicate.Exists p -> true;
            case Predicate.Present p -> p.wanted();
            case Predicate.Missing p -> false;
        };
    }

    private static @Nullable Number number(Object raw) {
        if (raw instanceof Long || raw instanceof Double) {
            return raw.equals(Double.NaN) ? null : (Number) raw;
        }
        if (raw instanceof String text && NUMBER.matcher(text).matches()) {
            try {
                return Long.valueOf(text);
            } catch (NumberFormatException e) {
                return Double.valueOf(text);
            }
        }
        return null;
    }

    private static int compare(Number a, Number b) {
        return a instanceof Long x && b instanceof Long y
                ? Long.compare(x, y)
                : Double.compare(a.doubleValue(), b.doubleValue());
    }
}
