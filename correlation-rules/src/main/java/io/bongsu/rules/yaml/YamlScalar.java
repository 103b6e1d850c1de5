package io.bongsu.rules.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A single value: String, Long, Double, Boolean or null after the core schema of YAML 1.2 (so {@code yes} and
 * {@code 0o14} are what 1.2 says: a string, and twelve), and the text it was written with, without quotes.
 * An integer that does not fit 64 bits stays a String.
 *
 * @param source as it stands in the file, with quotes, indentation and the header of a block; the text where that is the same
 */
public record YamlScalar(
        String file, int line, int column, @Nullable Object value, String text, String source) implements YamlNode {
    /** The first line of a block. */
    private static final Pattern HEADER = Pattern.compile("[|>][-+0-9]*[ \\t]*(?:#[^\\n]*)?\\r?\\n");

    public YamlScalar {
        boolean known = value == null
                || value instanceof String
                || value instanceof Long
                || value instanceof Double
                || value instanceof Boolean;
        if (!known) {
            throw new IllegalArgumentException("not a YAML value: " + value);
        }
    }

    public YamlScalar(String file, int line, int column, @Nullable Object value, String text) {
        this(file, line, column, value, text, text);
    }

    /**
     * What a pattern finds in the text, which is to be words without blanks, each with its place in the file; with that of the
     * scalar where it cannot be told because an escape hides it.
     */
    public List<YamlScalar> words(Pattern pattern) {
        int from = 0;
        if (!source.equals(text)) {
            Matcher header = HEADER.matcher(source);
            from = header.lookingAt() ? header.end() : source.startsWith("'") || source.startsWith("\"") ? 1 : 0;
        }
        List<YamlScalar> words = new ArrayList<>();
        Matcher written = pattern.matcher(source).region(from, source.length());
        boolean told = true;
        int at = 0;
        int inLine = line;
        int inColumn = column;
        for (Matcher said = pattern.matcher(text); said.find(); ) {
            String word = said.group();
            told = told && written.find() && written.group().charAt(0) == word.charAt(0);
            while (told && at < written.start()) {
                int codePoint = source.codePointAt(at);
                at += Character.charCount(codePoint);
                inLine += codePoint == '\n' ? 1 : 0;
                inColumn = codePoint == '\n' ? 1 : inColumn + 1;
            }
            words.add(new YamlScalar(file, told ? inLine : line, told ? inColumn : column, word, word));
        }
        return words;
    }
}
