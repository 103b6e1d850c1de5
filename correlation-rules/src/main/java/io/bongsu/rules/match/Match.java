package io.bongsu.rules.match;

import java.util.List;

/** What a detection means, compiled. Atoms are interned: the same test of the same field is one object with one id. */
public sealed interface Match {
    record All(List<Match> parts) implements Match {
        public All {
            parts = List.copyOf(parts);
        }
    }

    record Any(List<Match> parts) implements Match {
        public Any {
            parts = List.copyOf(parts);
        }
    }

    record Not(Match part) implements Match {}

    /** One test of one field. */
    final class Atom implements Match {
        final int id;
        final Field field;
        final Predicate predicate;

        Atom(int id, Field field, Predicate predicate) {
            this.id = id;
            this.field = field;
            this.predicate = predicate;
        }
    }

    /** Some value of a field is one of another field's, or begins or ends with it, or contains it. */
    record Reference(Field field, Field other, Shape shape, boolean cased) implements Match {
        enum Shape {
            EQUAL,
            PREFIX,
            SUFFIX,
            CONTAINS
        }
    }

    /** Some value of a field is on a list, and the list's entry holds at the time of the event. */
    record Listed(Field field, Indicators indicators) implements Match {}

    /** The event is not earlier than {@code from}, and earlier than {@code until}; microseconds. */
    record During(long from, long until) implements Match {}

    /** One test of every text of the event. */
    final class Keyword implements Match {
        final int id;
        final Predicate predicate;

        Keyword(int id, Predicate predicate) {
            this.id = id;
            this.predicate = predicate;
        }
    }
}
