package io.bongsu.rules.correlate;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How near a group came to firing: the plain definition of a condition over all hits of a window, in words. For people, who
 * ask why there was no alert; what decides is {@link Correlation}, whose work this does not share.
 */
public final class Shortfall {
    private final Correlation correlation;
    private final UnaryOperator<String> names;

    /**
     * The window in which least was missing.
     *
     * @param from microseconds since 1970
     * @param at where the window ends
     * @param parts of the condition, with what was there and what is missing
     */
    public record Nearest(long from, long at, List<String> parts) {
        public Nearest {
            parts = List.copyOf(parts);
        }
    }

    /** @param names says how to call a rule, by its id */
    public Shortfall(Correlation correlation, UnaryOperator<String> names) {
        this.correlation = correlation;
        this.names = names;
    }

    /** Of the windows that end with a hit between the two; null when there is none. */
    public @Nullable Nearest nearest(Collection<CorrelationHit> hits, long from, long to) {
        Map<List<Object>, CorrelationHit> once =
                new TreeMap<>(Comparator.comparing((List<Object> key) -> (Long) key.get(0))
                        .thenComparing(key -> (String) key.get(1))
                        .thenComparing(key -> (String) key.get(2)));
        hits.forEach(hit -> once.put(List.of(hit.time(), hit.event(), hit.member()), hit));
        List<CorrelationHit> all = List.copyOf(once.values());
        Nearest nearest = null;
        double best = -1;
        for (int end = 0; end < all.size(); end++) {
            long at = all.get(end).time();
            if (at < from || at > to) {
                continue;
            }
            long begin = at - correlation.timespan();
            List<CorrelationHit> window = all.stream()
                    .filter(hit -> hit.time() >= begin && hit.time() <= at)
                    .toList();
            Judged judged = judge(correlation.trigger(), window, all, at);
            if (judged.score >= best) {
                best = judged.score;
                nearest = new Nearest(begin, at, judged.parts);
            }
        }
        return nearest;
    }

    /** @param score 1 when it holds, otherwise how much of it, about */
    private record Judged(double score, List<String> parts) {}

    private Judged judge(Trigger trigger, List<CorrelationHit> window, List<CorrelationHit> all, long at) {
        return switch (trigger) {
            case Trigger.EventCount count ->
                tests(
                        List.of(new Trigger.Test(new Measure.Events(Set.of()), Bound.atLeast(count.atLeast()))),
                        0,
                        window);
            case Trigger.Peak peak -> tests(List.of(new Trigger.Test(peak.measure(), peak.bound())), 0, window);
            case Trigger.Holds holds -> tests(holds.tests(), holds.minEvents(), window);
            case Trigger.Together together -> together(together.fired(), window);
            case Trigger.Sequence sequence -> sequence(sequence, window);
            case Trigger.Novel novel -> novel(novel, window, all, at);
            case Trigger.Rate rate -> rate(rate, all, at);
        };
    }

    private Judged tests(List<Trigger.Test> tests, long minEvents, List<CorrelationHit> window) {
        List<String> parts = new ArrayList<>();
        double score = 0;
        for (Trigger.Test test : tests) {
            BigDecimal found = measured(test.measure(), window);
            if (found == null) {
                parts.add(words(test.measure()) + ": no number there, asked is " + words(test.bound()));
                continue;
            }
            boolean holds = test.bound().holds(found::compareTo);
            parts.add(words(test.measure()) + ": " + plain(found) + ", asked is " + words(test.bound())
                    + (holds ? "" : missing(found, test.bound())));
            score += holds ? 1 : nearness(found, test.bound());
        }
        long events = measured(new Measure.Events(Set.of()), window) instanceof BigDecimal n ? n.longValue() : 0;
        if (events < minEvents) {
            parts.add("events: " + events + ", asked are at least " + minEvents);
        }
        return new Judged(score / tests.size(), parts);
    }

    private static double nearness(BigDecimal found, Bound bound) {
        BigDecimal asked = bound.comparisons().getFirst().number();
        return asked.signum() <= 0 || found.compareTo(asked) > 0
                ? 0.5
                : 0.999 * Math.max(0, found.divide(asked, MathContext.DECIMAL32).doubleValue());
    }

    private static String missing(BigDecimal found, Bound bound) {
        for (Bound.Comparison c : bound.comparisons()) {
            if ((c.operator() == Bound.Operator.GTE || c.operator() == Bound.Operator.GT)
                    && found.compareTo(c.number()) <= 0) {
                BigDecimal short_ = c.number().subtract(found);
                return short_.signum() > 0 ? ": " + plain(short_) + " short" : ": not more than that";
            }
        }
        return ": that is not so";
    }

