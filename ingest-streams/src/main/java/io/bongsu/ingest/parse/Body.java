package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import io.bongsu.rules.LogSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The event in the making: the text that steps look at, the fields and tags found so far. For one line, one thread. */
final class Body {
    private static final String REPEATED = "message repeated ";

    /** What the steps match: begins as the message, without blanks around it. */
    String text;

    final Map<String, Object> fields = new LinkedHashMap<>(64);
    final List<String> tags = new ArrayList<>(2);

    /** Log sources that this event serves besides those of its parser. */
    final Set<LogSource> sources = new LinkedHashSet<>(2);

    /** See {@link Parsed#views}. */
    List<Map<String, Object>> views = List.of();

    /** The stamp that a step found in the text, in microseconds, or unknown: then that of the header counts. */
    long time = Micros.UNKNOWN;

    Body(String text) {
        this.text = text;
    }

    void tag(String tag) {
        if (!tags.contains(tag)) {
            tags.add(tag);
        }
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
