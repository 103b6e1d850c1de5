package io.bongsu.app.replay;

import io.bongsu.app.config.Config;
import io.bongsu.ingest.generation.Generations;
import io.bongsu.ingest.streams.Replay;
import io.bongsu.model.Alert;
import io.bongsu.model.Micros;
import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.correlate.Correlation;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What rules would have made of a past stretch of the log, beside what the live ones make of it. Both are run over the same
 * records, so that what differs is the rules' doing; alerts of the two are one when they are of the same rule and group and
 * their times overlap, since a changed rule gives other ids.
 */
public final class Backtest {
    /** Groups of a rule that are named. */
    private static final int NOISIEST = 5;

    private final List<OfRule> rules = new ArrayList<>();
    private final Stretch stretch;
    private final long events;
    private final long elapsed;
    private final long[] cpu;

    /** How an alert of the rules that are tried stands to those of the live ones. */
    public sealed interface Change {
        record Added(Alert alert) implements Change {}

        record Gone(Alert alert) implements Change {}

        record Changed(Alert live, Alert alert) implements Change {}
    }

    /**
     * One rule.
     *
     * @param live whether there is a live version
     * @param alerts that stand
     * @param liveAlerts likewise of the live version
     * @param noisiest groups with the most hits
     */
    public record OfRule(
            RuleInfo rule,
            boolean live,
            long alerts,
            long liveAlerts,
            long hits,
            long liveHits,
            List<Change> changes,
            Map<String, Long> noisiest) {
        public <T extends Change> long count(Class<T> kind) {
            return changes.stream().filter(kind::isInstance).count();
        }
    }

    /**
     * @param rules that judge
     * @param log which parsers read it where
     * @param parsersDiffer whether these are others than those that read it
     */
    public record Judging(RuleSet rules, Generations log, boolean parsersDiffer) {}

    /**
     * @param live rules
     * @param tried rules, of which those are reported whose version is another, and those that are named
     * @param named ids
     * @param from of the alerts' times
     * @param to exclusive
     */
    public static Backtest run(
            Config config,
            Map<String, Object> kafka,
            Judging live,
            Judging tried,
            Set<String> named,
            long from,
            long to) {
        return new Backtest(new Stretch(config, kafka), live, tried, named, from, to);
    }

    private Backtest(Stretch stretch, Judging as, Judging trial, Set<String> named, long from, long to) {
        this.stretch = stretch;
        RuleSet live = as.rules;
        RuleSet tried = trial.rules;
        Replay.Settings settings = stretch.settings();
        Collected was = new Collected(from, to);
        Collected is = new Collected(from, to);
        Set<String> changed = changed(live, tried);
        List<Replay> replays = new ArrayList<>(List.of(new Replay(trial.log, settings, is)));
        boolean beside = trial.parsersDiffer || !changed.isEmpty();
        if (beside) {
            replays.add(new Replay(as.log, settings, was));
        }
        this.cpu = new long[2];
        var threads = ManagementFactory.getThreadMXBean();
        long begin = System.nanoTime();
        stretch.replay(
                from - Math.max(stretch.warm(live), stretch.warm(tried)),
                to == Long.MAX_VALUE ? Micros.UNKNOWN : to + stretch.settled(tried),
                replays,
                (replay, work) -> {
                    long before = threads.getCurrentThreadCpuTime();
                    work.run();
                    cpu[replay] += threads.getCurrentThreadCpuTime() - before;
                });
        this.elapsed = System.nanoTime() - begin;
        this.events = is.events();
        Set<String> told = new TreeSet<>(changed);
        told.addAll(named);
        for (String id : told) {
            RuleInfo info = tried.info(id) != null ? tried.info(id) : live.info(id);
            if (info != null) {
                rules.add(of(info, live.info(id) != null, tried, is, beside ? was : is));
            }
        }
    }

    /** Of which the version is another, which are new or gone; not those that are just built on one that is. */
    private static Set<String> changed(RuleSet live, RuleSet tried) {
        Map<String, String> versions = new HashMap<>();
        live.infos().forEach(info -> versions.put(info.id(), info.version()));
        Set<String> changed = new HashSet<>();
        for (RuleInfo info : tried.infos()) {
            String version = versions.remove(info.id());
            if (!info.version().equals(version)) {
                changed.add(info.id());
            }
        }
        changed.addAll(versions.keySet());
        return changed;
    }

    private static OfRule of(RuleInfo info, boolean live, RuleSet rules, Collected is, Collected was) {
        List<Alert> now = of(info, is);
        List<Alert> then = live ? of(info, was) : List.of();
        List<Change> changes = new ArrayList<>();
        Set<Alert> met = new HashSet<>();
        for (Alert alert : now) {
            Alert before = then.stream()
                    .filter(other -> !met.contains(other) && same(alert, other))
                    .findFirst()
                    .orElse(null);
            if (before == null) {
                changes.add(new Change.Added(alert));
            } else {
                met.add(before);
                if (!content(before).equals(content(alert))) {
                    changes.add(new Change.Changed(before, alert));
                }
            }
        }
        then.stream().filter(alert -> !met.contains(alert)).forEach(alert -> changes.add(new Change.Gone(alert)));
        Map<String, Long> noisiest = new LinkedHashMap<>();
        Correlation correlation = rules.correlations().stream()
                .filter(c -> c.info().id().equals(info.id()))
                .findFirst()
                .orElse(null);
        is.noisiest(info.id(), NOISIEST).forEach(e -> noisiest.put(named(correlation, e.getKey()), e.getValue()));
        return new OfRule(
                info, live, now.size(), then.size(), is.hits(info.id()), was.hits(info.id()), changes, noisiest);
    }

    private static String named(@Nullable Correlation correlation, List<String> group) {
        if (correlation == null || group.isEmpty()) {
            return "everything";
        }
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < group.size(); i++) {
            parts.add(correlation.groupBy().get(i) + "=" + group.get(i));
        }
        return String.join(" ", parts);
    }

    private static List<Alert> of(RuleInfo info, Collected from) {
        return from.standing().stream()
                .filter(alert -> alert.getRule().equals(info.id()))
                .sorted(Comparator.comparingLong(Alert::getTime).thenComparing(Alert::getId))
                .toList();
    }

    /** A rule over single events has an alert for each; the others, one at a time in each group. */
    private static boolean same(Alert a, Alert b) {
        if (a.getEvidence().size() == 1 && b.getEvidence().size() == 1) {
            return a.getEvidence()
                    .getFirst()
                    .getEvent()
                    .equals(b.getEvidence().getFirst().getEvent());
        }
        return a.getGroup().equals(b.getGroup()) && a.getStart() <= b.getEnd() && b.getStart() <= a.getEnd();
    }

    private static List<Object> content(Alert alert) {
        return List.of(
                alert.getTime(),
                alert.getStart(),
                alert.getEnd(),
                alert.getCount(),
                alert.getEvidence().stream().map(e -> e.getEvent()).toList());
    }

    public List<OfRule> rules() {
        return rules;
    }

    public Stretch stretch() {
        return stretch;
    }

    /** Read, with those before the stretch. */
    public long events() {
        return events;
    }

    public long elapsed() {
        return elapsed;
    }

    /** Nanoseconds of processor time for the rules that are tried, parsing included. */
    public long cpu() {
        return cpu[0];
    }

    /** The same for the live ones; 0 when nothing was to be compared. */
    public long liveCpu() {
        return cpu[1];
    }
}
