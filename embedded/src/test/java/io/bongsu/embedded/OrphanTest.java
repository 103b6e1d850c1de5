package io.bongsu.embedded;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphanTest {
    @TempDir
    Path folder;

    @Test
    void aChildEndsWhenItsParentIsKilled() throws Exception {
        ProcessHandle child = Parent.killedAt("ready", "child", folder, "work");

        assertThat(child.onExit().get(15, SECONDS).isAlive()).isFalse();
    }

    @Test
    void aChildThatCannotStopInOrderEndsByForce() throws Exception {
        ProcessHandle child = Parent.killedAt("ready", "child", folder, "hang");

        assertThat(child.onExit().get(15, SECONDS).isAlive()).isFalse();
    }

    @RepeatedTest(3)
    void aChildEndsWhenItsParentIsKilledWhileItStarts() throws Exception {
        ProcessHandle child = Parent.killedAt("started", "child", folder, "work");

        assertThat(child.onExit().get(15, SECONDS).isAlive()).isFalse();
    }
}
