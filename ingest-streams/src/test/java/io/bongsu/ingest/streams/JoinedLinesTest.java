package io.bongsu.ingest.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.ingest.generation.Generations;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Event;
import io.bongsu.model.EventId;
import io.bongsu.model.Events;
import io.bongsu.model.Heartbeat;
import io.bongsu.model.RawLine;
import io.bongsu.model.RawLogs;
import io.bongsu.rules.RuleSet;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines of one event in the parse task: the ledger, the identity, and that packing, restarts and repeats change nothing. */
class JoinedLinesTest {
    private static final long S = 1_000_000L;
    private static final long T0 = 1_790_000_000L * S;
    private static final String PARSER = """
            parser: test.records
            dataset: test.records
            detect: {prefix: ["rec("]}
            join: {key: ["rec({time}/{serial:int}): {_:rest}"], last: ["rec({_}/{_:int}): end"]}
            """;

    @TempDir
    Path folder;

    private ParserSet parsers;
    private RuleSet rules;
    private ParseRig rig;
    private List<Events> out;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(folder.resolve("test.yml"), PARSER);
        ParserSet.Loaded loaded = ParserSet.load(List.of(folder));
        assertThat(loaded.problems()).isEmpty();
        parsers = loaded.parsers();
        rules = RuleSet.load(List.of(), RuleSet.Defaults.STANDARD).rules();
        fresh();
    }

    @Test
    void anEventOfLinesInTwoRecordsBelongsToTheFirstAndEachRecordAddsUp() {
        send(logs(0, "rec(1.0/7): a", "single"), 0);
        send(logs(2, "rec(1.0/7): b", "rec(1.0/7): end", "rec(1.0/8): c"), 1);

        assertThat(out).extracting(Events::getOffset).containsExactly(0L, 1L, 0L);
        assertThat(out).extracting(Events::getPending).containsExactly(1, 1, -1);
        assertThat(out).extracting(Events::getMerged).containsExactly(0, 2, 0);
        Event event = out.getLast().getEvents().getFirst();
        assertThat(event.getId()).isEqualTo(id(0));
        assertThat(event.getLine()).isZero();
        assertThat(event.getOriginal()).isEqualTo("rec(1.0/7): a\nrec(1.0/7): b\nrec(1.0/7): end");
        assertThat(out.getLast().getAppended()).isEqualTo(out.getFirst().getAppended());
        theLedgerIsRight(5);
    }

    @Test
    void aHeartbeatOfTheShipperEndsTheWaiting() {
        send(logs(0, "rec(1.0/7): a"), 0);
        send(new Heartbeat("other", 1L, T0 + 60 * S, Map.of(), null, null), 1);
        send(new Heartbeat("s1", 1L, T0 + S, Map.of(), null, null), 2);
        assertThat(events()).isEmpty();
        send(new Heartbeat("s1", 1L, T0 + 3 * S, Map.of(), null, null), 3);
        assertThat(events()).containsExactly(id(0) + " rec(1.0/7): a");
        theLedgerIsRight(1);
    }

    @Test
    void whatADeadShipperLeftIsReleasedOnTheLogsClock() {
        send(logs(0, "rec(1.0/7): a"), 0);
        send(new Heartbeat("other", 1L, T0 + S, Map.of(), null, null), 119);
        assertThat(events()).isEmpty();
        send(new Heartbeat("other", 1L, T0 + S, Map.of(), null, null), 121);
        assertThat(events()).containsExactly(id(0) + " rec(1.0/7): a");
        theLedgerIsRight(1);
    }

    @Test
    void aRepeatOfAWaitingLineIsARepeat() {
        send(logs(0, "rec(1.0/7): a"), 0);
        send(logs(0, "rec(1.0/7): a", "rec(1.0/7): end"), 1);
        assertThat(events()).containsExactly(id(0) + " rec(1.0/7): a|rec(1.0/7): end");
        assertThat(out.stream().mapToInt(Events::getDuplicates).sum()).isEqualTo(1);
        theLedgerIsRight(3);
    }

    @Test
    void packingAndRestartsAndRepeatsChangeNothing() {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            List<RawLine> lines = new ArrayList<>();
            long now = T0;
            for (int i = 0; i < 60; i++) {
                now += random.nextInt(5) == 0 ? 3 * S : random.nextInt(100_000);
                String text = random.nextInt(5) == 0
                        ? "single " + i
                        : "rec(" + now / S + ".0/" + random.nextInt(3) + "): "
                                + (random.nextInt(3) == 0 ? "end" : "x" + i);
                lines.add(raw(i, now, text));
            }
            List<String> expected = run(lines, null);
            assertThat(run(lines, random)).as("seed %d", seed).isEqualTo(expected);
            assertThat(expected).as("something was joined").anyMatch(e -> e.contains("|"));
        }
    }

    /** All lines in one record; or, with random, in many, with heartbeats, repeats and restarts between them. */
    private List<String> run(List<RawLine> lines, @Nullable Random random) {
        fresh();
        int received = 0;
        for (int from = 0; from < lines.size(); ) {
            int to = random == null ? lines.size() : Math.min(lines.size(), from + 1 + random.nextInt(9));
            int again = random == null || random.nextInt(3) > 0 ? from : Math.max(0, from - random.nextInt(5));
            received += to - again;
            send(ParseRig.logs(lines.subList(again, to)), 0);
            if (random != null && random.nextInt(3) == 0) {
                rig.restart();
            }
            if (random != null && to < lines.size() && random.nextBoolean()) {
                send(new Heartbeat("s1", 1L, lines.get(to).getReceived(), Map.of(), null, null), 0);
            }
            from = to;
        }
        send(new Heartbeat("s1", 1L, T0 + 10_000 * S, Map.of(), null, null), 1);
        theLedgerIsRight(received);
        return events();
    }

    /** Over all pieces with its coordinates, each record adds up and nothing waits any more; unless it is the newest. */
    private void theLedgerIsRight(int lines) {
        Map<Long, int[]> records = new TreeMap<>();
        int received = 0;
        for (Events piece : out) {
            int came = piece.getEvents().size() + piece.getMerged() + piece.getDeadLettered() + piece.getDuplicates();
            assertThat(piece.getReceived()).as("in one piece").isEqualTo(came + piece.getPending());
            int[] sums = records.computeIfAbsent(piece.getOffset(), o -> new int[2]);
            sums[0] += piece.getReceived() - came;
            sums[1] += piece.getPending();
            received += piece.getReceived();
        }
        assertThat(received).isEqualTo(lines);
        long waiting = 0;
        try (var joins = rig.store.prefixScan("join|", new StringSerializer())) {
            while (joins.hasNext()) {
                joins.next();
                waiting++;
            }
        }
        records.forEach((at, sums) -> assertThat(sums[0]).as("record %d", at).isEqualTo(sums[1]));
        if (waiting == 0) {
            records.forEach((at, sums) ->
                    assertThat(sums[1]).as("pending of record %d", at).isZero());
        }
    }

    private List<String> events() {
        return out.stream()
                .flatMap(piece -> piece.getEvents().stream())
                .map(event -> event.getId() + " " + event.getOriginal().replace('\n', '|'))
                .sorted()
                .toList();
    }

    private static String id(long sequence) {
        return EventId.of(EventId.prefix("s1", 1, "tcp/192.0.2.1"), sequence);
    }

    private static RawLogs logs(long sequence, String... text) {
        List<RawLine> lines = new ArrayList<>();
        for (String line : text) {
            lines.add(raw(sequence + lines.size(), T0, line));
        }
        return ParseRig.logs(lines);
    }

    private static RawLine raw(long sequence, long received, String text) {
        return new RawLine(sequence, received, 0, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), -1);
    }

    /** @param seconds append time after T0 */
    private void send(SpecificRecord record, long seconds) {
        rig.send(record, (T0 / S + seconds) * 1_000);
    }

    private void fresh() {
        rig = new ParseRig(Generations.fixed(rules, parsers));
        out = rig.events;
    }
}