    private @Nullable BigDecimal measured(Measure measure, List<CorrelationHit> window) {
        return switch (measure) {
            case Measure.Events events -> BigDecimal.valueOf(events(events.rules(), window));
            case Measure.Alerts alerts -> BigDecimal.valueOf(events(Set.of(), window));
            case Measure.Distinct distinct ->
                BigDecimal.valueOf(window.stream()
                        .flatMap(hit -> hit.values(distinct.name()).stream())
                        .distinct()
                        .count());
            case Measure.Rules rules ->
                BigDecimal.valueOf(
                        window.stream().map(CorrelationHit::member).distinct().count());
            case Measure.Sum sum -> numbers(sum.name(), window).stream().reduce(BigDecimal.ZERO, BigDecimal::add);
            case Measure.Average average -> {
                List<BigDecimal> numbers = numbers(average.name(), window);
                yield numbers.isEmpty()
                        ? null
                        : numbers.stream()
                                .reduce(BigDecimal.ZERO, BigDecimal::add)
                                .divide(BigDecimal.valueOf(numbers.size()), MathContext.DECIMAL64);
            }
            case Measure.Percentile percentile -> percentile(percentile, numbers(percentile.name(), window));
            case Measure.Share share -> {
                long all = events(Set.of(), window);
                yield all == 0
                        ? null
                        : BigDecimal.valueOf(events(share.rules(), window))
                                .divide(BigDecimal.valueOf(all), MathContext.DECIMAL64);
            }
        };
    }

    private static @Nullable BigDecimal percentile(Measure.Percentile percentile, List<BigDecimal> numbers) {
        if (numbers.isEmpty()) {
            return null;
        }
        List<BigDecimal> sorted = numbers.stream().sorted().toList();
        BigDecimal place = percentile
                .percent()
                .multiply(BigDecimal.valueOf(sorted.size() - 1L))
                .divide(BigDecimal.valueOf(100), MathContext.DECIMAL64);
        int below = place.setScale(0, RoundingMode.FLOOR).intValue();
        BigDecimal low = sorted.get(below);
        BigDecimal high = sorted.get(Math.min(sorted.size() - 1, below + 1));
        return low.add(high.subtract(low).multiply(place.subtract(BigDecimal.valueOf(below))));
    }

    private static List<BigDecimal> numbers(String name, List<CorrelationHit> window) {
        List<BigDecimal> numbers = new ArrayList<>();
        Set<String> counted = new HashSet<>();
        for (CorrelationHit hit : window) {
            if (counted.add(hit.event())) {
                for (String value : hit.values(name)) {
                    BigDecimal number = Numbers.parse(value);
                    if (number != null) {
                        numbers.add(number);
                    }
                }
            }
        }
        return numbers;
    }

    /** An event counts once, however many of the rules it matched. */
    private static long events(Set<String> rules, List<CorrelationHit> window) {
        Set<String> counted = new HashSet<>();
        long events = 0;
        for (CorrelationHit hit : window) {
            if ((rules.isEmpty() || rules.contains(hit.member())) && counted.add(hit.event())) {
                events += hit.count();
            }
        }
        return events;
    }

    private Judged together(Fired fired, List<CorrelationHit> window) {
        Set<String> came = window.stream().map(CorrelationHit::member).collect(Collectors.toSet());
        if (fired.holds(came::contains)) {
            return new Judged(1, List.of("all that it asks for came"));
        }
        List<String> parts = new ArrayList<>();
        int met = 0;
        for (String rule : new TreeSet<>(correlation.members())) {
            long events = events(Set.of(rule), window);
            met += events > 0 ? 1 : 0;
            parts.add("'" + names.apply(rule) + "': " + (events == 0 ? "did not come" : "came " + times(events)));
        }
        return new Judged(0.999 * met / Math.max(1, correlation.members().size()), parts);
    }

