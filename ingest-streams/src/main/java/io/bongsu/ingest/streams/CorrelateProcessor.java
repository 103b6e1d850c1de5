package io.bongsu.ingest.streams;

import io.bongsu.ingest.judge.Alerts;
import io.bongsu.model.Alert;
import io.bongsu.model.Codec;
import io.bongsu.model.DeadLetter;
import io.bongsu.model.Hits;
import io.bongsu.model.Micros;
import io.bongsu.model.Watermark;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.correlate.AlertRevision;
import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.CorrelationHit;
import io.bongsu.rules.correlate.GroupState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
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
 * One record of bongsu.hits: hits go into the state of their group, watermarks settle what is due. Time is the minimum of
 * the upstream partitions' clocks, as the watermarks in this partition tell it; nothing settles before all are known.
 *
 * <p>The store holds {@code clock|partition}, {@code state|key} (the timer it waits for, then the group's state) and
 * {@code timer|due|key}: a state has at most one timer.
 */
final class CorrelateProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    static final String STORE = "correlate-state";
    static final String TO_ALERTS = "alerts";
    static final String TO_DEAD_LETTERS = "dead-letters";

    private static final Logger LOG = LoggerFactory.getLogger(CorrelateProcessor.class);
    private static final String CLOCK = "clock|";
    private static final String STATE = "state|";
    private static final String TIMER = "timer|";
    private static final long UNKNOWN = Long.MIN_VALUE / 4;
    private static final int DIGITS = 19;

    private final RuleSet rules;
    private final Counters counters;
    private final Map<Integer, Long> clocks = new HashMap<>();

    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, byte[]> store;
    private int upstreams = Integer.MAX_VALUE;

    @SuppressWarnings("NullAway.Init")
    CorrelateProcessor(RuleSet rules, Counters counters) {
        this.rules = rules;
        this.counters = counters;
    }

    /** What hits of one group are keyed by, in the topic and in the store. */
    static byte[] key(String rule, String version, List<String> group) {
        return utf8(stateKey(rule, version, group));
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String stateKey(String rule, String version, List<String> group) {
        List<String> parts = new ArrayList<>(List.of(rule, version));
        parts.addAll(group);
        return Keys.encode(parts);
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        this.store = context.getStateStore(STORE);
        try (KeyValueIterator<String, byte[]> saved = store.prefixScan(CLOCK, new StringSerializer())) {
            saved.forEachRemaining(entry -> {
                ByteBuffer in = ByteBuffer.wrap(entry.value);
                clocks.put(Integer.parseInt(entry.key.substring(CLOCK.length())), in.getLong());
                upstreams = in.getInt();
            });
        }
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        SpecificRecord value;
        try {
            value = Codec.decode(record.value());
        } catch (Codec.Undecodable e) {
            deadLetter(record, String.valueOf(e.getMessage()));
            return;
        }
        switch (value) {
            case Hits hits -> hits(record, hits);
            case Watermark mark -> watermark(record, mark);
            default -> deadLetter(record, value.getSchema().getName() + " does not belong here");
        }
    }

    /** The minimum of the upstream clocks, or unknown while one of them has not been heard of. */
    private long clock() {
        return clocks.size() < upstreams
                ? UNKNOWN
                : clocks.values().stream().mapToLong(Long::longValue).min().orElse(UNKNOWN);
    }

    private static long horizon(long clock, Correlation correlation) {
        return clock == UNKNOWN ? UNKNOWN : clock - correlation.lateness();
    }

    private void hits(Record<byte[], byte[]> record, Hits hits) {
        counters.add("received", hits.getHits().size());
        Correlation correlation = rules.correlation(hits.getRule(), hits.getVersion());
        if (correlation == null) {
            counters.add("hits.unknown-rule", hits.getHits().size());
            return;
        }
        long horizon = horizon(clock(), correlation);
        List<CorrelationHit> batch = new ArrayList<>(hits.getHits().size());
        hits.getHits().forEach(h -> {
            if (h.getTime() < hits.getClock() - correlation.lateness()) {
                counters.add("hits.late", 1);
            } else if (h.getTime() < horizon) {
                // Its partition had promised that nothing so old would come.
                counters.add("hits.after-horizon", 1);
                LOG.error(
                        "hit behind the horizon: rule.id={} partition={} offset={}",
                        hits.getRule(),
                        hits.getPartition(),
                        hits.getOffset());
            } else {
                batch.add(new CorrelationHit(
                        h.getMember(),
                        h.getEvent(),
                        h.getTime(),
                        h.getReceived(),
                        hits.getPartition(),
                        hits.getOffset(),
                        h.getLine(),
                        h.getCount(),
                        h.getValues(),
                        h.getRetracted()));
            }
        });
        if (batch.isEmpty()) {
            return;
        }
        String key = stateKey(hits.getRule(), hits.getVersion(), hits.getGroup());
        byte[] stored = store.get(STATE + key);
        GroupState state = stored == null ? correlation.open(hits.getGroup(), horizon) : state(stored);
        forward(record, correlation, hits.getGeneration(), correlation.add(state, batch));
        save(key, correlation, state, stored);
        counters.add("hits", batch.size());
    }

    private void watermark(Record<byte[], byte[]> record, Watermark mark) {
        long before = clock();
        Long known = clocks.get(mark.getPartition());
        if (known != null && known >= mark.getClock()) {
            return;
        }
        clocks.put(mark.getPartition(), mark.getClock());
        upstreams = mark.getPartitions();
        store.put(
                CLOCK + mark.getPartition(),
                ByteBuffer.allocate(12)
                        .putLong(mark.getClock())
                        .putInt(upstreams)
                        .array());
        long clock = clock();
        if (clock > before) {
            due(clock).forEach(timer -> settle(record, timer, clock));
        }
    }

    private List<String> due(long clock) {
        List<String> timers = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> range = store.range(TIMER, TIMER + digits(clock) + '~')) {
            range.forEachRemaining(entry -> timers.add(entry.key));
        }
        return timers;
    }

    private void settle(Record<byte[], byte[]> record, String timer, long clock) {
        String key = timer.substring(TIMER.length() + DIGITS + 1);
        List<String> parts = Keys.decode(key);
        Correlation correlation = rules.correlation(parts.get(0), parts.get(1));
        byte[] stored = store.get(STATE + key);
        if (stored == null) {
            throw new IllegalStateException("a timer without its state: " + timer);
        }
        if (correlation == null) {
            // A rule that this instance no longer has: its state can never be settled.
            counters.add("states.unknown-rule", 1);
            store.delete(timer);
            store.delete(STATE + key);
            return;
        }
        GroupState state = state(stored);
        forward(record, correlation, 1, correlation.advance(state, horizon(clock, correlation)));
        save(key, correlation, state, stored);
    }

    private static GroupState state(byte[] stored) {
        byte[] bytes = new byte[stored.length - Long.BYTES];
        System.arraycopy(stored, Long.BYTES, bytes, 0, bytes.length);
        return GroupState.fromBytes(bytes);
    }

    private void save(String key, Correlation correlation, GroupState state, byte @Nullable [] stored) {
        long was = stored == null ? Long.MAX_VALUE : ByteBuffer.wrap(stored).getLong();
        long horizon = state.isEmpty() ? Long.MAX_VALUE : correlation.due(state);
        long due = horizon == Long.MAX_VALUE ? horizon : horizon + correlation.lateness();
        if (was != due) {
            if (was != Long.MAX_VALUE) {
                store.delete(timer(was, key));
            }
            if (due != Long.MAX_VALUE) {
                store.put(timer(due, key), new byte[0]);
            }
        }
        if (state.isEmpty()) {
            store.delete(STATE + key);
        } else {
            byte[] bytes = state.toBytes();
            store.put(
                    STATE + key,
                    ByteBuffer.allocate(Long.BYTES + bytes.length)
                            .putLong(due)
                            .put(bytes)
                            .array());
        }
    }

    private static String timer(long due, String key) {
        return TIMER + digits(due) + '|' + key;
    }

    /** Sorts as text the way the numbers do. Times before 1970 are no timers. */
    private static String digits(long time) {
        String text = Long.toString(Math.max(0, time));
        return "0".repeat(DIGITS - text.length()) + text;
    }

    private void forward(
            Record<byte[], byte[]> record, Correlation correlation, long generation, List<AlertRevision> revisions) {
        for (AlertRevision revision : revisions) {
            Alert alert = Alerts.ofRevision(correlation, generation, revision);
            counters.add("alerts", 1);
            context.forward(new Record<>(utf8(alert.getId()), Codec.encode(alert), record.timestamp()), TO_ALERTS);
        }
    }

    private void deadLetter(Record<byte[], byte[]> record, String message) {
        RecordMetadata at = context.recordMetadata().orElseThrow();
        counters.add("dead-lettered", 1);
        byte[] data = record.value();
        DeadLetter letter = new DeadLetter(
                at.topic() + '-' + at.partition() + '-' + at.offset(),
                "correlate",
                "undecodable",
                message,
                at.topic(),
                at.partition(),
                at.offset(),
                -1,
                null,
                null,
                Micros.ofMillis(record.timestamp()),
                ByteBuffer.wrap(data == null ? new byte[0] : data));
        context.forward(record.withValue(Codec.encode(letter)), TO_DEAD_LETTERS);
    }
}
