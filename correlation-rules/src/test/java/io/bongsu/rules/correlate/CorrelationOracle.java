package io.bongsu.rules.correlate;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The slow truth: what alerts a set of hits means, by the definition, looking at every hit for every hit. No state, no
 * horizon, no order of arrival. For tests of the fold and of everything that carries hits to it.
 */
public final class CorrelationOracle {
    /** What of a closed alert is a function of the set of hits; the evidence by event id, with the step it served. */
    public record Expected(
            String id,
            List<String> group,
            long time,
            long start,
            long end,
            long count,
            boolean capped,
            List<String> evidence,
            Map<String, List<String>> values) {
        public static Expected of(AlertRevision alert) {
            return new Expected(
                    alert.id(),
                    alert.group(),
                    alert.time(),
                    alert.start(),
                    alert.end(),
                    alert.count(),
                    alert.capped(),
                    alert.evidence().stream()
                            .map(hit -> hit.event() + (hit.step() > 0 ? " step " + hit.step() : ""))
                            .toList(),
                    alert.values());
        }
    }

    /** All hits of one event. */
    private record Event(long time, String id, Set<String> rules, Map<String, Set<String>> values, long count) {
        boolean of(Collection<String> some) {
            return rules.stream().anyMatch(some::contains);
        }

        Stream<BigDecimal> numbers(String name) {
            return values.getOrDefault(name, Set.of()).stream()
                    .filter(value -> value.matches("-?[0-9.]+"))
                    .map(BigDecimal::new);
        }
    }

    private final Correlation rule;
    private final List<String> group;
    private final List<Event> events;

    private CorrelationOracle(Correlation rule, List<String> group, Collection<CorrelationHit> hits) {
        this.rule = rule;
        this.group = group;
        TreeMap<String, List<CorrelationHit>> byEvent = new TreeMap<>();
        hits.forEach(hit -> byEvent.computeIfAbsent(
                        String.format("%020d ", hit.time()) + hit.event(), e -> new ArrayList<>())
                .add(hit));
        this.events = byEvent.values().stream().map(CorrelationOracle::event).toList();
    }

    private static Event event(List<CorrelationHit> copies) {
        Map<String, Set<String>> values = new HashMap<>();
        copies.forEach(
                hit -> hit.values().keySet().forEach(name -> values.computeIfAbsent(name, n -> new LinkedHashSet<>())
                        .addAll(hit.values(name))));
        CorrelationHit one = copies.getFirst();
        Set<String> rules =
                new TreeSet<>(copies.stream().map(CorrelationHit::member).toList());
        return new Event(one.time(), one.event(), rules, values, one.count());
    }

    /** Ordered by group and time. The hits may come in any order, and more than once; those retracted are no hits. */
    public static List<Expected> alerts(
            Correlation rule, Map<List<String>, ? extends Collection<CorrelationHit>> hitsByGroup) {
        List<Expected> alerts = new ArrayList<>();
        hitsByGroup.forEach((group, hits) -> alerts.addAll(new CorrelationOracle(rule, group, hits).alerts()));
        alerts.sort(Comparator.comparing((Expected alert) -> String.join("\0", alert.group()))
                .thenComparing(Expected::time));
        return alerts;
    }

    /** What is told to those built on it: of each alert, the first and the last firing instant of each cell. */
    static List<Fact> facts(Correlation rule, List<String> group, Collection<CorrelationHit> hits) {
        CorrelationOracle oracle = new CorrelationOracle(rule, group, hits);
        TreeSet<Long> instants = new TreeSet<>(oracle.firing().keySet());
        List<Fact> facts = new ArrayList<>();
        for (Expected alert : oracle.alerts()) {
            if (rule.trigger().atClose()) {
                long decided = alert.end() + rule.timespan() + rule.quiet();
                facts.add(new Fact(alert.id(), decided, true, false, 0, false));
                continue;
            }
            TreeMap<Long, TreeSet<Long>> cells = new TreeMap<>();
            for (long instant : instants.subSet(alert.time(), true, alert.end(), true)) {
                cells.computeIfAbsent(Math.floorDiv(instant, rule.bounds().cell()), c -> new TreeSet<>())
                        .add(instant);
            }
            for (TreeSet<Long> cell : cells.values()) {
                for (long instant : new TreeSet<>(List.of(cell.first(), cell.last()))) {
                    facts.add(new Fact(alert.id(), instant, instant == alert.time(), false, 0, false));
                }
            }
        }
        return facts;
    }

