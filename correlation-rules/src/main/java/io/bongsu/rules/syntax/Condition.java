package io.bongsu.rules.syntax;

import java.util.List;

/** How search identifiers are combined. */
public sealed interface Condition {
    record And(List<Condition> parts) implements Condition {
        public And {
            parts = List.copyOf(parts);
        }
    }

    record Or(List<Condition> parts) implements Condition {
        public Or {
            parts = List.copyOf(parts);
        }
    }

    record Not(Condition part) implements Condition {}

    record Name(String name) implements Condition {}

    /** {@code all of} or {@code 1 of} several identifiers; which ones the pattern means is already worked out. */
    record Of(boolean all, List<String> names) implements Condition {
        public Of {
            names = List.copyOf(names);
        }
    }
}
