package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bongsu.app.config.Config;
import io.bongsu.app.pipeline.Parts;
import io.bongsu.app.pipeline.Setup;
import io.bongsu.app.pipeline.Watcher;
import io.bongsu.embedded.ChildProcess;
import io.bongsu.embedded.ChildProcess.Backoff;
import io.bongsu.shipper.Shipper;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two stream processes over two partitions, one of them stopped (SIGSTOP) while the other goes on. */
class TwoInstancesIT {
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir
    Path directory;

    @Test
    void theAlertsAreThoseOfDetect() throws Exception {
        Numbered lines = new Numbered(3_000, 43);
        Seen seen = new Seen();
        try (PlainKafka kafka = PlainKafka.start(directory)) {
            Map<String, Object> client = Map.of("bootstrap.servers", kafka.bootstrap());
            Map<String, String> environment = Running.environment(directory);
            environment.put("BONGSU_KAFKA_BOOTSTRAP", kafka.bootstrap());
            Config config = Running.config(directory, environment);
            Setup.topics(config, client);
            try (ChildProcess first = instance(directory.resolve("first"), environment);
                    ChildProcess second = instance(directory.resolve("second"), environment);
                    Watcher watcher = new Watcher(client, Watcher.TOPICS, seen);
                    Shipper shipper = Parts.shipper(config, client)) {
                first.awaitReady();
                second.awaitReady();
                watcher.start();
                shipper.start();
                try (Socket one = Running.connect(shipper.address("syslog-tcp"), Running.sender("syslog-tcp", 0, 2));
                        Socket two =
                                Running.connect(shipper.address("syslog-tcp"), Running.sender("syslog-tcp", 1, 2))) {
                    List<Socket> sockets = List.of(one, two);

                    lines.send(0, 1_000, sockets);
                    await().atMost(PATIENCE).until(() -> seen.tally().received() > 0);
                    signal("STOP", first);
                    lines.send(1_000, 2_000, sockets);
                    await().atMost(PATIENCE).until(() -> seen.tally().received() >= 2_000); // the other took over
                    signal("CONT", first);
                    lines.send(2_000, 3_000, sockets);
                    await().atMost(PATIENCE).until(() -> seen.tally().received() >= lines.size());

                    List<Map<String, Object>> expected = lines.detected();
                    await().atMost(PATIENCE).until(() -> seen.standing().size() >= expected.size() && seen.allClosed());
                    assertThat(seen.standing()).isEqualTo(expected);
                    assertThat(seen.times()).hasSize(lines.size()).allSatisfy((number, times) -> assertThat(times)
                            .isOne());
                    assertThat(seen.tally().balanced()).isTrue();
                }
            }
        }
    }

    /** A stream process with a data folder, and so a name, of its own. */
    static ChildProcess instance(Path data, Map<String, String> environment) {
        String name = data.getFileName().toString();
        Map<String, String> own = new java.util.HashMap<>(environment);
        own.put("BONGSU_DATA", data.toString());
        ChildProcess child = ChildProcess.builder(
                        name, System.getProperty("java.class.path"), "io.bongsu.app.Main", data.resolve("streams.log"))
                .jvmArguments(List.of("-Xmx256m"))
                .arguments(List.of("stream", "--child"))
                .environment(own)
                .startTimeout(PATIENCE)
                .restart(Backoff.DEFAULT)
                .build(ChildProcess.Listener.NONE);
        child.start();
        return child;
    }

    private static void signal(String signal, ChildProcess child) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(child.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }
}
