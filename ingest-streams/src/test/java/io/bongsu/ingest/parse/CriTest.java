package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.Micros;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CriTest {
    private static final long RECEIVED = Micros.of(Instant.parse("2026-11-22T10:00:05Z"));
    private final ParserSet parsers = ParserSet.load(List.of()).parsers();

    @Test
    void whatTheContainerWroteIsTheLineAndTheRuntimeSaysWhen() {
        Parsed parsed = parse("2026-11-22T19:00:01.123456789+09:00 stderr F 로그인 실패");

        assertThat(parsed.fields())
                .containsEntry("message", "로그인 실패")
                .containsEntry("log.file.path", "/var/log/pods/shop_web-1_u/nginx/0.log")
                .containsEntry("container.name", "nginx");
        assertThat(parsed.time()).isEqualTo(Micros.of(Instant.parse("2026-11-22T10:00:01.123456Z")));
    }

    @Test
    void aTimeInTheLineItselfGoesBefore() {
        Parsed parsed =
                parse("2026-11-22T10:00:01.1Z stdout F {\"@timestamp\":\"2026-11-22T09:00:00Z\",\"message\":\"x\"}");

        assertThat(parsed.time()).isEqualTo(Micros.of(Instant.parse("2026-11-22T09:00:00Z")));
        assertThat(parsed.fields()).containsEntry("message", "x");
    }

    @Test
    void anotherFormAndAnEmptyLineAreKept() {
        assertThat(parse("no such form").fields()).containsEntry("message", "no such form");
        assertThat(parse("2026-11-22T10:00:01.1Z stdout F ").time())
                .isEqualTo(Micros.of(Instant.parse("2026-11-22T10:00:01.1Z")));
        assertThat(Cri.textAt("x stdout F")).isEqualTo(10);
        assertThat(Cri.time("nonsense stdout F x".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(Micros.UNKNOWN);
    }

    private Parsed parse(String text) {
        Line line = new Line(
                text.getBytes(StandardCharsets.UTF_8),
                RECEIVED,
                "cri",
                null,
                null,
                null,
                null,
                0,
                Map.of("log.file.path", "/var/log/pods/shop_web-1_u/nginx/0.log", "container.name", "nginx"));
        return parsers.parse(line, RECEIVED);
    }
}
