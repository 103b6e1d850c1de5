package io.bongsu.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * The topics: name, key, partitions and retention, in this one place. Partitions are the CPU cores of the machine or
 * fleet. Every topic stamps records with the append time of its log; event times are values, never Kafka timestamps.
 *
 * @param name of the topic
 * @param config as Kafka names it
 */
public record Topics(String name, Map<String, String> config) {
    /** Key: source. Values: {@link RawLogs}, {@link Heartbeat}, {@link RulesMarker}. */
    public static final String LOGS = "bongsu.logs";
    /** Key: source. Values: {@link Events}. */
    public static final String EVENTS = "bongsu.events";
    /** Key: rule, version and group. Values: {@link Hits}, {@link Watermark}. */
    public static final String HITS = "bongsu.hits";
    /** Key: alert id. Values: {@link Alert}, {@link AlertNote}. */
    public static final String ALERTS = "bongsu.alerts";
    /** Key: source. Values: {@link DeadLetter}. */
    public static final String DEAD_LETTERS = "bongsu.dead-letters";
    /**
     * Key: hash of a file, or number of a generation. Values: the file's bytes, {@link RulesManifest}. One partition, kept for
     * ever and never compacted: a replay needs the rules that were in force then.
     */
    public static final String RULES = "bongsu.rules";

    /** What a record may weigh. A record of bongsu.logs stays far below, since its events weigh several times as much. */
    public static final int MAX_RECORD_BYTES = 16 * 1024 * 1024;

    /**
     * Header of a record that was put back into the topic named by its value, where it could not be processed before. The
     * identities in it were seen; they are processed again all the same, and overwrite themselves downstream.
     */
    public static final String REPLAY = "bongsu.replay";

    private static final long DAY = 24L * 60 * 60 * 1000;

    /** Whether a record with these headers was put back into that topic. A header that came along from upstream names another. */
    public static boolean isReplay(Headers headers, String topic) {
        Header header = headers.lastHeader(REPLAY);
        return header != null && Arrays.equals(header.value(), topic.getBytes(StandardCharsets.UTF_8));
    }

    /** All of them. {@code logs} and {@code events} keep a week: the horizon of replay. */
    public static List<Topics> all() {
        return List.of(
                topic(LOGS, 7 * DAY),
                topic(EVENTS, 7 * DAY),
                topic(HITS, 7 * DAY),
                topic(ALERTS, 90 * DAY),
                topic(DEAD_LETTERS, 30 * DAY),
                // Whatever the broker deletes or compacts where a topic says nothing.
                new Topics(
                        RULES,
                        Map.of(
                                "message.timestamp.type", "LogAppendTime",
                                "max.message.bytes", Integer.toString(MAX_RECORD_BYTES),
                                "cleanup.policy", "delete",
                                "retention.ms", "-1",
                                "retention.bytes", "-1")));
    }

    /** Whether it has one partition, however many the others have. */
    public boolean single() {
        return name.equals(RULES);
    }

    /** Whether nothing in it may ever be deleted. */
    public boolean kept() {
        return name.equals(RULES);
    }

    private static Topics topic(String name, long retentionMs) {
        return new Topics(
                name,
                Map.of(
                        "message.timestamp.type", "LogAppendTime",
                        "max.message.bytes", Integer.toString(MAX_RECORD_BYTES),
                        "retention.ms", Long.toString(retentionMs)));
    }
}
