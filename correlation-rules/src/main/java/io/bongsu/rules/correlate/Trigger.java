package io.bongsu.rules.correlate;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * When a correlation fires: the only thing in which its types differ. A type names its firing instants (in {@link
 * Sweep}); episodes, ids, revisions and settlement are the same for all.
 */
public sealed interface Trigger {
    /**
     * Fires at each hit that makes it at least this many events within the timespan (Sigma {@code event_count} with
     * {@code gte: n}; {@code gt: n} is {@code gte: n + 1}). Exact in any flood.
     */
    record EventCount(long atLeast) implements Trigger {
        /** Exactness needs this many hits kept twice per cell and group; beyond, it would need counters instead. */
        public static final int MOST = 20_000;

        public EventCount {
            if (atLeast < 1 || atLeast > MOST) {
                throw new IllegalArgumentException("an event count must be reached between 1 and " + MOST
                        + " events, not at " + atLeast + "; write such a number");
            }
        }
    }

    /**
     * A count with an upper bound, which more events may still break: fires while the count reaches the least number that
     * fits, and is an alert if at the end of the episode the greatest count fits.
     */
    record Peak(Measure measure, Bound bound) implements Trigger {
        public Peak {
            if (!measure.isCount()) {
                throw new IllegalArgumentException("only a count has a peak");
            }
            if (bound.least() < 0) {
                throw new IllegalArgumentException(
                        "no count of 1 or more fulfils this condition, and without any event nothing is counted"
                                + "; write gte: 1 or more, or a step with 'not' for what does not happen");
            }
        }
    }

    /** Fires at each hit at which all of this holds for the window that ends with it. */
    record Holds(List<Test> tests, long minEvents) implements Trigger {
        public Holds {
            tests = List.copyOf(tests);
            if (tests.isEmpty() || minEvents < 1) {
                throw new IllegalArgumentException("a condition and at least one event are needed");
            }
        }
    }

    /** A number, and what it must be. */
    record Test(Measure measure, Bound bound) {}

    /** Fires at each hit at which the rules that have hits in the window are such. */
    record Together(Fired fired) implements Trigger {
        public Together {
            if (fired.holds(rule -> false)) {
                throw new IllegalArgumentException(
                        "the condition also holds when nothing happens; name a rule that must fire");
            }
        }
    }

    /**
     * Fires at each hit that completes the steps in their order within the timespan: by time, then by event id. A hit of a
     * rule that must not come between two steps, or of {@code until}, undoes the steps before it. When the last step is one
     * that must not come, fires at the end of the timespan that begins with the first step, if it has not come by then; of
     * several beginnings the latest counts.
     */
    record Sequence(List<Step> steps, Set<String> until) implements Trigger {
        /** Of all steps with their repetitions. */
        public static final int MOST = 200;

        public Sequence {
            steps = List.copyOf(steps);
            until = Set.copyOf(until);
            int hits = steps.stream()
                    .mapToInt(step -> step.absent ? 0 : step.times)
                    .sum();
            if (hits < 1 || steps.get(0).absent) {
                throw new IllegalArgumentException(
                        "a sequence begins with a step that happens; write a step with 'rule' first");
            }
            if (hits > MOST) {
                throw new IllegalArgumentException("a sequence has at most " + MOST
                        + " steps with their repetitions; lower 'runs', or count in a rule of its own");
            }
        }

        /** Something that has to come again and again: in a flood of it, the first and the last of a cell decide. */
        boolean silence() {
            return until.isEmpty()
                    && steps.size() == 2
                    && steps.get(0).times == 1
                    && steps.get(1).absent
                    && steps.get(0).rules.equals(steps.get(1).rules);
        }

        boolean byDeadline() {
            return steps.get(steps.size() - 1).absent;
        }
    }

    /**
     * Fires at each hit with a value under the name that no hit of the group had within the memory before it, once the group
     * has been known for the learning time. A group that was silent for longer than the memory has to be learned again.
     */
    record Novel(String name, long memory, long learning) implements Trigger {
        public Novel {
            if (memory < 1 || learning < 0 || learning > memory) {
                throw new IllegalArgumentException("the learning time must not be longer than the timespan");
            }
        }
    }

    /**
     * Compares the events of a stretch of the timespan's width, aligned to the clock, with the mean of the stretches before
     * it, those without events included, as far back as the group has been known without a break of so many stretches. A
     * bound from below fires with the event that makes it hold, from the stretch's first event to its last; any other at the
     * end of the stretch.
     *
     * @param bound of the quotient; nothing is divided
     * @param stretches so many before it are its baseline
     * @param learning from the first with an event to the last, so many must be known
     * @param minEvents in the stretch for a bound from below, otherwise in the mean
     */
    record Rate(Bound bound, int stretches, int learning, long minEvents) implements Trigger {
        public static final int MOST = 400;

