package io.bongsu.rules.match;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A Sigma string: code points with wildcards between them. {@code \*}, {@code \?} and {@code \\} are escapes; a single
 * backslash before anything else is itself. Immutable.
 */
final class SigmaText {
    private static final int ANY = -1;
    private static final int ONE = -2;

    private final int[] units;

    private SigmaText(int[] units) {
        this.units = units;
    }

    static SigmaText parse(String text) {
        int[] in = Texts.composed(text).codePoints().toArray();
        int[] out = new int[in.length];
        int n = 0;
        for (int i = 0; i < in.length; i++) {
            boolean escape =
                    in[i] == '\\' && i + 1 < in.length && (in[i + 1] == '*' || in[i + 1] == '?' || in[i + 1] == '\\');
            if (escape) {
                out[n++] = in[++i];
            } else if (in[i] != '*') {
                out[n++] = in[i] == '?' ? ONE : in[i];
            } else if (n == 0 || out[n - 1] != ANY) {
                out[n++] = ANY;
            }
        }
        return new SigmaText(Arrays.copyOf(out, n));
    }

    static SigmaText literal(String text) {
        return new SigmaText(text.codePoints().toArray());
    }

    boolean hasWildcard() {
        return Arrays.stream(units).anyMatch(unit -> unit < 0);
    }

    /** The text itself; only for one without wildcards. */
    String text() {
        return new String(units, 0, units.length);
    }

    /** The texts between the wildcards. */
    List<Literals.Literal> parts() {
        List<Literals.Literal> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= units.length; i++) {
            if (i == units.length || units[i] < 0) {
                if (i > from) {
                    parts.add(new Literals.Literal(new String(units, from, i - from), from == 0, i == units.length));
                }
                from = i + 1;
            }
        }
        return parts;
    }

    SigmaText openStart() {
        return units.length > 0 && units[0] == ANY ? this : new SigmaText(joined(new int[] {ANY}, units));
    }

    SigmaText openEnd() {
        return units.length > 0 && units[units.length - 1] == ANY
                ? this
                : new SigmaText(joined(units, new int[] {ANY}));
    }

    private static int[] joined(int[] a, int[] b) {
        int[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    SigmaText folded() {
        return new SigmaText(Arrays.stream(units)
                .map(unit -> unit < 0 ? unit : Texts.fold(unit))
                .toArray());
    }

    private static final int[] DASHES = {'-', '/', 0x2013, 0x2014, 0x2015};

    private static boolean dash(int unit) {
        return unit == '-' || unit == '/' || unit >= 0x2013 && unit <= 0x2015;
    }

    /** This text with each dash or slash that begins an option replaced by each of the others: 5^k variants. */
    List<SigmaText> dashes() {
        List<int[]> variants = new ArrayList<>(List.of(units));
        for (int i = 0; i < units.length; i++) {
            boolean option =
                    dash(units[i]) && (i == 0 || !word(units[i - 1])) && i + 1 < units.length && word(units[i + 1]);
            if (option) {
                List<int[]> more = new ArrayList<>();
                for (int[] variant : variants) {
                    for (int dash : DASHES) {
                        int[] copy = variant.clone();
                        copy[i] = dash;
                        more.add(copy);
                    }
                }
                variants = more;
                if (variants.size() > MAX_VARIANTS) {
                    return List.of();
                }
            }
        }
        return variants.stream().map(SigmaText::new).toList();
    }

    /** From here on {@link #dashes} gives nothing. */
    static final int MAX_VARIANTS = 3_125;

    private static boolean word(int unit) {
        return unit == '_' || Character.isLetterOrDigit(unit);
    }

    /** The cheapest test that means the same. */
    Predicate toPredicate(boolean cased) {
        SigmaText text = cased ? this : folded();
        int[] u = text.units;
        boolean start = u.length > 0 && u[0] == ANY;
        boolean end = u.length > 0 && u[u.length - 1] == ANY;
        if (u.length == 1 && start) {
            return new Predicate.Exists();
        }
        SigmaText middle = new SigmaText(Arrays.copyOfRange(u, start ? 1 : 0, end ? u.length - 1 : u.length));
        if (middle.hasWildcard()) {
            return new Predicate.Glob(text, cased);
        }
        String literal = middle.text();
        if (start && end) {
            return new Predicate.Contains(literal, cased);
        }
        return start
                ? new Predicate.Suffix(literal, cased)
                : end ? new Predicate.Prefix(literal, cased) : new Predicate.Equal(literal, cased);
    }

    /** Steps back to the latest {@code *} only, so the cost is at most text times pattern. */
    boolean matches(String value) {
        int[] text = value.codePoints().toArray();
        int p = 0;
        int t = 0;
        int star = -1;
        int resume = 0;
        while (t < text.length) {
            if (p < units.length && units[p] == ANY) {
                star = p++;
                resume = t;
            } else if (p < units.length && (units[p] == ONE || units[p] == text[t])) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++resume;
            } else {
                return false;
            }
        }
        while (p < units.length && units[p] == ANY) {
            p++;
        }
        return p == units.length;
    }

    SigmaText map(UnaryOperator<String> change) {
        return literal(change.apply(text()));
    }

    /** As Sigma writes it, with the escapes that are needed. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int unit : units) {
            switch (unit) {
                case ANY -> text.append('*');
                case ONE -> text.append('?');
                case '*', '?', '\\' -> text.append('\\').appendCodePoint(unit);
                default -> text.appendCodePoint(unit);
            }
        }
        return text.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SigmaText text && Arrays.equals(units, text.units);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(units);
    }
}
