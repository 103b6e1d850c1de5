package io.bongsu.rules.correlate;

/**
 * What a group may cost.
 *
 * @param cell width of a cell, microseconds; never wider than the timespan
 * @param keep of each cell, so many of the earliest hits and so many of the latest are kept
 * @param evidence of each alert, so many of the first contributing hits and so many of the last are listed
 */
record Bounds(long cell, int keep, int evidence) {
    private static final int EVIDENCE = 50;
    private static final int USUAL = 1_000;
    private static final int MOST = 100_000;

    /** Cells as wide as the timespan (the fewest), and evidence where that does not make short timespans dear. */
    static Bounds of(Trigger trigger, long timespan, long lateness) {
        // A group spans the timespan and the lateness, each cut at both ends; what the clocks hold back comes on top.
        long cells = lateness / timespan + 3;
        long keep = Math.max(trigger.needed(), Math.min(EVIDENCE, USUAL / (2 * cells)));
        if (2 * keep * cells > MOST) {
            throw new IllegalArgumentException("a threshold of " + trigger.needed() + " within " + timespan / 1_000_000
                    + " s and a lateness of " + lateness / 1_000_000 + " s would keep up to " + 2 * keep * cells
                    + " hits of one group, more than " + MOST
                    + "; lower the threshold or the lateness, or raise the timespan");
        }
        return new Bounds(timespan, (int) keep, EVIDENCE);
    }
}
