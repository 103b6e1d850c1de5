package io.bongsu.app.pipeline;

import io.bongsu.app.Lifetime;
import io.bongsu.app.config.Config;
import io.bongsu.app.config.KafkaProperties;
import io.bongsu.app.console.Console;
import io.bongsu.app.console.Console.Paint;
import io.bongsu.app.console.Counted;
import io.bongsu.app.console.Printable;
import io.bongsu.app.health.Health;
import io.bongsu.app.health.Metrics;
import io.bongsu.app.health.Stages;
import io.bongsu.embedded.ChildProcess;
import io.bongsu.embedded.ChildProcess.Backoff;
import io.bongsu.embedded.ChildProcess.End;
import io.bongsu.embedded.ElasticsearchProcess;
import io.bongsu.embedded.KafkaProcess;
import io.bongsu.indexer.Elasticsearch;
import io.bongsu.indexer.Indexer;
import io.bongsu.indexer.Indices;
import io.bongsu.indexer.Templates;
import io.bongsu.rules.RuleSet;
import io.bongsu.shipper.Shipper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything on this machine: Kafka, Elasticsearch and the stream process as supervised children, shipper and indexer in
 * this process. Started in order, each with a line on the console; ended in reverse order by the {@link Lifetime}. A child
 * that dies is started again on the same port and data, and nothing survives this process.
 */
public final class Pipeline {
    private static final long SMALL_HEAP = 1L << 30;

    private final Config config;
    private final List<String> streamArguments;
    private final Map<String, String> streamEnvironment;
    private final Console console;
    private final Lifetime lifetime;
    private final Duration reachBack;

    private volatile @Nullable Started started;

    /** What a start leaves behind. */
    private record Started(
            Health health,
            Map<String, Object> kafka,
            Elasticsearch elasticsearch,
            Shipper shipper,
            Indexer indexer,
            ChildProcess streams) {}

    /**
     * @param streamArguments for {@code bongsu stream}, so that it finds the same configuration
     * @param streamEnvironment keys that differ from the file
     */
    public Pipeline(
            Config config,
            List<String> streamArguments,
            Map<String, String> streamEnvironment,
            Console console,
            Lifetime lifetime) {
        this(config, streamArguments, streamEnvironment, console, lifetime, Duration.ZERO);
    }

    /** @param reachBack rules that changed since the last time hold for events that happened so long ago, too */
    public Pipeline(
            Config config,
            List<String> streamArguments,
            Map<String, String> streamEnvironment,
            Console console,
            Lifetime lifetime,
            Duration reachBack) {
        this.reachBack = reachBack;
        this.config = config;
        this.streamArguments = List.copyOf(streamArguments);
        this.streamEnvironment = Map.copyOf(streamEnvironment);
        this.console = console;
        this.lifetime = lifetime;
    }

    /** Returns when everything takes work. What a person has to mend is a Fault, and what was started is the lifetime's to end. */
    public void start() {
        DataFolder data = lifetime.own(DataFolder.open(config.data()));
        Health health = lifetime.own(Health.start(config.health().bind()));
        health.readyWhen(() -> started == null ? List.of("starting") : notReady(started));
        health.metrics(out -> metrics(out, started));
        health.metricsText(new StreamHealth(Parts.healthFile(config))::metrics);
        Checks.disk(config.data());
        Checks.ports(config);
        said("data", config.data().toString());
        List<String> files = RulesWatch.files(Folders.of(config));
        RulesPush.Candidate rules = RulesPush.Candidate.read(config, Folders.of(config));
        sayRules(rules);

        long before = System.nanoTime();
        console.status("starting Kafka and Elasticsearch …");
        Children children = new Children();
        Servers servers = lifetime.own(servers(children));
        Map<String, Object> kafka = kafka(servers);
        said("kafka", bootstrap(kafka) + took(before));
        console.status("creating topics …");
        TopicSetup.Outcome topics = TopicSetup.run(kafka, config.kafka());
        said(
                "topics",
                Counted.of(topics.partitions(), "partition")
                        + (topics.created() == 0 ? "" : ", " + topics.created() + " created"));
        topics.notes().forEach(this::note);
        publishRules(new RulesPush(config, kafka), rules, files);
        console.status("waiting for Elasticsearch …");
        URI url = url(servers);
        Elasticsearch elasticsearch = lifetime.own(Parts.elasticsearch(config, url));
        Templates.install(elasticsearch);
        if (servers.elasticsearch() != null) {
            LocalDate first = LocalDate.now(ZoneOffset.UTC).minusDays(Indices.DAYS_KEPT);
            new Indices(elasticsearch)
                    .deleteBefore(first)
                    .forEach(name -> note(name + " is deleted: it is from before " + first));
        }
        said("elasticsearch", elasticsearch.url() + took(before));

        long streamsBefore = System.nanoTime();
        console.status("starting parse and correlate …");
        ChildProcess streams = lifetime.own(streams(kafka, children));
        streams.start();
        streams.awaitReady();
        said("streams", "parse, detect, correlate" + took(streamsBefore));

        Shipper shipper = lifetime.own(Parts.shipper(config, kafka));
        shipper.start();
        said(
                "shipper",
                config.listeners().stream()
                        .map(l -> l.name() + " " + l.bind().host() + ":"
                                + shipper.address(l.name()).getPort())
                        .collect(Collectors.joining(", ")));
        Indexer indexer =
                lifetime.own(Parts.indexer(config, kafka, elasticsearch, lifetime.own(Parts.indexerName(config))));
        indexer.start();
        said("indexer", "events, alerts, dead letters");
        said("health", "http://" + address(health) + "/readyz, /metrics");
        console.endStatus();
        started = new Started(health, kafka, elasticsearch, shipper, indexer, streams);
        tell(data, kafka, url);
    }

