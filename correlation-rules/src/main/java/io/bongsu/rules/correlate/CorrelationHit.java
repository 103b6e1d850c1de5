package io.bongsu.rules.correlate;

import java.util.List;
import java.util.Map;

/**
 * An event that matched one of a correlation's rules. It is one and the same hit when time and event id are the same:
 * an event counts once, whichever and however many of the rules it matched.
 *
 * @param member the rule that matched
 * @param event {@code event.id}; hits are ordered by time, then by this
 * @param time event time, microseconds since 1970
 * @param received receive time, microseconds since 1970
 * @param count how many events it stands for ({@code log.repeat_count}); 0: an alert below that has counted before fires
 *     again
 * @param values what the condition measures, under its names ({@link Values} packs several into one); empty when it
 *     only counts
 * @param retracted takes an earlier hit with the same member, event and time back
 * @param step of evidence of a sequence: the step that it served, from 1; otherwise 0
 */
public record CorrelationHit(
        String member,
        String event,
        long time,
        long received,
        int partition,
        long offset,
        int line,
        int count,
        Map<String, String> values,
        boolean retracted,
        int step) {
    /** A name among the values that no field has: what it comes from is approximate, and so is what comes of it. */
    public static final String DEGRADED = "bongsu:degraded";

    private static final long FAR = Long.MAX_VALUE / 8;

    public CorrelationHit {
        if (time < -FAR || time > FAR) {
            throw new IllegalArgumentException("time of event " + event + " is out of range: " + time);
        }
        if (count < 0) {
            throw new IllegalArgumentException("count of event " + event + " is negative: " + count);
        }
        values = Map.copyOf(values);
    }

    public CorrelationHit(
            String member,
            String event,
            long time,
            long received,
            int partition,
            long offset,
            int line,
            int count,
            Map<String, String> values,
            boolean retracted) {
        this(member, event, time, received, partition, offset, line, count, values, retracted, 0);
    }

    /** The values under a name. */
    public List<String> values(String name) {
        return Values.unpack(values.get(name));
    }
}
