package io.bongsu.ingest.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.ingest.generation.Generation;
import io.bongsu.ingest.generation.Generations;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Alert;
import io.bongsu.model.Codec;
import io.bongsu.model.Event;
import io.bongsu.model.Events;
import io.bongsu.model.Heartbeat;
import io.bongsu.model.Micros;
import io.bongsu.model.RawLine;
import io.bongsu.model.RawLogs;
import io.bongsu.model.Topics;
import io.bongsu.rules.RuleSet;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Parsers change while logs come in: what a line comes to is a function of where it lies, whatever is restarted, and an event
 * of several lines is parsed by one set of parsers.
 */
class ParsersChangeTest {
    private static final long S = 1_000_000L;
    private static final long T0 = Micros.of(Instant.parse("2026-03-01T09:00:00Z"));
    private static final String PARSER = """
            parser: test.door
            dataset: test.%s
            sigma: [{product: acme, service: door}]
            detect: {program: [doord], prefix: ["rec("]}
            join: {key: ["rec({time}/{serial:int}): {_:rest}"], last: ["rec({_}/{_:int}): end"], within: 30s}
            steps:
              - first:
                  - {tmpl: "open by {user.name}", set: {event.action: %s}}
                  - else: {}
            """;
    private static final String RULE = """
            title: Door
            id: 2f4b1c1e-0000-4000-8000-000000000001
            logsource: {product: acme, service: door}
            detection:
              sel: {event.action: door-opened}
              condition: sel
            """;

    @TempDir
    Path folder;

    private static ParserSet one;
    private static ParserSet two;
    private static ParserSet without;
    private final Map<Long, Generation> all = new TreeMap<>();
    private final RuleSet none =
            RuleSet.load(List.of(), RuleSet.Defaults.STANDARD).rules();

    @BeforeAll
    static void load() {
        one = parsers(PARSER.formatted("one", "opened"));
        two = parsers(PARSER.formatted("two", "door-opened"));
        without = parsers("");
    }

    @BeforeEach
    void generations() {
        generation(1, Long.MIN_VALUE, none, one);
        generation(2, Long.MIN_VALUE, none, two);
        generation(3, Long.MIN_VALUE, none, without); // it was taken away
        generation(4, Long.MIN_VALUE, none, one); // and brought back
    }

    private void generation(long number, long effectiveAt, RuleSet rules, ParserSet parsers) {
        all.put(number, new Generation(number, effectiveAt, () -> rules, () -> parsers));
    }

    private static ParserSet parsers(String text) {
        SequencedMap<String, byte[]> files = new LinkedHashMap<>();
        files.put("door.yml", text.getBytes(StandardCharsets.UTF_8));
        ParserSet.Loaded loaded = ParserSet.load(files);
        assertThat(loaded.problems()).isEmpty();
        return loaded.parsers();
    }

    /** @param before that were published before the first record */
    private Generations published(Long... before) {
        return TestGenerations.of(all, before);
    }

    @Test
    void aLineIsParsedByTheNewestGenerationWhoseMarkerLiesInFrontOfIt() {
        ParseRig rig = new ParseRig(published(1L));
        for (long number = 1; number <= 4; number++) {
            send(rig, TestGenerations.marker(number));
            send(rig, logs(number, T0, door(T0)));
        }
        assertThat(datasets(rig.events)).containsExactly("test.one", "test.two", "syslog.log", "test.one");
        assertThat(rig.letters).isEmpty();
    }

    /** When a line happened, only its parser knows; so its place decides about that, and its time about the rules. */
    @Test
    void aLateLineIsParsedByTheNewOneAndJudgedByTheOldOne() throws Exception {
        RuleSet.Loaded rules =
                RuleSet.load(List.of(Files.writeString(folder.resolve("door.yml"), RULE)), RuleSet.Defaults.STANDARD);
        assertThat(rules.problems()).isEmpty();
        generation(2, T0 + 60 * S, rules.rules(), two);
        ParseRig rig = new ParseRig(published(1L));
        send(rig, TestGenerations.marker(2));
        send(rig, logs(0, T0 + 90 * S, door(T0 + 59 * S), door(T0 + 61 * S)));
        assertThat(datasets(rig.events)).containsExactly("test.two", "test.two");
        assertThat(events(rig.events)).extracting(Event::getGeneration).containsExactly(1L, 2L);
        assertThat(rig.alerts).extracting(Alert::getTime).containsExactly(T0 + 61 * S);
    }

    @Test
    void aPartitionWithoutMarkersBeginsWithWhatWasPublishedByThen() {
        ParseRig rig = new ParseRig(published(1L, 2L));
        send(rig, logs(0, T0, door(T0)));
        assertThat(datasets(rig.events)).containsExactly("test.two");
    }

