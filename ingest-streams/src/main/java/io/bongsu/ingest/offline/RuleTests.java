package io.bongsu.ingest.offline;

import io.bongsu.ingest.judge.Judge;
import io.bongsu.ingest.judge.Presence;
import io.bongsu.ingest.parse.Joiner;
import io.bongsu.ingest.parse.Line;
import io.bongsu.ingest.parse.Parsed;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Alert;
import io.bongsu.model.Event;
import io.bongsu.model.EventId;
import io.bongsu.model.Micros;
import io.bongsu.rules.LogSource;
import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.CorrelationHit;
import io.bongsu.rules.syntax.Expect;
import io.bongsu.rules.syntax.RuleTest;
import io.bongsu.rules.syntax.TestEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * The {@code tests:} of rules. Each runs as written, then with every event arriving a little later than it happened and
 * so in another order, with repeats, and with a restart after each event: the result must be the same.
 */
public final class RuleTests {
    /** Where {@code at: 0s} lies. */
    private static final long BASE = Micros.of(Instant.parse("2026-01-01T00:00:00Z"));

    /** How a test was run. */
    public enum Variant {
        WRITTEN,
        SHUFFLED,
        REPEATED,
        RESTARTED
    }

    /**
     * What came of one run.
     *
     * @param expected in words
     * @param came in words; where it is not what was expected, with what the rules below made of the events
     */
    public record Result(RuleTest test, Variant variant, boolean ok, String expected, String came) {}

    private final ParserSet parsers;
    private final RuleSet rules;

    public RuleTests(ParserSet parsers, RuleSet rules) {
        this.parsers = parsers;
        this.rules = rules;
    }

    /** Every test in every variant. */
    public List<Result> run() {
        List<Result> results = new ArrayList<>();
        for (RuleTest test : rules.tests()) {
            for (Variant variant : Variant.values()) {
                Seen seen = new Seen();
                List<Alert> alerts = alerts(test, variant, seen);
                boolean ok = holds(test.expect(), alerts);
                boolean correlation = rules.correlations().stream()
                        .anyMatch(c -> c.info().id().equals(test.ruleId()));
                String came = words(alerts) + (ok || !correlation ? "" : seen.words());
                results.add(new Result(test, variant, ok, words(test.expect()), came));
            }
        }
        return results;
    }

    /** One event on its way. The order of ids is that in which the test names them. */
    private record Arrival(TestEvent event, long time, long received, String id) {}

    /** What became of the events of one run before there was an alert. */
    private final class Seen {
        private static final Set<String> NOT_PARSED = Set.of("_no_parser", "_unparsed_body", "_json_broken");

        // By id: what is repeated counts once.
        private final Set<String> events = new HashSet<>();
        private final Set<String> unknown = new HashSet<>();
        private final Set<String> late = new HashSet<>();
        private boolean placeless;
        /** By rule. */
        private final TreeMap<String, Set<String>> hits = new TreeMap<>();

        void event(Event event) {
            events.add(event.getId());
            if (event.getTags().stream().anyMatch(NOT_PARSED::contains)) {
                unknown.add(event.getId());
            }
        }

        void hit(CorrelationHit hit) {
            RuleInfo info = rules.info(hit.member());
            hits.computeIfAbsent(info == null ? hit.member() : info.name(), rule -> new HashSet<>())
                    .add(hit.event());
        }

        String words() {
            StringBuilder out = new StringBuilder();
            if (!hits.isEmpty()) {
                out.append("; of ").append(events.size()).append(" events, ");
                out.append(hits.entrySet().stream()
                        .map(e -> e.getValue().size() + " matched '" + e.getKey() + "'")
                        .collect(Collectors.joining(", ")));
            } else if (!events.isEmpty()) {
                out.append("; none of ").append(events.size()).append(" events matched a rule below");
            }
            if (placeless) {
                out.append("; give the events a 'logsource', since this rule names none");
            }
            if (!unknown.isEmpty()) {
                out.append("; no parser knew ").append(unknown.size()).append(" of the lines");
            }
            if (!late.isEmpty()) {
                out.append("; ").append(late.size()).append(" came too late");
            }
            return out.toString();
        }
    }

