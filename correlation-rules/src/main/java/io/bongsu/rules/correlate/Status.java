package io.bongsu.rules.correlate;

/** Where an alert stands. */
public enum Status {
    /** It may still grow, or go when a late event shows it to be part of another one. */
    OPEN,
    /** Final: the log has passed the time in which anything could change it. */
    CLOSED,
    /** What has arrived since does not bear it out; it may come back under the same id. */
    WITHDRAWN
}
