package io.bongsu.app.kibana;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bongsu.indexer.Elasticsearch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * For tests: asks Elasticsearch what Kibana would ask for each of our objects, and says which of them would show nothing.
 * What is asked is taken from the objects as they are imported: a panel's columns become nested aggregations, as Lens makes
 * them, a saved search the newest documents with its columns; both within the 24 hours of the dashboards.
 */
public final class Shown {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Elasticsearch elasticsearch;
    private final Map<String, ObjectNode> objects = new LinkedHashMap<>();

    public Shown(Elasticsearch elasticsearch) {
        this.elasticsearch = elasticsearch;
        SavedObjects.all()
                .forEach(o ->
                        objects.put(o.path("type").asText() + " " + o.path("id").asText(), o));
    }

    /** By the object, what is wrong; empty when each one shows something. */
    public Map<String, String> problems() {
        Map<String, String> problems = new LinkedHashMap<>();
        objects.forEach((name, object) -> {
            String problem =
                    switch (object.path("type").asText()) {
                        case "index-pattern" -> view(object);
                        case "search" -> search(object);
                        case "lens" -> panel(object);
                        case "dashboard" -> dashboard(object);
                        default -> "is of a kind that nobody looks at here";
                    };
            if (!problem.isEmpty()) {
                problems.put(name, problem);
            }
        });
        return problems;
    }

    /** How many there are of each type. */
    public Map<String, Integer> counts() {
        Map<String, Integer> counts = new HashMap<>();
        objects.values().forEach(o -> counts.merge(o.path("type").asText(), 1, Integer::sum));
        return counts;
    }

    private String view(JsonNode object) {
        String time = object.path("attributes").path("timeFieldName").asText();
        JsonNode type = capabilities(object).path(time);
        return type.has("date") ? "" : "has no date in " + time + ": " + type;
    }

    private String search(ObjectNode object) {
        JsonNode source = read(object.path("attributes")
                .path("kibanaSavedObjectMeta")
                .path("searchSourceJSON")
                .asText());
        JsonNode view = referred(object, source.path("indexRefName").asText());
        ObjectNode request = request(source.path("query"), 500);
        ArrayNode columns = request.putArray("fields");
        object.path("attributes").path("columns").forEach(c -> columns.add(c.asText()));
        for (JsonNode sort : object.path("attributes").path("sort")) {
            request.withArray("sort")
                    .addObject()
                    .put(sort.get(0).asText(), sort.get(1).asText());
        }
        JsonNode hits = ask(view, request).path("hits").path("hits");
        if (hits.isEmpty()) {
            return "finds nothing: " + request;
        }
        for (JsonNode column : columns) {
            boolean filled = false;
            for (JsonNode hit : hits) {
                filled |= hit.path("fields").has(column.asText())
                        || !hit.path("_source")
                                .at("/" + column.asText().replace('.', '/'))
                                .isMissingNode(); // kept only, as event.original
            }
            if (!filled) {
                return "has nothing in its column " + column;
            }
        }
        return "";
    }

    private String panel(ObjectNode object) {
        JsonNode state = object.path("attributes").path("state");
        String said = "";
        for (Map.Entry<String, JsonNode> layer :
                state.path("datasourceStates").path("formBased").path("layers").properties()) {
            JsonNode view = referred(object, "indexpattern-datasource-layer-" + layer.getKey());
            JsonNode columns = layer.getValue().path("columns");
            ObjectNode request = request(state.path("query"), 0).put("track_total_hits", true);
            ObjectNode at = request;
            for (JsonNode name : layer.getValue().path("columnOrder")) {
                JsonNode column = columns.path(name.asText());
                if (column.path("isBucketed").asBoolean()) {
                    JsonNode may =
                            capabilities(view).path(column.path("sourceField").asText());
                    for (JsonNode type : may) {
                        if (!type.path("aggregatable").asBoolean()) {
                            return "cannot be grouped by " + column.path("sourceField");
                        }
                    }
                    ObjectNode one = at.putObject("aggs").putObject(name.asText());
                    one.set(column.path("operationType").asText(), aggregation(column));
                    at = one;
                } else {
                    assertThat(column.path("operationType").asText()).isEqualTo("count");
                }
            }
            JsonNode answer = ask(view, request);
            if (answer.path("hits").path("total").path("value").asLong() == 0) {
                said = "counts nothing: " + request;
            } else if (request.has("aggs") && !filled(request, answer.path("aggregations"))) {
                said = "has no buckets: " + request + " " + answer;
            }
        }
        return said;
    }

