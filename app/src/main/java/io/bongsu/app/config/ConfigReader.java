package io.bongsu.app.config;

import io.bongsu.app.config.Config.Follow;
import io.bongsu.app.config.Config.HostPort;
import io.bongsu.app.config.Config.Listen;
import io.bongsu.app.config.Values.Kind;
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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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

    private final Map<String, String> environment;
    private final Problems problems = new Problems();
    private final Set<String> variables = new LinkedHashSet<>();
    private final List<Setting> settings = new ArrayList<>();
    private final Map<String, String> asked = new LinkedHashMap<>();

    private ConfigReader(Map<String, String> environment) {
        this.environment = environment;
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
        ConfigReader reader = new ConfigReader(environment);
        YamlMap written = null;
        if (Files.exists(file)) {
            written = reader.document(YamlReader.readAll(file, reader.problems), file.toString());
        } else if (named != null) {
            reader.problems.add(new Problem(
                    named.toString(),
                    0,
                    0,
                    "no such file",
                    "name an existing file with --config, or leave the option out"));
        }
        Config config = reader.read(written, directory, base, home);
        List<Problem> found = reader.problems.list();
        return new Loaded(found.isEmpty() ? config : null, found, reader.settings);
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
        ConfigReader reader = new ConfigReader(Map.of());
        // One group of files, since the shipped file has none.
        String files = "files: { name: { paths: [a.log] } }";
        YamlMap one = reader.document(YamlReader.readAll(FILE, files, reader.problems), FILE);
        reader.read(one, Path.of(""), Path.of(""), null);
        return reader.asked;
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

    private Config read(@Nullable YamlMap written, Path directory, Path base, @Nullable Path home) {
        Section root = new Section("", written, shipped());
        Path data = directory
                .resolve(root.value("data", Values::text))
                .toAbsolutePath()
                .normalize();

        Section kafka = root.section("kafka");
        String bootstrap = kafka.value("bootstrap", Values::bootstrap).orElse(null);
        var k = new Config.Kafka(
                bootstrap,
                kafka.value("port", Values::port),
                kafka.value("partitions", Values::partitions),
                kafka.value("replication", Values::replication),
                kafka.value("retention", Values.duration(Duration.ofHours(1), Duration.ofDays(3_650))),
                kafka.value("heap", Values.size(64L << 20, 64L << 30)),
                access(kafka, bootstrap == null, base),
                client(kafka));
        kafka.end();

        Section elasticsearch = root.section("elasticsearch");
        var e = new Config.Elasticsearch(
                elasticsearch.value("url", Values::url).orElse(null),
                elasticsearch.secret("api_key", base),
                elasticsearch.optional("user", Values::text),
                elasticsearch.secret("password", base),
                elasticsearch.file("ca_file", base),
                elasticsearch.value("port", Values::port),
                elasticsearch.value("heap", Values.size(256L << 20, 31L << 30)));
        elasticsearch.pair("user", e.user(), "password", e.password());
        elasticsearch.end();

        Section kibana = root.section("kibana");
        var ki = new Config.Kibana(kibana.value("url", Values::kibana).orElse(null), kibana.file("ca_file", base));
        kibana.end();

        List<Listen> listeners = listeners(root, base);
        List<Follow> files = files(root, base, listeners);

        Section streams = root.section("streams");
        var st = new Config.Streams(
                streams.value("heap", Values.size(128L << 20, 64L << 30)),
                streams.value("threads", Values::threads),
                streams.value("standbys", Values.number(0, 2)),
                streams.value("commit_interval", Values.shortTime(Duration.ofMillis(10), Duration.ofSeconds(30))));
        streams.end();

        Section indexer = root.section("indexer");
        var i = new Config.Indexer(
                indexer.value("requests", Values.number(1, 64)),
                indexer.value("batch_documents", Values.number(1, 100_000)),
                Math.toIntExact(indexer.value("batch_size", Values.size(64 << 10, 64 << 20))),
                indexer.value("linger", Values.shortTime(Duration.ZERO, Duration.ofSeconds(10))));
        indexer.end();

        Section shipper = root.section("shipper");
        Section spool = shipper.section("spool");
        var s = new Config.Shipper(
                Math.toIntExact(shipper.value("max_line", Values.size(1 << 10, 1 << 20))),
                Math.toIntExact(shipper.value("max_event", Values.size(1 << 10, 1 << 20))),
                new TcpLimits(
                        shipper.value("max_connections", Values::connections),
                        shipper.value("max_connections_per_address", Values::connections),
                        shipper.value("idle_timeout", Values.shortTime(Duration.ZERO, Duration.ofDays(1))),
                        shipper.value(
                                "handshake_timeout", Values.shortTime(Duration.ofMillis(100), Duration.ofMinutes(1)))),
                shipper.value("linger", Values.shortTime(Duration.ZERO, Duration.ofSeconds(10))),
                shipper.value("udp_sender_rate", Values.number(0, 10_000_000)),
                spool.value("max_bytes", Values::spool));
        spool.end();
        shipper.end();

        List<Path> parsers = root.paths("parsers", base, home);
        List<Path> rules = root.paths("rules", base, home);
        List<Path> mappings = root.paths("mappings", base, home);
        List<Path> lists = root.paths("lists", base, home);

        Section correlate = root.section("correlate");
        var c = new Config.Correlate(
                correlate.value("lateness", Values::duration),
                correlate.value("idle", Values::duration),
                correlate.value("hold", Values::duration),
                correlate.value("groups", Values.number(1, 100_000_000)),
                correlate.value("sight", Values::duration));
        correlate.end();

        Section health = root.section("health");
        var h = new Config.Health(health.value("bind", Values::bind));
        health.end();

        root.end();
        unknownVariables();
        return new Config(data, k, e, listeners, files, s, st, i, parsers, rules, mappings, lists, c, h, ki);
    }

    private Config.Access access(Section kafka, boolean embedded, Path base) {
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

    private List<Listen> listeners(Section root, Path base) {
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
                    tls(section, type, base)));
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

    private @Nullable Tls tls(Section listener, Config.Type type, Path base) {
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

    private List<Follow> files(Section root, Path base, List<Listen> listeners) {
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
        for (String name : new TreeSet<>(environment.keySet())) {
            if (name.startsWith(PREFIX) && !variables.contains(name) && !NOT_KEYS.contains(name)) {
                problems.add(new Problem(
                        name,
                        0,
                        0,
                        "the environment variable sets no key" + Values.didYouMean(name, variables),
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

    /** The keys below one key: as written by the user, and as shipped. Asking for a key makes it a known one. */
    private final class Section {
        private final String path;
        private final @Nullable YamlMap written;
        private final @Nullable YamlMap shipped;
        private final Set<String> known = new LinkedHashSet<>();

        Section(String path, @Nullable YamlMap written, @Nullable YamlMap shipped) {
            this.path = path;
            this.written = written;
            this.shipped = shipped;
        }

        String name() {
            return path.substring(path.lastIndexOf('.') + 1);
        }

        YamlNode at(String key) {
            YamlMap map = written != null && written.get(key) != null ? written : shipped;
            if (map == null) {
                throw new IllegalStateException(path);
            }
            return map.at(key);
        }

        YamlMap node() {
            if (written == null) {
                throw new IllegalStateException(path);
            }
            return written;
        }

        /** Patterns of files: one, or a list; those that are not absolute below the folder of the configuration. */
        List<String> patterns(String key, Path base) {
            known.add(key);
            asked.put(key(key), "names or patterns of files, a list");
            Found found = found(key);
            List<YamlNode> items =
                    switch (found.node()) {
                        case null -> List.<YamlNode>of();
                        case YamlList list -> list.items();
                        case YamlNode one -> List.of(one);
                    };
            List<String> patterns = new ArrayList<>();
            for (YamlNode item : items) {
                if (!(item instanceof YamlScalar scalar)
                        || scalar.value() == null
                        || scalar.text().isBlank()) {
                    problems.add(
                            item,
                            "'" + key(key) + "' takes names or patterns of files",
                            "write for example [/var/log/auth.log, \"/var/log/app/**/*.log\"]");
                } else if (scalar.text().startsWith("/")) {
                    patterns.add(scalar.text());
                } else {
                    patterns.add(base.toAbsolutePath().normalize() + "/"
                            + scalar.text().replaceFirst("^\\./", ""));
                }
            }
            if (!patterns.isEmpty()) {
                settings.add(new Setting(key(key), patterns, true, found.origin()));
            }
            return patterns;
        }

        /** The value of a key that has a default or is required. */
        <T> T value(String key, Kind<T> kind) {
            T value = optional(key, kind);
            if (value != null) {
                return value;
            }
            if (found(key).node() == null) {
                if (written == null) {
                    throw new IllegalStateException(FILE + " ships no " + key(key));
                }
                problems.add(written, "'" + key + "' is missing", "add it, for example " + key + ": " + example(key));
            }
            return fallback(key, kind);
        }

        private String example(String key) {
            return key.equals("type") ? "syslog-udp" : "\"0.0.0.0:5514\"";
        }

        /** Something of the right kind to go on with, so that the other problems are found as well. */
        private <T> T fallback(String key, Kind<T> kind) {
            YamlNode node = shipped == null ? null : shipped.get(key);
            try {
                return kind.read(
                        node instanceof YamlScalar scalar
                                ? scalar.text()
                                : key.equals("type") ? "syslog-udp" : "0.0.0.0:0");
            } catch (Wrong e) {
                throw new IllegalStateException(key(key), e);
            }
        }

        <T> @Nullable T optional(String key, Kind<T> kind) {
            known.add(key);
            asked.putIfAbsent(key(key), Values.takes(kind));
            Found found = found(key);
            switch (found.node()) {
                case null -> {
                    return null;
                }
                case YamlScalar scalar
                when scalar.value() != null -> {
                    try {
                        T value = kind.read(scalar.text());
                        settings.add(new Setting(key(key), List.of(scalar.text()), false, found.origin()));
                        return value;
                    } catch (Wrong e) {
                        problems.add(scalar, key(key) + ": " + e.getMessage(), e.fix);
                    }
                }
                case YamlScalar scalar ->
                    problems.add(
                            scalar, "'" + key(key) + "' has no value", "write one, or remove the key for the default");
                case YamlList list ->
                    problems.add(list, "'" + key(key) + "' takes one value, not a list", "write one value");
                case YamlMap map ->
                    problems.add(map, "'" + key(key) + "' takes one value, not keys", "write one value");
            }
            return null;
        }

        /** A secret, given here or by the name of a file that holds it: {@code password} or {@code password_file}. */
        @Nullable
        String secret(String key, Path base) {
            String here = optional(key, Values::text);
            Path file = file(key + "_file", base);
            if (file == null) {
                return here;
            }
            if (here != null) {
                complain(key, "'" + key(key) + "' and '" + key(key) + "_file' are both set", "remove one of them");
                return here;
            }
            try {
                String text = Files.readString(file).strip();
                if (!text.isEmpty()) {
                    return text;
                }
                complain(key + "_file", file + " is empty", "write the secret into it");
            } catch (IOException e) {
                complain(
                        key + "_file",
                        file + " cannot be read (" + e.getClass().getSimpleName() + ")",
                        "make it readable for this user, and text in UTF-8");
            }
            return null;
        }

        /** An existing file; relative to the folder of the configuration. */
        @Nullable
        Path file(String key, Path base) {
            String name = optional(key, Values::text);
            asked.put(key(key), "the name of a file");
            if (name == null) {
                return null;
            }
            Path file = base.resolve(name).toAbsolutePath().normalize();
            if (!Files.isRegularFile(file)) {
                complain(key, "no such file: " + file, "write the name of a file that exists");
            }
            return file;
        }

        /** Both, or neither. */
        void pair(String one, @Nullable Object first, String other, @Nullable Object second) {
            if ((first == null) != (second == null)) {
                String missing = first == null ? one : other;
                complain(
                        first == null ? other : one,
                        "'" + key(missing) + "' is missing",
                        "set both " + one + " and " + other + ", or neither");
            }
        }

        /** About a key that was given, in the file or by its variable. */
        void complain(String key, String what, String fix) {
            YamlNode node = found(key).node();
            if (node == null) {
                problems.add(new Problem(variable(key(key)), 0, 0, what, fix));
            } else {
                problems.add(node, what, fix);
            }
        }

        /** Paths: those that are not absolute below the folder of the file or, if not there, of Bongsu. */
        List<Path> paths(String key, Path base, @Nullable Path home) {
            known.add(key);
            asked.put(key(key), "a list of folders or files");
            Found found = found(key);
            List<YamlNode> items =
                    switch (found.node()) {
                        case null -> List.<YamlNode>of();
                        case YamlList list -> list.items();
                        case YamlScalar scalar when scalar.value() == null -> List.<YamlNode>of();
                        case YamlScalar scalar -> List.<YamlNode>of(scalar);
                        case YamlMap map -> {
                            problems.add(
                                    map,
                                    "'" + key(key) + "' takes a list of folders, not keys",
                                    "write [folder, folder]");
                            yield List.<YamlNode>of();
                        }
                    };
            List<Path> paths = new ArrayList<>();
            List<String> texts = new ArrayList<>();
            for (YamlNode item : items) {
                if (!(item instanceof YamlScalar scalar)
                        || scalar.value() == null
                        || scalar.text().isBlank()) {
                    problems.add(item, "'" + key(key) + "' takes names of folders", "write [folder, folder]");
                    continue;
                }
                Path path = base.resolve(scalar.text()).normalize();
                if (!Files.exists(path) && home != null) {
                    path = home.resolve(scalar.text()).normalize();
                }
                if (!Files.exists(path)) {
                    problems.add(
                            scalar,
                            "no such folder or file: " + scalar.text(),
                            "looked in " + base + (home == null ? "" : " and " + home));
                }
                paths.add(path.toAbsolutePath());
                texts.add(scalar.text());
            }
            settings.add(new Setting(key(key), texts, true, found.origin()));
            return paths;
        }

        Section section(String key) {
            known.add(key);
            return new Section(key(key), map(key, written), map(key, shipped));
        }

        /** One section per name: those that the user wrote, else those that are shipped. */
        List<Section> named(String key) {
            known.add(key);
            YamlMap theirs = map(key, written);
            boolean replaced = written != null && written.get(key) != null;
            YamlMap ours = map(key, shipped);
            YamlMap names = replaced ? theirs : ours;
            List<Section> sections = new ArrayList<>();
            if (names == null) {
                return sections;
            }
            for (String name : names.entries().keySet()) {
                if (!name.matches("[a-z0-9][a-z0-9-]*")) {
                    problems.add(names.at(name), "'" + name + "' is not a name", "use small letters, digits and '-'");
                } else if (replaced) {
                    YamlMap section = names(names, name);
                    if (section != null) {
                        sections.add(new Section(key(key) + "." + name, section, null));
                    }
                } else {
                    sections.add(new Section(key(key) + "." + name, null, map(name, ours)));
                }
            }
            return sections;
        }

        private @Nullable YamlMap names(YamlMap names, String name) {
            if (names.get(name) instanceof YamlMap map) {
                return map;
            }
            problems.add(
                    names.at(name),
                    "'" + name + "' needs keys",
                    "write for example { type: syslog-udp, bind: \"0.0.0.0:5514\" }");
            return null;
        }

        private @Nullable YamlMap map(String key, @Nullable YamlMap in) {
            YamlNode node = in == null ? null : in.get(key);
            return switch (node) {
                case null -> null;
                case YamlMap map -> map;
                case YamlScalar scalar when scalar.value() == null -> null;
                case YamlScalar scalar -> {
                    problems.add(scalar, "'" + key(key) + "' takes keys, not a value", "indent its keys below it");
                    yield null;
                }
                case YamlList list -> {
                    problems.add(list, "'" + key(key) + "' takes keys, not a list", "indent its keys below it");
                    yield null;
                }
            };
        }

        private record Found(@Nullable YamlNode node, String origin) {}

        private Found found(String key) {
            String variable = variable(key(key));
            variables.add(variable);
            String set = environment.get(variable);
            if (set != null) {
                return new Found(node(variable, set, key), variable);
            }
            YamlNode node = written == null ? null : written.get(key);
            if (node != null) {
                return new Found(node, node.file() + ":" + node.line());
            }
            return new Found(shipped == null ? null : shipped.get(key), "default");
        }

        private YamlNode node(String variable, String set, String key) {
            if (shipped != null && shipped.get(key) instanceof YamlList) {
                List<YamlNode> items = new ArrayList<>();
                for (String item : set.split(",")) {
                    if (!item.isBlank()) {
                        items.add(new YamlScalar(variable, 0, 0, item.strip(), item.strip()));
                    }
                }
                return new YamlList(variable, 0, 0, items);
            }
            return new YamlScalar(variable, 0, 0, set, set);
        }

        /** Every key has been asked for: what is left over is unknown. */
        void end() {
            if (written == null) {
                return;
            }
            for (String key : written.entries().keySet()) {
                if (!known.contains(key)) {
                    problems.add(
                            written.at(key),
                            "unknown key '" + key(key) + "'" + Values.didYouMean(key, known),
                            "known here: " + String.join(", ", known));
                }
            }
        }

        private String key(String key) {
            return path.isEmpty() ? key : path + "." + key;
        }
    }

    /** The settings as a bongsu.yml, each with where it comes from. Passwords and keys are masked. */
    public static String print(List<Setting> settings) {
        StringBuilder out = new StringBuilder();
        List<String> open = List.of();
        for (Setting setting : settings) {
            List<String> path = path(setting.key());
            int shared = 0;
            while (shared < open.size()
                    && shared < path.size() - 1
                    && open.get(shared).equals(path.get(shared))) {
                shared++;
            }
            for (int i = shared; i < path.size() - 1; i++) {
                out.append("  ".repeat(i)).append(path.get(i)).append(":\n");
            }
            open = path.subList(0, path.size() - 1);
            String line = "  ".repeat(path.size() - 1) + path.get(path.size() - 1) + ": " + value(setting);
            out.append(String.format(Locale.ROOT, "%-52s # %s%n", line, origin(setting)));
        }
        return out.toString();
    }

    /** The names of Kafka's own properties have dots in them. */
    private static List<String> path(String key) {
        String client = "kafka.client.";
        return key.startsWith(client)
                ? List.of("kafka", "client", key.substring(client.length()))
                : List.of(key.split("\\."));
    }

    private static String origin(Setting setting) {
        return setting.origin().equals(setting.variable())
                ? setting.variable()
                : setting.origin() + "; or " + setting.variable();
    }

    private static String value(Setting setting) {
        if (setting.key().endsWith("api_key") || setting.key().endsWith("password")) {
            return quoted("***");
        }
        List<String> quoted = setting.text().stream().map(ConfigReader::quoted).toList();
        return setting.list() ? "[" + String.join(", ", quoted) + "]" : quoted.get(0);
    }

    private static String quoted(String text) {
        String masked = text.replaceAll("(?<=://)[^/@]*@", "***@");
        return masked.matches("[A-Za-z0-9./_-]+")
                ? masked
                : '"' + masked.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
