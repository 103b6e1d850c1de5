package io.bongsu.rules.correlate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several texts as one, because a hit carries one text under each name; a single one is as it is. */
public final class Values {
    private static final char MARK = '\u0001';

    private Values() {}

    public static String pack(Collection<String> values) {
        if (values.size() == 1) {
            String only = values.iterator().next();
            if (only.isEmpty() || only.charAt(0) != MARK) {
                return only;
            }
        }
        StringBuilder out = new StringBuilder().append(MARK);
        for (String value : values) {
            out.append(value.length()).append(':').append(value);
        }
        return out.toString();
    }

    /** What was packed; nothing when there is nothing. */
    public static List<String> unpack(@Nullable String packed) {
        if (packed == null) {
            return List.of();
        }
        if (packed.isEmpty() || packed.charAt(0) != MARK) {
            return List.of(packed);
        }
        List<String> values = new ArrayList<>();
        for (int at = 1; at < packed.length(); ) {
            int colon = packed.indexOf(':', at);
            int length = colon < 0 ? -1 : number(packed, at, colon);
            if (length < 0 || length > packed.length() - colon - 1) {
                return List.of(packed); // nobody packed this: it is a value that begins with the mark
            }
            values.add(packed.substring(colon + 1, colon + 1 + length));
            at = colon + 1 + length;
        }
        return values;
    }

    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || number > 100_000_000) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return to > from ? number : -1;
    }
}