    private List<Alert> alerts(RuleTest test, Variant variant, Seen seen) {
        Judge judge = new Judge(rules, 1);
        Presence presence = new Presence((key, value) -> {});
        presence.ask(List.of(rules));
        Groups groups = new Groups(rules, test.ruleId());
        long smallestLag = Long.MAX_VALUE;
        long now = Long.MIN_VALUE;
        for (Arrival arrival : arrivals(test, variant)) {
            // The clock of a log with this one source; a hit is too late by the same rule as in the pipeline.
            now = Math.max(now, arrival.received());
            long clock = smallestLag == Long.MAX_VALUE ? Micros.UNKNOWN : now - smallestLag;
            smallestLag = Math.min(smallestLag, arrival.received() - Math.min(arrival.time(), arrival.received()));
            Judge.Sink sink = new Judge.Sink() {
                @Override
                public void alert(Alert alert) {
                    groups.alert(alert);
                }

                @Override
                public void hit(Correlation correlation, List<String> group, CorrelationHit hit) {
                    boolean tested = correlation.info().id().equals(test.ruleId());
                    if (tested) {
                        seen.hit(hit);
                    }
                    if (hit.time() >= clock - correlation.lateness()) {
                        groups.hit(correlation, group, hit);
                    } else if (tested) {
                        seen.late.add(hit.event());
                    }
                }
            };
            parsed(arrival, (parsed, id) -> {
                Judge.Position at = new Judge.Position(0, 0, 0);
                seen.event(judge.judge(parsed, id, at, arrival.received(), sink));
                seen.placeless |= parsed.logSources().isEmpty();
                if (parsed.logSources().stream().noneMatch(LogSource::isOwn)) {
                    presence.heard(
                            parsed, at, clock, (present, of) -> judge.judge(present, of, at, arrival.received(), sink));
                }
            });
            if (variant == Variant.RESTARTED) {
                groups.restart();
            }
        }
        return groups.finish().stream()
                .filter(a -> a.getRule().equals(test.ruleId()))
                .toList();
    }

    private void parsed(Arrival arrival, BiConsumer<Parsed, String> taker) {
        TestEvent event = arrival.event();
        if (event.raw() == null) {
            Parsed parsed = new Parsed(arrival.time(), "test", "", List.of(), event.fields(), event.logSources(), null);
            taker.accept(parsed, arrival.id());
            return;
        }
        // A raw event of several lines is what a source sends at once: records of one audit event, a stack trace.
        Joiner joiner = new Joiner(parsers);
        List<Joiner.Outcome> outcomes = new ArrayList<>();
        int n = 0;
        for (String text : event.raw().split("\n")) {
            byte[] data = text.getBytes(StandardCharsets.UTF_8);
            // A line without a stamp of its own happened when the test says so.
            Line line = new Line(data, arrival.time(), "auto", event.source(), null, null, null, 0);
            String id = n == 0 ? arrival.id() : arrival.id() + '-' + n;
            outcomes.addAll(joiner.take(new Joiner.Waiting(line, arrival.time(), id, 0, 0, n++, 0)));
        }
        outcomes.addAll(joiner.end());
        for (Joiner.Outcome outcome : outcomes) {
            if (outcome instanceof Joiner.Complete complete) {
                taker.accept(complete.parse(), complete.lines().getFirst().id());
            }
        }
    }

    private List<Arrival> arrivals(RuleTest test, Variant variant) {
        Random random = new Random(1);
        String prefix = EventId.prefix("test", 0, test.name());
        List<Arrival> arrivals = new ArrayList<>();
        for (TestEvent event : test.events()) {
            for (int i = 0; i < event.repeat(); i++) {
                long offset = BASE + i * event.every();
                // What a test has arrive late itself is not to become too late.
                long room = Math.clamp(lateness() - (event.received() - event.at()), 0, lateness() / 2);
                long delay = variant == Variant.SHUFFLED ? (long) (random.nextDouble() * room) : 0;
                Arrival arrival = new Arrival(
                        event,
                        offset + event.at(),
                        offset + event.received() + delay,
                        EventId.of(prefix, arrivals.size()));
                arrivals.add(arrival);
            }
        }
        if (variant == Variant.REPEATED) {
            arrivals.addAll(List.copyOf(arrivals));
        }
        arrivals.sort(Comparator.comparingLong(Arrival::received));
        return arrivals;
    }

    private long lateness() {
        return rules.correlations().stream()
                .mapToLong(Correlation::lateness)
                .min()
                .orElse(0);
    }

    private static boolean holds(Expect expect, List<Alert> alerts) {
        return alerts.size() == expect.alerts()
                && (alerts.isEmpty()
                        || alerts.stream()
                                .anyMatch(a -> group(a, expect.group())
                                        && (expect.count().isEmpty()
                                                || expect.count().getAsLong() == a.getCount())));
    }

    private static boolean group(Alert alert, Map<String, String> expected) {
        return expected.entrySet().stream().allMatch(e -> {
            Object value = alert.getGroup().containsKey(e.getKey())
                    ? alert.getGroup().get(e.getKey())
                    : alert.getFields().get(e.getKey());
            return e.getValue().equals(String.valueOf(value));
        });
    }

    private static String words(Expect expect) {
        return alerts(expect.alerts())
                + (expect.group().isEmpty() ? "" : " of " + expect.group())
                + (expect.count().isEmpty() ? "" : " from " + expect.count().getAsLong() + " events");
    }

    private static String words(List<Alert> alerts) {
        StringBuilder out = new StringBuilder(alerts(alerts.size()));
        alerts.forEach(a -> out.append(a == alerts.getFirst() ? ": " : "; ")
                .append(a.getGroup())
                .append(" from ")
                .append(a.getCount())
                .append(" events"));
        return out.toString();
    }

    private static String alerts(int n) {
        return n == 0 ? "no alert" : n == 1 ? "1 alert" : n + " alerts";
    }
}
