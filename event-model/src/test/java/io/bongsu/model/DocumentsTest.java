package io.bongsu.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DocumentsTest {
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
