package io.bongsu.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChildProcessTest implements ChildProcess.Listener {
    @TempDir
    Path folder;

    private Path log;
    private final BlockingQueue<Long> ready = new LinkedBlockingQueue<>();
    private final BlockingQueue<ChildProcess.End> ends = new LinkedBlockingQueue<>();

    @BeforeEach
    void chooseLog() {
        log = folder.resolve("log").resolve("child.log");
    }

    @Override
    public void ready(String name, long pid) {
        ready.add(pid);
    }

    @Override
    public void ended(ChildProcess.End end) {
        ends.add(end);
    }

    @Test
    void closeEndsItInOrder() throws Exception {
        ChildProcess child = started(Child.doing("work", log));
        child.awaitReady();

        child.close();

        assertThat(child.isAlive()).isFalse();
        assertThat(ends.take())
                .isEqualTo(new ChildProcess.End("Test", child.pid(), 0, true, null, List.of("bongsu-child ready")));
        child.close();
    }

    @Test
    void closeEndsAlsoOneThatDoesNotListen() throws Exception {
        ChildProcess child = started(Child.doing("deaf", log).stopTimeout(Duration.ofMillis(200)));
        child.awaitReady();

        child.close();

        assertThat(ends.take().exitCode()).isEqualTo(128 + 9);
    }

    @Test
    void oneThatNeverGetsReadyIsClosedToo() throws Exception {
        ChildProcess child = started(Child.doing("silent", log).startTimeout(Duration.ofMillis(300)));

        assertThatThrownBy(child::awaitReady)
                .isInstanceOf(EmbeddedException.class)
                .hasMessageStartingWith("Test is not ready after 0 s");
        child.close();

        assertThat(child.isAlive()).isFalse();
    }

    @Test
    void theReasonThatItGivesIsTheMessage() {
        try (ChildProcess child = started(Child.doing("fail", log))) {
            assertThatThrownBy(child::awaitReady)
                    .isInstanceOf(EmbeddedException.class)
                    .hasMessage("Test cannot start: the reason; the fix");
        }
    }

    @Test
    void withoutAReasonTheLastLinesAreTheMessage() {
        try (ChildProcess child = started(Child.doing("throw", log))) {
            assertThatThrownBy(child::awaitReady)
                    .isInstanceOf(EmbeddedException.class)
                    .hasMessageStartingWith("Test ended with code 1 before it was ready; its last lines:\n"
                            + "    Exception in thread \"main\" java.lang.IllegalStateException: the cause\n")
                    .hasMessageEndingWith("; the whole output is in " + log);
        }
    }

    @Test
    void oneThatEndedBeforeItWasReadyIsNotRestarted() throws Exception {
        try (ChildProcess child = started(Child.doing("throw", log).restart(ChildProcess.Backoff.DEFAULT))) {
            assertThat(ends.take().restartIn()).isNull();
            assertThatThrownBy(child::awaitReady).isInstanceOf(EmbeddedException.class);
        }
    }

    @Test
    void aKilledOneComesBackAndIsReported() throws Exception {
        ChildProcess.Backoff backoff = new ChildProcess.Backoff(Duration.ofMillis(1), Duration.ofMillis(2));
        try (ChildProcess child = started(Child.doing("work", log).restart(backoff))) {
            child.awaitReady();
            long first = ready.take();
            child.kill();
            long second = ready.take();
            child.kill();
            long third = ready.take();
            child.kill();
            ready.take();

            assertThat(ends.take())
                    .isEqualTo(new ChildProcess.End(
                            "Test", first, 137, false, Duration.ofMillis(1), List.of("bongsu-child ready")));
            assertThat(ends.take())
                    .satisfies(e -> assertThat(e.pid()).isEqualTo(second))
                    .satisfies(e -> assertThat(e.restartIn()).isEqualTo(Duration.ofMillis(2)));
            assertThat(ends.take())
                    .satisfies(e -> assertThat(e.pid()).isEqualTo(third))
                    .satisfies(e -> assertThat(e.restartIn()).isEqualTo(Duration.ofMillis(2)));
            assertThat(List.of(first, second, third, child.pid())).doesNotHaveDuplicates();
        }
    }

    @Test
    void closeWhileItWaitsForItsRestart() throws Exception {
        ChildProcess.Backoff backoff = new ChildProcess.Backoff(Duration.ofHours(1), Duration.ofHours(1));
        ChildProcess child = started(Child.doing("work", log).restart(backoff));
        child.awaitReady();
        child.kill();
        ends.take();

        child.close();

        assertThat(child.isAlive()).isFalse();
    }

    @Test
    void aProbeIsAskedUntilItSaysYes() {
        AtomicInteger asked = new AtomicInteger();
        try (ChildProcess child = started(Child.doing("work", log).readyWhen(() -> asked.incrementAndGet() == 3))) {
            child.awaitReady();

            assertThat(asked).hasValue(3);
        }
    }

    @Test
    void interruptAndHangUpFromTheTerminalAreLeftToTheParent() throws Exception {
        try (ChildProcess child = started(Child.doing("work", log))) {
            child.awaitReady();
            for (String signal : List.of("-INT", "-HUP")) {
                new ProcessBuilder("kill", signal, Long.toString(child.pid()))
                        .start()
                        .waitFor();
            }

            end(child);

            // 130 or 129 if it had listened to them
            assertThat(ends.take().exitCode()).isZero();
        }
    }

    @Test
    void theLogIsBoundedAndTheOneBeforeIsKept() throws Exception {
        try (ChildProcess child = started(Child.doing("chatter", log).logBytes(16_384))) {
            child.awaitReady();
        }

        Path before = log.resolveSibling("child.log.1");
        assertThat(Files.size(log)).isBetween(1L, 16_384L);
        assertThat(Files.size(before)).isBetween(1L, 16_384L);
        assertThat(Files.readString(log)).endsWith("line 2999\nbongsu-child ready\n");
    }

    private static void end(ChildProcess child) {
        child.close();
    }

    private ChildProcess started(ChildProcess.Builder builder) {
        ChildProcess child = builder.build(this);
        child.start();
        return child;
    }
}
