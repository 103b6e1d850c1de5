package io.bongsu.rules.syntax;

import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code a and not 1 of b*}: or binds less than and, and less than not, not less than of. */
final class ConditionParser {
    private static final Pattern TOKEN = Pattern.compile("\\|\\||[()|]|[^\\s()|]+");
    private static final int MAX_DEPTH = 100;
    private static final Set<String> RESERVED = Set.of("and", "or", "not", "of", "(", ")", "|", "||");
    /** What other languages write. */
    private static final Map<String, String> FOREIGN =
            Map.of("&&", "and", "&", "and", "||", "or", "!", "not", "+", "and", ",", "or");

    private static final List<String> OPERATORS = List.of("and", "or", "not");
    private static final Pattern UNSPEAKABLE = Pattern.compile("[\\s()|]");

    private final YamlScalar at;
    private final List<YamlScalar> tokens;
    private final Set<String> names;
    private final String among;
    private final Problems problems;
    private boolean refused;
    private int next;
    private int depth;

    private ConditionParser(YamlScalar at, Set<String> names, String among, Problems problems) {
        this.at = at;
        this.names = names;
        this.among = among;
        this.problems = problems;
        this.tokens = at.words(TOKEN);
    }

    /** Something is wrong with the token that is next. */
    private static final class Wrong extends RuntimeException {
        final String fix;

        Wrong(String message, String fix) {
            super(message, null, false, false);
            this.fix = fix;
        }
    }

    /**
     * Null when there was a problem.
     *
     * @param among where its names are to be found
     */
    static @Nullable Condition parse(YamlScalar at, Set<String> names, String among, Problems problems) {
        ConditionParser parser = new ConditionParser(at, names, among, problems);
        if (!parser.canBegin()) {
            return null;
        }
        try {
            Condition condition = parser.or();
            if (parser.next < parser.tokens.size()) {
                throw parser.unexpected("'and', 'or' or the end");
            }
            return parser.refused ? null : condition;
        } catch (Wrong e) {
            problems.add(parser.token(parser.next), String.valueOf(e.getMessage()), e.fix);
            parser.rest();
            return null;
        }
    }

    private boolean canBegin() {
        if (tokens.isEmpty()) {
            refuse(0, "the condition is empty", "name the search identifiers to look for");
        }
        for (String name : names) {
            if (UNSPEAKABLE.matcher(name).find() && at.text().contains(name)) {
                String fix = "call it '" + UNSPEAKABLE.matcher(name).replaceAll("_") + "'";
                refuse(0, "a condition cannot name the search '" + name + "'", fix);
            }
        }
        return !refused;
    }

    /** Behind what cannot be read: names that are not there. What stands at the wrong place is told already. */
    private void rest() {
        boolean aggregation = next < tokens.size() && text(next).equals("|");
        for (int i = next + 1; i < tokens.size() && !aggregation; i++) {
            boolean pattern = text(i).indexOf('*') >= 0 || word(i - 1).equals("of");
            boolean quantity = i + 1 < tokens.size() && word(i + 1).equals("of");
            if (text(i).equals("|")) {
                return;
            }
            if (RESERVED.contains(word(i - 1))
                    && !RESERVED.contains(word(i))
                    && !pattern
                    && !quantity
                    && !names.contains(text(i))) {
                unknown(i);
            }
        }
    }

    /** Where a token stands in the file, and behind the last one where it ends. */
    private YamlNode token(int index) {
        if (index < tokens.size()) {
            return tokens.get(index);
        }
        if (tokens.isEmpty()) {
            return at;
        }
        YamlScalar last = tokens.get(tokens.size() - 1);
        int behind = last.column() + last.text().codePointCount(0, last.text().length());
        return new YamlScalar(last.file(), last.line(), behind, null, "");
    }

    private String text(int index) {
        return tokens.get(index).text();
    }

    private Condition or() {
        List<Condition> parts = new ArrayList<>(List.of(and()));
        while (take("or")) {
            parts.add(and());
        }
        return parts.size() == 1 ? parts.get(0) : new Condition.Or(parts);
    }

    private Condition and() {
        List<Condition> parts = new ArrayList<>(List.of(not()));
        while (take("and")) {
            parts.add(not());
        }
        return parts.size() == 1 ? parts.get(0) : new Condition.And(parts);
    }

