package io.bongsu.app.chaos;

import io.bongsu.app.bench.Children;
import io.bongsu.app.config.Config;
import io.bongsu.app.config.ConfigReader;
import io.bongsu.embedded.ChildProcess;
import io.bongsu.embedded.ElasticsearchProcess;
import io.bongsu.embedded.KafkaProcess;
import io.bongsu.embedded.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A pipeline to be hurt, in a folder of its own: real servers, and each role a process of its own that follows files. */
final class Estate implements AutoCloseable {
    /** The roles, in the order of the data. */
    enum Role {
        SHIP("ship"),
        PARSE("stream", "--role", "parse"),
        CORRELATE("stream", "--role", "correlate"),
        INDEX("index");

        private final List<String> command;

        Role(String... command) {
            this.command = List.of(command);
        }
    }

    private final Path folder;
    private final Path file;
    private final KafkaProcess kafka;
    private final ElasticsearchProcess elasticsearch;
    private final Link toKafka;
    private final Link toElasticsearch;
    private final Map<Role, ChildProcess> roles = new EnumMap<>(Role.class);

    /** @param config whose rules and parsers they use */
    Estate(Path folder, Config config) throws IOException {
        this.folder = folder;
        Files.createDirectories(logs());
        int inside = Ports.free();
        int outside = Ports.free();
        this.toKafka = new Link(outside);
        Path kafkaFolder = Files.createDirectories(folder.resolve("kafka"));
        Files.writeString(kafkaFolder.resolve("server.properties"), listeners(inside, outside, toKafka.port()));
        this.kafka = KafkaProcess.start(kafkaFolder, inside);
        this.elasticsearch = ElasticsearchProcess.start(folder.resolve("elasticsearch"), 0);
        this.toElasticsearch = new Link(elasticsearch.url().getPort());
        this.file = Files.writeString(
                folder.resolve("bongsu.yml"),
                // An alert is told in full when nothing late can change it any more, and nobody wants to wait long for
                // that here; but longer than a shipper is away, whose lines would be late otherwise. A partition
                // without
                // a source is `hold` behind.
                "correlate: { lateness: 1m, hold: 30s }\n"
                        + "listeners: {}\n"
                        + "files: { chaos: { paths: ['" + logs() + "/*.log'] } }\n"
                        + Children.content(config));
    }

    /** The roles come by the link, the broker itself and the auditor do not. */
    private static String listeners(int inside, int outside, int link) {
        int controller = Ports.free();
        return """
            listeners=PLAINTEXT://127.0.0.1:%1$d,OUTSIDE://127.0.0.1:%2$d,CONTROLLER://127.0.0.1:%4$d
            advertised.listeners=PLAINTEXT://127.0.0.1:%1$d,OUTSIDE://127.0.0.1:%3$d
            listener.security.protocol.map=PLAINTEXT:PLAINTEXT,OUTSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT
            inter.broker.listener.name=PLAINTEXT
            controller.quorum.voters=1@127.0.0.1:%4$d
            """.formatted(inside, outside, link, controller);
    }

    /** Returns when everything works. */
    void start() throws IOException {
        kafka.awaitReady();
        elasticsearch.awaitReady();
        Children.setUp(folder, file, environment("setup", 0));
        for (Role role : Role.values()) {
            launch(role);
        }
        roles.values().forEach(ChildProcess::awaitReady);
    }

    /** What the roles are told, but for where the servers are. */
    Config config() {
        Config config = ConfigReader.load(folder, file, Map.of(), null).config();
        if (config == null) {
            throw new IllegalStateException(file + " is no configuration");
        }
        return config;
    }

    /** The folder whose files are followed. */
    Path logs() {
        return folder.resolve("logs");
    }

    /** Past the link. */
    String bootstrap() {
        return kafka.bootstrap();
    }

    /** Past the link. */
    URI url() {
        return elasticsearch.url();
    }

    KafkaProcess kafka() {
        return kafka;
    }

    ElasticsearchProcess elasticsearch() {
        return elasticsearch;
    }

    /** SIGKILL, and gone when this returns. */
    void kill(Role role) {
        ChildProcess child = roles.remove(role);
        if (child != null) {
            child.kill();
            child.close();
        }
    }

    /** In order; what it held is handed on. */
    void stop(Role role) {
        ChildProcess child = roles.remove(role);
        if (child != null) {
            child.close();
        }
    }

    /** Between the roles and the servers. */
    List<Link> links() {
        return List.of(toKafka, toElasticsearch);
    }

    /** To all of them at once. */
    void signal(String name, Set<Role> to) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kill", "-" + name));
        roles.forEach((role, child) -> {
            if (to.contains(role)) {
                command.add(Long.toString(child.pid()));
            }
        });
        int code = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (code != 0) {
            throw new IOException("`" + String.join(" ", command) + "` ended with " + code);
        }
    }

    void launch(Role role) {
        int health = Ports.free();
        String name = role.name().toLowerCase(Locale.ROOT);
        List<String> arguments = new ArrayList<>(role.command);
        arguments.addAll(List.of("--config", file.toString()));
        ChildProcess child = Children.bongsu(
                name,
                folder.resolve(name + ".log"),
                arguments,
                environment(name, health),
                () -> isReady(health),
                ChildProcess.Listener.NONE);
        roles.put(role, child);
        child.start();
    }

    void awaitReady(Role role) {
        ChildProcess child = roles.get(role);
        if (child != null) {
            child.awaitReady();
        }
    }

    private Map<String, String> environment(String name, int health) {
        Map<String, String> all = new HashMap<>();
        all.put("BONGSU_KAFKA_BOOTSTRAP", "127.0.0.1:" + toKafka.port());
        all.put("BONGSU_ELASTICSEARCH_URL", "http://127.0.0.1:" + toElasticsearch.port());
        all.put("BONGSU_DATA", folder.resolve("data-" + name).toString());
        all.put("BONGSU_HEALTH_BIND", "127.0.0.1:" + health);
        return all;
    }

    private static boolean isReady(int health) {
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build()) {
            URI readyz = URI.create("http://127.0.0.1:" + health + "/readyz");
            HttpRequest request = HttpRequest.newBuilder(readyz)
                    .timeout(Duration.ofSeconds(2))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false; // not yet
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        for (Role role : Role.values()) {
            stop(role);
        }
        links().forEach(Link::close);
        elasticsearch.close();
        kafka.close();
    }
}
