package io.bongsu.embedded.child;

import io.bongsu.embedded.EmbeddedException;
import io.bongsu.embedded.Ports;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a server needs before it starts, asked in the child itself so that it also holds for each restart: the folder is
 * writable, nobody else has it, there is room on the disk, the port is free.
 */
final class DataFolder {
    static final long ROOM = 2L << 30;

    /** A predecessor whose parent is gone ends within this time. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** Held here because a channel that nobody refers to is closed, and the lock with it. */
    private static @Nullable FileChannel held;

    private DataFolder() {}

    /** The lock is held until this process ends. */
    static void take(Path folder, long room) {
        if (folder.toString().contains(",")) { // both servers take their data path as a list
            throw new EmbeddedException(
                    "a data folder cannot have a comma in its name: " + folder, "choose another data folder");
        }
        try {
            Files.createDirectories(folder);
            lock(folder);
            long free = Files.getFileStore(folder).getUsableSpace();
            if (free < room) {
                throw new EmbeddedException(
                        "the disk of " + folder + " has " + (free >> 20) + " MiB left and " + (room >> 20)
                                + " MiB are needed",
                        "free some space or choose a data folder on another disk");
            }
        } catch (IOException e) {
            throw new EmbeddedException(
                    "the data folder " + folder + " cannot be written: " + e,
                    "make it writable or choose another data folder",
                    e);
        }
    }

    static void needPort(int port, String key) {
        if (!Ports.isFree(port)) {
            throw new EmbeddedException(
                    "port " + port + " on 127.0.0.1 is in use by another program",
                    "stop that program, or set " + key + " to another port, or to 0 for a free one");
        }
    }

    private static void lock(Path folder) throws IOException {
        FileChannel file = FileChannel.open(
                folder.resolve("in-use.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        held = file;
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (file.tryLock() == null) {
            String[] holder = read(file).split(" ");
            boolean parentLives = holder.length == 2
                    && ProcessHandle.of(Long.parseLong(holder[1]))
                            .filter(ProcessHandle::isAlive)
                            .isPresent();
            if (parentLives || System.nanoTime() > end) {
                throw new EmbeddedException(
                        "the data folder " + folder + " is in use by process " + holder[0]
                                + (parentLives ? ", which process " + holder[1] + " started" : ""),
                        "stop that one first, or choose another data folder");
            }
            pause();
        }
        Optional<ProcessHandle> parent = ProcessHandle.current().parent();
        String holder = ProcessHandle.current().pid() + " "
                + parent.map(ProcessHandle::pid).orElse(0L);
        file.truncate(0).write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.US_ASCII)), 0);
    }

    private static String read(FileChannel file) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(100);
        file.read(text, 0);
        return new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII);
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
