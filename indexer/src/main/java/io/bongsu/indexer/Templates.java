package io.bongsu.indexer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The index templates of events, alerts and dead letters: JSON files beside this class, in the full form that a complete
 * Elasticsearch takes. A minimal one, as the embedded, lacks some field types and lifecycle policies; it gets the
 * {@link #reduced} form, which is derived by rule. Which one it is, the server says: by refusing the full form.
 */
public final class Templates {
    /** What the server took. */
    public enum Form {
        FULL,
        REDUCED
    }

    static final String EVENTS_PATH = "/_index_template/logs-bongsu.events";

    private static final Logger LOG = LoggerFactory.getLogger(Templates.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Kind, name in Elasticsearch, file. In this order, since each uses those before. */
    private record Piece(String kind, String name, String file) {}

    private static final List<Piece> POLICIES = List.of(
            new Piece("_ilm/policy", "bongsu-events", "policy-events"),
            new Piece("_ilm/policy", "bongsu-dead-letters", "policy-dead-letters"));

    private static final List<Piece> PIECES = List.of(
            new Piece("_component_template", "bongsu-settings", "component-settings"),
            new Piece("_component_template", "bongsu-mappings", "component-mappings"),
            new Piece("_component_template", "bongsu-alerts", "component-alerts"),
            new Piece("_component_template", "bongsu-dead-letters", "component-dead-letters"),
            new Piece("_index_template", "logs-bongsu.events", "index-events"),
            new Piece("_index_template", "logs-bongsu.alerts", "index-alerts"),
            new Piece("_index_template", "logs-bongsu.dead-letters", "index-dead-letters"));

    private Templates() {}

    /**
     * Installs or updates everything; policies only where there are none, since how long to keep is the user's to
     * decide. Idempotent. An existing index keeps the mapping that it was made with.
     *
     * @throws ElasticsearchException when it is not there or refuses both forms
     */
    public static Form install(Elasticsearch elasticsearch) {
        Rest rest = new Rest(elasticsearch);
        Form form = Form.FULL;
        try {
            for (Piece policy : POLICIES) {
                if (!rest.exists(path(policy))) {
                    rest.call("PUT", path(policy), Map.of(), read(policy.file()));
                }
            }
            put(rest, form);
        } catch (ElasticsearchException e) {
            if (e.status() != 400 && e.status() != 405) {
                throw e;
            }
            form = Form.REDUCED;
            put(rest, form);
        }
        LOG.atInfo()
                .addKeyValue("url", elasticsearch.url())
                .addKeyValue("form", form)
                .log("Index templates are installed");
        return form;
    }

    private static void put(Rest rest, Form form) {
        for (Piece piece : PIECES) {
            JsonNode full = read(piece.file());
            rest.call("PUT", path(piece), Map.of(), form == Form.FULL ? full : reduced(full));
        }
    }

    private static String path(Piece piece) {
        return "/" + piece.kind() + "/" + piece.name();
    }

    /**
     * The same for a server without x-pack and mapper-extras: each field type that is missing becomes the nearest one
     * that is not, and lifecycle policies are left out. Before → after:
     *
     * <pre>
     * wildcard, constant_keyword, version → keyword    a term of more than 8,191 characters is not indexed
     * match_only_text                     → text       without norms; phrases still work
     * scaled_float                        → double
     * settings.index.lifecycle            → nothing
     * </pre>
     */
    static JsonNode reduced(JsonNode full) {
        return switch (full) {
            case ObjectNode object -> {
                ObjectNode copy = JSON.createObjectNode();
                object.properties().forEach(e -> {
                    if (!e.getKey().equals("lifecycle")) {
                        copy.set(e.getKey(), reduced(e.getValue()));
                    }
                });
                reduceType(copy);
                yield copy;
            }
            case ArrayNode array -> {
                ArrayNode copy = JSON.createArrayNode();
                array.forEach(item -> copy.add(reduced(item)));
                yield copy;
            }
            default -> full;
        };
    }

    private static void reduceType(ObjectNode field) {
        switch (field.path("type").asText("")) {
            case "wildcard" -> field.put("type", "keyword").put("ignore_above", 8_191);
            case "constant_keyword", "version" ->
                field.put("type", "keyword").put("ignore_above", 1_024).remove("value");
            case "match_only_text" -> field.put("type", "text").put("norms", false);
            case "scaled_float" -> field.put("type", "double").remove("scaling_factor");
            default -> {
                // Every server knows the others, or it is no field at all.
            }
        }
    }

    static JsonNode read(String file) {
        try (InputStream in = Templates.class.getResourceAsStream("templates/" + file + ".json")) {
            if (in == null) {
                throw new FileNotFoundException("templates/" + file + ".json is missing from the jar");
            }
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
