package io.bongsu.ingest.streams;

import io.bongsu.ingest.generation.Generations;
import io.bongsu.model.Groups;
import io.bongsu.model.Micros;
import io.bongsu.model.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The applications {@code bongsu-parse} and {@code bongsu-correlate} in one process, exactly once (EOS v2): state, output,
 * watermarks and offsets are committed together. A thread that fails is replaced. Local state that cannot be read is wiped and
 * restored from Kafka, of which it is a copy. When neither helps, whoever runs this is told, since a process that never gets
 * on looks alive. The topics must exist.
 */
public final class StreamApps implements AutoCloseable {
    /** Which applications one process runs. */
    public enum Role {
        PARSE,
        CORRELATE,
        ALL
    }

    private static final Logger LOG = LoggerFactory.getLogger(StreamApps.class);
    private static final Duration CLOSE = Duration.ofSeconds(20);
    private final StreamConfig config;
    private final Counters parsed = new Counters();
    private final Counters correlated = new Counters();
    private final LongAdder restarted = new LongAdder();
    private final List<App> apps;
    /** Reads once more what new rules have to know. */
    private final ExecutorService looksBack = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "bongsu-look-back");
        thread.setDaemon(true);
        return thread;
    });

    private final Consumer<Throwable> hopeless;
    private final Failures failures = new Failures();
    private final Object starting = new Object();
    private boolean closed; // guarded by starting

    /** One application, which is made anew when its local state is damaged. */
    private static final class App {
        final String id;
        final Supplier<Topology> topology;
        volatile KafkaStreams streams;

        App(String id, Supplier<Topology> topology, KafkaStreams streams) {
            this.id = id;
            this.topology = topology;
            this.streams = streams;
        }
    }

    /**
     * Asks Kafka for the number of partitions, so Kafka must be there.
     *
     * @param hopeless told, on a thread of its own, when threads fail again and again; nothing is processed any more then
     */
    public StreamApps(StreamConfig config, Generations generations, Consumer<Throwable> hopeless) {
        this.config = config;
        this.hopeless = hopeless;
        List<App> made = new ArrayList<>();
        if (config.role() != Role.CORRELATE) {
            int logs = partitions(Topics.LOGS);
            made.add(app(
                    Groups.PARSE,
                    () -> Topologies.parse(
                            generations,
                            new KafkaPast(config.kafka(), looksBack),
                            logs,
                            Micros.of(config.idle()),
                            Micros.of(config.hold()),
                            parsed)));
        }
        if (config.role() != Role.PARSE) {
            int hits = partitions(Topics.HITS);
            made.add(app(Groups.CORRELATE, () -> Topologies.correlate(generations, hits, config.groups(), correlated)));
        }
        this.apps = List.copyOf(made);
    }

    /** What has to be there before it starts. */
    public static List<String> topics(Role role) {
        return switch (role) {
            case CORRELATE -> List.of(Topics.RULES, Topics.HITS, Topics.ALERTS, Topics.DEAD_LETTERS);
            case PARSE, ALL ->
                List.of(Topics.RULES, Topics.LOGS, Topics.EVENTS, Topics.HITS, Topics.ALERTS, Topics.DEAD_LETTERS);
        };
    }

    public void start() {
        apps.forEach(this::start);
    }

    /** State is opened here, so what is damaged is met here. */
    private void start(App app) {
        try {
            app.streams.start();
        } catch (StreamsException e) {
            if (failures.next(e, System.nanoTime()) != Failures.Answer.WIPE) {
                throw e;
            }
            restarted.increment();
            renew(app);
        }
    }

    /** Both applications have their partitions and process records. */
    public boolean running() {
        return apps.stream().allMatch(app -> app.streams.state() == KafkaStreams.State.RUNNING);
    }

    /**
     * What this process did since its start: {@code parse.received}, {@code correlate.alerts} and so on; and, as of now,
     * {@code lag.(topic)-(partition)} and {@code kafka.connections}.
     */
    public Map<String, Long> counters() {
        Map<String, Long> out = new HashMap<>();
        parsed.read().forEach((name, n) -> out.put("parse." + name, n));
        correlated.read().forEach((name, n) -> out.put("correlate." + name, n));
        out.put("restarted.threads", restarted.sum());
        out.put("kafka.connections", 0L);
        for (App app : apps) {
            app.streams.metrics().forEach((name, metric) -> {
                String topic = name.tags().get("topic");
                if (name.name().equals("records-lag") && (Topics.LOGS.equals(topic) || Topics.HITS.equals(topic))) {
                    number(metric)
                            .ifPresent(n ->
                                    out.put("lag." + topic + "-" + name.tags().get("partition"), n));
                } else if (name.name().equals("connection-count")) {
                    number(metric).ifPresent(n -> out.merge("kafka.connections", n, Long::sum));
                }
            });
        }
        return out;
    }

    private static Optional<Long> number(Metric metric) {
        return metric.metricValue() instanceof Double value && !value.isNaN()
                ? Optional.of(value.longValue())
                : Optional.empty();
    }

    @Override
    public void close() {
        synchronized (starting) {
            closed = true;
        }
        apps.forEach(app -> {
            if (!app.streams.close(CLOSE)) {
                LOG.warn("application did not stop in time: seconds={}", CLOSE.toSeconds());
            }
        });
        looksBack.shutdown();
    }

    private int partitions(String topic) {
        try (Admin admin = Admin.create(config.kafka())) {
            return Objects.requireNonNull(admin.describeTopics(List.of(topic))
                            .allTopicNames()
                            .get()
                            .get(topic))
                    .partitions()
                    .size();
        } catch (ExecutionException e) {
            throw new IllegalStateException("topic " + topic + " cannot be read: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private App app(String id, Supplier<Topology> topology) {
        App app = new App(id, topology, streams(id, topology.get()));
        app.streams.setUncaughtExceptionHandler(e -> failed(app, e));
        return app;
    }

    private KafkaStreams streams(String id, Topology topology) {
        Properties p = new Properties();
        p.putAll(config.kafka());
        p.put(StreamsConfig.APPLICATION_ID_CONFIG, id);
        p.put(StreamsConfig.STATE_DIR_CONFIG, config.directory().toString());
        p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, config.threads());
        p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        // An alert waits for two commits on its way: this is most of the latency from the socket to the alert.
        p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, config.commitInterval().toMillis());
        p.put(StreamsConfig.POLL_MS_CONFIG, 20);
        p.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        p.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        p.put(StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG), Topics.MAX_RECORD_BYTES);
        // Static membership: an instance that comes back under its name keeps its tasks and fences its dead self at
        // once.
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), config.instance());
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 20_000);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 3_000);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        p.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 10);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 256 * 1024);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), Topics.MAX_RECORD_BYTES);
        p.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, config.standbys());
        // Ours stand under the name of one client, which would go before what the configuration says of all.
        config.kafka().forEach((key, value) -> {
            p.computeIfPresent(StreamsConfig.consumerPrefix(key), (k, ours) -> value);
            p.computeIfPresent(StreamsConfig.producerPrefix(key), (k, ours) -> value);
        });
        return new KafkaStreams(topology, p);
    }

    private StreamThreadExceptionResponse failed(App app, Throwable e) {
        LOG.error("a thread failed: application={}", app.id, e);
        return switch (failures.next(e, System.nanoTime())) {
            case REPLACE -> {
                restarted.increment();
                yield StreamThreadExceptionResponse.REPLACE_THREAD;
            }
            case WIPE -> {
                restarted.increment();
                new Thread(() -> renew(app), "bongsu-streams-renew").start();
                yield StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
            }
            case GIVE_UP -> {
                new Thread(() -> hopeless.accept(e), "bongsu-streams-hopeless").start();
                yield StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
            }
        };
    }

    /** Without the local state, of which Kafka has all. */
    private void renew(App app) {
        try {
            app.streams.close(CLOSE);
            app.streams.cleanUp();
            KafkaStreams fresh = streams(app.id, app.topology.get());
            fresh.setUncaughtExceptionHandler(e -> failed(app, e));
            synchronized (starting) {
                if (!closed) {
                    app.streams = fresh;
                    fresh.start();
                }
            }
            LOG.warn("local state could not be read; it was wiped and is restored from Kafka: application={}", app.id);
        } catch (RuntimeException e) {
            hopeless.accept(e);
        }
    }
}
