package io.bongsu.app.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.Utils;

/**
 * The folder of a command that starts servers: gone afterwards. Where the command is told to stop in the middle (SIGTERM,
 * Ctrl-C), the processes that it has started end first, since they hold gigabytes there.
 */
final class WorkFolder implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;

    private final Path path;
    private final Thread whenStopped = new Thread(this::abandon, "bongsu-work-folder");
    private boolean kept;

    /** @param name what the folder's name begins with */
    WorkFolder(String name) throws IOException {
        this.path = Files.createTempDirectory(name);
        Runtime.getRuntime().addShutdownHook(whenStopped);
    }

    Path path() {
        return path;
    }

    /** Somebody will want to read what is in it. */
    void keep() {
        kept = true;
    }

    private void abandon() {
        List<ProcessHandle> started = ProcessHandle.current().descendants().toList();
        started.forEach(ProcessHandle::destroyForcibly);
        CompletableFuture.allOf(started.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
        delete();
    }

    private void delete() {
        try {
            Utils.delete(path.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(path + " could not be removed", e);
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(whenStopped);
        } catch (IllegalStateException e) {
            return; // it is at work already
        }
        if (!kept) {
            delete();
        }
    }
}
