package io.bongsu.app.replay;

import io.bongsu.app.config.Config;
import io.bongsu.app.ledger.AlertTopic;
import io.bongsu.app.ledger.BlindAlerts;
import io.bongsu.app.pipeline.NewestRules;
import io.bongsu.model.Micros;
import io.bongsu.model.Topics;
import io.bongsu.rules.Sight.Blind;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every so often which live rules cannot see, and makes alerts of it. Each instance runs one, and one of them looks: the
 * one to which Kafka gives the only partition of bongsu.rules. Alerts of an instance that looks besides would be the same ones.
 */
public final class SightWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SightWatch.class);
    /** Begins with the name of the application, and so with the group that its user has the right to. */
    private static final String GROUP = "bongsu-parse-sight";

    private static final Duration POLL = Duration.ofSeconds(1);
    /** What came within that. */
    private static final Duration LOOK_BACK = Duration.ofHours(24);
    /** A log source of which nothing came for so long is silent. */
    private static final Duration SILENT = Duration.ofHours(6);
    /** From the start until it looks first, and again behind a failure. */
    private static final Duration SOON = Duration.ofMinutes(10);
    /** Until it asks Kafka again that refused or failed. */
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final Config config;
    private final Map<String, Object> kafka;
    private final long everyNanos;
    private final Supplier<Consumer<byte[], byte[]>> kafkaConsumer;
    private final Duration pause;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "bongsu-sight");
    private volatile @Nullable Consumer<byte[], byte[]> ownership;

    public SightWatch(Config config, Map<String, Object> kafka) {
        this(config, kafka, () -> consumer(kafka), PAUSE);
    }

    /** @param kafkaConsumer asked for another one when one has failed */
    SightWatch(
            Config config,
            Map<String, Object> kafka,
            Supplier<Consumer<byte[], byte[]>> kafkaConsumer,
            Duration pause) {
        this.config = config;
        this.kafka = Map.copyOf(kafka);
        this.everyNanos = config.correlate().sight().toNanos();
        this.kafkaConsumer = kafkaConsumer;
        this.pause = pause;
        thread.setDaemon(true);
    }

    private static Consumer<byte[], byte[]> consumer(Map<String, Object> kafka) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.keySet().retainAll(ConsumerConfig.configNames());
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // One that was killed is not waited for.
        properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 3_000);
        // A look takes its time.
        properties.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, Math.toIntExact(LOOK_BACK.toMillis()));
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    public void start() {
        if (everyNanos > 0) {
            thread.start();
        }
    }

    private void run() {
        while (!isClosed()) {
            try (Consumer<byte[], byte[]> consumer = kafkaConsumer.get()) {
                ownership = consumer;
                watch(consumer);
            } catch (RuntimeException e) {
                if (!isClosed()) {
                    LOG.warn("Kafka does not say who looks which rules cannot see; it is asked again", e);
                    await(pause);
                }
            }
        }
    }

    /** Until it is closed, or Kafka fails. */
    private void watch(Consumer<byte[], byte[]> consumer) {
        long soon = Math.min(everyNanos, SOON.toNanos());
        long next = System.nanoTime() + soon;
        consumer.subscribe(List.of(Topics.RULES));
        while (!isClosed()) {
            consumer.poll(POLL);
            consumer.pause(consumer.assignment());
            if (consumer.assignment().isEmpty()) {
                next = System.nanoTime() + soon;
            } else if (System.nanoTime() - next >= 0) {
                next = System.nanoTime() + (look() ? everyNanos : soon);
            }
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private void await(Duration time) {
        try {
            closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            closed.countDown();
        }
    }

    private boolean look() {
        try {
            long now = Micros.now();
            List<Blind> blind;
            try (NewestRules live = NewestRules.open(config, kafka)) {
                blind = Looked.at(config, kafka, live, now - Micros.of(LOOK_BACK))
                        .causes(now - Micros.of(SILENT));
            }
            List<AlertTopic.Entry> entries = BlindAlerts.next(blind, BlindAlerts.said(kafka), now);
            AlertTopic.send(kafka, entries);
            LOG.atInfo()
                    .addKeyValue("rules", blind.size())
                    .addKeyValue("alerts", entries.size())
                    .log("Looked which rules cannot see");
            return true;
        } catch (RuntimeException e) {
            if (!isClosed()) {
                LOG.warn("which rules cannot see could not be looked at; it is tried again", e);
            }
            return false;
        }
    }

    /** A look that is under way ends with the process. */
    @Override
    public void close() {
        closed.countDown();
        Consumer<byte[], byte[]> asked = ownership;
        if (asked != null) {
            asked.wakeup();
        }
    }
}
