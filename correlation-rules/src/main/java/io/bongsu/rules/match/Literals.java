package io.bongsu.rules.match;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Many literals sought in one text at once, each anywhere or bound to its start or end. One pass over the text: of each
 * literal one piece of four characters, the rarest, is looked up at every place, and where it stands the whole literal
 * is compared. So what it finds is exact, its size is that of the literals, and the time is linear in the text with a
 * factor that is the number of literals with the same piece. Immutable.
 */
final class Literals {
    /** A literal to seek: composed and folded. With both bounds it is the whole text. */
    record Literal(String text, boolean start, boolean end) {}

    static final Literals NONE = new Literals(List.of(), Rarity.UNKNOWN);

    static final int PIECE = 4;
    private static final int HASH = 0x9E3779B1;

    private final int count;
    private final char[] pool;
    private final int[] from;
    private final int[] pieceEnd;
    private final boolean[] start;
    private final boolean[] end;
    /** The literals that are empty: they stand everywhere, or in an empty text when bound on both sides. */
    private final int[] empty;

    /** Which lengths of pieces there are; bit n for n characters. */
    private final int lengths;

    private final long[] filter;
    private final int filterShift;
    private final int[] keys;
    private final int[] buckets;
    private final int keyShift;
    /** The literals of each bucket one after another; the last one of a bucket is inverted. */
    private final int[] members;

    /** What was found in one text: literals, each once. For one thread; serves one text after another. */
    static final class Found {
        private int[] literals = new int[32];
        private int[] seen = new int[32];
        private int round = 1;
        private int count;

        void clear(int literals) {
            count = 0;
            if (literals > seen.length || ++round == 0) {
                seen = new int[Math.max(literals, seen.length)];
                round = 1;
            }
        }

        int count() {
            return count;
        }

        int get(int i) {
            return literals[i];
        }

        private void add(int literal) {
            if (seen[literal] != round) {
                seen[literal] = round;
                if (count == literals.length) {
                    literals = Arrays.copyOf(literals, count * 2);
                }
                literals[count++] = literal;
            }
        }
    }

    /** @param rarity the rarest piece of a literal is the one looked up */
    Literals(List<Literal> literals, Rarity rarity) {
        count = literals.size();
        from = new int[count + 1];
        pieceEnd = new int[count];
        start = new boolean[count];
        end = new boolean[count];
        StringBuilder texts = new StringBuilder();
        Map<Integer, List<Integer>> byPiece = new HashMap<>();
        List<Integer> empties = new ArrayList<>();
        int found = 0;
        for (int i = 0; i < count; i++) {
            Literal literal = literals.get(i);
            from[i] = texts.length();
            texts.append(literal.text());
            start[i] = literal.start();
            end[i] = literal.end();
            if (literal.text().isEmpty()) {
                empties.add(i);
                continue;
            }
            int length = Math.min(PIECE, literal.text().length());
            found |= 1 << length;
            int best = -1;
            int bestCost = Integer.MAX_VALUE;
            for (int at = 0; at + length <= literal.text().length(); at++) {
                String piece = literal.text().substring(at, at + length);
                int inBucket = byPiece.getOrDefault(key(piece), List.of()).size();
                int cost = rarity.uses(key(piece)) + inBucket;
                if (cost < bestCost) {
                    bestCost = cost;
                    best = at;
                }
            }
            pieceEnd[i] = best + length - 1;
            byPiece.computeIfAbsent(key(literal.text().substring(best, best + length)), key -> new ArrayList<>())
                    .add(i);
        }
        from[count] = texts.length();
        pool = texts.toString().toCharArray();
        empty = empties.stream().mapToInt(i -> i).toArray();
        lengths = found;

        int filterBits = Math.clamp(32 - Integer.numberOfLeadingZeros(byPiece.size() * 16), 9, 24);
        filter = new long[1 << filterBits - 6];
        filterShift = 32 - filterBits;
        int keyBits = Math.max(1, 32 - Integer.numberOfLeadingZeros(byPiece.size() * 2));
        keys = new int[1 << keyBits];
        buckets = new int[1 << keyBits];
        Arrays.fill(buckets, -1);
        keyShift = 32 - keyBits;
        members = new int[count - empty.length];
        int next = 0;
        for (Map.Entry<Integer, List<Integer>> bucket : byPiece.entrySet().stream()
                .sorted(Comparator.comparingInt(Map.Entry::getKey))
                .toList()) {
            int key = bucket.getKey();
            int bit = key * HASH >>> filterShift;
            filter[bit >>> 6] |= 1L << bit;
            int slot = key * HASH >>> keyShift;
            while (buckets[slot] >= 0) {
                slot = slot + 1 & keys.length - 1;
            }
            keys[slot] = key;
            buckets[slot] = next;
            for (int literal : bucket.getValue()) {
                members[next++] = literal;
            }
            members[next - 1] = ~members[next - 1];
        }
    }