    private List<Expected> alerts() {
        List<Expected> alerts = new ArrayList<>();
        List<Long> episode = new ArrayList<>();
        Map<Long, int[]> firing = firing();
        for (long instant : firing.keySet()) {
            if (!episode.isEmpty() && instant - episode.getLast() > rule.timespan() + rule.quiet()) {
                alert(episode, firing, alerts);
                episode.clear();
            }
            episode.add(instant);
        }
        if (!episode.isEmpty()) {
            alert(episode, firing, alerts);
        }
        return alerts;
    }

    /** The firing instants; for a sequence with the places of the events that served its steps. */
    private TreeMap<Long, int[]> firing() {
        TreeMap<Long, int[]> firing = new TreeMap<>();
        if (rule.trigger() instanceof Trigger.Sequence sequence) {
            for (int last = 0; last < events.size(); last++) {
                int[] chain = chain(sequence, units(sequence).size() - 1, last);
                if (chain != null && events.get(last).time - events.get(chain[0]).time <= rule.timespan()) {
                    long end = events.get(chain[0]).time + rule.timespan();
                    if (!sequence.byDeadline()) {
                        firing.put(events.get(last).time, chain);
                    } else if (nothing(last, end, sequence.steps().getLast().rules())
                            && nothing(last, end, sequence.until())) {
                        firing.put(end, chain);
                    }
                }
            }
            return firing;
        }
        if (rule.trigger() instanceof Trigger.Rate rate) {
            return rated(rate);
        }
        for (Event event : events) {
            if (rule.trigger() instanceof Trigger.Novel novel) {
                if (novel(novel, event)) {
                    firing.put(event.time, new int[0]);
                }
            } else if (fires(within(event.time - rule.timespan(), event.time))) {
                firing.put(event.time, new int[0]);
            }
        }
        return firing;
    }

    /** Whether the event has a value that none had before, in a group that has been known for long enough. */
    private boolean novel(Trigger.Novel novel, Event event) {
        List<Event> before = events.stream()
                .filter(other -> other.time < event.time && other.time >= event.time - novel.memory())
                .toList();
        boolean isNew = event.values.getOrDefault(novel.name(), Set.of()).stream()
                .anyMatch(value -> before.stream().noneMatch(other -> other.values
                        .getOrDefault(novel.name(), Set.of())
                        .contains(value)));
        return isNew && event.time - known(event.time, novel.memory(), Event::time) >= novel.learning();
    }

    /** The beginning of the run of events up to this one in which no step is longer than so much. */
    private long known(long last, long within, ToLongFunction<Event> place) {
        long since = last;
        for (Event event : events.reversed()) {
            long at = place.applyAsLong(event);
            if (at <= last && since - at <= within) {
                since = Math.min(since, at);
            }
        }
        return since;
    }

    private TreeMap<Long, int[]> rated(Trigger.Rate rate) {
        TreeMap<Long, int[]> firing = new TreeMap<>();
        if (events.isEmpty()) {
            return firing;
        }
        ToLongFunction<Event> stretch = event -> Math.floorDiv(event.time, rule.timespan());
        long last = stretch.applyAsLong(events.getLast());
        for (long s = stretch.applyAsLong(events.getFirst()); s <= last + rate.stretches(); s++) {
            long now = s;
            List<Event> here =
                    events.stream().filter(e -> stretch.applyAsLong(e) == now).toList();
            List<Event> before = events.stream()
                    .filter(e -> stretch.applyAsLong(e) < now && stretch.applyAsLong(e) >= now - rate.stretches())
                    .toList();
            long known = Math.min(rate.stretches(), now - known(now, rate.stretches(), stretch));
            if (before.isEmpty()) {
                continue;
            }
            long learned = stretch.applyAsLong(before.getLast()) - known(now, rate.stretches(), stretch) + 1;
            if (learned < rate.learning()) {
                continue;
            }
            BigDecimal mean = BigDecimal.valueOf(count(before)).divide(BigDecimal.valueOf(known), new MathContext(30));
            if (mean.signum() == 0) {
                continue; // alerts that only fired again: nothing is usual
            }
            BigDecimal ratio = BigDecimal.valueOf(count(here)).divide(mean, new MathContext(30));
            boolean below = rate.fromBelow();
            boolean enough =
                    (below ? BigDecimal.valueOf(count(here)) : mean).compareTo(BigDecimal.valueOf(rate.minEvents()))
                            >= 0;
            if (!enough || !holds(rate.bound(), ratio)) {
                continue;
            }
            if (!below) {
                firing.put((now + 1) * rule.timespan() - 1, new int[0]);
            } else if (!here.isEmpty()) {
                firing.put(here.getFirst().time, new int[0]);
                firing.put(here.getLast().time, new int[0]);
            }
        }
        return firing;
    }

