package io.bongsu.indexer;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Which records of one partition are resolved, and so how far its offset may be committed: never past a record of which
 * anything is open, whatever the order in which documents are answered. Not thread-safe.
 */
final class Offsets {
    /** A record, open until each of its parts is resolved. */
    final class Ticket {
        final long offset;
        private int parts;

        private Ticket(long offset, int parts) {
            this.offset = offset;
            this.parts = parts;
        }

        void resolve() {
            if (parts == 0) {
                throw new IllegalStateException("resolved more often than it has parts: offset " + offset);
            }
            parts--;
            while (!open.isEmpty() && open.peekFirst().parts == 0) {
                open.removeFirst();
            }
        }
    }

    private final Deque<Ticket> open = new ArrayDeque<>();
    private long next;

    /** @param next the offset of the first record that will come */
    Offsets(long next) {
        this.next = next;
    }

    /** A record that was read; it may have no parts at all. Records come in the order of their offsets. */
    Ticket open(long offset, int parts) {
        if (offset < next) {
            throw new IllegalStateException("offset " + offset + " after " + next);
        }
        Ticket ticket = new Ticket(offset, parts);
        next = offset + 1;
        if (parts > 0) {
            open.addLast(ticket);
        }
        return ticket;
    }

    /** Everything before this offset was read: there may be markers, not records, up to here. */
    void readUpTo(long offset) {
        next = Math.max(next, offset);
    }

    /** The offset to go on from after a restart. */
    long committable() {
        return open.isEmpty() ? next : open.getFirst().offset;
    }

    int unresolved() {
        return open.size();
    }
}