    @Test
    void linesOfOneEventStayWithTheParsersThatBeganIt() {
        ParseRig rig = new ParseRig(published(1L));
        send(rig, logs(0, T0, "rec(1.0/7): a", "rec(1.0/8): x"));
        send(rig, TestGenerations.marker(2));
        send(rig, logs(2, T0, "rec(1.0/7): b", "rec(1.0/9): c"));
        send(rig, TestGenerations.marker(3));
        rig.restart();
        send(rig, logs(4, T0, "rec(1.0/10): alone")); // no parser puts such together any more
        send(rig, new Heartbeat("s1", 1L, T0 + 60 * S, Map.of(), null, null));
        assertThat(events(rig.events))
                .extracting(event -> event.getDataset() + " " + event.getOriginal())
                .containsExactlyInAnyOrder(
                        "test.one rec(1.0/7): a\nrec(1.0/7): b",
                        "test.one rec(1.0/8): x",
                        "test.two rec(1.0/9): c",
                        "unknown.log rec(1.0/10): alone");
    }

    @Test
    void whereverItIsRestartedTheSameComesOut() {
        int joinedOverAChange = 0;
        for (int seed = 0; seed < 10; seed++) {
            Random random = new Random(seed);
            List<SpecificRecord> log = log(random);
            ParseRig whole = new ParseRig(published(1L));
            log.forEach(record -> send(whole, record));
            ParseRig always = new ParseRig(published(1L));
            log.forEach(record -> {
                send(always, record);
                always.restart();
            });
            assertThat(always.events).as("seed %d", seed).isEqualTo(whole.events);
            ParseRig once = new ParseRig(published(1L));
            int at = random.nextInt(log.size());
            for (int i = 0; i < log.size(); i++) {
                if (i == at) {
                    once.restart();
                }
                send(once, log.get(i));
            }
            assertThat(once.events).as("seed %d", seed).isEqualTo(whole.events);
            assertThat(replayed(log)).as("seed %d", seed).isEqualTo(whole.events);
            joinedOverAChange += (int) events(whole.events).stream()
                    .filter(event -> event.getOriginal().contains("gen 1")
                            && event.getOriginal().contains("gen 2"))
                    .count();
        }
        assertThat(joinedOverAChange).isPositive();
    }

    /** As the commands do that read the log again. */
    private List<Events> replayed(List<SpecificRecord> log) {
        List<Events> events = new ArrayList<>();
        Replay.Settings settings = new Replay.Settings(1, ParseRig.IDLE, 86_400 * S, 1_000);
        Replay replay = new Replay(published(1L), settings, new Replay.Listener() {
            @Override
            public void alert(Alert alert) {}

            @Override
            public void events(Events of) {
                events.add(of);
            }
        });
        for (int i = 0; i < log.size(); i++) {
            byte[] value = Codec.encode(log.get(i));
            replay.add(
                    new ConsumerRecord<>(
                            Topics.LOGS,
                            0,
                            i,
                            T0 / 1_000,
                            TimestampType.LOG_APPEND_TIME,
                            0,
                            0,
                            new byte[0],
                            value,
                            new RecordHeaders(),
                            Optional.empty()),
                    false);
        }
        return events;
    }

    /** Lines of a few events at once, and each marker somewhere among them; which generation is in force, the line says. */
    private static List<SpecificRecord> log(Random random) {
        List<SpecificRecord> log = new ArrayList<>();
        long number = 1;
        long sequence = 0;
        for (int i = 0; i < 60; i++) {
            if (random.nextInt(15) == 0 && number < 4) {
                number++;
                log.add(TestGenerations.marker(number));
            }
            List<String> lines = new ArrayList<>();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                lines.add(
                        switch (random.nextInt(4)) {
                            case 0 -> door(T0 + i * S);
                            case 1 -> "rec(1.0/" + random.nextInt(4) + "): end";
                            default -> "rec(1.0/" + random.nextInt(4) + "): gen " + number;
                        });
            }
            log.add(logs(sequence, T0 + i * S, lines.toArray(String[]::new)));
            sequence += lines.size();
        }
        log.add(new Heartbeat("s1", 1L, T0 + 10_000 * S, Map.of(), null, null));
        return log;
    }

    private static String door(long time) {
        return "<38>1 " + Micros.iso(time) + " gate doord 7 - - open by kim";
    }

    private static RawLogs logs(long sequence, long received, String... text) {
        List<RawLine> lines = new ArrayList<>();
        for (String line : text) {
            lines.add(new RawLine(
                    sequence + lines.size(), received, 0, ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)), -1));
        }
        return ParseRig.logs(lines);
    }

    private static void send(ParseRig rig, SpecificRecord record) {
        rig.send(record, T0 / 1_000);
    }

    private static List<Event> events(List<Events> pieces) {
        return pieces.stream().flatMap(piece -> piece.getEvents().stream()).toList();
    }

    private static List<String> datasets(List<Events> pieces) {
        return events(pieces).stream().map(Event::getDataset).toList();
    }
}
