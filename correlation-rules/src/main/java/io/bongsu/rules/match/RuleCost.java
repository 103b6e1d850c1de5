package io.bongsu.rules.match;

import io.bongsu.rules.match.Planner.Planned;
import io.bongsu.rules.match.Witness.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a rule is likely to cost, from its compiled form alone, so the same on every machine: how often it has to be looked
 * at, times what is then left to test.
 *
 * @param weight as a power of ten: a rule of 7 costs about ten times one of 6
 * @param why what makes it dear, in words for its author; nothing for a cheap one
 */
public record RuleCost(double weight, List<String> why) {
    private static final int SHORT = 4;
    private static final int MANY = 200;

    public RuleCost {
        why = List.copyOf(why);
    }

    static RuleCost of(Planned rule) {
        List<String> why = new ArrayList<>();
        Witness witness = rule.witness();
        if (witness.triggers().isEmpty()) {
            return new RuleCost(0, List.of("never holds"));
        }
        long always = witness.triggers().stream()
                .filter(Trigger.Always.class::isInstance)
                .count();
        if (always > 0) {
            why.add("every event of its log source: it asks for nothing that has to be there");
        }
        String any = fields(witness.triggers().stream()
                .filter(Trigger.AnyValue.class::isInstance)
                .map(trigger -> ((Trigger.AnyValue) trigger).field())
                .toList());
        if (!any.isEmpty()) {
            why.add("every event with " + any + ": no text has to stand there");
        }
        long words = witness.triggers().stream()
                .filter(Trigger.Word.class::isInstance)
                .count();
        if (words > 0) {
            why.add(words + " keywords are sought in all texts of an event");
        }
        List<Trigger.Text> texts = witness.triggers().stream()
                .filter(Trigger.Text.class::isInstance)
                .map(Trigger.Text.class::cast)
                .toList();
        String shorts = texts.stream()
                .filter(text -> text.literal().text().length() < SHORT
                        && !(text.literal().start() && text.literal().end()))
                .map(text -> "'" + text.literal().text() + "' in " + name(text.field()))
                .distinct()
                .limit(3)
                .collect(Collectors.joining(", "));
        if (!shorts.isEmpty()) {
            why.add("found by a short text: " + shorts);
        }
        if (texts.size() >= MANY) {
            why.add("any of " + texts.size() + " texts brings it up");
        }
        String announced = regexes(rule, true);
        if (!announced.isEmpty()) {
            why.add("a regular expression on " + announced);
        }
        String bare = regexes(rule, false);
        if (!bare.isEmpty()) {
            why.add("a regular expression that no text announces on " + bare);
        }
        if (rule.leaves().stream().anyMatch(Plan.Keyword.class::isInstance)) {
            why.add("all texts of the event are tested");
        }
        return new RuleCost(Math.log10(1 + witness.cost() * (1.0 + rule.work())), why);
    }

    private static String regexes(Planned rule, boolean announced) {
        return fields(rule.leaves().stream()
                .filter(leaf -> leaf instanceof Plan.Costly costly
                        && costly.atom().predicate instanceof Predicate.Regex
                        && Needed.in(costly.atom().predicate).isEmpty() != announced)
                .map(leaf -> ((Plan.Costly) leaf).atom().field)
                .toList());
    }

    private static String fields(List<Field> fields) {
        return fields.stream().map(RuleCost::name).distinct().limit(3).collect(Collectors.joining(", "));
    }

    private static String name(Field field) {
        return field.candidates().get(0);
    }
}
