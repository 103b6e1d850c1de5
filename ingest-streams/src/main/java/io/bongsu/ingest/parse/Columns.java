package io.bongsu.ingest.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code csv}: values by their place. Several layouts are told apart by the value of a column, by the number of
 * columns, or both ({@code TRAFFIC}, {@code 42}, {@code TRAFFIC/42}); {@code *} is any other. More columns than names
 * are cut off, fewer leave fields out. Where the head of the file names the columns, they count.
 *
 * @param delimiter one character; a blank stands for any number of blanks
 */
record Columns(
        @Nullable String from,
        char delimiter,
        char quote,
        int key,
        Set<String> nothing,
        Map<String, List<@Nullable Target>> layouts,
        @Nullable Head head)
        implements Extract {
    /**
     * Columns whose names stand behind the first word of {@code _head}: fields of those names below another, but for those
     * that have a name of their own ({@code _} for none). A field that a layout names as well has its type.
     */
    record Head(String to, Map<String, String> rename, Map<String, Target> known) {
        Head {
            rename = Map.copyOf(rename);
            known = Map.copyOf(known);
        }

        List<@Nullable Target> layout(List<String> names) {
            List<@Nullable Target> layout = new ArrayList<>(names.size());
            for (String name : names.subList(1, names.size())) {
                String field = rename.getOrDefault(name, to + "." + name);
                layout.add(field.equals("_") ? null : known.getOrDefault(field, new Target(field, As.TEXT)));
            }
            return layout;
        }
    }

    Columns {
        nothing = Set.copyOf(nothing);
        layouts = Ordered.copy(layouts);
    }

    @Override
    public boolean apply(Body body) {
        String text = from == null ? body.text : body.text(from);
        if (text == null) {
            return false;
        }
        List<String> values = split(text);
        List<@Nullable Target> layout = layout(values, body.text("_head"));
        if (layout == null) {
            return false;
        }
        for (int i = 0; i < Math.min(values.size(), layout.size()); i++) {
            Target target = layout.get(i);
            String value = values.get(i);
            if (target != null && !value.isEmpty() && !nothing.contains(value)) {
                target.put(body, value);
            }
        }
        return true;
    }

    private @Nullable List<@Nullable Target> layout(List<String> values, @Nullable String names) {
        if (head != null && names != null) {
            List<@Nullable Target> told = head.layout(split(names));
            if (told.size() == values.size()) {
                return told;
            }
        }
        String count = Integer.toString(values.size());
        List<@Nullable Target> found = null;
        if (key >= 0 && key < values.size()) {
            found = layouts.get(values.get(key) + "/" + count);
            if (found == null) {
                found = layouts.get(values.get(key));
            }
        }
        if (found == null) {
            found = layouts.get(count);
        }
        return found == null ? layouts.get("*") : found;
    }

    private List<String> split(String s) {
        List<String> values = new ArrayList<>(32);
        int p = 0;
        int to = s.length();
        while (true) {
            if (delimiter == ' ') {
                while (p < to && s.charAt(p) == ' ') {
                    p++;
                }
                if (p == to && !values.isEmpty()) {
                    return values;
                }
            }
            if (p < to && quote != 0 && s.charAt(p) == quote) {
                StringBuilder value = new StringBuilder();
                p++;
                while (p < to) {
                    char c = s.charAt(p);
                    if (c == quote) {
                        if (p + 1 < to && s.charAt(p + 1) == quote) {
                            p++;
                        } else {
                            break;
                        }
                    } else if (c == '\\' && p + 1 < to && s.charAt(p + 1) == quote && !closes(s, p + 1)) {
                        p++;
                        c = quote;
                    }
                    value.append(c);
                    p++;
                }
                p++;
                int next = s.indexOf(delimiter, Math.min(p, to));
                if (p < to) { // what stands between the quote and the delimiter
                    value.append(s, p, next < 0 ? to : next);
                }
                values.add(value.toString());
                p = next < 0 ? to : next;
            } else {
                int next = s.indexOf(delimiter, p);
                int end = next < 0 ? to : next;
                values.add(s.substring(p, end).strip());
                p = end;
            }
            if (p >= to) {
                return values;
            }
            p++;
        }
    }

    private boolean closes(String s, int quoteAt) {
        return quoteAt + 1 >= s.length() || s.charAt(quoteAt + 1) == delimiter;
    }
}
