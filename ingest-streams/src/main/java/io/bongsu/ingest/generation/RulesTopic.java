package io.bongsu.ingest.generation;

import io.bongsu.model.Codec;
import io.bongsu.model.Micros;
import io.bongsu.model.RulesFile;
import io.bongsu.model.RulesManifest;
import io.bongsu.model.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What lies in bongsu.rules, held in memory: manifests by number, and the files that they name. Committed records only. It
 * reads on when told to, up to what is the topic's end then, so that whoever has read a marker finds its manifest. Thread-safe.
 *
 * @see Publisher the keys
 */
public final class RulesTopic implements AutoCloseable {
    static final TopicPartition PARTITION = new TopicPartition(Topics.RULES, 0);
    private static final Logger LOG = LoggerFactory.getLogger(RulesTopic.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long ANSWER_S = 15;
    /** A topic whose end does not come nearer for so long has lost its leader, or somebody's transaction hangs. */
    private static final long STUCK = Duration.ofSeconds(90).toNanos();

    private final Map<String, Object> kafka;
    private final KafkaConsumer<byte[], byte[]> consumer; // guarded by this
    private final NavigableMap<Long, Entry> entries = new TreeMap<>(); // guarded by this
    private final Map<String, byte[]> files = new HashMap<>(); // guarded by this

    /**
     * @param hash of the manifest, as its marker has it
     * @param appended Kafka's clock, microseconds since 1970
     */
    public record Entry(RulesManifest manifest, String hash, long appended) {}

    public RulesTopic(Map<String, Object> kafka) {
        this.kafka = Map.copyOf(kafka);
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.keySet().retainAll(ConsumerConfig.configNames());
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) TimeUnit.SECONDS.toMillis(ANSWER_S));
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(List.of(PARTITION));
    }

    /**
     * Up to what is the end now, with what is on its way.
     *
     * @throws KafkaException where Kafka does not answer, or lacks the topic
     */
    public synchronized void read() {
        long end = end();
        long before = -1;
        long progress = System.nanoTime();
        for (long at = consumer.position(PARTITION); at < end; at = consumer.position(PARTITION)) {
            if (at != before) {
                before = at;
                progress = System.nanoTime();
            } else if (System.nanoTime() - progress > STUCK) {
                throw new KafkaException("bongsu.rules cannot be read beyond " + at + " of " + end);
            }
            consumer.poll(POLL).forEach(this::take);
        }
    }

    /** Of all records, also of those that are not committed yet. */
    private long end() {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.keySet().retainAll(AdminClientConfig.configNames());
        try (Admin admin = Admin.create(properties)) {
            return Objects.requireNonNull(admin.listOffsets(
                                    Map.of(PARTITION, OffsetSpec.latest()),
                                    new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                            .all()
                            .get(ANSWER_S, TimeUnit.SECONDS)
                            .get(PARTITION))
                    .offset();
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new KafkaException("bongsu.rules cannot be read: " + cause.getMessage(), cause);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() != null && key.equals(Publisher.fileKey(Content.hash(record.value())))) {
            files.put(Content.hash(record.value()), record.value());
            return;
        }
        try {
            if (record.value() != null
                    && Codec.decode(record.value()) instanceof RulesManifest manifest
                    && key.equals(Publisher.manifestKey(manifest.getGeneration()))
                    && manifest.getGeneration() == entries.size() + 1) {
                entries.put(
                        manifest.getGeneration(),
                        new Entry(manifest, Content.hash(record.value()), Micros.ofMillis(record.timestamp())));
                return;
            }
        } catch (Codec.Undecodable e) {
            LOG.debug("not a manifest: offset={}", record.offset(), e);
        }
        LOG.error("a record of bongsu.rules is not one of ours and is passed over: offset={}", record.offset());
    }

    /** As read so far, by number. */
    public synchronized NavigableMap<Long, Entry> entries() {
        return new TreeMap<>(entries);
    }

    /** The newest one as read so far. */
    public synchronized @Nullable Entry newest() {
        return entries.isEmpty() ? null : entries.lastEntry().getValue();
    }

    /** What that generation holds. */
    public synchronized Content content(Entry entry) {
        Map<String, byte[]> bytes = new HashMap<>();
        for (RulesFile file : entry.manifest().getFiles()) {
            byte[] one = files.get(file.getHash());
            if (one == null) {
                throw new IllegalStateException("a file of generation "
                        + entry.manifest().getGeneration() + " is not in bongsu.rules: " + file.getPath());
            }
            bytes.put(file.getHash(), one);
        }
        return new Content(entry.manifest().getFiles(), bytes, entry.manifest().getLateness());
    }

    @Override
    public synchronized void close() {
        consumer.close();
    }
}
