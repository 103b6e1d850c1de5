package io.bongsu.app.pipeline;

import io.bongsu.app.Fault;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The folder of all data, held by one process at a time: the lock goes with the process, however it ends. While it is
 * held, a small file tells other commands where Kafka and Elasticsearch are.
 */
public final class DataFolder implements AutoCloseable {
    private static final String LOCK = "bongsu.lock";
    private static final String STATE = "bongsu.state";

    private final Path path;
    private final FileChannel channel;
    private final FileLock lock;

    private DataFolder(Path path, FileChannel channel, FileLock lock) {
        this.path = path;
        this.channel = channel;
        this.lock = lock;
    }

    /** Where a running pipeline can be reached. */
    public record State(long pid, String kafka, String elasticsearch) {}

    /** Makes the folder and takes it. */
    public static DataFolder open(Path path) {
        try {
            Files.createDirectories(path.resolve("logs"));
            FileChannel channel =
                    FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                String who = read(path)
                        .map(state -> " (process " + state.pid() + ")")
                        .orElse("");
                throw new Fault(
                        "another bongsu" + who + " works on " + path,
                        "stop it first, or choose another folder with --data DIR");
            }
            Files.deleteIfExists(path.resolve(STATE));
            return new DataFolder(path, channel, lock);
        } catch (IOException e) {
            throw new Fault(
                    "the data folder " + path + " cannot be used: " + e.getMessage(),
                    "make it writable, or choose another one with --data DIR",
                    e);
        }
    }

    /** What runs on that folder; empty when nothing does. */
    public static Optional<State> running(Path path) {
        Path file = path.resolve(LOCK);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            FileLock lock = tryLock(channel);
            if (lock != null) {
                return Optional.empty(); // nobody holds it; closing the channel gives it back
            }
            return read(path);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held by this very process
        }
    }

    private static Optional<State> read(Path path) {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(path.resolve(STATE))) {
            properties.load(in);
            return Optional.of(new State(
                    Long.parseLong(properties.getProperty("pid")),
                    properties.getProperty("kafka"),
                    properties.getProperty("elasticsearch")));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    public Path path() {
        return path;
    }

    public void tell(State state) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("pid", Long.toString(state.pid()));
        properties.setProperty("kafka", state.kafka());
        properties.setProperty("elasticsearch", state.elasticsearch());
        Path fresh = path.resolve(STATE + ".new");
        try (Writer out = Files.newBufferedWriter(fresh, StandardCharsets.UTF_8)) {
            properties.store(out, "written by a running bongsu");
        }
        Files.move(fresh, path.resolve(STATE), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(path.resolve(STATE));
            if (channel.isOpen()) {
                lock.release();
            }
            channel.close();
        } catch (IOException e) {
            // the lock goes with the process
        }
    }
}
