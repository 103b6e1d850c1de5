package io.bongsu.model;

/**
 * The consumer groups that take the log further; for Kafka Streams the application id is the group. Renaming one starts it
 * anew, without its state.
 */
public final class Groups {
    /** From bongsu.logs. */
    public static final String PARSE = "bongsu-parse";

    /** From bongsu.hits. */
    public static final String CORRELATE = "bongsu-correlate";

    /** Into Elasticsearch, from bongsu.events, bongsu.alerts and bongsu.dead-letters. */
    public static final String INDEX = "bongsu-index";

    private Groups() {}
}
