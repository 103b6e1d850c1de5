package io.bongsu.app.replay;

import io.bongsu.app.config.Config;
import io.bongsu.app.ledger.AlertTopic;
import io.bongsu.app.ledger.TopicReader;
import io.bongsu.ingest.generation.Generations;
import io.bongsu.ingest.streams.KafkaPast;
import io.bongsu.ingest.streams.Replay;
import io.bongsu.model.Alert;
import io.bongsu.model.AlertStatus;
import io.bongsu.model.Codec;
import io.bongsu.model.Topics;
import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.RuleSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether a replay of the rules over the log gives exactly the alerts that were raised: the same ids and, of those that are
 * closed, the same content. It believes neither the pipeline's state nor its counters: only bongsu.logs and bongsu.alerts.
 */
public final class SameAlerts {
    private static final long DAY = 86_400_000_000L;

    /** How an alert differs. */
    public enum Kind {
        MISSING("raised then, and not by the replay"),
        EXTRA("raised by the replay, and not then"),
        CHANGED("not the same"),
        VERSION("raised by another version of its rule");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    /** @param what for people */
    public record Difference(Kind kind, Alert alert, String what) {}

    private final List<Difference> differences = new ArrayList<>();
    private final Stretch stretch;
    private long same;
    private long open;
    private long outside;

    /**
     * @param generations the rules and parsers that were in force at each place of the log
     * @param rules the newest ones
     * @param from of the alerts' times
     * @param to exclusive
     */
    public static SameAlerts verify(
            Config config, Map<String, Object> kafka, Generations generations, RuleSet rules, long from, long to) {
        Stretch stretch = new Stretch(config, kafka);
        Collected replayed = new Collected(from, to);
        Replay replay = new Replay(generations, new KafkaPast(kafka, Runnable::run), stretch.settings(), replayed);
        stretch.replay(from - stretch.warm(rules), to + stretch.settled(rules), List.of(replay), Stretch.Watch.NONE);
        Collected raised = new Collected(from, to);
        try (TopicReader reader = new TopicReader(kafka)) {
            // A clock that is ahead gives alerts that are raised before their time.
            reader.read(Topics.ALERTS, from - DAY, record -> {
                try {
                    if (Codec.decode(record.value()) instanceof Alert alert && !AlertTopic.isOurs(alert)) {
                        raised.alert(alert);
                    }
                } catch (Codec.Undecodable e) {
                    // Not an alert; the indexer makes a dead letter of it.
                    return;
                }
            });
        }
        return new SameAlerts(stretch, rules, raised.standing(), replayed.standing());
    }

    SameAlerts(Stretch stretch, RuleSet rules, List<Alert> raised, List<Alert> replayed) {
        this.stretch = stretch;
        Map<String, Alert> then = byId(raised);
        Map<String, Alert> now = byId(replayed);
        then.forEach((id, alert) -> {
            Alert other = now.get(id);
            if (other != null) {
                compare(alert, other);
            } else if (!within(alert)) {
                outside++;
            } else {
                missing(alert, rules.info(alert.getRule()));
            }
        });
        now.forEach((id, alert) -> {
            if (!then.containsKey(id)) {
                differences.add(new Difference(Kind.EXTRA, alert, ""));
            }
        });
        differences.sort(Comparator.comparingLong((Difference d) -> d.alert().getTime())
                .thenComparing(d -> d.alert().getId()));
    }

    private static Map<String, Alert> byId(List<Alert> alerts) {
        Map<String, Alert> byId = new TreeMap<>();
        alerts.forEach(alert -> byId.put(alert.getId(), alert));
        return byId;
    }

    /** All of its events lie in what was read. */
    private boolean within(Alert alert) {
        return alert.getEvidence().stream()
                .allMatch(e -> e.getPartition() < 0 || stretch.has(e.getPartition(), e.getOffset()));
    }

    private void missing(Alert alert, @Nullable RuleInfo now) {
        if (now == null) {
            differences.add(new Difference(Kind.VERSION, alert, "the rule is not among those here"));
        } else if (!now.version().equals(alert.getVersion())) {
            differences.add(new Difference(
                    Kind.VERSION, alert, "version " + alert.getVersion() + " then, " + now.version() + " here"));
        } else {
            differences.add(new Difference(Kind.MISSING, alert, ""));
        }
    }

    private void compare(Alert then, Alert now) {
        if (now.getStatus() == AlertStatus.OPEN) {
            open++; // what an alert says while it grows depends on when it is asked
            return;
        }
        Map<String, Object> was = content(then);
        Map<String, Object> is = content(now);
        List<String> parts = new ArrayList<>();
        was.forEach((name, value) -> {
            if (!value.equals(is.get(name))) {
                parts.add(name + ": " + said(value) + " then, " + said(is.get(name)) + " in the replay");
            }
        });
        if (parts.isEmpty()) {
            same++;
        } else {
            differences.add(new Difference(Kind.CHANGED, then, String.join("; ", parts)));
        }
    }

    private static String said(@Nullable Object value) {
        return value instanceof List<?> list
                ? list.size() + " " + Integer.toHexString(list.hashCode())
                : String.valueOf(value);
    }

    /** All that is a function of the log: neither how often it was told, nor when. */
    private static Map<String, Object> content(Alert alert) {
        Map<String, Object> content = new TreeMap<>();
        content.put("status", alert.getStatus());
        content.put("rule", alert.getRule() + "@" + alert.getVersion());
        content.put("time", alert.getTime());
        content.put("start", alert.getStart());
        content.put("end", alert.getEnd());
        content.put("count", alert.getCount());
        content.put("capped", alert.getCapped());
        content.put("degraded", alert.getDegraded());
        content.put("group", new TreeMap<>(alert.getGroup()));
        content.put("values", new TreeMap<>(alert.getValues()));
        content.put("evidence", alert.getEvidence());
        return content;
    }

    public List<Difference> differences() {
        return differences;
    }

    public Stretch stretch() {
        return stretch;
    }

    /** Alerts that are the same. */
    public long same() {
        return same;
    }

    /** Those of which only the id could be compared, since they still grow. */
    public long open() {
        return open;
    }

    /** Those whose events are not in the stretch that was read: sent much later, or no longer in Kafka. */
    public long outside() {
        return outside;
    }
}
