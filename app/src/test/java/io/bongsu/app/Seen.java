package io.bongsu.app;

import io.bongsu.app.pipeline.Tally;
import io.bongsu.app.pipeline.Watcher;
import io.bongsu.model.Alert;
import io.bongsu.model.AlertStatus;
import io.bongsu.model.Event;
import io.bongsu.model.Events;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** For tests: what came out of the pipeline for {@link Numbered} lines. Thread-safe. */
public final class Seen implements Watcher.Listener {
    private Tally tally = Tally.NOTHING;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<Integer, Integer> times = new HashMap<>();
    private final Map<String, Alert> alerts = new LinkedHashMap<>();

    @Override
    public synchronized void events(Events record) {
        tally = tally.plus(record);
        for (Event event : record.getEvents()) {
            if (event.getFields().get("process.pid") instanceof Long number) {
                numbers.put(event.getId(), number.intValue());
                times.merge(number.intValue(), 1, Integer::sum);
            }
        }
    }

    @Override
    public synchronized void alert(Alert alert, long appended) {
        alerts.merge(alert.getId(), alert, (old, fresh) -> fresh.getRevision() > old.getRevision() ? fresh : old);
    }

    public synchronized Tally tally() {
        return tally;
    }

    /** Line number to how often it became an event. */
    public synchronized Map<Integer, Integer> times() {
        return Map.copyOf(times);
    }

    public synchronized int number(String event) {
        return numbers.getOrDefault(event, -1);
    }

    public synchronized boolean allClosed() {
        return alerts.values().stream().noneMatch(a -> a.getStatus() == AlertStatus.OPEN);
    }

    /** As {@link Numbered#detected}, in the same order. */
    public synchronized List<Map<String, Object>> standing() {
        return alerts.values().stream()
                .filter(a -> a.getStatus() != AlertStatus.WITHDRAWN)
                .sorted(Comparator.comparingLong(Alert::getTime)
                        .thenComparing(Alert::getRule)
                        .thenComparing(Alert::getId))
                .map(a -> Numbered.content(a, this::number))
                .toList();
    }
}
