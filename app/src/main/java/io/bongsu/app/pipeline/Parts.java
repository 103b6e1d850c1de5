package io.bongsu.app.pipeline;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.app.config.Config.Listen;
import io.bongsu.app.kibana.Kibana;
import io.bongsu.indexer.Elasticsearch;
import io.bongsu.indexer.Indexer;
import io.bongsu.indexer.IndexerConfig;
import io.bongsu.ingest.generation.Generations;
import io.bongsu.ingest.generation.LiveGenerations;
import io.bongsu.ingest.generation.RulesTopic;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.ingest.streams.StreamApps;
import io.bongsu.ingest.streams.StreamConfig;
import io.bongsu.model.Micros;
import io.bongsu.rules.LogSource;
import io.bongsu.rules.RuleSet;
import io.bongsu.shipper.FileInput;
import io.bongsu.shipper.Listener;
import io.bongsu.shipper.Shipper;
import io.bongsu.shipper.ShipperConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** From the configuration to the parts of the pipeline; the same for `up` and for the roles. Nothing is started here. */
public final class Parts {
    /** What a shipper holds of lines is there again in the producer, and both leave room for the rest. */
    private static final int HEAP_PART = 8;

    private static final long LEAST_MEMORY = 8L * 1024 * 1024;

    private Parts() {}

    public static Shipper shipper(Config config, Map<String, Object> kafka) {
        List<Listener> listeners =
                config.listeners().stream().map(Parts::listener).toList();
        ShipperConfig defaults = ShipperConfig.of(config.data().resolve("shipper"), listeners, kafka);
        return new Shipper(new ShipperConfig(
                defaults.directory(),
                defaults.id(),
                listeners,
                config.files().stream().map(Parts::files).toList(),
                config.shipper().maxLine(),
                config.shipper().maxEvent(),
                Math.clamp(Runtime.getRuntime().maxMemory() / HEAP_PART, LEAST_MEMORY, defaults.memoryBytes()),
                config.shipper().linger(),
                defaults.heartbeat(),
                config.shipper().tcp(),
                defaults.udpReceiveBuffer(),
                config.shipper().udpSenderRate(),
                defaults.closeTimeout(),
                config.shipper().spoolBytes(),
                defaults.spoolAfter(),
                kafka));
    }

    private static Listener listener(Listen listen) {
        return new Listener(
                listen.name(),
                switch (listen.type()) {
                    case SYSLOG_UDP -> Listener.Kind.SYSLOG_UDP;
                    case SYSLOG_TCP -> Listener.Kind.SYSLOG_TCP;
                    case JSON_TCP -> Listener.Kind.JSON_TCP;
                    case GELF_UDP -> Listener.Kind.GELF_UDP;
                    case GELF_TCP -> Listener.Kind.GELF_TCP;
                    case RELP -> Listener.Kind.RELP;
                    case BEATS -> Listener.Kind.BEATS;
                },
                new InetSocketAddress(listen.bind().host(), listen.bind().port()),
                listen.tag(),
                listen.charset(),
                listen.zone() == null ? null : listen.zone().getId(),
                listen.tls());
    }

    private static FileInput files(Config.Follow follow) {
        return new FileInput(
                follow.name(),
                follow.paths(),
                follow.exclude(),
                follow.start(),
                follow.format(),
                follow.tag(),
                follow.charset(),
                follow.zone() == null ? null : follow.zone().getId());
    }

    public static Elasticsearch elasticsearch(Config config, URI url) {
        Config.Elasticsearch e = config.elasticsearch();
        return new Elasticsearch(
                withUser(url, e.user(), e.password()),
                e.apiKey(),
                Tls.trusting(e.ca()),
                Duration.ofSeconds(5),
                Duration.ofSeconds(60));
    }

