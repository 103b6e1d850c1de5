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
 * @param lead lines that only come before a start, which continues them
 * @param continues lines that continue; empty: each that does not start. What their field {@code text} takes is added,
 *     else the whole line
 * @param last lines behind which the event is complete
 * @param empty lines that say nothing when the event is complete already
 * @param within an event whose lines have not come for so long is complete, in microseconds
 * @param whole lines behind which the event is complete when all that its lines demand is there
 * @param demands what one line says of others
 * @param opens lines that are continued, whatever follows but such a line, until {@code open} stands in pairs
 * @param open a character; 0: none
 * @param texts what of the further lines is added, where {@code continues} does not say it
 * @param json the texts are the values of this key
 * @param glue what stands between two texts
 * @param full a text of so many characters was cut inside a word, and nothing stands behind it; 0: never
 */
record Join(
        List<Matching> key,
        List<Matching> start,
        List<Matching> lead,
        List<Matching> continues,
        List<Matching> last,
        List<Matching> empty,
        List<Matching> whole,
        List<Demand> demands,
        List<Matching> opens,
        char open,
        List<Matching> texts,
        @Nullable String json,
        long within,
        String glue,
        int full) {
    /** When the parser of waiting lines is no longer there. */
    static final Join LINES = new Join(
            List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), (char) 0,
            List.of(), null, 2_000_000, "\n", 0);

    private static final String TIME = "time";
    private static final String TEXT = "text";
    private static final String COUNT = "count";

    Join {
        key = List.copyOf(key);
        start = List.copyOf(start);
        lead = List.copyOf(lead);
        continues = List.copyOf(continues);
        last = List.copyOf(last);
        empty = List.copyOf(empty);
        whole = List.copyOf(whole);
        demands = List.copyOf(demands);
        opens = List.copyOf(opens);
        texts = List.copyOf(texts);
    }

    /** Such a line demands {@code count} others, or one, of which each is like one of {@code of}. */
    record Demand(List<Matching> line, List<Matching> of) {
        Demand {
            line = List.copyOf(line);
            of = List.copyOf(of);
        }
    }

    /** What the lines of one event have said so far of its end. Not saved: they say it again. */
    final class Tally {
        private final long[] demanded = new long[demands.size()];
        private final long[] found = new long[demands.size()];
        private boolean any;
        private boolean behind;
        private boolean ended;
        private boolean opened;
        private boolean odd;
        private boolean begun;
        private boolean leading;

        void add(String message) {
            leading = (leading || !begun) && any(lead, message);
            ended |= any(last, message);
            opened |= !begun && opens(message);
            begun = true;
            odd ^= opened && odd(message);
            if (demands.isEmpty()) {
                return;
            }
            behind |= any(whole, message);
            for (int i = 0; i < demanded.length; i++) {
                Demand demand = demands.get(i);
                long count = count(demand.line, message);
                any |= count >= 0;
                demanded[i] = Math.max(demanded[i], count);
                found[i] += any(demand.of, message) ? 1 : 0;
            }
        }

        boolean complete() {
            if (ended || opened && !odd) {
                return true;
            }
            boolean all = behind && any;
            for (int i = 0; i < demanded.length && all; i++) {
                all = found[i] >= demanded[i];
            }
            return all;
        }
    }

    private static long count(List<Matching> line, String message) {
        for (int i = 0; i < line.size(); i++) {
            Body found = scratch();
            if (line.get(i).match(message, found)) {
                Long count = found.get(COUNT) == null
                        ? null
                        : As.integer(found.get(COUNT).toString());
                return count == null ? 1 : count;
            }
        }
        return -1;
    }

    private boolean odd(String message) {
        boolean odd = false;
        for (int i = open == 0 ? -1 : message.indexOf(open); i >= 0; i = message.indexOf(open, i + 1)) {
            odd = !odd;
        }
        return odd;
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
        return (start.isEmpty() && opens.isEmpty()) || any(start, message) || any(lead, message) || opens(message);
    }

    private boolean opens(String message) {
        return !opens.isEmpty() && odd(message) && any(opens, message);
    }

    boolean continues(Tally tally, String message) {
        if (tally.opened) {
            return !any(opens, message);
        }
        if (tally.leading && any(start, message)) {
            return true;
        }
        return continues.isEmpty() ? !any(start, message) && !any(lead, message) : any(continues, message);
    }

    boolean ends(String message) {
        return any(last, message);
    }

    boolean saysNothing(String message) {
        return any(empty, message);
    }

    /** The message of the event. */
    String together(Opened first, List<Opened> others) {
        StringBuilder out = new StringBuilder(
                glue.isEmpty() ? first.message() : first.message().stripTrailing());
        int length = out.toString().stripLeading().length();
        for (Opened other : others) {
            String message = glue.isEmpty() ? message(other) : message(other).stripTrailing();
            String text = message;
            Body found = scratch();
            for (Matching template : texts.isEmpty() ? continues : texts) {
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

    /** The object of the event: that of the first line, with the texts of all in the key that is cut. */
    @Nullable
    Json together(@Nullable Json first, List<Opened> others) {
        if (json == null || first == null || first.values().get(json) == null) {
            return first;
        }
        StringBuilder text = new StringBuilder(first.values().get(json).toString());
        for (Opened other : others) {
            Object more = other.json() == null ? null : other.json().values().get(json);
            text.append(more == null ? "" : more);
        }
        return first.with(json, text.toString());
    }

    /** Without the header, if there is one: a word and a colon alone, as in "Caused by: …", are none, nor is a time. */
    static String message(Opened opened) {
        return headed(opened) ? opened.message() : opened.text();
    }

    static boolean headed(Opened opened) {
        Header header = opened.header();
        return header != null
                && (header.priority() >= 0
                        || header.stamped() && (header.hostname() != null || header.appname() != null));
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
