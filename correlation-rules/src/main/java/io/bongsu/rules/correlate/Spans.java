package io.bongsu.rules.correlate;

/**
 * How long, in microseconds: the window, the silence after which a group can raise a new alert, and what a hit may be late
 * by.
 */
public record Spans(long timespan, long quiet, long lateness) {
    private static final long LONGEST = 400L * 24 * 3600 * 1_000_000;
    private static final long HOUR = 3600L * 1_000_000;

    /** @throws IllegalArgumentException with a sentence for the author of the rule */
    public Spans {
        within("timespan", 1, timespan);
        within("quiet time", 1, quiet);
        within("lateness", 0, lateness);
    }

    private static void within(String what, long least, long value) {
        if (value < least || value > LONGEST) {
            throw new IllegalArgumentException("the " + what + " must be between " + least + " µs and 400 days, not "
                    + value + " µs; write such as 1h");
        }
    }

    /** The quiet time, where the rule does not say. */
    public static long usualQuiet(long timespan) {
        return Math.max(timespan, HOUR);
    }
}
