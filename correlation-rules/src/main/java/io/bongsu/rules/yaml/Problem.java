package io.bongsu.rules.yaml;

import java.util.Comparator;

/**
 * Something wrong in a file: where (1-based line and column in code points; a file as a whole is at 1:1, what is no file,
 * such as a variable, in line 0), what, and how to mend it ({@code fix} may be empty). Sorted by place.
 */
public record Problem(String file, int line, int column, String message, String fix) implements Comparable<Problem> {
    private static final Comparator<Problem> BY_PLACE = Comparator.comparing(Problem::file)
            .thenComparingInt(Problem::line)
            .thenComparingInt(Problem::column)
            .thenComparing(Problem::message)
            .thenComparing(Problem::fix);

    /** A message quotes what it is about, and that may be anything. */
    private static final int MAX_MESSAGE = 600;

    public Problem {
        if (message.length() > MAX_MESSAGE) {
            int cut = Character.isHighSurrogate(message.charAt(MAX_MESSAGE - 1)) ? MAX_MESSAGE - 1 : MAX_MESSAGE;
            message = message.substring(0, cut) + "…";
        }
    }

    @Override
    public int compareTo(Problem other) {
        return BY_PLACE.compare(this, other);
    }

    @Override
    public String toString() {
        String where = line == 0 ? file : file + ":" + line + ":" + column;
        return where + ": " + message + (fix.isEmpty() ? "" : "; " + fix);
    }
}
