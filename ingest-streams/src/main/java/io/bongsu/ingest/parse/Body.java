package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import io.bongsu.rules.LogSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The event in the making: the text that steps look at, the fields and tags found so far. A name that begins with an
 * underscore is a variable of the parser, gone at the end; {@code @timestamp} is the time. For one line, one thread.
 */
final class Body {
    private static final String REPEATED = "message repeated ";

    /** What the steps match: begins as the message, without blanks around it. */
    String text;

    final Map<String, Object> fields = new LinkedHashMap<>(64);
    final List<String> tags = new ArrayList<>(2);

    /** What stamps without a year are close to, and the zone of those without one. */
    final long reference;

    final ZoneId zone;

    /** In microseconds, as soon as it is known. */
    long time = Micros.UNKNOWN;

    /** The time when the line itself has none: when it was read. */
    long otherwise = Micros.UNKNOWN;

    /** Where the parser gave up: the id of the case, or its tag. */
    @Nullable
    String gaveUp;

    /** A parser is only tried, by one that has more cases behind it: it does not give up for both. */
    boolean tried;

    /** See {@link Parsed#views}. */
    List<Map<String, Object>> views = List.of();

    /** Another message of the same kind behind this one, in the same line. */
    @Nullable
    String second;

    /** A line of its own, around which this one was put. */
    @Nullable
    String held;

    /** This is such a message itself: those behind it are the caller's. */
    boolean behind;

    /** The text whose JSON object is in the fields already, so that no step takes it for a second one. */
    @Nullable
    String object;

    /** Which kind of log it is. */
    String dataset = "unknown.log";

    private @Nullable Map<String, Object> variables;
    private @Nullable Set<LogSource> logSources;

    Body(String text, long reference, ZoneId zone) {
        this.text = text;
        this.reference = reference;
        this.zone = zone;
    }

    @Nullable
    Object get(String name) {
        if (name.charAt(0) == '_') {
            return variables == null ? null : variables.get(name);
        }
        return fields.get(name);
    }

    /** The value of a field as text, or null. */
    @Nullable
    String text(String name) {
        Object value = get(name);
        return value == null ? null : value.toString();
    }

    void put(String name, Object value) {
        switch (name.charAt(0)) {
            case '_' -> {
                if (variables == null) {
                    variables = new HashMap<>(32);
                }
                variables.put(name, value);
            }
            case '@' -> {
                if (value instanceof Long micros && name.equals("@timestamp")) {
                    time = micros;
                }
            }
            case 'e' -> {
                if (name.equals("event.dataset")) {
                    dataset = value.toString();
                } else {
                    fields.put(name, value);
                }
            }
            default -> fields.put(name, value);
        }
    }

    void putAll(Map<String, Object> values) {
        values.forEach(this::put);
    }

    void remove(String name) {
        if (name.charAt(0) != '_') {
            fields.remove(name);
        } else if (variables != null) {
            variables.remove(name);
        }
    }

    void tag(String tag) {
        if (!tags.contains(tag)) {
            tags.add(tag);
        }
    }

    /** Log sources that this event serves besides those of its parser. */
    void serves(Set<LogSource> more) {
        if (logSources == null) {
            logSources = more; // most often all there is, and shared by its owner
            return;
        }
        Set<LogSource> all = new LinkedHashSet<>(logSources);
        all.addAll(more);
        logSources = all;
    }

    Set<LogSource> logSources(Set<LogSource> ofParser) {
        if (logSources == null) {
            return ofParser;
        }
        if (ofParser.isEmpty()) {
            return logSources;
        }
        Set<LogSource> all = new LinkedHashSet<>(ofParser);
        all.addAll(logSources);
        return Ordered.copy(all);
    }

    void trim() {
        text = text.strip();
    }

    /** {@code message repeated 5 times: [ inner]} becomes the inner text and {@code log.repeat_count: 5}. */
    void unwrapRepeat() {
        if (!text.startsWith(REPEATED)) {
            return;
        }
        int digits = REPEATED.length();
        int p = digits;
        long count = 0;
        while (p < text.length() && p - digits < 9 && text.charAt(p) >= '0' && text.charAt(p) <= '9') {
            count = count * 10 + text.charAt(p++) - '0';
        }
        int inner = text.indexOf("times: [", p);
        if (p == digits || inner != p + 1 || !text.endsWith("]")) {
            return;
        }
        fields.put("log.repeat_count", count);
        text = text.substring(inner + 8, text.length() - 1).strip();
    }
}
