package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.app.chaos.Chaos;
import io.bongsu.app.chaos.Trouble;
import io.bongsu.app.config.Config;
import io.bongsu.app.config.ConfigReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short selection of {@code bongsu chaos}: the broker and every role killed with SIGKILL, a replay, and bytes at random. */
class ChaosIT {
    @TempDir
    Path directory;

    @Test
    void nothingIsLostNothingIsTwiceAndTheAlertsAreThoseOfTheFile() throws Exception {
        List<String> said = new ArrayList<>();
        List<Chaos.Result> results = new ArrayList<>();
        List<Trouble> troubles =
                List.of(Trouble.KAFKA_KILLED, Trouble.EVERYTHING_KILLED, Trouble.REINDEX, Trouble.MALFORMED);
        new Chaos(config(), new Chaos.Options(troubles, 1, 20261126, 2_000, 4, Duration.ofSeconds(5)), text -> {
                    System.err.println(text);
                    said.add(text);
                })
                .run(directory.resolve("estate"), results::add);

        assertThat(results)
                .as(String.join("\n", said))
                .extracting(Chaos.Result::trouble)
                .isEqualTo(troubles);
        assertThat(results).as(String.join("\n", said)).allSatisfy(result -> assertThat(result)
                .returns(0L, Chaos.Result::lost)
                .returns(0L, Chaos.Result::duplicates)
                .returns(0L, Chaos.Result::dropped)
                .returns(0, Chaos.Result::alertsDiffer)
                .matches(Chaos.Result::good));
        assertThat(results.getLast().sent()).as("good and malformed lines").isEqualTo(4_000);
    }

    private Config config() throws Exception {
        String rules = Path.of("../correlation-rules/rules").toRealPath().toString();
        ConfigReader.Loaded loaded = ConfigReader.load(directory, null, Map.of("BONGSU_RULES", rules), null);
        Config config = loaded.config();
        assertThat(config).as("%s", loaded.problems()).isNotNull();
        return config;
    }
}
