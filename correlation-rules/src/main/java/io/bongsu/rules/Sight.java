package io.bongsu.rules;

import io.bongsu.rules.correlate.Bound;
import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.Measure;
import io.bongsu.rules.correlate.Trigger;
import io.bongsu.rules.match.Field;
import io.bongsu.rules.match.Needs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which rules can see anything: it is shown events, and then says which rules have no events to look at, or cannot fire on
 * those that there are because a field that they need is never filled. Not thread-safe. Memory is that of the names of the
 * fields of each set of log sources.
 */
public final class Sight {
    private static final String OURS = "bongsu";
    private static final long HOUR = 3_600_000_000L;
    /** Fewer lines are no failure yet, and so is a smaller share. */
    private static final long LEAST_UNREAD = 20;

    private static final double LEAST_SHARE = 0.1;

    private final RuleSet rules;
    private final List<Detector.Compiled> detections;
    private final Map<Set<LogSource>, Seen> seen = new HashMap<>();

    /** Events of the same log sources. */
    private static final class Seen {
        long last = Long.MIN_VALUE;
        /** By hour: events, and those of them that were not understood. */
        final TreeMap<Long, long[]> hours = new TreeMap<>();

        final Set<String> fields = new HashSet<>();

        void count(long since, long[] before, long[] now) {
            hours.forEach((hour, counts) -> {
                long[] to = hour < since ? before : now;
                to[0] += counts[0];
                to[1] += counts[1];
            });
        }
    }

    /** Why a rule cannot see. */
    public enum Reason {
        /** There is no event of its log source. */
        NO_SOURCE,
        /** There was one, but not for long. */
        SILENT,
        /** There are events, and a field that it needs has never a value. */
        NO_FIELD,
        /** It is built on rules that cannot see. */
        BELOW,
        /** There are events, but more of them than before were not understood: a program that writes otherwise since an update. */
        UNREAD
    }

    /**
     * A rule that cannot see.
     *
     * @param what for people: the log source, the fields, or the rules below
     * @param last when its log source was heard last, microseconds since 1970; {@code Long.MIN_VALUE}: never
     */
    public record Blind(RuleInfo rule, Reason reason, String what, long last) {}

    Sight(RuleSet rules, List<Detector.Compiled> detections) {
        this.rules = rules;
        this.detections = detections;
    }

    /** An event that was understood, as rules would see it. */
    public void event(Collection<LogSource> said, Map<String, ?> fields, long time) {
        event(said, fields, time, true);
    }

    /** @param understood false: its parser gave up */
    public void event(Collection<LogSource> said, Map<String, ?> fields, long time, boolean understood) {
        Set<LogSource> sources = Set.copyOf(rules.sources(said, fields));
        Seen of = seen.computeIfAbsent(sources, key -> new Seen());
        long[] counts = of.hours.computeIfAbsent(Math.floorDiv(time, HOUR), hour -> new long[2]);
        counts[0]++;
        counts[1] += understood ? 0 : 1;
        of.last = Math.max(of.last, time);
        fields.forEach((name, value) -> {
            if (value != null && !(value instanceof Collection<?> items && items.isEmpty())) {
                of.fields.add(name);
            }
        });
    }

    /**
     * Those of which somebody would hear, sorted by name.
     *
     * @param since a log source that was not heard since then is silent, microseconds since 1970
     */
    public List<Blind> blind(long since) {
        Map<String, Blind> blind = all(since);
        Set<String> heard = heard();
        List<Blind> found = new ArrayList<>(blind.values());
        found.removeIf(one -> !heard.contains(one.rule().id()));
        found.sort((a, b) -> a.rule().name().compareTo(b.rule().name()));
        return found;
    }

    /** The same, but of those that are built on others what these lack, whether or not somebody would hear of them. */
    public List<Blind> causes(long since) {
        Map<String, Blind> blind = all(since);
        Set<Blind> causes = new LinkedHashSet<>();
        blind(since).forEach(one -> causes(one, one.rule(), blind, causes));
        return List.copyOf(causes);
    }

    private void causes(Blind one, RuleInfo of, Map<String, Blind> blind, Set<Blind> causes) {
        List<Blind> below = one.reason() != Reason.BELOW
                ? List.of()
                : rules.correlations().stream()
                        .filter(correlation ->
                                correlation.info().id().equals(one.rule().id()))
                        .flatMap(correlation -> correlation.members().stream())
                        .filter(blind::containsKey)
                        .map(blind::get)
                        .toList();
        if (below.isEmpty()) {
            causes.add(new Blind(of, one.reason(), one.what(), one.last()));
        }
        below.forEach(member -> causes(member, of, blind, causes));
    }

    private Map<String, Blind> all(long since) {
        Map<String, Blind> blind = new TreeMap<>();
        Map<String, Blind> unread = new TreeMap<>(); // sees less, and is not blind: what is built on it can fire
        for (Detector.Compiled rule : detections) {
            Blind one = blind(rule, since);
            if (one != null && one.reason() == Reason.UNREAD) {
                unread.put(rule.info().id(), one);
            } else if (one != null) {
                blind.put(rule.info().id(), one);
            }
        }
        boolean more = true;
        while (more) { // one that is built on others, on which others are built
            more = false;
            for (Correlation correlation : rules.correlations()) {
                String id = correlation.info().id();
                if (!blind.containsKey(id) && !canFire(correlation, blind.keySet())) {
                    String below = correlation.members().stream()
                            .filter(blind::containsKey)
                            .map(member -> {
                                RuleInfo info = rules.info(member);
                                return "'" + (info == null ? member : info.name()) + "'";
                            })
                            .collect(Collectors.joining(", "));
                    blind.put(id, new Blind(correlation.info(), Reason.BELOW, below, Long.MIN_VALUE));
                    more = true;
                }
            }
        }
        for (Correlation correlation : rules.correlations()) {
            correlation.members().stream()
                    .filter(member -> unread.containsKey(member)
                            && !blind.containsKey(correlation.info().id()))
                    .findFirst()
                    .map(unread::get)
                    .ifPresent(below -> blind.put(
                            correlation.info().id(),
                            new Blind(correlation.info(), Reason.UNREAD, below.what(), below.last())));
        }
        unread.forEach(blind::putIfAbsent);
        return blind;
    }

