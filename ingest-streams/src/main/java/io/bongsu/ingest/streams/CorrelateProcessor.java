package io.bongsu.ingest.streams;

import io.bongsu.ingest.generation.Generation;
import io.bongsu.ingest.generation.Generations;
import io.bongsu.ingest.judge.Alerts;
import io.bongsu.model.Alert;
import io.bongsu.model.Codec;
import io.bongsu.model.DeadLetter;
import io.bongsu.model.Hit;
import io.bongsu.model.Hits;
import io.bongsu.model.Micros;
import io.bongsu.model.Watermark;
import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.Upward;
import io.bongsu.rules.correlate.AlertRevision;
import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.CorrelationHit;
import io.bongsu.rules.correlate.Fact;
import io.bongsu.rules.correlate.GroupState;
import io.bongsu.rules.correlate.HotGroup;
import io.bongsu.rules.correlate.Status;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * One record of bongsu.hits: hits go into the state of their group, watermarks settle what is due. Time is the minimum of
 * the upstream partitions' clocks, as the watermarks in this partition tell it; nothing settles before all are known. What
 * a correlation fires at becomes hits of those built on it, which go through the same topic, with watermarks of their own.
 *
 * <p>The store holds {@code clock|partition}, {@code state|key} (the timer it waits for, then the group's state) and
 * {@code timer|due|key}: a state has at most one timer. Of groups in a flood, {@code more|key|n} holds hits that wait for the
 * next look at the group, and is empty where a look was taken: the state is written again when those are half as much;
 * {@code groups|rule} counts the groups of a rule, about, and says until when some were turned away.
 */
final class CorrelateProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    static final String STORE = "correlate-state";
    static final String TO_HITS = "facts";
    static final String TO_ALERTS = "alerts";
    static final String TO_DEAD_LETTERS = "dead-letters";

    private static final Logger LOG = LoggerFactory.getLogger(CorrelateProcessor.class);
    /** Clocks of the upstream partitions; of levels above the first with the level behind the bar. */
    private static final String CLOCK = "clock|";

    private static final String ABOVE = "above|";
    private static final String STATE = "state|";
    private static final String TIMER = "timer|";
    private static final String MORE = "more|";
    private static final String GROUPS = "groups|";
    /** The oldest generation that matters, and the newest. */
    static final String GENERATIONS = "generations";
    /** By alert: its rule and version, see {@link #isMuted}. */
    private static final String MUTED = "muted|";
    /** Of states that are held as objects, as they are written. */
    private static final long MOST_HOT_BYTES = 8 * 1024 * 1024;
    /** How long, by the log, hits of a flooded group wait at most. */
    private static final long PATIENCE_MS = 500;

    private static final long UNKNOWN = Long.MIN_VALUE / 4;
    /** Correlations over correlations, one on top of the other. */
    private static final int MOST_LEVELS = 1_000;

    private static final int DIGITS = 19;

    private final Rulebook rules;
    private final Counters counters;
    private final int partitions;
    /** By level. */
    private final List<Clocks> clocks = new ArrayList<>();

    /** By level, from the second one. */
    private final List<Long> promised = new ArrayList<>();
    /** Likewise: what was last said to be primed. */
    private final List<Long> promisedPrimed = new ArrayList<>();

    /** Of one rule in one partition. Beyond, hits of new groups are turned away. */
    private final int mostGroups;
    /** By rule and version. */
    private final Map<String, Groups> groups = new HashMap<>();
    /** By key of the group; the one that was looked at longest ago goes first. */
    private final LinkedHashMap<String, Hot> hot = new LinkedHashMap<>(16, 0.75f, true);

    private long hotBytes;
    /** Of the rules, when the groups were last written that are held. */
    private long renewals;

    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, byte[]> store;

    @SuppressWarnings("NullAway.Init")
    CorrelateProcessor(Generations generations, int partitions, Counters counters, int mostGroups) {
        this.mostGroups = mostGroups;
        this.rules = new Rulebook(generations);
        this.partitions = partitions;
        this.counters = counters;
    }

    /** How far the upstream partitions of one level have come: those of the parsing tasks, or the correlating ones. */
    private static final class Clocks {
        private final Map<Integer, Long> clocks = new HashMap<>();
        private final Map<Integer, Long> primed = new HashMap<>();
        private int upstreams = Integer.MAX_VALUE;

        /** The minimum, or unknown while one of them has not been heard of. */
        long now() {
            return clocks.size() < upstreams
                    ? UNKNOWN
                    : clocks.values().stream().mapToLong(Long::longValue).min().orElse(UNKNOWN);
        }

        /** Up to which generation all of them have told new correlations of what was before; 0: not known of one. */
        long primed() {
            return primed.size() < upstreams
                    ? 0
                    : primed.values().stream().mapToLong(Long::longValue).min().orElse(0);
        }

        void load(int partition, byte[] saved) {
            ByteBuffer in = ByteBuffer.wrap(saved);
            clocks.put(partition, in.getLong());
            upstreams = in.getInt();
            // What an earlier release has stored: it told nobody of what was before.
            primed.put(partition, in.hasRemaining() ? in.getLong() : Long.MAX_VALUE);
        }
    }

    /** How many groups a rule has, and the newest hit of a group for which there was no room. */
    private static final class Groups {
        long open;
        long saved;
        long turnedAway = UNKNOWN;
        boolean full;
    }

    /** A group in a flood: its state as it was written, and the chunks since. */
    private static final class Hot {
        final Correlation correlation;
        final HotGroup group;
        final byte[] stored;

        int chunks;
        int chunkBytes;
        long since;

        Hot(Correlation correlation, GroupState state, byte[] stored) {
            this.correlation = correlation;
            this.group = new HotGroup(state);
            this.stored = stored;
        }
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
        clocks.clear();
        hot.clear();
        hotBytes = 0;
        loadClocks(rules.levels() - 1);
        try (KeyValueIterator<String, byte[]> saved = store.prefixScan(GROUPS, new StringSerializer())) {
            saved.forEachRemaining(entry -> {
                ByteBuffer in = ByteBuffer.wrap(entry.value);
                Groups of = new Groups();
                of.open = in.getLong();
                of.saved = of.open;
                of.turnedAway = in.getLong();
                groups.put(entry.key.substring(GROUPS.length()), of);
                counters.add("groups.open", of.open);
            });
        }
        try (KeyValueIterator<String, byte[]> saved = store.prefixScan(MORE, new StringSerializer())) {
            saved.forEachRemaining(entry -> restore(entry.key, entry.value));
        }
        renewals = rules.renewals();
    }

    /** Those of all levels up to this one. */
    private void loadClocks(int upTo) {
        for (int level = clocks.size(); level <= upTo; level++) {
            Clocks of = new Clocks();
            clocks.add(of);
            promised.add(UNKNOWN);
            promisedPrimed.add(0L);
            String prefix = clockPrefix(level);
            try (KeyValueIterator<String, byte[]> saved = store.prefixScan(prefix, new StringSerializer())) {
                saved.forEachRemaining(
                        entry -> of.load(Integer.parseInt(entry.key.substring(prefix.length())), entry.value));
            }
        }
    }

    /** A generation that the log tells of, before anything that it judged. */
    private void learn(long generation) {
        if (rules.learn(generation)) {
            loadClocks(rules.levels() - 1);
            store.put(GENERATIONS, rules.save());
        }
    }

    /** Its groups are another task's now. */
    @Override
    public void close() {
        groups.values().forEach(of -> counters.add("groups.open", -of.open));
        groups.clear();
    }

    /**
     * Hits that waited when the task ended wait here; those that had been looked at are looked at again, as they were.
     */
    private void restore(String chunk, byte[] value) {
        String of = chunk.substring(MORE.length(), chunk.lastIndexOf('|'));
        if (value.length == 0) {
            Hot looked = hot.get(of);
            if (looked == null) {
                store.delete(chunk);
                return;
            }
            looked.chunks++;
            // What comes of it was said then.
            looked.correlation.add(looked.group.state(), looked.group.take(), since(looked.correlation));
            looked.group.state().takeFacts();
            looked.group.state().takeCrossed();
            return;
        }
        Hits hits;
        try {
            hits = (Hits) Codec.decode(value);
        } catch (Codec.Undecodable e) {
            throw new IllegalStateException("what waits cannot be read: " + chunk, e);
        }
        String key = stateKey(hits.getRule(), hits.getVersion(), hits.getGroup());
        Correlation correlation = rules.find(hits.getRule(), hits.getVersion());
        byte[] stored = store.get(STATE + key);
        if (correlation == null || stored == null) {
            store.delete(chunk); // a rule that this instance no longer has
            return;
        }
        Hot waits = hot.get(key);
        if (waits == null) {
            waits = new Hot(correlation, state(stored), stored);
            hold(key, waits);
        }
        waits.chunks++;
        waits.chunkBytes += value.length;
        waits.group.wait(hits.getHits().stream().map(h -> hit(hits, h)).toList());
    }

    private static CorrelationHit hit(Hits hits, Hit h) {
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

    private static String clockPrefix(int level) {
        return level == 0 ? CLOCK : ABOVE + CLOCK + level + '|';
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
        for (String key : waiting(w -> record.timestamp() >= w.since + PATIENCE_MS)) {
            look(record, key);
        }
        switch (value) {
            case Hits hits -> hits(record, hits);
            case Watermark mark -> watermark(record, mark);
            default -> deadLetter(record, value.getSchema().getName() + " does not belong here");
        }
        if (renewals != rules.renewals()) {
            // What was looked at with the rules as they were must not be looked at again with others.
            List.copyOf(hot.keySet()).forEach(key -> cool(record, key));
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
            long now = input < clocks.size() ? clocks.get(input).now() : UNKNOWN;
            if (now == UNKNOWN || came != null && clocks.get(input).primed() < came.number()) {
                return UNKNOWN;
            }
            horizon = Math.min(horizon, input == 0 ? now - correlation.lateness() : now);
        }
        return horizon;
    }

    private void hits(Record<byte[], byte[]> record, Hits hits) {
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
        Hot flooded = hot.get(key);
        if (flooded != null) {
            counters.add("hits", batch.size());
            if (flooded.group.oldest() == Long.MAX_VALUE) {
                flooded.since = record.timestamp();
            }
            boolean enough = flooded.group.wait(batch);
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
            byte[] chunk = Codec.encode(waiting);
            store.put(chunk(key, flooded.chunks++), chunk);
            flooded.chunkBytes += chunk.length;
            if (enough) {
                look(record, key);
            }
            return;
        }
        byte[] stored = store.get(STATE + key);
        if (stored == null && full(correlation, batch)) {
            return;
        }
        counters.add("hits", batch.size());
        GroupState state = stored == null ? open(correlation, hits.getGroup(), horizon) : state(stored);
        add(record, key, correlation, state, batch, stored);
    }

    private void add(
            Record<byte[], byte[]> record,
            String key,
            Correlation correlation,
            GroupState state,
            List<CorrelationHit> hits,
            byte @Nullable [] stored) {
        List<AlertRevision> said = correlation.add(state, hits, since(correlation));
        forward(record, correlation, state, said);
        byte[] saved = save(key, correlation, state, stored);
        if (saved != null && HotGroup.is(saved.length)) {
            while (!hot.isEmpty() && hotBytes + saved.length > MOST_HOT_BYTES) {
                cool(record, hot.keySet().iterator().next());
            }
            hold(key, new Hot(correlation, state, saved));
        }
    }

    /** When it comes into force, of one that is told of what was before. */
    private long since(Correlation correlation) {
        Generation came = rules.fresh(correlation);
        return came == null ? Long.MIN_VALUE : came.effectiveAt();
    }

    private void hold(String key, Hot flooded) {
        release(key);
        hot.put(key, flooded);
        hotBytes += flooded.stored.length;
    }

    private void release(String key) {
        Hot flooded = hot.remove(key);
        if (flooded != null) {
            hotBytes -= flooded.stored.length;
        }
    }

    /**
     * What waits for the group is added now. Its state is written again when enough has come for that; until then a mark behind
     * the chunks says that they were looked at.
     */
    private void look(Record<byte[], byte[]> record, String key) {
        Hot flooded = hot.get(key);
        if (flooded == null || flooded.group.oldest() == Long.MAX_VALUE) {
            return;
        }
        Correlation correlation = known(flooded);
        GroupState state = flooded.group.state();
        List<AlertRevision> said = correlation.add(state, flooded.group.take(), since(correlation));
        forward(record, correlation, state, said);
        if (flooded.chunkBytes < flooded.stored.length / 2 && due(correlation, state) == due(flooded.stored)) {
            store.put(chunk(key, flooded.chunks++), new byte[0]);
            counters.add("bounds.crossed", state.takeCrossed());
        } else {
            write(key, flooded);
        }
    }

    /** As it is known now: since the flood began, another rule may have come to be built on it. */
    private Correlation known(Hot flooded) {
        Correlation known = rules.find(
                flooded.correlation.info().id(), flooded.correlation.info().version());
        return known == null ? flooded.correlation : known;
    }

    /** Its state instead of the chunks, nothing of which waits. */
    private void write(String key, Hot flooded) {
        for (int n = 0; n < flooded.chunks; n++) {
            store.delete(chunk(key, n));
        }
        Correlation correlation = known(flooded);
        byte[] saved = save(key, correlation, flooded.group.state(), flooded.stored);
        if (saved != null && HotGroup.is(saved.length)) {
            hold(key, new Hot(correlation, flooded.group.state(), saved));
        } else {
            release(key);
        }
    }

    /** It is held no longer: what waits is added, and its state is written. */
    private void cool(Record<byte[], byte[]> record, String key) {
        look(record, key);
        Hot flooded = hot.get(key);
        if (flooded != null && flooded.chunks > 0) {
            write(key, flooded);
        }
        release(key);
    }

    private static String chunk(String key, int n) {
        return MORE + key + '|' + digits(n);
    }

    /** Keys of groups with hits that wait and are such. */
    private List<String> waiting(Predicate<Hot> such) {
        if (hot.isEmpty()) {
            return List.of();
        }
        List<String> keys = new ArrayList<>();
        hot.forEach((key, flooded) -> {
            if (flooded.group.oldest() != Long.MAX_VALUE && such.test(flooded)) {
                keys.add(key);
            }
        });
        return keys;
    }

    private Groups groups(Correlation correlation) {
        return groups.computeIfAbsent(
                Keys.encode(List.of(correlation.info().id(), correlation.info().version())), r -> new Groups());
    }

    /** Whether there is no room for another group of the rule. What it says of others is as good as before. */
    private boolean full(Correlation correlation, List<CorrelationHit> turnedAway) {
        Groups of = groups(correlation);
        if (of.open < mostGroups) {
            return false;
        }
        counters.add("hits.no-room", turnedAway.size());
        if (!of.full) {
            of.full = true;
            LOG.error(
                    "a rule has too many groups, hits of others are turned away: rule.id={} groups={}",
                    correlation.info().id(),
                    of.open);
        }
        turnedAway.forEach(hit -> of.turnedAway = Math.max(of.turnedAway, hit.time()));
        save(correlation, of);
        return true;
    }

    /** A new group, of which hits may have been turned away as long as they could still matter. */
    private GroupState open(Correlation correlation, List<String> group, long horizon) {
        GroupState state = correlation.open(group, horizon);
        Groups of = groups(correlation);
        if (of.turnedAway != UNKNOWN) {
            if (of.turnedAway + correlation.reach() >= horizon) {
                state.degrade();
            } else {
                of.turnedAway = UNKNOWN;
                save(correlation, of);
            }
        }
        return state;
    }

    /** Counts to about a thousandth of what there may be: the bound is no promise, and a record for each group would be dear. */
    private void opened(Correlation correlation, int more) {
        Groups of = groups(correlation);
        long before = of.open;
        of.open = Math.max(0, of.open + more);
        counters.add("groups.open", of.open - before);
        of.full &= of.open >= mostGroups;
        if (Math.abs(of.open - of.saved) > mostGroups / 1_000 || of.open == 0 && of.saved != 0) {
            save(correlation, of);
        }
    }

    private void save(Correlation correlation, Groups of) {
        String key = GROUPS
                + Keys.encode(
                        List.of(correlation.info().id(), correlation.info().version()));
        of.saved = of.open;
        if (of.open == 0 && of.turnedAway == UNKNOWN) {
            store.delete(key);
        } else {
            store.put(
                    key,
                    ByteBuffer.allocate(16)
                            .putLong(of.open)
                            .putLong(of.turnedAway)
                            .array());
        }
    }

    private void watermark(Record<byte[], byte[]> record, Watermark mark) {
        learn(mark.getGeneration());
        if (mark.getLevel() > MOST_LEVELS) {
            return; // no rule is built so high
        }
        loadClocks(mark.getLevel());
        Clocks of = clocks.get(mark.getLevel());
        long before = of.now();
        long primedBefore = of.primed();
        long known = of.clocks.getOrDefault(mark.getPartition(), Long.MIN_VALUE);
        long primed = mark.getPrimed() == 0 ? mark.getGeneration() : mark.getPrimed();
        if (known >= mark.getClock() && primed <= of.primed.getOrDefault(mark.getPartition(), 0L)) {
            return;
        }
        byte[] value = ByteBuffer.allocate(20)
                .putLong(Math.max(known, mark.getClock()))
                .putInt(mark.getPartitions())
                .putLong(primed)
                .array();
        of.load(mark.getPartition(), value);
        store.put(clockPrefix(mark.getLevel()) + mark.getPartition(), value);
        if (of.now() > before || of.primed() > primedBefore) {
            // Nothing is settled or promised before it has been looked at.
            for (String key : waiting(w -> w.group.oldest() < w.correlation.promise(horizon(w.correlation)))) {
                look(record, key);
            }
            for (int level = mark.getLevel(); level < rules.levels(); level++) {
                settle(record, level);
                promise(record, level);
            }
            forget();
        }
    }

    /** Those of one level whose time has come. */
    private void settle(Record<byte[], byte[]> record, int level) {
        long clock = level == 0 ? clocks.get(0).now() : furthest(level);
        for (String timer : due(level, clock)) {
            settle(record, level, timer);
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

    /** Tells those above how far this task's facts of the level are final: behind them, and in the same transaction. */
    private void promise(Record<byte[], byte[]> record, int level) {
        long promise = Long.MAX_VALUE;
        for (Correlation correlation : rules.all()) {
            if (correlation.level() == level && rules.tells(correlation)) {
                long horizon = horizon(correlation);
                promise = Math.min(promise, horizon == UNKNOWN ? UNKNOWN : correlation.promise(horizon));
            }
        }
        long primed = clocks.subList(0, level + 1).stream()
                .mapToLong(Clocks::primed)
                .min()
                .orElse(0);
        boolean further = promise > promised.get(level)
                || promise > UNKNOWN && promise == promised.get(level) && primed > promisedPrimed.get(level);
        if (promise != Long.MAX_VALUE && further) {
            promised.set(level, promise);
            promisedPrimed.set(level, primed);
            Watermark mark =
                    new Watermark(level + 1, context.taskId().partition(), partitions, promise, rules.newest(), primed);
            context.forward(new Record<>(HitPartitioner.EVERYWHERE, Codec.encode(mark), record.timestamp()), TO_HITS);
        }
    }

    private List<String> due(int level, long clock) {
        List<String> timers = new ArrayList<>();
        if (clock != UNKNOWN) {
            String prefix = timerPrefix(level);
            try (KeyValueIterator<String, byte[]> range = store.range(prefix, prefix + digits(clock) + '~')) {
                range.forEachRemaining(entry -> timers.add(entry.key));
            }
        }
        return timers;
    }

    private static String timerPrefix(int level) {
        return level == 0 ? TIMER : ABOVE + TIMER + level + '|';
    }

    private void settle(Record<byte[], byte[]> record, int level, String timer) {
        String key = timer.substring(timerPrefix(level).length() + DIGITS + 1);
        List<String> parts = Keys.decode(key);
        Correlation correlation = rules.find(parts.get(0), parts.get(1));
        cool(record, key);
        byte[] stored = store.get(STATE + key);
        if (stored == null) {
            store.delete(timer); // of before the state came to another level
            return;
        }
        if (correlation == null) {
            // A rule that this instance no longer has: its state can never be settled.
            counters.add("states.unknown-rule", 1);
            store.delete(timer);
            store.delete(STATE + key);
            return;
        }
        if (correlation.level() != level) {
            // Of the rules over all alerts: one that came or went can bring it to another level.
            store.delete(timer);
            store.put(timer(correlation.level(), due(stored), key), new byte[0]);
            return;
        }
        GroupState state = state(stored);
        long horizon = horizon(correlation);
        if (correlation.due(state) <= horizon) {
            List<AlertRevision> said = correlation.advance(state, horizon, since(correlation));
            forward(record, correlation, state, said);
            save(key, correlation, state, stored);
        }
    }

    private static GroupState state(byte[] stored) {
        byte[] bytes = new byte[stored.length - Long.BYTES];
        System.arraycopy(stored, Long.BYTES, bytes, 0, bytes.length);
        return GroupState.fromBytes(bytes);
    }

    /** Of the first level, by the clock; above, by the horizon, since there are several clocks. */
    private static long due(Correlation correlation, GroupState state) {
        long horizon = state.isEmpty() ? Long.MAX_VALUE : correlation.due(state);
        return horizon == Long.MAX_VALUE || correlation.level() > 0 ? horizon : horizon + correlation.lateness();
    }

    private static long due(byte[] stored) {
        return ByteBuffer.wrap(stored).getLong();
    }

    /** @return what is stored now, or null: nothing */
    private byte @Nullable [] save(String key, Correlation correlation, GroupState state, byte @Nullable [] stored) {
        counters.add("bounds.crossed", state.takeCrossed());
        long was = stored == null ? Long.MAX_VALUE : due(stored);
        long due = due(correlation, state);
        if (was != due) {
            if (was != Long.MAX_VALUE) {
                store.delete(timer(correlation.level(), was, key));
            }
            if (due != Long.MAX_VALUE) {
                store.put(timer(correlation.level(), due, key), new byte[0]);
            }
        }
        if ((stored == null) != state.isEmpty()) {
            opened(correlation, stored == null ? 1 : -1);
        }
        if (state.isEmpty()) {
            store.delete(STATE + key);
            return null;
        }
        byte[] bytes = state.toBytes();
        byte[] saved = ByteBuffer.allocate(Long.BYTES + bytes.length)
                .putLong(due)
                .put(bytes)
                .array();
        store.put(STATE + key, saved);
        return saved;
    }

    private static String timer(int level, long due, String key) {
        return timerPrefix(level) + digits(due) + '|' + key;
    }

    /** Sorts as text the way the numbers do. Times before 1970 are no timers. */
    private static String digits(long time) {
        String text = Long.toString(Math.max(0, time));
        return "0".repeat(DIGITS - text.length()) + text;
    }

    private void forward(
            Record<byte[], byte[]> record, Correlation correlation, GroupState state, List<AlertRevision> revisions) {
        for (AlertRevision revision : revisions) {
            Generation then = rules.generation(correlation, revision.time());
            if (then.rules().speaks(correlation) && !isMuted(correlation, revision)) {
                Correlation said = then.correlation(Generation.key(correlation));
                Alert alert = Alerts.ofRevision(said == null ? correlation : said, then.number(), revision);
                counters.add("alerts", 1);
                context.forward(new Record<>(utf8(alert.getId()), Codec.encode(alert), record.timestamp()), TO_ALERTS);
            }
        }
        List<Fact> facts = state.takeFacts();
        // By what is built on it: mostly all facts go the same ways.
        Map<Upward, List<Fact>> told = new LinkedHashMap<>();
        for (Fact fact : facts) {
            for (Upward way : rules.upward(correlation, fact.time())) {
                told.computeIfAbsent(way, w -> new ArrayList<>()).add(fact);
            }
        }
        told.forEach((way, of) -> {
            List<Hit> hits = new ArrayList<>(of.size());
            for (Fact fact : of) {
                CorrelationHit hit = way.hit(correlation, state.group(), fact);
                if (hit != null) {
                    hits.add(new Hit(
                            hit.member(),
                            hit.event(),
                            hit.line(),
                            hit.time(),
                            hit.received(),
                            hit.count(),
                            new HashMap<>(hit.values()),
                            hit.retracted()));
                }
            }
            if (!hits.isEmpty()) {
                counters.add("facts", hits.size());
                RuleInfo above = way.above().info();
                List<String> group = way.group(state.group());
                Hits packed = new Hits(
                        above.id(),
                        above.version(),
                        rules.newest(),
                        correlation.level() + 1,
                        group,
                        -1,
                        -1L,
                        Micros.UNKNOWN,
                        hits);
                context.forward(
                        new Record<>(key(above.id(), above.version(), group), Codec.encode(packed), record.timestamp()),
                        TO_HITS);
            }
        });
    }

    /**
     * What a version is fed with beyond its time is there for attacks that began before: nothing is said that began later; and
     * what a new one is told of the time before it, for attacks that go on. But what was said once is said to its end.
     */
    private boolean isMuted(Correlation correlation, AlertRevision revision) {
        if (rules.inForce(correlation, revision.start())) {
            return false;
        }
        String key = MUTED + revision.id();
        Generation came = rules.fresh(correlation);
        boolean goesOn = came != null && revision.start() < came.effectiveAt() && revision.end() >= came.effectiveAt();
        boolean muted = !goesOn && (revision.revision() == 1 || store.get(key) != null);
        if (muted && revision.status() != Status.CLOSED) {
            store.put(key, utf8(Generation.key(correlation)));
        } else {
            store.delete(key);
        }
        return muted;
    }

    private void forget() {
        if (rules.forget(this::horizon)) {
            store.put(GENERATIONS, rules.save());
            List<String> over = new ArrayList<>();
            try (KeyValueIterator<String, byte[]> muted = store.prefixScan(MUTED, new StringSerializer())) {
                muted.forEachRemaining(entry -> {
                    String version = new String(entry.value, StandardCharsets.UTF_8);
                    if (!rules.matters(version) || rules.isOldest(version)) {
                        over.add(entry.key);
                    }
                });
            }
            over.forEach(store::delete);
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
