package io.bongsu.shipper.files;

import java.nio.file.Path;
import java.text.Normalizer;
import java.util.regex.Pattern;

/**
 * A pattern of absolute paths, as shells with globstar have it: {@code *} and {@code ?} stay within a name, {@code [a-z]}
 * and {@code [!a-z]} are one character, {@code {a,b}} one of several, and {@code **} as a whole name stands for any number
 * of folders, none included. A backslash takes the next character as it is. Names are compared after NFC: macOS writes
 * Hangul decomposed.
 */
final class Glob {
    private final Pattern pattern;
    private final Path root;
    private final int depth;

    Glob(String text) {
        String glob = Normalizer.normalize(text, Normalizer.Form.NFC);
        pattern = Pattern.compile(regex(glob));
        String[] names = glob.split("/");
        int fixed = 1;
        while (fixed < names.length - 1 && !names[fixed].matches(".*[*?\\[{\\\\].*")) {
            fixed++;
        }
        root = Path.of(firstNames(text, fixed));
        depth = glob.contains("**") ? Integer.MAX_VALUE : names.length - fixed;
    }

    private static String firstNames(String text, int count) {
        int at = 0;
        for (int i = 1; i < count; i++) {
            at = text.indexOf('/', at + 1);
        }
        return at == 0 ? "/" : text.substring(0, at);
    }

    /** The folder below which everything lies that matches. */
    Path root() {
        return root;
    }

    /** How far below. */
    int depth() {
        return depth;
    }

    boolean matches(Path path) {
        return pattern.matcher(Normalizer.normalize(path.toString(), Normalizer.Form.NFC))
                .matches();
    }

    private static String regex(String glob) {
        StringBuilder out = new StringBuilder();
        int open = 0;
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (c == '*') {
                boolean starts = i > 0 && glob.charAt(i - 1) == '/';
                if (starts && glob.startsWith("**/", i)) {
                    out.append("(?:.*/)?");
                    i += 2;
                } else if (glob.startsWith("**", i)) {
                    out.append(".*");
                    i++;
                } else {
                    out.append("[^/]*");
                }
            } else if (c == '?') {
                out.append("[^/]");
            } else if (c == '[' && glob.indexOf(']', i + 2) > 0) {
                int end = glob.indexOf(']', i + 2);
                String set = glob.substring(i + 1, end)
                        .replace("\\", "\\\\")
                        .replace("[", "\\[")
                        .replace("&&", "&\\&");
                out.append('[')
                        .append(set.startsWith("!") ? "^/" + set.substring(1) : set)
                        .append(']');
                i = end;
            } else if (c == '{' && glob.indexOf('}', i) > 0) {
                out.append("(?:");
                open++;
            } else if (c == '}' && open > 0) {
                out.append(')');
                open--;
            } else if (c == ',' && open > 0) {
                out.append('|');
            } else {
                if (c == '\\' && i + 1 < glob.length()) {
                    c = glob.charAt(++i);
                }
                out.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return out.toString();
    }
}
