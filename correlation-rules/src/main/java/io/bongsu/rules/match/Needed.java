package io.bongsu.rules.match;

import io.bongsu.rules.match.Literals.Literal;
import java.util.List;

/** What a text must hold, at the least, to pass a test: an index seeks that first. */
final class Needed {
    private Needed() {}

    /** One of these has to stand in the composed and folded text; empty when nothing can be said. */
    static List<Literal> in(Predicate predicate) {
        return switch (predicate) {
            case Predicate.Equal p -> one(p.text(), true, true);
            case Predicate.Prefix p -> one(p.text(), true, false);
            case Predicate.Suffix p -> one(p.text(), false, true);
            case Predicate.Contains p -> one(p.text(), false, false);
            case Predicate.Glob p -> glob(p.pattern());
            case Predicate.Regex p -> regex(p.regex());
            case Predicate.Cidr p -> List.of();
            case Predicate.Compare p -> List.of();
            case Predicate.TimePart p -> List.of();
            case Predicate.Exists p -> List.of();
            case Predicate.Present p -> List.of();
            case Predicate.Missing p -> List.of();
        };
    }

    /** Whether the text passes the test exactly when one of {@link #in} stands in it. */
    static boolean suffices(Predicate predicate) {
        return switch (predicate) {
            case Predicate.Equal p -> !p.cased();
            case Predicate.Prefix p -> !p.cased();
            case Predicate.Suffix p -> !p.cased();
            case Predicate.Contains p -> !p.cased();
            case Predicate.Glob p -> false;
            case Predicate.Regex p -> false;
            case Predicate.Cidr p -> false;
            case Predicate.Compare p -> false;
            case Predicate.TimePart p -> false;
            case Predicate.Exists p -> false;
            case Predicate.Present p -> false;
            case Predicate.Missing p -> false;
        };
    }

    private static List<Literal> one(String text, boolean start, boolean end) {
        return halved(text) ? List.of() : List.of(new Literal(Texts.folded(text), start, end));
    }

    /** The longest part between wildcards. */
    private static List<Literal> glob(SigmaText pattern) {
        Literal best = null;
        for (Literal part : pattern.parts()) {
            if (!halved(part.text())
                    && (best == null || part.text().length() > best.text().length())) {
                best = part;
            }
        }
        return best == null ? List.of() : List.of(new Literal(Texts.folded(best.text()), best.start(), best.end()));
    }

    private static List<Literal> regex(LinearRegex regex) {
        return regex.needed().stream()
                .map(text -> new Literal(Texts.folded(text), false, false))
                .toList();
    }

    /** Whether it begins or ends inside a code point: then text and literal may be folded differently. */
    private static boolean halved(String text) {
        return text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }
}
