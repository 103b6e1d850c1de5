package io.bongsu.app.chaos;

import java.util.Locale;

/** What is done to the pipeline while lines come. */
public enum Trouble {
    KAFKA_KILLED("Kafka killed (SIGKILL) and started again at once"),
    KAFKA_AWAY("Kafka killed and away for the length of an outage"),
    ELASTICSEARCH_AWAY("Elasticsearch killed and away for the length of an outage"),
    SHIP_KILLED("the shipper killed and started again"),
    PARSE_KILLED("the parser killed and started again"),
    CORRELATE_KILLED("the correlator killed and started again"),
    INDEX_KILLED("the indexer killed and started again"),
    EVERYTHING_KILLED("all roles killed in a random order and started again"),
    EVERYTHING_PAUSED("all roles stopped (SIGSTOP) for the length of an outage, and continued"),
    CORRELATE_PAUSED("the correlator stopped (SIGSTOP) for the length of an outage, and continued"),
    REINDEX("the indexer made to begin at the beginning of the log"),
    CUT_OFF("Kafka and Elasticsearch out of reach for the length of an outage: no byte passes and no connection ends"),
    ANSWERS_LOST("requests reach Kafka and Elasticsearch, answers do not come back for the length of an outage"),
    SLOW_NETWORK(
            "to and from Kafka and Elasticsearch each byte takes half a second longer for the length of an outage"),
    WRONG_CLOCKS("as many lines more, of hosts whose clocks are hours or a year off"),
    MALFORMED("as many malformed lines as good ones");

    private final String text;

    Trouble(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }

    /** As the command line has it: {@code kafka-killed}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
