package io.bongsu.rules.correlate;

/**
 * When a correlation fires: the only thing in which its types differ. A type names its firing instants (in {@link
 * Sweep}); episodes, ids, revisions and settlement are the same for all.
 */
public sealed interface Trigger {
    /** How many hits of a group suffice to make every count exact: as many are kept at each end of a cell. */
    int needed();

    /**
     * Fires at each hit that makes it at least this many events within the timespan (Sigma {@code event_count} with
     * {@code gte: n}; {@code gt: n} is {@code gte: n + 1}).
     */
    record EventCount(long atLeast) implements Trigger {
        /** Exactness needs this many hits kept twice per cell and group; beyond, it would need counters instead. */
        public static final int MOST = 1_000;

        public EventCount {
            if (atLeast < 1 || atLeast > MOST) {
                throw new IllegalArgumentException(
                        "an event count must be reached between 1 and " + MOST + " events, not at " + atLeast);
            }
        }

        @Override
        public int needed() {
            return (int) atLeast;
        }
    }
}
