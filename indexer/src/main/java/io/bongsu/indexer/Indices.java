package io.bongsu.indexer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Whole indices: what they hold, and retention where there are no lifecycle policies. Patterns are those of {@link Target}. */
public final class Indices {
    private static final int PAGE = 1_000;
    private static final Map<String, String> LENIENT = Map.of("ignore_unavailable", "true", "allow_no_indices", "true");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Rest rest;

    public Indices(Elasticsearch elasticsearch) {
        this.rest = new Rest(elasticsearch);
    }

    /** Documents that a search sees; {@link #refresh} first to count those of the last second as well. */
    public long count(String pattern) {
        return rest.call("GET", "/" + pattern + "/_count", LENIENT, null)
                .path("count")
                .asLong();
    }

    public void refresh(String pattern) {
        rest.call("POST", "/" + pattern + "/_refresh", LENIENT, null);
    }

    /** Every document once, as of the last refresh, in no particular order; memory stays bounded. */
    public void scan(String pattern, Consumer<Search.Hit> each) {
        scan(
                pattern,
                true,
                hit -> each.accept(new Search.Hit(
                        hit.path("_index").asText(), hit.path("_id").asText(), Rest.bytes(hit.path("_source")))));
    }

    /** The id of every document, likewise. */
    public void scanIds(String pattern, Consumer<String> each) {
        scan(pattern, false, hit -> each.accept(hit.path("_id").asText()));
    }

    private void scan(String pattern, boolean source, Consumer<JsonNode> each) {
        JsonNode opened = rest.call(
                "POST", "/" + pattern + "/_pit", Map.of("keep_alive", "1m", "ignore_unavailable", "true"), null);
        String pit = opened.path("id").asText();
        try {
            JsonNode after = null;
            while (true) {
                ObjectNode body = JSON.createObjectNode()
                        .put("size", PAGE)
                        .put("track_total_hits", false)
                        .put("_source", source);
                body.putObject("pit").put("id", pit).put("keep_alive", "1m");
                body.putArray("sort").addObject().put("_shard_doc", "asc");
                if (after != null) {
                    body.set("search_after", after);
                }
                JsonNode answer = rest.call("POST", "/_search", Map.of(), body);
                pit = answer.path("pit_id").asText(pit);
                JsonNode hits = answer.path("hits").path("hits");
                for (JsonNode hit : hits) {
                    each.accept(hit);
                    after = hit.path("sort");
                }
                if (hits.size() < PAGE) {
                    return;
                }
            }
        } finally {
            rest.call("DELETE", "/_pit", Map.of(), JSON.createObjectNode().put("id", pit));
        }
    }

    /** The names that there are. */
    public List<String> names(String pattern) {
        List<String> names = new ArrayList<>();
        Iterator<String> found =
                rest.call("GET", "/" + pattern + "/_alias", LENIENT, null).fieldNames();
        found.forEachRemaining(names::add);
        return names.stream().sorted().toList();
    }

    /**
     * Deletes the daily indices of events and dead letters whose append day is before this one; alerts stay. For the
     * embedded Elasticsearch, which has no lifecycle policies. Returns the deleted names.
     */
    public List<String> deleteBefore(LocalDate day) {
        List<String> deleted = new ArrayList<>();
        for (String prefix : List.of(Target.EVENTS, Target.DEAD_LETTERS)) {
            for (String name : names(prefix + "*")) {
                if (isBefore(name, prefix, day)) {
                    rest.call("DELETE", "/" + name, Map.of(), null);
                    deleted.add(name);
                }
            }
        }
        return deleted;
    }

    private static boolean isBefore(String name, String prefix, LocalDate day) {
        try {
            return LocalDate.parse(name.substring(prefix.length()).replace('.', '-'))
                    .isBefore(day);
        } catch (DateTimeException e) {
            // Not one of ours, so not ours to delete.
            return false;
        }
    }
}
