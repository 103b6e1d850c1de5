package io.bongsu.shipper.source;

import io.bongsu.shipper.frame.Framing;
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

    Dialogue.Factory factory(Ledger.Listener ledger, String listener, int maxLineBytes) {
        return switch (this) {
            case SYSLOG -> Dialogue.stream(Framing.SYSLOG, maxLineBytes);
            case JSON -> Dialogue.stream(Framing.LINES, maxLineBytes);
            case GELF -> Dialogue.stream(Framing.NULS, maxLineBytes);
            case RELP -> (channel, source) -> new RelpDialogue(channel, source, ledger, listener, maxLineBytes);
            case BEATS -> (channel, source) -> new BeatsDialogue(channel, source, ledger, listener, maxLineBytes);
        };
    }
}
