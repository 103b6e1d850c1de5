package io.bongsu.rules.match;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Texts of which a regular expression needs one: {@code \\(cmd|pwsh)\.exe.*-enc} needs {@code \cmd.exe} or
 * {@code \pwsh.exe}. Without regard to case. Where it does not understand a construct it says less, never more.
 */
public final class RegexNeeds {
    private static final int MAX_TEXTS = 32;

    private final String source;
    private int at;
    private boolean lost;

    /**
     * What a part of an expression says.
     *
     * @param exact all that it can match; null when that is not a short list
     * @param needed one of these stands in whatever it matches; null when that is not known
     */
    private record Part(
            @Nullable Set<String> exact, @Nullable Set<String> needed) {
        static final Part UNKNOWN = new Part(null, null);
        static final Part EMPTY = new Part(Set.of(""), null);

        static Part of(String text) {
            return new Part(Set.of(text), null);
        }

        @Nullable
        Set<String> needs() {
            return exact != null && !exact.contains("") ? exact : needed;
        }
    }

    private RegexNeeds(String source) {
        this.source = source;
    }

    /** In lower case; empty when nothing can be said. */
    public static List<String> of(String source) {
        RegexNeeds parser = new RegexNeeds(source);
        Part part = parser.alternatives(0);
        Set<String> needs = parser.lost || parser.at < source.length() ? null : part.needs();
        return needs == null ? List.of() : List.copyOf(new TreeSet<>(needs));
    }

    private boolean more() {
        return at < source.length() && !lost;
    }

    private Part lose() {
        lost = true;
        return Part.UNKNOWN;
    }

    private Part alternatives(int depth) {
        if (depth > 100) {
            return lose();
        }
        List<Part> parts = new ArrayList<>();
        parts.add(sequence(depth));
        while (more() && source.charAt(at) == '|') {
            at++;
            parts.add(sequence(depth));
        }
        if (parts.size() == 1) {
            return parts.get(0);
        }
        Set<String> exact = new TreeSet<>();
        Set<String> needed = new TreeSet<>();
        boolean allExact = true;
        boolean allNeed = true;
        for (Part part : parts) {
            allExact &= part.exact != null && exact.addAll(part.exact) | true;
            Set<String> needs = part.needs();
            allNeed &= needs != null && needed.addAll(needs) | true;
        }
        return new Part(
                allExact && exact.size() <= MAX_TEXTS ? exact : null,
                allNeed && needed.size() <= MAX_TEXTS ? needed : null);
    }

    private Part sequence(int depth) {
        Set<String> run = Set.of("");
        Set<String> best = null;
        boolean whole = true;
        while (more() && source.charAt(at) != '|' && source.charAt(at) != ')') {
            Part part = repeated(one(depth));
            if (part.exact != null && run.size() * part.exact.size() <= MAX_TEXTS) {
                run = product(run, part.exact);
                continue;
            }
            whole = false;
            best = better(better(best, run), part.needs());
            run = part.exact == null ? Set.of("") : part.exact;
        }
        return whole ? new Part(run, null) : new Part(null, better(best, run));
    }

    private static Set<String> product(Set<String> a, Set<String> b) {
        Set<String> all = new TreeSet<>();
        a.forEach(x -> b.forEach(y -> all.add(x + y)));
        return all;
    }

    /** The one whose shortest text is longer. */
    private static @Nullable Set<String> better(@Nullable Set<String> a, @Nullable Set<String> b) {
        int x = shortest(a);
        int y = shortest(b);
        return x == 0 && y == 0 ? null : x >= y ? a : b;
    }

    private static int shortest(@Nullable Set<String> texts) {
        return texts == null ? 0 : texts.stream().mapToInt(String::length).min().orElse(0);
    }

    private Part repeated(Part part) {
        Part found = part;
        while (more()) {
            char c = source.charAt(at);
            int least;
            if (c == '*' || c == '?') {
                least = 0;
                at++;
            } else if (c == '+') {
                least = 1;
                at++;
            } else if (c == '{' && counted()) {
                int digits = at + 1;
                at = source.indexOf('}', at) + 1;
                least = source.charAt(digits) == '0' ? 0 : 1;
            } else {
                break;
            }
            at += at < source.length() && source.charAt(at) == '?' ? 1 : 0;
            found = least == 0 ? Part.UNKNOWN : new Part(null, found.needs());
        }
        return found;
    }

    /** Whether a repetition {2}, {2,} or {2,5} stands here; RE2 takes any other brace as itself. */
    private boolean counted() {
        int i = at + 1;
        int digits = 0;
        while (i < source.length() && (source.charAt(i) == ',' || Character.isDigit(source.charAt(i)))) {
            digits += source.charAt(i++) == ',' ? 0 : 1;
        }
        return digits > 0 && source.charAt(at + 1) != ',' && i < source.length() && source.charAt(i) == '}';
    }

    private Part one(int depth) {
        char c = source.charAt(at++);
        return switch (c) {
            case '(' -> group(depth);
            case '[' -> charClass();
            case '.' -> Part.UNKNOWN;
            case '^', '$' -> Part.EMPTY;
            case '\\' -> escape();
            case '*', '+', '?' -> lose();
            default -> literal(c);
        };
    }

    /** Beyond ASCII, composition and case can make one text of several, so nothing is said. */
    private static Part literal(char c) {
        return c < 128 ? Part.of(String.valueOf((char) Texts.fold(c))) : Part.UNKNOWN;
    }

    private Part group(int depth) {
        if (source.startsWith("?", at)) {
            int i = at + 1;
            if (source.startsWith("P<", i) || source.startsWith("<", i)) {
                i = source.indexOf('>', i);
                if (i < 0) {
                    return lose();
                }
                at = i + 1;
            } else {
                while (i < source.length() && "imsU-".indexOf(source.charAt(i)) >= 0) {
                    i++;
                }
                if (i >= source.length() || source.charAt(i) != ':' && source.charAt(i) != ')') {
                    return lose();
                }
                at = i + 1;
                if (source.charAt(i) == ')') {
                    return Part.EMPTY;
                }
            }
        }
        Part inner = alternatives(depth + 1);
        if (!more()) {
            return lose();
        }
        at++;
        return inner;
    }

    private Part charClass() {
        int start = at;
        at = LinearRegex.classEnd(source, start - 1) + 1;
        if (at > source.length()) {
            return lose();
        }
        Set<String> texts = new TreeSet<>();
        for (int i = start; i < at - 1; i++) {
            char c = source.charAt(i);
            if (c == '\\' && i + 1 < at - 1 && !Character.isLetterOrDigit(source.charAt(i + 1))) {
                c = source.charAt(++i);
            } else if (c == '\\' || c == '^' || c == '-' || c == '[') {
                return Part.UNKNOWN;
            }
            if (c >= 128) {
                return Part.UNKNOWN;
            }
            texts.add(String.valueOf((char) Texts.fold(c)));
        }
        return texts.isEmpty() || texts.size() > 8 ? Part.UNKNOWN : new Part(texts, null);
    }

    private Part escape() {
        if (at >= source.length()) {
            return lose();
        }
        char c = source.charAt(at++);
        if (!Character.isLetterOrDigit(c)) {
            return literal(c);
        }
        return switch (c) {
            case 'b', 'B', 'A', 'z' -> Part.EMPTY;
            case 'd', 'D', 'w', 'W', 's', 'S' -> Part.UNKNOWN;
            case 't' -> Part.of("\t");
            case 'n' -> Part.of("\n");
            case 'r' -> Part.of("\r");
            default -> lose();
        };
    }
}
