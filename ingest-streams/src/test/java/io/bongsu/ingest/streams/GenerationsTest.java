package io.bongsu.ingest.streams;

import static io.bongsu.ingest.streams.TaskRig.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.ingest.generation.Generation;
import io.bongsu.ingest.generation.Generations;
import io.bongsu.ingest.offline.Offline;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Alert;
import io.bongsu.model.AlertStatus;
import io.bongsu.model.Codec;
import io.bongsu.model.DeadLetter;
import io.bongsu.model.Event;
import io.bongsu.model.Events;
import io.bongsu.model.Heartbeat;
import io.bongsu.model.Hits;
import io.bongsu.model.Micros;
import io.bongsu.model.RawLine;
import io.bongsu.model.RawLogs;
import io.bongsu.model.RulesMarker;
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
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rules change while logs come in over two partitions: the alerts are those of a switch at one event time, wherever the
 * markers lie, in whichever order lines arrive, and whatever is restarted.
 */
class GenerationsTest {
    private static final long S = 1_000_000L;
    private static final long T0 = Micros.of(Instant.parse("2026-03-01T09:00:00Z"));
    /** When the second generation comes into force. */
    private static final int SWITCH = 900;

    private static final int END = 1_800;

    private static final String COMMON = """
            title: Failed ssh login
            id: 7d5a4b1e-0000-4000-8000-000000000001
            name: failed
            level: low
            logsource: {product: linux, service: sshd}
            detection:
              sel: {event.action: ssh_login, event.outcome: failure}
              condition: sel
            ---
            title: Root logs in
            id: 7d5a4b1e-0000-4000-8000-000000000003
            name: root
            level: medium
            logsource: {product: linux, service: sshd}
            detection:
              sel: {event.action: ssh_login, event.outcome: success, user.name: root}
              condition: sel
            ---
            title: Users tried
            id: 7d5a4b1e-0000-4000-8000-000000000004
            level: medium
            correlation:
              type: value_count
              rules: [failed]
              group-by: [source.ip]
              timespan: 5m
              condition: {field: user.name, gte: 3}
            ---
            title: Many failed ssh logins
            id: 7d5a4b1e-0000-4000-8000-000000000002
            name: many
            level: high
            correlation:
              type: event_count
              rules: [failed]
              group-by: [source.ip]
              timespan: 2m
              condition: {gte: %d}
              generate: true
              bongsu: {quiet: 2m}
            ---
            title: Guessed
            id: 7d5a4b1e-0000-4000-8000-000000000005
            level: critical
            correlation:
              type: temporal_ordered
              rules: [many, root]
              group-by: [source.ip]
              timespan: 10m
              generate: true
            """;
    /** Only in the first one: what does not happen is told by hits that must not be missed. */
    private static final String REMOVED = """
            ---
            title: Tried and not got in
            id: 7d5a4b1e-0000-4000-8000-000000000006
            level: low
            correlation:
              type: temporal_ordered
              group-by: [source.ip]
              timespan: 5m
              bongsu:
                quiet: 5m
                steps: [{rule: failed}, {not: root}]
            ---
            title: Root fails
            id: 7d5a4b1e-0000-4000-8000-000000000007
            level: low
            logsource: {product: linux, service: sshd}
            detection:
              sel: {event.action: ssh_login, event.outcome: failure, user.name: root}
              condition: sel
            """;

    private static final String ADDED = """
            ---
            title: Admin fails
            id: 7d5a4b1e-0000-4000-8000-000000000008
            level: low
            logsource: {product: linux, service: sshd}
            detection:
              sel: {event.action: ssh_login, event.outcome: failure, user.name: admin}
              condition: sel
            ---
            title: Many of them
            id: 7d5a4b1e-0000-4000-8000-000000000009
            level: critical
            correlation:
              type: value_count
              rules: [many]
              timespan: 10m
              condition: {field: source.ip, gte: 3}
              generate: true
              bongsu: {quiet: 10m}
            """;

    @TempDir
    Path folder;

    @TempDir
    static Path stateDirectory;

    private ParserSet parsers;
    private RuleSet first;
    private RuleSet second;
    private Counters counters = new Counters();

    @BeforeEach
    void load() throws Exception {
        parsers = ParserSet.load(List.of()).parsers();
        first = rules("first", COMMON.formatted(5) + REMOVED);
        second = rules("second", COMMON.formatted(4) + ADDED);
    }

    private RuleSet rules(String name, String text) throws Exception {
        RuleSet.Loaded loaded = RuleSet.load(
                List.of(Files.writeString(folder.resolve(name + ".yml"), text)), new RuleSet.Defaults(300 * S));
        assertThat(loaded.problems()).isEmpty();
        return loaded.rules();
    }

