package io.bongsu.rules;

import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.Numbers;
import io.bongsu.rules.correlate.Values;
import io.bongsu.rules.match.Envelope;
import io.bongsu.rules.match.Evaluation;
import io.bongsu.rules.match.EventView;
import io.bongsu.rules.match.Field;
import io.bongsu.rules.match.Match;
import io.bongsu.rules.match.Matcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rules that an event fulfils: a pure function of the event and the rule set, in an order that does not
 * change. A rule looks only at events that have a log source with all the parts it names. Not thread-safe: each thread
 * takes its own from the rule set; they share the compiled rules.
 */
public final class Detector {
    /** The routes of this many sets of log sources are remembered; then it begins again. */
    private static final int ROUTES = 10_000;
    /** The most hits that one event gives to one correlation when its group-by fields hold lists. */
    static final int MAX_GROUPS = 1_024;

    private final RoutedRules rules;
    private final Matcher matcher;
    private final Map<Set<LogSource>, Way> ways = new HashMap<>();
    private final Map<RoutedRules.Route, Matcher.Memory> byRoute = new IdentityHashMap<>();
    private Collection<LogSource> lastSources = Set.of();
    private @Nullable Way lastWay;

    private final Mode mode;

    /** How rules are found; what is found is the same. */
    public enum Mode {
        /** By the index. */
        INDEX,
        /** By the index, counting what is done for each rule; see {@link #work}. */
        COUNTING,
        /** By trying each rule of the event's log sources: the plain truth, for tests and to compare with. */
        SCAN
    }

    /** A route, with what this detector remembers on it, and what may make of its events ones of another. */
    private record Way(RoutedRules.Route route, Matcher.Memory memory, List<RoutedRules.Definition> definitions) {}

    /** A detection rule that can run; {@code order} is its place among all. */
    record Compiled(
            int order,
            RuleInfo info,
            LogSource logSource,
            Match match,
            boolean alerts,
            List<Feed> feeds,
            @Nullable Hours hours) {}

    /**
     * A correlation that a rule's hits go to, and where in this rule's events the group-by values are, and the values that
     * it measures. {@code needed}: without any value, the event is no hit.
     */
    record Feed(
            Correlation correlation,
            List<Field> groupBy,
            List<Measured> values,
            boolean needed,
            @Nullable Hours hours) {}

    /**
     * A value that a correlation measures, or a tuple of them, under the name by which it asks for it; where the rule itself
     * has one, that ({@code rule.id}), packed.
     */
    record Measured(
            String name,
            List<Field> fields,
            boolean numbers,
            @Nullable String constant) {}

    Detector(RoutedRules rules, Mode mode) {
        this.rules = rules;
        this.mode = mode;
        this.matcher = new Matcher(rules.slots());
    }

    /** Receives what an event has set off. */
    public interface Sink {
        void alert(RuleInfo rule);

        /** @param values what the correlation measures, by name, each packed ({@link Values}); empty when it only counts */
        void hit(Correlation correlation, List<String> group, String member, Map<String, String> values);
    }

    /**
     * @param sources where the event comes from; rules of other log sources do not look at it. The same object stands
     *     for the same sources
     * @param fields the whole event under flat ECS names, with {@code message} and {@code event.original}, which keyword
     *     searches need; values are String, Long, Double, Boolean or a List of them
     */
    public void detect(Collection<LogSource> sources, Map<String, ?> fields, Sink sink) {
        detect(sources, fields, null, sink);
    }

    /**
     * The same for an event of which the original and the dataset are kept apart.
     */
    public void detect(Collection<LogSource> sources, Map<String, ?> fields, @Nullable Envelope envelope, Sink sink) {
        Way way = way(sources);
        if (!way.definitions.isEmpty()) {
            EventView event = new EventView(fields, envelope, rules.slots());
            Collection<LogSource> all = RoutedRules.sources(sources, way.definitions, event);
            way = all == sources ? way : way(all);
        }
        List<Compiled> candidates = way.route.rules();
        if (candidates.isEmpty()) {
            return;
        }
        switch (mode) {
            case INDEX, COUNTING ->
                matcher.match(
                        way.memory,
                        fields,
                        envelope,
                        place -> tell(candidates.get(place), matcher.event(), envelope, sink));
            case SCAN -> {
                EventView event = new EventView(fields, envelope, rules.slots());
                for (Compiled rule : candidates) {
                    if (Evaluation.holds(rule.match(), event)) {
                        tell(rule, event, envelope, sink);
                    }
                }
            }
        }
    }

