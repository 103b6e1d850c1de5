package io.bongsu.app.kibana;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bongsu.indexer.Target;
import io.bongsu.indexer.Templates;
import io.bongsu.model.DeadLetter;
import io.bongsu.model.Documents;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SavedObjectsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void eachLineIsOneObjectWithAnIdOfItsOwn() throws IOException {
        Set<String> ids = new HashSet<>();
        for (String line : SavedObjects.ndjson().split("\n")) {
            JsonNode object = JSON.readTree(line);
            assertThat(object.path("id").asText()).startsWith("bongsu-");
            assertThat(ids.add(object.path("type").asText() + " "
                            + object.path("id").asText()))
                    .as(line)
                    .isTrue();
        }
        assertThat(ids).hasSizeGreaterThan(30).contains("dashboard bongsu-overview", "index-pattern bongsu-events");
    }

    @Test
    void eachReferenceLeadsToAnObjectThatComesBefore() {
        Set<String> known = new HashSet<>();
        for (ObjectNode object : SavedObjects.all()) {
            for (JsonNode reference : object.path("references")) {
                assertThat(known)
                        .as(object.path("id").asText())
                        .contains(reference.path("type").asText() + " "
                                + reference.path("id").asText());
            }
            known.add(object.path("type").asText() + " " + object.path("id").asText());
        }
    }

    @Test
    void eachPanelOfADashboardNamesAReference() throws IOException {
        for (ObjectNode object : of("dashboard")) {
            List<String> names = new ArrayList<>();
            object.path("references").forEach(r -> names.add(r.path("name").asText()));
            List<String> wanted = new ArrayList<>();
            for (JsonNode panel :
                    JSON.readTree(object.path("attributes").path("panelsJSON").asText())) {
                wanted.add(panel.path("panelIndex").asText() + ":"
                        + panel.path("panelRefName").asText());
            }
            assertThat(names).isEqualTo(wanted).isNotEmpty();
        }
    }

    @Test
    void panelsFillTheGridAndDoNotOverlap() throws IOException {
        for (ObjectNode object : of("dashboard")) {
            Set<String> taken = new HashSet<>();
            for (JsonNode panel :
                    JSON.readTree(object.path("attributes").path("panelsJSON").asText())) {
                JsonNode at = panel.path("gridData");
                assertThat(at.path("x").asInt() + at.path("w").asInt()).isLessThanOrEqualTo(48);
                for (int x = 0; x < at.path("w").asInt(); x++) {
                    for (int y = 0; y < at.path("h").asInt(); y++) {
                        String cell =
                                (at.path("x").asInt() + x) + "," + (at.path("y").asInt() + y);
                        assertThat(taken.add(cell))
                                .as(object.path("id") + " " + cell)
                                .isTrue();
                    }
                }
            }
        }
    }

    @Test
    void eachColumnOfALayerIsShownAndDefined() {
        for (ObjectNode object : of("lens")) {
            JsonNode state = object.path("attributes").path("state");
            JsonNode layer = state.path("datasourceStates")
                    .path("formBased")
                    .path("layers")
                    .path("layer");
            List<String> order = new ArrayList<>();
            layer.path("columnOrder").forEach(c -> order.add(c.asText()));
            List<String> defined = new ArrayList<>();
            layer.path("columns").fieldNames().forEachRemaining(defined::add);
            assertThat(order).containsExactlyInAnyOrderElementsOf(defined);
            for (String column : defined) {
                assertThat(state.path("visualization").toString()).contains("\"" + column + "\"");
            }
        }
    }

    @Test
    void eachViewNamesIndicesThatAreWritten() {
        Map<String, String> views = new HashMap<>();
        of("index-pattern")
                .forEach(v -> views.put(
                        v.path("id").asText(),
                        v.path("attributes").path("title").asText()));

        assertThat(views)
                .containsOnly(
                        Map.entry("bongsu-events", Target.ALL_EVENTS),
                        Map.entry("bongsu-alerts", Target.ALL_ALERTS),
                        Map.entry("bongsu-alert-notes", Target.ALL_ALERT_NOTES),
                        Map.entry("bongsu-dead-letters", Target.ALL_DEAD_LETTERS));
    }

    @Test
    void eachFieldIsInTheMapping() throws IOException {
        Map<String, String> mapped = new HashMap<>();
        for (String file :
                List.of("component-mappings", "component-alerts", "component-alert-notes", "component-dead-letters")) {
            fields("", mapping(file), mapped);
        }
        Set<String> used = new HashSet<>();
        SavedObjects.panels().forEach(panel -> {
            if (panel.by() != null) {
                used.add(panel.by());
            }
            used.addAll(inQuery(panel.query()));
        });
        for (ObjectNode search : of("search")) {
            search.path("attributes").path("columns").forEach(c -> used.add(c.asText()));
            used.addAll(inQuery(JSON.readTree(search.path("attributes")
                            .path("kibanaSavedObjectMeta")
                            .path("searchSourceJSON")
                            .asText())
                    .path("query")
                    .path("query")
                    .asText()));
        }

        assertThat(mapped.keySet()).containsAll(used);
        assertThat(used).hasSizeGreaterThan(20);
        SavedObjects.panels().stream()
                .filter(p -> p.by() != null)
                .forEach(p -> assertThat(mapped.get(p.by())).as(p.by()).isIn("keyword", "ip", "long"));
    }

    /** The panel "Dead letters by reason" looked at event.reason, which is in the mapping and in no dead letter. */
    @Test
    void whatIsShownOfDeadLettersIsWrittenIntoThem() throws IOException {
        DeadLetter letter = DeadLetter.newBuilder()
                .setId("bongsu.logs-0-1-2")
                .setStage("parse")
                .setReason("parser")
                .setMessage("broken")
                .setTopic("bongsu.logs")
                .setPartition(0)
                .setOffset(1)
                .setAppended(1)
                .setData(ByteBuffer.wrap(new byte[] {'x'}))
                .build();
        JsonNode document = JSON.readTree(Documents.deadLetter(letter));
        Set<String> used = new HashSet<>();
        SavedObjects.panels().stream()
                .filter(panel -> panel.view().equals("bongsu-dead-letters"))
                .forEach(panel -> {
                    used.addAll(inQuery(panel.query()));
                    if (panel.by() != null) {
                        used.add(panel.by());
                    }
                });
        for (ObjectNode search : of("search")) {
            if (search.path("id").asText().equals("bongsu-search-dead-letters")) {
                search.path("attributes").path("columns").forEach(c -> used.add(c.asText()));
            }
        }

        assertThat(used).contains("error.code", "error.message", "bongsu.stage");
        used.forEach(
                field -> assertThat(document.at("/" + field.replace('.', '/')).isMissingNode())
                        .as(field)
                        .isFalse());
    }

    private static List<String> inQuery(String kuery) {
        List<String> fields = new ArrayList<>();
        for (var m = Pattern.compile("([a-z_.@]+) :").matcher(kuery); m.find(); ) {
            fields.add(m.group(1));
        }
        return fields;
    }

    private static List<ObjectNode> of(String type) {
        return SavedObjects.all().stream()
                .filter(o -> o.path("type").asText().equals(type))
                .toList();
    }

    private static JsonNode mapping(String file) throws IOException {
        try (InputStream in = Templates.class.getResourceAsStream("templates/" + file + ".json")) {
            return JSON.readTree(Objects.requireNonNull(in))
                    .path("template")
                    .path("mappings")
                    .path("properties");
        }
    }

    private static void fields(String prefix, JsonNode properties, Map<String, String> found) {
        properties.properties().forEach(e -> {
            String type = e.getValue().path("type").asText();
            if (!type.isEmpty()) {
                found.put(prefix + e.getKey(), type);
            }
            fields(prefix + e.getKey() + ".", e.getValue().path("properties"), found);
        });
    }
}
