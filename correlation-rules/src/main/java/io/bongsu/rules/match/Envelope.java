package io.bongsu.rules.match;

import org.jspecify.annotations.Nullable;

/**
 * What the pipeline keeps beside the fields of an event and rules see as fields all the same: {@code event.original} and
 * {@code event.dataset}. Fields of these names are then not looked at.
 */
public record Envelope(String original, String dataset) {
    static final String ORIGINAL = "event.original";
    static final String DATASET = "event.dataset";

    static boolean has(String name) {
        return name.equals(ORIGINAL) || name.equals(DATASET);
    }

    @Nullable
    String get(String name) {
        return switch (name) {
            case ORIGINAL -> original;
            case DATASET -> dataset;
            default -> null;
        };
    }
}
