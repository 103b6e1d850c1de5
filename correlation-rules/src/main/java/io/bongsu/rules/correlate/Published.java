package io.bongsu.rules.correlate;

/**
 * What was last said under an id, so that the next revision follows it. {@code slot} is the part of the id that differs
 * within a group: the cell of the episode's start.
 */
record Published(long slot, int revision, boolean withdrawn, long start, long first, long end, long count) {}
