package io.bongsu.shipper.handoff;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What all lines of a listener, or of a file, have in common.
 *
 * @param listener name of the listener or input; the first part of the source identity
 * @param input how the lines were framed: syslog, json, auto (of a file: anything)
 * @param fields what is known besides, by the names of ECS; put on each event
 */
public record Origin(
        String listener,
        String input,
        @Nullable String tag,
        @Nullable String charset,
        @Nullable String zone,
        Map<String, String> fields) {
    public Origin {
        fields = Map.copyOf(fields);
    }

    public Origin(
            String listener, String input, @Nullable String tag, @Nullable String charset, @Nullable String zone) {
        this(listener, input, tag, charset, zone, Map.of());
    }

    /** The same, and that as well. */
    public Origin with(String field, String value) {
        Map<String, String> more = new HashMap<>(fields);
        more.put(field, value);
        return new Origin(listener, input, tag, charset, zone, more);
    }
}