    private static List<Trigger.Step> units(Trigger.Sequence sequence) {
        return sequence.steps().stream()
                .filter(step -> !step.absent())
                .flatMap(step -> Stream.generate(() -> step).limit(step.times()))
                .toList();
    }

    /** Of the ways to reach this step with this event, the one that began last; of those, the one with the latest events. */
    private int[] chain(Trigger.Sequence sequence, int step, int last) {
        if (!events.get(last).of(units(sequence).get(step).rules())) {
            return null;
        }
        if (step == 0) {
            return new int[] {last};
        }
        int[] best = null;
        for (int before = 0; before < last; before++) {
            if (broken(sequence, step, before, last)) {
                continue;
            }
            int[] way = chain(sequence, step - 1, before);
            if (way != null && (best == null || events.get(way[0]).time >= events.get(best[0]).time)) {
                best = way;
            }
        }
        if (best == null) {
            return null;
        }
        int[] longer = java.util.Arrays.copyOf(best, best.length + 1);
        longer[best.length] = last;
        return longer;
    }

    /** Whether anything that must not lies behind one step and not behind the next. */
    private boolean broken(Trigger.Sequence sequence, int step, int before, int last) {
        Set<String> unwanted = new TreeSet<>(sequence.until());
        int happened = 0;
        for (Trigger.Step s : sequence.steps()) {
            if (!s.absent()) {
                happened += s.times();
            } else if (happened == step) {
                unwanted.addAll(s.rules());
            }
        }
        return events.subList(before + 1, last + 1).stream().anyMatch(event -> event.of(unwanted));
    }

    private boolean nothing(int after, long until, Set<String> rules) {
        return events.subList(after + 1, events.size()).stream()
                .noneMatch(event -> event.time <= until && event.of(rules));
    }

    private boolean fires(List<Event> window) {
        return switch (rule.trigger()) {
            case Trigger.EventCount(long atLeast) -> count(window) >= atLeast;
            case Trigger.Peak peak -> measured(peak.measure(), window).compareTo(least(peak.bound())) >= 0;
            case Trigger.Holds holds ->
                window.stream().mapToLong(event -> Math.max(1, event.count)).sum() >= holds.minEvents()
                        && holds.tests().stream().allMatch(test -> {
                            BigDecimal number = measured(test.measure(), window);
                            return number != null && holds(test.bound(), number);
                        });
            case Trigger.Together together ->
                together.fired().holds(id -> window.stream().anyMatch(event -> event.rules.contains(id)));
            case Trigger.Sequence sequence -> throw new AssertionError("sequences are not windows");
            case Trigger.Novel novel -> throw new AssertionError("what is new is not in a window");
            case Trigger.Rate rate -> throw new AssertionError("stretches do not slide");
        };
    }

    private static BigDecimal least(Bound bound) {
        return BigDecimal.valueOf(LongStream.rangeClosed(1, 10_000)
                .filter(n -> holds(bound, BigDecimal.valueOf(n)))
                .findFirst()
                .orElseThrow());
    }

    private static boolean holds(Bound bound, BigDecimal number) {
        return bound.comparisons().stream().allMatch(c -> {
            int sign = number.compareTo(c.number());
            return switch (c.operator()) {
                case GT -> sign > 0;
                case GTE -> sign >= 0;
                case LT -> sign < 0;
                case LTE -> sign <= 0;
                case EQ -> sign == 0;
                case NEQ -> sign != 0;
            };
        });
    }

    /** Null when there is nothing to measure. Where it has to divide, the tests see to it that 30 digits tell. */
    private static BigDecimal measured(Measure measure, List<Event> window) {
        return switch (measure) {
            case Measure.Events e -> BigDecimal.valueOf(count(of(window, e.rules())));
            case Measure.Alerts a ->
                BigDecimal.valueOf(window.stream().map(Event::id).distinct().count());
            case Measure.Distinct d ->
                BigDecimal.valueOf(window.stream()
                        .flatMap(event -> event.values.getOrDefault(d.name(), Set.of()).stream())
                        .distinct()
                        .count());
            case Measure.Rules r ->
                BigDecimal.valueOf(window.stream()
                        .flatMap(event -> event.rules.stream())
                        .distinct()
                        .count());
            case Measure.Sum s ->
                numbers(window, s.name()).stream().reduce(BigDecimal::add).orElse(null);
            case Measure.Average a -> {
                List<BigDecimal> numbers = numbers(window, a.name());
                yield numbers.isEmpty()
                        ? null
                        : numbers.stream()
                                .reduce(BigDecimal.ZERO, BigDecimal::add)
                                .divide(BigDecimal.valueOf(numbers.size()), new MathContext(30));
            }
            case Measure.Percentile p -> percentile(numbers(window, p.name()), p.percent());
            case Measure.Share s ->
                count(window) == 0
                        ? null
                        : BigDecimal.valueOf(count(of(window, s.rules())))
                                .divide(BigDecimal.valueOf(count(window)), new MathContext(30));
        };
    }

