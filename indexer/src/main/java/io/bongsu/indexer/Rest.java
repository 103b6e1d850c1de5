package io.bongsu.indexer;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import co.elastic.clients.transport.TransportException;
import co.elastic.clients.transport.http.TransportHttpClient;
import co.elastic.clients.transport.rest5_client.low_level.ResponseException;
import co.elastic.clients.util.BinaryData;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls whose only good end is a 2xx: everything else is an {@link ElasticsearchException} that says what to do. */
final class Rest {
    /** What to ask of the typed client. */
    @FunctionalInterface
    interface Call<T> {
        T on(ElasticsearchClient client) throws IOException;
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_MESSAGE = 300;

    private final Elasticsearch elasticsearch;

    Rest(Elasticsearch elasticsearch) {
        this.elasticsearch = elasticsearch;
    }

    /** @param what method and path, for the message */
    <T> T call(String what, Call<T> call) {
        try {
            return call.on(elasticsearch.typed());
        } catch (IOException | co.elastic.clients.elasticsearch._types.ElasticsearchException e) {
            Elasticsearch.Reply reply = reply(e);
            if (reply == null) {
                throw new ElasticsearchException(
                        "no answer from Elasticsearch at " + elasticsearch.url() + " ("
                                + shorten(String.valueOf(e.getMessage())) + "); is it running?",
                        e);
            }
            if (reply.ok()) {
                throw new ElasticsearchException(
                        "what answers at " + elasticsearch.url() + " does not answer like Elasticsearch", e);
            }
            throw refused(what, reply);
        }
    }

    boolean exists(String path) {
        return call("GET " + path, client -> {
            Elasticsearch.Reply reply = elasticsearch.call("GET", path, Map.of(), null);
            if (!reply.ok() && reply.status() != 404) {
                throw refused("GET " + path, reply);
            }
            return reply.ok();
        });
    }

    /** What the server answered when the typed client threw this; null: there was no answer. */
    static Elasticsearch.@Nullable Reply reply(Exception e) {
        try {
            return switch (e) {
                case ResponseException refused -> Elasticsearch.reply(refused.getResponse());
                case TransportException strange -> reply(strange.response());
                case co.elastic.clients.elasticsearch._types.ElasticsearchException refused ->
                    reply(refused.httpResponse());
                default -> null;
            };
        } catch (IOException broken) {
            return null;
        }
    }

    private static Elasticsearch.@Nullable Reply reply(TransportHttpClient.@Nullable Response response)
            throws IOException {
        if (response == null) {
            return null;
        }
        BinaryData body = response.body();
        return new Elasticsearch.Reply(
                response.statusCode(),
                body == null ? new byte[0] : body.asInputStream().readAllBytes());
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

    static JsonNode parse(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(@Nullable JsonNode json) {
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** The first line of a message, without the rest of a stack of causes. */
    static String shorten(String message) {
        String line = message.lines().findFirst().orElse("").strip();
        return line.length() <= MAX_MESSAGE ? line : line.substring(0, MAX_MESSAGE) + "…";
    }
}
