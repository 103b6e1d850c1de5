package io.bongsu.app;

/** Something that the person at the keyboard has to mend: what is wrong, and what to do. Ends the command with exit code 2. */
public final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String fix;

    public Fault(String message, String fix) {
        super(message);
        this.fix = fix;
    }

    public Fault(String message, String fix, Throwable cause) {
        super(message, cause);
        this.fix = fix;
    }

    public String fix() {
        return fix;
    }
}
