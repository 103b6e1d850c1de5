package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.Micros;
import io.bongsu.rules.LogSource;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static final long NOW = Micros.of(Instant.parse("2026-11-22T09:20:00Z"));
    private final ParserSet parsers = ParserSet.load(List.of()).parsers();

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a":{"b":1},"c":[2,3]}           | {a.b=1, c=[2, 3]}
            {"a":[{"b":1},{"b":"x"}]}         | {a.b=[1, x]}
            {"a":1,"a":"x"}                   | {a=[1, x]}
            {"a.b":1,"a":{"b":2}}             | {a.b=[1, 2]}
            {"a":null,"b":{},"c":[]}          | {}
            {"a":9223372036854775808}         | {a=9223372036854775808}
            {"a":1.5,"b":1e999,"c":true}      | {a=1.5, b=1e999, c=true}
            {"a":"\\ud83d \\ud83d\\udd25"}    | {a=\uFFFD \uD83D\uDD25}
            """)
    void objectsBecomeFlat(String json, String flat) {
        Json read = Json.read(json);

        assertThat(read).isNotNull();
        assertThat(new TreeMap<>(read.values())).hasToString(flat);
    }

    @Test
    void depthStaysTextAndCountIsBounded() {
        String deep = "{\"a\":".repeat(40) + "1" + "}".repeat(40);
        StringBuilder wide = new StringBuilder("{\"x\":0");
        for (int i = 0; i < 5_000; i++) {
            wide.append(",\"k").append(i).append("\":").append(i);
        }

        Json read = Json.read(deep);
        assertThat(read).isNotNull();
        assertThat(read.values()).containsOnlyKeys("a" + ".a".repeat(15));
        assertThat(read.values().values())
                .first()
                .asString()
                .startsWith("{\"a\":")
                .endsWith("}");
        Json cut = Json.read(wide.append('}').toString());
        assertThat(cut).isNotNull();
        assertThat(cut.values()).hasSize(Json.MAX_VALUES);
        assertThat(cut.truncated()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1",
                "{\"a\":1} x",
                "{\"a\":1}{\"b\":2}",
                "{\"a\":tru}",
                "{\"a\" 1}",
                "{\"a\":\"\u0001\"}",
                "{\"message\":",
            })
    void brokenJsonIsStillAnEvent(String line) {
        Parsed parsed = parse(line);

        assertThat(parsed.original()).isEqualTo(line);
        assertThat(parsed.tags()).containsExactly("_json_broken");
        assertThat(parsed.dataset()).isEqualTo("unknown.log");
        assertThat(parsed.time()).isEqualTo(NOW);
        assertThat(parsed.fields()).containsEntry("message", line).containsEntry("event.kind", "pipeline_error");
    }

    @Test
    void anEndlessNestIsBrokenAndNothingWorse() {
        assertThat(parse("{\"a\":" + "[".repeat(100_000)).tags()).containsExactly("_json_broken");
        assertThat(parse("{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}")
                        .tags())
                .containsExactly("_json_broken");
    }

    @Test
    void whatThePipelineSetsCannotBeForged() {
        Parsed parsed = parse(
                "{\"message\":\"x\",\"event\":{\"id\":\"1\",\"original\":\"o\",\"dataset\":\"d\",\"category\":\"authentication\",\"type\":\"denied\"},"
                        + "\"log\":{\"source\":{\"address\":\"9.9.9.9\"}},\"tags\":[\"_no_parser\",\"own\"]}");

        assertThat(parsed.dataset()).isEqualTo("app.log");
        assertThat(parsed.tags()).containsExactly("own");
        assertThat(parsed.fields())
                .containsEntry("log.source.address", "10.1.1.1")
                .containsEntry("json.log.source.address", "9.9.9.9")
                .containsEntry("json.event.id", "1")
                .containsEntry("json.event.dataset", "d")
                .containsEntry("json.event.category", List.of("authentication"))
                .containsEntry("json.tags", List.of("_no_parser"))
                .doesNotContainKeys("event.id", "event.original", "event.category");
    }

    @Test
    void jvmApplicationsServeTheirRulesAndJsonBehindASyslogHeaderIsJsonToo() {
        assertThat(parse("{\"logger_name\":\"a.B\",\"message\":\"x\"}").logSources())
                .contains(new LogSource("application", "jvm", null));
        Parsed parsed = parse("<14>1 2026-11-22T09:15:02Z web01 shop 7 - - {\"message\":\"x\",\"level\":\"WARN\"}");
        assertThat(parsed.dataset()).isEqualTo("app.log");
        assertThat(parsed.fields())
                .containsAllEntriesOf(
                        Map.of("message", "x", "log.level", "WARN", "host.name", "web01", "process.pid", 7L));
        assertThat(Micros.iso(parsed.time())).isEqualTo("2026-11-22T09:15:02.000Z");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            "2026-11-22T09:15:02.5+09:00" | 2026-11-22T00:15:02.500Z
            1795338902                    | 2026-11-22T09:15:02.000Z
            1795338902.25                 | 2026-11-22T09:15:02.250Z
            1795338902123                 | 2026-11-22T09:15:02.123Z
            "1795338902123"               | 2026-11-22T09:15:02.123Z
            1795338902123456              | 2026-11-22T09:15:02.123456Z
            1795338902123456789           | 2026-11-22T09:15:02.123456Z
            "yesterday"                   | 2026-11-22T09:20:00.000Z
            """)
    void times(String stamp, String time) {
        assertThat(Micros.iso(parse("{\"@timestamp\":" + stamp + "}").time())).isEqualTo(time);
    }

    private Parsed parse(String line) {
        return parsers.parse(
                new Line(line.getBytes(StandardCharsets.UTF_8), NOW, "json", null, null, null, "10.1.1.1", 0), NOW);
    }
}
