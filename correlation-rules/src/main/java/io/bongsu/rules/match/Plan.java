package io.bongsu.rules.match;

import io.bongsu.rules.match.EventView.Value;
import io.bongsu.rules.match.Literals.Literal;
import java.util.List;
import java.util.Set;

/**
 * What is left to test of a match once its witness was seen, in the order that ends soonest: cheap tests first,
 * regular expressions last. Means what {@link Evaluation} says; what a value has answered once it does not work out
 * again.
 */
sealed interface Plan {
    Plan TRUE = new All(new Plan[0]);
    Plan FALSE = new Any(new Plan[0]);

    boolean holds(Matcher matcher);

    record All(Plan[] parts) implements Plan {
        @Override
        public boolean holds(Matcher matcher) {
            for (Plan part : parts) {
                if (!part.holds(matcher)) {
                    return false;
                }
            }
            return true;
        }
    }

    record Any(Plan[] parts) implements Plan {
        @Override
        public boolean holds(Matcher matcher) {
            for (Plan part : parts) {
                if (part.holds(matcher)) {
                    return true;
                }
            }
            return false;
        }
    }

    record Not(Plan part) implements Plan {
        @Override
        public boolean holds(Matcher matcher) {
            return !part.holds(matcher);
        }
    }

    /**
     * One of some literals stands in the field: the kind of its value tells, see {@link Kind}.
     *
     * @param id the same for the same literals of the same field
     */
    record Part(int id, Field field, Set<Literal> literals) implements Plan {
        @Override
        public boolean holds(Matcher matcher) {
            matcher.tests++;
            return matcher.event.values(field).kind().holds(id);
        }
    }

    /** A test that costs less than looking up what it said before. */
    record Cheap(Match.Atom atom) implements Plan {
        @Override
        public boolean holds(Matcher matcher) {
            matcher.tests++;
            return Evaluation.holds(atom.predicate, matcher.event.values(atom.field));
        }
    }

    /** A test that costs more. */
    record Costly(Match.Atom atom) implements Plan {
        @Override
        public boolean holds(Matcher matcher) {
            matcher.tests++;
            List<Value> values = matcher.event.values(atom.field).list();
            for (int i = 0; i < values.size(); i++) {
                Value value = matcher.tested(values.get(i));
                int verdict = value.verdict(atom.id);
                if (verdict == 1 || verdict < 0 && matcher.remember(value, atom.id, holds(matcher, value))) {
                    return true;
                }
            }
            return false;
        }

        private boolean holds(Matcher matcher, Value value) {
            if (atom.predicate instanceof Predicate.Regex) {
                matcher.regexes++;
            }
            return Evaluation.holds(atom.predicate, value);
        }
    }

    /** Not a property of one value (two fields compared, or a field and the time), so it is worked out each time. */
    record Several(Match match) implements Plan {
        @Override
        public boolean holds(Matcher matcher) {
            matcher.tests++;
            return Evaluation.holds(match, matcher.event);
        }
    }

    /** One test of every text of the event. */
    record Keyword(Match.Keyword keyword) implements Plan {
        @Override
        public boolean holds(Matcher matcher) {
            matcher.tests++;
            return Evaluation.holds(keyword, matcher.event);
        }
    }
}