    int size() {
        return count;
    }

    static int pack(char c) {
        return c < 128 ? c : (c ^ c >>> 8) & 0x7f | 0x80;
    }

    static int key(String piece) {
        int key = 0;
        for (int i = 0; i < piece.length(); i++) {
            key = key << 8 | pack(piece.charAt(i));
        }
        return key;
    }

    /** Whether any of them stands in the first {@code length} characters; these are composed and folded. */
    boolean any(char[] text, int length) {
        return scan(text, length, null);
    }

    /** All that stand there, in an order that depends on nothing else. */
    void all(char[] text, int length, Found found) {
        found.clear(count);
        scan(text, length, found);
    }

    private boolean scan(char[] text, int length, @Nullable Found found) {
        for (int literal : empty) {
            if (length == 0 || !(start[literal] && end[literal])) {
                if (found == null) {
                    return true;
                }
                found.add(literal);
            }
        }
        if (lengths == 0) {
            return false;
        }
        boolean shorts = (lengths & ~(1 << PIECE)) != 0;
        long[] bits = filter;
        int shift = filterShift;
        int last = 0;
        for (int i = 0; i < length; i++) {
            char c = text[i];
            last = last << 8 | (c < 128 ? c : pack(c));
            int bit = last * HASH >>> shift;
            if ((bits[bit >>> 6] >>> bit & 1) != 0 && at(last, text, length, i, found)) {
                return true;
            }
            if (shorts && shorter(last, text, length, i, found)) {
                return true;
            }
        }
        return false;
    }

    private boolean shorter(int last, char[] text, int length, int i, @Nullable Found found) {
        for (int n = 1; n < PIECE; n++) {
            if ((lengths >>> n & 1) != 0) {
                int key = last & (1 << 8 * n) - 1;
                int bit = key * HASH >>> filterShift;
                if ((filter[bit >>> 6] >>> bit & 1) != 0 && at(key, text, length, i, found)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Compares the literals whose piece ends at this place; true when nobody wants to know more. */
    private boolean at(int key, char[] text, int length, int i, @Nullable Found found) {
        int slot = key * HASH >>> keyShift;
        while (buckets[slot] >= 0) {
            if (keys[slot] == key) {
                for (int m = buckets[slot]; ; m++) {
                    int literal = members[m] < 0 ? ~members[m] : members[m];
                    if (stands(literal, text, length, i - pieceEnd[literal])) {
                        if (found == null) {
                            return true;
                        }
                        found.add(literal);
                    }
                    if (members[m] < 0) {
                        return false;
                    }
                }
            }
            slot = slot + 1 & keys.length - 1;
        }
        return false;
    }

    private boolean stands(int literal, char[] text, int length, int at) {
        int size = from[literal + 1] - from[literal];
        return at >= 0
                && at + size <= length
                && (!start[literal] || at == 0)
                && (!end[literal] || at + size == length)
                && Arrays.equals(text, at, at + size, pool, from[literal], from[literal + 1]);
    }
}
