package io.bongsu.embedded.child;

import io.bongsu.embedded.EmbeddedException;
import io.bongsu.embedded.ParentWatch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * The child process of {@link io.bongsu.embedded.ElasticsearchProcess}: {@code ElasticsearchMain HOME FOLDER PORT SECURED}. Starts
 * the node by its class and not by {@code bin/elasticsearch}, which refuses to run as root; so there are no bootstrap checks
 * and no entitlements.
 */
public final class ElasticsearchMain {
    private static final String NAME = "bongsu";

    private ElasticsearchMain() {}

    public static void main(String[] args) {
        ParentWatch.start(Duration.ofSeconds(8));
        try {
            run(Path.of(args[0]), Path.of(args[1]), Integer.parseInt(args[2]), Boolean.parseBoolean(args[3]));
        } catch (EmbeddedException e) {
            ParentWatch.fail(e);
        } catch (Throwable e) { // threads of a node that did not start would keep this process
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static void run(Path home, Path folder, int port, boolean secured) throws Exception {
        DataFolder.take(folder, DataFolder.ROOM);
        DataFolder.needPort(port, "elasticsearch.port");
        Path config = configuration(folder);

        LogConfigurator.registerErrorListener();
        LogConfigurator.configureESLogging();
        Environment environment = InternalSettingsPreparer.prepareEnvironment(
                Settings.EMPTY, settings(home, folder, port, secured), config, () -> NAME);
        LogConfigurator.setNodeName(NAME);
        LogConfigurator.setClusterName(NAME);
        LogConfigurator.configure(environment, true);

        AtomicBoolean started = new AtomicBoolean();
        Node node = new Node(
                environment,
                PluginsLoader.createPluginsLoader(
                        PluginsLoader.loadModulesBundles(home.resolve("modules"), false), Set.of(), Map.of()));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node, started.get())));
        node.start();
        started.set(true);
        ParentWatch.ready();
        new CountDownLatch(1).await(); // all threads of the node are daemons
    }

    private static void stop(Node node, boolean started) {
        try {
            if (started) {
                node.close();
                node.awaitClose(5, TimeUnit.SECONDS);
            }
        } catch (IOException e) {
            e.printStackTrace();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // Half a start cannot be stopped in order, and needs not: the translog survives a kill.
        Runtime.getRuntime().halt(started ? 0 : 1);
    }

    private static Map<String, String> settings(Path home, Path folder, int port, boolean secured) {
        return Map.ofEntries(
                Map.entry("path.home", home.toString()),
                Map.entry("path.data", folder.resolve("data").toString()),
                Map.entry("path.logs", folder.resolve("logs").toString()),
                Map.entry("cluster.name", NAME),
                Map.entry("node.name", NAME),
                Map.entry("discovery.type", "single-node"),
                Map.entry("http.host", "127.0.0.1"),
                Map.entry("http.port", Integer.toString(port)),
                Map.entry("transport.host", "127.0.0.1"),
                Map.entry("transport.port", "0"),
                Map.entry("xpack.security.enabled", Boolean.toString(secured)),
                Map.entry("xpack.security.transport.ssl.enabled", "false"), // it speaks to nobody
                Map.entry("http.shutdown_grace_period", "1s"),
                // Percentages of a disk that others fill are no measure for a demo; DataFolder asks for room instead.
                Map.entry("cluster.routing.allocation.disk.threshold_enabled", "false"));
    }

    private static Path configuration(Path folder) throws IOException {
        Path config = Files.createDirectories(folder.resolve("config"));
        Files.writeString(config.resolve("elasticsearch.yml"), "# The settings are those of ElasticsearchMain.\n");
        try (InputStream log4j = ElasticsearchMain.class.getResourceAsStream("log4j2.properties")) {
            if (log4j == null) {
                throw new IllegalStateException("log4j2.properties is missing from the jar");
            }
            Files.copy(log4j, config.resolve("log4j2.properties"), StandardCopyOption.REPLACE_EXISTING);
        }
        return config;
    }
}