    private void sayRules(RulesPush.Candidate candidate) {
        RuleSet.Loaded rules = candidate.rules();
        said("rules", rules.ruleCount() + ", " + rules.rulesWithProblems() + " with problems");
        candidate.problems().forEach(this::note);
    }

    /** The folders of the configuration: the first time as they are, later as any push, whenever they have changed. */
    private void publishRules(RulesPush push, RulesPush.Candidate candidate, List<String> files) {
        console.status("publishing rules …");
        RulesPush.Outcome outcome = push.first(candidate, RulesWatch.AUTHOR);
        if (outcome.published() == null && !push.isPublished(candidate, RulesWatch.AUTHOR)) {
            RulesPush.Order order = RulesWatch.order(candidate);
            RulesWatch.said(reachBack.isZero() ? push.push(order) : push.push(order, reachBack.negated()))
                    .forEach(this::note);
        }
        RulesWatch watch = lifetime.own(RulesWatch.of(config, push, files, this::note));
        watch.start();
    }

    private Servers servers(Children children) {
        KafkaProcess kafka = config.kafka().bootstrap() != null
                ? null
                : KafkaProcess.start(
                        config.data().resolve("kafka"),
                        config.kafka().port(),
                        megabytes(config.kafka().heap()),
                        children,
                        Backoff.DEFAULT);
        try {
            ElasticsearchProcess elasticsearch = config.elasticsearch().url() != null
                    ? null
                    : ElasticsearchProcess.start(
                            config.data().resolve("elasticsearch"),
                            config.elasticsearch().port(),
                            megabytes(config.elasticsearch().heap()),
                            children,
                            Backoff.DEFAULT);
            return new Servers(kafka, elasticsearch);
        } catch (RuntimeException e) {
            if (kafka != null) {
                kafka.close();
            }
            throw e;
        }
    }

    private static int megabytes(long bytes) {
        return (int) (bytes >> 20);
    }

    private Map<String, Object> kafka(Servers servers) {
        if (servers.kafka() == null) {
            return new Reach(config).kafka();
        }
        servers.kafka().awaitReady();
        return KafkaProperties.of(config.kafka(), servers.kafka().bootstrap());
    }

    private URI url(Servers servers) {
        if (servers.elasticsearch() == null) {
            return new Reach(config).elasticsearch();
        }
        servers.elasticsearch().awaitReady();
        return servers.elasticsearch().url();
    }

    private static String bootstrap(Map<String, Object> kafka) {
        return String.valueOf(kafka.get("bootstrap.servers"));
    }

