package io.bongsu.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WorkFolderTest {
    /** A command that never ends: it starts a process and says where its folder is and which one it started. */
    public static final class Endless {
        private Endless() {}

        public static void main(String[] args) throws IOException {
            try (WorkFolder folder = new WorkFolder("bongsu-work-folder-test")) {
                Files.writeString(folder.path().resolve("data"), "much");
                long child = new ProcessBuilder("sleep", "1000").start().pid();
                System.out.println(folder.path() + " " + child);
                new CompletableFuture<Void>().join();
            }
        }
    }

    @Test
    void whoIsToldToStopLeavesNeitherFolderNorProcess() throws Exception {
        Process command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Endless.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = command.inputReader()) {
            String[] said = out.readLine().split(" ");
            assertThat(Path.of(said[0], "data")).exists();
            ProcessHandle child = ProcessHandle.of(Long.parseLong(said[1])).orElseThrow();
            command.toHandle().destroy(); // SIGTERM
            assertThat(command.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(Path.of(said[0])).doesNotExist();
            child.onExit().get(60, TimeUnit.SECONDS);
        } finally {
            command.descendants().forEach(ProcessHandle::destroyForcibly);
            command.destroyForcibly();
        }
    }

    @Test
    void itIsGoneAfterwardsUnlessSomebodyKeepsIt() throws IOException {
        Path gone;
        try (WorkFolder folder = new WorkFolder("bongsu-work-folder-test")) {
            gone = folder.path();
        }
        assertThat(gone).doesNotExist();
        try (WorkFolder folder = new WorkFolder("bongsu-work-folder-test")) {
            gone = folder.path();
            folder.keep();
        }
        assertThat(gone).exists();
        Files.delete(gone);
    }
}
