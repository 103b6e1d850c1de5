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
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who this shipper is: an id for life and an epoch that grows at each start, both on disk before the first line gets its
 * identity. While it is open no other process can open the same directory. All that can be wrong is an
 * {@link IOException} whose message says what to do; nothing is repaired by guessing, since a repeated (id, epoch) would
 * make new lines look like repeats.
 */
public final class Identity implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Identity.class);
    /** More than a start writes. */
    private static final int RESERVE = 64 * 1024;

    private static final Pattern NOTE = Pattern.compile("0*(\\d{1,18}) 0*(\\d{1,18})\\R");

    private final String shipper;
    private final long epoch;
    private final KeyPair key;
    private final Former former;
    private final FileChannel seals;
    private final FileChannel lock;
    private boolean notes = true;

    /**
     * How far the chains of an earlier start went, as far as Kafka had acknowledged it.
     *
     * @param epoch -1: not known
     * @param seal its number in that epoch
     */
    public record Former(long epoch, long seal) {
        static final Former UNKNOWN = new Former(-1, -1);
    }

    private Identity(String shipper, long epoch, KeyPair key, Former former, FileChannel seals, FileChannel lock) {
        this.shipper = shipper;
        this.epoch = epoch;
        this.key = key;
        this.former = former;
        this.seals = seals;
        this.lock = lock;
    }

    /**
     * Takes the directory, creating it if need be, and begins a new epoch. A given id is used instead of the random one;
     * since it may outlive the directory, its first epoch in a new directory is the time in seconds, not 1.
     */
    public static Identity open(Path directory, @Nullable String given, long nowMicros) throws IOException {
        Files.createDirectories(directory);
        return open(directory, given, nowMicros, Files.getFileStore(directory).getUsableSpace());
    }

    /** @param free bytes on its disk */
    static Identity open(Path directory, @Nullable String given, long nowMicros, long free) throws IOException {
        FileChannel lock = lock(directory);
        try {
            Path reserve = directory.resolve("reserve");
            if (free < RESERVE) {
                // What is in the spool must get out of a disk that is full.
                Files.deleteIfExists(reserve);
            }
            Path idFile = directory.resolve("id");
            Path epochFile = directory.resolve("epoch");
            boolean known = Files.exists(epochFile);
            if (!known && Files.exists(idFile)) {
                throw new IOException(epochFile + " is missing but " + idFile + " is there; restore it from a backup,"
                        + " or delete " + idFile + " so that this becomes a new shipper");
            }
            long epoch = known ? number(epochFile) + 1 : given == null ? 1 : nowMicros / 1_000_000;
            write(epochFile, Long.toString(epoch));
            String shipper = given != null ? given : id(idFile);
            KeyPair key = SigningKey.of(directory.resolve("key"));
            write(directory.resolve("key.pub"), SigningKey.line(shipper, key.getPublic()));
            Path noted = directory.resolve("seal");
            Former former = former(noted);
            FileChannel seals = FileChannel.open(noted, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (free > 2 * RESERVE && !Files.exists(reserve)) {
                Files.write(reserve, new byte[RESERVE]);
            }
            return new Identity(shipper, epoch, key, former, seals, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            if (free < RESERVE && e instanceof IOException) {
                throw new IOException(
                        "its disk has only " + free + " bytes free; make room (" + e.getMessage() + ")", e);
            }
            throw e;
        }
    }

    public String shipper() {
        return shipper;
    }

    public long epoch() {
        return epoch;
    }

    /** What it signs with; made at the first start. */
    public KeyPair key() {
        return key;
    }

    Former former() {
        return former;
    }

    /**
     * Notes how far Kafka has acknowledged the seals of the newest epoch of which it has any. Not synced: one that is older than the truth says less,
     * and nothing that is wrong. Of the sender's thread.
     */
    void note(long at, long seal) {
        if (!notes) {
            return;
        }
        ByteBuffer text = StandardCharsets.US_ASCII.encode("%020d %020d\n".formatted(at, seal));
        try {
            seals.write(text, 0);
        } catch (IOException e) {
            notes = false;
            LOG.atWarn()
                    .setCause(e)
                    .log(
                            "How far the chains went cannot be noted; the next start cannot tell whether their end was cut off");
        }
    }

    /** A note that cannot be read says nothing. */
    private static Former former(Path noted) throws IOException {
        Matcher note = NOTE.matcher(Files.exists(noted) ? Files.readString(noted, StandardCharsets.ISO_8859_1) : "");
        return note.matches()
                ? new Former(Long.parseLong(note.group(1)), Long.parseLong(note.group(2)))
                : Former.UNKNOWN;
    }

    /** Lets the directory go. */
    @Override
    public void close() throws IOException {
        seals.close();
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
    static void write(Path file, String text) throws IOException {
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
