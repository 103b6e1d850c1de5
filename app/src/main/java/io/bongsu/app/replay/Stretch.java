package io.bongsu.app.replay;

import io.bongsu.app.config.Config;
import io.bongsu.app.ledger.TopicReader;
import io.bongsu.ingest.streams.Replay;
import io.bongsu.model.Micros;
import io.bongsu.model.Topics;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.correlate.Correlation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A stretch of bongsu.logs that is replayed, without a consumer group and without touching anything. It is read from earlier
 * on, so that what rules remember is known when it begins. All times are microseconds since 1970.
 */
public final class Stretch {
    private static final long MINUTE = 60_000_000L;

    private final Map<String, Object> kafka;
    private final Config config;
    private final Map<Integer, Long> first = new HashMap<>();
    private final Map<Integer, Long> behind = new HashMap<>();
    private long records;
    private long begins = Micros.UNKNOWN;
    private long ends = Micros.UNKNOWN;

    public Stretch(Config config, Map<String, Object> kafka) {
        this.config = config;
        this.kafka = Map.copyOf(kafka);
    }

    /** What decides about alerts beside the rules, as the pipeline has it. */
    public Replay.Settings settings() {
        try (TopicReader reader = new TopicReader(kafka)) {
            return new Replay.Settings(
                    reader.ends(Topics.LOGS).size(),
                    Micros.of(config.correlate().idle()),
                    Micros.of(config.correlate().hold()),
                    config.correlate().groups());
        }
    }

    /** How long before its beginning the log has to be read for all that these rules remember. */
    public long warm(RuleSet rules) {
        return longest(rules, true) + Micros.of(config.correlate().hold()) + MINUTE;
    }

    /** How long behind its end the log has to be read until alerts are settled, but for those that still grow. */
    public long settled(RuleSet rules) {
        return longest(rules, false) + Micros.of(config.correlate().hold()) + MINUTE;
    }

    private static long longest(RuleSet rules, boolean memory) {
        return rules.correlations().stream()
                .mapToLong(c -> c.lateness() + Math.max(memory ? c.reach() : 0, span(c)))
                .max()
                .orElse(0);
    }

    private static long span(Correlation correlation) {
        return correlation.timespan() + correlation.quiet();
    }

    /** Hands every record to all of these, by append time. */
    public void replay(long from, long to, List<Replay> replays, Watch watch) {
        try (TopicReader reader = new TopicReader(kafka)) {
            reader.readByTime(Topics.LOGS, from, (record, middle) -> {
                long appended = Micros.ofMillis(record.timestamp());
                if (to != Micros.UNKNOWN && appended >= to) {
                    return false;
                }
                first.putIfAbsent(record.partition(), record.offset());
                behind.put(record.partition(), record.offset() + 1);
                begins = begins == Micros.UNKNOWN ? appended : Math.min(begins, appended);
                ends = Math.max(ends, appended);
                records++;
                for (int i = 0; i < replays.size(); i++) {
                    int one = i;
                    watch.around(i, () -> replays.get(one).add(record, middle));
                }
                return true;
            });
        }
    }

    /** Measures what one of the replays takes. */
    public interface Watch {
        Watch NONE = (replay, work) -> work.run();

        void around(int replay, Runnable work);
    }

    public boolean has(int partition, long offset) {
        Long from = first.get(partition);
        Long to = behind.get(partition);
        return from != null && to != null && offset >= from && offset < to;
    }

    public long records() {
        return records;
    }

    /** Append time of the first record; unknown when there was none. */
    public long begins() {
        return begins;
    }

    public long ends() {
        return ends;
    }
}
