package io.bongsu.ingest.parse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code cef} and {@code leef}: the header between bars into variables ({@code _vendor _product _version _id _name
 * _severity}), the pairs behind it to fields. In the header a backslash makes a bar a character; in the pairs it does so
 * with an equals sign, and {@code \n} is a line feed. A value goes up to the next {@code key=}. Of {@code cs1=x
 * cs1Label=y} and its like the label becomes the name. A second message in the same line is left in the line.
 */
record Cef(boolean leef, Map<String, Target> rename, String to, KeyValues usual) implements Extract {
    private static final int CEF_FIELDS = 7;
    /** What stands where there is no value. */
    private static final Set<String> NOTHING = Set.of("-", "N/A", "n/a", "None", "null", "NULL", "(null)");

    Cef(boolean leef, Map<String, Target> names, String to) {
        this(leef, both(names), to, reader(leef, both(names), to, leef ? "\t" : " ", !leef));
    }

    /** Some write the names with a capital at the beginning. */
    private static Map<String, Target> both(Map<String, Target> names) {
        Map<String, Target> both = new LinkedHashMap<>(names);
        names.forEach(
                (key, target) -> both.putIfAbsent(Character.toUpperCase(key.charAt(0)) + key.substring(1), target));
        return Ordered.copy(both);
    }

    private static KeyValues reader(
            boolean leef, Map<String, Target> names, String to, String delimiter, boolean spaced) {
        return new KeyValues(
                "_pairs",
                List.of(delimiter),
                "=",
                "",
                leef ? 0 : '\\',
                spaced,
                false,
                KeyValues.Repeat.LAST,
                NOTHING,
                Set.of(),
                names,
                to,
                null);
    }

    @Override
    public boolean apply(Body body) {
        String s = body.text;
        int at = begin(s, leef ? "LEEF:" : "CEF:", 0);
        if (at < 0) {
            return false;
        }
        int version = at + (leef ? 5 : 4);
        boolean second = leef && s.startsWith("2", version);
        int count = leef ? second ? 6 : 5 : CEF_FIELDS;
        List<String> head = new ArrayList<>(count);
        int p = version;
        while (head.size() < count && p <= s.length()) {
            int bar = bar(s, p);
            if (bar < 0) {
                if (head.size() < count - 1) {
                    return false;
                }
                bar = s.length();
            }
            head.add(unescaped(s.substring(p, bar)));
            p = bar + 1;
        }
        if (head.size() < count) {
            return false;
        }
        if (second && head.get(5).indexOf('=') > 0) { // who left out the delimiter begins with the pairs
            p = version;
            for (int i = 0; i < count - 1; i++) {
                p = bar(s, p) + 1;
            }
            head.set(5, "");
        }
        String pairs = p < s.length() ? s.substring(p) : "";
        put(body, "_format", head.get(0));
        put(body, "_vendor", head.get(1));
        put(body, "_product", head.get(2));
        put(body, "_version", head.get(3));
        put(body, "_id", head.get(4));
        if (!leef) {
            put(body, "_name", head.get(5));
            put(body, "_severity", head.get(6));
            int next = begin(pairs, "CEF:", 1);
            if (next > 0) {
                body.second = pairs.substring(next);
                pairs = pairs.substring(0, next);
            }
            pairs(body, pairs, " ", true);
        } else {
            String delimiter = second ? delimiter(head.get(5)) : "\t";
            if (!pairs.contains(delimiter) && pairs.indexOf('|') > 0 && pairs.indexOf('=', pairs.indexOf('|')) > 0) {
                delimiter = "|"; // some go on as the header was
            }
            boolean there = pairs.contains(delimiter);
            pairs(body, pairs, there ? delimiter : " ", !there);
        }
        labels(body);
        meanings(body);
        return true;
    }

