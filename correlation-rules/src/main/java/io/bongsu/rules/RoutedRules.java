package io.bongsu.rules;

import io.bongsu.rules.Detector.Compiled;
import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.match.Envelope;
import io.bongsu.rules.match.Evaluation;
import io.bongsu.rules.match.EventView;
import io.bongsu.rules.match.Match;
import io.bongsu.rules.match.Planner;
import io.bongsu.rules.match.RuleCost;
import io.bongsu.rules.match.RuleIndex;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The rules of a rule set by the log sources that they look at, with an index for each selection of them that events
 * ask for. Thread-safe; detectors share it. Indices are built when first asked for.
 */
final class RoutedRules {
    /** So many indices are kept; more would be a sign of log sources made from data. */
    private static final int INDICES = 1_000;

    private final Map<LogSource, List<Compiled>> bySource = new HashMap<>();
    private final Map<Integer, Planner.Planned> planned = new HashMap<>();
    /** By the places of their rules. */
    private final Map<List<Integer>, Route> routes = new ConcurrentHashMap<>();

    private final List<Compiled> all;
    private final List<Definition> definitions;
    private final Planner planner;
    private final int slots;

    /** Rules that look at an event, in order, and their index. */
    record Route(List<Compiled> rules, RuleIndex index) {}

    /** Events of one log source of which it holds are of another one, too. */
    record Definition(LogSource source, Match events, LogSource among) {}

    RoutedRules(List<Compiled> rules, List<Definition> definitions, int slots) {
        this.all = List.copyOf(rules);
        this.slots = slots;
        this.planner = new Planner(rules.stream().map(Compiled::match).toList());
        for (Compiled rule : rules) {
            if (rule.alerts() || !rule.feeds().isEmpty()) {
                bySource.computeIfAbsent(rule.logSource(), key -> new ArrayList<>())
                        .add(rule);
                planned.put(rule.order(), planner.plan(rule.match()));
            }
        }
        this.definitions = definitions.stream()
                .filter(one -> one.source().askedForBy().stream().anyMatch(bySource::containsKey))
                .toList();
    }

    /** The same rules, but only to feed these correlations: none alerts, and those that feed none are not looked at. */
    RoutedRules feeding(Predicate<Correlation> wanted) {
        return new RoutedRules(
                all.stream()
                        .map(rule -> new Compiled(
                                rule.order(),
                                rule.info(),
                                rule.logSource(),
                                rule.match(),
                                false,
                                rule.feeds().stream()
                                        .filter(feed -> wanted.test(feed.correlation()))
                                        .toList(),
                                rule.hours()))
                        .toList(),
                definitions,
                slots);
    }

    /** What may make events of these log sources ones of others. */
    List<Definition> definitions(Collection<LogSource> said) {
        return definitions.stream()
                .filter(one ->
                        one.among().equals(LogSource.ANY) || said.stream().anyMatch(one.among()::covers))
                .toList();
    }

    /** The log sources of an event: those that its parser says, and those that are defined for what it holds. */
    static Collection<LogSource> sources(Collection<LogSource> said, List<Definition> definitions, EventView event) {
        Set<LogSource> defined = new LinkedHashSet<>();
        for (Definition definition : definitions) {
            if (Evaluation.holds(definition.events(), event)) {
                defined.add(definition.source());
            }
        }
        if (defined.isEmpty()) {
            return said;
        }
        defined.addAll(said);
        return defined;
    }

    /** All of them, in order. */
    List<Compiled> all() {
        return all;
    }

    int slots() {
        return slots;
    }

    /** Rules that look at events of these sources, in order. */
    List<Compiled> rules(Collection<LogSource> sources) {
        Map<Integer, Compiled> found = new TreeMap<>();
        for (LogSource source : sources) {
            see(source, found);
        }
        if (sources.isEmpty() || sources.stream().anyMatch(source -> !source.isOwn())) {
            see(LogSource.EVENTS, found);
        }
        return List.copyOf(found.values());
    }

    private void see(LogSource source, Map<Integer, Compiled> found) {
        for (LogSource asked : source.askedForBy()) {
            bySource.getOrDefault(asked, List.of()).forEach(rule -> found.put(rule.order(), rule));
        }
    }

    Route route(Collection<LogSource> sources) {
        List<Compiled> rules = rules(sources);
        if (routes.size() >= INDICES) {
            routes.clear();
        }
        return routes.computeIfAbsent(
                rules.stream().map(Compiled::order).toList(),
                places -> new Route(
                        rules, new RuleIndex(places.stream().map(planned::get).toList(), planner)));
    }

    /** What each rule is likely to cost, by id; those that nobody hears of are not looked at. */
    Map<String, RuleCost> costs() {
        Map<String, RuleCost> costs = new TreeMap<>();
        for (Compiled rule : all) {
            Planner.Planned plan = planned.get(rule.order());
            costs.put(
                    rule.info().id(),
                    plan == null ? new RuleCost(0, List.of("neither alerts nor is correlated")) : plan.cost());
        }
        return costs;
    }

    Map<String, LogSource> logSources() {
        Map<String, LogSource> sources = new TreeMap<>();
        all.forEach(rule -> sources.put(rule.info().id(), rule.logSource()));
        return sources;
    }

    /** Builds the index of each log source that a rule names, as its first event would. */
    void indexAll() {
        bySource.keySet().forEach(source -> route(Set.of(source)));
    }

    /** How many rules hold when log sources are not looked at. */
    long tryAll(Map<String, ?> fields, Envelope envelope) {
        EventView event = new EventView(fields, envelope, slots);
        return bySource.values().stream()
                .flatMap(List::stream)
                .filter(rule -> Evaluation.holds(rule.match(), event))
                .count();
    }
}
