package io.bongsu.ingest.streams;

import io.bongsu.ingest.generation.Generation;
import io.bongsu.ingest.generation.Generations;
import io.bongsu.model.Codec;
import io.bongsu.model.DeadLetter;
import io.bongsu.model.Hit;
import io.bongsu.model.Hits;
import io.bongsu.model.Micros;
import io.bongsu.model.Watermark;
import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.CorrelationHit;
import io.bongsu.rules.correlate.GroupState;
import io.bongsu.rules.correlate.HotGroup;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One record of bongsu.hits: hits go into the state of their group, watermarks settle what is due. Time is the minimum of
 * the upstream partitions' clocks, as the watermarks in this partition tell it; nothing settles before all are known. What
 * a correlation fires at becomes hits of those built on it, which go through the same topic, with watermarks of their own.
 *
 * <p>One store, of which {@link LevelClocks}, {@link GroupStates}, {@link Floods}, {@link GroupBound} and {@link Announcer}
 * each keep a part; {@code generations} are the oldest that matters and the newest.
 */
final class CorrelateProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    static final String STORE = "correlate-state";
    static final String TO_HITS = "facts";
    static final String TO_ALERTS = "alerts";
    static final String TO_DEAD_LETTERS = "dead-letters";
    static final String GENERATIONS = "generations";

    private static final Logger LOG = LoggerFactory.getLogger(CorrelateProcessor.class);
    private static final long UNKNOWN = LevelClocks.UNKNOWN;
    /** How long, by the log, hits of a flooded group wait at most. */
    private static final long PATIENCE_MS = 500;
    /** Correlations over correlations, one on top of the other. */
    private static final int MOST_LEVELS = 1_000;

    private final Rulebook rules;
    private final Counters counters;
    private final int partitions;
    /** Of one rule in one partition. */
    private final int mostGroups;
    /** By level: what those above were told last. */
    private final Map<Integer, Promise> promised = new HashMap<>();

    /** Of the rules, when the groups were last written that are held. */
    private long renewals;

    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, byte[]> store;
    private LevelClocks clocks;
    private GroupStates states;
    private Floods floods;
    private GroupBound bound;
    private Announcer announcer;

    /** Facts before this time are all told, and new correlations are told of what was before up to this generation. */
    private record Promise(long time, long primed) {
        private static final Promise NOTHING = new Promise(UNKNOWN, 0);
    }

    @SuppressWarnings("NullAway.Init")
    CorrelateProcessor(Generations generations, int partitions, Counters counters, int mostGroups) {
        this.mostGroups = mostGroups;
        this.rules = new Rulebook(generations);
        this.partitions = partitions;
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
        byte[] known = store.get(GENERATIONS);
        if (known != null) {
            rules.load(known);
        }
        clocks = new LevelClocks(store);
        clocks.load(rules.levels() - 1);
        promised.clear();
        states = new GroupStates(store);
        bound = new GroupBound(store, counters, mostGroups);
        announcer = new Announcer(context, store, rules, counters);
        floods = new Floods(store);
        floods.restore(states, rules, this::since);
        renewals = rules.renewals();
    }

    @Override
    public void close() {
        bound.close();
    }

    /** A generation that the log tells of, before anything that it judged. */
    private void learn(long generation) {
        if (rules.learn(generation)) {
            clocks.load(rules.levels() - 1);
            store.put(GENERATIONS, rules.save());
        }
    }

    static CorrelationHit hit(Hits hits, Hit h) {
        return new CorrelationHit(
                h.getMember(),
                h.getEvent(),
                h.getTime(),
                h.getReceived(),
                hits.getPartition(),
                hits.getOffset(),
                h.getLine(),
                h.getCount(),
                h.getValues(),
                h.getRetracted());
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
        long at = record.timestamp();
        floods.waiting(flood -> at >= flood.since() + PATIENCE_MS).forEach(key -> look(at, key));
        switch (value) {
            case Hits hits -> hits(at, hits);
            case Watermark mark -> watermark(at, mark);
            default -> deadLetter(record, value.getSchema().getName() + " does not belong here");
        }
        if (renewals != rules.renewals()) {
            // What was looked at with the rules as they were must not be looked at again with others.
            floods.keys().forEach(key -> cool(at, key));
            renewals = rules.renewals();
        }
    }

    /**
     * Nothing earlier will come: neither events, as far as they are not late, nor facts of the correlations below. Of a new
     * correlation it is unknown until it has been told of what was before it.
     */
    private long horizon(Correlation correlation) {
        long horizon = Long.MAX_VALUE;
        Generation came = rules.fresh(correlation);
        for (int input : correlation.inputs()) {
            long now = clocks.now(input);
            if (now == UNKNOWN || came != null && clocks.primed(input) < came.number()) {
                return UNKNOWN;
            }
            horizon = Math.min(horizon, input == 0 ? now - correlation.lateness() : now);
        }
        return horizon;
    }

    private void hits(long at, Hits hits) {
        counters.add("received", hits.getHits().size());
        learn(hits.getGeneration());
        Correlation correlation = rules.find(hits.getRule(), hits.getVersion());
        if (correlation == null) {
            counters.add("hits.unknown-rule", hits.getHits().size());
            return;
        }
        long horizon = horizon(correlation);
        List<CorrelationHit> batch = new ArrayList<>(hits.getHits().size());
        List<Hit> kept = new ArrayList<>(hits.getHits().size());
        hits.getHits().forEach(h -> {
            if (hits.getLevel() == 0 && h.getTime() < hits.getClock() - correlation.lateness()) {
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
                batch.add(hit(hits, h));
                kept.add(h);
            }
        });
        if (batch.isEmpty()) {
            return;
        }
        String key = stateKey(hits.getRule(), hits.getVersion(), hits.getGroup());
        Floods.Flood flood = floods.get(key);
        if (flood != null) {
            counters.add("hits", batch.size());
            Hits waiting = new Hits(
                    hits.getRule(),
                    hits.getVersion(),
                    hits.getGeneration(),
                    hits.getLevel(),
                    hits.getGroup(),
                    hits.getPartition(),
                    hits.getOffset(),
                    hits.getClock(),
                    kept);
            if (floods.wait(key, flood, waiting, batch, at)) {
                look(at, key);
            }
            return;
        }
        GroupStates.Stored stored = states.get(key);
        if (stored == null && bound.isFull(correlation, batch)) {
            return;
        }
        counters.add("hits", batch.size());
        GroupState state = stored == null ? open(correlation, hits.getGroup(), horizon) : stored.state();
        add(at, correlation, state, batch);
        keep(at, key, correlation, state, stored);
    }

    private GroupState open(Correlation correlation, List<String> group, long horizon) {
        GroupState state = correlation.open(group, horizon);
        if (bound.mayLack(correlation, horizon)) {
            state.degrade();
        }
        return state;
    }

    private void add(long at, Correlation correlation, GroupState state, List<CorrelationHit> hits) {
        announcer.say(at, correlation, state, correlation.add(state, hits, since(correlation)));
    }

    /** When it comes into force, of one that is told of what was before. */
    private long since(Correlation correlation) {
        Generation came = rules.fresh(correlation);
        return came == null ? Long.MIN_VALUE : came.effectiveAt();
    }

    /** Writes the state of a group, instead of its chunks, and holds the group while it is in a flood. */
    private void keep(
            long at, String key, Correlation correlation, GroupState state, GroupStates.@Nullable Stored before) {
        GroupStates.Stored saved = write(key, correlation, state, before);
        if (saved != null && HotGroup.is(saved.length())) {
            for (String other; (other = floods.inTheWayOf(saved.length())) != null; ) {
                cool(at, other);
            }
            floods.hold(key, new Floods.Flood(correlation, state, saved));
        }
    }

    private GroupStates.@Nullable Stored write(
            String key, Correlation correlation, GroupState state, GroupStates.@Nullable Stored before) {
        floods.release(key);
        counters.add("bounds.crossed", state.takeCrossed());
        if ((before == null) != state.isEmpty()) {
            bound.opened(correlation, before == null ? 1 : -1);
        }
        return states.put(key, correlation, state, before);
    }

    private void look(long at, String key) {
        Floods.Flood flood = floods.get(key);
        if (flood != null && addWaiting(at, flood)) {
            note(at, key, flood);
        }
    }

    /** @return whether there was anything */
    private boolean addWaiting(long at, Floods.Flood flood) {
        if (!flood.isWaiting()) {
            return false;
        }
        add(at, known(flood), flood.state(), flood.take());
        return true;
    }

    /** A look was taken. The state is written when enough has come for that, or when it waits for another time; else a mark says so. */
    private void note(long at, String key, Floods.Flood flood) {
        Correlation correlation = known(flood);
        GroupState state = flood.state();
        if (flood.isWorthWriting()
                || GroupStates.due(correlation, state) != flood.stored().due()) {
            keep(at, key, correlation, state, flood.stored());
        } else {
            counters.add("bounds.crossed", state.takeCrossed());
            floods.mark(key, flood);
        }
    }

    /** As it is known now: since the flood began, another rule may have come to be built on it. */
    private Correlation known(Floods.Flood flood) {
        Correlation known = rules.find(
                flood.correlation().info().id(), flood.correlation().info().version());
        return known == null ? flood.correlation() : known;
    }

    /** It is held no longer: what waits is added, and its state is written. */
    private void cool(long at, String key) {
        Floods.Flood flood = floods.get(key);
        if (flood == null) {
            return;
        }
        addWaiting(at, flood);
        if (flood.isAhead()) {
            write(key, known(flood), flood.state(), flood.stored());
        } else {
            floods.release(key);
        }
    }

    private void watermark(long at, Watermark mark) {
        learn(mark.getGeneration());
        if (mark.getLevel() > MOST_LEVELS) {
            return; // no rule is built so high
        }
        if (clocks.hear(mark)) {
            // Nothing is settled or promised before it has been looked at.
            floods.waiting(f -> f.oldest() < f.correlation().promise(horizon(f.correlation())))
                    .forEach(key -> look(at, key));
            for (int level = mark.getLevel(); level < rules.levels(); level++) {
                settle(at, level);
                promise(at, level);
            }
            if (rules.forget(this::horizon)) {
                store.put(GENERATIONS, rules.save());
                announcer.forget();
            }
        }
    }

    /** Those of one level whose time has come. */
    private void settle(long at, int level) {
        long clock = level == 0 ? clocks.now(0) : furthest(level);
        for (String timer : states.timers(level, clock)) {
            settle(at, level, timer);
        }
    }

    private long furthest(int level) {
        long furthest = UNKNOWN;
        for (Correlation correlation : rules.all()) {
            if (correlation.level() == level) {
                furthest = Math.max(furthest, horizon(correlation));
            }
        }
        return furthest;
    }

    private void settle(long at, int level, String timer) {
        String key = GroupStates.key(level, timer);
        List<String> parts = Keys.decode(key);
        Correlation correlation = rules.find(parts.get(0), parts.get(1));
        Floods.Flood flood = floods.get(key);
        GroupStates.Stored stored = flood == null ? states.get(key) : flood.stored();
        if (stored == null) {
            states.deleteTimer(timer); // of before the state came to another level
            return;
        }
        if (correlation == null) {
            // A rule that this instance no longer has: its state can never be settled.
            counters.add("states.unknown-rule", 1);
            floods.release(key);
            states.deleteTimer(timer);
            states.delete(key);
            return;
        }
        boolean added = flood != null && addWaiting(at, flood);
        GroupState state = flood == null ? stored.state() : flood.state();
        long horizon = horizon(correlation);
        if (correlation.level() != level) {
            // Of the rules over all alerts: one that came or went can bring it to another level.
            states.moveTimer(timer, correlation.level(), key, stored);
        } else if (correlation.due(state) <= horizon) {
            announcer.say(at, correlation, state, correlation.advance(state, horizon, since(correlation)));
            keep(at, key, correlation, state, stored);
            return;
        }
        if (flood != null && added) {
            note(at, key, flood);
        }
    }

    /** Tells those above how far this task's facts of the level are final: behind them, and in the same transaction. */
    private void promise(long at, int level) {
        long promise = Long.MAX_VALUE;
        for (Correlation correlation : rules.all()) {
            if (correlation.level() == level && rules.tells(correlation)) {
                long horizon = horizon(correlation);
                promise = Math.min(promise, horizon == UNKNOWN ? UNKNOWN : correlation.promise(horizon));
            }
        }
        long primed = Long.MAX_VALUE;
        for (int below = 0; below <= level; below++) {
            primed = Math.min(primed, clocks.primed(below));
        }
        Promise last = promised.getOrDefault(level, Promise.NOTHING);
        boolean further =
                promise > last.time() || promise > UNKNOWN && promise == last.time() && primed > last.primed();
        if (promise != Long.MAX_VALUE && further) {
            promised.put(level, new Promise(promise, primed));
            Watermark mark =
                    new Watermark(level + 1, context.taskId().partition(), partitions, promise, rules.newest(), primed);
            context.forward(new Record<>(HitPartitioner.EVERYWHERE, Codec.encode(mark), at), TO_HITS);
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
                ByteBuffer.wrap(data == null ? new byte[0] : data),
                0);
        context.forward(record.withValue(Codec.encode(letter)), TO_DEAD_LETTERS);
    }
}
