package io.bongsu.ingest.streams;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * How the two applications run.
 *
 * @param role which of the two this process runs
 * @param kafka client properties for both, at least {@code bootstrap.servers}; they go before ours, but for what the
 *     guarantees rest on
 * @param directory of the local state; it can be lost at any time
 * @param instance static member id, unique among the instances and stable over restarts
 * @param threads of each application; partitions and cores should match
 * @param standbys warm copies of each state on other instances
 * @param commitInterval between transactions; an alert of a correlation waits for two of them
 * @param idle how long a shipper may be silent before its sources no longer hold the clock back
 * @param hold how far a source may lag before it no longer holds the clock back
 * @param groups that one correlation may have in one partition
 */
public record StreamConfig(
        StreamApps.Role role,
        Map<String, Object> kafka,
        Path directory,
        String instance,
        int threads,
        int standbys,
        Duration commitInterval,
        Duration idle,
        Duration hold,
        int groups) {
    public StreamConfig {
        kafka = Map.copyOf(kafka);
        if (!kafka.containsKey("bootstrap.servers")) {
            throw new IllegalArgumentException("bootstrap.servers is missing");
        }
        if (groups < 1) {
            throw new IllegalArgumentException("at least one group, not " + groups);
        }
        if (threads < 1) {
            throw new IllegalArgumentException("at least one thread, not " + threads);
        }
    }
}
