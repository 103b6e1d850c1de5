package io.bongsu.app.replay;

import io.bongsu.app.config.Config;
import io.bongsu.ingest.generation.Generations;
import io.bongsu.ingest.judge.Judge;
import io.bongsu.ingest.parse.Parsed;
import io.bongsu.ingest.streams.Replay;
import io.bongsu.model.Alert;
import io.bongsu.model.Event;
import io.bongsu.model.Hit;
import io.bongsu.model.Hits;
import io.bongsu.model.Micros;
import io.bongsu.rules.LogSource;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.CorrelationHit;
import io.bongsu.rules.correlate.Shortfall;
import io.bongsu.rules.correlate.Shortfall.Nearest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a correlation has no alert of a group at a time: the log is replayed, and what could have counted is kept, with what
 * became of it. Memory is bounded by {@link #MOST} events; the newest are given up.
 */
public final class WhyNot {
    /** Events that are kept. */
    static final int MOST = 10_000;

    private final Correlation correlation;
    private final List<String> group;
    private final long from;
    private final long to;
    private final Map<String, Moment> moments = new LinkedHashMap<>();
    private final Map<List<String>, CorrelationHit> counted = new LinkedHashMap<>();
    private final Map<String, Alert> alerts = new HashMap<>();
    private final Stretch stretch;

    /** What became of an event that matched. */
    public enum Fate {
        COUNTED,
        /** Older than the clock of its partition by more than the lateness. */
        LATE,
        /** A filter leaves it out. */
        FILTERED
    }

    /** An event that one of the rules found, with or without filters. */
    public static final class Moment {
        final String event;
        final long time;
        final long received;
        final String member;
        final String said;
        final Collection<LogSource> sources;
        final Map<String, Object> fields;
        Fate fate;

        Moment(Parsed parsed, CorrelationHit hit, Fate fate) {
            this.event = hit.event();
            this.time = hit.time();
            this.received = hit.received();
            this.member = hit.member();
            this.said = parsed.original();
            this.sources = parsed.logSources();
            this.fields = new HashMap<>(parsed.fields());
            fields.put("event.original", parsed.original());
            fields.put("event.dataset", parsed.dataset());
            fields.put("@timestamp", Micros.iso(parsed.time()));
            this.fate = fate;
        }

        public long time() {
            return time;
        }

        public long received() {
            return received;
        }

        /** The id of the rule that found it. */
        public String member() {
            return member;
        }

        public String said() {
            return said;
        }

        public Fate fate() {
            return fate;
        }

        public Collection<LogSource> sources() {
            return sources;
        }

        /** As rules see it. */
        public Map<String, Object> fields() {
            return fields;
        }
    }

    /**
     * What is asked.
     *
     * @param group the values of the group, in the rule's order
     * @param at the time in question
     * @param until append time to read up to
     */
    public record Question(Correlation correlation, List<String> group, long at, long until) {
        public Question {
            group = List.copyOf(group);
        }
    }

    /**
     * @param log which parsers read it where; the rules judge all of it
     * @param rules with their filters
     * @param unfiltered the same without
     */
    public static WhyNot replay(
            Config config,
            Map<String, Object> kafka,
            Generations log,
            RuleSet rules,
            RuleSet unfiltered,
            Question question) {
        return new WhyNot(new Stretch(config, kafka), log, rules, unfiltered, question);
    }

    private WhyNot(Stretch stretch, Generations log, RuleSet rules, RuleSet unfiltered, Question question) {
        this.stretch = stretch;
        this.correlation = question.correlation;
        this.group = question.group;
        this.from = question.at - correlation.timespan();
        this.to = question.at + correlation.timespan();
        Replay replay =
                new Replay(log, () -> new Watching(rules, unfiltered), stretch.settings(), new Replay.Listener() {
                    @Override
                    public void alert(Alert alert) {
                        if (alert.getRule().equals(correlation.info().id())
                                && correlation.groupBy().stream()
                                        .map(field ->
                                                String.valueOf(alert.getGroup().get(field)))
                                        .toList()
                                        .equals(group)) {
                            alerts.put(alert.getId(), alert);
                        }
                    }

                    @Override
                    public void hits(Hits hits) {
                        if (hits.getRule().equals(correlation.info().id())
                                && hits.getGroup().equals(group)) {
                            hits.getHits().forEach(hit -> count(hits, hit));
                        }
                    }
                });
        stretch.replay(question.at - stretch.warm(rules), question.until, List.of(replay), Stretch.Watch.NONE);
    }

    private void count(Hits hits, Hit hit) {
        List<String> key = List.of(hit.getEvent(), hit.getMember(), Long.toString(hit.getTime()));
        if (hit.getRetracted()) {
            counted.remove(key);
            return;
        }
        if (counted.size() < MOST) {
            counted.put(
                    key,
                    new CorrelationHit(
                            hit.getMember(),
                            hit.getEvent(),
                            hit.getTime(),
                            hit.getReceived(),
                            hits.getPartition(),
                            hits.getOffset(),
                            hit.getLine(),
                            hit.getCount(),
                            hit.getValues(),
                            false));
        }
        Moment moment = moments.get(hit.getEvent());
        if (moment != null) {
            moment.fate = Fate.COUNTED;
        }
    }

    /** Looks over the shoulder of the judge: what it found for the group, and what it would have found without filters. */
    private final class Watching extends Judge {
        private final Judge unfiltered;

        Watching(RuleSet rules, RuleSet unfiltered) {
            super(rules, 1);
            this.unfiltered = new Judge(unfiltered, 1);
        }

        @Override
        public Event judge(Parsed parsed, String id, Position at, long received, Sink sink) {
            Event event = super.judge(parsed, id, at, received, new Sink() {
                @Override
                public void alert(Alert alert) {
                    sink.alert(alert);
                }

                @Override
                public void hit(Correlation of, List<String> key, CorrelationHit hit) {
                    // Whether it is too late, the processor says by handing it on, or not.
                    note(parsed, of, key, hit, Fate.LATE);
                    sink.hit(of, key, hit);
                }
            });
            if (parsed.time() >= from && parsed.time() <= to) {
                unfiltered.judge(parsed, id, at, received, new Sink() {
                    @Override
                    public void alert(Alert alert) {}

                    @Override
                    public void hit(Correlation of, List<String> key, CorrelationHit hit) {
                        note(parsed, of, key, hit, Fate.FILTERED);
                    }
                });
            }
            return event;
        }

        private void note(Parsed parsed, Correlation of, List<String> key, CorrelationHit hit, Fate fate) {
            if (of.info().id().equals(correlation.info().id())
                    && key.equals(group)
                    && hit.time() >= from
                    && hit.time() <= to
                    && moments.size() < MOST) {
                moments.computeIfAbsent(hit.event(), event -> new Moment(parsed, hit, fate));
            }
        }
    }

    /** By time. Facts of correlations below are not among them, but count. */
    public List<Moment> moments() {
        return moments.values().stream()
                .sorted((a, b) -> a.time != b.time ? Long.compare(a.time, b.time) : a.event.compareTo(b.event))
                .toList();
    }

    /** Hits of correlations below, which are no events. */
    public List<CorrelationHit> facts() {
        return counted.values().stream()
                .filter(hit -> hit.partition() < 0 && hit.time() >= from && hit.time() <= to)
                .toList();
    }

    /** The window around the time in which least was missing; null when nothing counted. */
    public @Nullable Nearest nearest(RuleSet rules) {
        return new Shortfall(correlation, id -> {
                    var info = rules.info(id);
                    return info == null ? id : info.name();
                })
                .nearest(counted.values(), from, to);
    }

    /** Alerts of the group that touch the time: then there was one after all. */
    public List<Alert> alerts() {
        List<Alert> found = new ArrayList<>(alerts.values());
        found.removeIf(alert -> alert.getEnd() < from || alert.getStart() > to);
        return found;
    }

    public Stretch stretch() {
        return stretch;
    }
}
