package io.bongsu.ingest.streams;

import io.bongsu.ingest.generation.Generations;
import io.bongsu.ingest.judge.Judge;
import io.bongsu.model.Alert;
import io.bongsu.model.Codec;
import io.bongsu.model.Events;
import io.bongsu.model.Hits;
import io.bongsu.model.RawLogs;
import io.bongsu.model.Topics;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * The pipeline from bongsu.logs to its alerts, in memory and on one thread: the very processors of the two applications, with
 * a store each that ends with this object. Nothing is read or written elsewhere. Memory is what the state of the rules takes
 * over the stretch that is handed in, which the log settles as it goes.
 *
 * <p>Records of one partition come in their order; those of different ones best by append time, since what one is ahead of the
 * others waits.
 */
public final class Replay {
    private final Generations generations;
    private final InForce.Judges judges;
    private final Past past;
    private final Settings settings;
    private final Listener listener;
    private final Map<Integer, Parsing> parsing = new HashMap<>();
    private final MemoryTask<byte[], byte[]> correlating;
    private final CorrelateProcessor correlate;
    private final ArrayDeque<Record<byte[], byte[]>> hits = new ArrayDeque<>();
    private final Counters counters = new Counters();

    /**
     * What decides about alerts beside the rules.
     *
     * @param partitions of bongsu.logs
     * @param idle microseconds
     * @param hold microseconds
     * @param groups that one correlation may have
     */
    public record Settings(int partitions, long idle, long hold, int groups) {}

    /** Told of what came of the log. */
    public interface Listener {
        /** A revision of an alert. */
        void alert(Alert alert);

        /** What one record, or a correlation below, brought to a group of a correlation, and was not too late for it. */
        default void hits(Hits hits) {}

        /** What became of a record's lines. */
        default void events(Events events) {}
    }

    private record Parsing(MemoryTask<byte[], byte[]> task, ParseProcessor processor) {}

    private record Place(String topic, int partition, long offset) implements RecordMetadata {}

    /** By the parsers that these say were in force at each place of the log, and by rules of which none is new. */
    public Replay(Generations generations, Settings settings, Listener listener) {
        this(generations, Past.NONE, settings, listener);
    }

    /**
     * By the rules and parsers that these say were in force at each place of the log.
     *
     * @param past of the same log
     */
    public Replay(Generations generations, Past past, Settings settings, Listener listener) {
        this(generations, Judge::new, past, settings, listener);
    }

    /** @param judges in place of those of the rules: for whoever wants to look over their shoulder */
    public Replay(Generations generations, Supplier<Judge> judges, Settings settings, Listener listener) {
        this(generations, (detector, generation) -> judges.get(), Past.NONE, settings, listener);
    }

    private Replay(Generations generations, InForce.Judges judges, Past past, Settings settings, Listener listener) {
        this.generations = generations;
        this.judges = judges;
        this.past = past;
        this.settings = settings;
        this.listener = listener;
        // All groups are in one task, so there is one clock of each level, and room for the groups of all partitions.
        this.correlating = new MemoryTask<>(0, this::correlated);
        long groups = (long) settings.groups() * settings.partitions();
        this.correlate = new CorrelateProcessor(generations, 1, counters, (int) Math.min(Integer.MAX_VALUE, groups));
        correlate.init(correlating);
    }

    /**
     * One record of bongsu.logs.
     *
     * @param middle the partition is not read from its first record: the first lines of a source are then no gap
     */
    public void add(ConsumerRecord<byte[], byte[]> record, boolean middle) {
        Parsing of = parsing.computeIfAbsent(record.partition(), this::parsing);
        add(of.task, of.processor, record, middle);
        while (!hits.isEmpty()) {
            Record<byte[], byte[]> next = hits.remove();
            correlating.at(new Place(Topics.HITS, 0, -1));
            correlate.process(next);
        }
    }

    static void add(
            MemoryTask<byte[], byte[]> task,
            ParseProcessor processor,
            ConsumerRecord<byte[], byte[]> record,
            boolean middle) {
        if (middle) {
            prime(task, record);
        }
        task.at(new Place(record.topic(), record.partition(), record.offset()));
        processor.process(new Record<>(record.key(), record.value(), record.timestamp(), record.headers()));
    }

    private Parsing parsing(int partition) {
        MemoryTask<byte[], byte[]> task = new MemoryTask<>(partition, this::parsed);
        ParseProcessor processor = new ParseProcessor(
                generations, judges, past, settings.partitions(), settings.idle(), settings.hold(), counters);
        processor.init(task);
        return new Parsing(task, processor);
    }

    /** A source that is met in the middle of its lines begins there. */
    private static void prime(MemoryTask<byte[], byte[]> task, ConsumerRecord<byte[], byte[]> record) {
        try {
            if (Codec.decode(record.value()) instanceof RawLogs logs
                    && !logs.getLines().isEmpty()) {
                String key = ParseProcessor.SEQUENCES + Keys.encode(logs.getShipper(), logs.getSource());
                if (task.store().get(key) == null) {
                    long first = logs.getFrom() != null
                            ? logs.getFrom()
                            : logs.getLines().getFirst().getSequence();
                    task.store()
                            .put(key, Sequences.behind(logs.getEpoch(), first).save());
                }
            }
        } catch (Codec.Undecodable e) {
            // The processor makes a dead letter of it.
            return;
        }
    }

    private void parsed(String child, Record<byte[], byte[]> record) {
        switch (child) {
            case ParseProcessor.TO_HITS -> {
                if (decode(record) instanceof Hits of) {
                    listener.hits(of);
                }
                hits.add(record);
            }
            case ParseProcessor.TO_ALERTS -> alert(record);
            case ParseProcessor.TO_EVENTS -> {
                if (decode(record) instanceof Events events) {
                    listener.events(events);
                }
            }
            default -> {
                // Dead letters: nothing comes of what could not be read.
            }
        }
    }

    private void correlated(String child, Record<byte[], byte[]> record) {
        switch (child) {
            case CorrelateProcessor.TO_HITS -> {
                if (decode(record) instanceof Hits of) {
                    listener.hits(of);
                }
                hits.add(record);
            }
            case CorrelateProcessor.TO_ALERTS -> alert(record);
            default -> throw new IllegalStateException("hits that were made here cannot be read");
        }
    }

    private void alert(Record<byte[], byte[]> record) {
        if (decode(record) instanceof Alert alert) {
            listener.alert(alert);
        }
    }

    private static Object decode(Record<byte[], byte[]> record) {
        try {
            return Codec.decode(record.value());
        } catch (Codec.Undecodable e) {
            throw new IllegalStateException("what was just written cannot be read", e);
        }
    }
}
