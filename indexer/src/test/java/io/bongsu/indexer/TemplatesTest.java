package io.bongsu.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import co.elastic.clients.json.JsonpSerializable;
import co.elastic.clients.json.JsonpUtils;
import co.elastic.clients.json.jackson.JacksonJsonpMapper;
import com.fasterxml.jackson.databind.JsonNode;
import io.bongsu.model.Documents;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplatesTest {
    private static final Set<String> MINIMAL_TYPES = Set.of(
            "keyword", "text", "ip", "date", "long", "double", "float", "boolean", "flattened", "geo_point", "object");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"a":{"type":"wildcard","ignore_above":32766}}      | {"a":{"type":"keyword","ignore_above":8191}}
            {"a":{"type":"constant_keyword","value":"x"}}       | {"a":{"type":"keyword","ignore_above":1024}}
            {"a":{"type":"version"}}                            | {"a":{"type":"keyword","ignore_above":1024}}
            {"a":{"type":"match_only_text"}}                    | {"a":{"type":"text","norms":false}}
            {"a":{"type":"scaled_float","scaling_factor":1000}} | {"a":{"type":"double"}}
            {"index":{"lifecycle":{"name":"p"},"codec":"c"}}    | {"index":{"codec":"c"}}
            {"a":[{"type":"wildcard"},1,"wildcard"]}            | {"a":[{"type":"keyword","ignore_above":8191},1,"wildcard"]}
            {"a":{"type":"keyword","ignore_above":1024}}        | {"a":{"type":"keyword","ignore_above":1024}}
            """)
    void theReducedFormFollowsFromTheFullOne(String full, String reduced) {
        assertThat(Templates.reduced(Rest.parse(full.getBytes()))).isEqualTo(Rest.parse(reduced.getBytes()));
    }

    @Test
    void theReducedFormNeedsNothingThatAMinimalServerLacks() {
        JsonNode reduced =
                Templates.reduced(Templates.read("component-mappings")).at("/template/mappings");

        assertThat(new HashSet<>(Mapping.of(reduced).values())).isSubsetOf(MINIMAL_TYPES);
    }

    @Test
    void noStringBreaksTheLimitOfATerm() {
        assertBounded(Templates.read("component-mappings"));
        assertBounded(Templates.reduced(Templates.read("component-mappings")));
        assertBounded(Templates.read("component-alerts"));
    }

    /** A term of Lucene has at most 32,766 bytes; a character takes up to 4 of them, but one that takes 4 counts as two. */
    private static void assertBounded(JsonNode node) {
        if (Set.of("keyword", "flattened").contains(node.path("type").asText(""))
                && node.path("index").asBoolean(true)) {
            assertThat(node.path("ignore_above").asInt(Integer.MAX_VALUE)).isLessThanOrEqualTo(32_766 / 3);
        }
        node.forEach(TemplatesTest::assertBounded);
    }

    /** The typed client reads the file and writes it anew; it may write 2000 as "2000" and "*" as ["*"], and says "object" where that goes without saying. */
    @ParameterizedTest
    @EnumSource
    void theTypedClientSendsWhatIsInTheFile(Templates.Form form) {
        for (String file : List.of("policy-events", "policy-dead-letters")) {
            assertSame(Templates.policy("x", Templates.read(file)), Templates.read(file));
        }
        for (String file : List.of(
                "component-settings",
                "component-mappings",
                "component-alerts",
                "component-alert-notes",
                "component-dead-letters")) {
            assertSame(Templates.component("x", Templates.read(file, form)), Templates.read(file, form));
        }
        for (String file : List.of("index-events", "index-alerts", "index-alert-notes", "index-dead-letters")) {
            assertSame(Templates.index("x", Templates.read(file, form)), Templates.read(file, form));
        }
    }

    private static void assertSame(JsonpSerializable request, JsonNode file) {
        String sent = JsonpUtils.toJsonString(request, new JacksonJsonpMapper());
        assertThat(leaves(Rest.parse(sent.getBytes(StandardCharsets.UTF_8)))).isEqualTo(leaves(file));
    }

    private static Map<String, List<String>> leaves(JsonNode json) {
        Map<String, List<String>> leaves = new TreeMap<>();
        leaves("", json, leaves);
        leaves.values().removeIf(List.of("object")::equals);
        return leaves;
    }

    private static void leaves(String path, JsonNode json, Map<String, List<String>> leaves) {
        if (json.isEmpty()) {
            leaves.computeIfAbsent(path, p -> new ArrayList<>()).add(json.asText());
        } else if (json.isArray()) {
            json.forEach(item -> leaves(path, item, leaves));
        } else {
            json.properties().forEach(e -> leaves(path + "/" + e.getKey(), e.getValue(), leaves));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"index-events", "index-alerts", "index-alert-notes", "index-dead-letters"})
    void ourTemplatesOutrankTheBuiltInOnesAndMakeNoDataStreams(String file) {
        JsonNode template = Templates.read(file);

        assertThat(template.path("priority").asInt()).isGreaterThan(500);
        assertThat(template.has("data_stream")).isFalse();
    }

    /** Otherwise the first document would decide what the type of a field is. */
    @Test
    void everyFieldOfOurOwnDocumentsIsMapped() throws Exception {
        Set<String> mapped = new HashSet<>(Mapping.ofTemplates().keySet());
        mapped.addAll(Mapping.of(Templates.read("component-alerts").at("/template/mappings"))
                .keySet());

        assertThat(mapped).containsAll(names(Documents.event(Records.event(1, Map.of()), Records.APPENDED)));
        assertThat(mapped).containsAll(names(Documents.alert(Records.alert("a", 1))));
        assertThat(mapped).containsAll(names(Documents.deadLetter(Records.letter("l"))));
    }

    private static Set<String> names(byte[] document) {
        Set<String> names = new HashSet<>();
        Search.flat(document).forEach((name, value) -> {
            if (value instanceof List<?> list && list.getFirst() instanceof Map<?, ?> item) {
                item.keySet().forEach(key -> names.add(name + "." + key));
            } else {
                names.add(name);
            }
        });
        return names;
    }
}
