package io.bongsu.ingest.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.ingest.generation.Generations;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Alert;
import io.bongsu.model.AlertStatus;
import io.bongsu.model.Codec;
import io.bongsu.model.Heartbeat;
import io.bongsu.model.Hits;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The two processors in memory: what they say of a log that is handed in. */
class ReplayTest {
    private static final long S = 1_000_000L;
    private static final long BASE = Micros.of(Instant.parse("2026-11-22T10:00:00Z"));
    private static final String RULES = """
            title: Failed
            name: failed
            level: informational
            logsource: {product: linux, service: sshd}
            detection: {s: {event.outcome: failure}, condition: s}
            ---
            title: Guessed
            name: guessed
            level: high
            correlation:
              type: event_count
              rules: [failed]
              group-by: [source.ip]
              timespan: 5m
              condition: {gte: 3}
              bongsu: {quiet: 5m, lateness: 1m}
            ---
            title: From two places
            level: critical
            correlation:
              type: event_count
              rules: [guessed]
              timespan: 10m
              condition: {gte: 2}
              generate: true
              bongsu: {quiet: 10m}
            ---
            title: Gap
            level: low
            logsource: {product: bongsu, service: ledger}
            detection: {s: {tags: _gap}, condition: s}
            """;

    @TempDir
    Path folder;

    private ParserSet parsers;
    private RuleSet rules;
    private final TreeMap<String, Alert> alerts = new TreeMap<>();
    private final List<Hits> hits = new ArrayList<>();
    private long offset;

    @BeforeEach
    void load() throws Exception {
        Files.writeString(folder.resolve("rules.yml"), RULES);
        RuleSet.Loaded loaded = RuleSet.load(List.of(folder), RuleSet.Defaults.STANDARD);
        assertThat(loaded.problems()).isEmpty();
        rules = loaded.rules();
        parsers = ParserSet.load(List.of()).parsers();
    }

    private Replay replay() {
        return new Replay(
                Generations.fixed(rules, parsers),
                new Replay.Settings(2, 120 * S, 600 * S, 1_000),
                new Replay.Listener() {
                    @Override
                    public void alert(Alert alert) {
                        alerts.put(alert.getId(), alert);
                    }

                    @Override
                    public void hits(Hits of) {
                        hits.add(of);
                    }
                });
    }

    private ConsumerRecord<byte[], byte[]> record(int partition, long seconds, SpecificRecord value) {
        return new ConsumerRecord<>(
                Topics.LOGS,
                partition,
                offset++,
                (BASE + seconds * S) / 1_000,
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                "key".getBytes(StandardCharsets.UTF_8),
                Codec.encode(value),
                new RecordHeaders(),
                Optional.empty());
    }

    private static RawLogs failures(String source, String from, long sequence, long... seconds) {
        List<RawLine> lines = new ArrayList<>();
        for (long second : seconds) {
            String line = "<86>1 " + Micros.iso(BASE + second * S) + " web-1 sshd 7 - - Failed password for root from "
                    + from + " port 4022 ssh2";
            lines.add(RawLine.newBuilder()
                    .setSequence(sequence++)
                    .setReceived(BASE + second * S)
                    .setData(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)))
                    .build());
        }
        return RawLogs.newBuilder()
                .setShipper("s1")
                .setEpoch(1)
                .setSource(source)
                .setInput("syslog")
                .setLines(lines)
                .build();
    }

    private void beats(Replay replay, long seconds) {
        for (int partition = 0; partition < 2; partition++) {
            Heartbeat beat = Heartbeat.newBuilder()
                    .setShipper("s1")
                    .setEpoch(1L)
                    .setNow(BASE + seconds * S)
                    .setCounters(Map.of())
                    .build();
            replay.add(record(partition, seconds, beat), true);
        }
    }

    @Test
    void alertsOpenGrowAndCloseAsTheLogGoesOnAndThoseBuiltOnThemFire() {
        Replay replay = replay();
        beats(replay, 0);
        replay.add(record(0, 3, failures("a", "203.0.113.7", 0, 1, 2, 3)), false);
        replay.add(record(1, 3, failures("b", "203.0.113.8", 0, 1, 2, 3)), false);

        assertThat(alerts.values())
                .extracting(a -> a.getFields().get("rule.name") + " " + a.getStatus() + " " + a.getCount())
                .containsExactlyInAnyOrder("Guessed OPEN 3", "Guessed OPEN 3", "From two places OPEN 2");
        replay.add(record(0, 60, failures("a", "203.0.113.7", 3, 60)), false);
        beats(replay, 3_000);
        beats(replay, 3_700);
        assertThat(alerts.values())
                .extracting(a -> a.getFields().get("rule.name") + " " + a.getGroup() + " " + a.getCount())
                .containsExactlyInAnyOrder(
                        "Guessed {source.ip=203.0.113.7} 4",
                        "Guessed {source.ip=203.0.113.8} 3",
                        "From two places {} 2");
        assertThat(alerts.values()).extracting(Alert::getStatus).containsOnly(AlertStatus.CLOSED);
    }

    @Test
    void whatComesTooLateIsNoHit() {
        Replay replay = replay();
        beats(replay, 0);
        replay.add(record(0, 600, failures("a", "203.0.113.7", 0, 600)), false);
        replay.add(record(0, 1_200, failures("a", "203.0.113.7", 1, 1_200)), false);
        hits.clear();
        RawLogs late = failures("a", "203.0.113.7", 2, 300);
        RawLine line = RawLine.newBuilder(late.getLines().getFirst())
                .setReceived(BASE + 1_201 * S)
                .build();
        replay.add(
                record(
                        0,
                        1_201,
                        RawLogs.newBuilder(late).setLines(List.of(line)).build()),
                false);

        assertThat(hits).isEmpty();
    }

    /** A stretch that begins in the middle would otherwise begin with a gap of each source. */
    @Test
    void aSourceThatIsMetInTheMiddleHasNoGap() {
        Replay replay = replay();
        replay.add(record(0, 1, failures("a", "203.0.113.7", 1_000, 1)), true);
        replay.add(record(0, 2, failures("a", "203.0.113.7", 1_001, 2)), true);
        assertThat(alerts).isEmpty();

        replay.add(record(0, 3, failures("a", "203.0.113.9", 1_005, 3)), true);
        assertThat(alerts.values())
                .extracting(a -> a.getFields().get("rule.name"))
                .containsExactly("Gap");
    }
}
