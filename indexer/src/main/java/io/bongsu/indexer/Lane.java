package io.bongsu.indexer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What is in memory of one partition, from the moment it was polled until it is resolved. */
final class Lane {
    /** Polled, but not unpacked yet. */
    final Deque<ConsumerRecord<byte[], byte[]>> waiting = new ArrayDeque<>();

    /** Of unpacked documents. */
    long bytes;

    /** As many of them as there may be. */
    long share;

    /** Unpacked and not resolved. */
    long documents;

    /** The partition is no longer ours; answers that still come are of no interest. */
    boolean dropped;

    boolean paused;
    long committed = -1;
    private long polledUpTo;
    private @Nullable Offsets offsets;

    void polled(List<ConsumerRecord<byte[], byte[]>> records, long next) {
        waiting.addAll(records);
        polledUpTo = next;
    }

    boolean full() {
        return !waiting.isEmpty() || bytes >= share;
    }

    Offsets.Ticket open(long offset, int parts) {
        if (offsets == null) {
            offsets = new Offsets(offset);
        }
        return offsets.open(offset, parts);
    }

    /** Records that were polled and may not be committed yet. */
    long behind() {
        long committable = committable();
        return committable < 0 ? waiting.size() : polledUpTo - committable;
    }

    /** The offset to commit; -1 when nothing was read yet. */
    long committable() {
        if (offsets == null) {
            return -1;
        }
        if (waiting.isEmpty()) {
            offsets.readUpTo(polledUpTo);
        }
        return offsets.committable();
    }

    void add(Pending part) {
        bytes += part.weight();
        documents++;
    }

    void resolve(Pending part) {
        bytes -= part.weight();
        documents--;
        part.ticket.resolve();
    }
}