    private ChildProcess streams(Map<String, Object> kafka, Children children) {
        Map<String, String> environment = new HashMap<>(streamEnvironment);
        environment.put("BONGSU_KAFKA_BOOTSTRAP", bootstrap(kafka));
        environment.put("BONGSU_DATA", config.data().toString());
        environment.put("BONGSU_HEALTH_BIND", "127.0.0.1:0");
        Path log = config.data().resolve("logs").resolve("streams.log");
        return ChildProcess.builder("streams", System.getProperty("java.class.path"), "io.bongsu.app.Main", log)
                .jvmArguments(List.of(
                        // As the launcher: with a small heap, it takes a third of the processor time of G1.
                        config.streams().heap() <= SMALL_HEAP ? "-XX:+UseSerialGC" : "-XX:+UseG1GC",
                        "-Xmx" + megabytes(config.streams().heap()) + "m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dbongsu.home=" + System.getProperty("bongsu.home", ".")))
                .arguments(Stream.concat(Stream.of("stream", "--child"), streamArguments.stream())
                        .toList())
                .environment(environment)
                .restart(Backoff.DEFAULT)
                .build(children);
    }

    private static List<String> notReady(Started parts) {
        List<String> missing = new ArrayList<>(Readiness.ship(parts.shipper().counters()));
        missing.addAll(Readiness.index(parts.indexer().counters()));
        if (!parts.streams().isReady()) {
            missing.add("the stream process is being started again");
        }
        return missing;
    }

    private static void metrics(Metrics out, @Nullable Started parts) {
        if (parts != null) {
            Stages.ship(out, parts.shipper().counters());
            Stages.index(out, parts.indexer().counters());
        }
    }

    private static void tell(DataFolder data, Map<String, Object> kafka, URI url) {
        try {
            data.tell(new DataFolder.State(ProcessHandle.current().pid(), bootstrap(kafka), url.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Map<String, Object> kafka() {
        return running().kafka();
    }

    public Elasticsearch elasticsearch() {
        return running().elasticsearch();
    }

    private static String address(Health health) {
        InetSocketAddress at = health.address();
        return new Config.HostPort(at.getHostString(), at.getPort()).toString();
    }

    /** Where a listener can be reached on this machine. */
    public InetSocketAddress address(String listener) {
        InetSocketAddress bound = running().shipper().address(listener);
        return bound.getAddress().isAnyLocalAddress() ? new InetSocketAddress("127.0.0.1", bound.getPort()) : bound;
    }

    public Map<String, Long> shipped() {
        return running().shipper().counters();
    }

    public Map<String, Long> indexed() {
        return running().indexer().counters();
    }

    /** The process that parses and correlates; it comes back when it is killed. */
    public ChildProcess streams() {
        return running().streams();
    }

    /** Where /livez, /readyz and /metrics are. */
    public InetSocketAddress health() {
        return running().health().address();
    }

    private Started running() {
        Started parts = started;
        if (parts == null) {
            throw new IllegalStateException("not started");
        }
        return parts;
    }

    private void said(String what, String how) {
        console.line("  " + console.paint(Paint.BOLD, String.format(Locale.ROOT, "%-14s", what)) + " "
                + Printable.text(how));
    }

    private void note(String text) {
        console.line(console.paint(Paint.YELLOW, "  " + Printable.text(text)));
    }

    private static String took(long since) {
        return String.format(
                Locale.ROOT,
                " (%.1f s)",
                Duration.ofNanos(System.nanoTime() - since).toMillis() / 1000.0);
    }

    /** Those of the two servers that are ours; ended side by side. */
    private record Servers(
            @Nullable KafkaProcess kafka, @Nullable ElasticsearchProcess elasticsearch) implements AutoCloseable {
        @Override
        public void close() {
            Thread other = new Thread(() -> close(elasticsearch), "end elasticsearch");
            other.start();
            close(kafka);
            try {
                other.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static void close(@Nullable AutoCloseable part) {
            try {
                if (part != null) {
                    part.close();
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Says when a child died and when it is back. */
    private final class Children implements ChildProcess.Listener {
        private final Set<String> lost = new HashSet<>(); // guarded by this

        @Override
        public synchronized void ready(String name, long pid) {
            if (lost.remove(name)) {
                note(name + " is back (process " + pid + ")");
            }
        }

        @Override
        public synchronized void ended(End end) {
            if (!end.asked() && end.restartIn() != null) {
                lost.add(end.name());
                String how =
                        end.exitCode() > 128 ? "by signal " + (end.exitCode() - 128) : "with code " + end.exitCode();
                note(end.name() + " ended " + how + "; it is started again");
            }
        }
    }
}
