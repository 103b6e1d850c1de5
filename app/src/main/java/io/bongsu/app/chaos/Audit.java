package io.bongsu.app.chaos;

import io.bongsu.app.ledger.DeadLetters;
import io.bongsu.indexer.Elasticsearch;
import io.bongsu.indexer.Indices;
import io.bongsu.indexer.Target;
import io.bongsu.model.Codec;
import io.bongsu.model.Micros;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of one run's lines, told by their own text: in the documents of Elasticsearch and the dead letters of Kafka.
 *
 * @param sent lines
 * @param indexed distinct lines in Elasticsearch
 * @param deadLettered distinct lines among dead letters, and not in Elasticsearch
 * @param lost lines in neither
 * @param duplicates documents more than lines
 */
record Audit(int sent, int indexed, int deadLettered, int lost, int duplicates) {
    static Audit of(Sent sent, Elasticsearch elasticsearch, Map<String, Object> kafka) {
        Indices indices = new Indices(elasticsearch);
        indices.refresh(Target.ALL_EVENTS);
        BitSet found = new BitSet();
        int[] documents = {0};
        indices.scan(Target.ALL_EVENTS, hit -> {
            int number = sent.number(String.valueOf(hit.flat().get("event.original")));
            if (number >= 0) {
                found.set(number);
                documents[0]++;
            }
        });
        BitSet dead = new BitSet();
        try (DeadLetters letters = new DeadLetters(kafka)) {
            for (DeadLetters.Stored stored :
                    letters.find(new DeadLetters.Query(Micros.UNKNOWN, null, null, null, false))) {
                byte[] data = Codec.bytes(letters.whole(stored).getData());
                int number = sent.number(new String(data, StandardCharsets.UTF_8));
                if (number >= 0) {
                    dead.set(number);
                }
            }
        }
        dead.andNot(found);
        int indexed = found.cardinality();
        int letters = dead.cardinality();
        return new Audit(sent.size(), indexed, letters, sent.size() - indexed - letters, documents[0] - indexed);
    }

    /** Documents of events, of all runs. */
    static long documents(Elasticsearch elasticsearch) {
        Indices indices = new Indices(elasticsearch);
        indices.refresh(Target.ALL_EVENTS);
        return indices.count(Target.ALL_EVENTS);
    }

    /** Alerts about this run's attackers as Elasticsearch has them: id to number of events; without those that were withdrawn. */
    static Map<String, Long> alerts(Sent sent, Elasticsearch elasticsearch) {
        Indices indices = new Indices(elasticsearch);
        indices.refresh(Target.ALL_ALERTS);
        Map<String, Long> alerts = new TreeMap<>();
        indices.scan(Target.ALL_ALERTS, hit -> {
            Map<String, Object> doc = hit.flat();
            if (sent.isAttacker(doc.get("source.ip"))
                    && !"withdrawn".equals(doc.get("bongsu.alert.status"))
                    && doc.get("bongsu.alert.count") instanceof Long count) {
                alerts.put(hit.id(), count);
            }
        });
        return alerts;
    }
}
