package io.bongsu.app.config;

import io.bongsu.app.config.Config.Follow;
import io.bongsu.app.config.Config.HostPort;
import io.bongsu.app.config.Config.Listen;
import io.bongsu.app.config.Values.Wrong;
import io.bongsu.rules.yaml.Problem;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlReader;
import io.bongsu.rules.yaml.YamlScalar;
import io.bongsu.shipper.FileInput;
import io.bongsu.shipper.TcpLimits;
import io.bongsu.shipper.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads bongsu.yml. For each key the environment wins over the file, and the file over the shipped bongsu.yml, which
 * lies in the jar and is where every default comes from. All problems are found in one pass: unknown keys and variables,
 * values of the wrong kind, sockets declared twice; each with its place and how to mend it.
 */
public final class ConfigReader {
    /** The file that is read from the working directory when none is named. */
    public static final String FILE = "bongsu.yml";

    private static final String PREFIX = "BONGSU_";
    /** Variables of the launcher and the CI script; no keys. */
    private static final Set<String> NOT_KEYS = Set.of(
            "BONGSU_JAVA_HOME",
            "BONGSU_JAVA_OPTS",
            "BONGSU_BUILD",
            "BONGSU_EMBEDDED",
            "BONGSU_EMBEDDED_OPTIONS",
            "BONGSU_CI_RUN");

    private final Section.Context context;
    private final Problems problems;
    private final Path base;

    /** @param base folder of the configuration: what is relative in it is below that */
    private ConfigReader(Map<String, String> environment, Path base) {
        this.context = new Section.Context(environment);
        this.problems = context.problems();
        this.base = base;
    }

    /**
     * @param config null when there are problems
     * @param settings every key in force, in the order of the shipped file
     */
    public record Loaded(@Nullable Config config, List<Problem> problems, List<Setting> settings) {
        public Loaded {
            problems = List.copyOf(problems);
            settings = List.copyOf(settings);
        }
    }

    /**
     * One key and what is in force.
     *
     * @param key such as kafka.port
     * @param text as it was written; a list has one text per item
     * @param list whether it is a list
     * @param origin file and line, the variable, or "default"
     */
    public record Setting(String key, List<String> text, boolean list, String origin) {
        public Setting {
            text = List.copyOf(text);
        }

        public String variable() {
            return ConfigReader.variable(key);
        }
    }

    /**
     * @param directory in which bongsu was started
     * @param named by --config; null: bongsu.yml in the directory, if it is there
     * @param environment variables; those that do not start with BONGSU_ are ignored
     * @param home folder of Bongsu itself, where relative rule folders are looked for last; null: not known
     */
    public static Loaded load(
            Path directory, @Nullable Path named, Map<String, String> environment, @Nullable Path home) {
        Path file = named == null ? directory.resolve(FILE) : directory.resolve(named);
        Path base = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(directory);
        ConfigReader reader = new ConfigReader(environment, base);
        YamlMap written = null;
        if (Files.exists(file)) {
            written = reader.document(YamlReader.readAll(file, reader.problems), file.toString());
        } else if (named != null) {
            reader.problems.add(new Problem(
                    named.toString(),
                    1,
                    1,
                    "no such file",
                    "name an existing file with --config, or leave the option out"));
        }
        Config config = reader.read(written, directory, home);
        List<Problem> found = reader.problems.list();
        return new Loaded(found.isEmpty() ? config : null, found, reader.context.settings());
    }

    /** {@code 500ms}, {@code 30s}, {@code 5m}, {@code 12h} or {@code 7d}, as in the file; empty: it is something else. */
    public static Optional<Duration> duration(String text) {
        try {
            return Optional.of(Values.duration(text));
        } catch (Wrong e) {
            return Optional.empty();
        }
    }

    /** Every key that is asked for, in that order, and what it takes, in the words in which a wrong value is answered. */
    static Map<String, String> keys() {
        ConfigReader reader = new ConfigReader(Map.of(), Path.of(""));
        // One group of files, since the shipped file has none.
        String files = "files: { name: { paths: [a.log] } }";
        YamlMap one = reader.document(YamlReader.readAll(FILE, files, reader.problems), FILE);
        reader.read(one, Path.of(""), null);
        return reader.context.asked();
    }

    private @Nullable YamlMap document(List<YamlNode> documents, String file) {
        if (documents.size() > 1) {
            problems.add(documents.get(1), "a second document", "keep one; remove the line '---' above it");
        }
        if (documents.isEmpty()) {
            return null;
        }
        return switch (documents.get(0)) {
            case YamlMap map -> map;
            case YamlScalar scalar when scalar.value() == null -> null;
            case YamlScalar scalar -> {
                problems.add(scalar, "expected keys and values", "write for example 'data: ./data'");
                yield null;
            }
            case YamlList list -> {
                problems.add(list, "expected keys and values, found a list", "write for example 'data: ./data'");
                yield null;
            }
        };
    }

