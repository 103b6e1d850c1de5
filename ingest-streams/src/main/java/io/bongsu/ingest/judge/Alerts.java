package io.bongsu.ingest.judge;

import io.bongsu.model.Alert;
import io.bongsu.model.AlertStatus;
import io.bongsu.model.Event;
import io.bongsu.model.EventId;
import io.bongsu.model.Evidence;
import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.correlate.AlertRevision;
import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.Values;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Decisions of the rules as records of bongsu.alerts. */
public final class Alerts {
    private Alerts() {}

    /** One event, one alert: final at once. It carries what the event says of hosts, users, addresses and processes. */
    static Alert ofEvent(RuleInfo rule, Event event, Judge.Position at, int count) {
        Map<String, Object> fields = new HashMap<>();
        event.getFields().forEach((name, value) -> {
            if (!name.startsWith("event.") && !name.startsWith("log.") && !name.startsWith("json.")) {
                fields.put(name, value);
            }
        });
        fields.putAll(rule.fields());
        return new Alert(
                EventId.hash(rule.id() + '\0' + rule.version() + '\0' + event.getId())
                        .substring(0, 32),
                1,
                AlertStatus.CLOSED,
                null,
                rule.id(),
                rule.version(),
                event.getGeneration(),
                event.getTime(),
                event.getTime(),
                event.getTime(),
                (long) count,
                false,
                false,
                event.getReceived(),
                Map.of(),
                List.of(new Evidence(
                        event.getId(), event.getTime(), rule.id(), at.partition(), at.offset(), at.line(), 0)),
                Map.of(),
                fields);
    }

    /** One revision of a correlation's alert. */
    public static Alert ofRevision(Correlation correlation, long generation, AlertRevision revision) {
        Map<String, String> group = new LinkedHashMap<>();
        Iterator<String> values = revision.group().iterator();
        correlation.groupBy().forEach(field -> group.put(field, values.next()));
        return new Alert(
                revision.id(),
                revision.revision(),
                switch (revision.status()) {
                    case OPEN -> AlertStatus.OPEN;
                    case CLOSED -> AlertStatus.CLOSED;
                    case WITHDRAWN -> AlertStatus.WITHDRAWN;
                },
                revision.supersededBy(),
                correlation.info().id(),
                correlation.info().version(),
                generation,
                revision.time(),
                revision.start(),
                revision.end(),
                revision.count(),
                revision.capped(),
                revision.degraded(),
                revision.triggered(),
                group,
                revision.evidence().stream()
                        .map(h -> new Evidence(
                                h.event(), h.time(), h.member(), h.partition(), h.offset(), h.line(), h.step()))
                        .toList(),
                shown(revision.values()),
                new HashMap<>(correlation.info().fields()));
    }

    /** The parts of a tuple with a comma between them. */
    private static Map<String, List<String>> shown(Map<String, List<String>> values) {
        Map<String, List<String>> shown = new HashMap<>();
        values.forEach((name, of) -> shown.put(
                name,
                of.stream()
                        .map(value -> String.join(", ", Values.unpack(value)))
                        .toList()));
        return shown;
    }
}
