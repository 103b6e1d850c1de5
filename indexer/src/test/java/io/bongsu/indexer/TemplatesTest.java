package io.bongsu.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.bongsu.model.Documents;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    @ParameterizedTest
    @ValueSource(strings = {"index-events", "index-alerts", "index-dead-letters"})
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
