package io.bongsu.shipper;

import io.bongsu.model.Topics;
import io.bongsu.shipper.frame.StreamFramer;
import io.bongsu.shipper.handoff.KafkaSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that a shipper needs to know. {@link #of} has sound defaults for everything but the first three.
 *
 * @param directory holds the durable id and epoch; one shipper each
 * @param id used instead of the random one; unique among all shippers, for ever
 * @param files that are followed
 * @param maxLineBytes longer lines are cut there, and say so
 * @param maxEventBytes the same for events of Beats, which may be larger than any line
 * @param memoryBytes for all that is received and not acknowledged. The Kafka client holds a compressed copy besides, and
 *     each connection up to maxLineBytes of a line that has not ended; events of Beats that are larger than 64 KiB share
 *     an eighth while they are on their way
 * @param linger how long a line may wait for others while Kafka is busy
 * @param heartbeat time between heartbeats
 * @param tcp limits of connections
 * @param udpReceiveBuffer bytes asked of the kernel for each UDP port
 * @param udpSenderRate datagrams a second that each sender may send while memory or spool is scarce; 0: any number
 * @param closeTimeout how long {@link Shipper#close} waits for acknowledgements
 * @param spoolBytes that may lie on disk while Kafka is slow or away; 0: none, everything is in memory only
 * @param spoolAfter how long Kafka may take to acknowledge before lines go to the spool
 * @param producer Kafka client settings, at least bootstrap.servers
 */
public record ShipperConfig(
        Path directory,
        @Nullable String id,
        List<Listener> listeners,
        List<FileInput> files,
        int maxLineBytes,
        int maxEventBytes,
        long memoryBytes,
        Duration linger,
        Duration heartbeat,
        TcpLimits tcp,
        int udpReceiveBuffer,
        int udpSenderRate,
        Duration closeTimeout,
        long spoolBytes,
        Duration spoolAfter,
        Map<String, Object> producer) {
    /** A smaller spool could not hold what is in memory when it begins. */
    private static final long LEAST_SPOOL = 1024 * 1024;

    /** The defaults. */
    public static ShipperConfig of(Path directory, List<Listener> listeners, Map<String, Object> producer) {
        return new ShipperConfig(
                directory,
                null,
                listeners,
                List.of(),
                128 * 1024,
                1024 * 1024,
                64L * 1024 * 1024,
                Duration.ofMillis(20),
                Duration.ofMillis(500),
                TcpLimits.DEFAULT,
                4 * 1024 * 1024,
                1_000,
                Duration.ofSeconds(10),
                0,
                Duration.ofSeconds(2),
                producer);
    }

    /** @throws IllegalArgumentException saying which value is wrong and what is expected */
    public ShipperConfig {
        listeners = List.copyOf(listeners);
        files = List.copyOf(files);
        producer = Map.copyOf(producer);
        expect(id == null || id.matches("[A-Za-z0-9._-]{1,64}"), "id", id, "1 to 64 letters, digits, '-', '_' or '.'");
        // An event is several times its line, and records of all topics have one limit.
        int most = Topics.MAX_RECORD_BYTES / 16;
        expect(
                maxLineBytes >= StreamFramer.MIN_LIMIT && maxLineBytes <= most,
                "maxLineBytes",
                maxLineBytes,
                StreamFramer.MIN_LIMIT + " to " + most);
        expect(
                maxEventBytes >= StreamFramer.MIN_LIMIT && maxEventBytes <= most,
                "maxEventBytes",
                maxEventBytes,
                StreamFramer.MIN_LIMIT + " to " + most);
        expect(memoryBytes >= 1024 * 1024, "memoryBytes", memoryBytes, "at least 1048576");
        expect(!linger.isNegative(), "linger", linger, "zero or more");
        expect(heartbeat.toMillis() > 0, "heartbeat", heartbeat, "at least one millisecond");
        expect(udpReceiveBuffer > 0, "udpReceiveBuffer", udpReceiveBuffer, "at least 1");
        expect(udpSenderRate >= 0, "udpSenderRate", udpSenderRate, "zero (any) or more");
        expect(!closeTimeout.isNegative(), "closeTimeout", closeTimeout, "zero or more");
        expect(
                spoolBytes == 0 || spoolBytes >= LEAST_SPOOL,
                "spoolBytes",
                spoolBytes,
                "0 (no spool) or at least " + LEAST_SPOOL);
        expect(!spoolAfter.isNegative(), "spoolAfter", spoolAfter, "zero or more");
        Set<String> names = new HashSet<>();
        for (Listener listener : listeners) {
            expect(names.add(listener.name()), "listeners", listener.name(), "each name once");
        }
        for (FileInput input : files) {
            expect(names.add(input.name()), "files", input.name(), "each name once, those of listeners included");
        }
        Set<String> refused = KafkaSettings.refused(producer);
        expect(refused.isEmpty(), "producer", refused, "other settings: the shipper's guarantees fix these");
        expect(producer.containsKey("bootstrap.servers"), "producer", producer.keySet(), "at least bootstrap.servers");
    }

    static void expect(boolean fine, String what, @Nullable Object found, String expected) {
        if (!fine) {
            throw new IllegalArgumentException("shipper." + what + ": found " + found + ", expected " + expected);
        }
    }
}
