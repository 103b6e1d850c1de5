package io.bongsu.embedded;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrphanIT {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"kafka, started", "kafka, ready", "elasticsearch, started", "elasticsearch, ready"})
    void aServerEndsWhenItsParentIsKilled(String server, String when) throws Exception {
        ProcessHandle child = Parent.killedAt(when, server, folder);

        assertThat(child.onExit().get(15, SECONDS).isAlive()).isFalse();
    }
}
