package io.bongsu.indexer;

import io.bongsu.model.Topics;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Indexes bongsu.events, bongsu.alerts and bongsu.dead-letters. An offset is committed when everything before it is in
 * Elasticsearch, or in bongsu.dead-letters and acknowledged; until then each document is tried for ever, so whatever is
 * killed or away, nothing is lost, and as indices and ids are functions of the records, nothing is there twice.
 *
 * <p>When Elasticsearch is slow or away, partitions are paused and memory stays bounded ({@link IndexerConfig}). After an
 * unexpected error, it starts again from the committed offsets.
 *
 * <p>The law, of documents: read = indexed + present (a replay) + dead-lettered (dead letters: refused) + returned (to
 * Kafka, with their partition) + buffered.
 */
public final class Indexer implements AutoCloseable {
    /** What it reads. */
    public static final List<String> TOPICS = List.of(Topics.EVENTS, Topics.ALERTS, Topics.DEAD_LETTERS);

    private static final Logger LOG = LoggerFactory.getLogger(Indexer.class);

    private final IndexerConfig config;
    private final Elasticsearch elasticsearch;
    private final RandomGenerator random = new SplittableRandom();
    private final Counters counters = new Counters();
    private final CountDownLatch stop = new CountDownLatch(1);
    private @Nullable Thread thread;

    /** The connection stays the caller's to close. */
    public Indexer(IndexerConfig config, Elasticsearch elasticsearch) {
        this.config = config;
        this.elasticsearch = elasticsearch;
    }

    /** Returns at once; neither Kafka nor Elasticsearch needs to be there yet. */
    public synchronized void start() {
        if (thread != null || stop.getCount() == 0) {
            throw new IllegalStateException("an indexer starts once");
        }
        thread = Thread.ofPlatform().name("bongsu-index").start(this::run);
    }

    private void run() {
        for (int attempt = 0; running(); attempt++) {
            try (Session session = open()) {
                LOG.atInfo().addKeyValue("url", elasticsearch.url()).log("The indexer starts");
                while (running()) {
                    session.turn();
                }
                session.finish();
            } catch (Throwable e) {
                // Whatever it was, the committed offsets are right; so is beginning again from there.
                counters.of("restarts").increment();
                LOG.atError().setCause(e).log("The indexer has failed and starts again from the committed offsets");
                pause(config.backoff().nanos(attempt, random));
            }
        }
    }

    private Session open() {
        Consumer<byte[], byte[]> consumer = Clients.consumer(config.kafka(), config.instance());
        try {
            return new Session(config, elasticsearch, consumer, Clients.producer(config.kafka()), counters, random);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    private boolean running() {
        return stop.getCount() > 0;
    }

    private void pause(long nanos) {
        try {
            stop.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            stop.countDown();
        }
    }

    /**
     * Totals since the start, and gauges: buffered.*, waiting.*, retrying.*, requests.in-flight, partitions.*,
     * lag.(topic)-(partition), kafka.connections, elasticsearch.available.
     */
    public Map<String, Long> counters() {
        return counters.snapshot();
    }

    /** Waits for answers on their way, commits, and leaves the group. Idempotent. */
    @Override
    public synchronized void close() {
        stop.countDown();
        if (thread != null) {
            try {
                thread.join(config.closeWait().plusSeconds(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
