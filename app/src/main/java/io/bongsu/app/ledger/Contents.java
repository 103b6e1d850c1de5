package io.bongsu.app.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bongsu.indexer.Indices;
import io.bongsu.model.Documents;
import io.bongsu.model.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Holds documents of Elasticsearch against their events, which they are a function of: whoever writes to Elasticsearch can
 * change what an event says there and leave its id. A replay may have given an event anew; what comes last counts.
 */
final class Contents {
    private static final int BATCH = 1_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Due(Event event, long appended, String place) {}

    private final Indices indices;
    private final List<Due> due = new ArrayList<>();
    private final Map<String, String> altered = new TreeMap<>();

    Contents(Indices indices) {
        this.indices = indices;
    }

    /** In the order of the topic. */
    void compare(Event event, long appended, String place) {
        due.add(new Due(event, appended, place));
        if (due.size() >= BATCH) {
            ask();
        }
    }

    /** Ids of documents that are there and say something else, and where and of which line. */
    Map<String, String> end() {
        ask();
        return altered;
    }

    private void ask() {
        if (due.isEmpty()) {
            return;
        }
        Map<String, Long> ids = new TreeMap<>();
        due.forEach(one -> ids.put(one.event().getId(), one.appended()));
        Map<String, ObjectNode> documents = indices.events(ids);
        for (Due one : due) {
            String id = one.event().getId();
            JsonNode document = documents.get(id);
            String path = document == null ? null : difference(expected(one), document, "");
            if (path == null) {
                altered.remove(id);
            } else {
                altered.put(id, path + ", " + one.place());
            }
        }
        due.clear();
    }

    private static @Nullable JsonNode expected(Due one) {
        try {
            return JSON.readTree(Documents.event(one.event(), one.appended()));
        } catch (IllegalArgumentException e) {
            return null; // no document can be made of it: it is a dead letter
        } catch (IOException e) {
            throw new UncheckedIOException("a document of ours is no JSON", e);
        }
    }

    /** The first field that differs; null: none. */
    private static @Nullable String difference(@Nullable JsonNode expected, @Nullable JsonNode found, String path) {
        if (expected == null || found == null || !expected.isObject() || !found.isObject()) {
            return expected == null ? path : expected.equals(found) ? null : path;
        }
        TreeSet<String> names = new TreeSet<>();
        for (JsonNode node : List.of(expected, found)) {
            for (Iterator<String> each = node.fieldNames(); each.hasNext(); ) {
                names.add(each.next());
            }
        }
        for (String name : names) {
            String at = difference(expected.get(name), found.get(name), path.isEmpty() ? name : path + '.' + name);
            if (at != null) {
                return at;
            }
        }
        return null;
    }
}
