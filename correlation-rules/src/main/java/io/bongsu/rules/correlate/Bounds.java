package io.bongsu.rules.correlate;

/**
 * What a group may cost.
 *
 * @param cell width of a cell, microseconds; never wider than the timespan
 * @param keep of each cell (and rule, where rules are told apart), so many of the earliest hits and so many of the latest
 *     are kept
 * @param evidence of each alert, so many of the first contributing hits and so many of the last are listed
 * @param values of each cell, the first and the last hits with so many values are kept, where values are told apart
 * @param memory of each group, so many values are remembered beyond what is kept
 */
record Bounds(long cell, int keep, int evidence, int values, int memory) {
    private static final int EVIDENCE = 50;
    private static final int USUAL = 1_000;
    /** Where hits are missed that are not kept, more of them are. */
    private static final int MANY = 8_000;

    /** New values of a group in one cell. */
    private static final int NOVEL = 1_000;

    private static final int MOST = 100_000;
    /** What fires when the log is past it does so at the end of a cell, so cells are narrower. */
    private static final int CELLS = 10;

    Bounds(long cell, int keep, int evidence) {
        this(cell, keep, evidence, keep, Memory.VALUES);
    }

    /** Cells as wide as the timespan (the fewest), and evidence where that does not make short timespans dear. */
    static Bounds of(Trigger trigger, Spans spans) {
        long timespan = spans.timespan();
        long lateness = spans.lateness();
        long cell =
                trigger instanceof Trigger.Sequence && trigger.onProgress() ? Math.max(1, timespan / CELLS) : timespan;
        // A group spans the timespan and the lateness, each cut at both ends; what the clocks hold back comes on top.
        long cells = (lateness + timespan) / cell + 2;
        boolean few = trigger instanceof Trigger.EventCount || trigger.remembers() > 0;
        long values = trigger.distinct().isEmpty() ? 0 : trigger.remembers() > 0 ? NOVEL : trigger.needed();
        long usual = few ? Math.min(EVIDENCE, USUAL / (2 * cells)) : Math.max(EVIDENCE, MANY / (2 * cells));
        if (trigger instanceof Trigger.Sequence sequence && sequence.silence()) {
            usual = 1;
        }
        // More than is needed where there is room for it.
        long keep = Math.max(Math.max(1, trigger.needed()), Math.min(usual, MOST / (2 * cells) - values));
        if (2 * (keep + values) * cells > MOST) {
            throw new IllegalArgumentException("a threshold of " + trigger.needed() + " within " + timespan / 1_000_000
                    + " s and a lateness of " + lateness / 1_000_000 + " s would keep up to "
                    + 2 * (keep + values) * cells + " hits of one group, more than " + MOST
                    + "; lower the threshold or the lateness, or raise the timespan");
        }
        return new Bounds(cell, (int) keep, EVIDENCE, (int) values, Memory.VALUES);
    }
}
