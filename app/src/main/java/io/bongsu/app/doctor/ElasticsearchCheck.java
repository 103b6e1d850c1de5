package io.bongsu.app.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bongsu.indexer.Elasticsearch;
import io.bongsu.indexer.Templates;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether Elasticsearch answers, knows us, is well, has our templates and room. */
final class ElasticsearchCheck {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Percent at which Elasticsearch, as it is shipped, no longer takes new shards, and at which it refuses to write. */
    private static final int WATERMARK = 85;

    private static final int FLOOD = 95;

    private final Elasticsearch elasticsearch;

    ElasticsearchCheck(Elasticsearch elasticsearch) {
        this.elasticsearch = elasticsearch;
    }

    List<Finding> look() {
        List<Finding> all = new ArrayList<>();
        try {
            Elasticsearch.Reply health = get("/_cluster/health");
            all.add(health(elasticsearch.url().toString(), health.status(), json(health)));
            if (!health.ok()) {
                return all;
            }
            all.add(version(versionNumber()));
            all.add(template(get(Templates.EVENTS_PATH).status()));
            Elasticsearch.Reply allocation =
                    elasticsearch.call("GET", "/_cat/allocation", Map.of("format", "json"), null);
            if (allocation.ok()) {
                all.addAll(disk(json(allocation)));
            }
        } catch (IOException e) {
            all.add(Finding.bad(
                    "elasticsearch",
                    "no answer from Elasticsearch at " + elasticsearch.url() + " (" + e.getMessage() + ")",
                    "check that it runs, elasticsearch.url and elasticsearch.ca_file"));
        }
        return all;
    }

    /** Empty when it does not tell: the embedded one has no {@code GET /}, and a key need not be allowed to ask for nodes. */
    private String versionNumber() throws IOException {
        String version = json(get("/")).path("version").path("number").asText();
        return version.isEmpty()
                ? json(get("/_nodes/_local")).findPath("version").asText()
                : version;
    }

    private Elasticsearch.Reply get(String path) throws IOException {
        return elasticsearch.call("GET", path, Map.of(), null);
    }

    private static JsonNode json(Elasticsearch.Reply reply) {
        try {
            return JSON.readTree(reply.body());
        } catch (IOException e) {
            return JSON.createObjectNode(); // whatever answers there, it is no Elasticsearch
        }
    }

    static Finding health(String url, int status, JsonNode health) {
        if (status == 401) {
            return Finding.bad(
                    "elasticsearch",
                    "Elasticsearch at " + url + " does not know us",
                    "set elasticsearch.api_key_file, or user and password_file");
        }
        if (status != 200) {
            return Finding.bad("elasticsearch", "Elasticsearch at " + url + " answers " + status, "see its log");
        }
        String colour = health.path("status").asText();
        int nodes = health.path("number_of_nodes").asInt();
        return switch (colour) {
            case "green" -> Finding.ok("elasticsearch", "Elasticsearch at " + url + " is green, " + nodes + " node(s)");
            case "yellow" ->
                Finding.note(
                        "elasticsearch",
                        "Elasticsearch at " + url + " is yellow: copies of shards have no place, " + nodes + " node(s)",
                        nodes > 1 ? "see GET _cluster/allocation/explain" : "a second node would take them");
            case "red" ->
                Finding.bad(
                        "elasticsearch",
                        "Elasticsearch at " + url + " is red: some documents can be neither read nor written",
                        "see GET _cluster/allocation/explain");
            default ->
                Finding.bad(
                        "elasticsearch",
                        "what answers at " + url + " is no Elasticsearch",
                        "correct elasticsearch.url");
        };
    }

    static Finding version(String version) {
        if (version.isEmpty()) {
            return Finding.ok("version", "Elasticsearch does not tell us its version");
        }
        if (version.matches("9\\.5\\.[0-2]")) {
            return Finding.bad("version", "Elasticsearch " + version + " has bug #158212", "update to 9.5.3 or newer");
        }
        if (!version.matches("(9|[1-9][0-9])\\..*")) {
            return Finding.note(
                    "version",
                    "Elasticsearch " + version + " is older than what we test with",
                    "update to 9.5.3 or newer");
        }
        return Finding.ok("version", "Elasticsearch " + version);
    }

    static Finding template(int status) {
        return switch (status) {
            case 200 -> Finding.ok("templates", "the index templates are there");
            case 404 -> Finding.bad("templates", "the index templates are missing", "run: bongsu setup");
            default ->
                Finding.note(
                        "templates",
                        "whether the index templates are there cannot be seen (" + status + ")",
                        "run bongsu doctor with the key that setup has");
        };
    }

    static List<Finding> disk(JsonNode allocation) {
        List<Finding> all = new ArrayList<>();
        for (JsonNode node : allocation) {
            if (!node.hasNonNull("disk.percent")) {
                continue;
            }
            int percent = node.path("disk.percent").asInt();
            String what = "disk of Elasticsearch node " + node.path("node").asText() + ": " + percent + " % full";
            String fix = "make room, or keep events for a shorter time (policy bongsu-events)";
            all.add(
                    percent >= FLOOD
                            ? Finding.bad("disk", what + "; it no longer takes documents", fix)
                            : percent >= WATERMARK ? Finding.note("disk", what, fix) : Finding.ok("disk", what));
        }
        return all;
    }
}
