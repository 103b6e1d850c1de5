package io.bongsu.shipper.frame;

/** A peer does not keep to its protocol; nothing that it sends from here on can be understood. */
public final class Violation extends Exception {
    private final String reason;

    /**
     * @param reason one word, for counters
     * @param message what was found and what was expected, without anything the peer has sent
     */
    public Violation(String reason, String message) {
        super(message);
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }
}
