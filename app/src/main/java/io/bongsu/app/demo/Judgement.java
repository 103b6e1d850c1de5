package io.bongsu.app.demo;

import io.bongsu.app.pipeline.Tally;
import io.bongsu.app.pipeline.Watcher;
import io.bongsu.model.Alert;
import io.bongsu.model.AlertStatus;
import io.bongsu.model.Event;
import io.bongsu.model.EventId;
import io.bongsu.model.Events;
import io.bongsu.model.Evidence;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * Collects what comes out of the pipeline and holds it against the scenario: only lines of this run's sources and alerts
 * with such lines behind them count. An alert belongs to the story of its lines. Thread-safe.
 */
final class Judgement implements Watcher.Listener {
    private final Scenario scenario;
    private final Set<String> addresses;
    private final Map<String, String> storyOfOriginal;
    private final Consumer<Alert> onAlert;

    // all below: guarded by this
    private Tally tally = Tally.NOTHING;
    private final Set<String> prefixes = new HashSet<>();
    private final Map<String, String> storyOfEvent = new HashMap<>();
    private final Map<String, Alert> alerts = new LinkedHashMap<>();
    private final Histogram latency = new Histogram(3_600_000L, 3);

    /** @param onAlert called for each alert record, whoever's it is */
    Judgement(Scenario scenario, Consumer<Alert> onAlert) {
        this.scenario = scenario;
        this.onAlert = onAlert;
        this.addresses = scenario.hosts().stream().map(Sender::address).collect(Collectors.toSet());
        this.storyOfOriginal = scenario.lines().stream()
                .filter(line -> !line.story().isEmpty())
                .collect(Collectors.toMap(
                        line -> new String(line.data(), StandardCharsets.UTF_8),
                        Line::story,
                        (first, second) -> first));
    }

    @Override
    public synchronized void events(Events record) {
        String source = record.getSource();
        if (!addresses.contains(source.substring(source.lastIndexOf('/') + 1))) {
            return;
        }
        tally = tally.plus(record);
        prefixes.add(EventId.prefix(record.getShipper(), record.getEpoch(), source));
        for (Event event : record.getEvents()) {
            String story = storyOfOriginal.get(event.getOriginal());
            if (story != null) {
                storyOfEvent.put(event.getId(), story);
            }
        }
    }

    @Override
    public void alert(Alert alert, long appended) {
        synchronized (this) {
            alerts.merge(alert.getId(), alert, (old, fresh) -> fresh.getRevision() > old.getRevision() ? fresh : old);
            if (alert.getStatus() == AlertStatus.OPEN || alert.getRevision() == 1) {
                latency.recordValue(Math.clamp((appended - alert.getTriggered()) / 1_000, 0, 3_600_000L));
            }
        }
        onAlert.accept(alert);
    }

    synchronized Tally tally() {
        return tally;
    }

    /** What all ids of this run's events begin with. */
    synchronized Set<String> prefixes() {
        return Set.copyOf(prefixes);
    }

    /** From the receipt of the newest line behind an alert to the alert in its topic, milliseconds. */
    synchronized Histogram latency() {
        return latency.copy();
    }

    /** Alerts of this run that stand, newest revision. */
    synchronized List<Alert> standing() {
        return alerts.values().stream()
                .filter(a -> a.getStatus() != AlertStatus.WITHDRAWN)
                .filter(a -> a.getEvidence().stream().anyMatch(this::ours))
                .toList();
    }

    private boolean ours(Evidence evidence) {
        String id = evidence.getEvent();
        return prefixes.contains(id.substring(0, id.lastIndexOf('-') + 1));
    }

    /**
     * One line of the verdict.
     *
     * @param story null for alerts out of normal traffic
     * @param rule id of the rule
     */
    record Finding(String story, String what, String rule, int expected, int got) {
        boolean ok() {
            return expected == got;
        }
    }

    /** Story by story: what was expected and what came; a story that had to stay quiet has one finding without a rule. */
    synchronized List<Finding> findings() {
        Map<String, Map<String, Integer>> got = new HashMap<>();
        for (Alert alert : standing()) {
            Set<String> stories = alert.getEvidence().stream()
                    // What is built on alerts has those as evidence, too; they are no lines.
                    .filter(e -> e.getPartition() >= 0)
                    .map(e -> storyOfEvent.getOrDefault(e.getEvent(), ""))
                    .collect(Collectors.toSet());
            for (String story : stories) {
                got.computeIfAbsent(story, s -> new TreeMap<>()).merge(alert.getRule(), 1, Integer::sum);
            }
        }
        return findings(scenario.stories(), got);
    }

    /** @param got story (empty: normal traffic) to rule to number of alerts */
    static List<Finding> findings(List<Story> stories, Map<String, Map<String, Integer>> got) {
        List<Finding> findings = new ArrayList<>();
        for (Story story : stories) {
            Map<String, Integer> came = new TreeMap<>(got.getOrDefault(story.name(), Map.of()));
            new TreeMap<>(story.alerts())
                    .forEach((rule, expected) -> findings.add(
                            new Finding(story.name(), story.what(), rule, expected, came.getOrDefault(rule, 0))));
            came.keySet().removeAll(story.alerts().keySet());
            came.forEach((rule, n) -> findings.add(new Finding(story.name(), story.what(), rule, 0, n)));
            if (story.alerts().isEmpty() && came.isEmpty()) {
                findings.add(new Finding(story.name(), story.what(), "", 0, 0));
            }
        }
        got.getOrDefault("", Map.of())
                .forEach((rule, n) -> findings.add(new Finding("", "normal traffic", rule, 0, n)));
        return findings;
    }
}
