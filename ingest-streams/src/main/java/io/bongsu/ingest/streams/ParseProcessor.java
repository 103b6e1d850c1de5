package io.bongsu.ingest.streams;

import io.bongsu.ingest.judge.Judge;
import io.bongsu.ingest.parse.Line;
import io.bongsu.ingest.parse.Parsed;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Alert;
import io.bongsu.model.Codec;
import io.bongsu.model.DeadLetter;
import io.bongsu.model.Event;
import io.bongsu.model.EventId;
import io.bongsu.model.Events;
import io.bongsu.model.Heartbeat;
import io.bongsu.model.Hit;
import io.bongsu.model.Hits;
import io.bongsu.model.Micros;
import io.bongsu.model.RawLine;
import io.bongsu.model.RawLogs;
import io.bongsu.model.RulesMarker;
import io.bongsu.model.Watermark;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.CorrelationHit;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * One record of bongsu.logs: repeats dropped, each line parsed and judged, hits packed by group, then the watermark. What
 * cannot be read becomes a dead letter; nothing stops the thread. Reads no clock but the log's.
 */
final class ParseProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    static final String STORE = "parse-state";
    static final String TO_EVENTS = "events";
    static final String TO_HITS = "hits";
    static final String TO_ALERTS = "alerts";
    static final String TO_DEAD_LETTERS = "dead-letters";

    /** An event whose hits came too late to be correlated says so. */
    static final String LATE = "_late";

    private static final Logger LOG = LoggerFactory.getLogger(ParseProcessor.class);
    private static final String SEQUENCES = "sequences|";
    private static final long SECOND = 1_000_000L;
    /** Bounds on one record of bongsu.events, since an event weighs several times its line. */
    private static final int MAX_EVENTS = 1_000;

    private static final int MAX_CHARS = 1_000_000;

    private final ParserSet parsers;
    private final RuleSet rules;
    private final long generation;
    private final int partitions;
    private final long idle;
    private final long hold;
    private final Counters counters;

    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, byte[]> store;
    private Judge judge;
    private PartitionClock clock;
    private long marked = Micros.UNKNOWN;

    @SuppressWarnings("NullAway.Init")
    ParseProcessor(
            ParserSet parsers,
            RuleSet rules,
            long generation,
            int partitions,
            long idle,
            long hold,
            Counters counters) {
        this.parsers = parsers;
        this.rules = rules;
        this.generation = generation;
        this.partitions = partitions;
        this.idle = idle;
        this.hold = hold;
        this.counters = counters;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        this.store = context.getStateStore(STORE);
        this.judge = new Judge(parsers, rules, generation);
        this.clock = new PartitionClock(idle, hold, this::save);
        try (KeyValueIterator<String, byte[]> saved = store.prefixScan(PartitionClock.PREFIX, new StringSerializer())) {
            saved.forEachRemaining(entry -> clock.load(entry.key, entry.value));
        }
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata at = context.recordMetadata().orElseThrow();
        SpecificRecord value;
        try {
            value = Codec.decode(record.value());
        } catch (Codec.Undecodable e) {
            counters.add("undecodable", 1);
            deadLetter(record, at, -1, null, "undecodable", String.valueOf(e.getMessage()), record.value());
            return;
        }
        long appended = Micros.ofMillis(record.timestamp());
        switch (value) {
            case RawLogs logs -> lines(record, at, logs, appended);
            case Heartbeat beat -> clock.heartbeat(beat.getShipper(), beat.getNow(), appended);
            case RulesMarker marker -> {
                // This instance holds one generation, read at its start.
                counters.add("markers", 1);
                return;
            }
            default -> {
                counters.add("undecodable", 1);
                String found = value.getSchema().getName();
                deadLetter(
                        record, at, -1, null, "foreign", found + " does not belong in " + at.topic(), record.value());
                return;
            }
        }
        clock.settle();
        watermark(record, at.partition(), value instanceof Heartbeat);
    }

    private void lines(Record<byte[], byte[]> record, RecordMetadata at, RawLogs logs, long appended) {
        String key = SEQUENCES + Keys.encode(logs.getShipper(), logs.getSource());
        Sequences sequences = Sequences.load(store.get(key));
        String prefix = EventId.prefix(logs.getShipper(), logs.getEpoch(), logs.getSource());
        ZoneId zone = zone(logs.getZone());
        long before = clock.now();
        Outcome outcome = new Outcome(before);
        List<Event> events = new ArrayList<>(logs.getLines().size());
        int duplicates = 0;
        int deadLettered = 0;
        for (int i = 0; i < logs.getLines().size(); i++) {
            RawLine line = logs.getLines().get(i);
            if (!sequences.take(logs.getEpoch(), line.getSequence())) {
                duplicates++;
                continue;
            }
            byte[] data = bytes(line.getData());
            try {
                outcome.late = false;
                Parsed parsed = parsers.parse(
                        new Line(
                                data,
                                line.getReceived(),
                                logs.getInput(),
                                logs.getTag(),
                                logs.getCharset(),
                                zone,
                                logs.getAddress(),
                                line.getCut()),
                        line.getReceived());
                if (parsed.unrecognised() != null) {
                    counters.add("unrecognised." + parsed.unrecognised(), 1);
                }
                Event event = judge.judge(
                        parsed,
                        EventId.of(prefix, line.getSequence()),
                        new Judge.Position(at.partition(), at.offset(), i),
                        line.getReceived(),
                        outcome);
                if (outcome.late) {
                    event.getTags().add(LATE);
                    counters.add("late", 1);
                }
                events.add(event);
                clock.line(logs.getShipper(), logs.getSource(), event.getTime(), line.getReceived(), appended);
            } catch (RuntimeException | StackOverflowError e) {
                // A line that breaks a parser or a rule must not stop the others; the defect is ours and is logged.
                LOG.error(
                        "line broke the parser: topic={} partition={} offset={} line={}",
                        at.topic(),
                        at.partition(),
                        at.offset(),
                        i,
                        e);
                deadLettered++;
                deadLetter(record, at, i, logs.getSource(), "parser", e.toString(), data);
            }
        }
        store.put(key, sequences.save());
        counters.add("received", logs.getLines().size());
        counters.add("events", events.size());
        counters.add("duplicates", duplicates);
        counters.add("missing", sequences.missing());
        forwardEvents(record, at, logs, appended, events, duplicates, deadLettered, sequences.missing());
        outcome.forward(record, at);
    }

    /** In pieces that stay small enough for a record; the first one carries the counts. */
    private void forwardEvents(
            Record<byte[], byte[]> record,
            RecordMetadata at,
            RawLogs logs,
            long appended,
            List<Event> events,
            int duplicates,
            int deadLettered,
            long missing) {
        int from = 0;
        do {
            int to = from;
            for (long chars = 0; to < events.size() && to - from < MAX_EVENTS && chars < MAX_CHARS; to++) {
                chars += events.get(to).getOriginal().length();
            }
            boolean first = from == 0;
            Events piece = new Events(
                    logs.getShipper(),
                    logs.getEpoch(),
                    logs.getSource(),
                    at.partition(),
                    at.offset(),
                    appended,
                    first ? logs.getLines().size() : 0,
                    first ? duplicates : 0,
                    0,
                    first ? deadLettered : 0,
                    Map.of(),
                    first ? missing : 0L,
                    events.subList(from, to));
            context.forward(record.withValue(Codec.encode(piece)), TO_EVENTS);
            from = to;
        } while (from < events.size());
    }

    private void watermark(Record<byte[], byte[]> record, int partition, boolean beat) {
        long now = clock.now();
        if (now - marked >= SECOND || (beat && now > marked)) {
            marked = now;
            byte[] mark = Codec.encode(new Watermark(0, partition, partitions, now));
            context.forward(new Record<>(HitPartitioner.EVERYWHERE, mark, record.timestamp()), TO_HITS);
        }
    }

    private void deadLetter(
            Record<byte[], byte[]> record,
            RecordMetadata at,
            int line,
            @Nullable String source,
            String reason,
            String message,
            byte @Nullable [] data) {
        DeadLetter letter = new DeadLetter(
                at.topic() + '-' + at.partition() + '-' + at.offset() + (line < 0 ? "" : "-" + line),
                "parse",
                reason,
                message,
                at.topic(),
                at.partition(),
                at.offset(),
                line,
                source,
                null,
                Micros.ofMillis(record.timestamp()),
                ByteBuffer.wrap(data == null ? new byte[0] : data));
        counters.add("dead-lettered", 1);
        context.forward(record.withValue(Codec.encode(letter)), TO_DEAD_LETTERS);
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

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] out = new byte[buffer.remaining()];
        buffer.duplicate().get(out);
        return out;
    }

    /** Alerts go out as they come; hits are packed by group until the record is done. */
    private final class Outcome implements Judge.Sink {
        private final long clockBefore;
        private final List<Alert> alerts = new ArrayList<>();
        private final Map<Correlation, Map<List<String>, List<Hit>>> hits = new LinkedHashMap<>();
        private boolean late;

        Outcome(long clockBefore) {
            this.clockBefore = clockBefore;
        }

        @Override
        public void alert(Alert alert) {
            alerts.add(alert);
        }

        @Override
        public void hit(Correlation correlation, List<String> group, CorrelationHit h) {
            if (h.time() < clockBefore - correlation.lateness()) {
                late = true;
                return;
            }
            hits.computeIfAbsent(correlation, c -> new LinkedHashMap<>())
                    .computeIfAbsent(group, g -> new ArrayList<>())
                    .add(new Hit(
                            h.member(),
                            h.event(),
                            h.line(),
                            h.time(),
                            h.received(),
                            h.count(),
                            new HashMap<>(h.values()),
                            h.retracted()));
        }

        void forward(Record<byte[], byte[]> record, RecordMetadata at) {
            for (Alert alert : alerts) {
                counters.add("alerts", 1);
                context.forward(
                        new Record<>(CorrelateProcessor.utf8(alert.getId()), Codec.encode(alert), record.timestamp()),
                        TO_ALERTS);
            }
            hits.forEach((correlation, groups) -> groups.forEach((group, list) -> {
                counters.add("hits", list.size());
                String rule = correlation.info().id();
                String version = correlation.info().version();
                Hits packed =
                        new Hits(rule, version, generation, 0, group, at.partition(), at.offset(), clockBefore, list);
                context.forward(
                        new Record<>(
                                CorrelateProcessor.key(rule, version, group), Codec.encode(packed), record.timestamp()),
                        TO_HITS);
            }));
        }
    }
}
