package io.bongsu.rules.match;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * A regular expression of RE2/J: time linear in the text, so no rule can stop the pipeline. What that engine cannot
 * express (looking around, back references, possessive and atomic groups) is refused with the name of the construct.
 */
final class LinearRegex {
    /** The size an expression may have when its counted repetitions are written out. */
    private static final long MAX_SIZE = 20_000;

    private static final Map<String, String> REFUSED = Map.of(
            "(?=", "lookahead '(?='",
            "(?!", "negative lookahead '(?!'",
            "(?<=", "lookbehind '(?<='",
            "(?<!", "negative lookbehind '(?<!'",
            "(?>", "an atomic group '(?>'",
            "(?(", "a conditional '(?('",
            "(?R", "recursion '(?R'");

    private static final Pattern FLAG_M = Pattern.compile("\\(\\?[a-zA-Z]*m");

    private final String source;
    private final int flags;
    private final Pattern pattern;
    private final List<String> needed;

    private LinearRegex(String source, int flags, Pattern pattern) {
        this.source = source;
        this.flags = flags;
        this.pattern = pattern;
        this.needed = RegexNeeds.of(Texts.composed(source));
    }

    /** Why an expression is refused, in words for the rule's author. */
    static final class Refused extends Exception {
        final String fix;

        Refused(String message, String fix) {
            super(message);
            this.fix = fix;
        }
    }

    static LinearRegex compile(String source, boolean ignoreCase, boolean multiLine, boolean dotAll) throws Refused {
        int flags = (ignoreCase ? Pattern.CASE_INSENSITIVE : 0)
                | (multiLine ? Pattern.MULTILINE : 0)
                | (dotAll ? Pattern.DOTALL : 0);
        if (size(source) > MAX_SIZE) {
            throw new Refused("the regular expression is too large", "repeat less: its counts multiply");
        }
        try {
            return new LinearRegex(source, flags, Pattern.compile(ended(Texts.composed(source), multiLine), flags));
        } catch (PatternSyntaxException e) {
            String part = e.getPattern() == null ? "" : e.getPattern();
            for (Map.Entry<String, String> refused : REFUSED.entrySet()) {
                if (part.startsWith(refused.getKey())) {
                    throw new Refused(
                            "the regular expression uses " + refused.getValue(),
                            "no engine does that in linear time; say it with a second search and the condition");
                }
            }
            if (part.matches("\\\\[1-9]")) {
                throw new Refused(
                        "the regular expression uses the back reference '" + part + "'",
                        "no engine does that in linear time; write the text out");
            }
            throw new Refused(
                    "the regular expression is refused: " + e.getDescription()
                            + (part.isEmpty() ? "" : " '" + part + "'"),
                    fix(e.getDescription(), part));
        }
    }

    /**
     * In PCRE, Java and Python, {@code $} also holds before the line end that ends the text; in RE2 it does not. Script blocks
     * and messages of Windows end so, and rules are written for the former.
     */
    private static String ended(String source, boolean multiLine) {
        if (multiLine || source.indexOf('$') < 0 || FLAG_M.matcher(source).find()) {
            return source;
        }
        StringBuilder ended = new StringBuilder();
        for (int i = 0; i < source.length(); i++) {
            char c = source.charAt(i);
            int stop = i + 1;
            if (source.startsWith("\\Q", i)) {
                int end = source.indexOf("\\E", i);
                stop = end < 0 ? source.length() : end + 2;
            } else if (c == '[') {
                stop = Math.min(classEnd(source, i) + 1, source.length());
            } else if (c == '\\') {
                stop = Math.min(i + 2, source.length());
            }
            ended.append(c == '$' ? "(?:\\n?\\z)" : source.substring(i, stop));
            i = stop - 1;
        }
        return ended.toString();
    }

    private static String fix(String description, String part) {
        String how =
                switch (description) {
                    case "missing closing )" -> "write \\( and \\) for the characters";
                    case "missing closing ]" -> "write \\[ for the character";
                    case "missing argument to repetition operator" -> "write .* for any text, \\* for the character";
                    case "invalid escape sequence", "trailing backslash at end of expression" ->
                        switch (part) {
                            case "\\Z" -> "write $ or \\z";
                            case "\\h" -> "write [ \\t]";
                            case "\\R" -> "write \\r?\\n";
                            case "\\u" -> "write \\x{ and } around the number";
                            default -> "write \\\\ for a backslash";
                        };
                    default -> "";
                };
        return (how.isEmpty() ? how : how + "; ") + "the syntax is that of RE2";
    }

    /** Over-estimates the size with counted repetitions written out; RE2/J itself only limits each single count. */
    private static long size(String source) {
        Deque<Long> outer = new ArrayDeque<>();
        long sum = 0;
        long last = 0;
        for (int i = 0; i < source.length(); i++) {
            char c = source.charAt(i);
            if (source.startsWith("\\Q", i)) {
                int end = source.indexOf("\\E", i);
                int stop = end < 0 ? source.length() : end + 1;
                last = 1;
                sum += stop - i;
                i = stop;
            } else if (c == '[') {
                i = classEnd(source, i);
                last = 1;
                sum++;
            } else if (c == '\\' && i + 1 < source.length()) {
                i++;
                last = 1;
                sum++;
            } else if (c == '(') {
                outer.push(sum);
                sum = 0;
                last = 0;
            } else if (c == ')' && !outer.isEmpty()) {
                last = sum + 1;
                sum = outer.pop() + last;
            } else if (c == '{') {
                int end = source.indexOf('}', i);
                long count = end < 0 ? 1 : largest(source.substring(i + 1, end));
                sum += last * (count - 1);
                last *= count;
            } else {
                last = 1;
                sum++;
            }
            if (sum > MAX_SIZE || outer.size() > 200) {
                return Long.MAX_VALUE;
            }
        }
        return sum;
    }

    /** The place of the bracket that ends a character class. */
    static int classEnd(String source, int start) {
        int i = start + 1;
        if (i < source.length() && source.charAt(i) == '^') {
            i++;
        }
        if (i < source.length() && source.charAt(i) == ']') {
            i++;
        }
        while (i < source.length() && source.charAt(i) != ']') {
            boolean named = source.startsWith("[:", i) && source.indexOf(":]", i + 2) > 0;
            i = named ? source.indexOf(":]", i + 2) + 2 : source.charAt(i) == '\\' ? i + 2 : i + 1;
        }
        return i;
    }

    private static long largest(String counts) {
        long largest = 1;
        for (String count : counts.split(",")) {
            if (count.matches("[0-9]{1,9}")) {
                largest = Math.max(largest, Long.parseLong(count));
            }
        }
        return largest;
    }

    /** Texts of which one stands, but for its case, in whatever this finds; empty when nothing can be said. */
    List<String> needed() {
        return needed;
    }

    boolean find(String text) {
        return pattern.matcher(text).find();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LinearRegex regex && flags == regex.flags && source.equals(regex.source);
    }

    @Override
    public int hashCode() {
        return source.hashCode() * 31 + flags;
    }

    @Override
    public String toString() {
        return flags + ":" + source;
    }
}
