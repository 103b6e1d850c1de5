package io.bongsu.app.pipeline;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The name of a member of a consumer group that stays with its data folder: who comes back under it has its partitions at
 * once, and not only when Kafka has noticed that its predecessor is dead. Several may work in one folder, so each takes the
 * first name there that no living one has; the lock on it goes with the process, however it ends.
 */
public final class InstanceName implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InstanceName.class);

    private final String name;
    private final @Nullable FileChannel held;

    private InstanceName(String name, @Nullable FileChannel held) {
        this.name = name;
        this.held = held;
    }

    /** Makes the folder. Where it cannot be written, the name is a new one: a restart then takes as long as Kafka does. */
    public static InstanceName take(Path folder) {
        try {
            Files.createDirectories(folder);
            for (int place = 1; ; place++) {
                FileChannel file = FileChannel.open(
                        folder.resolve("instance-" + place),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
                if (lock(file)) {
                    return new InstanceName(nameIn(file), file);
                }
                file.close();
            }
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("folder", folder)
                    .addKeyValue("reason", e.toString())
                    .log("No name can be kept, so after a crash Kafka must notice first; make the folder writable");
            return new InstanceName(fresh(), null);
        }
    }

    private static boolean lock(FileChannel file) throws IOException {
        try {
            FileLock lock = file.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // held by this very process
        }
    }

    private static String nameIn(FileChannel file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(64);
        while (bytes.hasRemaining() && file.read(bytes) >= 0) {}
        String name = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
        if (name.matches("bongsu-[0-9a-f-]{36}")) {
            return name;
        }
        String fresh = fresh(); // the first time, or a crash came in between
        file.truncate(0);
        file.write(ByteBuffer.wrap((fresh + "\n").getBytes(StandardCharsets.UTF_8)), 0);
        file.force(true);
        return fresh;
    }

    private static String fresh() {
        return "bongsu-" + UUID.randomUUID();
    }

    String name() {
        return name;
    }

    @Override
    public void close() throws IOException {
        if (held != null) {
            held.close();
        }
    }
}
