package io.bongsu.ingest.streams;

import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.CorrelationHit;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * So many groups a rule may have in this partition; beyond, hits of new groups are turned away and counted. In the store as
 * {@code groups|rule}: how many there are, to about a thousandth of the bound (a record for each group would be dear), and the
 * newest hit that was turned away.
 */
final class GroupBound {
    private static final Logger LOG = LoggerFactory.getLogger(GroupBound.class);
    private static final String GROUPS = "groups|";
    private static final long NONE = LevelClocks.UNKNOWN;

    private final KeyValueStore<String, byte[]> store;
    private final Counters counters;
    private final int most;
    /** By rule and version. */
    private final Map<String, Groups> groups = new HashMap<>();

    private static final class Groups {
        long open;
        long saved;
        long turnedAway = NONE;
        boolean full;
    }

    GroupBound(KeyValueStore<String, byte[]> store, Counters counters, int most) {
        this.store = store;
        this.counters = counters;
        this.most = most;
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
    }

    /** The groups are another task's now. */
    void close() {
        groups.values().forEach(of -> counters.add("groups.open", -of.open));
        groups.clear();
    }

    /** Whether there is no room for another group of the rule. What it says of others is as good as before. */
    boolean isFull(Correlation correlation, List<CorrelationHit> turnedAway) {
        Groups of = of(correlation);
        if (of.open < most) {
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

    /** Whether hits of a group that begins now may have been turned away, and could still matter. */
    boolean mayLack(Correlation correlation, long horizon) {
        Groups of = of(correlation);
        if (of.turnedAway == NONE) {
            return false;
        }
        if (of.turnedAway + correlation.reach() >= horizon) {
            return true;
        }
        of.turnedAway = NONE;
        save(correlation, of);
        return false;
    }

    void opened(Correlation correlation, int more) {
        Groups of = of(correlation);
        long before = of.open;
        of.open = Math.max(0, of.open + more);
        counters.add("groups.open", of.open - before);
        of.full &= of.open >= most;
        if (Math.abs(of.open - of.saved) > most / 1_000 || of.open == 0 && of.saved != 0) {
            save(correlation, of);
        }
    }

    private Groups of(Correlation correlation) {
        return groups.computeIfAbsent(key(correlation), r -> new Groups());
    }

    private static String key(Correlation correlation) {
        return Keys.encode(List.of(correlation.info().id(), correlation.info().version()));
    }

    private void save(Correlation correlation, Groups of) {
        String key = GROUPS + key(correlation);
        of.saved = of.open;
        if (of.open == 0 && of.turnedAway == NONE) {
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
}
