package io.bongsu.app.kibana;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Our objects in the form in which Kibana imports them. {@code objects.json} says what there is, in few words; what Kibana
 * wants to hear about a panel is derived here: one line of the file → a Lens visualisation with one layer. Ids are fixed, so
 * that a second import replaces the first.
 */
public final class SavedObjects {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LAYER = "layer";
    private static final int GRID = 48;

    private SavedObjects() {}

    /** A panel that counts documents. */
    record Panel(
            String id,
            String title,
            String view,
            String kind,
            @Nullable String by,
            String query) {}

    /** One object a line. */
    public static String ndjson() {
        return all().stream().map(SavedObjects::text).collect(Collectors.joining("\n", "", "\n"));
    }

    /** In an order in which each refers only to those before it. */
    static List<ObjectNode> all() {
        JsonNode file = file();
        List<ObjectNode> all = new ArrayList<>();
        file.path("views").forEach(view -> all.add(view(view)));
        file.path("searches").forEach(search -> all.add(search(search)));
        for (JsonNode dashboard : file.path("dashboards")) {
            for (JsonNode panel : dashboard.path("panels")) {
                if (!panel.has("search")) {
                    all.add(lens(panel(dashboard, panel)));
                }
            }
            all.add(dashboard(dashboard));
        }
        return all;
    }

    static List<Panel> panels() {
        List<Panel> panels = new ArrayList<>();
        for (JsonNode dashboard : file().path("dashboards")) {
            for (JsonNode panel : dashboard.path("panels")) {
                if (!panel.has("search")) {
                    panels.add(panel(dashboard, panel));
                }
            }
        }
        return panels;
    }

