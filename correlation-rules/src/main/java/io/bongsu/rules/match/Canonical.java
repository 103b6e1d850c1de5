package io.bongsu.rules.match;

import java.util.List;
import java.util.TreeSet;

/**
 * A match as text that is the same for the same meaning: order and repetition inside "all" and "any" do not count, nor
 * do names of search identifiers. Rule versions are hashes of it, so a change here gives every rule a new version.
 */
public final class Canonical {
    private Canonical() {}

    public static String of(Match match) {
        return switch (match) {
            case Match.All all -> group("all", all.parts());
            case Match.Any any -> group("any", any.parts());
            case Match.Not not -> "not(" + of(not.part()) + ")";
            case Match.Atom atom -> of(atom.field) + of(atom.predicate);
            case Match.Reference r -> of(r.field()) + " " + r.shape() + (r.cased() ? " cased " : " ") + of(r.other());
            case Match.Listed listed -> of(listed.field()) + " on " + listed.indicators();
            case Match.During during -> "during " + during.from() + ".." + during.until();
            case Match.Keyword keyword -> "event" + of(keyword.predicate);
        };
    }

    /** Every name and text is written with its length before it, so that none can pretend to be structure. */
    public static String of(String text) {
        return text.length() + "'" + text + "'";
    }

    public static String of(Field field) {
        StringBuilder names = new StringBuilder("field[");
        field.candidates().forEach(name -> names.append(of(name)));
        return names.append(']').toString();
    }

    private static String group(String kind, List<Match> parts) {
        TreeSet<String> texts = new TreeSet<>();
        parts.forEach(part -> texts.add(of(part)));
        return texts.size() == 1 ? texts.first() : kind + "(" + String.join(" ", texts) + ")";
    }

    private static String of(Predicate predicate) {
        return switch (predicate) {
            case Predicate.Equal p -> " is" + text(p.text(), p.cased());
            case Predicate.Prefix p -> " starts" + text(p.text(), p.cased());
            case Predicate.Suffix p -> " ends" + text(p.text(), p.cased());
            case Predicate.Contains p -> " has" + text(p.text(), p.cased());
            case Predicate.Glob p -> " like" + text(p.pattern().toString(), p.cased());
            case Predicate.Regex p -> " re" + text(p.regex().toString(), true);
            case Predicate.Cidr p -> " in " + p.block().toNormalizedString();
            case Predicate.Compare p -> " " + p.comparison() + " " + p.number();
            case Predicate.TimePart p -> " " + p.part() + " " + p.comparison() + " " + p.number();
            case Predicate.Exists p -> " any";
            case Predicate.Present p -> p.wanted() ? " present" : " absent";
            case Predicate.Missing p -> " missing";
        };
    }

    private static String text(String text, boolean cased) {
        return (cased ? " cased " : " ") + of(text);
    }
}
