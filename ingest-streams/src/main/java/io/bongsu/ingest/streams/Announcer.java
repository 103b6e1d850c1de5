package io.bongsu.ingest.streams;

import io.bongsu.ingest.generation.Generation;
import io.bongsu.ingest.judge.Alerts;
import io.bongsu.model.Alert;
import io.bongsu.model.Codec;
import io.bongsu.model.Hit;
import io.bongsu.model.Hits;
import io.bongsu.model.Micros;
import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.Upward;
import io.bongsu.rules.correlate.AlertRevision;
import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.CorrelationHit;
import io.bongsu.rules.correlate.Fact;
import io.bongsu.rules.correlate.GroupState;
import io.bongsu.rules.correlate.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * What comes of a look at a group goes out: alerts, but for those of a version that is not in force, and facts as hits of the
 * correlations that are built on it. In the store, {@code muted|alert} says what was not said, so that it stays so to its end.
 */
final class Announcer {
    /** By alert: its rule and version, see {@link #isMuted}. */
    private static final String MUTED = "muted|";

    private final ProcessorContext<byte[], byte[]> context;
    private final KeyValueStore<String, byte[]> store;
    private final Rulebook rules;
    private final Counters counters;

    Announcer(
            ProcessorContext<byte[], byte[]> context,
            KeyValueStore<String, byte[]> store,
            Rulebook rules,
            Counters counters) {
        this.context = context;
        this.store = store;
        this.rules = rules;
        this.counters = counters;
    }

    /** @param at the time of Kafka's record that led to it, milliseconds */
    void say(long at, Correlation correlation, GroupState state, List<AlertRevision> revisions) {
        for (AlertRevision revision : revisions) {
            Generation then = rules.generation(correlation, revision.time());
            if (then.rules().speaks(correlation) && !isMuted(correlation, revision)) {
                Correlation said = then.correlation(Generation.key(correlation));
                Alert alert = Alerts.ofRevision(said == null ? correlation : said, then.number(), revision);
                counters.add("alerts", 1);
                context.forward(
                        new Record<>(CorrelateProcessor.utf8(alert.getId()), Codec.encode(alert), at),
                        CorrelateProcessor.TO_ALERTS);
            }
        }
        tell(at, correlation, state);
    }

    private void tell(long at, Correlation correlation, GroupState state) {
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
                        new Record<>(
                                CorrelateProcessor.key(above.id(), above.version(), group), Codec.encode(packed), at),
                        CorrelateProcessor.TO_HITS);
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
            store.put(key, CorrelateProcessor.utf8(Generation.key(correlation)));
        } else {
            store.delete(key);
        }
        return muted;
    }

    /** What was not said of versions that matter no longer. */
    void forget() {
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
