package io.bongsu.ingest.parse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code kv}: pairs of key and value. Bare words are flags. What is quoted may hold anything; with {@code spaced} a
 * value goes up to the next key, as in CEF.
 */
record KeyValues(
        @Nullable String from,
        List<String> pairs,
        String equals,
        String quotes,
        char escape,
        boolean spaced,
        boolean lowerKeys,
        Repeat repeat,
        Set<String> nothing,
        Set<String> drop,
        Map<String, Target> rename,
        @Nullable String to,
        @Nullable String flags)
        implements Extract {

    /** Which value of a key counts when there are several. */
    enum Repeat {
        LAST,
        FIRST,
        LIST
    }

    KeyValues {
        pairs = List.copyOf(pairs);
        nothing = Set.copyOf(nothing);
        drop = Set.copyOf(drop);
        rename = Ordered.copy(rename);
    }

    @Override
    public boolean apply(Body body) {
        String text = from == null ? body.text : body.text(from);
        if (text == null) {
            return false;
        }
        Map<String, Object> found = new LinkedHashMap<>();
        List<Object> words = new ArrayList<>(0);
        boolean any = read(text, found, words);
        for (Map.Entry<String, Object> pair : found.entrySet()) {
            put(body, pair.getKey(), pair.getValue());
        }
        if (flags != null && !words.isEmpty()) {
            body.put(flags, words);
        }
        return any;
    }

    private void put(Body body, String key, Object value) {
        Target target = rename.get(key);
        if (target != null) {
            target.put(body, value);
        } else if (to != null && !drop.contains(key)) {
            body.put(to + "." + Names.clean(key), value);
        }
    }

    private boolean read(String s, Map<String, Object> found, List<Object> words) {
        boolean any = false;
        boolean unclosed = false; // a search for a quote with a separator behind it came to the end in vain
        int to = s.length();
        int p = 0;
        while (true) {
            p = separators(s, p);
            if (p >= to) {
                return any;
            }
            int key = p;
            while (p < to && !s.startsWith(equals, p) && separator(s, p) == 0) {
                p++;
            }
            if (p >= to || !s.startsWith(equals, p)) {
                words.add(s.substring(key, p));
                continue;
            }
            String name = s.substring(key, p).strip();
            if (lowerKeys) {
                name = name.toLowerCase(java.util.Locale.ROOT);
            }
            p += equals.length();
            int open = p;
            while (open < to && s.charAt(open) == ' ' && separator(s, open) == 0) {
                open++;
            }
            int quoteEnd = open < to && quotes.indexOf(s.charAt(open)) >= 0 ? closing(s, open, unclosed) : -1;
            unclosed |= quoteEnd < 0 && open < to && quotes.indexOf(s.charAt(open)) >= 0
                    || quoteEnd > 0 && quoteEnd + 1 < to && separator(s, quoteEnd + 1) == 0;
            String value;
            if (quoteEnd > 0) {
                value = unescaped(s, open + 1, quoteEnd);
                p = quoteEnd + 1;
            } else {
                int end = spaced ? spacedEnd(s, p) : plainEnd(s, p);
                value = spaced
                        ? unquoted(unescaped(s, p, end).strip())
                        : s.substring(p, end).strip();
                p = end;
            }
            if (!name.isEmpty()) {
                any = true;
                if (!value.isEmpty() && !nothing.contains(value)) {
                    switch (repeat) {
                        case LAST -> found.put(name, value);
                        case FIRST -> found.putIfAbsent(name, value);
                        case LIST -> found.merge(name, value, Header::both);
                    }
                }
            }
        }
    }

    /**
     * The quote that closes, with a separator or the end behind it; what else looks like it belongs to the value. The
     * first quote of all when there is none, and without looking when that is known: the time stays linear.
     */
    private int closing(String s, int open, boolean inVain) {
        char quote = closes(s.charAt(open));
        int lone = -1;
        for (int q = open + 1; q < s.length(); q++) {
            char c = s.charAt(q);
            if (c == escape && escape != 0) {
                q++;
            } else if (c == quote) {
                if (q + 1 >= s.length() || separator(s, q + 1) > 0) {
                    return q;
                }
                lone = lone < 0 ? q : lone;
                if (inVain) {
                    return lone;
                }
            }
        }
        return lone;
    }

    private static char closes(char open) {
        return switch (open) {
            case '[' -> ']';
            case '{' -> '}';
            case '(' -> ')';
            case '<' -> '>';
            default -> open;
        };
    }

    private int plainEnd(String s, int from) {
        int q = from;
        while (q < s.length() && separator(s, q) == 0) {
            q++;
        }
        return q;
    }

    /** CEF knows no quotes, and some write them all the same: those around the whole value go. */
    private static String unquoted(String s) {
        int last = s.length() - 1;
        return last > 0 && s.charAt(0) == '"' && s.indexOf('"', 1) == last ? s.substring(1, last) : s;
    }

    /** Up to the blank before the next {@code key=}. */
    private int spacedEnd(String s, int from) {
        int blank = -1;
        for (int q = from; q < s.length(); q++) {
            char c = s.charAt(q);
            if (c == escape && escape != 0) {
                q++;
            } else if (separator(s, q) > 0) {
                blank = q;
            } else if (s.startsWith(equals, q) && blank >= 0 && isKey(s, blank, q)) {
                while (blank > from && separator(s, blank - 1) > 0) {
                    blank--;
                }
                return blank;
            }
        }
        return s.length();
    }

    private boolean isKey(String s, int blank, int end) {
        int from = blank + separator(s, blank);
        for (int i = from; i < end; i++) {
            char c = s.charAt(i);
            boolean ok = c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '_'
                    || c == '-'
                    || c == '.'
                    || c == '['
                    || c == ']'
                    || c >= 0x80 && Character.isLetter(c);
            if (!ok) {
                return false;
            }
        }
        return end > from;
    }

    private int separators(String s, int from) {
        int p = from;
        while (p < s.length()) {
            int length = separator(s, p);
            if (length == 0 && !(s.charAt(p) == ' ' || s.charAt(p) == '\t')) {
                return p;
            }
            p += Math.max(length, 1);
        }
        return p;
    }

    /** The length of the separator that begins here, or 0. */
    private int separator(String s, int at) {
        for (int i = 0; i < pairs.size(); i++) {
            if (s.startsWith(pairs.get(i), at)) {
                return pairs.get(i).length();
            }
        }
        return 0;
    }

    private String unescaped(String s, int from, int to) {
        int at = escape == 0 ? -1 : s.indexOf(escape, from, to);
        if (at < 0) {
            return s.substring(from, to);
        }
        StringBuilder out = new StringBuilder(to - from);
        for (int i = from; i < to; i++) {
            char c = s.charAt(i);
            if (c == escape && i + 1 < to) {
                char next = s.charAt(i + 1);
                boolean special = next == escape
                        || next == '='
                        || next == '|'
                        || quotes.indexOf(next) >= 0
                        || equals.indexOf(next) >= 0;
                if (special) {
                    out.append(next);
                    i++;
                    continue;
                }
                if (spaced && (next == 'n' || next == 'r' || next == 't')) {
                    out.append(next == 'n' ? '\n' : next == 'r' ? '\r' : '\t');
                    i++;
                    continue;
                }
            }
            out.append(c);
        }
        return out.toString();
    }
}
