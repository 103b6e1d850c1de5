package io.bongsu.ingest.generation;

import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Codec;
import io.bongsu.model.Micros;
import io.bongsu.model.RuleVersion;
import io.bongsu.model.RulesFile;
import io.bongsu.model.RulesManifest;
import io.bongsu.model.RulesMarker;
import io.bongsu.model.Topics;
import io.bongsu.rules.RuleInfo;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Makes a content the next generation, in one transaction: the files that bongsu.rules does not have yet, the manifest, and a
 * marker in every partition of bongsu.logs. There is one transactional id: whoever begins later ends what another one had
 * begun, and reads what that one had finished. So two never publish the same number, and nothing is ever half there.
 */
public final class Publisher implements AutoCloseable {
    static final String TRANSACTIONAL_ID = "bongsu-rules";

    private final KafkaProducer<byte[], byte[]> producer;
    private final RulesTopic topic;

    /** Somebody else published meanwhile. Nothing was changed. */
    public static final class Overtaken extends Exception {
        private static final long serialVersionUID = 1;

        public Overtaken() {
            super("somebody else published a generation before");
        }

        Overtaken(Throwable cause) {
            super("somebody else published a generation at the same time", cause);
        }
    }

    /**
     * Who, when and why.
     *
     * @param at clock of whoever pushes, microseconds since 1970
     * @param effectiveAt event time; ignored for the first generation, which holds for all that was before
     * @param restores the generation whose content it is again; 0: none
     * @param rules what the content comes to
     */
    public record Push(String author, String note, long at, long effectiveAt, long restores, List<RuleInfo> rules) {}

    /** @param late the markers came to lie in the log so many microseconds behind the time from which they count; 0: in time */
    public record Published(RulesManifest manifest, long late) {}

    /** Ends what others have begun, and reads what they have finished. */
    public Publisher(Map<String, Object> kafka, RulesTopic topic) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.keySet().retainAll(ProducerConfig.configNames());
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TRANSACTIONAL_ID);
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_RECORD_BYTES);
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        this.topic = topic;
        this.producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
            topic.read();
        } catch (RuntimeException e) {
            producer.close();
            throw e;
        }
    }

    static String fileKey(String hash) {
        return "file " + hash;
    }

    static String manifestKey(long generation) {
        return "generation " + generation;
    }

    /**
     * Publishes it as the generation behind the newest one that {@link RulesTopic#newest} gave before.
     *
     * @throws Overtaken when that is no longer the newest one
     */
    public Published publish(Content content, Push push) throws Overtaken {
        RulesTopic.Entry before = topic.newest();
        long number = before == null ? 1 : before.manifest().getGeneration() + 1;
        RulesManifest manifest = new RulesManifest(
                number,
                before == null ? Long.MIN_VALUE : push.effectiveAt,
                push.at,
                push.author,
                push.note,
                push.restores,
                content.lateness(),
                content.files(),
                push.rules.stream()
                        .map(rule -> new RuleVersion(rule.id(), rule.version()))
                        .toList(),
                ParserSet.builtIn());
        byte[] value = Codec.encode(manifest);
        byte[] marker = Codec.encode(new RulesMarker(number, Content.hash(value), manifest.getEffectiveAt()));
        Set<String> known = new HashSet<>();
        topic.entries().values().forEach(entry -> entry.manifest().getFiles().stream()
                .map(RulesFile::getHash)
                .forEach(known::add));
        try {
            producer.beginTransaction();
            for (RulesFile file : content.files()) {
                if (known.add(file.getHash())) {
                    producer.send(new ProducerRecord<>(
                            Topics.RULES,
                            RulesTopic.PARTITION.partition(),
                            key(fileKey(file.getHash())),
                            content.bytes().get(file.getHash())));
                }
            }
            producer.send(new ProducerRecord<>(
                    Topics.RULES, RulesTopic.PARTITION.partition(), key(manifestKey(number)), value));
            List<Future<RecordMetadata>> markers = new ArrayList<>();
            for (PartitionInfo partition : producer.partitionsFor(Topics.LOGS)) {
                markers.add(producer.send(
                        new ProducerRecord<>(Topics.LOGS, partition.partition(), key(manifestKey(number)), marker)));
            }
            producer.commitTransaction();
            long late = 0;
            for (Future<RecordMetadata> one : markers) {
                late = Math.max(late, Micros.ofMillis(one.get().timestamp()) - push.effectiveAt);
            }
            topic.read();
            return new Published(manifest, before == null ? 0 : late);
        } catch (ExecutionException e) {
            throw new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (KafkaException e) {
            if (isFenced(e)) {
                throw new Overtaken(e);
            }
            try {
                producer.abortTransaction();
            } catch (RuntimeException other) {
                e.addSuppressed(other); // whoever pushes next ends it
            }
            throw e;
        }
    }

    private static boolean isFenced(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException) {
                return true;
            }
        }
        return false;
    }

    private static byte[] key(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        producer.close();
    }
}
