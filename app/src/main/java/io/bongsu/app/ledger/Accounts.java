package io.bongsu.app.ledger;

import io.bongsu.app.pipeline.Tally;
import io.bongsu.model.Codec;
import io.bongsu.model.Events;
import io.bongsu.model.Heartbeat;
import io.bongsu.model.Micros;
import io.bongsu.model.Topics;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Where every line went, added up from the counts that travel with the data in bongsu.events, by source and by the hour in
 * which Kafka got the line; and what shippers dropped before that, from their heartbeats.
 *
 * @param droppedBefore frames that never came into the log
 * @param unreadable records that are none of ours
 */
public record Accounts(SortedMap<Key, Tally> rows, SortedMap<Dropped, Long> droppedBefore, long unreadable) {
    static final long HOUR = Micros.of(Duration.ofHours(1));
    /** A shipper beats twice a second; one that is heard from after the time, and not in the minute before, began then. */
    private static final long BEFORE = Micros.of(Duration.ofMinutes(1));

    /** @param hour its beginning, microseconds since 1970 */
    public record Key(long hour, String shipper, String source) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparingLong(Key::hour).thenComparing(Key::source).thenComparing(Key::shipper);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * Frames that a shipper dropped.
     *
     * @param hour as that of a {@link Key}
     * @param what the reason and the listener, with a dot between them
     */
    public record Dropped(long hour, String shipper, String what) implements Comparable<Dropped> {
        private static final Comparator<Dropped> ORDER = Comparator.comparingLong(Dropped::hour)
                .thenComparing(Dropped::shipper)
                .thenComparing(Dropped::what);

        @Override
        public int compareTo(Dropped other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * @param from append time in bongsu.logs, inclusive, microseconds since 1970; {@link Micros#UNKNOWN}: all that is kept
     * @param to exclusive, likewise
     * @param source only that one; null: all
     */
    public static Accounts read(Map<String, Object> kafka, long from, long to, @Nullable String source) {
        NavigableMap<Key, Tally> rows = new TreeMap<>();
        Growth growth = new Growth();
        long[] unreadable = {0};
        try (TopicReader reader = new TopicReader(kafka)) {
            reader.read(Topics.EVENTS, from, record -> {
                if (Topics.isReplay(record.headers(), record.topic())) {
                    return; // counted when it came first
                }
                if (!(decode(record) instanceof Events events)) {
                    unreadable[0]++;
                    return;
                }
                long appended = events.getAppended();
                if (in(appended, from, to) && (source == null || source.equals(events.getSource()))) {
                    Key key = new Key(Math.floorDiv(appended, HOUR) * HOUR, events.getShipper(), events.getSource());
                    rows.merge(key, Tally.NOTHING.plus(events), (before, one) -> before.plus(events));
                }
            });
            // Each partition has all heartbeats, so the one with the least else in it will do.
            long earlier = from == Micros.UNKNOWN ? from : from - BEFORE;
            reader.readSmallest(Topics.LOGS, earlier, to, record -> {
                if (decode(record) instanceof Heartbeat beat) {
                    growth.see(beat, Micros.ofMillis(record.timestamp()), from);
                }
            });
        }
        return new Accounts(rows, growth.dropped, unreadable[0]);
    }

    /** The sum of all rows. */
    public Tally total() {
        return rows.values().stream().reduce(Tally.NOTHING, Tally::plus);
    }

    static boolean in(long time, long from, long to) {
        return time >= from && (to == Micros.UNKNOWN || time < to);
    }

    static @Nullable SpecificRecord decode(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Codec.decode(record.value());
        } catch (Codec.Undecodable e) {
            return null; // a dead letter of the stage that reads the topic; whoever calls counts it
        }
    }

    /** Counters of a shipper grow during an epoch: what counts is by how much they did from one heartbeat to the next. */
    static final class Growth {
        private static final String DROPPED = "dropped.";

        final SortedMap<Dropped, Long> dropped = new TreeMap<>();
        private final Map<String, Map<String, Long>> last = new HashMap<>();

        void see(Heartbeat beat, long at, long from) {
            Map<String, Long> counters =
                    last.computeIfAbsent(beat.getShipper() + '\0' + beat.getEpoch(), e -> new HashMap<>());
            beat.getCounters().forEach((name, value) -> {
                if (name.startsWith(DROPPED)) {
                    long grown = value - counters.getOrDefault(name, 0L);
                    if (grown > 0) { // less: one that came again
                        counters.put(name, value);
                        if (at >= from) {
                            long hour = Math.floorDiv(at, HOUR) * HOUR;
                            dropped.merge(
                                    new Dropped(hour, beat.getShipper(), name.substring(DROPPED.length())),
                                    grown,
                                    Long::sum);
                        }
                    }
                }
            });
        }
    }
}
