package io.bongsu.app.console;

import java.io.PrintStream;
import java.time.Duration;

/**
 * Lines, and below them one status line: rewritten in place on a terminal, otherwise printed as a plain line every few
 * seconds. Colour only where asked for. The text given here must be {@link Printable} already. Thread-safe.
 */
public final class Console {
    private static final String CLEAR = "\r\u001b[K";
    private static final long PLAIN_EVERY_NANOS = Duration.ofSeconds(5).toNanos();

    private final PrintStream out;
    private final boolean terminal;
    private final boolean colour;
    private final int width;
    private String status = "";
    private String lastPlain = "";
    private long lastPlainAt = System.nanoTime() - PLAIN_EVERY_NANOS;

    public Console(PrintStream out, boolean terminal, boolean colour, int width) {
        this.out = out;
        this.terminal = terminal;
        this.colour = colour;
        this.width = width;
    }

    public enum Paint {
        DIM("2"),
        BOLD("1"),
        RED("31"),
        GREEN("32"),
        YELLOW("33"),
        BRIGHT_RED("1;31"),
        CYAN("36");

        private final String code;

        Paint(String code) {
            this.code = code;
        }
    }

    public String paint(Paint paint, String text) {
        return colour ? "\u001b[" + paint.code + "m" + text + "\u001b[0m" : text;
    }

    public synchronized void line(String text) {
        if (terminal && !status.isEmpty()) {
            out.print(CLEAR);
        }
        out.println(text);
        if (terminal && !status.isEmpty()) {
            out.print(status);
        }
        out.flush();
    }

    /** Replaces the status line. */
    public synchronized void status(String text) {
        if (terminal) {
            status = Printable.cut(text, width - 1);
            out.print(CLEAR + status);
        } else if (System.nanoTime() - lastPlainAt >= PLAIN_EVERY_NANOS && !text.equals(lastPlain)) {
            lastPlain = text;
            lastPlainAt = System.nanoTime();
            out.println(text);
        }
        out.flush();
    }

    /** Takes the status line away. */
    public synchronized void endStatus() {
        if (terminal && !status.isEmpty()) {
            out.print(CLEAR);
            out.flush();
        }
        status = "";
    }
}
