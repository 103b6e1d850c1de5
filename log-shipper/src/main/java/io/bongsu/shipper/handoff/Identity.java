package io.bongsu.shipper.handoff;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Who this shipper is: an id for life and an epoch that grows at each start, both on disk before the first line gets its
 * identity. While it is open no other process can open the same directory. All that can be wrong is an
 * {@link IOException} whose message says what to do; nothing is repaired by guessing, since a repeated (id, epoch) would
 * make new lines look like repeats.
 */
public final class Identity implements AutoCloseable {
    private final String shipper;
    private final long epoch;
    private final FileChannel lock;

    private Identity(String shipper, long epoch, FileChannel lock) {
        this.shipper = shipper;
        this.epoch = epoch;
        this.lock = lock;
    }

    /**
     * Takes the directory, creating it if need be, and begins a new epoch. A given id is used instead of the random one;
     * since it may outlive the directory, its first epoch in a new directory is the time in seconds, not 1.
     */
    public static Identity open(Path directory, @Nullable String given, long nowMicros) throws IOException {
        Files.createDirectories(directory);
        FileChannel lock = lock(directory);
        try {
            Path idFile = directory.resolve("id");
            Path epochFile = directory.resolve("epoch");
            boolean known = Files.exists(epochFile);
            if (!known && Files.exists(idFile)) {
                throw new IOException(epochFile + " is missing but " + idFile + " is there; restore it from a backup,"
                        + " or delete " + idFile + " so that this becomes a new shipper");
            }
            long epoch = known ? number(epochFile) + 1 : given == null ? 1 : nowMicros / 1_000_000;
            write(epochFile, Long.toString(epoch));
            return new Identity(given != null ? given : id(idFile), epoch, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    public String shipper() {
        return shipper;
    }

    public long epoch() {
        return epoch;
    }

    /** Lets the directory go. */
    @Override
    public void close() throws IOException {
        lock.close();
    }

    private static FileChannel lock(Path directory) throws IOException {
        Path file = directory.resolve("lock");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // held by this process; the same answer
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw new IOException(directory + " belongs to a shipper that is running (it holds " + file
                    + "); stop that one, or give this one a directory of its own");
        }
        return channel;
    }

    private static String id(Path file) throws IOException {
        if (Files.exists(file)) {
            String id = Files.readString(file).strip();
            if (id.isEmpty()) {
                throw new IOException(file + " is empty; restore it from a backup, or delete it and "
                        + file.resolveSibling("epoch") + " so that this becomes a new shipper");
            }
            return id;
        }
        byte[] random = new byte[8];
        new SecureRandom().nextBytes(random);
        String id = HexFormat.of().formatHex(random);
        write(file, id);
        return id;
    }

    private static long number(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        try {
            long number = Long.parseLong(text);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // the same answer as for a number that cannot be
        }
        throw new IOException(
                file + " should hold a number, the count of starts, and does not; restore it from a backup,"
                        + " or delete it and " + file.resolveSibling("id") + " so that this becomes a new shipper");
    }

    /** The old content or the new, whatever happens, and the new one on disk when this returns. */
    private static void write(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel out = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text + "\n");
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        try {
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException(file.getParent() + " is on a file system without atomic rename; choose another", e);
        }
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent())) {
            directory.force(true);
        }
    }
}
