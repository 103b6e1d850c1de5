package io.bongsu.rules.correlate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The slow truth: what alerts a set of hits means, by the definition, looking at every hit for every hit. No state, no
 * horizon, no order of arrival. For tests of the fold and of everything that carries hits to it.
 */
public final class CorrelationOracle {
    /** What of a closed alert is a function of the set of hits; the evidence by event id. */
    public record Expected(
            String id,
            List<String> group,
            long time,
            long start,
            long end,
            long count,
            boolean capped,
            List<String> evidence) {
        public static Expected of(AlertRevision alert) {
            return new Expected(
                    alert.id(),
                    alert.group(),
                    alert.time(),
                    alert.start(),
                    alert.end(),
                    alert.count(),
                    alert.capped(),
                    alert.evidence().stream().map(CorrelationHit::event).toList());
        }
    }

    private CorrelationOracle() {}

    /** Ordered by group and time. The hits may come in any order, and more than once; those retracted are no hits. */
    public static List<Expected> alerts(
            Correlation rule, Map<List<String>, ? extends Collection<CorrelationHit>> hitsByGroup) {
        List<Expected> alerts = new ArrayList<>();
        hitsByGroup.forEach((group, hits) -> alerts.addAll(alerts(rule, group, hits)));
        alerts.sort(Comparator.comparing((Expected alert) -> String.join("\0", alert.group()))
                .thenComparing(Expected::time));
        return alerts;
    }

    private static List<Expected> alerts(Correlation rule, List<String> group, Collection<CorrelationHit> given) {
        TreeSet<CorrelationHit> distinct =
                new TreeSet<>(Comparator.comparingLong(CorrelationHit::time).thenComparing(CorrelationHit::event));
        distinct.addAll(given);
        List<CorrelationHit> hits = List.copyOf(distinct);

        TreeSet<Long> firing = new TreeSet<>();
        for (CorrelationHit hit : hits) {
            if (fires(rule.trigger(), within(hits, hit.time() - rule.timespan(), hit.time()))) {
                firing.add(hit.time());
            }
        }
        List<Expected> alerts = new ArrayList<>();
        List<Long> episode = new ArrayList<>();
        for (long instant : firing) {
            if (!episode.isEmpty() && instant - episode.getLast() > rule.timespan() + rule.quiet()) {
                alerts.add(alert(rule, group, hits, episode));
                episode.clear();
            }
            episode.add(instant);
        }
        if (!episode.isEmpty()) {
            alerts.add(alert(rule, group, hits, episode));
        }
        return alerts;
    }

    private static boolean fires(Trigger trigger, List<CorrelationHit> window) {
        return switch (trigger) {
            case Trigger.EventCount(long atLeast) -> count(window) >= atLeast;
        };
    }

    private static Expected alert(Correlation rule, List<String> group, List<CorrelationHit> hits, List<Long> episode) {
        List<CorrelationHit> contributing = hits.stream()
                .filter(hit -> episode.stream().anyMatch(f -> f - rule.timespan() <= hit.time() && hit.time() <= f))
                .toList();
        long first = episode.getFirst();
        long start = within(hits, first - rule.timespan(), first).getFirst().time();
        int most = rule.bounds().evidence();
        boolean capped = contributing.size() > 2 * most;
        List<CorrelationHit> evidence = new ArrayList<>(contributing);
        if (capped) {
            evidence.subList(most, contributing.size() - most).clear();
        }
        return new Expected(
                rule.alertId(group, start),
                group,
                first,
                start,
                episode.getLast(),
                count(contributing),
                capped,
                evidence.stream().map(CorrelationHit::event).toList());
    }

    private static List<CorrelationHit> within(List<CorrelationHit> hits, long from, long to) {
        return hits.stream()
                .filter(hit -> from <= hit.time() && hit.time() <= to)
                .toList();
    }

    private static long count(List<CorrelationHit> hits) {
        return hits.stream().mapToLong(CorrelationHit::count).sum();
    }
}
