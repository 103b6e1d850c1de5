package io.bongsu.app.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** From the ledger of a part to what keeps it from its work now; nothing: it works. */
public final class Readiness {
    /** Heartbeats go out every second; so many are missed before Kafka counts as away. */
    private static final long SILENT_MS = 10_000;

    private Readiness() {}

    /** @param n of {@code Shipper.counters()} */
    public static List<String> ship(Map<String, Long> n) {
        long trouble = n.getOrDefault("spool.trouble", 0L);
        if (trouble != 0) {
            return List.of(
                    trouble == 1
                            ? "the spool is full (shipper.spool.max_bytes) and Kafka does not take its lines fast enough"
                            : "the disk of the spool does not take data: it is full or broken, see the log");
        }
        if (n.getOrDefault("spool.active", 0L) == 1) {
            // Lines are taken in and kept: whoever is told that we are not ready would send them nowhere.
            return List.of();
        }
        long age = n.getOrDefault("heartbeat.age.ms", -1L);
        if (age < 0) {
            return List.of("Kafka has not acknowledged a heartbeat to bongsu.logs yet");
        }
        return age > SILENT_MS
                ? List.of("Kafka has not acknowledged a heartbeat for " + age / 1_000 + " s")
                : List.of();
    }

    /**
     * @param n of {@code StreamApps.counters()}
     * @param running whether all applications have their partitions and state
     */
    public static List<String> streams(Map<String, Long> n, boolean running) {
        List<String> missing = new ArrayList<>();
        if (!running) {
            missing.add("partitions are being assigned, or state is being restored");
        }
        if (n.getOrDefault("kafka.connections", 0L) == 0) {
            missing.add("no connection to Kafka");
        }
        return missing;
    }

    /** @param n of {@code Indexer.counters()} */
    public static List<String> index(Map<String, Long> n) {
        List<String> missing = new ArrayList<>();
        if (n.getOrDefault("kafka.connections", 0L) == 0) {
            missing.add("no connection to Kafka");
        }
        if (n.getOrDefault("elasticsearch.available", 0L) == 0) {
            missing.add("Elasticsearch does not take documents");
        }
        return missing;
    }
}
