package io.bongsu.app.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What `bench --json` promises to programs. */
class MeasuredTest {
    private final Measured raw = new Measured("raw bulk", 30_000.4, "documents", 52.0, null, null, null);
    private final Measured ours = new Measured("pipeline", 18_000, "lines", 86.12345, 2_335L, null, null).beside(raw);

    @Test
    void everyFigureHasTheSameKeysMeasuredOrNot() throws IOException {
        for (Measured one : List.of(raw, ours, Measured.rate("detect", 1, "events"))) {
            List<String> keys = new ArrayList<>();
            new ObjectMapper().readTree(one.json()).fieldNames().forEachRemaining(keys::add);
            assertThat(keys)
                    .containsExactly("bench", "rate", "unit", "cpu_s_per_million", "peak_mb", "against", "ratio");
        }
    }

    @Test
    void whatWasMeasuredIsANumberAndWhatWasNotIsNull() throws IOException {
        JsonNode json = new ObjectMapper().readTree(ours.json());

        assertThat(json)
                .hasToString("{\"bench\":\"pipeline\",\"rate\":18000,\"unit\":\"lines/s\",\"cpu_s_per_million\":86.123,"
                        + "\"peak_mb\":2335,\"against\":\"raw bulk\",\"ratio\":0.6}");
        assertThat(new ObjectMapper().readTree(raw.json()).path("ratio").isNull())
                .isTrue();
    }

    @Test
    void withJsonNothingButFiguresIsOnTheStandardOutput() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream aside = new ByteArrayOutputStream();
        Report report = new Report(
                true,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(aside, true, StandardCharsets.UTF_8));
        report.say("what it does");
        report.result(raw);
        report.result(ours);

        assertThat(out.toString(StandardCharsets.UTF_8).lines()).containsExactly(raw.json(), ours.json());
        assertThat(aside.toString(StandardCharsets.UTF_8)).contains("what it does");
    }
}