    private static BigDecimal percentile(List<BigDecimal> numbers, BigDecimal percent) {
        if (numbers.isEmpty()) {
            return null;
        }
        List<BigDecimal> sorted = numbers.stream().sorted().toList();
        BigDecimal place =
                percent.multiply(BigDecimal.valueOf(sorted.size() - 1)).divide(BigDecimal.valueOf(100));
        int below = place.intValue();
        BigDecimal low = sorted.get(below);
        BigDecimal high = sorted.get(Math.min(below + 1, sorted.size() - 1));
        return low.add(high.subtract(low).multiply(place.subtract(BigDecimal.valueOf(below))));
    }

    private static List<BigDecimal> numbers(List<Event> window, String name) {
        return window.stream()
                .flatMap(event -> LongStream.range(0, event.count).boxed().flatMap(i -> event.numbers(name)))
                .toList();
    }

    private static List<Event> of(List<Event> window, Set<String> rules) {
        return window.stream().filter(e -> rules.isEmpty() || e.of(rules)).toList();
    }

    private void alert(List<Long> episode, Map<Long, int[]> firing, List<Expected> alerts) {
        long timespan = rule.timespan();
        if (rule.trigger() instanceof Trigger.Peak peak) {
            BigDecimal greatest = episode.stream()
                    .map(f -> measured(peak.measure(), within(f - timespan, f)))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
            if (!holds(peak.bound(), greatest)) {
                return;
            }
        }
        Predicate<Event> contributes =
                event -> episode.stream().anyMatch(f -> since(f) <= event.time && event.time <= f);
        List<Event> contributing = events.stream().filter(contributes).toList();
        long first = episode.getFirst();
        long start = within(since(first), first).stream()
                .mapToLong(Event::time)
                .findFirst()
                .orElse(first);
        int most = rule.bounds().evidence();
        boolean capped = contributing.size() > 2 * most;
        List<Event> evidence = new ArrayList<>(contributing);
        if (capped) {
            evidence.subList(most, contributing.size() - most).clear();
        }
        Map<String, List<String>> values = new HashMap<>();
        for (String name : rule.trigger().distinct()) {
            List<String> listed = contributing.stream()
                    .flatMap(event -> event.values.getOrDefault(name, Set.of()).stream())
                    .distinct()
                    .toList();
            if (!listed.isEmpty()) {
                values.put(name, listed);
            }
        }
        alerts.add(new Expected(
                rule.alertId(group, start),
                group,
                first,
                start,
                episode.getLast(),
                count(contributing),
                capped,
                evidence.stream()
                        .map(event -> event.id + served(event, episode, firing))
                        .toList(),
                values));
    }

    /** The step that an event served when it first contributed. */
    private String served(Event event, List<Long> episode, Map<Long, int[]> firing) {
        long when = episode.stream()
                .filter(f -> since(f) <= event.time && event.time <= f)
                .findFirst()
                .orElseThrow();
        int[] places = firing.get(when);
        for (int i = 0; i < places.length; i++) {
            if (events.get(places[i]) == event && rule.trigger() instanceof Trigger.Sequence sequence) {
                return " step " + number(sequence, i);
            }
        }
        return "";
    }

    /** Where what contributes to this firing instant begins. */
    private long since(long instant) {
        return switch (rule.trigger()) {
            case Trigger.Novel novel -> instant;
            case Trigger.Rate rate -> Math.floorDiv(instant, rule.timespan()) * rule.timespan();
            default -> instant - rule.timespan();
        };
    }

    /** The number of the step that the unit belongs to. */
    private static int number(Trigger.Sequence sequence, int unit) {
        int units = 0;
        int number = 0;
        while (units <= unit) {
            Trigger.Step step = sequence.steps().get(number++);
            units += step.absent() ? 0 : step.times();
        }
        return number;
    }

    private List<Event> within(long from, long to) {
        return events.stream()
                .filter(event -> from <= event.time && event.time <= to)
                .toList();
    }

    private static long count(List<Event> events) {
        return events.stream().mapToLong(Event::count).sum();
    }
}
