package io.bongsu.app.replay;

import io.bongsu.app.ledger.TopicReader;
import io.bongsu.model.Codec;
import io.bongsu.model.Hit;
import io.bongsu.model.Hits;
import io.bongsu.model.Topics;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** What rules found, as bongsu.hits has it. */
public final class RuleHits {
    private RuleHits() {}

    /**
     * By id of a correlation, how often a group of it was hit; by id of a rule below, how often it found what one of them counts.
     * Those that alert on single events have no hits there: each is an alert.
     *
     * @param from append time, microseconds since 1970
     */
    public static Map<String, Long> since(Map<String, Object> kafka, long from) {
        Map<String, Long> hits = new HashMap<>();
        Map<String, Map<String, Long>> below = new HashMap<>();
        try (TopicReader reader = new TopicReader(kafka)) {
            reader.read(Topics.HITS, from, record -> {
                try {
                    if (Codec.decode(record.value()) instanceof Hits some) {
                        for (Hit hit : some.getHits()) {
                            long count = hit.getRetracted() ? -hit.getCount() : hit.getCount();
                            hits.merge(some.getRule(), count, Long::sum);
                            below.computeIfAbsent(hit.getMember(), member -> new HashMap<>())
                                    .merge(some.getRule(), count, Long::sum);
                        }
                    }
                } catch (Codec.Undecodable e) {
                    // Not ours; the correlating task makes a dead letter of it.
                    return;
                }
            });
        }
        // An event that several correlations count is one.
        below.forEach((rule, by) -> hits.putIfAbsent(rule, Collections.max(by.values())));
        return hits;
    }
}
