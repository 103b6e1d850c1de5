package io.bongsu.app.ledger;

import io.bongsu.model.Alert;
import io.bongsu.model.AlertStatus;
import io.bongsu.model.EventId;
import java.util.List;
import java.util.Map;

/** A rule that stands in no file: what a command says of the pipeline itself. */
record OwnRule(String id, String name, String level, long severity, String description) {
    private static final String VERSION = "1";

    /** @param what the same gives the same id */
    Alert alert(String what, String message, long now, int revision, AlertStatus status) {
        return new Alert(
                EventId.hash("bongsu-" + what).substring(0, 32),
                revision,
                status,
                null,
                id,
                VERSION,
                0L,
                now,
                now,
                now,
                1L,
                false,
                false,
                now,
                Map.of(),
                List.of(),
                Map.of(),
                Map.of(
                        "rule.id", id,
                        "rule.name", name,
                        "rule.version", VERSION,
                        "rule.level", level,
                        "rule.description", description,
                        "event.severity", severity,
                        "message", message));
    }
}
