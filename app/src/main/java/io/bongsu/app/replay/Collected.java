package io.bongsu.app.replay;

import io.bongsu.app.Fault;
import io.bongsu.ingest.streams.Replay;
import io.bongsu.model.Alert;
import io.bongsu.model.AlertStatus;
import io.bongsu.model.Events;
import io.bongsu.model.Hits;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What came of a replay: the newest revision of each alert of a time, hits by rule and group, events. Bounded: so many alerts,
 * and so many groups are counted.
 */
final class Collected implements Replay.Listener {
    static final int MOST_ALERTS = 100_000;
    private static final int MOST_GROUPS = 50_000;

    private final long from;
    private final long to;
    private final Map<String, Alert> alerts = new LinkedHashMap<>();
    private final Map<String, Long> hits = new HashMap<>();
    private final Map<String, Map<List<String>, Long>> groups = new HashMap<>();
    private int grouped;
    private long events;

    /**
     * @param from of the alerts' times
     * @param to exclusive
     */
    Collected(long from, long to) {
        this.from = from;
        this.to = to;
    }

    @Override
    public void alert(Alert alert) {
        if (alert.getTime() < from || alert.getTime() >= to) {
            // A revision may move it out of the time, or into it.
            alerts.remove(alert.getId());
            return;
        }
        Alert known = alerts.get(alert.getId());
        if (known == null || known.getRevision() <= alert.getRevision()) {
            alerts.put(alert.getId(), alert);
        }
        if (alerts.size() > MOST_ALERTS) {
            throw new Fault(
                    "more than " + MOST_ALERTS + " alerts in this time", "ask for a shorter one, or for fewer rules");
        }
    }

    @Override
    public void hits(Hits of) {
        long count = of.getHits().stream()
                .filter(hit -> hit.getTime() >= from && hit.getTime() < to)
                .count();
        if (count == 0) {
            return;
        }
        hits.merge(of.getRule(), count, Long::sum);
        Map<List<String>, Long> byGroup = groups.computeIfAbsent(of.getRule(), rule -> new HashMap<>());
        if (byGroup.containsKey(of.getGroup())) {
            byGroup.merge(of.getGroup(), count, Long::sum);
        } else if (grouped < MOST_GROUPS) {
            grouped++;
            byGroup.put(of.getGroup(), count);
        }
    }

    @Override
    public void events(Events record) {
        events += record.getEvents().size();
    }

    /** Those that stand. */
    List<Alert> standing() {
        return alerts.values().stream()
                .filter(alert -> alert.getStatus() != AlertStatus.WITHDRAWN)
                .toList();
    }

    long hits(String rule) {
        return hits.getOrDefault(rule, 0L);
    }

    /** Those with the most hits, the most first. */
    List<Map.Entry<List<String>, Long>> noisiest(String rule, int most) {
        return groups.getOrDefault(rule, Map.of()).entrySet().stream()
                .sorted(Map.Entry.<List<String>, Long>comparingByValue().reversed())
                .limit(most)
                .toList();
    }

    long events() {
        return events;
    }
}
