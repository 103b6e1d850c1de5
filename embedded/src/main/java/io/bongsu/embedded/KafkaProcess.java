package io.bongsu.embedded;

import io.bongsu.embedded.ChildProcess.Backoff;
import io.bongsu.embedded.ChildProcess.Listener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka of one node (KRaft, broker and controller in one) in a process of its own, on the loopback address. Its data
 * stays in its folder and survives SIGKILL; nothing is replicated. For the embedded default and for tests.
 *
 * <p>{@link #start} returns at once, so that several servers can start side by side; {@link #awaitReady} throws {@link
 * EmbeddedException}. Topics are not created by use; records may have up to 16 MiB.
 */
public final class KafkaProcess extends ServerProcess {
    /** Enough for tens of thousands of lines a second in batches. */
    public static final int DEFAULT_HEAP_MEGABYTES = 256;

    private final int port;

    private KafkaProcess(ChildProcess.Builder command, int port, Listener listener) {
        super(command, listener);
        this.port = port;
    }

    /** Port 0: a free one, the same for all restarts of this object. */
    public static KafkaProcess start(Path data, int port) {
        return start(data, port, DEFAULT_HEAP_MEGABYTES, Listener.NONE, null);
    }

    /** With a back-off it is started again, on the same data and port, whenever it ends. */
    public static KafkaProcess start(
            Path data, int port, int heapMegabytes, Listener listener, @Nullable Backoff restart) {
        Path folder = data.toAbsolutePath().normalize();
        int chosen = port == 0 ? Ports.free() : port;
        ChildProcess.Builder command = ChildProcess.builder(
                        "Kafka",
                        Distribution.find().kafkaClassPath(),
                        "io.bongsu.embedded.child.KafkaMain",
                        folder.resolve("kafka.log"))
                .jvmArguments(Distribution.withOptions(
                        "-Xms" + heapMegabytes + "m",
                        "-Xmx" + heapMegabytes + "m",
                        "-XX:MaxDirectMemorySize=" + heapMegabytes + "m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-XX:ErrorFile=" + folder.resolve("crash-%p.log"),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dlog4j2.StatusLogger.level=OFF", // there is no log4j behind its interface
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                        "-Dorg.slf4j.simpleLogger.logFile=System.out",
                        "-Dorg.slf4j.simpleLogger.showDateTime=true",
                        "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX"))
                .arguments(List.of(folder.toString(), Integer.toString(chosen)))
                .startTimeout(Duration.ofMinutes(2))
                .restart(restart);
        KafkaProcess kafka = new KafkaProcess(command, chosen, listener);
        kafka.launch();
        return kafka;
    }

    /** For {@code bootstrap.servers}. */
    public String bootstrap() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }
}
