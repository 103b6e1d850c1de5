package io.bongsu.ingest.streams;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * How the two applications run.
 *
 * @param kafka client properties for both, at least {@code bootstrap.servers}
 * @param directory of the local state; it can be lost at any time
 * @param instance static member id, unique among the instances and stable over restarts
 * @param threads of each application; partitions and cores should match
 * @param idle how long a shipper may be silent before its sources no longer hold the clock back
 * @param hold how far a source may lag before it no longer holds the clock back
 */
public record StreamConfig(
        Map<String, Object> kafka, Path directory, String instance, int threads, Duration idle, Duration hold) {
    public StreamConfig {
        kafka = Map.copyOf(kafka);
        if (!kafka.containsKey("bootstrap.servers")) {
            throw new IllegalArgumentException("bootstrap.servers is missing");
        }
        if (threads < 1) {
            throw new IllegalArgumentException("at least one thread, not " + threads);
        }
    }
}
