package io.bongsu.rules.match;

import org.jspecify.annotations.Nullable;

/**
 * What the pipeline keeps beside the fields of an event and rules see as fields all the same: {@code event.original},
 * {@code event.dataset}, {@code event.id} and {@code @timestamp}. Fields of these names are then not looked at.
 *
 * @param id null when it has none
 * @param time the event's time, written out only for those that ask; null when it has none
 */
public record Envelope(
        String original,
        String dataset,
        @Nullable String id,
        @Nullable Time time) {
    /** A time, whose text is what {@code @timestamp} says. */
    public interface Time {
        /** Since 1970. */
        long micros();
    }

    static final String TIME = "@timestamp";

    static final String ORIGINAL = "event.original";
    static final String DATASET = "event.dataset";
    static final String ID = "event.id";

    static boolean has(String name) {
        return name.equals(ORIGINAL) || name.equals(DATASET) || name.equals(ID) || name.equals(TIME);
    }

    @Nullable
    Object get(String name) {
        return switch (name) {
            case ORIGINAL -> original;
            case DATASET -> dataset;
            case ID -> id;
            case TIME -> time;
            default -> null;
        };
    }
}
