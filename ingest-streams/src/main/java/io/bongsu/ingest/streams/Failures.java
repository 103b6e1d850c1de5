package io.bongsu.ingest.streams;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * What to do about threads that fail: passing trouble costs a thread, damaged local state the state, and what comes again
 * and again is somebody else's to decide. Thread-safe.
 */
final class Failures {
    /** Failures within {@link #WINDOW} that are taken for passing trouble. */
    static final int PATIENCE = 5;

    static final long WINDOW = Duration.ofMinutes(2).toNanos();

    /** The answer to a failure. */
    enum Answer {
        /** Another thread takes its place. */
        REPLACE,
        /** The application starts anew without its local state. */
        WIPE,
        GIVE_UP
    }

    private final Deque<Long> recent = new ArrayDeque<>();

    synchronized Answer next(Throwable failure, long nanoTime) {
        recent.add(nanoTime);
        recent.removeIf(then -> nanoTime - then > WINDOW);
        if (recent.size() > PATIENCE) {
            recent.clear();
            return Answer.GIVE_UP;
        }
        return damaged(failure) ? Answer.WIPE : Answer.REPLACE;
    }

    /** RocksDB cannot read what is on the disk, and not for want of room. */
    private static boolean damaged(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RocksDBException trouble) {
                Status status = trouble.getStatus();
                return status == null || status.getSubCode() != Status.SubCode.NoSpace;
            }
        }
        return false;
    }
}
