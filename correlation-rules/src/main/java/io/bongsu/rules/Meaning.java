package io.bongsu.rules;

import io.bongsu.rules.correlate.Fired;
import io.bongsu.rules.correlate.Measure;
import io.bongsu.rules.correlate.Trigger;
import io.bongsu.rules.match.Canonical;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A trigger as text that is the same for the same meaning. Rule versions are hashes of it, so a change here gives every
 * correlation a new version. A rule stands for itself with its own version, not with its name.
 */
final class Meaning {
    private Meaning() {}

    /** @param parts by id, the version of each rule, and what is taken from its hits */
    static List<String> of(Trigger trigger, Map<String, String> parts) {
        List<String> meaning = new ArrayList<>();
        switch (trigger) {
            case Trigger.EventCount count -> meaning.addAll(List.of("event_count", Long.toString(count.atLeast())));
            case Trigger.Peak peak ->
                meaning.addAll(
                        List.of("peak", of(peak.measure(), parts), peak.bound().toString()));
            case Trigger.Holds holds -> {
                meaning.addAll(List.of("holds", Long.toString(holds.minEvents())));
                TreeSet<String> tests = new TreeSet<>();
                holds.tests().forEach(test -> tests.add(of(test.measure(), parts) + " " + test.bound()));
                meaning.addAll(tests);
            }
            case Trigger.Together together -> meaning.addAll(List.of("together", of(together.fired(), parts)));
            case Trigger.Sequence sequence -> {
                meaning.add("sequence");
                sequence.steps()
                        .forEach(step ->
                                meaning.add((step.absent() ? "not " : step.times() + " ") + of(step.rules(), parts)));
                meaning.add("until " + of(sequence.until(), parts));
            }
            case Trigger.Novel novel ->
                meaning.addAll(List.of(
                        "first_seen",
                        Canonical.of(novel.name()),
                        Long.toString(novel.memory()),
                        Long.toString(novel.learning())));
            case Trigger.Rate rate ->
                meaning.addAll(List.of(
                        "rate",
                        rate.bound().toString(),
                        Integer.toString(rate.stretches()),
                        Integer.toString(rate.learning()),
                        Long.toString(rate.minEvents())));
        }
        return meaning;
    }

    private static String of(Measure measure, Map<String, String> parts) {
        return switch (measure) {
            case Measure.Events events -> "events " + of(events.rules(), parts);
            case Measure.Alerts alerts -> "alerts";
            case Measure.Distinct distinct -> "distinct " + Canonical.of(distinct.name());
            case Measure.Rules rules -> "rules";
            case Measure.Sum sum -> "sum " + Canonical.of(sum.name());
            case Measure.Average average -> "average " + Canonical.of(average.name());
            case Measure.Percentile p ->
                "percentile " + Canonical.of(p.name()) + p.percent().toPlainString();
            case Measure.Share share -> "share " + of(share.rules(), parts);
        };
    }

    private static String of(Fired fired, Map<String, String> parts) {
        return switch (fired) {
            case Fired.All all -> "all(" + sorted(all.parts(), parts) + ")";
            case Fired.Any any -> "any(" + sorted(any.parts(), parts) + ")";
            case Fired.Not not -> "not(" + of(not.part(), parts) + ")";
            case Fired.Rule rule -> Canonical.of(String.valueOf(parts.get(rule.id())));
        };
    }

    private static String sorted(List<Fired> fired, Map<String, String> parts) {
        TreeSet<String> texts = new TreeSet<>();
        fired.forEach(part -> texts.add(of(part, parts)));
        return String.join(" ", texts);
    }

    private static String of(Collection<String> rules, Map<String, String> parts) {
        TreeSet<String> texts = new TreeSet<>();
        rules.forEach(rule -> texts.add(Canonical.of(String.valueOf(parts.get(rule)))));
        return String.join(" ", texts);
    }
}
