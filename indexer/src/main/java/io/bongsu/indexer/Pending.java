package io.bongsu.indexer;

import io.bongsu.model.DeadLetter;
import org.jspecify.annotations.Nullable;

/** A part of a record on its way: a document, or the dead letter that takes its place. */
final class Pending {
    final Lane lane;
    final Offsets.Ticket ticket;
    final Origin origin;
    /** What is to be indexed; null for a record that could not be read. */
    final @Nullable Document document;

    /** What is to go to bongsu.dead-letters instead. */
    @Nullable
    DeadLetter letter;

    int attempts;
    int suspicions;
    long putBefore = -1;
    long notBefore;

    Pending(Lane lane, Offsets.Ticket ticket, Origin origin, @Nullable Document document, @Nullable DeadLetter letter) {
        this.lane = lane;
        this.ticket = ticket;
        this.origin = origin;
        this.document = document;
        this.letter = letter;
    }

    long weight() {
        return document != null
                ? document.weight()
                : letter != null ? letter.getData().remaining() + 512L : 0;
    }
}