    private Config read(@Nullable YamlMap written, Path directory, @Nullable Path home) {
        Section root = new Section(context, "", written, shipped());
        Path data = directory
                .resolve(root.value("data", Values::text))
                .toAbsolutePath()
                .normalize();
        Config.Kafka kafka = kafka(root.section("kafka"));
        Config.Elasticsearch elasticsearch = elasticsearch(root.section("elasticsearch"));
        Config.Kibana kibana = kibana(root.section("kibana"));
        List<Listen> listeners = listeners(root);
        List<Follow> files = files(root, listeners);
        Config.Streams streams = streams(root.section("streams"));
        Config.Indexer indexer = indexer(root.section("indexer"));
        Config.Shipper shipper = shipper(root.section("shipper"));
        List<Path> parsers = root.paths("parsers", base, home);
        List<Path> rules = root.paths("rules", base, home);
        List<Path> mappings = root.paths("mappings", base, home);
        List<Path> lists = root.paths("lists", base, home);
        Config.Correlate correlate = correlate(root.section("correlate"));
        Config.Health health = health(root.section("health"));
        root.end();
        unknownVariables();
        return new Config(
                data,
                kafka,
                elasticsearch,
                listeners,
                files,
                shipper,
                streams,
                indexer,
                parsers,
                rules,
                mappings,
                lists,
                correlate,
                health,
                kibana);
    }

    private Config.Kafka kafka(Section section) {
        String bootstrap = section.value("bootstrap", Values::bootstrap).orElse(null);
        var kafka = new Config.Kafka(
                bootstrap,
                section.value("port", Values::port),
                section.value("partitions", Values::partitions),
                section.value("replication", Values::replication),
                section.value("retention", Values.duration(Duration.ofHours(1), Duration.ofDays(3_650))),
                section.value("heap", Values.size(64L << 20, 64L << 30)),
                access(section, bootstrap == null),
                client(section));
        section.end();
        return kafka;
    }

    private Config.Elasticsearch elasticsearch(Section section) {
        var elasticsearch = new Config.Elasticsearch(
                section.value("url", Values::url).orElse(null),
                section.secret("api_key", base),
                section.optional("user", Values::text),
                section.secret("password", base),
                section.file("ca_file", base),
                section.value("port", Values::port),
                section.value("heap", Values.size(256L << 20, 31L << 30)));
        section.pair("user", elasticsearch.user(), "password", elasticsearch.password());
        section.end();
        return elasticsearch;
    }

    private Config.Kibana kibana(Section section) {
        var kibana =
                new Config.Kibana(section.value("url", Values::kibana).orElse(null), section.file("ca_file", base));
        section.end();
        return kibana;
    }

    private static Config.Streams streams(Section section) {
        var streams = new Config.Streams(
                section.value("heap", Values.size(128L << 20, 64L << 30)),
                section.value("threads", Values::threads),
                section.value("standbys", Values.number(0, 2)),
                section.value("commit_interval", Values.shortTime(Duration.ofMillis(10), Duration.ofSeconds(30))));
        section.end();
        return streams;
    }

    private static Config.Indexer indexer(Section section) {
        var indexer = new Config.Indexer(
                section.value("requests", Values.number(1, 64)),
                section.value("batch_documents", Values.number(1, 100_000)),
                Math.toIntExact(section.value("batch_size", Values.size(64 << 10, 64 << 20))),
                section.value("linger", Values.shortTime(Duration.ZERO, Duration.ofSeconds(10))));
        section.end();
        return indexer;
    }

    private static Config.Shipper shipper(Section section) {
        Section spool = section.section("spool");
        var shipper = new Config.Shipper(
                Math.toIntExact(section.value("max_line", Values.size(1 << 10, 1 << 20))),
                Math.toIntExact(section.value("max_event", Values.size(1 << 10, 1 << 20))),
                new TcpLimits(
                        section.value("max_connections", Values::connections),
                        section.value("max_connections_per_address", Values::connections),
                        section.value("idle_timeout", Values.shortTime(Duration.ZERO, Duration.ofDays(1))),
                        section.value(
                                "handshake_timeout", Values.shortTime(Duration.ofMillis(100), Duration.ofMinutes(1)))),
                section.value("linger", Values.shortTime(Duration.ZERO, Duration.ofSeconds(10))),
                section.value("udp_sender_rate", Values.number(0, 10_000_000)),
                spool.value("max_bytes", Values::spool));
        spool.end();
        section.end();
        return shipper;
    }

    private static Config.Correlate correlate(Section section) {
        var correlate = new Config.Correlate(
                section.value("lateness", Values::duration),
                section.value("idle", Values::duration),
                section.value("hold", Values::duration),
                section.value("groups", Values.number(1, 100_000_000)),
                section.value("sight", Values::duration));
        section.end();
        return correlate;
    }

    private static Config.Health health(Section section) {
        var health = new Config.Health(section.value("bind", Values::bind));
        section.end();
        return health;
    }

