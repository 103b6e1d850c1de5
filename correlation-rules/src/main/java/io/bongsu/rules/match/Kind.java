package io.bongsu.rules.match;

import java.util.Arrays;

/**
 * What all values have in common in which the same literals of an index stand: the rules that they bring up and the parts
 * of rules that they fulfil. Far fewer than values, so what holds for one is worked out once. Immutable.
 */
final class Kind {
    private static final int HASH = 0x9E3779B1;
    static final Kind NONE = new Kind(new int[0], 1, new int[0], new int[0], 0);

    /** The literals, in order. */
    private final int[] found;

    final int hash;
    /** Rules that the event may fulfil. */
    final int[] rules;
    /** Open addressing: ids of parts, and -1. */
    private final int[] parts;

    /** @param parts each once, in the first {@code count} places */
    Kind(int[] found, int hash, int[] rules, int[] parts, int count) {
        this.found = found;
        this.hash = hash;
        this.rules = rules;
        this.parts = new int[Integer.highestOneBit(count * 2 | 1) << 1];
        Arrays.fill(this.parts, -1);
        for (int i = 0; i < count; i++) {
            int at = parts[i] * HASH >>> 7 & this.parts.length - 1;
            while (this.parts[at] >= 0) {
                at = at + 1 & this.parts.length - 1;
            }
            this.parts[at] = parts[i];
        }
    }

    boolean holds(int part) {
        int[] known = parts;
        int mask = known.length - 1;
        for (int at = part * HASH >>> 7 & mask; known[at] >= 0; at = at + 1 & mask) {
            if (known[at] == part) {
                return true;
            }
        }
        return false;
    }

    boolean is(int[] literals, int count) {
        return Arrays.equals(found, 0, found.length, literals, 0, count);
    }

    int[] found() {
        return found;
    }

    int bytes() {
        return 100 + 4 * (found.length + rules.length + parts.length);
    }
}