    /** Rules that alert, and not only as parts of others. */
    private Set<String> heard() {
        Set<String> heard = new HashSet<>();
        detections.stream()
                .filter(Detector.Compiled::alerts)
                .forEach(rule -> heard.add(rule.info().id()));
        rules.correlations().stream()
                .filter(rules::speaks)
                .forEach(rule -> heard.add(rule.info().id()));
        return heard;
    }

    private @Nullable Blind blind(Detector.Compiled rule, long since) {
        if (OURS.equals(rule.logSource().product())) {
            return null; // what the pipeline tells of itself comes when there is something to tell
        }
        long last = Long.MIN_VALUE;
        Set<String> missing = new TreeSet<>();
        boolean can = false;
        long[] before = new long[2];
        long[] now = new long[2];
        for (Map.Entry<Set<LogSource>, Seen> one : seen.entrySet()) {
            if (one.getKey().stream().anyMatch(rule.logSource()::covers)) {
                Seen of = one.getValue();
                last = Math.max(last, of.last);
                of.count(Math.floorDiv(since, HOUR), before, now);
                if (Needs.canHold(rule.match(), Needs.in(of.fields))) {
                    can = true;
                } else {
                    missing.addAll(Needs.missing(rule.match(), Needs.in(of.fields)));
                }
            }
        }
        if (last == Long.MIN_VALUE) {
            return new Blind(rule.info(), Reason.NO_SOURCE, rule.logSource().toString(), last);
        }
        if (last < since) {
            return new Blind(rule.info(), Reason.SILENT, rule.logSource().toString(), last);
        }
        if (can) {
            return isUp(before, now)
                    ? new Blind(rule.info(), Reason.UNREAD, rule.logSource().toString(), last)
                    : null;
        }
        return new Blind(rule.info(), Reason.NO_FIELD, String.join(", ", missing), last);
    }

    /** Twice the share that it was before. */
    private static boolean isUp(long[] before, long[] now) {
        double share = (double) now[1] / Math.max(1, now[0]);
        double was = (double) before[1] / Math.max(1, before[0]);
        return now[1] >= LEAST_UNREAD && share >= LEAST_SHARE && share >= 2 * was;
    }

    /** Whether a correlation could fire when these rules find nothing, and the others find events with its group. */
    private boolean canFire(Correlation correlation, Set<String> blind) {
        Set<String> can = new HashSet<>(correlation.members());
        can.removeAll(blind);
        can.removeIf(member -> !hasGroup(correlation, member));
        return switch (correlation.trigger()) {
            case Trigger.Together together -> together.fired().holds(can::contains);
            case Trigger.Sequence sequence ->
                sequence.steps().stream().filter(step -> !step.absent()).allMatch(step -> step.rules().stream()
                        .anyMatch(can::contains));
            case Trigger.EventCount count -> !can.isEmpty();
            case Trigger.Peak peak -> canReach(peak.measure(), peak.bound(), can);
            case Trigger.Holds holds ->
                holds.tests().stream().allMatch(test -> canReach(test.measure(), test.bound(), can));
            case Trigger.Novel novel -> !can.isEmpty();
            case Trigger.Rate rate -> !can.isEmpty();
        };
    }

    private static boolean canReach(Measure measure, Bound bound, Set<String> can) {
        boolean asksForSome = bound.onlyFromBelow();
        return switch (measure) {
            case Measure.Rules rules -> !asksForSome || can.size() >= bound.least();
            case Measure.Events events
            when !events.rules().isEmpty() ->
                !asksForSome || events.rules().stream().anyMatch(can::contains);
            case Measure.Share share -> !asksForSome || share.rules().stream().anyMatch(can::contains);
            case Measure.Events events -> !can.isEmpty();
            case Measure.Alerts alerts -> !can.isEmpty();
            case Measure.Distinct distinct -> !can.isEmpty();
            case Measure.Sum sum -> !can.isEmpty();
            case Measure.Average average -> !can.isEmpty();
            case Measure.Percentile percentile -> !can.isEmpty();
        };
    }

    /** Whether some event of the rule's log source has all fields of the group. */
    private boolean hasGroup(Correlation correlation, String member) {
        for (Detector.Compiled rule : detections) {
            if (rule.info().id().equals(member)) {
                for (Detector.Feed feed : rule.feeds()) {
                    if (feed.correlation() == correlation) {
                        return seen.entrySet().stream()
                                .filter(one -> one.getKey().stream().anyMatch(rule.logSource()::covers))
                                .anyMatch(one ->
                                        feed.groupBy().stream().allMatch(field -> filled(field, one.getValue())));
                    }
                }
            }
        }
        return true;
    }

    private static boolean filled(Field field, Seen of) {
        return Needs.has(field, Needs.in(of.fields));
    }
}
