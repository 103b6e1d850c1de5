package io.bongsu.shipper.handoff;

import io.bongsu.shipper.spool.Spool;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record until it is acknowledged; a heartbeat is one, though it goes to every partition. It belongs to the sender thread, but
 * Kafka's thread acknowledges it: whoever changes where it is holds its lock.
 */
final class Outgoing {
    final byte[] key;
    final int lines;
    final int size;
    final boolean heartbeat;
    final List<Runnable> whenDurable;
    /** Number of the seal that it carries, and the epoch that this counts in; -1: none. */
    long seal = -1;

    long sealEpoch;

    final long createdNanos = System.nanoTime();
    /** Null when it lies in the spool and need not be kept. */
    byte @Nullable [] value;
    /** Null: it is in no spool. */
    Spool.@Nullable Place place;

    long charged;
    boolean atProducer;
    volatile boolean acknowledged;

    Outgoing(
            byte[] key,
            byte @Nullable [] value,
            int lines,
            long charged,
            boolean heartbeat,
            List<Runnable> whenDurable) {
        this.key = key;
        this.value = value;
        this.size = value == null ? 0 : value.length;
        this.lines = lines;
        this.charged = charged;
        this.heartbeat = heartbeat;
        this.whenDurable = whenDurable;
        this.acknowledged = value == null; // nobody but an input waits for it
    }

    /**
     * All there are, oldest first: behind {@code fromSpool} comes the unread part of the spool.
     *
     * @param unacknowledged were handed to the producer
     * @param fromSpool were read and go next
     * @param next are not in the spool
     */
    record Queues(ArrayDeque<Outgoing> unacknowledged, ArrayDeque<Outgoing> fromSpool, ArrayDeque<Outgoing> next) {
        Queues() {
            this(new ArrayDeque<>(), new ArrayDeque<>(), new ArrayDeque<>());
        }
    }
}