    private static void feed(Feed feed, EventView event, String rule, Sink sink) {
        List<List<String>> groups = combinations(feed.groupBy(), event);
        if (groups.isEmpty()) {
            return;
        }
        Map<String, String> values = values(feed.values(), event);
        if (values.isEmpty() && feed.needed()) {
            return;
        }
        for (List<String> group : groups) {
            sink.hit(feed.correlation(), group, rule, values);
        }
    }

    private static Map<String, String> values(List<Measured> measured, EventView event) {
        if (measured.isEmpty()) {
            return Map.of();
        }
        Map<String, String> values = new HashMap<>();
        for (Measured one : measured) {
            if (one.constant() != null) {
                values.put(one.name(), one.constant());
                continue;
            }
            List<String> found = new ArrayList<>();
            for (List<String> tuple : combinations(one.fields(), event)) {
                String value = tuple.size() == 1 ? tuple.get(0) : Values.pack(tuple);
                if (!one.numbers() || Numbers.parse(value) != null) {
                    found.add(value);
                }
            }
            if (!found.isEmpty()) {
                values.put(one.name(), Values.pack(found));
            }
        }
        return values;
    }

    /** An event without a time is in no hours. */
    private static boolean within(@Nullable Hours hours, @Nullable Envelope envelope) {
        return hours == null
                || envelope != null
                        && envelope.time() != null
                        && hours.holds(envelope.time().micros());
    }

    private static void tell(Compiled rule, EventView event, @Nullable Envelope envelope, Sink sink) {
        if (!within(rule.hours(), envelope)) {
            return;
        }
        if (rule.alerts()) {
            sink.alert(rule.info());
        }
        for (Feed feed : rule.feeds()) {
            if (!within(feed.hours(), envelope)) {
                continue;
            }
            feed(feed, event, rule.info().id(), sink);
        }
    }

    /** What the index had to do so far. */
    public Matcher.Statistics statistics() {
        return matcher.statistics();
    }

    /** What was done for each rule so far, by id, those that were never looked at left out. */
    public Map<String, Matcher.Work> work() {
        Map<String, Matcher.Work> work = new HashMap<>();
        byRoute.forEach((route, memory) -> {
            for (int place = 0; place < route.rules().size(); place++) {
                Matcher.Work done = memory.work(place);
                if (done.opened() > 0) {
                    work.merge(route.rules().get(place).info().id(), done, Matcher.Work::plus);
                }
            }
        });
        return work;
    }

    private Way way(Collection<LogSource> sources) {
        Way known = lastWay;
        if (known != null && sources == lastSources) {
            return known;
        }
        Set<LogSource> key = sources instanceof Set<LogSource> set ? set : Set.copyOf(sources);
        known = ways.get(key);
        if (known == null) {
            if (ways.size() >= ROUTES) {
                ways.clear();
                byRoute.clear();
                matcher.forget();
            }
            RoutedRules.Route route = rules.route(key);
            Matcher.Memory memory =
                    byRoute.computeIfAbsent(route, one -> matcher.memory(one.index(), mode == Mode.COUNTING));
            known = new Way(route, memory, rules.definitions(key));
            ways.put(Set.copyOf(key), known);
        }
        lastSources = sources;
        lastWay = known;
        return known;
    }

    /** Every combination of the fields' values, the first {@link #MAX_GROUPS} of them; none when a field is absent. */
    private static List<List<String>> combinations(List<Field> fields, EventView event) {
        List<List<String>> groups = List.of(List.of());
        for (Field field : fields) {
            List<List<String>> longer = new ArrayList<>();
            List<String> values = event.texts(field);
            for (List<String> group : groups) {
                for (String value : values) {
                    if (longer.size() < MAX_GROUPS) {
                        List<String> one = new ArrayList<>(group);
                        one.add(value);
                        longer.add(List.copyOf(one));
                    }
                }
            }
            groups = longer;
        }
        return groups;
    }
}