    /** Null where none is configured. It knows the same users and keys as its Elasticsearch. */
    public static @Nullable Kibana kibana(Config config) {
        Config.Elasticsearch e = config.elasticsearch();
        Config.Kibana k = config.kibana();
        Path ca = k.ca() == null ? e.ca() : k.ca();
        return k.url() == null ? null : new Kibana(k.url(), e.apiKey(), e.user(), e.password(), Tls.trusting(ca));
    }

    static URI withUser(URI url, @Nullable String user, @Nullable String password) {
        if (user == null) {
            return url;
        }
        try {
            return new URI(
                    url.getScheme(), user + ":" + password, url.getHost(), url.getPort(), url.getPath(), null, null);
        } catch (URISyntaxException e) {
            throw new Fault("elasticsearch.user does not fit into a URL", "choose letters and digits");
        }
    }

    /** To be held as long as an indexer runs. */
    public static InstanceName indexerName(Config config) {
        return InstanceName.take(config.data().resolve("index"));
    }

    public static Indexer indexer(
            Config config, Map<String, Object> kafka, Elasticsearch elasticsearch, InstanceName name) {
        Config.Indexer i = config.indexer();
        return new Indexer(
                IndexerConfig.of(kafka)
                        .with(i.requests(), i.batchDocuments(), i.batchBytes(), i.linger())
                        .as(name.name()),
                elasticsearch);
    }

    public static RuleSet.Loaded rules(Config config) {
        return rules(config, Folders.of(config));
    }

    public static RuleSet.Loaded rules(Config config, Folders folders) {
        return RuleSet.load(folders.rules(), defaults(config, folders));
    }

    public static RuleSet.Defaults defaults(Config config, Folders folders) {
        return defaults(config, folders, parsersOf(folders.parsers()));
    }

    static RuleSet.Defaults defaults(Config config, Folders folders, RuleSet.Parsers parsers) {
        return new RuleSet.Defaults(
                Micros.of(config.correlate().lateness()), folders.mappings(), folders.lists(), parsers);
    }

    /** Read when something is first asked. */
    private static RuleSet.Parsers parsersOf(List<Path> folders) {
        AtomicReference<ParserSet> read = new AtomicReference<>();
        Supplier<ParserSet> parsers = () -> read.updateAndGet(
                known -> known != null ? known : ParserSet.load(folders).parsers());
        return new RuleSet.Parsers() {
            @Override
            public boolean knows(String field) {
                return parsers.get().knows(field);
            }

            @Override
            public Set<LogSource> logSources() {
                return parsers.get().logSources();
            }
        };
    }

    /** Those in Kafka, with a copy of their files in a folder, which can be lost. */
    public static LiveGenerations generations(Config config, RulesTopic topic, Path folder) {
        return new LiveGenerations(
                topic, folder, () -> ParserSet.load(config.parsers()).parsers());
    }

    /** @param hopeless told when the applications cannot get on */
    public static StreamApps streams(
            Config config,
            StreamApps.Role role,
            Map<String, Object> kafka,
            Generations generations,
            Consumer<Throwable> hopeless) {
        Path directory = config.data().resolve("streams");
        return new StreamApps(
                new StreamConfig(
                        role,
                        kafka,
                        directory,
                        instance(directory),
                        config.streams().threads(),
                        config.streams().standbys(),
                        config.streams().commitInterval(),
                        config.correlate().idle(),
                        config.correlate().hold(),
                        config.correlate().groups()),
                generations,
                hopeless);
    }

    /** Where the stream process of {@code up} can be asked how it is. */
    public static void tellHealth(Config config, InetSocketAddress address) {
        try {
            Files.writeString(
                    healthFile(config), "http://" + address.getAddress().getHostAddress() + ":" + address.getPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path healthFile(Config config) {
        return config.data().resolve("streams").resolve("health");
    }

    /** A name that stays with the folder: an instance that comes back under it keeps its work. */
    private static String instance(Path directory) {
        Path file = directory.resolve("instance");
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(directory);
                Files.writeString(file, "bongsu-" + UUID.randomUUID());
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
