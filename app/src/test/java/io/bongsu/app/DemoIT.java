package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a newcomer runs it, through the launcher. */
class DemoIT {
    @TempDir
    Path directory;

    private Launched launched;

    @BeforeEach
    void launch() throws IOException {
        launched = new Launched(directory);
    }

    @Test
    void twoRunsOnTheSameDataEndWellAndLeaveNothingBehind() throws Exception {
        Path first = directory.resolve("first.txt");
        Path second = directory.resolve("second.txt");

        int code = launched.finish(launched.start("./bongsu demo --once", first), 8);
        assertThat(code).as(Files.readString(first)).isZero();
        code = launched.finish(launched.start("./bongsu demo --once", second), 8);
        assertThat(code).as(Files.readString(second)).isZero();

        assertThat(Files.readString(first)).contains("lines sent = ", "run 1").doesNotContain("✗", "\u001b");
        assertThat(Files.readString(second)).contains("lines sent = ", "run 2").doesNotContain("✗", "\u001b");
        assertThat(launched.alive()).isEmpty();
    }

    @Test
    void aKilledParentLeavesNoProcess() throws Exception {
        Process up = launched.start("exec ./bongsu up", directory.resolve("up.txt"));
        await().atMost(Duration.ofMinutes(2)).until(() -> {
            launched.look(up);
            return up.descendants().count() >= 2;
        });

        up.destroyForcibly();

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(launched.alive()).isEmpty());
    }
}
