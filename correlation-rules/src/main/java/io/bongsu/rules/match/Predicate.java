package io.bongsu.rules.match;

import inet.ipaddr.IPAddress;

/** A test of one field. Texts are composed, and folded unless {@code cased}; equal predicates are the same test. */
sealed interface Predicate {
    record Equal(String text, boolean cased) implements Predicate {}

    record Prefix(String text, boolean cased) implements Predicate {}

    record Suffix(String text, boolean cased) implements Predicate {}

    record Contains(String text, boolean cased) implements Predicate {}

    record Glob(SigmaText pattern, boolean cased) implements Predicate {}

    /** Found anywhere in the value; linear time. */
    record Regex(LinearRegex regex) implements Predicate {}

    record Cidr(IPAddress block) implements Predicate {}

    /** Against a number, or a text that is one; a Long or a Double. */
    record Compare(Comparison comparison, Number number) implements Predicate {}

    /** A part of the date or time that the value writes, as it is written: no time zone is converted. */
    record TimePart(DatePart part, Comparison comparison, long number) implements Predicate {}

    /** The field is there with any value. */
    record Exists() implements Predicate {}

    /** The field is there (or is not), whatever its value, be it null or an empty list. */
    record Present(boolean wanted) implements Predicate {}

    /** The field is absent or has no value. */
    record Missing() implements Predicate {}

    enum Comparison {
        EQ,
        LT,
        LTE,
        GT,
        GTE;

        boolean holds(int order) {
            return switch (this) {
                case EQ -> order == 0;
                case LT -> order < 0;
                case LTE -> order <= 0;
                case GT -> order > 0;
                case GTE -> order >= 0;
            };
        }
    }
}
