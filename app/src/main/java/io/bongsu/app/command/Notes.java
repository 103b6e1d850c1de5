package io.bongsu.app.command;

import io.bongsu.indexer.Search;
import io.bongsu.indexer.Search.In;
import io.bongsu.indexer.Search.Query;
import io.bongsu.model.AlertNote;
import io.bongsu.model.Micros;
import io.bongsu.model.Workflow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What analysts say about alerts. It is kept beside the alerts and joined here, when it is read: an alert's document is
 * replaced by each of its revisions, a note by the next note only.
 */
final class Notes {
    static final String STATUS = "kibana.alert.workflow_status";
    static final String REASON = "kibana.alert.workflow_reason";
    static final String USER = "kibana.alert.workflow_user";
    static final String TIME = "kibana.alert.workflow_status_updated_at";
    /** The note's text; in its own document that is the message, which an alert may have one of its own of. */
    static final String NOTE = "bongsu.alert.note";

    private static final String CLOSED = STATUS + ":closed";
    /** Ids in one search, which may hold 1,024 of them. */
    private static final int CHUNK = 500;
    /** So many closed alerts are left out of a search at most: what one answer of Elasticsearch may hold. */
    private static final int MOST = 10_000;

    private final Map<String, Map<String, Object>> byAlert = new HashMap<>();

    private Notes() {}

    /** Those about these alerts. */
    static Notes of(Search search, List<String> alerts) {
        Notes notes = new Notes();
        for (int from = 0; from < alerts.size(); from += CHUNK) {
            List<String> chunk = alerts.subList(from, Math.min(alerts.size(), from + CHUNK));
            String query = "event.id:(\"" + String.join("\" OR \"", chunk) + "\")";
            search.find(Query.of(query, In.NOTES, chunk.size()))
                    .hits()
                    .forEach(hit -> notes.byAlert.put(hit.id(), hit.flat()));
        }
        return notes;
    }

    /**
     * The ids of the alerts that are dealt with.
     *
     * @param from alerts from then on are of interest, and nobody closes one before it is there
     */
    static Search.Found closed(Search search, long from) {
        return search.find(new Query(CLOSED, In.NOTES, from, Micros.UNKNOWN, MOST));
    }

    boolean has(String alert) {
        return byAlert.containsKey(alert);
    }

    /** The alert with what is said about it. */
    Map<String, Object> told(String id, Map<String, Object> alert) {
        Map<String, Object> note = byAlert.get(id);
        if (note == null) {
            return alert;
        }
        Map<String, Object> told = new LinkedHashMap<>(alert);
        for (String field : List.of(STATUS, REASON, USER, TIME)) {
            if (note.containsKey(field)) {
                told.put(field, note.get(field));
            }
        }
        told.put(NOTE, note.getOrDefault("message", ""));
        return told;
    }

    /** "handled: false positive". */
    static String words(String status, @Nullable String reason) {
        return switch (status) {
            case "closed" -> "handled" + (reason == null ? "" : ": " + reason.replace('_', ' '));
            case "open" -> "reopened";
            default -> status;
        };
    }

    /** A note with what a reader of it wants to know of the alert. */
    static AlertNote note(
            Map<String, Object> alert, Workflow status, @Nullable String reason, String text, String by, long now) {
        Map<String, Object> fields = new HashMap<>();
        List<String> copied =
                new ArrayList<>(List.of("rule.id", "rule.name", "rule.level", "rule.version", "event.severity"));
        ResultTable.about(alert).forEach(copied::add);
        copied.forEach(name -> {
            if (alert.get(name) != null) {
                fields.put(name, alert.get(name));
            }
        });
        return new AlertNote(String.valueOf(alert.get("event.id")), status, reason, text, by, now, fields);
    }
}
