package io.bongsu.ingest.streams;

import static io.bongsu.ingest.streams.TaskRig.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.ingest.generation.Generations;
import io.bongsu.ingest.judge.Judge;
import io.bongsu.ingest.offline.Offline;
import io.bongsu.ingest.parse.Parsed;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Alert;
import io.bongsu.model.AlertStatus;
import io.bongsu.model.Codec;
import io.bongsu.model.DeadLetter;
import io.bongsu.model.Event;
import io.bongsu.model.Events;
import io.bongsu.model.Heartbeat;
import io.bongsu.model.Hit;
import io.bongsu.model.Hits;
import io.bongsu.model.Micros;
import io.bongsu.model.RawLine;
import io.bongsu.model.RawLogs;
import io.bongsu.model.Topics;
import io.bongsu.model.Watermark;
import io.bongsu.rules.RuleSet;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopologiesTest {
    @TempDir
    static Path stateDirectory;

    private static final long S = 1_000_000L;
    private static final long T0 = Micros.of(Instant.parse("2026-03-01T09:59:30Z"));
    private static final String RULES = """
            title: Failed ssh login
            id: 7d5a4b1e-0000-4000-8000-000000000001
            name: failed_ssh
            level: low
            logsource: {product: linux, service: sshd}
            detection:
              sel: {event.action: ssh_login, event.outcome: failure}
              condition: sel
            ---
            title: Many failed ssh logins
            id: 7d5a4b1e-0000-4000-8000-000000000002
            level: high
            correlation:
              type: event_count
              rules: [failed_ssh]
              group-by: [source.ip]
              timespan: 1m
              condition: {gte: 5}
            ---
            title: Root logs in
            id: 7d5a4b1e-0000-4000-8000-000000000003
            level: medium
            logsource: {product: linux, service: sshd}
            detection:
              sel: {event.action: ssh_login, event.outcome: success, user.name: root}
              condition: sel
            """;

    /** One correlation of each kind over others, two levels deep. */
    private static final String CHAINS = """
            title: Users tried
            name: spray
            level: medium
            correlation:
              type: value_count
              rules: [failed_ssh]
              group-by: [source.ip]
              timespan: 5m
              condition: {field: user.name, gte: 2}
              generate: true
            ---
            title: Guessed
            name: guessed
            level: high
            correlation:
              type: temporal_ordered
              rules: [7d5a4b1e-0000-4000-8000-000000000002, 7d5a4b1e-0000-4000-8000-000000000003]
              group-by: [source.ip]
              timespan: 10m
              generate: true
            ---
            title: Guessed and then silent
            level: high
            correlation:
              type: temporal_ordered
              group-by: [source.ip]
              timespan: 5m
              generate: true
              bongsu:
                steps: [{rule: guessed}, {not: spray}]
            ---
            title: Everywhere
            level: critical
            correlation:
              type: event_count
              rules: [7d5a4b1e-0000-4000-8000-000000000002, spray, guessed]
              timespan: 20m
              condition: {gte: 4}
              generate: true
              bongsu: {quiet: 20m}
            ---
            title: Several rules on one address
            level: critical
            correlation:
              type: value_count
              rules: [7d5a4b1e-0000-4000-8000-000000000002, 7d5a4b1e-0000-4000-8000-000000000003, spray, guessed]
              group-by: [source.ip]
              timespan: 30m
              condition: {field: rule.id, gte: 3}
              generate: true
            ---
            title: Few
            level: low
            correlation:
              type: event_count
              rules: [failed_ssh]
              group-by: [source.ip]
              timespan: 1m
              condition: {lte: 2}
              generate: true
              bongsu: {quiet: 2m}
            """;

    private static final int PARTITIONS = 1;

    @TempDir
    Path folder;

    private ParserSet parsers;
    private RuleSet rules;

    /** On RocksDB, which takes a while to open; otherwise in memory, sorted the same way. */
    private boolean onDisk;

    private final Counters counters = new Counters();
    private int mostGroups = 1_000_000;

    private KeyValueBytesStoreSupplier stored(String name) {
        return onDisk ? Stores.persistentKeyValueStore(name) : Stores.inMemoryKeyValueStore(name);
    }

    @BeforeEach
    void load() throws Exception {
        Files.writeString(folder.resolve("rules.yml"), RULES);
        RuleSet.Loaded loaded = RuleSet.load(List.of(folder), new RuleSet.Defaults(300 * S));
        assertThat(loaded.problems()).isEmpty();
        rules = loaded.rules();
        parsers = ParserSet.load(List.of()).parsers();
    }

    /** A renamed node or store breaks the state of every installation: it shows here. */
    @Test
    void theGraphsAreWhatTheyWere() {
        assertThat(Topologies.parse(Generations.fixed(rules, parsers), Past.NONE, 2, 0, 0, new Counters())
                        .describe()
                        .toString()
                        .strip())
                .isEqualTo("""
                        Topologies:
                           Sub-topology: 0
                            Source: logs (topics: [bongsu.logs])
                              --> parse
                            Processor: parse (stores: [parse-state])
                              --> alerts, dead-letters, events, hits
                              <-- logs
                            Sink: alerts (topic: bongsu.alerts)
                              <-- parse
                            Sink: dead-letters (topic: bongsu.dead-letters)
                              <-- parse
                            Sink: events (topic: bongsu.events)
                              <-- parse
                            Sink: hits (topic: bongsu.hits)
                              <-- parse""");
        assertThat(Topologies.correlate(Generations.fixed(rules, parsers), PARTITIONS, 1_000_000, new Counters())
                        .describe()
                        .toString()
                        .strip())
                .isEqualTo("""
                        Topologies:
                           Sub-topology: 0
                            Source: hits (topics: [bongsu.hits])
                              --> correlate
                            Processor: correlate (stores: [correlate-state])
                              --> alerts, dead-letters, facts
                              <-- hits
                            Sink: alerts (topic: bongsu.alerts)
                              <-- correlate
                            Sink: dead-letters (topic: bongsu.dead-letters)
                              <-- correlate
                            Sink: facts (topic: bongsu.hits)
                              <-- correlate""");
    }

    @Test
    void everyLineOfARecordIsAccountedFor() {
        try (Parse parse = new Parse(Map.of())) {
            parse.send(logs(0, failed(0, "192.0.2.1"), "no parser knows this", failed(1, "192.0.2.1")));
            parse.send(logs(1, failed(1, "192.0.2.1"), failed(2, "192.0.2.1")));
            parse.send(logs(7, failed(3, "192.0.2.1")));
            List<Events> out = parse.events();
            assertThat(out).extracting(e -> e.getEvents().size()).containsExactly(3, 0, 1);
            assertThat(out).extracting(Events::getReceived).containsExactly(3, 2, 1);
            assertThat(out).extracting(Events::getDuplicates).containsExactly(0, 2, 0);
            assertThat(out).extracting(Events::getMissing).containsExactly(0L, 0L, 4L);
            assertThat(out.getFirst().getEvents().get(1).getTags()).contains("_no_parser");
            assertThat(out.getFirst().getEvents()).extracting(Event::getId).doesNotHaveDuplicates();
        }
    }

    /** Tags were not seen by rules in the pipeline, only in the rules' own tests. */
    @Test
    void aGapIsAnAlertAndSoIsWhateverElseATagSays() throws Exception {
        Files.writeString(folder.resolve("rules.yml"), """
                title: Gap
                level: high
                logsource: {product: bongsu, service: ledger}
                detection:
                  gap: {tags: _gap, log.missing_lines: 4}
                  condition: gap
                ---
                title: Unknown
                level: low
                logsource: {product: linux, service: syslog}
                detection:
                  unknown: {tags: _no_parser}
                  condition: unknown
                ---
                title: The word is not in the line
                level: low
                logsource: {product: linux, service: syslog}
                detection:
                  words: [_no_parser]
                  condition: words
                """);
        rules = RuleSet.load(List.of(folder), new RuleSet.Defaults(300 * S)).rules();
        try (Parse parse = new Parse(Map.of())) {
            parse.send(logs(0, failed(0, "192.0.2.1"), failed(1, "192.0.2.1"), failed(2, "192.0.2.1")));
            parse.send(logs(7, failed(3, "192.0.2.1"), "<13>Mar  1 10:00:00 web-1 app: no parser knows this"));
            parse.send(logs(5, failed(4, "192.0.2.1")));
            List<Alert> alerts = read(parse.alerts, Alert.class);
            assertThat(alerts).extracting(a -> a.getFields().get("rule.name")).containsExactly("Gap", "Unknown");
            Event behind = parse.events().get(1).getEvents().getFirst();
            assertThat(behind.getTags()).contains("_gap");
            assertThat(behind.getFields()).containsEntry("log.missing_lines", 4L);
            assertThat(alerts.getFirst().getEvidence().getFirst().getEvent()).isEqualTo(behind.getId());
        }
    }

    /** Otherwise each file that ever was would take its place in the state for ever. */
    @Test
    void aSourceOfWhichTheLogIsSilentForLongIsForgotten() {
        Parse parse = new Parse(Map.of());
        try {
            parse.send(logs(0, failed(0, "192.0.2.1")), 0);
            parse.send(of("other", 0), 1);
            assertThat(sources(parse)).isEqualTo(2);
            for (int day = 1; day <= 90; day++) {
                parse.send(of("other", day), day);
                parse = day % 30 == 0 ? parse.restart() : parse;
            }
            parse.send(logs(0, failed(0, "192.0.2.1")), 90);
            assertThat(duplicates(parse)).as("90 days later it is still known").isOne();
            parse.send(of("other", 91), 180);
            assertThat(sources(parse)).as("not yet more than 90 days").isEqualTo(2);
            parse.send(of("other", 92), 182);
            assertThat(sources(parse)).isOne();
            parse.send(of("other", 92), 182);
            assertThat(duplicates(parse)).as("who still speaks is known").isOne();
            parse.send(logs(0, failed(0, "192.0.2.1")), 182);
            assertThat(duplicates(parse)).as("what comes later is new").isZero();
        } finally {
            parse.close();
        }
    }

    /** What an earlier release wrote says not since when; it begins to be old when this one looks for the first time. */
    @Test
    void aSourceThatAnEarlierReleaseKnewIsKnownAndThenForgotten() {
        byte[] undated = ByteBuffer.allocate(21)
                .put((byte) 1)
                .putLong(1)
                .putLong(3)
                .putInt(0)
                .array();
        String source = Keys.encode("s1", "syslog-tcp/192.0.2.200");
        try (Parse parse = new Parse(Map.of("sequences|" + source, undated))) {
            parse.send(of("other", 0), 0);
            parse.send(of("other", 1), 2);
            parse.events();
            assertThat(sources(parse)).isEqualTo(2);
            parse.send(of("other", 2), 91);
            assertThat(sources(parse)).isEqualTo(2);
            parse.send(of("other", 3), 93);
            assertThat(sources(parse)).isOne();
        }
        try (Parse parse = new Parse(Map.of("sequences|" + source, undated))) {
            parse.send(logs(2, failed(0, "192.0.2.1")), 0);
            assertThat(duplicates(parse)).isOne();
        }
    }

    private RawLogs of(String source, long sequence) {
        return RawLogs.newBuilder(logs(sequence, failed(0, "192.0.2.1")))
                .setSource(source)
                .build();
    }

    private static int duplicates(Parse parse) {
        return parse.events().getLast().getDuplicates();
    }

    private static long sources(Parse parse) {
        return parse.state().keySet().stream()
                .filter(key -> key.startsWith("sequences|"))
                .count();
    }

    @Test
    void whatCannotBeReadIsADeadLetterAndTheRestGoesOn() {
        try (Parse parse = new Parse(Map.of())) {
            parse.in.pipeInput(new byte[0], "not avro".getBytes(StandardCharsets.UTF_8), Instant.ofEpochSecond(1));
            parse.in.pipeInput(new byte[0], Codec.encode(new Watermark(0, 0, 1, 5L, 0L, 0L)), Instant.ofEpochSecond(1));
            parse.send(logs(0, failed(0, "192.0.2.1")));
            List<DeadLetter> letters = read(parse.letters, DeadLetter.class);
            assertThat(letters).extracting(DeadLetter::getReason).containsExactly("undecodable", "foreign");
            assertThat(letters).extracting(DeadLetter::getId).containsExactly("bongsu.logs-0-0", "bongsu.logs-0-1");
            assertThat(new String(Codec.bytes(letters.getFirst().getData()), StandardCharsets.UTF_8))
                    .as("whole")
                    .isEqualTo("not avro");
            assertThat(parse.events()).hasSize(1);
        }
    }

    @Test
    void aPoisonLineIsADeadLetterAloneAndItsNeighboursGoOn() {
        try (Parse parse = new Parse(Map.of())) {
            String poison = line(1, "poison");
            parse.send(logs(0, failed(0, "192.0.2.1"), poison, failed(2, "192.0.2.1")));
            Events out = parse.events().getFirst();
            assertThat(out.getReceived()).isEqualTo(3);
            assertThat(out.getDeadLettered()).isOne();
            assertThat(out.getEvents()).extracting(Event::getLine).containsExactly(0, 2);
            DeadLetter letter = read(parse.letters, DeadLetter.class).getFirst();
            assertThat(letter.getReason()).isEqualTo("parser");
            assertThat(letter.getLine()).isOne();
            assertThat(new String(Codec.bytes(letter.getData()), StandardCharsets.UTF_8))
                    .isEqualTo(poison);
        }
    }

    /** They are no events; rules see them all the same, at a time that is never too late. */
    @Test
    void deadLettersAreHeldAgainstRulesThatAskForThem() throws Exception {
        Files.writeString(folder.resolve("rules.yml"), """
                title: Dead letter
                id: letter
                level: low
                logsource: {product: bongsu, service: dead-letters}
                detection:
                  any: {event.kind: pipeline_error, error.code: [parser, undecodable]}
                  condition: any
                ---
                title: Any two
                level: high
                correlation: {type: event_count, rules: [letter], timespan: 1m, condition: {gte: 2}, generate: true}
                ---
                title: Only of one source
                level: high
                correlation: {type: event_count, rules: [letter], group-by: [bongsu.source], timespan: 1m, condition: {gte: 2}}
                """);
        rules = RuleSet.load(List.of(folder), new RuleSet.Defaults(300 * S)).rules();
        try (Parse parse = new Parse(Map.of());
                Correlate correlate = new Correlate(Map.of())) {
            parse.send(logs(0, failed(0, "192.0.2.1"), line(1, "poison")));
            parse.send(new Heartbeat("s1", 1L, T0 + 3_600 * S, Map.of(), null, null));
            parse.in.pipeInput(new byte[0], "not avro".getBytes(StandardCharsets.UTF_8), Instant.ofEpochSecond(T0 / S));
            parse.in.pipeInput(
                    new byte[0], Codec.encode(new Watermark(0, 0, 1, 5L, 0L, 0L)), Instant.ofEpochSecond(T0 / S));
            parse.send(logs(2, line(1, "poison"), line(1, "more poison")));

            List<Alert> single = read(parse.alerts, Alert.class);
            assertThat(single)
                    .extracting(a -> a.getEvidence().getFirst().getEvent())
                    .as("with generate, each alerts by itself under its own id; what is foreign is not asked for")
                    .containsExactly("bongsu.logs-0-0-1", "bongsu.logs-0-2", "bongsu.logs-0-4-0", "bongsu.logs-0-4-1");
            assertThat(single)
                    .extracting(Alert::getTime)
                    .as("the line's own arrival, and the clock where that is further")
                    .containsExactly(T0, T0 + 3_600 * S, T0 + 3_600 * S, T0 + 3_600 * S);
            parse.passHits(correlate);
            assertThat(read(correlate.alerts, Alert.class))
                    .extracting(a -> a.getFields().get("rule.name") + " " + a.getGroup() + " " + a.getCount())
                    .contains("Any two {} 3", "Only of one source {bongsu.source=syslog-tcp/192.0.2.200} 2");
        }
    }

    /** A host that logs all the time costs one hit in five minutes, and none twice after a restart. */
    @Test
    void aSourceIsHeardOfOnceInFiveMinutes() throws Exception {
        Files.writeString(folder.resolve("rules.yml"), """
                title: Heard
                id: heard
                level: informational
                logsource: {product: bongsu, service: sources}
                detection:
                  any: {event.dataset: '*'}
                  condition: any
                ---
                title: Heard often
                level: high
                correlation: {type: event_count, rules: [heard], group-by: [host.hostname, event.dataset], timespan: 1h, condition: {gte: 3}}
                """);
        rules = RuleSet.load(List.of(folder), new RuleSet.Defaults(300 * S)).rules();
        Parse parse = new Parse(Map.of());
        parse.send(logs(0, failed(0, "192.0.2.1"), failed(1, "192.0.2.1"), failed(29, "192.0.2.1")));
        List<Hits> before = parse.hits();
        parse = parse.restart();
        parse.send(logs(3, failed(2, "192.0.2.1"), failed(31, "192.0.2.1"), failed(3, "192.0.2.1")));
        parse.send(new Heartbeat("s1", 1L, T0 + 3_600 * S, Map.of(), null, null));
        parse.send(logs(6, failed(91, "192.0.2.1"), failed(3_500, "192.0.2.1"), failed(90_010, "192.0.2.1")));
        List<Hits> after = parse.hits();
        parse.close();

        assertThat(before)
                .flatExtracting(Hits::getHits)
                .extracting(Hit::getTime)
                .as("the beginning of the five minutes")
                .containsExactly(T0 - 270 * S);
        assertThat(before).extracting(Hits::getGroup).containsExactly(List.of("web-01", "system.auth"));
        assertThat(after)
                .flatExtracting(Hits::getHits)
                .extracting(Hit::getTime)
                .as("not the first five minutes again, nothing too late, and no day ahead")
                .containsExactly(T0 + 30 * S, T0 + 3_330 * S);
        String lines = String.join(
                "\n",
                failed(0, "192.0.2.1"),
                failed(31, "192.0.2.1"),
                failed(29, "192.0.2.1"),
                failed(3_500, "192.0.2.1"));
        assertThat(new Offline(
                                parsers,
                                rules,
                                new Offline.Options(null, Micros.UNKNOWN, false, 0),
                                problem -> assertThat(problem).isNull())
                        .alerts(List.of(new Offline.File(
                                "f", () -> new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8))))))
                .as("files say the same")
                .extracting(Alert::getCount)
                .containsExactly(3L);
    }

    @Test
    void whatIsPutBackIsProcessedAgainToTheSameIds() {
        try (Parse parse = new Parse(Map.of())) {
            RawLogs lines = logs(0, failed(0, "192.0.2.1"));
            parse.send(lines);
            Headers here = new RecordHeaders().add(Topics.REPLAY, Topics.LOGS.getBytes(StandardCharsets.UTF_8));
            Headers elsewhere = new RecordHeaders().add(Topics.REPLAY, Topics.EVENTS.getBytes(StandardCharsets.UTF_8));
            for (Headers headers : List.of(here, elsewhere)) {
                parse.in.pipeInput(
                        new TestRecord<>(new byte[0], Codec.encode(lines), headers, Instant.ofEpochSecond(T0 / S)));
            }
            List<Events> out = parse.events();
            assertThat(out).extracting(Events::getDuplicates).containsExactly(0, 0, 1);
            assertThat(out.get(1).getEvents()).isEqualTo(out.get(0).getEvents());
            assertThat(out).extracting(Events::getMissing).containsExactly(0L, 0L, 0L);
        }
    }

    @Test
    void aRuleOnOneEventAlertsAtOnce() {
        try (Parse parse = new Parse(Map.of())) {
            parse.send(logs(0, line(0, "Accepted password for root from 192.0.2.9 port 4022 ssh2")));
            List<Alert> alerts = read(parse.alerts, Alert.class);
            assertThat(alerts).hasSize(1);
            assertThat(alerts.getFirst().getFields()).containsEntry("source.ip", "192.0.2.9");
            assertThat(alerts.getFirst().getStatus()).isEqualTo(AlertStatus.CLOSED);
        }
    }

    @Test
    void hitsThatAreTooLateAreTaggedAndNotCorrelated() {
        try (Parse parse = new Parse(Map.of())) {
            parse.send(logs(0, failed(0, "192.0.2.1")));
            parse.send(logs(1, failed(-299, "192.0.2.1"), failed(-301, "192.0.2.1")));
            assertThat(parse.events().getLast().getEvents())
                    .extracting(e -> e.getTags().contains("_late"))
                    .containsExactly(false, true);
            assertThat(parse.hits()).hasSize(2);
        }
    }

    @Test
    void watermarksFollowHeartbeatsAndGoEverywhere() {
        try (Parse parse = new Parse(Map.of())) {
            parse.send(logs(0, failed(0, "192.0.2.1")));
            parse.send(new Heartbeat("s1", 1L, T0 + 10 * S, Map.of(), null, null));
            List<Watermark> marks = parse.watermarks();
            assertThat(marks).extracting(Watermark::getClock).containsExactly(T0, T0 + 10 * S);
            HitPartitioner to = new HitPartitioner();
            assertThat(to.partitions(Topics.HITS, HitPartitioner.EVERYWHERE, new byte[0], 3))
                    .hasValueSatisfying(p -> assertThat(p).containsExactlyInAnyOrder(0, 1, 2));
            assertThat(to.partitions(Topics.HITS, new byte[] {1}, new byte[0], 3))
                    .hasValueSatisfying(p -> assertThat(p).hasSize(1));
        }
    }

    /** Shuffled within the lateness, repeated, and restarted from the store alone: the alerts are those of the files. */
    @Test
    void theAlertsAreThoseOfTheSameLinesInAFile() {
        for (int seed = 0; seed < 15; seed++) {
            onDisk = seed == 0;
            Random random = new Random(seed);
            List<Stamped> lines = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                int at = random.nextInt(3) == 0 ? random.nextInt(36_000) : 60 * random.nextInt(20) + random.nextInt(40);
                lines.add(new Stamped(at, failed(at, "192.0.2." + random.nextInt(4))));
            }
            Collections.sort(lines);
            TreeSet<String> expected = new TreeSet<>();
            offline(lines).forEach(a -> expected.add(content(a)));
            lines.replaceAll(l -> new Stamped(l.at + random.nextInt(120), l.line));
            Collections.sort(lines);
            assertThat(pipeline(random, lines)).as("seed %d", seed).isEqualTo(expected);
            assertThat(expected).as("seed %d says something", seed).isNotEmpty();
        }
    }

    /** The same of correlations over correlations: what is told above, taken back and told again comes to the same. */
    @Test
    void chainsAreThoseOfTheSameLinesInAFile() throws Exception {
        Files.writeString(folder.resolve("chains.yml"), CHAINS);
        RuleSet.Loaded loaded = RuleSet.load(List.of(folder), new RuleSet.Defaults(300 * S));
        assertThat(loaded.problems()).isEmpty();
        rules = loaded.rules();
        Map<String, Integer> said = new TreeMap<>();
        for (int seed = 0; seed < 6; seed++) {
            Random random = new Random(seed);
            List<Stamped> lines = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                int at = random.nextInt(3) == 0 ? random.nextInt(36_000) : 60 * random.nextInt(20) + random.nextInt(40);
                String address = "192.0.2." + random.nextInt(4);
                String user = random.nextInt(10) == 0 ? "admin" : "root";
                String line = random.nextInt(12) == 0
                        ? line(at, "Accepted password for root from " + address + " port 4022 ssh2")
                        : line(at, "Failed password for " + user + " from " + address + " port 4022 ssh2");
                lines.add(new Stamped(at, line));
            }
            Collections.sort(lines);
            TreeSet<String> expected = new TreeSet<>();
            for (Alert alert : offline(lines)) {
                if (!alert.getGroup().isEmpty() || alert.getEvidence().size() > 1) {
                    expected.add(content(alert));
                    said.merge(alert.getFields().get("rule.name").toString(), 1, Integer::sum);
                }
            }
            lines.replaceAll(l -> new Stamped(l.at + random.nextInt(120), l.line));
            Collections.sort(lines);
            TreeSet<String> came = pipeline(random, lines);
            came.removeIf(alert -> alert.contains(" {} ") && alert.contains(" 1 ["));
            assertThat(came).as("seed %d", seed).isEqualTo(expected);
        }
        assertThat(said)
                .containsKeys(
                        "Users tried",
                        "Guessed",
                        "Guessed and then silent",
                        "Everywhere",
                        "Several rules on one address",
                        "Few");
    }

    /** More groups than a rule may have: those that are there are as good as ever, and what may have missed something says so. */
    @Test
    void aRuleWithTooManyGroupsTurnsNewOnesAwayAndSaysSo() throws Exception {
        Files.writeString(folder.resolve("chains.yml"), CHAINS);
        rules = RuleSet.load(List.of(folder), new RuleSet.Defaults(300 * S)).rules();
        mostGroups = 2;
        Map<String, Alert> latest = new TreeMap<>();
        try (Parse parse = new Parse(Map.of());
                Correlate correlate = new Correlate(Map.of())) {
            parse.send(arrived(0, attack(0, "192.0.2.1")));
            parse.send(arrived(5, attack(1, "192.0.2.2")));
            parse.send(arrived(10, attack(390, "192.0.2.3")));
            parse.passHits(correlate);
            assertThat(counters.read().get("hits.no-room")).isPositive();
            assertThat(counters.read().get("groups.open")).isPositive();
            // The others are forgotten in time, and there is room.
            parse.send(new Heartbeat("s1", 1L, T0 + 2 * 3_600 * S, Map.of(), null, null));
            parse.passHits(correlate);
            correlate.takeAlerts(latest);
            assertThat(latest.values())
                    .filteredOn(a -> a.getFields().get("rule.name").equals("Many failed ssh logins"))
                    .hasSize(2)
                    .noneMatch(Alert::getDegraded);
            parse.send(new Heartbeat("s1", 1L, T0 + 20_000 * S, Map.of(), null, null));
            parse.passHits(correlate);
            assertThat(counters.read().get("groups.open")).isZero();
        }
    }

    /** What may have missed hits says so, and so does what is built on it. */
    @Test
    void aGroupThatMayHaveBeenTurnedAwayIsDegradedAndSoIsWhatIsBuiltOnIt() throws Exception {
        Files.writeString(folder.resolve("chains.yml"), CHAINS);
        rules = RuleSet.load(List.of(folder), new RuleSet.Defaults(300 * S)).rules();
        mostGroups = 2;
        Map<String, Alert> latest = new TreeMap<>();
        try (Parse parse = new Parse(Map.of());
                Correlate correlate = new Correlate(Map.of())) {
            parse.send(logs(0, failed(0, "192.0.2.1"), failed(1, "192.0.2.2")));
            parse.send(arrived(2, attack(200, "192.0.2.3"))); // no room
            parse.send(new Heartbeat("s1", 1L, T0 + 480 * S, Map.of(), null, null));
            parse.passHits(correlate); // the first two are forgotten
            parse.send(arrived(7, attack(481, "192.0.2.3")));
            parse.send(arrived(
                    12,
                    List.of(new Stamped(490, line(490, "Accepted password for root from 192.0.2.3 port 4022 ssh2")))));
            parse.passHits(correlate);
            parse.send(new Heartbeat("s1", 1L, T0 + 10_000 * S, Map.of(), null, null));
            parse.passHits(correlate);
            correlate.takeAlerts(latest);
        }
        assertThat(latest.values())
                .filteredOn(a -> List.of("Many failed ssh logins", "Guessed")
                        .contains(a.getFields().get("rule.name")))
                .hasSize(2)
                .allMatch(Alert::getDegraded);
    }

    /** Hits of a flooded group wait for each other, also while the task is restarted: the alerts are those of the file. */
    @Test
    void aFloodComesToTheSame() throws Exception {
        Files.writeString(folder.resolve("chains.yml"), CHAINS);
        rules = RuleSet.load(List.of(folder), new RuleSet.Defaults(300 * S)).rules();
        Random random = new Random(7);
        List<Stamped> lines = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            int at = random.nextInt(20) == 0 ? random.nextInt(3_000) : 600 + random.nextInt(200);
            String user = random.nextInt(10) == 0 ? "admin" : "root";
            lines.add(new Stamped(at, line(at, "Failed password for " + user + " from 192.0.2.9 port 4022 ssh2")));
        }
        Collections.sort(lines);
        TreeSet<String> expected = new TreeSet<>();
        offline(lines).stream().filter(a -> !a.getGroup().isEmpty()).forEach(a -> expected.add(counted(a)));
        lines.replaceAll(l -> new Stamped(l.at + random.nextInt(120), l.line));
        Collections.sort(lines);
        TreeSet<String> came = new TreeSet<>();
        latest(random, lines).stream().filter(a -> !a.getGroup().isEmpty()).forEach(a -> came.add(counted(a)));
        assertThat(came).isEqualTo(expected);
        assertThat(expected).hasSizeGreaterThan(1);
    }

    /** What is written for a hit does not grow with what is kept of its group; a task that starts again knows it all. */
    @Test
    void aLargeGroupIsNotWrittenAgainForEachHit() throws Exception {
        Path alone = Files.createDirectory(folder.resolve("alone"));
        Files.writeString(alone.resolve("many.yml"), """
                title: Failed
                id: failed
                level: informational
                logsource: {product: linux, service: sshd}
                detection:
                  any: {event.outcome: failure}
                  condition: any
                ---
                title: Very many
                level: high
                correlation: {type: event_count, rules: [failed], group-by: [source.ip], timespan: 1h, condition: {gte: 1000}}
                """);
        rules = RuleSet.load(List.of(alone), new RuleSet.Defaults(300 * S)).rules();
        Map<String, Alert> latest = new TreeMap<>();
        long written = 0;
        try (Parse parse = new Parse(Map.of())) {
            Correlate correlate = new Correlate(Map.of());
            for (int i = 0; i < 3_000; i++) {
                parse.in.pipeInput(
                        new byte[0], Codec.encode(logs(i, failed(i, "192.0.2.9"))), Instant.ofEpochSecond(T0 / S + i));
                parse.passHits(correlate);
                if (i % 700 == 699) {
                    written += correlate.written();
                    correlate.takeAlerts(latest);
                    correlate = correlate.restart();
                }
            }
            correlate.takeAlerts(latest);
            written += correlate.written();
            correlate.close();
        }
        assertThat(latest.values())
                .extracting(Alert::getCount)
                .as("it is said again when it is twice as many")
                .containsExactly(2_000L);
        assertThat(written / 3_000).as("bytes a hit").isLessThan(4_000);
    }

    /** Without evidence: events of one instant are in the order of their ids, which differ. */
    private static String counted(Alert a) {
        return a.getId() + " " + a.getFields().get("rule.name") + " " + a.getStart() + ".." + a.getTime() + ".."
                + a.getEnd() + " " + a.getCount() + " " + a.getDegraded();
    }

    private static List<Stamped> attack(int at, String address) {
        List<Stamped> lines = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            lines.add(new Stamped(at + i, failed(at + i, address)));
        }
        return lines;
    }

    /** @param at when it arrives, seconds */
    private record Stamped(int at, String line) implements Comparable<Stamped> {
        @Override
        public int compareTo(Stamped o) {
            return Integer.compare(at, o.at);
        }
    }

    private List<Alert> offline(List<Stamped> lines) {
        byte[] text =
                String.join("\n", lines.stream().map(Stamped::line).toList()).getBytes(StandardCharsets.UTF_8);
        Offline offline = new Offline(parsers, rules, new Offline.Options(null, Micros.UNKNOWN, false, T0), problem -> {
            throw new AssertionError(problem);
        });
        return offline.alerts(List.of(new Offline.File("test", () -> new ByteArrayInputStream(text))));
    }

    private TreeSet<String> pipeline(Random random, List<Stamped> lines) {
        TreeSet<String> standing = new TreeSet<>();
        latest(random, lines).forEach(a -> standing.add(content(a)));
        return standing;
    }

    /** The alerts that stand in the end. */
    private List<Alert> latest(Random random, List<Stamped> lines) {
        Map<String, byte[]> parseState = new HashMap<>();
        Map<String, byte[]> correlateState = new HashMap<>();
        Map<String, Alert> latest = new TreeMap<>();
        Parse parse = new Parse(parseState);
        Correlate correlate = new Correlate(correlateState);
        try {
            long sequence = 0;
            RawLogs before = null;
            for (int i = 0; i < lines.size(); ) {
                int n = Math.min(1 + random.nextInt(8), lines.size() - i);
                List<Stamped> batch = lines.subList(i, i + n);
                RawLogs logs = arrived(sequence, batch);
                sequence += n;
                i += n;
                parse.send(logs);
                if (before != null && random.nextInt(5) == 0) {
                    parse.send(before);
                }
                before = logs;
                parse.passHits(correlate);
                correlate.takeAlerts(latest);
                if (random.nextInt(10) == 0) {
                    parse = parse.restart();
                }
                if (random.nextInt(10) == 0) {
                    correlate = correlate.restart();
                }
            }
            parse.send(new Heartbeat("s1", 1L, T0 + 100_000 * S, Map.of(), null, null));
            parse.passHits(correlate);
            correlate.takeAlerts(latest);
            assertThat(correlate.left()).as("state left behind the end").isEmpty();
        } finally {
            parse.close();
            correlate.close();
        }
        List<Alert> standing = latest.values().stream()
                .filter(a -> a.getStatus() != AlertStatus.WITHDRAWN)
                .toList();
        assertThat(standing).allMatch(a -> a.getStatus() == AlertStatus.CLOSED);
        return standing;
    }

    private static String content(Alert a) {
        return a.getId() + " " + a.getGroup() + " " + a.getStart() + ".." + a.getTime() + ".." + a.getEnd() + " "
                + a.getCount() + (a.getCapped() ? " capped " : " ")
                + a.getEvidence().stream()
                        .map(e -> a.getFields().get("rule.name").equals("Many failed ssh logins")
                                ? ""
                                : e.getTime() + " " + e.getMember())
                        .sorted() // events of one instant are in the order of their ids, which differ
                        .toList();
    }

    private static String failed(int at, String address) {
        return line(at, "Failed password for root from " + address + " port 4022 ssh2");
    }

    private static String line(int at, String message) {
        return "<38>1 " + Micros.iso(T0 + at * S) + " web-01 sshd 311 - - " + message;
    }

    /** Lines of one source, all received at the start. */
    private InForce.Judges judges() {
        return (detector, generation) -> new Judge(detector, generation) {
            @Override
            public Event judge(Parsed parsed, String id, Position at, long received, Sink sink) {
                if (parsed.original().contains("poison") && !parsed.dataset().equals("bongsu.dead-letters")) {
                    throw new IllegalStateException("a defect of ours");
                }
                return super.judge(parsed, id, at, received, sink);
            }
        };
    }

    private static RawLogs logs(long sequence, String... lines) {
        return arrived(
                sequence, Arrays.stream(lines).map(line -> new Stamped(0, line)).toList());
    }

    private static RawLogs arrived(long sequence, List<Stamped> lines) {
        List<RawLine> raw = new ArrayList<>();
        for (Stamped line : lines) {
            raw.add(new RawLine(
                    sequence + raw.size(),
                    T0 + line.at * S,
                    0,
                    ByteBuffer.wrap(line.line.getBytes(StandardCharsets.UTF_8)),
                    -1));
        }
        return new RawLogs(
                "s1", 1L, "syslog-tcp/192.0.2.200", "syslog", "192.0.2.200", null, null, null, Map.of(), raw, null);
    }

    private final class Parse extends TaskRig.ParseTask {
        Parse(Map<String, byte[]> state) {
            super(
                    new ParseProcessor(
                            Generations.fixed(rules, parsers),
                            judges(),
                            Past.NONE,
                            1,
                            120 * S,
                            86_400 * S,
                            new Counters()),
                    state,
                    stored(ParseProcessor.STORE),
                    stateDirectory);
        }

        void send(SpecificRecord record) {
            send(record, 0);
        }

        /** @param day on which it is appended */
        void send(SpecificRecord record, int day) {
            send(record, T0 / S + day * 86_400L);
        }

        List<Events> events() {
            return read(events, Events.class);
        }

        List<Hits> hits() {
            return read(hits, SpecificRecord.class).stream()
                    .filter(Hits.class::isInstance)
                    .map(Hits.class::cast)
                    .toList();
        }

        List<Watermark> watermarks() {
            return read(hits, SpecificRecord.class).stream()
                    .filter(Watermark.class::isInstance)
                    .map(Watermark.class::cast)
                    .toList();
        }

        void passHits(Correlate to) {
            hits.readRecordsToList().forEach(r -> to.in.pipeInput(r.key(), r.value(), r.getRecordTime()));
        }

        Parse restart() {
            return new Parse(end());
        }
    }

    private final class Correlate extends TaskRig.CorrelateTask {
        Correlate(Map<String, byte[]> state) {
            super(
                    new CorrelateProcessor(Generations.fixed(rules, parsers), PARTITIONS, counters, mostGroups),
                    state,
                    stored(CorrelateProcessor.STORE),
                    stateDirectory);
        }

        @Override
        void takeAlerts(Map<String, Alert> latest) {
            read(alerts, Alert.class).forEach(a -> {
                Alert was = latest.put(a.getId(), a);
                assertThat(a.getRevision()).isEqualTo(was == null ? 1 : was.getRevision() + 1);
            });
        }

        /** Bytes in the changelog since this began, or was asked last. */
        long written() {
            return output("test-" + CorrelateProcessor.STORE + "-changelog").readRecordsToList().stream()
                    .mapToLong(r -> r.key().length + (r.value() == null ? 0 : r.value().length))
                    .sum();
        }

        Correlate restart() {
            return new Correlate(end());
        }
    }
}
