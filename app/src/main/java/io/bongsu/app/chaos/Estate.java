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
    private final Map<Role, ChildProcess> roles = new EnumMap<>(Role.class);

    /** @param config whose rules and parsers they use */
    Estate(Path folder, Config config) throws IOException {
        this.folder = folder;
        Files.createDirectories(logs());
        this.kafka = KafkaProcess.start(folder.resolve("kafka"), 0);
        this.elasticsearch = ElasticsearchProcess.start(folder.resolve("elasticsearch"), 0);
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

    String bootstrap() {
        return kafka.bootstrap();
    }

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

    /** To all roles at once. */
    void signal(String name) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kill", "-" + name));
        roles.values().forEach(child -> command.add(Long.toString(child.pid())));
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
        all.put("BONGSU_KAFKA_BOOTSTRAP", bootstrap());
        all.put("BONGSU_ELASTICSEARCH_URL", url().toString());
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
        elasticsearch.close();
        kafka.close();
    }
}
