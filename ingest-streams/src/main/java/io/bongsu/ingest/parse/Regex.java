package io.bongsu.ingest.parse;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.bongsu.rules.match.RegexNeeds;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code regex}: the last resort. RE2 syntax, found anywhere in the text; {@code (?P<source.port:port>\d+)} is a field
 * with a type. Linear in the length of the text, whatever the pattern; a text that holds none of the words that the
 * pattern needs is not shown to it, since most steps with a pattern find nothing in most lines.
 */
final class Regex implements Matching {
    private final Pattern pattern;
    private final List<@Nullable Target> targets;
    private final boolean needs;
    /** The words of which one has to stand in the text, by their first character in either case. */
    private final String[][] needed = new String[128][];

    private Regex(Pattern pattern, List<@Nullable Target> targets) {
        this.pattern = pattern;
        this.targets = targets;
        List<String> words = RegexNeeds.of(pattern.pattern());
        this.needs = !words.isEmpty();
        for (int c = 0; c < needed.length; c++) {
            String first = String.valueOf((char) c);
            needed[c] = words.stream()
                    .filter(word -> word.regionMatches(true, 0, first, 0, 1))
                    .toArray(String[]::new);
        }
    }

    @Override
    public boolean match(String text, Body out) {
        if (needs && !holdsNeeded(text)) {
            return false;
        }
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            return false;
        }
        for (int i = 0; i < targets.size(); i++) {
            Target target = targets.get(i);
            int from = target == null ? -1 : matcher.start(i + 1);
            if (target != null && from >= 0 && matcher.end(i + 1) > from) {
                target.put(out, text.substring(from, matcher.end(i + 1)));
            }
        }
        return true;
    }

    private boolean holdsNeeded(String text) {
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c >= 128) {
                return true; // may be a letter of ASCII in another case: the Kelvin sign
            }
            for (String word : needed[c]) {
                if (text.regionMatches(true, at, word, 0, word.length())) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public List<Target> targets() {
        return targets.stream().filter(java.util.Objects::nonNull).toList();
    }

    /** Names of groups may hold dots and a type here, which RE2 would not take: they are numbered instead. */
    static Regex compile(String text) throws Template.Invalid {
        StringBuilder plain = new StringBuilder();
        List<@Nullable Target> targets = new ArrayList<>();
        boolean inClass = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                plain.append(c).append(text.charAt(++i));
                continue;
            }
            inClass = c == '[' || inClass && c != ']';
            if (inClass || c != '(') {
                plain.append(c);
                continue;
            }
            int name = text.startsWith("(?P<", i) ? i + 4 : text.startsWith("(?<", i) ? i + 3 : -1;
            if (name < 0) {
                plain.append(c);
                if (!text.startsWith("(?", i)) {
                    targets.add(null);
                }
                continue;
            }
            int close = text.indexOf('>', name);
            String inside = close < 0 ? "" : text.substring(name, close);
            Target target = Target.read(inside);
            if (target == null || !Names.isField(target.name())) {
                throw new Template.Invalid(
                        i, "'" + inside + "' is no field", "write (?P<source.port:port>...) or (?:...)");
            }
            targets.add(target);
            plain.append('(');
            i = close;
        }
        try {
            return new Regex(Pattern.compile(plain.toString()), targets);
        } catch (PatternSyntaxException e) {
            throw new Template.Invalid(
                    0, String.valueOf(e.getMessage()), "RE2 has no look-around and no back-references");
        }
    }
}
