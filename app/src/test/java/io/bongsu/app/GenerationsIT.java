package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bongsu.app.command.Commands;
import io.bongsu.app.config.Config;
import io.bongsu.app.ledger.AlertTopic;
import io.bongsu.app.ledger.TopicReader;
import io.bongsu.app.pipeline.Folders;
import io.bongsu.app.pipeline.Parts;
import io.bongsu.app.pipeline.RulesLive;
import io.bongsu.app.pipeline.RulesPush;
import io.bongsu.app.pipeline.RulesPush.Candidate;
import io.bongsu.app.pipeline.RulesPush.Change;
import io.bongsu.app.pipeline.RulesPush.FileRow;
import io.bongsu.app.pipeline.RulesPush.Order;
import io.bongsu.app.pipeline.RulesWatch;
import io.bongsu.app.pipeline.Setup;
import io.bongsu.app.pipeline.Watcher;
import io.bongsu.app.replay.SameAlerts;
import io.bongsu.embedded.ChildProcess;
import io.bongsu.model.Alert;
import io.bongsu.model.AlertStatus;
import io.bongsu.model.Codec;
import io.bongsu.model.Micros;
import io.bongsu.model.RulesManifest;
import io.bongsu.model.Topics;
import io.bongsu.shipper.Shipper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules and parsers are pushed to a stream process that runs on a real Kafka, rolled back, and it is killed in between. */
class GenerationsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String RULE = """
            title: Backup failed
            name: backup_failed
            logsource: {product: linux, service: backup}
            detection:
              failed: {message|contains: failed}
              condition: failed
            level: low
            ---
            title: The backup keeps failing
            id: 5b0a5d64-3f5f-4b8e-9a52-1f9f2b6a7d10
            correlation:
              type: event_count
              rules: [backup_failed]
              group-by: [host.hostname]
              timespan: 10m
              condition: {gte: %d}
            level: high
            tests:
              - name: often
                events:
                  - {at: 0s, fields: {host.hostname: db-1, message: backup failed}, repeat: %d, every: 1m}
                expect: {alerts: 1}
            """;

    private static final String DOOR = """
            title: Door opened by nobody
            logsource: {product: acme, service: door}
            detection:
              opened: {event.action: door-opened, user.name: nobody}
              condition: opened
            level: low
            """;
    private static final String PARSER = """
            parser: test.door
            dataset: test.door
            sigma: [{product: acme, service: door}]
            detect: {program: [doord]}
            steps:
              - tmpl: "%s by {user.name}"
              - set: {event.action: door-opened}
            tests:
              - in: "open by kim"
                out: {user.name: kim}
            """;

    @TempDir
    Path directory;

    private Config config;

    @Test
    void aPushARollbackAndARestartInBetween() throws Exception {
        Path one = folder("one", RULE.formatted(3, 3));
        Path two = folder("two", RULE.formatted(2, 2));
        Path broken = folder("broken", RULE.formatted(2, 2).replace("message|contains", "message|contain"));
        Path untrue = folder("untrue", RULE.formatted(4, 2));
        Set<String> alerts = new ConcurrentSkipListSet<>();
        Set<String> sight = new ConcurrentSkipListSet<>();
        try (PlainKafka server = PlainKafka.start(directory)) {
            Map<String, Object> kafka = Map.of("bootstrap.servers", server.bootstrap());
            Map<String, String> environment = Running.environment(directory);
            environment.put("BONGSU_KAFKA_BOOTSTRAP", server.bootstrap());
            environment.put("BONGSU_RULES", one.toString());
            environment.put("BONGSU_CORRELATE_SIGHT", "2s");
            Path parsers = Files.createDirectories(directory.resolve("parsers"));
            environment.put("BONGSU_PARSERS", parsers.toString());
            Files.writeString(one.resolve("door.yml"), DOOR);
            Files.writeString(two.resolve("door.yml"), DOOR);
            config = Running.config(directory, environment);
            assertThat(Setup.topics(config, kafka)).contains("rules: generation 1 published, 3 rules, 0 with problems");
            assertThat(Setup.topics(config, kafka)).noneMatch(line -> line.contains("published"));
            RulesPush push = new RulesPush(config, kafka);
            Watcher.Listener listener = new Watcher.Listener() {
                @Override
                public void alert(Alert alert, long appended) {
                    if (AlertTopic.isOurs(alert)) {
                        sight.add(alert.getStatus() + " " + alert.getFields().get("message"));
                        return;
                    }
                    String host = alert.getGroup().get("host.hostname");
                    alerts.add((host == null ? "door" : host) + " " + alert.getGeneration());
                }
            };
            try (ChildProcess streams = TwoInstancesIT.instance(directory.resolve("streams"), environment);
                    Watcher watcher = new Watcher(kafka, Watcher.TOPICS, listener);
                    Shipper shipper = Parts.shipper(config, kafka)) {
                streams.awaitReady();
                watcher.start();
                shipper.start();
                try (Socket socket = Running.connect(shipper.address("syslog-tcp"), 1)) {
                    await().atMost(PATIENCE)
                            .until(
                                    () -> sight.contains(
                                            "OPEN nothing ever came of {product: acme, service: door}: 'Door opened by nobody';"
                                                    + " nothing ever came of {product: linux, service: backup}: 'The backup keeps failing'"));
                    send(socket, "db-1", 3);
                    await().atMost(PATIENCE).until(() -> alerts.contains("db-1 1"));

                    assertThat(push.push(order(one)).published())
                            .as("no difference")
                            .isNull();
                    assertThat(push.push(order(broken)).refused()).anyMatch(p -> p.contains("contain"));
                    assertThat(push.push(order(untrue)).failed()).isNotEmpty();
                    assertThat(numbers(kafka)).containsExactly(1L);

                    send(socket, "db-5", 1);
                    RulesManifest second = pushedByTwo(push, two);
                    untilInForce(second);
                    send(socket, "db-5", 1);
                    await().atMost(PATIENCE).untilAsserted(() -> assertThat(alerts)
                            .as("told of what was before; of db-1, which was over, it says nothing")
                            .contains("db-5 2"));
                    send(socket, "db-2", 2);
                    await().atMost(PATIENCE).until(() -> alerts.contains("db-2 2"));

                    RulesPush.Outcome back = push.rollback(1, "test", "");
                    assertThat(back.published()).isNotNull();
                    assertThat(back.published().manifest().getRestores()).isEqualTo(1);
                    long pid = streams.pid();
                    streams.kill();
                    await().atMost(PATIENCE).until(() -> streams.isReady() && streams.pid() != pid);
                    untilInForce(back.published().manifest());
                    send(socket, "db-3", 2);
                    door(socket); // which no parser understands yet
                    send(socket, "db-4", 3);
                    await().atMost(PATIENCE).until(() -> alerts.contains("db-4 3"));

                    List<String> said = new CopyOnWriteArrayList<>();
                    try (RulesWatch watch =
                            RulesWatch.of(config, push, RulesWatch.files(Folders.of(config)), said::add)) {
                        watch.start();
                        Files.writeString(parsers.resolve("door.yml"), PARSER.formatted("opened"));
                        await().atMost(PATIENCE).until(() -> said.contains("  tests of parsers fail"));
                        Files.writeString(parsers.resolve("door.yml"), PARSER.formatted("open"));
                        await().atMost(PATIENCE).until(() -> said.contains("rules: generation 4: 1 file of parsers"));
                    }
                    untilInForce(RulesLive.live(kafka).manifest());
                    door(socket);
                    await().atMost(PATIENCE).until(() -> alerts.contains("door 4"));
                    await("the rules can see").atMost(PATIENCE).until(() -> sight.stream()
                            .anyMatch(s -> s.startsWith("CLOSED")));

                    RulesPush.Outcome without = push.rollback(3, "test", "");
                    assertThat(without.difference().files())
                            .containsExactly(new FileRow(Change.REMOVED, "parsers/00/door.yml"));
                    untilInForce(without.published().manifest());
                    door(socket);
                    send(socket, "db-6", 3);
                    await().atMost(PATIENCE).until(() -> alerts.contains("db-6 5"));
                }
                assertThat(RulesLive.judging(
                                        config,
                                        kafka,
                                        (generations, newest) -> SameAlerts.verify(
                                                config, kafka, generations, newest, 0, Long.MAX_VALUE / 2))
                                .differences())
                        .isEmpty();
            }
            theLogGivesTheSameAlerts(config, kafka);
            assertThat(alerts).containsExactly("db-1 1", "db-2 2", "db-4 3", "db-5 2", "db-6 5", "door 4");
            assertThat(numbers(kafka)).containsExactly(5L, 4L, 3L, 2L, 1L);
            assertThat(RulesLive.history(kafka))
                    .extracting(RulesLive.Step::others)
                    .containsExactly(List.of("parsers"), List.of("parsers"), List.of(), List.of(), List.of());
            assertThat(RulesLive.live(kafka).since().get("5b0a5d64-3f5f-4b8e-9a52-1f9f2b6a7d10"))
                    .extracting(RulesManifest::getGeneration)
                    .isEqualTo(3L);
        }
    }

    /** And what was changed, made up or taken away in bongsu.alerts is found. */
    private void theLogGivesTheSameAlerts(Config config, Map<String, Object> kafka) throws IOException {
        List<Alert> raised = new ArrayList<>();
        try (TopicReader reader = new TopicReader(kafka)) {
            reader.read(Topics.ALERTS, Micros.UNKNOWN, record -> {
                try {
                    if (Codec.decode(record.value()) instanceof Alert alert && !AlertTopic.isOurs(alert)) {
                        raised.add(alert);
                    }
                } catch (Codec.Undecodable e) {
                    throw new AssertionError(e);
                }
            });
        }
        Path file = Files.writeString(
                directory.resolve("bongsu.yml"),
                "data: " + config.data() + "\nrules: [" + config.rules().getFirst() + "]\nkafka: { bootstrap: \""
                        + kafka.get("bootstrap.servers") + "\" }\n");
        String[] verify = {"replay", "verify", "--from", "1h", "--config", file.toString()};
        assertThat(Commands.execute(verify)).isZero();
        Alert one = raised.stream()
                .filter(a -> a.getGroup().containsValue("db-1"))
                .findFirst()
                .orElseThrow();
        Alert two = raised.stream()
                .filter(a -> a.getGroup().containsValue("db-4"))
                .findFirst()
                .orElseThrow();
        AlertTopic.send(
                kafka,
                List.of(
                        new AlertTopic.Entry(
                                one.getId(),
                                Alert.newBuilder(one)
                                        .setRevision(100)
                                        .setStatus(AlertStatus.WITHDRAWN)
                                        .build()),
                        new AlertTopic.Entry(
                                "made up",
                                Alert.newBuilder(two).setId("made up").build())));
        PrintStream real = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            assertThat(Commands.execute(verify)).isOne();
        } finally {
            System.setOut(real);
        }
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(
                        "raised by the replay, and not then: " + one.getId(),
                        "raised then, and not by the replay: made up",
                        "2 differ");
    }

    /** At the same time: one of them is told that it came too late, or finds no difference any more. */
    private RulesManifest pushedByTwo(RulesPush push, Path folder) {
        List<CompletableFuture<RulesPush.Outcome>> both = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            both.add(CompletableFuture.supplyAsync(() -> push.push(order(folder))));
        }
        List<RulesPush.Outcome> published = both.stream()
                .map(CompletableFuture::join)
                .filter(outcome -> outcome.published() != null)
                .toList();
        assertThat(published).hasSize(1);
        assertThat(published.getFirst().difference()).isNotNull();
        assertThat(published.getFirst().difference().rows())
                .extracting(RulesPush.Row::change)
                .containsExactly(Change.CHANGED);
        return published.getFirst().published().manifest();
    }

    private static void untilInForce(RulesManifest manifest) {
        await().atMost(PATIENCE).until(() -> Micros.now() >= manifest.getEffectiveAt());
    }

    private static List<Long> numbers(Map<String, Object> kafka) {
        return RulesLive.history(kafka).stream()
                .map(step -> step.manifest().getGeneration())
                .toList();
    }

    private Order order(Path folder) {
        return new Order(Candidate.read(config, Folders.of(config).withRules(List.of(folder))), "test", "", false);
    }

    private Path folder(String name, String rules) throws IOException {
        Path folder = Files.createDirectories(directory.resolve(name));
        Files.writeString(folder.resolve("backup.yml"), rules);
        return folder;
    }

    private static void door(Socket socket) throws IOException {
        String line = "<13>1 " + Micros.iso(Micros.now()) + " gate doord - - - open by nobody\n";
        socket.getOutputStream().write(line.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    private static void send(Socket socket, String host, int lines) throws IOException {
        for (int i = 0; i < lines; i++) {
            String line = "<13>1 " + Micros.iso(Micros.now()) + " " + host + " backup - - - backup failed\n";
            socket.getOutputStream().write(line.getBytes(StandardCharsets.UTF_8));
        }
        socket.getOutputStream().flush();
    }
}
