package io.bongsu.ingest.judge;

import io.bongsu.ingest.parse.Parsed;
import io.bongsu.model.Alert;
import io.bongsu.model.Event;
import io.bongsu.model.Micros;
import io.bongsu.rules.Detector;
import io.bongsu.rules.LogSource;
import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.CorrelationHit;
import io.bongsu.rules.match.Envelope;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds what was parsed against the rules of one generation, in one pass while the event is in memory. A pure function of its
 * arguments. Not thread-safe: one for each thread. Not final, so that a test can have one that fails.
 */
public class Judge {
    private static final Set<LogSource> DEAD_LETTERS = Set.of(LogSource.DEAD_LETTERS);

    private final Detector detector;
    private final long generation;

    public Judge(RuleSet rules, long generation) {
        this(rules.detector(), generation);
    }

    /** @param detector for nobody else */
    public Judge(Detector detector, long generation) {
        this.detector = detector;
        this.generation = generation;
    }

    /** The event's time as rules see it, written out only for those that ask. */
    private record Stamp(long micros) implements Envelope.Time {
        @Override
        public String toString() {
            return Micros.iso(micros);
        }
    }

    /** Where a line lies in the log. */
    public record Position(int partition, long offset, int line) {}

    /** What a line came to. */
    public interface Sink {
        /** A rule that alerts on a single event fired. */
        void alert(Alert alert);

        /** The event belongs to a group of a correlation. */
        void hit(Correlation correlation, List<String> group, CorrelationHit hit);
    }

    /**
     * @param id {@code event.id} of the line
     * @param received microseconds since 1970, or unknown
     */
    public Event judge(Parsed parsed, String id, Position at, long received, Sink sink) {
        Event event = new Event(
                id,
                at.line(),
                parsed.time(),
                received,
                generation,
                parsed.dataset(),
                parsed.original(),
                new ArrayList<>(parsed.tags()),
                parsed.fields());
        detect(parsed, event, id, at, received, sink);
        return event;
    }

    /** Only the hits: what another judge has made an event of, and has let alert. */
    public void hits(Parsed parsed, String id, Position at, long received, Sink sink) {
        detect(parsed, null, id, at, received, sink);
    }

    private void detect(Parsed parsed, @Nullable Event event, String id, Position at, long received, Sink sink) {
        // Rules see tags like a field; most events have none, and need no copy.
        Map<String, Object> fields = parsed.fields();
        if (!parsed.tags().isEmpty()) {
            fields = new HashMap<>(fields);
            fields.put("tags", parsed.tags());
        }
        Envelope envelope = new Envelope(parsed.original(), parsed.dataset(), id, new Stamp(parsed.time()));
        int count = parsed.fields().get("log.repeat_count") instanceof Long n ? (int) Math.clamp(n, 1, 1_000_000) : 1;
        Detector.Sink found = new Detector.Sink() {
            @Override
            public void alert(RuleInfo rule) {
                if (event != null) {
                    sink.alert(Alerts.ofEvent(rule, event, at, count));
                }
            }

            @Override
            public void hit(Correlation correlation, List<String> group, String member, Map<String, String> values) {
                sink.hit(
                        correlation,
                        group,
                        new CorrelationHit(
                                member,
                                id,
                                parsed.time(),
                                received,
                                at.partition(),
                                at.offset(),
                                at.line(),
                                count,
                                values,
                                false));
            }
        };
        if (parsed.views().isEmpty()) {
            detector.detect(parsed.logSources(), fields, envelope, found);
        } else {
            Detector.Sink once = new Once(found);
            for (Map<String, Object> view : parsed.views()) {
                Map<String, Object> seen = new HashMap<>(fields);
                view.forEach((name, value) -> {
                    if (value == null) {
                        seen.remove(name);
                    } else {
                        seen.put(name, value);
                    }
                });
                detector.detect(parsed.logSources(), seen, envelope, once);
            }
        }
    }

    /**
     * What could not be read, for the rules that look at such: it is no event, but they see it like one.
     *
     * @param time of it; it has none of its own
     * @param source that it came from, as far as is known
     */
    public static Parsed deadLetter(long time, @Nullable String source, String code, String message, byte[] data) {
        Map<String, Object> fields = new HashMap<>();
        fields.put("event.kind", "pipeline_error");
        fields.put("error.code", code);
        fields.put("error.message", message);
        if (source != null) {
            fields.put("bongsu.source", source);
        }
        String original = new String(data, StandardCharsets.UTF_8);
        return new Parsed(time, "bongsu.dead-letters", original, List.of(), fields, DEAD_LETTERS, null);
    }

    /** What several views of an event set off, each once. */
    private static final class Once implements Detector.Sink {
        private final Detector.Sink to;
        private final Set<RuleInfo> alerted = new HashSet<>();
        private final Set<Hit> hits = new HashSet<>();

        Once(Detector.Sink to) {
            this.to = to;
        }

        @Override
        public void alert(RuleInfo rule) {
            if (alerted.add(rule)) {
                to.alert(rule);
            }
        }

        @Override
        public void hit(Correlation correlation, List<String> group, String member, Map<String, String> values) {
            if (hits.add(new Hit(correlation, group, member, values))) {
                to.hit(correlation, group, member, values);
            }
        }
    }

    private record Hit(Correlation correlation, List<String> group, String member, Map<String, String> values) {}
}
