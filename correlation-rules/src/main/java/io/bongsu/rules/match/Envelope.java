package io.bongsu.rules.match;

import org.jspecify.annotations.Nullable;

/**
 * What the pipeline keeps beside the fields of an event and rules see as fields all the same: {@code event.original},
 * {@code event.dataset} and {@code @timestamp}. Fields of these names are then not looked at.
 *
 * @param time a value whose text is the event's time; null when it has none
 */
public record Envelope(
        String original, String dataset, @Nullable Object time) {
    static final String TIME = "@timestamp";

    static final String ORIGINAL = "event.original";
    static final String DATASET = "event.dataset";

    static boolean has(String name) {
        return name.equals(ORIGINAL) || name.equals(DATASET) || name.equals(TIME);
    }

    @Nullable
    Object get(String name) {
        return switch (name) {
            case ORIGINAL -> original;
            case DATASET -> dataset;
            case TIME -> time;
            default -> null;
        };
    }
}
