package io.bongsu.ingest.parse;

import io.bongsu.ingest.parse.ParserSet.Opened;
import io.bongsu.model.Micros;
import java.math.BigDecimal;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code join}: which lines are one event. Either by a key that they share, however they are interleaved (auditd), or
 * because a line continues the one before it (stack traces). Says nothing about lines: that is the {@link Joiner}'s.
 *
 * @param key lines with the same values here belong together; the value {@code time} is the event's, in seconds
 * @param start lines that others may continue; empty: every line of the parser
 * @param continues lines that continue; empty: each that does not start. What their field {@code text} takes is added,
 *     else the whole line
 * @param last lines behind which the event is complete
 * @param empty lines that say nothing when the event is complete already
 * @param within an event whose lines have not come for so long is complete, in microseconds
 * @param glue what stands between two texts
 * @param full a text of so many characters was cut inside a word, and nothing stands behind it; 0: never
 */
record Join(
        List<Matching> key,
        List<Matching> start,
        List<Matching> continues,
        List<Matching> last,
        List<Matching> empty,
        long within,
        String glue,
        int full) {
    /** When the parser of waiting lines is no longer there. */
    static final Join LINES = new Join(List.of(), List.of(), List.of(), List.of(), List.of(), 2_000_000, "\n", 0);

    private static final String TIME = "time";
    private static final String TEXT = "text";

    Join {
        key = List.copyOf(key);
        start = List.copyOf(start);
        continues = List.copyOf(continues);
        last = List.copyOf(last);
        empty = List.copyOf(empty);
    }

    /** What lines of one event share. @param time in microseconds, or unknown */
    record Key(String value, long time) {}

    boolean keyed() {
        return !key.isEmpty();
    }

    @Nullable
    Key keyOf(String message) {
        Body found = scratch();
        for (Matching template : key) {
            if (template.match(message, found)) {
                Object time = found.get(TIME);
                StringBuilder value = new StringBuilder();
                for (Target target : template.targets()) {
                    value.append(found.fields.getOrDefault(target.name(), "")).append('\0');
                }
                return new Key(value.toString(), time == null ? Micros.UNKNOWN : micros(time.toString()));
            }
        }
        return null;
    }

    boolean starts(String message) {
        return start.isEmpty() || any(start, message);
    }

    boolean continues(String message) {
        return continues.isEmpty() ? !any(start, message) : any(continues, message);
    }

    boolean ends(String message) {
        return any(last, message);
    }

    boolean saysNothing(String message) {
        return any(empty, message);
    }

    /** The message of the event. */
    String together(Opened first, List<Opened> others) {
        StringBuilder out = new StringBuilder(first.message().stripTrailing());
        int length = out.toString().stripLeading().length();
        for (Opened other : others) {
            String message = message(other).stripTrailing();
            String text = message;
            Body found = scratch();
            for (Matching template : continues) {
                if (template.match(message, found)) {
                    text = found.get(TEXT) instanceof String part ? part : message;
                    break;
                }
            }
            out.append(full > 0 && length >= full ? "" : glue).append(text);
            length = message.strip().length();
        }
        return out.toString();
    }

    /** Without the header, if there is one: a word and a colon alone, as in "Caused by: …", are none. */
    static String message(Opened opened) {
        return headed(opened) ? opened.message() : opened.text();
    }

    static boolean headed(Opened opened) {
        Header header = opened.header();
        return header != null && (header.priority() >= 0 || header.stamped());
    }

    private static boolean any(List<Matching> templates, String message) {
        for (int i = 0; i < templates.size(); i++) {
            if (templates.get(i).match(message, scratch())) {
                return true;
            }
        }
        return false;
    }

    private static Body scratch() {
        return new Body("", Micros.UNKNOWN, ZoneOffset.UTC);
    }

    private static long micros(String seconds) {
        try {
            return seconds.length() > 24
                    ? Micros.UNKNOWN
                    : new BigDecimal(seconds).movePointRight(6).longValue();
        } catch (NumberFormatException e) {
            return Micros.UNKNOWN;
        }
    }
}
