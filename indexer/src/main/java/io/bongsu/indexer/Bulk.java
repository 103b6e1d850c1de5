package io.bongsu.indexer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The bodies of the bulk API: requests from ready-made documents, answers reduced to a verdict for each document. */
final class Bulk {
    /** Of an answer, we need no more than this: a tenth of the bytes, and hardly any decoding. */
    static final Map<String, String> PARAMETERS = Map.of("filter_path", "items.*.status,items.*.error");

    private static final int MAX_MESSAGE = 4_096;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonFactory FACTORY = JSON.getFactory();

    private Bulk() {}

    static byte[] body(List<Document> documents) {
        int size = documents.stream().mapToInt(d -> d.json().length + 192).sum();
        ByteArrayOutputStream out = new ByteArrayOutputStream(size);
        for (Document document : documents) {
            out.writeBytes(action(document).getBytes(StandardCharsets.UTF_8));
            out.write('\n');
            out.writeBytes(document.json());
            out.write('\n');
        }
        return out.toByteArray();
    }

    private static String action(Document document) {
        StringBuilder line = new StringBuilder(192).append("{\"index\":{\"_index\":\"");
        JsonStringEncoder.getInstance().quoteAsString(document.index(), line);
        line.append("\",\"_id\":\"");
        JsonStringEncoder.getInstance().quoteAsString(document.id(), line);
        line.append('"');
        if (document.version() > 0) {
            line.append(",\"version\":").append(document.version()).append(",\"version_type\":\"external\"");
        }
        return line.append("}}").toString();
    }

    /** Of a bulk request: a verdict for each document in order, or one for all of them. */
    sealed interface Answer {
        record Items(List<Verdict> verdicts) implements Answer {}

        record Whole(Verdict verdict) implements Answer {}
    }

    static Answer answer(int documents, Elasticsearch.Reply reply) {
        if (reply.ok()) {
            try {
                List<Verdict> verdicts = items(reply.body());
                if (verdicts.size() == documents) {
                    return new Answer.Items(verdicts);
                }
            } catch (IOException e) {
                // Said below: this is no answer of Elasticsearch.
            }
            return new Answer.Whole(
                    new Verdict.Later("broken_answer", "what answers does not answer like Elasticsearch"));
        }
        ErrorText error = error(reply.body());
        return new Answer.Whole(Verdict.ofRequest(reply.status(), error.type(), error.message()));
    }

    private static List<Verdict> items(byte[] body) throws IOException {
        List<Verdict> verdicts = new ArrayList<>();
        try (JsonParser json = FACTORY.createParser(body)) {
            expect(json.nextToken(), JsonToken.START_OBJECT);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean items = "items".equals(json.currentName());
                JsonToken value = json.nextToken();
                if (!items) {
                    json.skipChildren();
                    continue;
                }
                expect(value, JsonToken.START_ARRAY);
                while (json.nextToken() == JsonToken.START_OBJECT) {
                    expect(json.nextToken(), JsonToken.FIELD_NAME);
                    expect(json.nextToken(), JsonToken.START_OBJECT);
                    verdicts.add(item(json));
                    expect(json.nextToken(), JsonToken.END_OBJECT);
                }
            }
        }
        return verdicts;
    }

    private static Verdict item(JsonParser json) throws IOException {
        int status = 0;
        ErrorText error = ErrorText.NONE;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "status" -> status = json.getIntValue();
                case "error" -> error = ErrorText.of(JSON.readTree(json));
                default -> json.skipChildren();
            }
        }
        return Verdict.ofItem(status, error.type(), error.message());
    }

    private static void expect(JsonToken found, JsonToken wanted) throws IOException {
        if (found != wanted) {
            throw new IOException("found " + found + ", expected " + wanted);
        }
    }

    /** The error of a refused request, whoever refused it. */
    static ErrorText error(byte[] body) {
        ErrorText error = error(body, "/error");
        return error != ErrorText.NONE
                ? error
                : new ErrorText("", cut(new String(body, StandardCharsets.UTF_8).strip()));
    }

    /** The error at a place in a body; {@link ErrorText#NONE} when there is none, as in the page of a proxy. */
    static ErrorText error(byte[] body, String pointer) {
        try {
            JsonNode answer = JSON.readTree(body);
            JsonNode error = answer == null ? null : answer.at(pointer);
            return error != null && error.isObject() ? ErrorText.of(error) : ErrorText.NONE;
        } catch (IOException e) {
            return ErrorText.NONE;
        }
    }

    private static String cut(String text) {
        return text.length() <= MAX_MESSAGE ? text : text.substring(0, MAX_MESSAGE) + "…";
    }

    /** An error of Elasticsearch with its causes, innermost last. */
    record ErrorText(String type, String message) {
        static final ErrorText NONE = new ErrorText("", "");

        static ErrorText of(JsonNode error) {
            if (!error.isObject()) {
                return new ErrorText("", cut(error.asText()));
            }
            StringBuilder message = new StringBuilder();
            int depth = 0;
            for (JsonNode cause = error; cause.isObject() && depth < 8; cause = cause.path("caused_by"), depth++) {
                String reason = cause.path("reason").asText("");
                if (!reason.isEmpty() && message.indexOf(reason) < 0) {
                    message.append(message.isEmpty() ? "" : "; caused by: ").append(reason);
                }
            }
            return new ErrorText(error.path("type").asText(""), cut(message.toString()));
        }
    }
}