    private Condition not() {
        if (++depth > MAX_DEPTH) {
            throw new Wrong("the condition is nested more than " + MAX_DEPTH + " deep", "split it");
        }
        try {
            if (take("not")) {
                return new Condition.Not(not());
            }
            if (take("(")) {
                Condition inner = or();
                if (!take(")")) {
                    throw unexpected("')'");
                }
                return inner;
            }
            return term();
        } finally {
            depth--;
        }
    }

    private Condition term() {
        if (next >= tokens.size() || RESERVED.contains(word(next))) {
            throw unexpected("a search identifier");
        }
        if (next + 1 < tokens.size() && word(next + 1).equals("of")) {
            String quantity = word(next);
            if (!quantity.equals("1") && !quantity.equals("any") && !quantity.equals("all")) {
                refuse(next, "'" + text(next) + " of' is not known", "write '1 of', 'any of' or 'all of'");
            }
            next += 2;
            if (next >= tokens.size() || RESERVED.contains(word(next))) {
                throw unexpected("'them' or a pattern such as 'selection_*'");
            }
            return new Condition.Of(quantity.equals("all"), matching(next++));
        }
        String name = text(next);
        if (!names.contains(name)) {
            if (next + 1 < tokens.size() && !RESERVED.contains(word(next + 1))) {
                throw unexpected("a search identifier");
            }
            unknown(next);
        }
        next++;
        return new Condition.Name(name);
    }

    private void unknown(int index) {
        String name = text(index);
        refuse(
                index,
                "the condition names '" + name + "', which is not " + among,
                Similar.didYouMean(name, names, known()));
    }

    /** What is wrong here; the rest of the condition can still be read. */
    private void refuse(int index, String message, String fix) {
        problems.add(token(index), message, fix);
        refused = true;
    }

    private String known() {
        return names.isEmpty()
                ? "the detection has no search; write one beside the condition"
                : "there are " + String.join(", ", names);
    }

    private List<String> matching(int index) {
        String pattern = text(index);
        boolean them = pattern.equalsIgnoreCase("them");
        List<String> found = names.stream()
                .filter(name -> !name.startsWith("_") || pattern.startsWith("_"))
                .filter(name -> them || star(pattern, name))
                .sorted()
                .toList();
        if (found.isEmpty()) {
            refuse(
                    index,
                    "no search identifier matches '" + pattern + "'",
                    Similar.didYouMean(pattern, names, known()));
        }
        return found;
    }

    /** Whether the name fits a pattern in which {@code *} stands for any text; linear in practice, never exponential. */
    private static boolean star(String pattern, String name) {
        int p = 0;
        int n = 0;
        int lastStar = -1;
        int resume = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                lastStar = p++;
                resume = n;
            } else if (p < pattern.length() && pattern.charAt(p) == name.charAt(n)) {
                p++;
                n++;
            } else if (lastStar >= 0) {
                p = lastStar + 1;
                n = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    private Wrong unexpected(String wanted) {
        if (next < tokens.size() && text(next).equals("|")) {
            return new Wrong(
                    "the condition has an aggregation after '|', which Sigma has given up",
                    "write a correlation rule over this one");
        }
        String found = next < tokens.size() ? "'" + text(next) + "'" : "the end";
        return new Wrong("the condition has " + found + " where " + wanted + " is expected", fix(wanted));
    }

    private String fix(String wanted) {
        String usual = "write such as: selection and not 1 of filter*";
        if (next >= tokens.size()) {
            return wanted.equals("')'") ? "close the parenthesis" : usual;
        }
        String word = word(next);
        if (FOREIGN.containsKey(word)) {
            return "write '" + FOREIGN.get(word) + "'";
        }
        if (names.contains(text(next)) && RESERVED.contains(word)) {
            return "it is a word of conditions; call the search otherwise";
        }
        if (word.equals(")")) {
            return "remove it, or write what belongs before it";
        }
        if (RESERVED.contains(word) || names.contains(text(next))) {
            return usual;
        }
        Set<String> meant = new TreeSet<>(OPERATORS);
        if (wanted.equals("a search identifier")) {
            meant.addAll(names);
        }
        return Similar.didYouMean(word, meant, "the operators are and, or and not");
    }

    private boolean take(String word) {
        if (next < tokens.size() && word(next).equals(word)) {
            next++;
            return true;
        }
        return false;
    }

    private String word(int index) {
        return text(index).toLowerCase(Locale.ROOT);
    }
}
