package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.app.config.Config;
import io.bongsu.app.config.ConfigReader;
import io.bongsu.app.console.Console;
import io.bongsu.app.pipeline.Pipeline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Utils;

/**
 * For tests: the whole pipeline in a folder of the test, on free ports; in this process, but for its children, which are
 * the embedded servers as well or, with {@code -Dbongsu.it=containers}, Kafka and Elasticsearch as the official images.
 */
public final class Running implements AutoCloseable {
    private final Lifetime lifetime = new Lifetime(() -> {});
    private final Pipeline pipeline;

    private Running(Path directory, Map<String, String> over) {
        Map<String, String> environment = environment(directory);
        environment.putAll(over);
        Console console = new Console(
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8), false, false, 80);
        pipeline = new Pipeline(config(directory, environment), List.of(), environment, console, lifetime);
    }

    public static Running start(Path directory, Map<String, String> over) {
        Map<String, String> all = new HashMap<>(over);
        Servers servers = Servers.inContainers() ? Servers.start(directory) : null;
        if (servers != null) {
            all.putAll(servers.environment("up"));
        }
        Running running = new Running(directory, all);
        if (servers != null) {
            running.lifetime.own(servers);
        }
        try {
            running.pipeline.start();
            return running;
        } catch (RuntimeException e) {
            running.close();
            throw e;
        }
    }

    /** Keys as variables: everything in that folder and on free ports, with the rules of this source tree. */
    public static Map<String, String> environment(Path directory) {
        return new HashMap<>(Map.of(
                "BONGSU_DATA", directory.resolve("data").toAbsolutePath().toString(),
                "BONGSU_RULES",
                        Path.of("../correlation-rules/rules")
                                .toAbsolutePath()
                                .normalize()
                                .toString(),
                "BONGSU_KAFKA_PORT", "0",
                "BONGSU_KAFKA_PARTITIONS", "2",
                "BONGSU_ELASTICSEARCH_PORT", "0",
                "BONGSU_HEALTH_BIND", "127.0.0.1:0",
                "BONGSU_LISTENERS_SYSLOG_UDP_BIND", "127.0.0.1:0",
                "BONGSU_LISTENERS_SYSLOG_TCP_BIND", "127.0.0.1:0",
                "BONGSU_LISTENERS_JSON_TCP_BIND", "127.0.0.1:0"));
    }

    public static Config config(Path directory, Map<String, String> environment) {
        ConfigReader.Loaded loaded = ConfigReader.load(directory, null, environment, null);
        assertThat(loaded.problems()).isEmpty();
        Config config = loaded.config();
        assertThat(config).isNotNull();
        return config;
    }

    public Pipeline pipeline() {
        return pipeline;
    }

    /** A connection to a listener; senders with different last numbers are different sources (on Linux). */
    public Socket connect(String listener, int sender) throws IOException {
        return connect(pipeline.address(listener), sender);
    }

    public static Socket connect(InetSocketAddress target, int sender) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0." + sender), 0));
        socket.connect(target, 5_000);
        return socket;
    }

    /** A sender whose lines come to that partition, by the hash that Kafka's producer takes. */
    public static int sender(String listener, int partition, int partitions) {
        for (int sender = 1; ; sender++) {
            byte[] key = (listener + "/127.0.0." + sender).getBytes(StandardCharsets.UTF_8);
            if (Utils.toPositive(Utils.murmur2(key)) % partitions == partition) {
                return sender;
            }
        }
    }

    @Override
    public void close() {
        lifetime.close();
    }
}