        public Rate {
            if (stretches < 1 || stretches > MOST) {
                throw new IllegalArgumentException(
                        "the baseline must be 1 to " + MOST + " times as long as the timespan, not " + stretches
                                + "; shorten it, or lengthen the timespan");
            }
            if (learning < 1 || learning > stretches || minEvents < 0) {
                throw new IllegalArgumentException("the learning time must be from the timespan to the baseline");
            }
        }

        boolean fromBelow() {
            return bound.onlyFromBelow();
        }
    }

    /** A hit of one of the rules, so many times; or none of them. */
    record Step(Set<String> rules, int times, boolean absent) {
        public Step {
            rules = Set.copyOf(rules);
            if (rules.isEmpty() || times < 1) {
                throw new IllegalArgumentException("a step has a rule and happens at least once");
            }
        }
    }

    /** Of the hits of a cell, so many at each end make its counts exact; 0 when that does not bound them. */
    default long needed() {
        return switch (this) {
            case EventCount count -> count.atLeast;
            case Peak peak -> peak.bound.enough();
            case Holds holds ->
                holds.tests.stream()
                        .filter(test -> test.measure.isCount())
                        .mapToLong(test -> test.bound.enough())
                        .max()
                        .orElse(0);
            case Together together -> 0;
            case Sequence sequence ->
                sequence.steps.stream().mapToInt(Step::times).max().orElse(0);
            case Novel novel -> 0;
            case Rate rate -> 0;
        };
    }

    /** What a doubling of the count is measured from. */
    default long first() {
        return this instanceof EventCount count ? count.atLeast : 1;
    }

    /** Hits of each rule are kept apart, so that many of one do not push out another's. */
    default boolean perRule() {
        return switch (this) {
            case EventCount count -> false;
            case Peak peak -> perRule(peak.measure);
            case Holds holds -> holds.tests.stream().anyMatch(test -> perRule(test.measure));
            case Together together -> true;
            case Sequence sequence -> true;
            case Novel novel -> false;
            case Rate rate -> false;
        };
    }

    private static boolean perRule(Measure measure) {
        return switch (measure) {
            case Measure.Events events -> !events.rules().isEmpty();
            case Measure.Rules rules -> true;
            case Measure.Alerts alerts -> true;
            case Measure.Share share -> true;
            case Measure.Distinct d -> false;
            case Measure.Sum s -> false;
            case Measure.Average a -> false;
            case Measure.Percentile p -> false;
        };
    }

    /** Names under which values are told apart. */
    default Set<String> distinct() {
        Set<String> names = new TreeSet<>();
        for (Measure measure : measures()) {
            if (measure instanceof Measure.Distinct distinct) {
                names.add(distinct.name());
            }
        }
        return names;
    }

    /** Names under which values are added. */
    default Set<String> summed() {
        Set<String> names = new TreeSet<>();
        for (Measure measure : measures()) {
            if (measure instanceof Measure.Sum sum) {
                names.add(sum.name());
            } else if (measure instanceof Measure.Average average) {
                names.add(average.name());
            }
        }
        return names;
    }

    private List<Measure> measures() {
        List<Measure> measures = new ArrayList<>();
        switch (this) {
            case EventCount count -> {}
            case Peak peak -> measures.add(peak.measure);
            case Holds holds -> holds.tests.forEach(test -> measures.add(test.measure));
            case Novel novel -> measures.add(new Measure.Distinct(novel.name));
            case Together together -> {}
            case Sequence sequence -> {}
            case Rate rate -> {}
        }
        return measures;
    }

    /** Firing is only known when the log is past it, not when a hit comes. */
    default boolean onProgress() {
        return this instanceof Sequence sequence && sequence.byDeadline()
                || this instanceof Rate rate && !rate.fromBelow();
    }

    /** How far back it remembers what is settled: a time, or a number of stretches; 0 when it does not. */
    default long remembers() {
        return switch (this) {
            case Novel novel -> novel.memory;
            case Rate rate -> rate.stretches;
            case EventCount count -> 0;
            case Peak peak -> 0;
            case Holds holds -> 0;
            case Together together -> 0;
            case Sequence sequence -> 0;
        };
    }

    /** Whether it is an alert is only known at the end of the episode. */
    default boolean atClose() {
        return this instanceof Peak;
    }
}