    /** @param effectiveAt of the second one */
    private Generations generations(long effectiveAt) {
        return TestGenerations.of(
                Map.of(
                        1L, new Generation(1, Long.MIN_VALUE, () -> first, () -> parsers),
                        2L, new Generation(2, effectiveAt, fresh(), () -> second, () -> parsers)),
                1L);
    }

    private Set<String> fresh() {
        Set<String> fresh = new TreeSet<>();
        second.infos().forEach(rule -> fresh.add(Generation.key(rule.id(), rule.version())));
        first.infos().forEach(rule -> fresh.remove(Generation.key(rule.id(), rule.version())));
        return fresh;
    }

    @Test
    void theAlertsAreThoseOfASwitchAtOneTime() {
        int across = 0;
        int both = 0;
        int naive = 0;
        int primed = 0;
        for (int seed = 0; seed < 12; seed++) {
            Random random = new Random(seed);
            List<Stamped> lines = lines(random);
            Set<String> expected = oracle(lines);
            across += (int) expected.stream().filter(a -> a.endsWith(" across")).count();
            primed += (int) expected.stream()
                    .filter(a ->
                            a.endsWith(" across") && fresh().stream().anyMatch(key -> a.contains(key.split(" ")[0])))
                    .count();
            both += (int) expected.stream()
                    .filter(a -> a.startsWith("Many failed"))
                    .map(a -> a.replaceAll(".* \\{", "{").replaceAll(" .*", ""))
                    .distinct()
                    .count();
            assertThat(pipeline(random, lines, T0 + SWITCH * S))
                    .as("seed %d", seed)
                    .isEqualTo(expected);
            // By the place in the log alone: what was late came under other rules.
            naive += pipeline(random, lines, Long.MIN_VALUE).equals(expected) ? 0 : 1;
        }
        assertThat(across).as("attacks across the switch").isGreaterThan(5);
        assertThat(both).isPositive();
        assertThat(primed).as("attacks that new versions see from before").isGreaterThan(5);
        assertThat(naive).as("runs that differ without the effective time").isGreaterThan(5);
    }

    @Test
    void eventsSayWhichGenerationJudgedThemAndAForgedMarkerIsADeadLetter() {
        Parse parse = new Parse(0, generations(T0 + 60 * S), Map.of());
        List<Event> events = new ArrayList<>();
        parse.send(TestGenerations.marker(1));
        parse.send(logs(0, 0, List.of(new Stamped(70, 70, failed(70, "root", "192.0.2.1")))));
        parse.send(new RulesMarker(2L, "not its manifest", T0));
        parse.send(new RulesMarker(7L, "manifest-7", T0));
        parse.send(TestGenerations.marker(2));
        assertThat(read(parse.letters, DeadLetter.class))
                .extracting(DeadLetter::getReason)
                .containsExactly("foreign", "foreign");
        read(parse.events, Events.class).forEach(e -> events.addAll(e.getEvents()));
        try (Parse again = parse.restart()) {
            again.send(logs(
                    0,
                    1,
                    List.of(
                            new Stamped(75, 59, failed(59, "root", "192.0.2.1")),
                            new Stamped(75, 60, failed(60, "root", "192.0.2.1")))));
            read(again.events, Events.class).forEach(e -> events.addAll(e.getEvents()));
            assertThat(events).extracting(Event::getGeneration).containsExactly(1L, 1L, 2L);
        }
    }

    /** A device that lives years ago does not have the rules of years ago. */
    @Test
    void aWrongClockDoesNotKeepOldRulesForEver() {
        try (Parse parse = new Parse(0, generations(T0 + 60 * S), Map.of())) {
            parse.send(TestGenerations.marker(2));
            int days = 3 * 86_400;
            parse.send(new Heartbeat("s1", 1L, T0 + days * S, Map.of(), null, null));
            parse.send(logs(0, 0, List.of(new Stamped(days, 0, failed(0, "root", "192.0.2.1")))));
            List<Event> events = new ArrayList<>();
            read(parse.events, Events.class).forEach(e -> events.addAll(e.getEvents()));
            assertThat(events.getLast().getGeneration()).isEqualTo(2);
        }
    }

