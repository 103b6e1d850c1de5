package io.bongsu.indexer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON calls whose only good end is a 2xx: everything else is an {@link ElasticsearchException} that says what to do. */
final class Rest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_MESSAGE = 300;

    private final Elasticsearch elasticsearch;

    Rest(Elasticsearch elasticsearch) {
        this.elasticsearch = elasticsearch;
    }

    JsonNode call(String method, String path, Map<String, String> parameters, @Nullable JsonNode body) {
        return json(method + " " + path, reply(method, path, parameters, body));
    }

    JsonNode json(String what, Elasticsearch.Reply reply) {
        if (!reply.ok()) {
            throw refused(what, reply);
        }
        try {
            return JSON.readTree(reply.body());
        } catch (IOException e) {
            throw new ElasticsearchException(
                    "what answers at " + elasticsearch.url() + " does not answer like Elasticsearch", e);
        }
    }

    static JsonNode parse(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(JsonNode json) {
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    boolean exists(String path) {
        Elasticsearch.Reply reply = reply("GET", path, Map.of(), null);
        if (reply.ok()) {
            return true;
        }
        if (reply.status() == 404) {
            return false;
        }
        throw refused("GET " + path, reply);
    }

    Elasticsearch.Reply reply(String method, String path, Map<String, String> parameters, @Nullable JsonNode body) {
        try {
            return elasticsearch.call(method, path, parameters, body == null ? null : bytes(body));
        } catch (IOException e) {
            throw new ElasticsearchException(
                    "no answer from Elasticsearch at " + elasticsearch.url() + " ("
                            + shorten(String.valueOf(e.getMessage())) + "); is it running?",
                    e);
        }
    }

    private ElasticsearchException refused(String what, Elasticsearch.Reply reply) {
        Bulk.ErrorText error = Bulk.error(reply.body());
        String hint =
                switch (reply.status()) {
                    case 401 -> "; set user and password, or an API key";
                    case 403 -> "; the user lacks a right for this";
                    default -> "";
                };
        return new ElasticsearchException(
                "Elasticsearch at " + elasticsearch.url() + " answers " + reply.status() + " to " + what + ": "
                        + shorten(error.message()) + hint,
                reply.status());
    }

    /** The first line of a message, without the rest of a stack of causes. */
    static String shorten(String message) {
        String line = message.lines().findFirst().orElse("").strip();
        return line.length() <= MAX_MESSAGE ? line : line.substring(0, MAX_MESSAGE) + "…";
    }
}
