package io.bongsu.indexer;

import org.jspecify.annotations.Nullable;

/**
 * One document and its target, which is a function of the record alone: a replay meets its own index and id.
 *
 * @param version external version from 1; 0: none, the document overwrites itself
 * @param json without line feeds
 * @param line index in the record of bongsu.logs, -1: none
 * @param event event.id, where it is one of an event
 * @param appended append time in microseconds since 1970, for its dead letter
 */
record Document(
        Kind kind,
        String index,
        String id,
        long version,
        byte[] json,
        int line,
        @Nullable String source,
        @Nullable String event,
        long appended) {
    enum Kind {
        EVENT("events"),
        ALERT("alerts"),
        ALERT_NOTE("alert-notes"),
        DEAD_LETTER("dead-letters");

        final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    Document with(byte[] json) {
        return new Document(kind, index, id, version, json, line, source, event, appended);
    }

    /** About what it takes in memory. */
    long weight() {
        return json.length + 256L;
    }
}