    private Config.Access access(Section kafka, boolean embedded) {
        var access = new Config.Access(
                kafka.value("tls", Values::yes),
                kafka.file("ca_file", base),
                kafka.file("certificate_file", base),
                kafka.file("key_file", base),
                kafka.optional("user", Values::text),
                kafka.secret("password", base),
                kafka.value("mechanism", Values::mechanism));
        kafka.pair("user", access.user(), "password", access.password());
        kafka.pair("certificate_file", access.certificate(), "key_file", access.key());
        if (embedded && (access.tls() || access.user() != null)) {
            kafka.complain(
                    access.tls() ? "tls" : "user",
                    "the embedded broker has neither TLS nor users",
                    "set kafka.bootstrap to servers of yours, or remove the key");
        }
        return access;
    }

    private static Map<String, String> client(Section kafka) {
        Section client = kafka.section("client");
        Map<String, String> properties = new TreeMap<>();
        for (String property : KafkaProperties.ALLOWED) {
            String value = client.optional(property, Values::text);
            if (value != null) {
                properties.put(property, value);
            }
        }
        client.end();
        return properties;
    }

    private List<Listen> listeners(Section root) {
        List<Listen> found = new ArrayList<>();
        Map<String, String> sockets = new HashMap<>();
        for (Section section : root.named("listeners")) {
            Config.Type type = section.value("type", Values::type);
            HostPort bind = section.value("bind", Values::bind);
            found.add(new Listen(
                    section.name(),
                    type,
                    bind,
                    section.optional("tag", Values::text),
                    section.optional("charset", Values::charset),
                    section.optional("zone", Values::zone),
                    tls(section, type)));
            section.end();
            String socket = (type.datagrams() ? "udp " : "tcp ") + bind;
            String other = bind.port() == 0 ? null : sockets.putIfAbsent(socket, section.name());
            if (other != null) {
                problems.add(
                        section.at("bind"),
                        "listener " + other + " has the same address and port",
                        "give each a port of its own");
            }
        }
        return found;
    }

    private @Nullable Tls tls(Section listener, Config.Type type) {
        Section tls = listener.section("tls");
        Path certificate = tls.file("certificate", base);
        Path key = tls.file("key", base);
        Path clientCa = tls.file("client_ca", base);
        Tls.ClientAuth auth = tls.optional("client_auth", Values::clientAuth);
        tls.pair("certificate", certificate, "key", key);
        tls.end();
        if (auth != null && auth != Tls.ClientAuth.NONE && clientCa == null) {
            tls.complain(
                    "client_auth", "'" + tls.key("client_ca") + "' is missing", "name the CA that signs the senders");
            return null;
        }
        if (certificate == null || key == null) {
            return null;
        }
        if (type.datagrams()) {
            tls.complain("certificate", "TLS needs TCP", "use syslog-tcp, json-tcp or another type over TCP");
            return null;
        }
        Tls.ClientAuth asked = clientCa == null ? Tls.ClientAuth.NONE : Tls.ClientAuth.REQUIRED;
        return new Tls(certificate, key, clientCa, auth == null ? asked : auth);
    }

    private List<Follow> files(Section root, List<Listen> listeners) {
        List<Follow> found = new ArrayList<>();
        for (Section section : root.named("files")) {
            List<String> paths = section.patterns("paths", base);
            List<String> exclude = section.patterns("exclude", base);
            FileInput.Start start = section.optional("start", Values::start);
            FileInput.Format format = section.optional("format", Values::format);
            found.add(new Follow(
                    section.name(),
                    paths,
                    exclude,
                    start == null ? FileInput.Start.BEGINNING : start,
                    format == null ? FileInput.Format.PLAIN : format,
                    section.optional("tag", Values::text),
                    section.optional("charset", Values::charset),
                    section.optional("zone", Values::zone)));
            section.end();
            if (paths.isEmpty() && section.node().get("paths") == null) {
                problems.add(section.node(), "'paths' is missing", "add it, for example paths: [/var/log/auth.log]");
            }
            if (listeners.stream().anyMatch(l -> l.name().equals(section.name()))) {
                problems.add(section.node(), "a listener has the same name", "give each input a name of its own");
            }
        }
        return found;
    }

    private void unknownVariables() {
        for (String name : new TreeSet<>(context.environment().keySet())) {
            if (name.startsWith(PREFIX) && !context.variables().contains(name) && !NOT_KEYS.contains(name)) {
                problems.add(new Problem(
                        name,
                        0,
                        0,
                        "the environment variable sets no key" + Values.didYouMean(name, context.variables()),
                        "unset it, or see 'bongsu config print' for the names"));
            }
        }
    }

    static String variable(String key) {
        return PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    private static YamlMap shipped() {
        try (InputStream in = ConfigReader.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is missing from the jar");
            }
            Problems none = new Problems();
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<YamlNode> documents = YamlReader.readAll(FILE, text, none);
            if (!none.isEmpty() || documents.size() != 1 || !(documents.get(0) instanceof YamlMap map)) {
                throw new IllegalStateException("the shipped " + FILE + " is broken: " + none.list());
            }
            return map;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
