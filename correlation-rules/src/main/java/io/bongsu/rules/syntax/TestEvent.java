package io.bongsu.rules.syntax;

import io.bongsu.rules.LogSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An event of a test: a raw line or flat fields, written once and sent {@code repeat} times, {@code every} apart.
 * Times are microseconds from the start of the test.
 *
 * @param at event time of the first one
 * @param received when the first one arrives; the same as {@code at} unless the test says otherwise
 * @param source the program of a raw line without header, such as sshd
 * @param raw the line; null when {@code fields} are given
 * @param logSources for fields: where the event comes from, by default what the rule asks for; empty for a raw line
 */
public record TestEvent(
        long at,
        long received,
        @Nullable String source,
        @Nullable String raw,
        Map<String, Object> fields,
        Set<LogSource> logSources,
        int repeat,
        long every) {
    public TestEvent {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        logSources = Set.copyOf(logSources);
        if ((raw == null) == fields.isEmpty()) {
            throw new IllegalArgumentException("either a raw line or fields");
        }
        if (repeat < 1 || every < 0) {
            throw new IllegalArgumentException("repeat from 1, every from 0");
        }
    }

    public TestEvent withLogSources(Set<LogSource> sources) {
        return new TestEvent(at, received, source, raw, fields, sources, repeat, every);
    }
}
