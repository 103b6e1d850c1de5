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
 * @param refused connections that shippers closed at once, since there were too many
 * @param unreadable records that are none of ours
 */
public record Accounts(
        SortedMap<Key, Tally> rows,
        SortedMap<Dropped, Long> droppedBefore,
        SortedMap<Dropped, Long> refused,
        long unreadable) {
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
     * Frames that a shipper dropped, or connections.
     *
     * @param hour as that of a {@link Key}
     * @param what the reason and the listener, with a dot between them
     * @param source the sender's, as in a {@link Key} (IPv6 by /64); empty: not known
     */
    public record Dropped(long hour, String shipper, String what, String source) implements Comparable<Dropped> {
        private static final Comparator<Dropped> ORDER = Comparator.comparingLong(Dropped::hour)
                .thenComparing(Dropped::shipper)
                .thenComparing(Dropped::what)
                .thenComparing(Dropped::source);

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
                // What is in thousands of lines is nothing to us: the sums of a week would take as long as to parse it.
                if (Codec.claims(record.value(), Heartbeat.getClassSchema())
                        && decode(record) instanceof Heartbeat beat) {
                    growth.see(beat, Micros.ofMillis(record.timestamp()), from);
                }
            });
        }
        return new Accounts(rows, growth.dropped(source), growth.refused(source), unreadable[0]);
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
        private static final String REFUSED = "closed.";
        private static final String SENDER = "sender.";

        private final SortedMap<Dropped, Long> dropped = new TreeMap<>();
        private final SortedMap<Dropped, Long> refused = new TreeMap<>();
        private final Map<String, Map<String, Long>> last = new HashMap<>();

        void see(Heartbeat beat, long at, long from) {
            Map<String, Long> counters =
                    last.computeIfAbsent(beat.getShipper() + '\0' + beat.getEpoch(), e -> new HashMap<>());
            beat.getCounters().forEach((name, value) -> {
                if (!name.startsWith(DROPPED) && !name.startsWith(SENDER)) {
                    return;
                }
                long grown = value - counters.getOrDefault(name, 0L);
                if (grown > 0) { // less: one that came again
                    counters.put(name, value);
                    if (at >= from) {
                        grown(Math.floorDiv(at, HOUR) * HOUR, beat.getShipper(), name, grown);
                    }
                }
            });
        }

        /** All frames count as those of nobody first; whoever is known for some of them takes them from there. */
        private void grown(long hour, String shipper, String name, long by) {
            if (name.startsWith(DROPPED)) {
                add(dropped, new Dropped(hour, shipper, name.substring(DROPPED.length()), ""), by);
                return;
            }
            String[] part = name.split("\\.", 3); // sender.(hour of the shipper's clock).(counter)/(address)
            int slash = part.length == 3 ? part[2].indexOf('/') : -1;
            if (slash < 0) {
                return; // of a newer release
            }
            String counter = part[2].substring(0, slash);
            if (counter.startsWith(DROPPED)) {
                String what = counter.substring(DROPPED.length());
                add(dropped, new Dropped(hour, shipper, what, source(what, part[2], slash)), by);
                add(dropped, new Dropped(hour, shipper, what, ""), -by);
            } else if (counter.startsWith(REFUSED)) {
                String what = counter.substring(REFUSED.length());
                add(refused, new Dropped(hour, shipper, what, source(what, part[2], slash)), by);
            }
        }

        private static String source(String what, String counter, int slash) {
            return what.substring(what.indexOf('.') + 1) + counter.substring(slash);
        }

        private static void add(Map<Dropped, Long> to, Dropped key, long by) {
            to.merge(key, by, (before, more) -> before + more == 0 ? null : before + more);
        }

        /** @param source only that one; null: all */
        SortedMap<Dropped, Long> dropped(@Nullable String source) {
            return of(dropped, source);
        }

        SortedMap<Dropped, Long> refused(@Nullable String source) {
            return of(refused, source);
        }

        private static SortedMap<Dropped, Long> of(SortedMap<Dropped, Long> all, @Nullable String source) {
            SortedMap<Dropped, Long> some = new TreeMap<>(all);
            some.keySet().removeIf(key -> source != null && !source.equals(key.source()));
            return some;
        }
    }
}
