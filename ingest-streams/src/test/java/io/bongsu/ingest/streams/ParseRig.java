package io.bongsu.ingest.streams;

import io.bongsu.ingest.generation.Generations;
import io.bongsu.model.Alert;
import io.bongsu.model.Codec;
import io.bongsu.model.DeadLetter;
import io.bongsu.model.Events;
import io.bongsu.model.RawLine;
import io.bongsu.model.RawLogs;
import io.bongsu.model.Topics;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/** A parse task of one partition, without a broker, which can go on from nothing but its store. */
final class ParseRig {
    static final long IDLE = 120_000_000L;
    private static final long HOLD = 86_400_000_000L;

    private final Generations generations;
    private final MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
    final KeyValueStore<String, byte[]> store;
    private ParseProcessor processor;
    private long offset;
    final List<Events> events = new ArrayList<>();
    final List<Alert> alerts = new ArrayList<>();
    final List<DeadLetter> letters = new ArrayList<>();

    ParseRig(Generations generations) {
        this.generations = generations;
        store = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(ParseProcessor.STORE), Serdes.String(), Serdes.ByteArray())
                .withLoggingDisabled()
                .build();
        store.init(context.getStateStoreContext(), store);
        context.addStateStore(store);
        processor = processor();
    }

    private ParseProcessor processor() {
        ParseProcessor made = new ParseProcessor(generations, Past.NONE, 1, IDLE, HOLD, new Counters());
        made.init(context);
        return made;
    }

    /** Lines of one source. */
    static RawLogs logs(List<RawLine> lines) {
        return RawLogs.newBuilder()
                .setShipper("s1")
                .setEpoch(1)
                .setSource("tcp/192.0.2.1")
                .setInput("syslog")
                .setLines(lines)
                .build();
    }

    /** @param appended milliseconds since 1970 */
    void send(SpecificRecord record, long appended) {
        context.setRecordMetadata(Topics.LOGS, 0, offset++);
        processor.process(new Record<>(new byte[0], Codec.encode(record), appended));
        for (var forwarded : context.forwarded()) {
            switch (decode(forwarded.record().value())) {
                case Events of -> events.add(of);
                case Alert alert -> alerts.add(alert);
                case DeadLetter letter -> letters.add(letter);
                default -> {
                    // Hits and watermarks: what they come to is tested elsewhere.
                }
            }
        }
        context.resetForwards();
    }

    private static SpecificRecord decode(byte[] value) {
        try {
            return Codec.decode(value);
        } catch (Codec.Undecodable e) {
            throw new AssertionError(e);
        }
    }

    /** Another instance goes on. */
    void restart() {
        processor = processor();
    }
}
