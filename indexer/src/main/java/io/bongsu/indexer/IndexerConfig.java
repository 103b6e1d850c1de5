package io.bongsu.indexer;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * @param kafka client properties, at least bootstrap.servers; they go before ours
 * @param instance name in the group; one that comes back under it has its partitions at once. Null: a new one each time
 * @param requests bulk requests in flight; two keep Elasticsearch busy while the next body is built
 * @param batchBytes of one bulk request; a document that is larger goes alone
 * @param batchDocuments of one bulk request
 * @param linger from one bulk request to the next one that is not full; the first documents for so long go at once
 * @param bufferBytes of documents in memory, nearly all of it shared evenly by the partitions of events; a partition that
 *     has used its share is paused, and overshoots it by one record at most
 * @param commitInterval how often offsets are committed
 * @param backoff between attempts, of a request as of one document
 * @param closeWait how long close() waits for answers
 */
public record IndexerConfig(
        Map<String, Object> kafka,
        @Nullable String instance,
        int requests,
        int batchBytes,
        int batchDocuments,
        Duration linger,
        long bufferBytes,
        Duration commitInterval,
        Backoff backoff,
        Duration closeWait) {
    public IndexerConfig {
        kafka = Map.copyOf(kafka);
        if (!kafka.containsKey("bootstrap.servers")) {
            throw new IllegalArgumentException("the Kafka properties lack bootstrap.servers");
        }
        if (requests < 1 || batchBytes < 1 || batchDocuments < 1 || bufferBytes < batchBytes) {
            throw new IllegalArgumentException("requests, batchBytes and batchDocuments are at least 1, and bufferBytes"
                    + " at least batchBytes; found " + requests + ", " + batchBytes + ", " + batchDocuments + ", "
                    + bufferBytes);
        }
    }

    /** As many bulk requests of that size; memory enough to fill them and the next ones. */
    public IndexerConfig with(int requests, int documents, int bytes, Duration linger) {
        long buffer = Math.max(bufferBytes, (long) bytes * (requests + 2));
        return new IndexerConfig(
                kafka, instance, requests, bytes, documents, linger, buffer, commitInterval, backoff, closeWait);
    }

    /** Under that name in the group. */
    public IndexerConfig as(String name) {
        return new IndexerConfig(
                kafka,
                name,
                requests,
                batchBytes,
                batchDocuments,
                linger,
                bufferBytes,
                commitInterval,
                backoff,
                closeWait);
    }

    /** What fits most: 32 MiB of documents in memory. */
    public static IndexerConfig of(Map<String, Object> kafka) {
        return new IndexerConfig(
                kafka,
                null,
                2,
                8 * 1024 * 1024,
                5_000,
                Duration.ofMillis(200),
                32L * 1024 * 1024,
                Duration.ofSeconds(1),
                new Backoff(Duration.ofMillis(200), Duration.ofSeconds(20)),
                Duration.ofSeconds(5));
    }
}
