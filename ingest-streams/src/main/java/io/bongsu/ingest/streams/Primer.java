package io.bongsu.ingest.streams;

import io.bongsu.ingest.generation.Generation;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Codec;
import io.bongsu.model.Hit;
import io.bongsu.model.Hits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads once more what lies in one partition of bongsu.logs in front of the marker of a generation, and gives the hits that its
 * new correlations would have had of it: those and no others, since before the marker they had none. It reads beside the task
 * whose partition it is, which hands on what is ready, in its own transactions, and stores how far it has come.
 */
final class Primer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Primer.class);
    /** Hits that are handed on at once, about. */
    private static final int ENOUGH = 2_000;

    private static final int MOST_READS = 10;
    private static final long AGAIN_MS = 10_000;

    private final Past past;
    private final Generation generation;
    private final int partition;
    private final long before;
    private final long appended;
    private final Supplier<ParseProcessor> processors;
    private final List<Record<byte[], byte[]>> found = new ArrayList<>();
    private @Nullable Run run;
    /** Offset of the last record of which all has been handed on. */
    private long done;

    private @Nullable CompletableFuture<Told> next;
    private long again = Long.MIN_VALUE;

    /**
     * What came of some records.
     *
     * @param offset of the last one
     * @param over there are no more
     */
    record Told(long offset, List<Record<byte[], byte[]>> hits, boolean over) {}

    private record Run(Past.Reader reader, MemoryTask<byte[], byte[]> task, ParseProcessor processor) {}

    /**
     * @param before offset of the marker
     * @param warm how much earlier than the first hit it has to be read, microseconds
     * @param processors one that parses as was done then, and feeds the new correlations and nothing else
     * @param done offset up to which all was handed on before; -1: nothing
     */
    Primer(
            Past past,
            Generation generation,
            int partition,
            long before,
            long warm,
            Supplier<ParseProcessor> processors,
            long done) {
        this.past = past;
        this.generation = generation;
        this.partition = partition;
        this.before = before;
        this.appended = generation.primedFrom() - warm;
        this.processors = processors;
        this.done = done;
    }

    /** What {@link ParserSet} and rules made of a record is not looked at again: only the hits count. */
    private Run open() {
        MemoryTask<byte[], byte[]> task = new MemoryTask<>(partition, (child, record) -> {
            if (child.equals(ParseProcessor.TO_HITS)) {
                found.add(record);
            }
        });
        ParseProcessor processor = processors.get();
        processor.init(task);
        return new Run(past.open(partition, appended, before), task, processor);
    }

    /**
     * What is ready; null: nothing yet.
     *
     * @param nowMs of the log
     */
    @Nullable
    Told take(long nowMs) {
        if (next == null) {
            if (nowMs < again) {
                return null;
            }
            next = CompletableFuture.supplyAsync(this::read, past.executor());
        }
        if (!next.isDone()) {
            return null;
        }
        try {
            Told told = next.join();
            done = told.offset;
            next = null;
            return told;
        } catch (CompletionException e) {
            LOG.warn("what new rules have to know cannot be read; it is tried again: partition={}", partition, e);
            next = null;
            again = nowMs + AGAIN_MS;
            end();
            return null;
        }
    }

    private Told read() {
        if (run == null) {
            run = open();
        }
        Run now = run;
        List<Record<byte[], byte[]>> hits = new ArrayList<>();
        long last = done;
        for (int n = 0; n < MOST_READS && hits.size() < ENOUGH; n++) {
            List<Past.Read> records = now.reader.read();
            if (records == null) {
                return new Told(last, hits, true);
            }
            for (Past.Read read : records) {
                Replay.add(now.task, now.processor, read.record(), read.middle());
                if (read.record().offset() > done) {
                    found.forEach(record -> keep(record, hits));
                    last = read.record().offset();
                }
                found.clear();
            }
        }
        return new Told(last, hits, false);
    }

    private void keep(Record<byte[], byte[]> record, List<Record<byte[], byte[]>> hits) {
        try {
            if (Codec.decode(record.value()) instanceof Hits all) {
                List<Hit> kept = all.getHits().stream()
                        .filter(hit -> hit.getTime() >= generation.primedFrom())
                        .toList();
                if (!kept.isEmpty()) {
                    hits.add(record.withValue(Codec.encode(Hits.newBuilder(all)
                            .setGeneration(generation.number())
                            .setHits(kept)
                            .build())));
                }
            }
        } catch (Codec.Undecodable e) {
            throw new IllegalStateException("what was just written cannot be read", e);
        }
    }

    /** What has to be known to go on elsewhere: where the marker is, and what was handed on. */
    byte[] save() {
        return ByteBuffer.allocate(2 * Long.BYTES).putLong(before).putLong(done).array();
    }

    private void end() {
        Run over = run;
        run = null;
        found.clear();
        if (over != null) {
            over.reader.close();
        }
    }

    /** What is being read is read to its end before. */
    @Override
    public void close() {
        past.executor().execute(this::end);
    }
}
