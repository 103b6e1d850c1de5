package io.bongsu.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.app.config.ConfigReader.Loaded;
import io.bongsu.rules.yaml.Problem;
import io.bongsu.shipper.FileInput;
import io.bongsu.shipper.TcpLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigReaderTest {
    @TempDir
    Path directory;

    @BeforeEach
    void rules() throws IOException {
        Files.createDirectories(directory.resolve("correlation-rules/rules"));
    }

    @Test
    void theShippedFileIsValidAndItsValuesAreTheDefaults() throws IOException {
        Loaded none = load("", Map.of());
        Loaded shipped = load(Files.readString(Path.of("..", "bongsu.yml")), Map.of());

        assertThat(none.problems()).isEmpty();
        assertThat(shipped.config()).isEqualTo(none.config());
        Config config = Objects.requireNonNull(none.config());
        assertThat(config.data()).isEqualTo(directory.resolve("data"));
        assertThat(config.kafka().port()).isEqualTo(9092);
        assertThat(config.listeners()).hasSize(3);
        assertThat(config.correlate().lateness()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.shipper().maxLine()).isEqualTo(65_536);
        assertThat(config.shipper().tcp()).isEqualTo(TcpLimits.DEFAULT);
        assertThat(config.shipper().spoolBytes()).isEqualTo(1L << 30);
    }

    @Test
    void filesAreNamesAndPatternsFromTheFolderOfTheFileOn() throws IOException {
        Loaded loaded = load(
                "files:\n  auth: { paths: [/var/log/auth.log, './logs/**/*.log'], exclude: x.log,"
                        + " start: end, tag: sshd, charset: CP949, zone: Asia/Seoul }\n  pods: { paths: /p/*.log, format: cri }",
                Map.of("BONGSU_FILES_PODS_EXCLUDE", "/p/x.log"));

        assertThat(loaded.problems()).isEmpty();
        assertThat(Objects.requireNonNull(loaded.config()).files())
                .containsExactly(
                        new Config.Follow(
                                "auth",
                                List.of("/var/log/auth.log", directory + "/logs/**/*.log"),
                                List.of(directory + "/x.log"),
                                FileInput.Start.END,
                                FileInput.Format.PLAIN,
                                "sshd",
                                "x-windows-949",
                                ZoneId.of("Asia/Seoul")),
                        new Config.Follow(
                                "pods",
                                List.of("/p/*.log"),
                                List.of("/p/x.log"),
                                FileInput.Start.BEGINNING,
                                FileInput.Format.CRI,
                                null,
                                null,
                                null));
    }

    @Test
    void theEnvironmentWinsOverTheFile() throws IOException {
        Loaded loaded = load(
                "kafka: { port: 1 }\nlisteners: { in-a: { type: json-tcp, bind: '127.0.0.1:1' } }\n",
                Map.of(
                        "BONGSU_KAFKA_PORT", "9093",
                        "BONGSU_LISTENERS_IN_A_BIND", "[::1]:7000",
                        "BONGSU_LISTENERS_IN_A_ZONE", "Asia/Seoul",
                        "BONGSU_RULES", "correlation-rules, correlation-rules/rules",
                        "BONGSU_JAVA_HOME", "/jdk",
                        "PATH", "/bin"));

        assertThat(loaded.problems()).isEmpty();
        Config config = Objects.requireNonNull(loaded.config());
        assertThat(config.kafka().port()).isEqualTo(9093);
        assertThat(config.listeners())
                .containsExactly(new Config.Listen(
                        "in-a",
                        Config.Type.JSON_TCP,
                        new Config.HostPort("::1", 7000),
                        null,
                        null,
                        ZoneId.of("Asia/Seoul")));
        assertThat(config.rules()).hasSize(2);
    }

    @Test
    void whatIsPrintedReadsBackTheSame() throws IOException {
        Loaded first = load(
                "data: a b\nelasticsearch: { url: 'http://es:9200' }\ncorrelate:\n  hold: 2d\nlisteners:\n  a: { type: syslog-udp, bind: '[::]:1', charset: CP949 }\n",
                Map.of("BONGSU_KAFKA_HEAP", "1g"));

        Loaded second = load(ConfigPrint.of(first.settings()), Map.of());

        assertThat(first.problems()).isEmpty();
        assertThat(second.problems()).isEmpty();
        assertThat(second.config()).isEqualTo(first.config());
    }

    @Test
    void aPasswordIsNeverPrinted() throws IOException {
        Loaded loaded = load(
                "elasticsearch: { url: 'https://bongsu:canary@es:9200' }\n",
                Map.of("BONGSU_ELASTICSEARCH_API_KEY", "canary"));

        assertThat(ConfigPrint.of(loaded.settings()))
                .contains("https://***@es:9200")
                .doesNotContain("canary");
    }

    @Test
    void aSecretIsReadFromItsFile() throws IOException {
        Files.writeString(directory.resolve("key"), "canary-key\n");
        Files.writeString(directory.resolve("pw"), "canary word\n");

        Loaded loaded = load(
                "kafka: { bootstrap: 'k:9092', user: u, password_file: pw }\nelasticsearch: { url: 'http://es:9200' }\n",
                Map.of("BONGSU_ELASTICSEARCH_API_KEY_FILE", "key"));

        assertThat(loaded.problems()).isEmpty();
        Config config = Objects.requireNonNull(loaded.config());
        assertThat(config.elasticsearch().apiKey()).isEqualTo("canary-key");
        assertThat(config.kafka().access().password()).isEqualTo("canary word");
        assertThat(ConfigPrint.of(loaded.settings()) + config).doesNotContain("canary");
    }

    @Test
    void kafkaIsReachedAsTheKeysSay() throws IOException {
        Files.writeString(directory.resolve("ca.pem"), "PEM");

        Loaded loaded = load(
                "kafka: { bootstrap: 'k:9092', tls: true, ca_file: ca.pem, user: 'u\"x', client: { linger.ms: 5 } }\n",
                Map.of("BONGSU_KAFKA_PASSWORD", "a\\b", "BONGSU_KAFKA_CLIENT_FETCH_MIN_BYTES", "1000"));

        assertThat(loaded.problems()).isEmpty();
        Config.Kafka kafka = Objects.requireNonNull(loaded.config()).kafka();
        assertThat(KafkaProperties.of(kafka, "k:9092"))
                .containsOnly(
                        Map.entry("bootstrap.servers", "k:9092"),
                        Map.entry("security.protocol", "SASL_SSL"),
                        Map.entry("ssl.truststore.type", "PEM"),
                        Map.entry("ssl.truststore.certificates", "PEM"),
                        Map.entry("sasl.mechanism", "SCRAM-SHA-512"),
                        Map.entry(
                                "sasl.jaas.config",
                                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"u\\\"x\" password=\"a\\\\b\";"),
                        Map.entry("linger.ms", "5"),
                        Map.entry("fetch.min.bytes", "1000"));
        Loaded again = load(ConfigPrint.of(loaded.settings()).replace("\"***\"", "'a\\b'"), Map.of());
        assertThat(again.problems()).isEmpty();
        assertThat(again.config()).isEqualTo(loaded.config());
    }

    @Test
    void propertiesThatLoadClassesOrSwitchChecksOffAreRefused() throws IOException {
        for (String property : List.of(
                "sasl.jaas.config",
                "sasl.login.class",
                "sasl.oauthbearer.token.endpoint.url",
                "ssl.endpoint.identification.algorithm",
                "interceptor.classes",
                "partitioner.class",
                "acks",
                "config.providers",
                "metric.reporters",
                "isolation.level")) {
            Loaded loaded = load("kafka: { client: { " + property + ": x } }", Map.of());

            assertThat(loaded.config()).isNull();
            assertThat(loaded.problems())
                    .map(Problem::toString)
                    .singleElement()
                    .asString()
                    .contains("1:20: unknown key 'kafka.client." + property + "'");
        }
    }

    @Test
    void aRuleFolderThatIsNotBesideTheFileIsTakenFromBongsuItself() throws IOException {
        Path home = Files.createDirectories(directory.resolve("home"));
        Files.createDirectories(home.resolve("shipped-rules"));
        Files.writeString(directory.resolve("bongsu.yml"), "rules: [shipped-rules]\n");

        Loaded loaded = ConfigReader.load(directory, null, Map.of(), home);

        assertThat(Objects.requireNonNull(loaded.config()).rules()).containsExactly(home.resolve("shipped-rules"));
    }

    @Test
    void allProblemsComeAtOnce() throws IOException {
        Loaded loaded =
                load("kafka: { prot: 1 }\ncorrelate: { hold: 1 day }\nlisteners: { x: { bind: y } }\n", Map.of());

        assertThat(loaded.config()).isNull();
        assertThat(loaded.problems()).hasSize(4);
    }

    static Stream<Arguments> problems() {
        return Stream.of(
                wrong(
                        "kafak: {}",
                        "1:1: unknown key 'kafak'; did you mean 'kafka'?; known here: data, kafka, elasticsearch, kibana, listeners, files, streams, indexer, shipper, parsers, rules, mappings, lists, correlate, health"),
                wrong("kafka: 3", "1:8: 'kafka' takes keys, not a value; indent its keys below it"),
                wrong(
                        "kafka: { port: 99999 }",
                        "1:16: kafka.port: '99999' is not a port; write a number from 1 to 65535 (0: any free one)"),
                wrong("kafka: { port: [1] }", "1:16: 'kafka.port' takes one value, not a list; write one value"),
                wrong(
                        "kafka: { partitions: none }",
                        "1:22: kafka.partitions: 'none' is not a number of partitions; write auto, or a number from 1 to 10000"),
                wrong(
                        "kafka: { bootstrap: localhost }",
                        "1:21: kafka.bootstrap: 'localhost' is not a Kafka server; write embedded, or host:port[,host:port]"),
                wrong("kafka: { tls: yes }", "1:15: kafka.tls: 'yes' is neither true nor false; write true or false"),
                wrong(
                        "kafka: { tls: true }",
                        "1:15: the embedded broker has neither TLS nor users; set kafka.bootstrap to servers of yours, or remove the key"),
                wrong(
                        "kafka: { bootstrap: 'k:1', user: u }",
                        "1:34: 'kafka.password' is missing; set both user and password, or neither"),
                wrong(
                        "kafka: { bootstrap: 'k:1', mechanism: gssapi }",
                        "1:39: kafka.mechanism: unknown mechanism 'gssapi'; write scram-sha-512, scram-sha-256 or plain"),
                wrong(
                        "kafka: { bootstrap: 'k:1', ca_file: none.pem }",
                        "1:37: no such file: DIR/none.pem; write the name of a file that exists"),
                wrong(
                        "kafka: { retention: 5m }",
                        "1:21: kafka.retention: '5m' is out of range; write a duration from 1h to 3650d"),
                wrong(
                        "streams: { standbys: 3 }",
                        "1:22: streams.standbys: '3' is out of range; write a number from 0 to 2"),
                wrong(
                        "elasticsearch: { api_key: a, api_key_file: bongsu.yml }",
                        "1:27: 'elasticsearch.api_key' and 'elasticsearch.api_key_file' are both set; remove one of them"),
                wrong(
                        "kibana: { url: 'ftp://x' }",
                        "1:16: kibana.url: not the URL of a Kibana; write none, or for example https://kibana.example.org:5601"),
                wrong("kafka: { heap: 1m }", "1:16: kafka.heap: '1m' is out of range; write a size from 64m to 64g"),
                wrong(
                        "elasticsearch: { url: 'ftp://u:canary@x' }",
                        "1:23: elasticsearch.url: not the URL of an Elasticsearch; write embedded, or for example http://es.example.org:9200"),
                wrong(
                        "correlate:\n  lateness: 5 minutes",
                        "2:13: correlate.lateness: '5 minutes' is not a duration; write a whole number and a unit: 500ms, 30s, 5m, 12h or 7d"),
                wrong(
                        "shipper: { max_line: big }",
                        "1:22: shipper.max_line: 'big' is not a size; write a whole number and a unit: 64KiB, 512m or 2g"),
                wrong(
                        "shipper: { max_connections: many }",
                        "1:29: shipper.max_connections: 'many' is not a number of connections; write a number from 1 to 1000000"),
                wrong(
                        "shipper: { max_connections_per_address: 0 }",
                        "1:41: shipper.max_connections_per_address: '0' is not a number of connections; write a number from 1 to 1000000"),
                wrong(
                        "shipper: { max_event: 2m }",
                        "1:23: shipper.max_event: '2m' is out of range; write a size from 1KiB to 1m"),
                wrong(
                        "shipper: { idle_timeout: 2d }",
                        "1:26: shipper.idle_timeout: '2d' is out of range; write a duration from 0ms to 86400s"),
                wrong(
                        "shipper: { handshake_timeout: 0s }",
                        "1:31: shipper.handshake_timeout: '0s' is out of range; write a duration from 100ms to 60s"),
                wrong("data:", "1:6: 'data' has no value; write one, or remove the key for the default"),
                wrong("rules: [nowhere]", "1:9: no such folder or file: nowhere; looked in DIR"),
                wrong("rules: { a: b }", "1:8: 'rules' takes a list of folders, not keys; write [folder, folder]"),
                wrong(
                        "listeners: { a: { type: syslog-upd, bind: '0.0.0.0:1' } }",
                        "1:25: listeners.a.type: unknown type 'syslog-upd'; did you mean 'syslog-udp'?; write one of syslog-udp, syslog-tcp, json-tcp, gelf-udp, gelf-tcp, relp, beats"),
                wrong(
                        "listeners: { a: { type: syslog-udp } }",
                        "1:17: 'bind' is missing; add it, for example bind: \"0.0.0.0:5514\""),
                wrong(
                        "listeners: { a: { type: syslog-udp, bind: '5514' } }",
                        "1:43: listeners.a.bind: '5514' is not an address and a port; write for example 0.0.0.0:5514 or [::]:5514"),
                wrong(
                        "listeners: { a: { type: syslog-udp, bind: 'x:1', charset: utf9 } }",
                        "1:59: listeners.a.charset: unknown charset 'utf9'; write for example UTF-8, CP949 or windows-1252"),
                wrong(
                        "listeners: { a: { type: syslog-udp, bind: 'x:1', zone: Seoul } }",
                        "1:56: listeners.a.zone: unknown time zone 'Seoul'; write for example Asia/Seoul, UTC or +09:00"),
                wrong("listeners: { A b: {} }", "1:14: 'A b' is not a name; use small letters, digits and '-'"),
                wrong(
                        "listeners: { a: udp }",
                        "1:14: 'a' needs keys; write for example { type: syslog-udp, bind: \"0.0.0.0:5514\" }"),
                wrong(
                        "listeners:\n  a: { type: syslog-tcp, bind: 'x:1' }\n  b: { type: json-tcp, bind: 'x:1' }",
                        "3:24: listener a has the same address and port; give each a port of its own"),
                wrong(
                        "files: { a: { paths: /var/log/a.log, start: middle } }",
                        "1:45: files.a.start: 'middle' is no place to start; write beginning or end"),
                wrong(
                        "files: { a: { paths: /var/log/a.log, format: docker } }",
                        "1:46: files.a.format: unknown format 'docker'; write plain, or cri for /var/log/pods"),
                wrong(
                        "files: { a: { tag: sshd } }",
                        "1:13: 'paths' is missing; add it, for example paths: [/var/log/auth.log]"),
                wrong(
                        "files: { a: { paths: { b: c } } }",
                        "1:22: 'files.a.paths' takes names or patterns of files; write for example [/var/log/auth.log, \"/var/log/app/**/*.log\"]"),
                wrong(
                        "listeners: { a: { type: json-tcp, bind: 'x:1' } }\nfiles: { a: { paths: /a.log } }",
                        "2:13: a listener has the same name; give each input a name of its own"),
                wrong("- a", "1:1: expected keys and values, found a list; write for example 'data: ./data'"),
                wrong("a", "1:1: expected keys and values; write for example 'data: ./data'"));
    }

    private static Arguments wrong(String text, String problem) {
        return Arguments.of(text, problem);
    }

    @ParameterizedTest
    @MethodSource("problems")
    void whatIsWrongWhereAndHowToMendIt(String text, String problem) throws IOException {
        Loaded loaded = load(text, Map.of());

        assertThat(loaded.problems())
                .map(Problem::toString)
                .map(s -> s.replace(directory.resolve("bongsu.yml") + ":", "").replace(directory.toString(), "DIR"))
                .containsExactly(problem);
    }

    @Test
    void aWrongVariableIsNamed() throws IOException {
        Loaded loaded = load("", Map.of("BONGSU_KAFKA_PROT", "1", "BONGSU_KAFKA_PORT", "x"));

        assertThat(loaded.problems())
                .map(Problem::toString)
                .containsExactly(
                        "BONGSU_KAFKA_PORT: kafka.port: 'x' is not a port; write a number from 1 to 65535 (0: any free one)",
                        "BONGSU_KAFKA_PROT: the environment variable sets no key; did you mean 'BONGSU_KAFKA_PORT'?; unset it, or see 'bongsu config print' for the names");
    }

    @Test
    void aNamedFileHasToExist() {
        Loaded loaded = ConfigReader.load(directory, Path.of("other.yml"), Map.of(), null);

        assertThat(loaded.problems())
                .map(Problem::toString)
                .containsExactly(
                        "other.yml:1:1: no such file; name an existing file with --config, or leave the option out");
    }

    private Loaded load(String text, Map<String, String> environment) throws IOException {
        Files.writeString(directory.resolve("bongsu.yml"), text);
        return ConfigReader.load(directory, null, environment, null);
    }

    /** Guards the table above: each message once. */
    @Test
    void noMessageIsListedTwice() {
        List<Object> messages = problems().map(a -> a.get()[1]).toList();

        assertThat(messages).doesNotHaveDuplicates();
    }
}
