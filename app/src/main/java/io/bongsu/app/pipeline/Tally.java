package io.bongsu.app.pipeline;

import io.bongsu.model.Events;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of the lines behind some records of bongsu.events. The law: received = events + merged + dead letters +
 * dropped + duplicates + pending.
 *
 * @param dropped on purpose, by reason
 * @param pending lines that wait for others of their event
 * @param missing sequence numbers that nobody saw
 */
public record Tally(
        long received,
        long events,
        long merged,
        long deadLettered,
        Map<String, Long> dropped,
        long duplicates,
        long pending,
        long missing) {
    public static final Tally NOTHING = new Tally(0, 0, 0, 0, Map.of(), 0, 0, 0);

    public Tally {
        dropped = Map.copyOf(dropped);
    }

    public Tally plus(Events record) {
        Map<String, Long> drops = dropped;
        if (!record.getDropped().isEmpty()) {
            Map<String, Long> sum = new TreeMap<>(dropped);
            record.getDropped().forEach((reason, n) -> sum.merge(reason, n.longValue(), Long::sum));
            drops = sum;
        }
        return new Tally(
                received + record.getReceived(),
                events + record.getEvents().size(),
                merged + record.getMerged(),
                deadLettered + record.getDeadLettered(),
                drops,
                duplicates + record.getDuplicates(),
                pending + record.getPending(),
                missing + record.getMissing());
    }

    public Tally plus(Tally other) {
        Map<String, Long> sum = new TreeMap<>(dropped);
        other.dropped.forEach((reason, n) -> sum.merge(reason, n, Long::sum));
        return new Tally(
                received + other.received,
                events + other.events,
                merged + other.merged,
                deadLettered + other.deadLettered,
                sum,
                duplicates + other.duplicates,
                pending + other.pending,
                missing + other.missing);
    }

    public long droppedLines() {
        return dropped.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Lines whose fate is known, and those that wait for theirs. */
    public long accounted() {
        return events + merged + deadLettered + droppedLines() + duplicates + pending;
    }

    public boolean balanced() {
        return received == accounted();
    }
}
