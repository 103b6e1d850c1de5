package io.bongsu.shipper.source;

import io.bongsu.shipper.frame.Framing;
import io.bongsu.shipper.frame.LargeFrames;
import io.bongsu.shipper.handoff.Ledger;

/** What may be spoken over TCP. */
public enum Protocol {
    /** Syslog, RFC 6587. */
    SYSLOG,
    /** JSON texts that end with LF. */
    JSON,
    /** Texts that end with NUL. */
    GELF,
    /** RELP: each line is answered when it is durable. */
    RELP,
    /** Lumberjack version 2: each batch is answered when it is durable. */
    BEATS;

    /** @param maxBytes of a line or an event that are kept */
    Dialogue.Factory factory(Ledger.Listener ledger, String listener, int maxBytes, LargeFrames large) {
        return switch (this) {
            case SYSLOG -> Dialogue.stream(Framing.SYSLOG, maxBytes);
            case JSON -> Dialogue.stream(Framing.LINES, maxBytes);
            case GELF -> Dialogue.stream(Framing.NULS, maxBytes);
            case RELP -> (channel, source) -> new RelpDialogue(channel, source, ledger, listener, maxBytes);
            case BEATS -> (channel, source) -> new BeatsDialogue(channel, source, ledger, listener, maxBytes, large);
        };
    }
}
