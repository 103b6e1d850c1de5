package io.bongsu.rules.match;

import java.util.Set;
import java.util.TreeSet;

/** Whether a match can hold at all where some fields are never filled, and which of them it would need. */
public final class Needs {
    private Needs() {}

    /** Whether any event has a value under a name. */
    public interface Filled {
        boolean has(String name);
    }

    /** Under one of these names. */
    public static Filled in(Set<String> names) {
        return name -> {
            String beginning = Field.beginning(name);
            return beginning == null ? names.contains(name) : names.stream().anyMatch(one -> one.startsWith(beginning));
        };
    }

    /**
     * False when it cannot hold, whatever the values of the fields that are filled.
     */
    public static boolean canHold(Match match, Filled filled) {
        return switch (match) {
            case Match.All all -> all.parts().stream().allMatch(part -> canHold(part, filled));
            case Match.Any any -> any.parts().stream().anyMatch(part -> canHold(part, filled));
            case Match.Not not -> true;
            case Match.Atom atom -> needsNothing(atom) || has(atom.field, filled);
            case Match.Reference reference -> has(reference.field(), filled) && has(reference.other(), filled);
            case Match.Listed listed -> has(listed.field(), filled);
            case Match.During during -> true;
            case Match.Keyword keyword -> true;
        };
    }

    /** The fields for want of which it cannot hold, each under the first of its names. */
    public static Set<String> missing(Match match, Filled filled) {
        Set<String> missing = new TreeSet<>();
        collect(match, filled, missing);
        return missing;
    }

    private static void collect(Match match, Filled filled, Set<String> into) {
        if (canHold(match, filled)) {
            return;
        }
        switch (match) {
            case Match.All all -> all.parts().forEach(part -> collect(part, filled, into));
            case Match.Any any -> any.parts().forEach(part -> collect(part, filled, into));
            case Match.Atom atom -> into.add(atom.field.candidates().getFirst());
            case Match.Reference reference -> {
                add(reference.field(), filled, into);
                add(reference.other(), filled, into);
            }
            case Match.Listed listed -> add(listed.field(), filled, into);
            case Match.Not not -> throw new IllegalStateException("can hold");
            case Match.During during -> throw new IllegalStateException("can hold");
            case Match.Keyword keyword -> throw new IllegalStateException("can hold");
        }
    }

    private static void add(Field field, Filled filled, Set<String> into) {
        if (!has(field, filled)) {
            into.add(field.candidates().getFirst());
        }
    }

    /** It is true of an absent field. */
    private static boolean needsNothing(Match.Atom atom) {
        return atom.predicate instanceof Predicate.Missing
                || atom.predicate instanceof Predicate.Present present && !present.wanted();
    }

    /** Whether events have it under one of its names. */
    public static boolean has(Field field, Filled filled) {
        return field.candidates().stream().anyMatch(name -> Envelope.has(name) || filled.has(name));
    }
}
