package io.bongsu.ingest.streams;

import io.bongsu.ingest.judge.Judge;
import io.bongsu.model.Alert;
import io.bongsu.model.Codec;
import io.bongsu.model.Hit;
import io.bongsu.model.Hits;
import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.CorrelationHit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** What one record of bongsu.logs brings forth: alerts go out as they come; hits are packed by group until the record is done. */
final class Outcome implements Judge.Sink {
    /** The clock when the record came. */
    final long clockBefore;

    private final List<Alert> alerts = new ArrayList<>();
    private final Map<Correlation, Map<List<String>, List<Hit>>> hits = new LinkedHashMap<>();
    /** Whether a hit of the event that was judged last came too late. */
    boolean late;

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

    /** For versions that are not in force any more, or not yet: their hits, when they are fed. */
    Judge.Sink of(InForce.Beside beside) {
        return new Judge.Sink() {
            @Override
            public void alert(Alert alert) {
                throw new IllegalStateException("a rule that is not in force alerts: " + alert.getRule());
            }

            @Override
            public void hit(Correlation correlation, List<String> group, CorrelationHit h) {
                if (beside.feeds(correlation, h.time())) {
                    Outcome.this.hit(correlation, group, h);
                }
            }
        };
    }

    /** @param generation the newest whose marker was met */
    void forward(
            ProcessorContext<byte[], byte[]> context,
            Record<byte[], byte[]> record,
            RecordMetadata at,
            long generation,
            Counters counters) {
        for (Alert alert : alerts) {
            counters.add("alerts", 1);
            context.forward(
                    new Record<>(CorrelateProcessor.utf8(alert.getId()), Codec.encode(alert), record.timestamp()),
                    ParseProcessor.TO_ALERTS);
        }
        hits.forEach((correlation, groups) -> groups.forEach((group, list) -> {
            counters.add("hits", list.size());
            String rule = correlation.info().id();
            String version = correlation.info().version();
            Hits packed = new Hits(rule, version, generation, 0, group, at.partition(), at.offset(), clockBefore, list);
            context.forward(
                    new Record<>(
                            CorrelateProcessor.key(rule, version, group), Codec.encode(packed), record.timestamp()),
                    ParseProcessor.TO_HITS);
        }));
    }
}
