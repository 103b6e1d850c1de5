package io.bongsu.ingest.offline;

import io.bongsu.ingest.judge.Alerts;
import io.bongsu.model.Alert;
import io.bongsu.model.AlertStatus;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.Upward;
import io.bongsu.rules.correlate.AlertRevision;
import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.CorrelationHit;
import io.bongsu.rules.correlate.Fact;
import io.bongsu.rules.correlate.GroupState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the correlating tasks do, in memory, over a finite log: everything that will come is there, so nothing settles
 * before the end and nothing is late. Correlations over correlations are fed with the facts of those below, which settle
 * first.
 */
final class Groups {
    /** Hits of a group that are added at once; the fold costs one sweep over the group for each batch. */
    private static final int BATCH = 4_096;

    private static final long NO_HORIZON = Long.MIN_VALUE / 4;
    private static final long END = Long.MAX_VALUE / 4;

    private static final class Group {
        GroupState state;
        final List<CorrelationHit> waiting = new ArrayList<>();

        Group(GroupState state) {
            this.state = state;
        }
    }

    private final RuleSet rules;
    private final String heard;
    private final Map<Correlation, Map<List<String>, Group>> groups = new LinkedHashMap<>();
    private final Map<String, Alert> alerts = new LinkedHashMap<>();

    Groups(RuleSet rules) {
        this(rules, "");
    }

    /** @param heard the id of a correlation whose alerts count even where it only speaks through those built on it */
    Groups(RuleSet rules, String heard) {
        this.rules = rules;
        this.heard = heard;
    }

    void hit(Correlation correlation, List<String> key, CorrelationHit hit) {
        Group group = groups.computeIfAbsent(correlation, c -> new LinkedHashMap<>())
                .computeIfAbsent(key, k -> new Group(correlation.open(k, NO_HORIZON)));
        group.waiting.add(hit);
        if (group.waiting.size() >= BATCH) {
            add(correlation, group);
        }
    }

    void alert(Alert alert) {
        alerts.put(alert.getId(), alert);
    }

    /** As if the process had ended here and another one gone on from what was stored. */
    void restart() {
        each((correlation, group) -> {
            add(correlation, group);
            group.state = GroupState.fromBytes(group.state.toBytes());
        });
    }

    /** The final alerts, by time. */
    List<Alert> finish() {
        each((correlation, group) -> {
            add(correlation, group);
            say(correlation, group, correlation.advance(group.state, END));
        });
        groups.clear();
        return alerts.values().stream()
                .filter(a -> a.getStatus() != AlertStatus.WITHDRAWN)
                .sorted(Comparator.comparingLong(Alert::getTime)
                        .thenComparing(Alert::getRule)
                        .thenComparing(Alert::getId))
                .toList();
    }

    private void add(Correlation correlation, Group group) {
        if (!group.waiting.isEmpty()) {
            List<CorrelationHit> waiting = List.copyOf(group.waiting);
            group.waiting.clear();
            say(correlation, group, correlation.add(group.state, waiting));
        }
    }

    private void say(Correlation correlation, Group group, List<AlertRevision> revisions) {
        if (rules.speaks(correlation) || correlation.info().id().equals(heard)) {
            revisions.forEach(r -> alert(Alerts.ofRevision(correlation, 1, r)));
        }
        for (Fact fact : group.state.takeFacts()) {
            for (Upward way : rules.upward(correlation)) {
                CorrelationHit hit = way.hit(correlation, group.state.group(), fact);
                if (hit != null) {
                    hit(way.above(), way.group(group.state.group()), hit);
                }
            }
        }
    }

    /** Those below first; what they say may bring groups to those above. */
    private void each(java.util.function.BiConsumer<Correlation, Group> action) {
        int levels =
                rules.correlations().stream().mapToInt(Correlation::level).max().orElse(0);
        for (int level = 0; level <= levels; level++) {
            for (Correlation correlation : List.copyOf(groups.keySet())) {
                if (correlation.level() == level) {
                    List.copyOf(groups.getOrDefault(correlation, Map.of()).values())
                            .forEach(group -> action.accept(correlation, group));
                }
            }
        }
    }
}
