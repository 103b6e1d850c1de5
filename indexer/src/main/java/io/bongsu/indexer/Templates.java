package io.bongsu.indexer;

import co.elastic.clients.elasticsearch.cluster.PutComponentTemplateRequest;
import co.elastic.clients.elasticsearch.ilm.PutLifecycleRequest;
import co.elastic.clients.elasticsearch.indices.PutIndexTemplateRequest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
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

    /** Is there when everything is installed. */
    public static final String EVENTS_PATH = "/_index_template/logs-bongsu.events";

    private static final Logger LOG = LoggerFactory.getLogger(Templates.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Name in Elasticsearch and file. */
    private record Piece(String name, String file) {}

    private static final List<Piece> POLICIES = List.of(
            new Piece("bongsu-events", "policy-events"), new Piece("bongsu-dead-letters", "policy-dead-letters"));

    private static final List<Piece> COMPONENTS = List.of(
            new Piece("bongsu-settings", "component-settings"),
            new Piece("bongsu-mappings", "component-mappings"),
            new Piece("bongsu-alerts", "component-alerts"),
            new Piece("bongsu-alert-notes", "component-alert-notes"),
            new Piece("bongsu-dead-letters", "component-dead-letters"));

    private static final List<Piece> INDICES = List.of(
            new Piece("logs-bongsu.events", "index-events"),
            new Piece("logs-bongsu.alerts", "index-alerts"),
            new Piece("logs-bongsu.alert-notes", "index-alert-notes"),
            new Piece("logs-bongsu.dead-letters", "index-dead-letters"));

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
                String path = "/_ilm/policy/" + policy.name();
                if (!rest.exists(path)) {
                    PutLifecycleRequest request = policy(policy.name(), read(policy.file()));
                    rest.call("PUT " + path, client -> client.ilm().putLifecycle(request));
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

    /** Components first, since the index templates are composed of them. */
    private static void put(Rest rest, Form form) {
        for (Piece piece : COMPONENTS) {
            PutComponentTemplateRequest request = component(piece.name(), read(piece.file(), form));
            rest.call("PUT /_component_template/" + piece.name(), client -> client.cluster()
                    .putComponentTemplate(request));
        }
        for (Piece piece : INDICES) {
            PutIndexTemplateRequest request = index(piece.name(), read(piece.file(), form));
            rest.call("PUT /_index_template/" + piece.name(), client -> client.indices()
                    .putIndexTemplate(request));
        }
    }

    static PutLifecycleRequest policy(String name, JsonNode json) {
        return PutLifecycleRequest.of(put -> put.withJson(stream(json)).name(name));
    }

    static PutComponentTemplateRequest component(String name, JsonNode json) {
        return PutComponentTemplateRequest.of(put -> put.withJson(stream(json)).name(name));
    }

    static PutIndexTemplateRequest index(String name, JsonNode json) {
        return PutIndexTemplateRequest.of(put -> put.withJson(stream(json)).name(name));
    }

    private static InputStream stream(JsonNode json) {
        return new ByteArrayInputStream(Rest.bytes(json));
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

    static JsonNode read(String file, Form form) {
        return form == Form.FULL ? read(file) : reduced(read(file));
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
