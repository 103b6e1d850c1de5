package io.bongsu.rules.correlate;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One revision of an alert; the highest revision of an id is what is known. Once {@code CLOSED}, everything in it but
 * {@code revision} and {@code triggered} is a function of the set of hits. A {@code WITHDRAWN} one repeats what was last
 * said, without evidence. Times are microseconds since 1970.
 *
 * @param revision from 1, without gaps
 * @param supersededBy of a withdrawn alert: the alert that now covers what it reported
 * @param time the first firing instant
 * @param start the earliest contributing hit
 * @param end the last firing instant
 * @param count contributing events, exact (a hit counts as many as it stands for)
 * @param capped more hits contributed than {@code evidence} lists
 * @param degraded a bound was crossed that makes the alert approximate
 * @param evidence the first and the last contributing hits, by time and event id
 * @param values by name, the values that the condition told apart, in the order in which they came first; the first 100
 * @param triggered receive time of the newest line behind this revision; for latency
 */
public record AlertRevision(
        String id,
        int revision,
        Status status,
        @Nullable String supersededBy,
        List<String> group,
        long time,
        long start,
        long end,
        long count,
        boolean capped,
        boolean degraded,
        List<CorrelationHit> evidence,
        Map<String, List<String>> values,
        long triggered) {
    public AlertRevision {
        group = List.copyOf(group);
        evidence = List.copyOf(evidence);
        values = Map.copyOf(values);
    }
}
