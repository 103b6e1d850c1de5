package io.bongsu.app.pipeline;

import io.bongsu.app.config.Config;
import io.bongsu.app.config.Config.Listen;
import io.bongsu.indexer.Elasticsearch;
import io.bongsu.indexer.Indexer;
import io.bongsu.indexer.IndexerConfig;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.ingest.streams.StreamApps;
import io.bongsu.ingest.streams.StreamConfig;
import io.bongsu.model.Micros;
import io.bongsu.rules.RuleSet;
import io.bongsu.shipper.Listener;
import io.bongsu.shipper.Shipper;
import io.bongsu.shipper.ShipperConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** From the configuration to the parts of the pipeline; the same for `up` and for the roles. Nothing is started here. */
public final class Parts {
    private Parts() {}

    public static Shipper shipper(Config config, Map<String, Object> kafka) {
        List<Listener> listeners =
                config.listeners().stream().map(Parts::listener).toList();
        ShipperConfig defaults = ShipperConfig.of(config.data().resolve("shipper"), listeners, kafka);
        return new Shipper(new ShipperConfig(
                defaults.directory(),
                defaults.id(),
                listeners,
                config.shipper().maxLine(),
                defaults.memoryBytes(),
                defaults.linger(),
                defaults.heartbeat(),
                defaults.maxConnections(),
                defaults.idleTimeout(),
                defaults.udpReceiveBuffer(),
                defaults.closeTimeout(),
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
                },
                new InetSocketAddress(listen.bind().host(), listen.bind().port()),
                listen.tag(),
                listen.charset(),
                listen.zone() == null ? null : listen.zone().getId());
    }

    public static Elasticsearch elasticsearch(Config config, URI url) {
        return new Elasticsearch(url, config.elasticsearch().apiKey(), Duration.ofSeconds(5), Duration.ofSeconds(60));
    }

    public static Indexer indexer(Map<String, Object> kafka, Elasticsearch elasticsearch) {
        return new Indexer(IndexerConfig.of(kafka), elasticsearch);
    }

    public static RuleSet.Loaded rules(Config config) {
        return rules(config, config.rules(), List.of(), List.of());
    }

    /** @param lists more of them than the configuration names; the same for mappings, which come before its own */
    public static RuleSet.Loaded rules(Config config, List<Path> folders, List<Path> mappings, List<Path> lists) {
        RuleSet.Defaults standard =
                new RuleSet.Defaults(Micros.of(config.correlate().lateness()));
        return RuleSet.load(
                folders,
                new RuleSet.Defaults(
                        standard.lateness(),
                        Stream.concat(mappings.stream(), config.mappings().stream())
                                .toList(),
                        Stream.concat(config.lists().stream(), lists.stream()).toList(),
                        standard.parsed()));
    }

    /** @param hopeless told when the applications cannot get on */
    public static StreamApps streams(
            Config config, Map<String, Object> kafka, ParserSet parsers, RuleSet rules, Consumer<Throwable> hopeless) {
        Path directory = config.data().resolve("streams");
        return new StreamApps(
                new StreamConfig(
                        kafka,
                        directory,
                        instance(directory),
                        Runtime.getRuntime().availableProcessors(),
                        config.correlate().idle(),
                        config.correlate().hold()),
                parsers,
                rules,
                hopeless);
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
