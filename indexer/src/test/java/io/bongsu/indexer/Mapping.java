package io.bongsu.indexer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;

/** A mapping as flat names: field to type. Multi-fields count as fields. */
final class Mapping {
    private Mapping() {}

    /** The fields that the templates name, in the full form. */
    static Map<String, String> ofTemplates() {
        return of(Templates.read("component-mappings").at("/template/mappings"));
    }

    static Map<String, String> of(JsonNode mappings) {
        Map<String, String> types = new TreeMap<>();
        add("", mappings, types);
        return types;
    }

    private static void add(String prefix, JsonNode object, Map<String, String> types) {
        for (String children : new String[] {"properties", "fields"}) {
            object.path(children).properties().forEach(e -> {
                String name = prefix + e.getKey();
                if (e.getValue().has("type")) {
                    types.put(name, e.getValue().get("type").asText());
                }
                add(name + ".", e.getValue(), types);
            });
        }
    }
}