    /** Where the mark stands, at the beginning or behind something that is no letter, with a digit behind it; or -1. */
    private static int begin(String s, String mark, int from) {
        for (int at = s.indexOf(mark, from); at >= 0; at = s.indexOf(mark, at + 1)) {
            int digit = at + mark.length();
            int bar = s.indexOf('|', digit);
            if ((at == 0 || !Character.isLetterOrDigit(s.charAt(at - 1)))
                    && bar > digit
                    && bar - digit <= 5
                    && Character.isDigit(s.charAt(digit))) {
                return at;
            }
        }
        return -1;
    }

    private static int bar(String s, int from) {
        for (int i = from; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '|') {
                return i;
            }
        }
        return -1;
    }

    private static String unescaped(String s) {
        if (s.indexOf('\\') < 0) {
            return s.strip();
        }
        StringBuilder out = new StringBuilder(s.length());
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c == '\\' && i + 1 < s.length() && (s.charAt(i + 1) == '|' || s.charAt(i + 1) == '\\')) {
                c = s.charAt(++i);
            }
            out.append(c);
        }
        return out.toString().strip();
    }

    /** {@code ^}, or a number: {@code x5E}, {@code 0x5E}; nothing is a tab. */
    private static String delimiter(String text) {
        int hex =
                text.startsWith("0x") || text.startsWith("0X") ? 2 : text.startsWith("x") && text.length() > 1 ? 1 : -1;
        Long code = hex < 0 ? null : As.hex(text.substring(hex));
        if (code != null && code > 0 && code < 0x10000) {
            return String.valueOf((char) code.intValue());
        }
        return text.isEmpty() || text.equals("\\t") ? "\t" : text;
    }

    private void pairs(Body body, String text, String delimiter, boolean spaced) {
        boolean known = usual.spaced() == spaced && usual.pairs().get(0).equals(delimiter);
        body.put("_pairs", text);
        (known ? usual : reader(leef, rename, to, delimiter, spaced)).apply(body);
        body.remove("_pairs");
    }

    private void labels(Body body) {
        String prefix = to + ".";
        List<String> labels = new ArrayList<>();
        for (String name : body.fields.keySet()) {
            if (name.startsWith(prefix) && name.endsWith("Label")) {
                labels.add(name);
            }
        }
        for (String label : labels) {
            String name = label.substring(0, label.length() - 5);
            Object value = body.get(name);
            String text = body.text(label);
            if (value != null && text != null && !text.isBlank()) {
                body.remove(name);
                body.remove(label);
                body.put(prefix + Names.clean(text.strip()), value);
            }
        }
    }

    /**
     * Which rule it was and what the web server answered each vendor calls by words of its own, {@code Rule_Name}, {@code
     * SLF_PolicyName}, {@code policy_name}: by their letters they become {@code _rule _rule_id _status}.
     */
    private void meanings(Body body) {
        String prefix = to + ".";
        Map<String, Object> found = new LinkedHashMap<>();
        for (Map.Entry<String, Object> field : body.fields.entrySet()) {
            if (field.getKey().startsWith(prefix)) {
                String meaning = meaning(letters(field.getKey().substring(prefix.length())));
                if (meaning != null) {
                    found.putIfAbsent(meaning, field.getValue());
                }
            }
        }
        found.forEach(body::put);
    }

    private static @Nullable String meaning(String word) {
        return switch (word) {
            case "policy", "rule", "signature", "firewallrule", "securityrule", "firewallpolicy" -> "_rule";
            case "responsecode", "statuscode", "httpstatus", "httpstatuscode", "httpresponsecode" -> "_status";
            default ->
                word.endsWith("policyname") || word.endsWith("rulename") || word.endsWith("signaturename")
                        ? "_rule"
                        : word.endsWith("ruleid") || word.endsWith("policyid") || word.endsWith("signatureid")
                                ? "_rule_id"
                                : null;
        };
    }

    private static String letters(String name) {
        StringBuilder letters = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
                letters.append((char) (c | 0x20));
            }
        }
        return letters.toString();
    }

    private static void put(Body body, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            body.put(name, value);
        }
    }
}
