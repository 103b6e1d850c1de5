package io.bongsu.app.console;

/**
 * Text of strangers, made safe for a terminal: C0 and C1 controls, DEL, line and paragraph separators, bidirectional
 * overrides and lone surrogates become a visible backslash-u escape, so that a log line can neither move the cursor, nor
 * set a title, nor forge a second line. Everything else, Hangul too, stays as it is.
 */
public final class Printable {
    private Printable() {}

    /** For one line of text: a line feed is escaped too. */
    public static String text(String text) {
        return escape(text, false);
    }

    /** For JSON: the same characters, which can stand only inside its strings, become JSON escapes. */
    public static String json(String json) {
        return escape(json, false);
    }

    /** For text of several lines of our own making that quotes strangers: line feeds stay. */
    public static String lines(String text) {
        return escape(text, true);
    }

    private static String escape(String text, boolean keepLines) {
        int i = 0;
        while (i < text.length() && !hostile(text, i, keepLines)) {
            i++;
        }
        if (i == text.length()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (i = 0; i < text.length(); i++) {
            if (hostile(text, i, keepLines)) {
                out.append(String.format("\\u%04x", (int) text.charAt(i)));
            } else {
                out.append(text.charAt(i));
            }
        }
        return out.toString();
    }

    private static boolean hostile(String text, int i, boolean keepLines) {
        char c = text.charAt(i);
        if (c < 0x20) {
            return !(keepLines && c == '\n');
        }
        if (c < 0x7f) {
            return false;
        }
        if (c <= 0x9f) {
            return true;
        }
        return switch (c) {
            case '\u061c', '\u200e', '\u200f', '\u2028', '\u2029', '\ufeff' -> true;
            default ->
                (c >= '\u202a' && c <= '\u202e')
                        || (c >= '\u2066' && c <= '\u2069')
                        || (Character.isHighSurrogate(c)
                                && !(i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))))
                        || (Character.isLowSurrogate(c) && !(i > 0 && Character.isHighSurrogate(text.charAt(i - 1))));
        };
    }

    /** Columns that the text takes: two for Hangul, Han, Kana and full-width forms, none for combining marks. */
    public static int width(String text) {
        return text.codePoints().map(Printable::width).sum();
    }

    /** The text in at most so many columns; what is cut is shown by an ellipsis. */
    public static String cut(String text, int columns) {
        if (width(text) <= columns) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        int used = 1;
        for (int c : text.codePoints().toArray()) {
            used += width(c);
            if (used > columns) {
                break;
            }
            out.appendCodePoint(c);
        }
        return columns < 1 ? "" : out.append('…').toString();
    }

    /** The text and blanks up to so many columns; longer text is cut. */
    public static String pad(String text, int columns) {
        String cut = cut(text, columns);
        return cut + " ".repeat(Math.max(0, columns - width(cut)));
    }

    private static int width(int c) {
        if (c < 0x300) {
            return 1;
        }
        int type = Character.getType(c);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = (c >= 0x1100 && c <= 0x115f)
                || (c >= 0x2e80 && c <= 0xa4cf)
                || (c >= 0xac00 && c <= 0xd7a3)
                || (c >= 0xf900 && c <= 0xfaff)
                || (c >= 0xfe30 && c <= 0xfe6f)
                || (c >= 0xff00 && c <= 0xff60)
                || (c >= 0xffe0 && c <= 0xffe6)
                || (c >= 0x1f300 && c <= 0x1faff)
                || (c >= 0x20000 && c <= 0x3fffd);
        return wide ? 2 : 1;
    }
}