    /** Whether there is a bucket with documents all the way in. */
    private static boolean filled(JsonNode asked, JsonNode answer) {
        for (Map.Entry<String, JsonNode> one : asked.path("aggs").properties()) {
            boolean found = false;
            for (JsonNode bucket : answer.path(one.getKey()).path("buckets")) {
                found |= bucket.path("doc_count").asLong() > 0 && filled(one.getValue(), bucket);
            }
            if (!found) {
                return false;
            }
        }
        return true;
    }

    private static ObjectNode aggregation(JsonNode column) {
        ObjectNode body =
                JSON.createObjectNode().put("field", column.path("sourceField").asText());
        switch (column.path("operationType").asText()) {
            case "terms" ->
                body.put("size", column.path("params").path("size").asInt())
                        .putObject("order")
                        .put(
                                "_count",
                                column.path("params").path("orderDirection").asText());
            case "date_histogram" -> {
                assertThat(column.path("params").path("interval").asText()).isEqualTo("auto");
                body.put("fixed_interval", "30m").put("min_doc_count", 1); // what Kibana takes for a day
            }
            default -> throw new AssertionError("an operation that nobody translates here: " + column);
        }
        return body;
    }

    /** Each of its panels is one of the objects that were looked at. */
    private String dashboard(ObjectNode object) {
        JsonNode panels = read(object.path("attributes").path("panelsJSON").asText());
        for (JsonNode panel : panels) {
            referred(
                    object,
                    panel.path("panelIndex").asText() + ":"
                            + panel.path("panelRefName").asText());
        }
        return panels.isEmpty() ? "is empty" : "";
    }

    private JsonNode referred(JsonNode object, String name) {
        for (JsonNode reference : object.path("references")) {
            if (reference.path("name").asText().equals(name)) {
                return Objects.requireNonNull(
                        objects.get(reference.path("type").asText() + " "
                                + reference.path("id").asText()),
                        reference::toString);
            }
        }
        throw new AssertionError(object.path("id") + " has no reference " + name);
    }

    private static ObjectNode request(JsonNode query, int size) {
        assertThat(query.path("language").asText()).isEqualTo("kuery");
        ObjectNode request = JSON.createObjectNode().put("size", size);
        ObjectNode bool = request.putObject("query").putObject("bool");
        ArrayNode filter = bool.putArray("filter");
        filter.addObject()
                .putObject("range")
                .putObject("@timestamp")
                .put("gte", "now-24h")
                .put("lte", "now+1h");
        String kuery = query.path("query").asText();
        for (String term : kuery.isEmpty() ? List.<String>of() : List.of(kuery.split(" and "))) {
            boolean not = term.startsWith("not ");
            String[] fieldAndValue = term.substring(not ? 4 : 0).split(" : ");
            assertThat(fieldAndValue)
                    .as("the part of Kibana's language that is translated here: " + kuery)
                    .hasSize(2);
            (not ? bool.withArray("must_not") : filter)
                    .addObject()
                    .putObject("match")
                    .put(fieldAndValue[0], fieldAndValue[1]);
        }
        return request;
    }

    private JsonNode capabilities(JsonNode view) {
        return call("GET", "/" + indices(view) + "/_field_caps", Map.of("fields", "*"), null)
                .path("fields");
    }

    private JsonNode ask(JsonNode view, ObjectNode request) {
        return call("POST", "/" + indices(view) + "/_search", Map.of(), request.toString());
    }

    private static String indices(JsonNode view) {
        return view.path("attributes").path("title").asText();
    }

    private JsonNode call(String method, String path, Map<String, String> parameters, @Nullable String body) {
        try {
            Elasticsearch.Reply reply = elasticsearch.call(
                    method, path, parameters, body == null ? null : body.getBytes(StandardCharsets.UTF_8));
            assertThat(reply.ok())
                    .as(path + " " + body + " " + new String(reply.body(), StandardCharsets.UTF_8))
                    .isTrue();
            return JSON.readTree(reply.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