    /** What was new once, and is over since the first generation was brought back, is fed on, but says nothing of later attacks. */
    @Test
    void aVersionThatCameAndWentSaysNothingOfLaterAttacks() {
        Generations three = TestGenerations.of(
                Map.of(
                        1L, new Generation(1, Long.MIN_VALUE, () -> first, () -> parsers),
                        2L, new Generation(2, T0 + SWITCH * S, fresh(), () -> second, () -> parsers),
                        3L, new Generation(3, T0 + (SWITCH + 60) * S, Set.of(), () -> first, () -> parsers)),
                1L);
        Map<String, Alert> latest = new TreeMap<>();
        List<Runnable> beside = new ArrayList<>();
        try (Correlate correlate = new Correlate(three, Map.of());
                Parse parse = new Parse(0, three, Map.of(), new ArrayList<>(), beside)) {
            for (long generation = 1; generation <= 3; generation++) {
                parse.send(TestGenerations.marker(generation));
            }
            List<Stamped> attack = new ArrayList<>();
            for (int at = SWITCH + 70; at < SWITCH + 80; at++) {
                attack.add(new Stamped(at, at, failed(at, "guest", "192.0.2.1")));
            }
            parse.send(logs(0, 0, attack));
            work(beside);
            parse.passHits(correlate, latest);
            correlate.takeAlerts(latest);
        }
        assertThat(latest.values())
                .filteredOn(a -> "Many failed ssh logins".equals(a.getFields().get("rule.name")))
                .extracting(Alert::getVersion)
                .containsExactly(versions(first).get("7d5a4b1e-0000-4000-8000-000000000002"));
    }

    /** Attacks of many kinds all the time, some of them across the switch. */
    private static List<Stamped> lines(Random random) {
        List<Stamped> lines = new ArrayList<>();
        for (int attack = 0; attack < 40; attack++) {
            int begin = attack % 4 == 0 ? SWITCH - 60 + random.nextInt(60) : random.nextInt(END - 300);
            String address = "192.0.2." + random.nextInt(12);
            int n = 1 + random.nextInt(7);
            int at = begin;
            for (int i = 0; i < n; i++) {
                String user = List.of("root", "admin", "guest", "oracle").get(random.nextInt(4));
                lines.add(new Stamped(0, at, failed(at, user, address)));
                at += 1 + random.nextInt(45);
            }
            if (random.nextInt(3) == 0) {
                lines.add(
                        new Stamped(0, at, line(at, "Accepted password for root from " + address + " port 4022 ssh2")));
            }
        }
        lines.replaceAll(l -> new Stamped(l.time + random.nextInt(120), l.time, l.line));
        Collections.sort(lines);
        return lines;
    }

    /** Each generation on what it is fed with, by the command that knows neither Kafka nor generations. */
    private Set<String> oracle(List<Stamped> lines) {
        Set<String> alerts = new TreeSet<>();
        Map<String, String> before = versions(first);
        Map<String, String> after = versions(second);
        Predicate<Alert> unchanged = a -> after.getOrDefault(a.getRule(), "").equals(before.get(a.getRule()));
        Predicate<Alert> single = a -> first.correlations().stream()
                        .noneMatch(c -> c.info().id().equals(a.getRule()))
                && second.correlations().stream().noneMatch(c -> c.info().id().equals(a.getRule()));
        offline(first, lines, Long.MAX_VALUE).stream()
                .filter(single.negate().and(unchanged))
                .forEach(a -> alerts.add(content(a)));
        // A rule that is gone is fed as long as what is built on it, and gone, too, needs its facts.
        Map<String, Integer> windows = Map.of(
                "7d5a4b1e-0000-4000-8000-000000000002", 600,
                "7d5a4b1e-0000-4000-8000-000000000005", 600,
                "7d5a4b1e-0000-4000-8000-000000000006", 300);
        windows.forEach((rule, window) -> offline(first, lines, SWITCH + window).stream()
                .filter(a -> a.getRule().equals(rule) && a.getStart() < T0 + SWITCH * S)
                .forEach(a -> alerts.add(content(a))));
        List<Stamped> newer = lines.stream().filter(l -> l.time >= SWITCH).toList();
        offline(second, newer, Long.MAX_VALUE).stream().filter(single).forEach(a -> alerts.add(content(a)));
        // What is new is right from its first minute, as if it had been there: a window of two minutes under one of
        // ten.
        List<Stamped> primed =
                lines.stream().filter(l -> l.time >= SWITCH - 720).toList();
        offline(second, primed, Long.MAX_VALUE).stream()
                .filter(single.or(unchanged).negate())
                .filter(a -> a.getEnd() >= T0 + SWITCH * S)
                .forEach(a -> alerts.add(content(a)));
        offline(first, lines, SWITCH).stream().filter(single).forEach(a -> alerts.add(content(a)));
        return alerts;
    }

    private static Map<String, String> versions(RuleSet rules) {
        Map<String, String> versions = new HashMap<>();
        rules.infos().forEach(rule -> versions.put(rule.id(), rule.version()));
        return versions;
    }

