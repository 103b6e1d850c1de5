package io.bongsu.ingest.judge;

import io.bongsu.ingest.parse.Parsed;
import io.bongsu.model.EventId;
import io.bongsu.model.Micros;
import io.bongsu.rules.LogSource;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.correlate.Correlation;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which hosts were heard of, with which dataset, in which five minutes of event time. Rules of the log source {@code sources}
 * see each such stretch once, as an event at its beginning, so that to watch a source costs the same however much it says. A
 * function of the events before and of the partition's clock; what is remembered is handed to {@link Saver} as it changes.
 * Does nothing when no rule asks. Not thread-safe.
 */
public final class Presence {
    /** Stores a value, or deletes it when null. */
    public interface Saver {
        void save(String key, byte @Nullable [] value);
    }

    /** Holds what is told against the rules: {@link Judge#judge}. */
    public interface Observer {
        void tell(Parsed parsed, String id);
    }

    /** Of the keys under which things are stored. */
    public static final String PREFIX = "present|";

    static final Set<LogSource> SOURCES = Set.of(LogSource.SOURCES);
    private static final List<String> HOST =
            List.of("host.hostname", "host.name", "observer.hostname", "observer.name");
    private static final long STRETCH = 5 * 60_000_000L;
    private static final long HOUR = 12 * STRETCH;
    private static final long DAY = 24 * HOUR;

    private final Saver saver;
    private boolean asked;
    private long lateness;
    private final Map<Source, Told> sources = new HashMap<>();
    private long swept = Micros.UNKNOWN;

    private record Source(@Nullable String host, String dataset) {
        String key() {
            return PREFIX + (host == null ? "" : host) + '\0' + dataset;
        }
    }

    /** The beginnings of those that a hit may still come of a second time. */
    private static final class Told {
        final TreeSet<Long> stretches = new TreeSet<>();
        long last;
    }

    /** Empty at first; nothing is told until {@link #ask}. */
    public Presence(Saver saver) {
        this.saver = saver;
    }

    /** Whose rules are told, from now on: what is further back than the longest lateness of any would be too late for all. */
    public void ask(Collection<RuleSet> rules) {
        asked = rules.stream().anyMatch(one -> one.rulesFor(SOURCES) > 0);
        lateness = rules.stream()
                .flatMap(one -> one.correlations().stream())
                .mapToLong(Correlation::lateness)
                .max()
                .orElse(0);
    }

    /** Takes back what was saved. */
    public void load(String key, byte[] value) {
        int end = key.lastIndexOf('\0');
        String host = key.substring(PREFIX.length(), end);
        Told told = new Told();
        ByteBuffer in = ByteBuffer.wrap(value);
        while (in.hasRemaining()) {
            told.last = in.getLong();
            told.stretches.add(told.last);
        }
        sources.put(new Source(host.isEmpty() ? null : host, key.substring(end + 1)), told);
    }

    /**
     * Tells rules when this is the first event of its source in its stretch. A time a day ahead of the clock says nothing of when
     * somebody was heard of.
     *
     * @param clock of the partition, or unknown: then all that comes is in time
     */
    public void heard(Parsed event, Judge.Position at, long clock, Observer observer) {
        if (!asked) {
            return;
        }
        Source source = new Source(host(event.fields()), event.dataset());
        long stretch = Math.floorDiv(event.time(), STRETCH) * STRETCH;
        Told told = sources.get(source);
        if (told != null && told.last == stretch) {
            return;
        }
        long oldest = clock - lateness;
        if (stretch < oldest || clock != Micros.UNKNOWN && event.time() > clock + DAY) {
            return;
        }
        sweep(oldest);
        if (told == null) {
            told = new Told();
            sources.put(source, told);
        }
        told.last = stretch;
        if (!told.stretches.add(stretch)) {
            return;
        }
        save(source, told, oldest);
        observer.tell(present(source, stretch), id(source, stretch, at));
    }

    private static @Nullable String host(Map<String, Object> fields) {
        for (String name : HOST) {
            Object value = fields.get(name);
            if (value != null) {
                return value.toString();
            }
        }
        return null;
    }

    private static Parsed present(Source source, long stretch) {
        Map<String, Object> fields = source.host == null ? Map.of() : Map.of("host.hostname", source.host);
        return new Parsed(stretch, source.dataset, "", List.of(), fields, SOURCES, null);
    }

    /** A stretch that two partitions heard of is two hits: neither knows of the other. */
    private static String id(Source source, long stretch, Judge.Position at) {
        return EventId.hash(source.key() + '\0' + stretch + '\0' + at.partition())
                .substring(0, 32);
    }

    private void save(Source source, Told told, long oldest) {
        told.stretches.headSet(oldest).clear();
        ByteBuffer out = ByteBuffer.allocate(8 * told.stretches.size());
        told.stretches.forEach(out::putLong);
        saver.save(source.key(), out.array());
    }

    /** Once an hour of the clock: a source of which nothing can be told twice need not be remembered. */
    private void sweep(long oldest) {
        if (oldest - swept < HOUR) {
            return;
        }
        swept = oldest;
        sources.entrySet().removeIf(entry -> {
            boolean over = Objects.requireNonNull(entry.getValue().stretches.last()) < oldest;
            if (over) {
                saver.save(entry.getKey().key(), null);
            }
            return over;
        });
    }
}
