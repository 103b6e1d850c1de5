package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.app.chaos.Chaos;
import io.bongsu.app.chaos.Trouble;
import io.bongsu.app.config.Config;
import io.bongsu.app.config.ConfigReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short selection of {@code bongsu chaos}: the broker and every role killed with SIGKILL, a replay, answers that are lost, and bytes at random. */
class ChaosIT {
    @TempDir
    Path directory;

    @Test
    void nothingIsLostNothingIsTwiceAndTheAlertsAreThoseOfTheFile() throws Exception {
        List<String> said = new ArrayList<>();
        List<Chaos.Result> results = new ArrayList<>();
        List<Trouble> troubles = List.of(
                Trouble.KAFKA_KILLED,
                Trouble.EVERYTHING_KILLED,
                Trouble.REINDEX,
                Trouble.ANSWERS_LOST,
                Trouble.WRONG_CLOCKS,
                Trouble.MALFORMED);
        new Chaos(config(), new Chaos.Options(troubles, 1, 20261126, 2_000, 4, Duration.ofSeconds(5)), text -> {
                    System.err.println(text);
                    said.add(text);
                })
                .run(directory.resolve("estate"), results::add);

        assertThat(results)
                .as(String.join("\n", said))
                .extracting(Chaos.Result::trouble)
                .isEqualTo(troubles);
        assertThat(said).as("attackers whose alerts were compared").noneMatch(text -> text.endsWith("as expected: 0"));
        assertThat(results).as(String.join("\n", said)).allSatisfy(result -> assertThat(result)
                .returns(0L, Chaos.Result::lost)
                .returns(0L, Chaos.Result::duplicates)
                .returns(0L, Chaos.Result::dropped)
                .returns(0, Chaos.Result::alertsDiffer)
                .matches(Chaos.Result::good));
        assertThat(results.getLast().sent()).as("good and malformed lines").isEqualTo(4_000);
    }

    /** With a rule whose alerts are told in full soon: nobody wants to wait for those of an hour. */
    private Config config() throws Exception {
        Path rules = Files.createDirectory(directory.resolve("rules"));
        Files.writeString(rules.resolve("ssh.yml"), """
            title: SSH login failed
            id: 0b1f7f0e-6ae3-4c0e-9c5c-0d3c2f6f5a01
            name: failed
            logsource: { product: linux, service: sshd }
            detection:
              failed: { event.action: ssh_login, event.outcome: failure }
              condition: failed
            level: low
            ---
            title: Many failed SSH logins
            id: 0b1f7f0e-6ae3-4c0e-9c5c-0d3c2f6f5a02
            name: many_failed
            correlation:
              type: event_count
              rules: [failed]
              group-by: [source.ip]
              timespan: 10s
              condition: { gte: 5 }
            level: high
            """);
        ConfigReader.Loaded loaded = ConfigReader.load(directory, null, Map.of("BONGSU_RULES", rules.toString()), null);
        Config config = loaded.config();
        assertThat(config).as("%s", loaded.problems()).isNotNull();
        return config;
    }
}