    private Judged sequence(Trigger.Sequence sequence, List<CorrelationHit> window) {
        int[] came = new int[sequence.steps().size()];
        int[] furthest = came;
        int step = 0;
        String undone = "";
        for (CorrelationHit hit : window) {
            Trigger.Step now = step < came.length ? sequence.steps().get(step) : null;
            if (sequence.until().contains(hit.member())
                    || now != null && now.absent() && now.rules().contains(hit.member())) {
                if (Arrays.stream(came).sum() >= Arrays.stream(furthest).sum()) {
                    furthest = came;
                }
                step = 0;
                came = new int[came.length];
                undone = "'" + names.apply(hit.member()) + "' came and undid what was before";
                continue;
            }
            while (now != null && now.absent()) {
                step++;
                now = step < came.length ? sequence.steps().get(step) : null;
            }
            if (now != null && now.rules().contains(hit.member()) && ++came[step] == now.times()) {
                step++;
            }
        }
        if (Arrays.stream(came).sum() < Arrays.stream(furthest).sum()) {
            came = furthest;
        }
        List<String> parts = new ArrayList<>();
        int met = 0;
        int asked = 0;
        for (int i = 0; i < came.length; i++) {
            Trigger.Step one = sequence.steps().get(i);
            String rules = one.rules().stream().sorted().map(names).collect(Collectors.joining("' or '", "'", "'"));
            if (one.absent()) {
                parts.add("step " + (i + 1) + ": " + rules + " must not come");
                continue;
            }
            asked += one.times();
            met += came[i];
            parts.add("step " + (i + 1) + ": " + rules + ": " + came[i] + " of " + times(one.times())
                    + (came[i] < one.times() ? ": " + (one.times() - came[i]) + " short" : ""));
        }
        if (!undone.isEmpty()) {
            parts.add(undone);
        }
        return new Judged(0.999 * met / Math.max(1, asked), parts);
    }

    private Judged novel(Trigger.Novel novel, List<CorrelationHit> window, List<CorrelationHit> all, long at) {
        List<String> parts = new ArrayList<>();
        for (CorrelationHit hit : window) {
            if (hit.time() < at) {
                continue;
            }
            for (String value : hit.values(novel.name())) {
                boolean known = all.stream()
                        .anyMatch(other -> other.time() < at
                                && other.time() >= at - novel.memory()
                                && other.values(novel.name()).contains(value));
                String shown = String.join(", ", Values.unpack(value));
                parts.add(known ? "'" + shown + "' had been seen before" : "'" + shown + "' is new");
            }
        }
        long since = all.isEmpty() ? at : all.getFirst().time();
        if (at - since < novel.learning()) {
            parts.add("the group is still being learned: known since " + (at - since) / 1_000_000 + " s of "
                    + novel.learning() / 1_000_000);
        }
        return new Judged(0.5, parts);
    }

    private Judged rate(Trigger.Rate rate, List<CorrelationHit> all, long at) {
        long width = correlation.timespan();
        long stretch = Math.floorDiv(at, width);
        long here = in(all, stretch, width);
        long before = 0;
        for (int i = 1; i <= rate.stretches(); i++) {
            before += in(all, stretch - i, width);
        }
        BigDecimal mean =
                BigDecimal.valueOf(before).divide(BigDecimal.valueOf(rate.stretches()), 2, RoundingMode.HALF_UP);
        return new Judged(
                mean.signum() == 0 ? 0 : Math.min(0.999, here / (mean.doubleValue() * 1_000)),
                List.of(
                        here + " events in the stretch, " + plain(mean) + " on average in the " + rate.stretches()
                                + " before, asked is a quotient of " + words(rate.bound()),
                        "asked are at least " + rate.minEvents() + " events, and " + rate.learning()
                                + " stretches that are known"));
    }

    private static long in(List<CorrelationHit> all, long stretch, long width) {
        return events(
                Set.of(),
                all.stream()
                        .filter(hit -> Math.floorDiv(hit.time(), width) == stretch)
                        .toList());
    }

    private static String times(long n) {
        return n == 1 ? "1 time" : n + " times";
    }

    private static String plain(BigDecimal number) {
        BigDecimal rounded = number.setScale(Math.min(number.scale(), 4), RoundingMode.HALF_UP);
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }

    private String words(Measure measure) {
        return switch (measure) {
            case Measure.Events events -> events.rules().isEmpty() ? "events" : "events of " + rules(events.rules());
            case Measure.Alerts alerts -> "alerts";
            case Measure.Distinct distinct -> "different values of " + distinct.name();
            case Measure.Rules rules -> "different rules";
            case Measure.Sum sum -> "sum of " + sum.name();
            case Measure.Average average -> "average of " + average.name();
            case Measure.Percentile p -> "percentile " + p.percent().toPlainString() + " of " + p.name();
            case Measure.Share share -> "share of " + rules(share.rules());
        };
    }

    private String rules(Set<String> rules) {
        return rules.stream().sorted().map(names).collect(Collectors.joining("', '", "'", "'"));
    }

    private static String words(Bound bound) {
        return bound.comparisons().stream()
                .map(c -> switch (c.operator()) {
                            case GT -> "more than ";
                            case GTE -> "at least ";
                            case LT -> "less than ";
                            case LTE -> "at most ";
                            case EQ -> "just ";
                            case NEQ -> "not ";
                        }
                        + c.number().toPlainString())
                .collect(Collectors.joining(" and "));
    }
}
