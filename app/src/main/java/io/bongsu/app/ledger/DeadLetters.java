package io.bongsu.app.ledger;

import io.bongsu.app.Fault;
import io.bongsu.model.Codec;
import io.bongsu.model.DeadLetter;
import io.bongsu.model.Event;
import io.bongsu.model.Events;
import io.bongsu.model.RawLogs;
import io.bongsu.model.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dead letters that Kafka holds, and their way back: what could not be processed goes once more into the topic and
 * partition that it came from, marked as a replay ({@link Topics#REPLAY}), and so to the same stage and the same ids. In the
 * same transaction the letter gets a newer state, which says so. Doing it twice changes nothing downstream.
 */
public final class DeadLetters implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
    private static final String TRANSACTIONS = "bongsu-replay-";

    private final Map<String, Object> kafka;
    private final TopicReader reader;
    private @Nullable KafkaProducer<byte[], byte[]> producer;

    /**
     * A dead letter in its newest state, without its data.
     *
     * @param partition of bongsu.dead-letters
     * @param offset likewise
     */
    public record Stored(DeadLetter letter, int partition, long offset, byte @Nullable [] key) {}

    /**
     * Which ones; null: any.
     *
     * @param from append time of the letter, microseconds since 1970
     * @param replayed those that were put back already, too
     */
    public record Query(
            long from,
            @Nullable String stage,
            @Nullable String reason,
            @Nullable String source,
            boolean replayed) {
        boolean matches(DeadLetter letter) {
            return (stage == null || stage.equals(letter.getStage()))
                    && (reason == null || reason.equals(letter.getReason()))
                    && (source == null || source.equals(letter.getSource()))
                    && (replayed || letter.getReplays() == 0);
        }
    }

    /** What became of a replay. */
    public sealed interface Replayed {
        /** Where it lies now. */
        record Put(String topic, int partition, long offset) implements Replayed {}

        /** Why it cannot be put back. */
        record Impossible(String reason) implements Replayed {}
    }

    public DeadLetters(Map<String, Object> kafka) {
        this.kafka = Map.copyOf(kafka);
        this.reader = new TopicReader(kafka);
    }

    /** Oldest first: by the append time of what they are about, then by id. */
    public List<Stored> find(Query query) {
        Map<String, Stored> newest = new HashMap<>();
        reader.read(Topics.DEAD_LETTERS, query.from(), record -> {
            DeadLetter letter = decode(record);
            if (letter == null) {
                return;
            }
            // One id is one key, so its states lie in one partition, in order.
            newest.put(
                    letter.getId(),
                    new Stored(
                            DeadLetter.newBuilder(letter)
                                    .setData(ByteBuffer.allocate(0))
                                    .build(),
                            record.partition(),
                            record.offset(),
                            record.key()));
        });
        return newest.values().stream()
                .filter(stored -> query.matches(stored.letter()))
                .sorted(Comparator.comparingLong((Stored s) -> s.letter().getAppended())
                        .thenComparing(s -> s.letter().getId()))
                .toList();
    }

    /** The letter with its data. */
    public DeadLetter whole(Stored stored) {
        ConsumerRecord<byte[], byte[]> record = reader.at(Topics.DEAD_LETTERS, stored.partition(), stored.offset());
        DeadLetter letter = record == null ? null : decode(record);
        if (letter == null) {
            throw new Fault(
                    "the dead letter " + stored.letter().getId() + " has just left Kafka's retention",
                    "list the dead letters again");
        }
        return letter;
    }

    /** Returns when Kafka holds both what was put back and the letter's new state. */
    public Replayed replay(Stored stored) {
        DeadLetter letter = whole(stored);
        ConsumerRecord<byte[], byte[]> origin = reader.at(letter.getTopic(), letter.getPartition(), letter.getOffset());
        byte[] value = value(letter, origin);
        if (value == null) {
            return new Replayed.Impossible("its record, " + letter.getTopic() + "-" + letter.getPartition() + "@"
                    + letter.getOffset() + ", has left Kafka's retention");
        }
        ProducerRecord<byte[], byte[]> back = new ProducerRecord<>(
                letter.getTopic(), letter.getPartition(), origin == null ? stored.key() : origin.key(), value);
        back.headers().add(new RecordHeader(Topics.REPLAY, letter.getTopic().getBytes(StandardCharsets.UTF_8)));
        DeadLetter done = DeadLetter.newBuilder(letter)
                .setReplays(letter.getReplays() + 1)
                .build();
        RecordMetadata at = send(
                back, new ProducerRecord<>(Topics.DEAD_LETTERS, stored.partition(), stored.key(), Codec.encode(done)));
        return new Replayed.Put(at.topic(), at.partition(), at.offset());
    }

    /** Just what failed, as a record of the topic that it came from; null when that is not to be had any more. */
    static byte @Nullable [] value(DeadLetter letter, @Nullable ConsumerRecord<byte[], byte[]> origin) {
        if (origin == null) {
            // Of a whole record, a stage before the indexer keeps the bytes; of anything else only a part.
            return letter.getLine() < 0 && !letter.getStage().equals("index") ? Codec.bytes(letter.getData()) : null;
        }
        if (letter.getLine() < 0) {
            return origin.value();
        }
        SpecificRecord record;
        try {
            record = Codec.decode(origin.value());
        } catch (Codec.Undecodable e) {
            return origin.value();
        }
        return switch (record) {
            case RawLogs logs -> Codec.encode(only(logs, letter.getLine()));
            case Events events -> Codec.encode(only(events, letter.getEvent()));
            default -> origin.value();
        };
    }

    /** One line; of a file, it begins behind the one before. */
    private static RawLogs only(RawLogs logs, int line) {
        RawLogs.Builder one =
                RawLogs.newBuilder(logs).setLines(List.of(logs.getLines().get(line)));
        if (logs.getFrom() != null && line > 0) {
            one.setFrom(logs.getLines().get(line - 1).getSequence() + 1);
        }
        return one.build();
    }

    /** One event; the counts of its record were given with the record. */
    private static Events only(Events events, @Nullable String id) {
        List<Event> one =
                events.getEvents().stream().filter(e -> e.getId().equals(id)).toList();
        return Events.newBuilder(events)
                .setReceived(0)
                .setDuplicates(0)
                .setMerged(0)
                .setDeadLettered(0)
                .setDropped(Map.of())
                .setPending(0)
                .setMissing(0)
                .setEvents(one)
                .build();
    }

    /** Both or none, so that a letter about the next failure of the same lies behind the state that says "put back". */
    private RecordMetadata send(ProducerRecord<byte[], byte[]> back, ProducerRecord<byte[], byte[]> state) {
        try {
            KafkaProducer<byte[], byte[]> transactions = producer();
            transactions.beginTransaction();
            Future<RecordMetadata> at = transactions.send(back);
            transactions.send(state);
            transactions.commitTransaction();
            return at.get();
        } catch (ExecutionException | KafkaException e) {
            Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            throw new Fault(
                    "Kafka did not take what was put back into " + back.topic() + ": " + cause.getMessage(),
                    "check the rights of kafka.user to write there and to use transactions named " + TRANSACTIONS
                            + "*; run the command again, it changes nothing twice",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Fault("interrupted", "run the command again: it changes nothing twice", e);
        }
    }

    private KafkaProducer<byte[], byte[]> producer() {
        KafkaProducer<byte[], byte[]> open = producer;
        if (open == null) {
            Map<String, Object> properties = new HashMap<>(kafka);
            properties.put(ProducerConfig.ACKS_CONFIG, "all");
            properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TRANSACTIONS + UUID.randomUUID());
            properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_RECORD_BYTES + 1024 * 1024);
            properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 60_000);
            open = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
            producer = open;
            open.initTransactions();
        }
        return open;
    }

    /** Null for what is none, which is said in our own log. */
    private static @Nullable DeadLetter decode(ConsumerRecord<byte[], byte[]> record) {
        String why;
        try {
            SpecificRecord value = Codec.decode(record.value());
            if (value instanceof DeadLetter letter) {
                return letter;
            }
            why = value.getSchema().getName() + " does not belong there";
        } catch (Codec.Undecodable e) {
            why = String.valueOf(e.getMessage());
        }
        LOG.warn(
                "no dead letter: topic={} partition={} offset={}: {}",
                record.topic(),
                record.partition(),
                record.offset(),
                why);
        return null;
    }

    @Override
    public void close() {
        reader.close();
        if (producer != null) {
            producer.close();
        }
    }
}