    private static JsonNode file() {
        try (InputStream in = SavedObjects.class.getResourceAsStream("objects.json")) {
            if (in == null) {
                throw new FileNotFoundException("objects.json is missing from the jar");
            }
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Panel panel(JsonNode dashboard, JsonNode panel) {
        return new Panel(
                dashboard.path("id").asText() + "-" + panel.path("id").asText(),
                panel.path("title").asText(),
                panel.path("view").asText(),
                panel.path("kind").asText(),
                panel.has("by") ? panel.path("by").asText() : null,
                panel.path("query").asText());
    }

    private static ObjectNode view(JsonNode view) {
        ObjectNode object = object("index-pattern", view.path("id").asText(), "8.0.0");
        object.putObject("attributes")
                .put("title", view.path("indices").asText())
                .put("name", view.path("title").asText())
                .put("timeFieldName", "@timestamp");
        object.putArray("references");
        return object;
    }

    private static ObjectNode search(JsonNode search) {
        ObjectNode source = JSON.createObjectNode();
        source.set("query", query(search.path("query").asText()));
        source.putArray("filter");
        source.put("indexRefName", "kibanaSavedObjectMeta.searchSourceJSON.index");
        ObjectNode object = object("search", search.path("id").asText(), "8.0.0");
        ObjectNode attributes =
                object.putObject("attributes").put("title", search.path("title").asText());
        attributes.set("columns", search.path("columns"));
        attributes.putArray("sort").addArray().add("@timestamp").add("desc");
        attributes.putObject("kibanaSavedObjectMeta").put("searchSourceJSON", text(source));
        reference(
                object.putArray("references"),
                "kibanaSavedObjectMeta.searchSourceJSON.index",
                "index-pattern",
                search.path("view").asText());
        return object;
    }

    private static ObjectNode lens(Panel panel) {
        boolean overTime = panel.kind().equals("bars");
        Map<String, ObjectNode> columns = new LinkedHashMap<>();
        if (panel.by() != null) {
            columns.put("by", terms(panel.by()));
        }
        if (overTime) {
            columns.put("time", time());
        }
        columns.put("count", count());
        ObjectNode object = object("lens", panel.id(), "8.9.0");
        ObjectNode attributes = object.putObject("attributes")
                .put("title", "[Bongsu] " + panel.title())
                .put("visualizationType", visualizationType(panel.kind()));
        ObjectNode state = attributes.putObject("state");
        ObjectNode layer = state.putObject("datasourceStates")
                .putObject("formBased")
                .putObject("layers")
                .putObject(LAYER);
        columns.keySet().forEach(layer.putArray("columnOrder")::add);
        ObjectNode all = layer.putObject("columns");
        columns.forEach(all::set);
        layer.putObject("incompleteColumns");
        state.set("visualization", visualization(panel.kind()));
        state.set("query", query(panel.query()));
        state.putArray("filters");
        reference(
                object.putArray("references"), "indexpattern-datasource-layer-" + LAYER, "index-pattern", panel.view());
        return object;
    }

    private static String visualizationType(String kind) {
        return switch (kind) {
            case "bars" -> "lnsXY";
            case "table" -> "lnsDatatable";
            case "donut" -> "lnsPie";
            case "number" -> "lnsMetric";
            default -> throw new IllegalStateException("objects.json: unknown kind of panel '" + kind + "'");
        };
    }

    private static ObjectNode visualization(String kind) {
        ObjectNode top = JSON.createObjectNode();
        switch (kind) {
            case "bars" -> {
                top.putObject("legend").put("isVisible", true).put("position", "right");
                top.put("valueLabels", "hide").put("preferredSeriesType", "bar_stacked");
                ObjectNode layer = inLayers(top)
                        .put("seriesType", "bar_stacked")
                        .put("xAccessor", "time")
                        .put("splitAccessor", "by");
                layer.putArray("accessors").add("count");
            }
            case "donut" -> {
                top.put("shape", "donut");
                ObjectNode layer = inLayers(top)
                        .put("numberDisplay", "percent")
                        .put("categoryDisplay", "default")
                        .put("legendDisplay", "default")
                        .put("nestedLegend", false);
                layer.putArray("primaryGroups").add("by");
                layer.putArray("metrics").add("count");
            }
            case "table" -> {
                top.put("layerId", LAYER).put("layerType", "data");
                ArrayNode columns = top.putArray("columns");
                columns.addObject().put("columnId", "by").put("isTransposed", false);
                columns.addObject().put("columnId", "count").put("isTransposed", false);
            }
            default -> top.put("layerId", LAYER).put("layerType", "data").put("metricAccessor", "count");
        }
        return top;
    }

    private static ObjectNode inLayers(ObjectNode top) {
        return top.putArray("layers").addObject().put("layerId", LAYER).put("layerType", "data");
    }

    private static ObjectNode count() {
        ObjectNode column = JSON.createObjectNode()
                .put("label", "Count")
                .put("dataType", "number")
                .put("operationType", "count")
                .put("isBucketed", false)
                .put("scale", "ratio")
                .put("sourceField", "___records___");
        column.putObject("params").put("emptyAsNull", false);
        return column;
    }

    private static ObjectNode time() {
        ObjectNode column = JSON.createObjectNode()
                .put("label", "@timestamp")
                .put("dataType", "date")
                .put("operationType", "date_histogram")
                .put("isBucketed", true)
                .put("scale", "interval")
                .put("sourceField", "@timestamp");
        column.putObject("params")
                .put("interval", "auto")
                .put("includeEmptyRows", true)
                .put("dropPartials", false);
        return column;
    }

    private static ObjectNode terms(String field) {
        ObjectNode column = JSON.createObjectNode()
                .put("label", field)
                .put("customLabel", true)
                .put("dataType", field.endsWith(".ip") ? "ip" : field.endsWith("_code") ? "number" : "string")
                .put("operationType", "terms")
                .put("isBucketed", true)
                .put("scale", "ordinal")
                .put("sourceField", field);
        ObjectNode params = column.putObject("params").put("size", 10).put("orderDirection", "desc");
        params.putObject("orderBy").put("type", "column").put("columnId", "count");
        params.put("otherBucket", false).put("missingBucket", false);
        params.putObject("parentFormat").put("id", "terms");
        return column;
    }

    private static ObjectNode dashboard(JsonNode dashboard) {
        ObjectNode object = object("dashboard", dashboard.path("id").asText(), "8.9.0");
        ArrayNode references = object.putArray("references");
        ArrayNode panels = JSON.createArrayNode();
        int x = 0;
        int y = 0;
        int rowHeight = 0;
        int i = 0;
        for (JsonNode panel : dashboard.path("panels")) {
            boolean search = panel.has("search");
            int width = panel.path("width").asInt();
            int height = search ? 20 : panel.path("kind").asText().equals("number") ? 6 : 14;
            if (x + width > GRID) {
                x = 0;
                y += rowHeight;
                rowHeight = 0;
            }
            String index = "p" + i++;
            String type = search ? "search" : "lens";
            ObjectNode one = panels.addObject().put("type", type).put("panelIndex", index);
            one.putObject("gridData")
                    .put("x", x)
                    .put("y", y)
                    .put("w", width)
                    .put("h", height)
                    .put("i", index);
            ObjectNode config = one.putObject("embeddableConfig");
            if (!search) {
                config.put("title", panel.path("title").asText());
            }
            one.put("panelRefName", "panel_" + index);
            String id = search
                    ? panel.path("search").asText()
                    : panel(dashboard, panel).id();
            reference(references, index + ":panel_" + index, type, id);
            x += width;
            rowHeight = Math.max(rowHeight, height);
        }
        ObjectNode source = JSON.createObjectNode();
        source.set("query", query(""));
        source.putArray("filter");
        ObjectNode attributes = object.putObject("attributes")
                .put("title", dashboard.path("title").asText())
                .put("description", "")
                .put("panelsJSON", text(panels))
                .put("optionsJSON", "{\"useMargins\":true,\"hidePanelTitles\":false}")
                .put("timeRestore", true)
                .put("timeFrom", "now-24h")
                .put("timeTo", "now")
                .put("version", 1);
        attributes.putObject("kibanaSavedObjectMeta").put("searchSourceJSON", text(source));
        return object;
    }

    private static ObjectNode object(String type, String id, String version) {
        return JSON.createObjectNode()
                .put("type", type)
                .put("id", id)
                .put("coreMigrationVersion", "8.8.0")
                .put("typeMigrationVersion", version);
    }

    private static ObjectNode query(String kuery) {
        return JSON.createObjectNode().put("query", kuery).put("language", "kuery");
    }

    private static void reference(ArrayNode references, String name, String type, String id) {
        references.addObject().put("name", name).put("type", type).put("id", id);
    }

    private static String text(JsonNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