    private List<Alert> offline(RuleSet rules, List<Stamped> lines, long before) {
        String text = String.join(
                "\n",
                lines.stream()
                        .filter(l -> l.time < before)
                        .sorted((a, b) -> Integer.compare(a.time, b.time))
                        .map(Stamped::line)
                        .toList());
        Offline offline = new Offline(parsers, rules, new Offline.Options(null, Micros.UNKNOWN, false, T0), problem -> {
            throw new AssertionError(problem);
        });
        return offline.alerts(List.of(
                new Offline.File("test", () -> new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))));
    }

    private static String content(Alert a) {
        boolean group = !a.getGroup().isEmpty()
                || !a.getVersion().isEmpty() && a.getEvidence().size() > 1;
        boolean across = a.getStart() < T0 + SWITCH * S && a.getEnd() >= T0 + SWITCH * S;
        return a.getFields().get("rule.name") + " " + a.getVersion() + " " + a.getGroup() + " "
                + (group ? a.getId() : "") + " " + a.getStart() + ".." + a.getTime() + ".." + a.getEnd() + " "
                + a.getCount() + (across ? " across" : "");
    }

    /** What stands in the end. */
    private Set<String> pipeline(Random random, List<Stamped> lines, long effectiveAt) {
        Generations generations = generations(effectiveAt);
        counters = new Counters();
        Map<String, Alert> latest = new TreeMap<>();
        List<Parse> parse = new ArrayList<>();
        List<Runnable> beside = new ArrayList<>();
        Correlate correlate = new Correlate(generations, Map.of());
        List<List<Stamped>> parts = List.of(new ArrayList<>(), new ArrayList<>());
        lines.forEach(l -> parts.get(random.nextInt(2)).add(l));
        long[] sequence = new long[2];
        int[] at = new int[2];
        int[] marker = new int[2];
        for (int p = 0; p < 2; p++) {
            parse.add(new Parse(p, generations, Map.of(), new ArrayList<>(), beside));
            int firstOfNew = 0;
            while (firstOfNew < parts.get(p).size() && parts.get(p).get(firstOfNew).time < SWITCH) {
                firstOfNew++;
            }
            // In front of the first one that it is for, but not at the same place in both.
            marker[p] = Math.max(0, firstOfNew - random.nextInt(15));
            parse.get(p).send(TestGenerations.marker(1));
        }
        while (at[0] < parts.get(0).size() || at[1] < parts.get(1).size()) {
            int p = random.nextInt(2);
            List<Stamped> part = parts.get(p);
            int end = Math.min(part.size(), at[p] + 1 + random.nextInt(6));
            if (at[p] <= marker[p] && end > marker[p]) {
                end = marker[p];
            }
            if (end > at[p]) {
                parse.get(p).send(logs(p, sequence[p], part.subList(at[p], end)));
                sequence[p] += end - at[p];
                at[p] = end;
            }
            if (at[p] == marker[p]) {
                parse.get(p).send(TestGenerations.marker(2));
                marker[p] = -1;
            }
            parse.get(p).passHits(correlate, latest);
            if (random.nextInt(4) == 0) {
                work(beside);
            }
            if (random.nextInt(10) == 0) {
                parse.set(p, parse.get(p).restart());
            }
            if (random.nextInt(10) == 0) {
                correlate.takeAlerts(latest);
                correlate = correlate.restart();
            }
        }
        for (int p = 0; p < 2; p++) {
            while (parse.get(p).state().keySet().stream().anyMatch(key -> key.startsWith("prime|"))) {
                work(beside);
                parse.get(p).send(new Heartbeat("s1", 1L, T0 + END * S, Map.of(), null, null));
                parse.get(p).passHits(correlate, latest);
            }
            parse.get(p).send(new Heartbeat("s1", 1L, T0 + 100_000 * S, Map.of(), null, null));
            parse.get(p).passHits(correlate, latest);
        }
        correlate.takeAlerts(latest);
        boolean naive = effectiveAt == Long.MIN_VALUE;
        if (!naive) {
            assertThat(correlate.left()).as("state left behind the end").isEmpty();
            assertThat(counters.read())
                    .doesNotContainKeys("hits.after-horizon", "hits.unknown-rule", "states.unknown-rule", "hits.late");
        }
        parse.forEach(Parse::close);
        correlate.close();
        Set<String> standing = new TreeSet<>();
        latest.values().stream()
                .filter(a -> a.getStatus() != AlertStatus.WITHDRAWN)
                .forEach(a -> {
                    assertThat(naive || a.getStatus() == AlertStatus.CLOSED)
                            .as(content(a))
                            .isTrue();
                    standing.add(content(a));
                });
        return standing;
    }

    private static void work(List<Runnable> beside) {
        List<Runnable> now = List.copyOf(beside);
        beside.clear();
        now.forEach(Runnable::run);
    }

    private static String failed(int at, String user, String address) {
        return line(at, "Failed password for " + user + " from " + address + " port 4022 ssh2");
    }

    private static String line(int at, String message) {
        return "<38>1 " + Micros.iso(T0 + at * S) + " web-01 sshd 311 - - " + message;
    }

    /** @param at when it arrives, seconds */
    private record Stamped(int at, int time, String line) implements Comparable<Stamped> {
        @Override
        public int compareTo(Stamped o) {
            return Integer.compare(at, o.at);
        }
    }

    private static RawLogs logs(int partition, long sequence, List<Stamped> lines) {
        List<RawLine> raw = new ArrayList<>();
        for (Stamped line : lines) {
            raw.add(new RawLine(
                    sequence + raw.size(),
                    T0 + line.at * S,
                    0,
                    ByteBuffer.wrap(line.line.getBytes(StandardCharsets.UTF_8)),
                    -1));
        }
        String source = "syslog-tcp/192.0.2.20" + partition;
        return new RawLogs("s1", 1L, source, "syslog", null, null, null, null, Map.of(), raw, null);
    }

    /** The driver begins anew to number records when it is restarted, so what lies in front of the marker is looked for. */
    private record Sent(List<SpecificRecord> log, List<Runnable> beside) implements Past {
        @Override
        public Executor executor() {
            return beside::add;
        }

        @Override
        public Reader open(int partition, long appended, long before) {
            return new Reader() {
                private int at;

                @Override
                public List<Read> read() {
                    if (log.get(at) instanceof RulesMarker marker && marker.getGeneration() == 2) {
                        return null;
                    }
                    SpecificRecord record = log.get(at++);
                    return List.of(new Read(
                            new ConsumerRecord<>(
                                    Topics.LOGS,
                                    0,
                                    at,
                                    T0 / 1_000,
                                    TimestampType.LOG_APPEND_TIME,
                                    0,
                                    0,
                                    new byte[0],
                                    Codec.encode(record),
                                    new RecordHeaders(),
                                    Optional.empty()),
                            false));
                }

                @Override
                public void close() {}
            };
        }
    }

    private static final class Parse extends TaskRig.ParseTask {
        final int partition;
        final Generations generations;
        final List<SpecificRecord> log;
        final List<Runnable> beside;

        Parse(int partition, Generations generations, Map<String, byte[]> state) {
            this(partition, generations, state, new ArrayList<>(), new ArrayList<>());
        }

        /** @param beside what reads the log once more, to be run by whoever wants to */
        Parse(
                int partition,
                Generations generations,
                Map<String, byte[]> state,
                List<SpecificRecord> log,
                List<Runnable> beside) {
            super(
                    new ParseProcessor(generations, new Sent(log, beside), 2, 120 * S, 86_400 * S, new Counters()),
                    state,
                    Stores.inMemoryKeyValueStore(ParseProcessor.STORE),
                    stateDirectory);
            this.partition = partition;
            this.generations = generations;
            this.log = log;
            this.beside = beside;
        }

        void send(SpecificRecord record) {
            log.add(record);
            send(record, T0 / S);
        }

        /** The driver knows one partition: what comes from here says which one it is. */
        void passHits(Correlate to, Map<String, Alert> latest) {
            hits.readRecordsToList().forEach(r -> {
                SpecificRecord value =
                        switch (TaskRig.decode(r.value())) {
                            case Hits packed ->
                                Hits.newBuilder(packed).setPartition(partition).build();
                            case Watermark mark ->
                                Watermark.newBuilder(mark)
                                        .setPartition(partition)
                                        .build();
                            case SpecificRecord other -> throw new AssertionError(other);
                        };
                to.in.pipeInput(r.key(), Codec.encode(value));
            });
            read(alerts, Alert.class).forEach(a -> latest.put(a.getId(), a));
        }

        Parse restart() {
            return new Parse(partition, generations, end(), log, beside);
        }
    }

    private final class Correlate extends TaskRig.CorrelateTask {
        final Generations generations;

        Correlate(Generations generations, Map<String, byte[]> state) {
            super(
                    new CorrelateProcessor(generations, 1, counters, 1_000_000),
                    state,
                    Stores.inMemoryKeyValueStore(CorrelateProcessor.STORE),
                    stateDirectory);
            this.generations = generations;
        }

        Correlate restart() {
            return new Correlate(generations, end());
        }
    }
}
