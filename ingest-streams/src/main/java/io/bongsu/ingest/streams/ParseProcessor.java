package io.bongsu.ingest.streams;

import io.bongsu.ingest.generation.Generation;
import io.bongsu.ingest.generation.Generations;
import io.bongsu.ingest.judge.Judge;
import io.bongsu.ingest.judge.Presence;
import io.bongsu.ingest.parse.Joiner;
import io.bongsu.ingest.parse.Line;
import io.bongsu.ingest.parse.Parsed;
import io.bongsu.model.Codec;
import io.bongsu.model.DeadLetter;
import io.bongsu.model.Event;
import io.bongsu.model.EventId;
import io.bongsu.model.Events;
import io.bongsu.model.Heartbeat;
import io.bongsu.model.Micros;
import io.bongsu.model.RawLine;
import io.bongsu.model.RawLogs;
import io.bongsu.model.RulesMarker;
import io.bongsu.model.Topics;
import io.bongsu.model.Watermark;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.correlate.Correlation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One record of bongsu.logs: repeats dropped, lines of one event put together, each event parsed and judged, hits packed by
 * group, then the watermark. What cannot be read becomes a dead letter; nothing stops the thread. Reads no clock but the log's.
 */
final class ParseProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    static final String STORE = "parse-state";
    static final String TO_EVENTS = "events";
    static final String TO_HITS = "hits";
    static final String TO_ALERTS = "alerts";
    static final String TO_DEAD_LETTERS = "dead-letters";

    /** An event whose hits came too late to be correlated says so. */
    static final String LATE = "_late";

    /** What a line knows that came behind missing ones; it is kept with the line where that waits. */
    private static final String MISSING = "log.missing_lines";

    private static final Logger LOG = LoggerFactory.getLogger(ParseProcessor.class);
    static final String SEQUENCES = "sequences|";
    private static final String SWEPT = "swept";
    private static final String JOINERS = "join|";
    /** Those whose markers lie in front of where this partition is read. */
    private static final String GENERATIONS = "generations";

    private static final long SECOND = 1_000_000L;
    private static final long DAY = Micros.of(Duration.ofDays(1));
    private static final long MINUTE = 60 * SECOND;
    /**
     * How long the log must be silent about a source until it is forgotten: a file that is gone, a sender that was replaced.
     * What comes again later is no repeat then but new, so it is longer than spools and rotated files are kept.
     */
    static final long FORGET = 90 * DAY;

    /** Bounds on one record of bongsu.events, since an event weighs several times its line. */
    private static final int MAX_EVENTS = 1_000;

    private static final int MAX_CHARS = 1_000_000;

    private final Generations generations;
    private final InForce.Judges judges;
    private final Past past;
    private final int partitions;
    private final long idle;
    private final long hold;
    private final Counters counters;

    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, byte[]> store;
    private InForce rules;
    private PartitionClock clock;
    private Presence presence;
    private Primers primers;
    /** Of the sources of which something waits, in an order that does not depend on restarts. */
    private final Map<String, Joiner> joiners = new TreeMap<>();
    /** When a record of each of them was appended last. */
    private final Map<String, Long> touched = new HashMap<>();

    private long marked = Micros.UNKNOWN;
    private long markedGeneration;
    private long markedPrimed;
    /** When it was looked, by the log, for sources to forget. */
    private long swept = Micros.UNKNOWN;

    ParseProcessor(Generations generations, Past past, int partitions, long idle, long hold, Counters counters) {
        this(generations, Judge::new, past, partitions, idle, hold, counters);
    }

    @SuppressWarnings("NullAway.Init")
    ParseProcessor(
            Generations generations,
            InForce.Judges judges,
            Past past,
            int partitions,
            long idle,
            long hold,
            Counters counters) {
        this.generations = generations;
        this.judges = judges;
        this.past = past;
        this.partitions = partitions;
        this.idle = idle;
        this.hold = hold;
        this.counters = counters;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        this.store = context.getStateStore(STORE);
        this.rules = new InForce(generations, judges);
        byte[] met = store.get(GENERATIONS);
        if (met != null) {
            rules.load(met);
        }
        this.clock = new PartitionClock(idle, hold, this::save);
        try (KeyValueIterator<String, byte[]> saved = store.prefixScan(PartitionClock.PREFIX, new StringSerializer())) {
            saved.forEachRemaining(entry -> clock.load(entry.key, entry.value));
        }
        this.presence = new Presence(this::save);
        presence.ask(rules.all());
        try (KeyValueIterator<String, byte[]> saved = store.prefixScan(Presence.PREFIX, new StringSerializer())) {
            saved.forEachRemaining(entry -> presence.load(entry.key, entry.value));
        }
        byte[] last = store.get(SWEPT);
        swept = last == null ? Micros.UNKNOWN : ByteBuffer.wrap(last).getLong();
        primers = new Primers(generations, store, this::primer);
        joiners.clear();
        touched.clear();
        try (KeyValueIterator<String, byte[]> saved = store.prefixScan(JOINERS, new StringSerializer())) {
            saved.forEachRemaining(entry -> {
                String source = entry.key.substring(JOINERS.length());
                touched.put(source, ByteBuffer.wrap(entry.value).getLong());
                byte[] lines = Arrays.copyOfRange(entry.value, 8, entry.value.length);
                joiners.put(source, Joiner.load(rules::parsers, rules.newest(), lines));
            });
        }
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata at = context.recordMetadata().orElseThrow();
        if (rules.isNew()) {
            rules.begin(Micros.ofMillis(record.timestamp()));
            store.put(GENERATIONS, rules.save());
            presence.ask(rules.all());
        }
        SpecificRecord value;
        try {
            value = Codec.decode(record.value());
        } catch (Codec.Undecodable e) {
            counters.add("undecodable", 1);
            deadLetter(record, at, "undecodable", String.valueOf(e.getMessage()));
            return;
        }
        long appended = Micros.ofMillis(record.timestamp());
        switch (value) {
            case RawLogs logs -> {
                release(record, at, null, appended);
                lines(record, at, logs, appended);
            }
            case Heartbeat beat -> {
                release(record, at, beat, appended);
                clock.heartbeat(beat.getShipper(), beat.getNow(), appended);
            }
            case RulesMarker marker -> {
                boolean isNew = rules.met(marker.getGeneration()) == null && marker.getGeneration() > rules.newest();
                if (!rules.meet(marker, clock.now())) {
                    counters.add("undecodable", 1);
                    deadLetter(record, at, "foreign", "bongsu.rules has no such generation: " + marker.getGeneration());
                    return;
                }
                store.put(GENERATIONS, rules.save());
                presence.ask(rules.all());
                Generation generation = rules.met(marker.getGeneration());
                if (isNew && generation != null && generation.primedFrom() != Long.MAX_VALUE) {
                    primers.begin(generation, at.offset());
                }
                prime(record);
                watermark(record, at.partition(), false);
                return;
            }
            default -> {
                counters.add("undecodable", 1);
                String found = value.getSchema().getName();
                deadLetter(record, at, "foreign", found + " does not belong in " + at.topic());
                return;
            }
        }
        clock.settle();
        forget(appended);
        prime(record);
        watermark(record, at.partition(), value instanceof Heartbeat);
    }

    private Primer primer(Generation generation, long before, long done) {
        RuleSet all = generation.rules();
        Predicate<Correlation> fresh = correlation -> generation.isFresh(Generation.key(correlation));
        long lateness = all.correlations().stream()
                .filter(fresh)
                .mapToLong(Correlation::lateness)
                .max()
                .orElse(0);
        return new Primer(
                past,
                generation,
                context.taskId().partition(),
                before,
                // Each source that holds the clock back is heard within that.
                lateness + idle + 10 * MINUTE,
                () -> new ParseProcessor(
                        Generations.judging(all, generations),
                        (detector, of) -> judges.of(all.feeding(fresh), of),
                        Past.NONE,
                        partitions,
                        idle,
                        hold,
                        new Counters()),
                done);
    }

    private void prime(Record<byte[], byte[]> record) {
        primers.tell(record.timestamp(), hits -> {
            counters.add("primed", 1);
            context.forward(hits.withTimestamp(record.timestamp()), TO_HITS);
        });
    }

    @Override
    public void close() {
        if (primers != null) { // not where init failed
            primers.close();
        }
    }

    private void lines(Record<byte[], byte[]> record, RecordMetadata at, RawLogs logs, long appended) {
        String source = Keys.encode(logs.getShipper(), logs.getSource());
        Sequences sequences = Sequences.load(store.get(SEQUENCES + source));
        String prefix = EventId.prefix(logs.getShipper(), logs.getEpoch(), logs.getSource());
        ZoneId zone = zone(logs.getZone());
        Work work = new Work(record, at, appended, logs.getShipper(), logs.getSource());
        Came here = work.came(new Place(logs.getEpoch(), at.offset(), appended));
        here.received = logs.getLines().size();
        Joiner joiner = joiners.getOrDefault(source, new Joiner(rules.parsers()));
        joiner.use(rules.parsers(), rules.newest());
        boolean replayed = Topics.isReplay(record.headers(), at.topic());
        Map<String, String> fields = logs.getFields().isEmpty() ? Map.of() : new TreeMap<>(logs.getFields());
        boolean ofFile = logs.getFrom() != null;
        long from = ofFile ? logs.getFrom() : 0;
        for (int i = 0; i < logs.getLines().size(); i++) {
            RawLine raw = logs.getLines().get(i);
            long before = sequences.missing();
            boolean isNew = ofFile
                    ? sequences.take(logs.getEpoch(), from, raw.getSequence())
                    : sequences.take(logs.getEpoch(), raw.getSequence());
            from = raw.getSequence() + 1;
            if (!isNew && !replayed) {
                here.duplicates++;
                continue;
            }
            here.pending++;
            Line line = new Line(
                    Codec.bytes(raw.getData()),
                    raw.getReceived(),
                    logs.getInput(),
                    logs.getTag(),
                    logs.getCharset(),
                    zone,
                    logs.getAddress(),
                    raw.getCut(),
                    sequences.missing() > before ? behindGap(fields, sequences.missing() - before) : fields);
            String id = EventId.of(prefix, raw.getSequence());
            Joiner.Waiting waiting =
                    new Joiner.Waiting(line, raw.getReceived(), id, logs.getEpoch(), at.offset(), i, appended);
            List<Joiner.Outcome> outcomes;
            try {
                outcomes = joiner.take(waiting);
            } catch (RuntimeException | StackOverflowError e) {
                work.broken(List.of(waiting), e);
                continue;
            }
            work.settle(outcomes);
        }
        here.missing = sequences.missing();
        sequences.appended(appended);
        store.put(SEQUENCES + source, sequences.save());
        counters.add("received", here.received);
        counters.add("duplicates", here.duplicates);
        counters.add("missing", here.missing);
        keep(source, joiner, appended);
        work.forward();
    }

    /** Once a day of the log, since it looks at every source. */
    private void forget(long appended) {
        if (swept != Micros.UNKNOWN && appended - swept < DAY) {
            return;
        }
        List<String> gone = new ArrayList<>();
        Map<String, byte[]> dated = new HashMap<>();
        if (swept != Micros.UNKNOWN) {
            try (KeyValueIterator<String, byte[]> saved = store.prefixScan(SEQUENCES, new StringSerializer())) {
                saved.forEachRemaining(entry -> {
                    Sequences sequences = Sequences.load(entry.value);
                    if (sequences.appended() == Micros.UNKNOWN) {
                        sequences.appended(appended);
                        dated.put(entry.key, sequences.save());
                    } else if (appended - sequences.appended() > FORGET) {
                        gone.add(entry.key);
                    }
                });
            }
        }
        dated.forEach(store::put);
        gone.forEach(store::delete);
        swept = appended;
        store.put(SWEPT, ByteBuffer.allocate(8).putLong(appended).array());
    }

    private static Map<String, String> behindGap(Map<String, String> fields, long lines) {
        Map<String, String> more = new TreeMap<>(fields);
        more.put(MISSING, Long.toString(lines));
        return more;
    }

    /** Stores what waits. The lines of a source that sends none for long are completed by {@link #release}. */
    private void keep(String source, Joiner joiner, long appended) {
        if (joiner.isEmpty()) {
            if (joiners.remove(source) != null) {
                touched.remove(source);
                store.put(JOINERS + source, null);
            }
            return;
        }
        joiners.put(source, joiner);
        touched.put(source, appended);
        byte[] lines = joiner.save();
        store.put(
                JOINERS + source,
                ByteBuffer.allocate(8 + lines.length)
                        .putLong(appended)
                        .put(lines)
                        .array());
    }

    /**
     * Completes what need not wait any longer: where the source's shipper says that it has come further, and where it has
     * been silent for so long that it may never come back.
     */
    private void release(Record<byte[], byte[]> record, RecordMetadata at, @Nullable Heartbeat beat, long appended) {
        for (String source : List.copyOf(joiners.keySet())) {
            Joiner joiner = Objects.requireNonNull(joiners.get(source));
            long last = touched.getOrDefault(source, appended);
            if (joiner.isIdle()) {
                continue;
            }
            List<String> names = Keys.decode(source);
            List<Joiner.Outcome> outcomes = List.of();
            if (beat != null && names.get(0).equals(beat.getShipper())) {
                outcomes = joiner.passed(beat.getNow());
            } else if (appended - last > idle) {
                outcomes = joiner.end();
            }
            if (!outcomes.isEmpty()) {
                Work work = new Work(record, at, appended, names.get(0), names.get(1));
                work.settle(outcomes);
                keep(source, joiner, last);
                work.forward();
            }
        }
    }

    /** Where a line lies: the record of bongsu.logs. */
    private record Place(long epoch, long offset, long appended) {}

    /** What came of the lines of one record of bongsu.logs, as far as this record says it. */
    private static final class Came {
        final Place place;
        final List<Event> events = new ArrayList<>();
        int received;
        int duplicates;
        int merged;
        int deadLettered;
        int pending;
        long missing;

        Came(Place place) {
            this.place = place;
        }
    }

    /** One record's worth of work on the lines of one source, which may lie in earlier records. */
    private final class Work {
        private final Record<byte[], byte[]> record;
        private final RecordMetadata at;
        private final long appended;
        private final String shipper;
        private final String source;
        private final Outcome outcome = new Outcome(clock.now());
        private final Map<Place, Came> places = new LinkedHashMap<>(2);

        Work(Record<byte[], byte[]> record, RecordMetadata at, long appended, String shipper, String source) {
            this.record = record;
            this.at = at;
            this.appended = appended;
            this.shipper = shipper;
            this.source = source;
        }

        Came came(Place place) {
            return places.computeIfAbsent(place, Came::new);
        }

        private Came came(Joiner.Waiting line) {
            Came came = came(new Place(line.epoch(), line.offset(), line.appended()));
            came.pending--;
            return came;
        }

        void settle(List<Joiner.Outcome> outcomes) {
            for (int i = 0; i < outcomes.size(); i++) {
                switch (outcomes.get(i)) {
                    case Joiner.Held held -> seen(held.line(), held.time());
                    case Joiner.Merged merged -> came(merged.line()).merged++;
                    case Joiner.Complete complete -> {
                        try {
                            event(complete);
                        } catch (RuntimeException | StackOverflowError e) {
                            broken(complete.lines(), e);
                        }
                    }
                }
            }
        }

        private void event(Joiner.Complete complete) {
            Joiner.Waiting first = complete.lines().getFirst();
            outcome.late = false;
            Parsed parsed = complete.parse();
            long missing = 0;
            for (Joiner.Waiting line : complete.lines()) {
                missing += Long.parseLong(line.line().fields().getOrDefault(MISSING, "0"));
            }
            if (missing > 0) {
                parsed = parsed.behindGap(missing);
            }
            if (parsed.unrecognised() != null) {
                counters.add("unrecognised." + parsed.unrecognised(), 1);
            }
            Judge.Position place = new Judge.Position(at.partition(), first.offset(), first.index());
            Event event = judge(parsed, first.id(), place, first.line().received(), outcome);
            if (outcome.late) {
                event.getTags().add(LATE);
                counters.add("late", 1);
            }
            presence.heard(
                    parsed,
                    place,
                    outcome.clockBefore,
                    (present, id) -> judge(present, id, place, first.line().received(), outcome));
            seen(first, event.getTime());
            came(first).events.add(event);
            for (int i = 1; i < complete.lines().size(); i++) {
                came(complete.lines().get(i)).merged++;
            }
        }

        private void seen(Joiner.Waiting line, long time) {
            clock.line(shipper, source, time, line.line().received(), line.appended());
        }

        /** Lines that break a parser or a rule must not stop the others; the defect is ours and is logged. */
        void broken(List<Joiner.Waiting> lines, Throwable e) {
            for (Joiner.Waiting line : lines) {
                LOG.error(
                        "line broke the parser: topic={} partition={} offset={} line={}",
                        at.topic(),
                        at.partition(),
                        line.offset(),
                        line.index(),
                        e);
                came(line).deadLettered++;
                deadLetter(
                        record,
                        at,
                        new Failed(
                                new Judge.Position(at.partition(), line.offset(), line.index()),
                                line.appended(),
                                line.line().received(),
                                source,
                                "parser",
                                e.toString(),
                                line.line().data()),
                        outcome);
            }
        }

        void forward() {
            for (Came came : places.values()) {
                counters.add("events", came.events.size());
                counters.add("merged", came.merged);
                forwardEvents(came);
            }
            outcome.forward(context, record, at, rules.newest(), counters);
        }

        /** In pieces that stay small enough for a record; the first one carries the counts. */
        private void forwardEvents(Came came) {
            List<Event> events = came.events;
            int from = 0;
            do {
                int to = from;
                for (long chars = 0; to < events.size() && to - from < MAX_EVENTS && chars < MAX_CHARS; to++) {
                    chars += events.get(to).getOriginal().length();
                }
                boolean first = from == 0;
                Events piece = new Events(
                        shipper,
                        came.place.epoch(),
                        source,
                        at.partition(),
                        came.place.offset(),
                        came.place.appended(),
                        first ? came.received : 0,
                        first ? came.duplicates : 0,
                        first ? came.merged : 0,
                        first ? came.deadLettered : 0,
                        Map.of(),
                        first ? came.pending : 0,
                        first ? came.missing : 0L,
                        events.subList(from, to));
                context.forward(record.withKey(key(came)).withValue(Codec.encode(piece)), TO_EVENTS);
                from = to;
            } while (from < events.size());
        }

        /** The key of the line's own record, which is its source; that of this record is perhaps a heartbeat's. */
        private byte[] key(Came came) {
            return came.place.offset() == at.offset() ? record.key() : source.getBytes(StandardCharsets.UTF_8);
        }
    }

    private void watermark(Record<byte[], byte[]> record, int partition, boolean beat) {
        long now = clock.now();
        long primed = primers.told(rules.newest());
        boolean pushed = (rules.newest() > markedGeneration || primed > markedPrimed) && now > PartitionClock.UNKNOWN;
        if (now - marked >= SECOND || (beat && now > marked) || pushed) {
            marked = now;
            markedGeneration = rules.newest();
            markedPrimed = primed;
            byte[] mark = Codec.encode(new Watermark(0, partition, partitions, now, markedGeneration, primed));
            context.forward(new Record<>(HitPartitioner.EVERYWHERE, mark, record.timestamp()), TO_HITS);
        }
    }

    /** By the rules in force at its time, and by former ones that are still fed. */
    private Event judge(Parsed parsed, String id, Judge.Position place, long received, Outcome outcome) {
        InForce.Judging judging = rules.at(parsed.time(), outcome.clockBefore);
        Event event = judging.judge().judge(parsed, id, place, received, outcome);
        for (InForce.Beside beside : judging.beside()) {
            beside.judge().hits(parsed, id, place, received, outcome.of(beside));
        }
        return event;
    }

    /** Of a whole record. */
    private void deadLetter(Record<byte[], byte[]> record, RecordMetadata at, String reason, String message) {
        long appended = Micros.ofMillis(record.timestamp());
        Outcome outcome = new Outcome(clock.now());
        Judge.Position whole = new Judge.Position(at.partition(), at.offset(), -1);
        byte[] data = record.value() == null ? new byte[0] : record.value();
        deadLetter(record, at, new Failed(whole, appended, Micros.UNKNOWN, null, reason, message, data), outcome);
        outcome.forward(context, record, at, rules.newest(), counters);
    }

    /**
     * What could not be processed.
     *
     * @param place of the line, or of a record with the line -1, which may be an earlier record than the one that is processed
     * @param received {@link Micros#UNKNOWN} of a record
     */
    private record Failed(
            Judge.Position place,
            long appended,
            long received,
            @Nullable String source,
            String reason,
            String message,
            byte[] data) {}

    /**
     * Writes it, and tells rules that ask for such. It has no time of its own: it is of when it came, or of the clock where that is
     * further, so that it never is too late.
     */
    private void deadLetter(Record<byte[], byte[]> record, RecordMetadata at, Failed failed, Outcome outcome) {
        Judge.Position place = failed.place;
        int line = place.line();
        DeadLetter letter = new DeadLetter(
                at.topic() + '-' + at.partition() + '-' + place.offset() + (line < 0 ? "" : "-" + line),
                "parse",
                failed.reason,
                failed.message,
                at.topic(),
                at.partition(),
                place.offset(),
                line,
                failed.source,
                null,
                failed.appended,
                ByteBuffer.wrap(failed.data),
                0);
        counters.add("dead-lettered", 1);
        context.forward(record.withValue(Codec.encode(letter)), TO_DEAD_LETTERS);
        long came = failed.received == Micros.UNKNOWN ? failed.appended : failed.received;
        long time = Math.max(came, clock.now());
        Parsed parsed = Judge.deadLetter(time, failed.source, failed.reason, failed.message, failed.data);
        try {
            judge(parsed, letter.getId(), place, came, outcome);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error(
                    "dead letter broke a rule: topic={} partition={} offset={} line={}",
                    at.topic(),
                    at.partition(),
                    place.offset(),
                    line,
                    e);
        }
    }

    private void save(String key, byte @Nullable [] value) {
        store.put(key, value);
    }

    private static @Nullable ZoneId zone(@Nullable String name) {
        try {
            return name == null ? null : ZoneId.of(name);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
