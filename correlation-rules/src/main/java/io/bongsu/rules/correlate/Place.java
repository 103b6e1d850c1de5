package io.bongsu.rules.correlate;

import java.util.Set;

/**
 * Where a correlation stands among others.
 *
 * @param inputs what it is fed with: 0: events; n: facts of correlations of level n - 1
 * @param tells others are built on it: it has facts to tell
 */
public record Place(Set<Integer> inputs, boolean tells) {
    /** Over events, with nothing built on it. */
    public static final Place ALONE = new Place(Set.of(0), false);

    public Place {
        inputs = Set.copyOf(inputs);
    }
}
