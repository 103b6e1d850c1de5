package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bongsu.app.config.Config;
import io.bongsu.app.pipeline.Parts;
import io.bongsu.app.pipeline.Setup;
import io.bongsu.app.pipeline.Watcher;
import io.bongsu.embedded.ChildProcess;
import io.bongsu.embedded.ChildProcess.Backoff;
import io.bongsu.rules.RuleSet;
import io.bongsu.shipper.Shipper;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two stream processes over two partitions with rules of every type: one is stopped (SIGSTOP) while the other goes on, one is
 * killed (SIGKILL). Then all that came of it is thrown away, and another process reads the log from its start.
 */
class TwoInstancesIT {
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir
    Path directory;

    @Test
    void theAlertsAreThoseOfDetectAndOfAReplay() throws Exception {
        Numbered lines = new Numbered(3_000, 43);
        Seen seen = new Seen();
        try (PlainKafka kafka = PlainKafka.start(directory)) {
            Map<String, Object> client = Map.of("bootstrap.servers", kafka.bootstrap());
            Map<String, String> environment = Running.environment(directory);
            environment.putAll(Numbered.rules());
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
                    kill(second);
                    lines.send(2_000, 3_000, sockets);
                    await().atMost(PATIENCE).until(() -> seen.tally().received() >= lines.size());

                    List<Map<String, Object>> expected = lines.detected();
                    await().atMost(PATIENCE).until(() -> seen.standing().size() >= expected.size() && seen.allClosed());
                    assertThat(seen.standing()).isEqualTo(expected);
                    assertThat(expected.stream().map(alert -> alert.get("rule")).distinct())
                            .containsAll(everyType());
                    assertThat(seen.times()).hasSize(lines.size()).allSatisfy((number, times) -> assertThat(times)
                            .isOne());
                    assertThat(seen.tally().balanced()).isTrue();
                }
            }

            forget(client);
            Setup.topics(config, client);
            Seen again = new Seen();
            try (Watcher watcher = new Watcher(client, Watcher.TOPICS, again)) {
                watcher.start();
                try (ChildProcess replay = instance(directory.resolve("replay"), environment)) {
                    replay.awaitReady();
                    await().atMost(PATIENCE).until(() -> again.tally().received() >= lines.size());
                    await().atMost(PATIENCE)
                            .until(() ->
                                    again.standing().size() >= seen.standing().size() && again.allClosed());
                    assertThat(again.standing()).isEqualTo(seen.standing());
                }
            }
        }
    }

    /** The rules made for this test that alert. */
    private static List<String> everyType() {
        RuleSet rules = RuleSet.load(List.of(Numbered.RULES.getLast()), RuleSet.Defaults.STANDARD)
                .rules();
        return rules.correlations().stream()
                .filter(correlation -> rules.speaks(correlation))
                .map(correlation -> correlation.info().id())
                .toList();
    }

    /** Only the log stays. */
    private static void forget(Map<String, Object> client) throws Exception {
        try (Admin admin = Admin.create(client)) {
            Set<String> topics = new HashSet<>(admin.listTopics().names().get());
            topics.removeAll(Set.of("bongsu.logs", "bongsu.rules"));
            admin.deleteTopics(topics).all().get();
            // One of them may still have a member, and the other be gone already.
            await().atMost(PATIENCE).ignoreExceptions().until(() -> {
                List<String> groups = admin.listGroups().all().get().stream()
                        .map(GroupListing::groupId)
                        .toList();
                admin.deleteConsumerGroups(groups).all().get();
                return true;
            });
            await().atMost(PATIENCE)
                    .until(() -> Collections.disjoint(admin.listTopics().names().get(), topics));
        }
    }

    private static void kill(ChildProcess child) {
        long pid = child.pid();
        child.kill();
        await().atMost(PATIENCE).until(() -> child.isReady() && child.pid() != pid);
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
