package io.bongsu.rules.match;

import io.bongsu.rules.match.Literals.Literal;
import java.util.Collection;

/**
 * How common a text is likely to be in events, guessed from the rules alone, so that it is the same on every machine:
 * what many rules ask for or filter out ({@code \powershell.exe}, {@code \windows\system32\}) is what many events hold. It
 * decides what an index looks for first, never what it finds.
 */
final class Rarity {
    /** The cost of looking at a rule whenever a field has any value, and whatever the event. */
    static final double ANY_VALUE = 1e7;

    static final double ALWAYS = 1e9;

    /** By how much a short text is likelier to be somewhere by chance. */
    private static final double[] SHORT = {ANY_VALUE, 3_000, 300, 40, 8, 4, 2.5, 1.5};

    private int[] keys = new int[1 << 12];
    private int[] counts = new int[1 << 12];
    private int size;

    Rarity(Collection<Match> rules) {
        rules.forEach(this::count);
    }

    private void count(Match match) {
        switch (match) {
            case Match.All all -> all.parts().forEach(this::count);
            case Match.Any any -> any.parts().forEach(this::count);
            case Match.Not not -> count(not.part());
            case Match.Atom atom -> count(atom.predicate);
            // These ask for no text of their own.
            case Match.Reference reference -> {}
            case Match.Listed listed -> {}
            case Match.During during -> {}
            case Match.Keyword keyword -> count(keyword.predicate);
        }
    }

    private void count(Predicate predicate) {
        for (Literal literal : Needed.in(predicate)) {
            String text = literal.text();
            for (int n = 1; n <= Literals.PIECE; n++) {
                for (int i = 0; i + n <= text.length(); i++) {
                    add(Literals.key(text.substring(i, i + n)));
                }
            }
        }
    }

    private void add(int key) {
        if (size * 2 >= keys.length) {
            int[] oldKeys = keys;
            int[] oldCounts = counts;
            keys = new int[oldKeys.length * 2];
            counts = new int[oldKeys.length * 2];
            for (int i = 0; i < oldKeys.length; i++) {
                if (oldCounts[i] > 0) {
                    int slot = slot(oldKeys[i]);
                    keys[slot] = oldKeys[i];
                    counts[slot] = oldCounts[i];
                }
            }
        }
        int slot = slot(key);
        if (counts[slot]++ == 0) {
            keys[slot] = key;
            size++;
        }
    }

    private int slot(int key) {
        int slot = (key * 0x9E3779B1 >>> 8) & keys.length - 1;
        while (counts[slot] > 0 && keys[slot] != key) {
            slot = slot + 1 & keys.length - 1;
        }
        return slot;
    }

    /** How often rules write this piece of text. */
    int uses(int key) {
        return counts[slot(key)];
    }

    /** The more, the commoner. */
    double of(Literal literal) {
        String text = literal.text();
        if (text.isEmpty()) {
            return literal.start() && literal.end() ? SHORT[2] : ANY_VALUE;
        }
        int n = Math.min(Literals.PIECE, text.length());
        int least = Integer.MAX_VALUE;
        for (int i = 0; i + n <= text.length(); i++) {
            least = Math.min(least, uses(Literals.key(text.substring(i, i + n))));
        }
        int length = text.length() + (literal.start() ? 2 : 0) + (literal.end() ? 2 : 0);
        return (1.0 + least) * (length < SHORT.length ? SHORT[length] : 1);
    }
}
