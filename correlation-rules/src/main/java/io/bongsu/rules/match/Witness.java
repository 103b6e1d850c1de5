package io.bongsu.rules.match;

import io.bongsu.rules.match.Literals.Literal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has to be seen in an event before a match can hold: one of the triggers. Of parts that must all hold the rarest
 * one speaks for all; of alternatives each has to be looked for.
 *
 * @param cost how often a trigger is likely to be seen; see {@link Rarity}
 * @param proven a part of the match that holds whenever a trigger is seen, and need not be tested again
 */
record Witness(
        List<Trigger> triggers, double cost, @Nullable Match proven) {
    static final Witness ALWAYS = new Witness(List.of(new Trigger.Always()), Rarity.ALWAYS, null);
    static final Witness NEVER = new Witness(List.of(), 0, null);

    sealed interface Trigger {
        /** A value of the field holds the literal. */
        record Text(Field field, Literal literal) implements Trigger {}

        /** The field has a value. */
        record AnyValue(Field field) implements Trigger {}

        /** A text of the event holds the literal. */
        record Word(Literal literal) implements Trigger {}

        /** Nothing in particular. */
        record Always() implements Trigger {}
    }

    /** The field whose literals are all that it looks for, or null. */
    @Nullable
    Field onlyField() {
        Field only = null;
        for (Trigger trigger : triggers) {
            if (!(trigger instanceof Trigger.Text text) || only != null && !only.equals(text.field)) {
                return null;
            }
            only = text.field;
        }
        return only;
    }

    static Witness of(Match match, Rarity rarity) {
        return switch (match) {
            case Match.All all ->
                rarest(all.parts().stream().map(part -> of(part, rarity)).toList());
            case Match.Any any ->
                each(
                        any,
                        any.parts(),
                        any.parts().stream().map(part -> of(part, rarity)).toList());
            case Match.Not not -> ofNot(not.part(), rarity);
            case Match.Atom atom -> of(atom, rarity);
            case Match.Reference reference -> anyValue(reference.field(), null);
            case Match.Listed listed -> anyValue(listed.field(), null);
            case Match.During during -> ALWAYS;
            case Match.Keyword keyword -> of(keyword, rarity);
        };
    }

    /** For when the match must not hold. */
    private static Witness ofNot(Match match, Rarity rarity) {
        return switch (match) {
            case Match.All all ->
                each(
                        null,
                        all.parts(),
                        all.parts().stream().map(part -> ofNot(part, rarity)).toList());
            case Match.Any any ->
                rarest(any.parts().stream().map(part -> ofNot(part, rarity)).toList());
            case Match.Not not -> of(not.part(), rarity);
            case Match.Atom atom -> atom.predicate instanceof Predicate.Missing ? anyValue(atom.field, null) : ALWAYS;
            case Match.Reference reference -> ALWAYS;
            case Match.Listed listed -> ALWAYS;
            case Match.During during -> ALWAYS;
            case Match.Keyword keyword -> ALWAYS;
        };
    }

    private static Witness rarest(List<Witness> parts) {
        Witness best = ALWAYS;
        for (Witness part : parts) {
            if (part.cost < best.cost) {
                best = part;
            }
        }
        return best;
    }

    private static Witness each(@Nullable Match whole, List<Match> parts, List<Witness> witnesses) {
        List<Trigger> triggers = new ArrayList<>();
        double cost = 0;
        boolean proves = whole != null;
        for (int i = 0; i < parts.size(); i++) {
            Witness witness = witnesses.get(i);
            triggers.addAll(witness.triggers);
            cost += witness.cost;
            proves &= witness.proven == parts.get(i);
        }
        return cost >= Rarity.ALWAYS ? ALWAYS : new Witness(triggers, cost, proves ? whole : null);
    }

    private static Witness of(Match.Atom atom, Rarity rarity) {
        List<Literal> needed = Needed.in(atom.predicate);
        if (!needed.isEmpty()) {
            return texts(
                    needed.stream()
                            .<Trigger>map(literal -> new Trigger.Text(atom.field, literal))
                            .toList(),
                    needed,
                    rarity,
                    Needed.suffices(atom.predicate) ? atom : null);
        }
        return switch (atom.predicate) {
            case Predicate.Exists p -> anyValue(atom.field, atom);
            // These look at the field, not at a value of it.
            case Predicate.Missing p -> ALWAYS;
            case Predicate.Present p -> ALWAYS;
            // These need a value of which nothing more is known.
            case Predicate.Equal p -> anyValue(atom.field, null);
            case Predicate.Prefix p -> anyValue(atom.field, null);
            case Predicate.Suffix p -> anyValue(atom.field, null);
            case Predicate.Contains p -> anyValue(atom.field, null);
            case Predicate.Glob p -> anyValue(atom.field, null);
            case Predicate.Regex p -> anyValue(atom.field, null);
            case Predicate.Cidr p -> anyValue(atom.field, null);
            case Predicate.Compare p -> anyValue(atom.field, null);
            case Predicate.TimePart p -> anyValue(atom.field, null);
        };
    }

    private static Witness of(Match.Keyword keyword, Rarity rarity) {
        List<Literal> needed = Needed.in(keyword.predicate);
        return needed.isEmpty()
                        || needed.stream().anyMatch(literal -> literal.text().isEmpty())
                ? ALWAYS
                : texts(
                        needed.stream()
                                .<Trigger>map(literal -> new Trigger.Word(new Literal(literal.text(), false, false)))
                                .toList(),
                        needed,
                        rarity,
                        null);
    }

    private static Witness texts(
            List<Trigger> triggers, List<Literal> literals, Rarity rarity, @Nullable Match proven) {
        return new Witness(triggers, literals.stream().mapToDouble(rarity::of).sum(), proven);
    }

    private static Witness anyValue(Field field, @Nullable Match proven) {
        return new Witness(List.of(new Trigger.AnyValue(field)), Rarity.ANY_VALUE, proven);
    }
}
