package io.bongsu.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DocumentsTest {
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    @Test
    void dottedNamesBecomeNestedObjectsInSortedOrder() {
        assertThat(json(Map.of("source.ip", "192.0.2.1", "a", 1L, "source.port", 22L, "source-x", true, "b.c.d", 0.5)))
                .isEqualTo(
                        "{\"a\":1,\"b\":{\"c\":{\"d\":0.5}},\"source\":{\"ip\":\"192.0.2.1\",\"port\":22},\"source-x\":true}");
    }

    @Test
    void aNameThatIsValueAndParentStaysDotted() {
        assertThat(json(Map.of("json.a", 1L, "json.a.b", 2L, "json.a.b.c", 3L)))
                .isEqualTo("{\"json\":{\"a\":1,\"a.b\":2,\"a.b.c\":3}}");
    }

    @Test
    void whateverTheNamesEachValueLiesBehindItsSegmentsOnce() throws IOException {
        Random random = new Random(7);
        for (int round = 0; round < 3_000; round++) {
            Map<String, Object> flat = new HashMap<>();
            for (int i = random.nextInt(7); i >= 0; i--) {
                StringBuilder name = new StringBuilder();
                for (int j = random.nextInt(7); j > 0; j--) {
                    name.append("ab-..".charAt(random.nextInt(5)));
                }
                flat.put(name.toString(), (long) i);
            }
            assertThat(STRICT.readTree(Documents.nested(flat)))
                    .as(flat.toString())
                    .isEqualTo(slowly(flat));
        }
    }

    @Test
    void theDocumentOfAnEventIsThatOfItsNamesAndValues() {
        Random random = new Random(11);
        for (int round = 0; round < 3_000; round++) {
            Event event = Randomly.event(random);
            long appended = random.nextInt(5) == 0 ? Micros.UNKNOWN : Randomly.time(random);
            Map<String, Object> flat = new HashMap<>(event.getFields());
            flat.put("@timestamp", Micros.iso(event.getTime()));
            flat.put("ecs.version", Documents.ECS_VERSION);
            flat.put("event.id", event.getId());
            flat.put("event.created", Micros.iso(event.getReceived()));
            if (event.getReceived() == Micros.UNKNOWN) {
                flat.remove("event.created");
                flat.computeIfAbsent("event.created", event.getFields()::get);
            }
            flat.put("event.ingested", Micros.iso(appended));
            if (appended == Micros.UNKNOWN) {
                flat.remove("event.ingested");
                flat.computeIfAbsent("event.ingested", event.getFields()::get);
            }
            flat.put("event.dataset", event.getDataset());
            flat.put("event.original", event.getOriginal());
            flat.put("bongsu.generation", event.getGeneration());
            if (!event.getTags().isEmpty()) {
                flat.put("tags", event.getTags());
            }
            assertThat(new String(Documents.event(event, appended), StandardCharsets.UTF_8))
                    .isEqualTo(json(flat));
        }
    }

    @Test
    void moreListsOfNamesThanAreKeptChangeNothing() {
        for (long i = 0; i < 10_000; i++) {
            Event event = new Event("id", 0, 0L, 0L, 1L, "d", "o", List.of(), Map.of("json.n" + i, i));
            assertThat(new String(Documents.event(event, 0), StandardCharsets.UTF_8))
                    .contains("\"json\":{\"n" + i + "\":" + i + "}");
        }
    }

    /** A parent that has a value of its own stays glued to its child. */
    private static ObjectNode slowly(Map<String, Object> flat) {
        ObjectNode root = STRICT.createObjectNode();
        new TreeMap<>(flat).forEach((name, value) -> {
            ObjectNode at = root;
            int from = 0;
            for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
                if (!flat.containsKey(name.substring(0, dot))) {
                    at = at.withObjectProperty(name.substring(from, dot));
                    from = dot + 1;
                }
            }
            at.put(name.substring(from), ((Long) value).intValue());
        });
        return root;
    }

    @Test
    void timesAreWrittenAsJavaWouldWriteThem() {
        DateTimeFormatter millis =
                new DateTimeFormatterBuilder().appendInstant(3).toFormatter();
        DateTimeFormatter micros =
                new DateTimeFormatterBuilder().appendInstant(6).toFormatter();
        Random random = new Random(3);
        for (int i = 0; i < 2_000; i++) {
            long time = random.nextLong(-70_000_000_000_000_000L, 260_000_000_000_000_000L);
            long even = time - Math.floorMod(time, 1_000L);
            assertThat(Micros.iso(even)).isEqualTo(millis.format(Micros.instant(even)));
            long odd = even + 1 + random.nextInt(999);
            assertThat(Micros.iso(odd)).isEqualTo(micros.format(Micros.instant(odd)));
        }
    }

    @Test
    void listsAndTextAreEscaped() {
        assertThat(json(Map.of("tags", List.of("a\"b", "\u001b[31m", "봉수"))))
                .isEqualTo("{\"tags\":[\"a\\\"b\",\"\\u001B[31m\",\"봉수\"]}");
    }

    @Test
    void anEventCarriesItsTimesAndItsOriginal() {
        Event event = new Event(
                "id-1",
                0,
                1_790_000_000_123_456L,
                1_790_000_001_000_000L,
                1L,
                "system.auth",
                "the line",
                List.of("_x"),
                Map.of("user.name", "root"));
        assertThat(new String(Documents.event(event, 1_790_000_002_000_000L), StandardCharsets.UTF_8))
                .isEqualTo("{\"@timestamp\":\"2026-09-21T14:13:20.123456Z\",\"bongsu\":{\"generation\":1},"
                        + "\"ecs\":{\"version\":\"9.4.0\"},\"event\":{\"created\":\"2026-09-21T14:13:21.000Z\","
                        + "\"dataset\":\"system.auth\",\"id\":\"id-1\",\"ingested\":\"2026-09-21T14:13:22.000Z\","
                        + "\"original\":\"the line\"},\"tags\":[\"_x\"],\"user\":{\"name\":\"root\"}}");
    }

    @Test
    void idsOfOneSourceSortBySequence() {
        String prefix = EventId.prefix("s1", 7, "syslog-tcp/192.0.2.1");
        assertThat(EventId.of(prefix, 9)).isLessThan(EventId.of(prefix, 10)).hasSize(38);
        assertThat(EventId.of(prefix, 255)).isLessThan(EventId.of(EventId.prefix("s1", 8, "syslog-tcp/192.0.2.1"), 0));
    }

    private static String json(Map<String, Object> flat) {
        return new String(Documents.nested(flat), StandardCharsets.UTF_8);
    }
}
