package io.bongsu.embedded.child;

import io.bongsu.embedded.EmbeddedException;
import io.bongsu.embedded.ParentWatch;
import io.bongsu.embedded.Ports;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * The child process of {@link io.bongsu.embedded.KafkaProcess}: {@code KafkaMain FOLDER PORT}. A file {@code
 * server.properties} in the folder goes before our settings: for tests, which want users and TLS as a cluster has them.
 */
public final class KafkaMain {
    /** The largest record that fits, plus what surrounds it. */
    private static final int MESSAGE_BYTES = (16 << 20) + (1 << 20);

    private KafkaMain() {}

    public static void main(String[] args) {
        ParentWatch.start(Duration.ofSeconds(8));
        Path folder = Path.of(args[0]);
        int port = Integer.parseInt(args[1]);
        try {
            run(folder, port);
        } catch (EmbeddedException e) {
            ParentWatch.fail(e);
        } catch (Throwable e) { // threads of a server that did not start would keep this process
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static void run(Path folder, int port) throws Exception {
        DataFolder.take(folder, DataFolder.ROOM);
        DataFolder.needPort(port, "kafka.port");
        Path data = folder.resolve("data");
        if (!Files.exists(data.resolve("meta.properties"))) {
            format(data);
        }
        Properties settings = settings(data, port);
        Path own = folder.resolve("server.properties");
        if (Files.exists(own)) {
            try (Reader in = Files.newBufferedReader(own)) {
                settings.load(in);
            }
        }
        KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(settings), Time.SYSTEM);
        AtomicBoolean started = new AtomicBoolean();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (!started.get()) { // half a start cannot be stopped in order, and needs not: the log survives a kill
                Runtime.getRuntime().halt(1);
            }
            server.shutdown();
            server.awaitShutdown();
        }));
        server.startup();
        started.set(true);
        ParentWatch.ready();
        server.awaitShutdown();
    }

    private static void format(Path data) throws Exception {
        new Formatter()
                .setNodeId(1)
                .setClusterId(Uuid.randomUuid().toString())
                .setDirectories(List.of(data.toString()))
                .setMetadataLogDirectory(data.toString())
                .setControllerListenerName("CONTROLLER")
                .setIgnoreFormatted(true)
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                .run();
    }

    private static Properties settings(Path data, int port) {
        int controllerPort = Ports.free();
        Properties p = new Properties();
        p.put("process.roles", "broker,controller");
        p.put("node.id", "1");
        p.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        p.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        p.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        p.put("controller.listener.names", "CONTROLLER");
        p.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.put("log.dirs", data.toString());

        // One node holds all.
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            p.put(topic + ".replication.factor", "1");
            p.put(topic + ".num.partitions", "2");
        }
        p.put("transaction.state.log.min.isr", "1");
        p.put("share.coordinator.state.topic.min.isr", "1");
        p.put("default.replication.factor", "1");
        p.put("min.insync.replicas", "1");
        p.put("group.initial.rebalance.delay.ms", "0");
        // After SIGKILL the broker is let in again when its old session is over: 9 s by default.
        p.put("broker.session.timeout.ms", "4000");
        p.put("broker.heartbeat.interval.ms", "1000");

        // A topic has the partitions and the retention that Bongsu gives it, or it is an error.
        p.put("auto.create.topics.enable", "false");
        p.put("log.retention.check.interval.ms", "60000");

        // Large records, but bounded memory.
        p.put("message.max.bytes", Integer.toString(MESSAGE_BYTES));
        p.put("replica.fetch.max.bytes", Integer.toString(MESSAGE_BYTES));
        p.put("replica.fetch.response.max.bytes", Integer.toString(MESSAGE_BYTES));
        p.put("socket.request.max.bytes", Integer.toString(2 * MESSAGE_BYTES));
        p.put("queued.max.request.bytes", Integer.toString(4 * MESSAGE_BYTES));
        p.put("queued.max.requests", "100");
        p.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
        p.put("log.cleaner.io.buffer.size", Integer.toString(256 << 10));
        p.put("num.network.threads", "2");
        p.put("num.io.threads", "4");
        p.put("background.threads", "2");
        return p;
    }
}
