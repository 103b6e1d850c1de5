package io.bongsu.shipper.handoff;

import io.bongsu.model.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The producer's settings: what the guarantees need, and defaults that an operator may change. */
public final class KafkaSettings {
    /** The promises (nothing lost, one source in order) rest on these; they are not for the configuration. */
    private static final Map<String, Object> FIXED = Map.of(
            ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class,
            ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class,
            ProducerConfig.ACKS_CONFIG, "all",
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true,
            ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE,
            // An outage may last as long as it likes: what is in memory is never given up.
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE,
            // No partitioner: murmur2 of the key, so that one source stays in one partition.
            ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG, false);

    private static final Set<String> FORBIDDEN =
            Set.of(ProducerConfig.PARTITIONER_CLASS_CONFIG, ProducerConfig.TRANSACTIONAL_ID_CONFIG);

    private KafkaSettings() {}

    /** The keys of a configuration that it must not set, sorted; empty for a good one. */
    public static Set<String> refused(Map<String, Object> configured) {
        Set<String> refused = new TreeSet<>(configured.keySet());
        refused.removeIf(key -> !FIXED.containsKey(key) && !FORBIDDEN.contains(key));
        return refused;
    }

    public static Map<String, Object> producer(Map<String, Object> configured, String shipper, long memoryBytes) {
        Map<String, Object> all = new HashMap<>();
        all.put(ProducerConfig.CLIENT_ID_CONFIG, "bongsu-shipper-" + shipper);
        // Log text shrinks to a fifth or less; lz4 costs about as much processor as it saves in copying, zstd three
        // times that.
        all.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        // A record is up to 256 KiB of lines already: a batch holds a few, and need not wait for more.
        all.put(ProducerConfig.BATCH_SIZE_CONFIG, 1024 * 1024);
        all.put(ProducerConfig.LINGER_MS_CONFIG, 1);
        all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_RECORD_BYTES);
        // Our own bound is reached first; the rest is for batches that are not full.
        all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, memoryBytes + memoryBytes / 2);
        // How long one call may block our sender thread, which feeds the spool too; it tries again for ever.
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 250);
        all.putAll(configured);
        all.putAll(FIXED);
        return all;
    }
}
