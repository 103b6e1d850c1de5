package io.bongsu.ingest.streams;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The clock of one partition of bongsu.logs: how far event time has come there. A function of the partition's records
 * and of nothing else; all times are microseconds since 1970.
 *
 * <p>A feed is a source of a shipper. Its own clock is the shipper's newest time less the feed's lag: the smallest
 * {@code received - min(event, received)} that it ever showed, so that a clock that runs ahead never passes the receive
 * time. The partition's clock is the slowest live feed's, but at most {@code hold} behind the newest shipper time, and it
 * never goes back. Without any feed it is {@code hold} behind while the partition is new, so that the first logs are
 * welcome however old they are, and {@code idle} behind from then on. Feeds end when their shipper has been silent for
 * {@code idle} of append time, or they themselves for {@code hold}. Heartbeats carry idle feeds along.
 *
 * <p>What has changed is handed to {@link Saver} by {@link #settle}, once for a record and not for each of its lines, so that
 * the state behind a record can be restored exactly with {@link #load}.
 */
final class PartitionClock {
    /** Stores a value, or deletes it when null. */
    interface Saver {
        void save(String key, byte @Nullable [] value);
    }

    /** Before the first record. */
    static final long UNKNOWN = Long.MIN_VALUE / 4;

    static final String PREFIX = "clock|";
    private static final String FEED = PREFIX + "feed|";
    private static final String SHIPPER = PREFIX + "shipper|";
    private static final String SELF = PREFIX + "self";
    private static final long MINUTE = 60_000_000L;
    /** How long a partition is new. */
    private static final long NEW = 10 * MINUTE;

    /** What is stored under a key of its own: two numbers. */
    private abstract static class Entry {
        final String key;
        long append;
        boolean changed;

        Entry(String key) {
            this.key = key;
        }

        abstract long number();
    }

    private static final class Feed extends Entry {
        long lag;

        Feed(String shipper, String source) {
            super(FEED + Keys.encode(shipper, source));
        }

        @Override
        long number() {
            return lag;
        }
    }

    private static final class Shipper extends Entry {
        long newest;
        final Map<String, Feed> feeds = new HashMap<>();
        final TreeMap<Long, Integer> lags = new TreeMap<>();

        Shipper(String name) {
            super(SHIPPER + name);
        }

        @Override
        long number() {
            return newest;
        }
    }

    private final long idle;
    private final long hold;
    private final Saver saver;
    private final Map<String, Shipper> shippers = new HashMap<>();
    private final List<Entry> changed = new ArrayList<>();
    private long born = Long.MAX_VALUE;
    private long append = Long.MIN_VALUE;
    private long clock = UNKNOWN;
    private long swept = UNKNOWN;

    PartitionClock(long idle, long hold, Saver saver) {
        this.idle = idle;
        this.hold = hold;
        this.saver = saver;
    }

    /** How far event time has come; {@link #UNKNOWN} before the first record. */
    long now() {
        return clock;
    }

    void line(String shipper, String source, long event, long received, long appended) {
        Shipper s = seen(shipper, received, appended);
        long lag = received - Math.min(event, received);
        Feed feed = s.feeds.get(source);
        if (feed == null) {
            feed = new Feed(shipper, source);
            feed.lag = lag;
            s.feeds.put(source, feed);
        } else if (lag >= feed.lag && appended - feed.append < MINUTE) {
            return;
        } else {
            forget(s, feed);
            feed.lag = Math.min(lag, feed.lag);
        }
        feed.append = appended;
        s.lags.merge(feed.lag, 1, Integer::sum);
        change(feed);
    }

    void heartbeat(String shipper, long now, long appended) {
        seen(shipper, now, appended);
    }

    /** To be called once behind each record: settles where the clock stands now. */
    void settle() {
        if (shippers.isEmpty()) {
            return;
        }
        for (Entry entry : changed) {
            entry.changed = false;
            saver.save(
                    entry.key,
                    ByteBuffer.allocate(16)
                            .putLong(entry.number())
                            .putLong(entry.append)
                            .array());
        }
        changed.clear();
        if (append - swept >= MINUTE) {
            swept = append;
            sweep();
        }
        long newest = Long.MIN_VALUE;
        long slowest = Long.MAX_VALUE;
        for (Shipper s : shippers.values()) {
            newest = Math.max(newest, s.newest);
            if (!s.lags.isEmpty()) {
                slowest = Math.min(slowest, s.newest - s.lags.lastKey());
            }
        }
        if (slowest == Long.MAX_VALUE) {
            slowest = append - born < NEW ? newest - hold : newest - idle;
        }
        clock = Math.max(clock, Math.max(slowest, newest - hold));
        saver.save(
                SELF,
                ByteBuffer.allocate(32)
                        .putLong(clock)
                        .putLong(born)
                        .putLong(append)
                        .putLong(swept)
                        .array());
    }

    /** One stored entry, as it was saved. */
    void load(String key, byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        if (key.equals(SELF)) {
            clock = in.getLong();
            born = in.getLong();
            append = in.getLong();
            swept = in.getLong();
        } else if (key.startsWith(SHIPPER)) {
            Shipper s = shippers.computeIfAbsent(key.substring(SHIPPER.length()), Shipper::new);
            s.newest = in.getLong();
            s.append = in.getLong();
        } else if (key.startsWith(FEED)) {
            var names = Keys.decode(key.substring(FEED.length()));
            Shipper s = shippers.computeIfAbsent(names.get(0), Shipper::new);
            Feed feed = new Feed(names.get(0), names.get(1));
            feed.lag = in.getLong();
            feed.append = in.getLong();
            s.feeds.put(names.get(1), feed);
            s.lags.merge(feed.lag, 1, Integer::sum);
        } else {
            throw new IllegalStateException("unknown entry of the clock: " + key);
        }
    }

    private Shipper seen(String name, long time, long appended) {
        born = Math.min(born, appended);
        append = Math.max(append, appended);
        Shipper s = shippers.get(name);
        if (s == null) {
            s = new Shipper(name);
            s.newest = time;
            shippers.put(name, s);
        }
        s.newest = Math.max(s.newest, time);
        s.append = append;
        change(s);
        return s;
    }

    private void change(Entry entry) {
        if (!entry.changed) {
            entry.changed = true;
            changed.add(entry);
        }
    }

    private void sweep() {
        shippers.entrySet().removeIf(entry -> {
            Shipper s = entry.getValue();
            boolean dead = append - s.append > idle;
            s.feeds.entrySet().removeIf(f -> {
                boolean ended = dead || append - f.getValue().append > hold;
                if (ended) {
                    forget(s, f.getValue());
                    saver.save(f.getValue().key, null);
                }
                return ended;
            });
            if (dead) {
                saver.save(s.key, null);
            }
            return dead;
        });
    }

    private static void forget(Shipper s, Feed feed) {
        s.lags.computeIfPresent(feed.lag, (lag, n) -> n == 1 ? null : n - 1);
    }
}
