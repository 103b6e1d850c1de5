package io.bongsu.rules.match;

import java.text.Normalizer;

/**
 * How texts are made comparable: composed (NFC, since macOS sends Korean decomposed), and for comparison without case
 * folded per code point, upper then lower, as {@link String#equalsIgnoreCase} does. No locale is asked.
 */
final class Texts {
    private static final int MARKS = 30;

    private Texts() {}

    /** The text of a value, so that 22, "22" and 22.0 are one. */
    static String of(Object value) {
        if (value instanceof Double number
                && number == Math.rint(number)
                && Math.abs(number) < 9_007_199_254_740_992.0) {
            return Long.toString(number.longValue());
        }
        return composed(value.toString());
    }

    static String composed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!simple(text.charAt(i))) {
                return inPieces(text);
            }
        }
        return text;
    }

    /**
     * Marks in a row are put in order, which takes their number squared. After thirty of them, which no language has (Unicode's
     * Stream-Safe Text Format), a new piece begins.
     */
    private static String inPieces(String text) {
        StringBuilder pieces = new StringBuilder();
        int from = 0;
        int marks = 0;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            marks = isMark(text.codePointAt(i)) ? marks + 1 : 0;
            if (marks > MARKS) {
                pieces.append(Normalizer.normalize(text.substring(from, i), Normalizer.Form.NFC));
                from = i;
                marks = 1;
            }
        }
        return pieces.append(Normalizer.normalize(text.substring(from), Normalizer.Form.NFC))
                .toString();
    }

    private static boolean isMark(int codePoint) {
        int type = Character.getType(codePoint);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }

    /** Below U+0300 and among the Hangul syllables nothing composes with anything, and folding a letter gives one letter. */
    static boolean simple(char c) {
        return c < 0x300 || c >= 0xAC00 && c <= 0xD7A3;
    }

    static int fold(int codePoint) {
        if (codePoint < 128) {
            return codePoint >= 'A' && codePoint <= 'Z' ? codePoint + 32 : codePoint;
        }
        return Character.toLowerCase(Character.toUpperCase(codePoint));
    }

    static String folded(String text) {
        int i = 0;
        while (i < text.length() && text.charAt(i) < 128 && (text.charAt(i) < 'A' || text.charAt(i) > 'Z')) {
            i++;
        }
        if (i == text.length()) {
            return text;
        }
        StringBuilder folded = new StringBuilder(text.length()).append(text, 0, i);
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c < 128) {
                folded.append((char) (c >= 'A' && c <= 'Z' ? c + 32 : c));
                i++;
            } else {
                int codePoint = text.codePointAt(i);
                folded.appendCodePoint(fold(codePoint));
                i += Character.charCount(codePoint);
            }
        }
        return folded.toString();
    }
}
