package io.bongsu.rules.match;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Many literals sought in one text at once, each anywhere or bound to its start or end. One pass over the text: of each
 * literal one piece of four characters, the rarest, is looked up at every place, and where it stands the whole literal
 * is compared. So what it finds is exact, its size is that of the literals, and the time is linear in the text with a
 * factor that is the number of literals with the same piece. Immutable.
 */
final class Literals {
    /** A literal to seek: composed and folded. With both bounds it is the whole text. */
    record Literal(String text, boolean start, boolean end) {}

    static final int PIECE = 4;
    private static final int HASH = 0x9E3779B1;

    private final int count;
    /** The literals that are empty: they stand everywhere. */
    private final int[] empty;
    /** Those that are empty and bound on both sides: they stand in an empty text. */
    private final int[] emptyText;

    /** Which lengths of pieces there are; bit n for n characters. */
    private final int lengths;

    private final long[] filter;
    private final int filterShift;
    /** Open addressing: a piece above the place of its bucket, or -1. */
    private final long[] pieces;

    private final int keyShift;
    /**
     * The literals of each bucket one after another: number, place of the piece's end and length (two each), bounds, and the text. With
     * many literals each look at another place costs as much as all the rest, so what is looked at together lies together.
     */
    private final char[] members;

    private static final int HEADER = 7;
    private static final int START = 1;
    private static final int END = 2;
    private static final int LAST = 4;

    /** What was found in one text: literals, each once. For one thread; serves one text after another. */
    static final class Found {
        private int[] literals = new int[32];
        private int[] seen = new int[32];
        private int round = 1;
        private int count;
        /** Literals compared, in all texts so far. */
        long compared;

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

        int[] sorted() {
            Arrays.sort(literals, 0, count);
            return literals;
        }

        void add(int literal) {
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
        int[] pieceEnd = new int[count];
        int characters = 0;
        Map<Integer, List<Integer>> byPiece = new HashMap<>();
        List<Integer> empties = new ArrayList<>();
        List<Integer> emptyTexts = new ArrayList<>();
        int found = 0;
        for (int i = 0; i < count; i++) {
            Literal literal = literals.get(i);
            if (literal.text().isEmpty()) {
                (literal.start() && literal.end() ? emptyTexts : empties).add(i);
                continue;
            }
            characters += HEADER + literal.text().length();
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
        empty = empties.stream().mapToInt(i -> i).toArray();
        emptyText = emptyTexts.stream().mapToInt(i -> i).toArray();
        lengths = found;

        int filterBits = Math.clamp(32 - Integer.numberOfLeadingZeros(byPiece.size() * 16), 9, 24);
        filter = new long[1 << filterBits - 6];
        filterShift = 32 - filterBits;
        int keyBits = Math.max(1, 32 - Integer.numberOfLeadingZeros(byPiece.size() * 2));
        pieces = new long[1 << keyBits];
        Arrays.fill(pieces, -1);
        keyShift = 32 - keyBits;
        members = new char[characters];
        int next = 0;
        for (Map.Entry<Integer, List<Integer>> bucket : byPiece.entrySet().stream()
                .sorted(Comparator.comparingInt(Map.Entry::getKey))
                .toList()) {
            int key = bucket.getKey();
            int bit = key * HASH >>> filterShift;
            filter[bit >>> 6] |= 1L << bit;
            int slot = key * HASH >>> keyShift;
            while (pieces[slot] != -1) {
                slot = slot + 1 & pieces.length - 1;
            }
            pieces[slot] = (long) key << 32 | next;
            int last = 0;
            for (int number : bucket.getValue()) {
                Literal literal = literals.get(number);
                int size = literal.text().length();
                put(next, number);
                put(next + 2, pieceEnd[number]);
                put(next + 4, size);
                members[next + 6] = (char) ((literal.start() ? START : 0) | (literal.end() ? END : 0));
                literal.text().getChars(0, size, members, next + HEADER);
                last = next + 6;
                next += HEADER + size;
            }
            members[last] |= LAST;
        }
    }

    private void put(int at, int number) {
        members[at] = (char) (number >>> 16);
        members[at + 1] = (char) number;
    }

    private static int number(char[] members, int at) {
        return members[at] << 16 | members[at + 1];
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

    /**
     * All that stand in the first {@code length} characters, which are composed and folded, in an order that depends on
     * nothing else.
     */
    void all(char[] text, int length, Found found) {
        found.clear(count);
        for (int literal : empty) {
            found.add(literal);
        }
        if (length == 0) {
            for (int literal : emptyText) {
                found.add(literal);
            }
        }
        if (lengths == 0) {
            return;
        }
        boolean shorts = (lengths & ~(1 << PIECE)) != 0;
        long[] bits = filter;
        int shift = filterShift;
        int last = 0;
        for (int i = 0; i < length; i++) {
            char c = text[i];
            last = last << 8 | (c < 128 ? c : pack(c));
            int bit = last * HASH >>> shift;
            if ((bits[bit >>> 6] >>> bit & 1) != 0) {
                at(last, text, length, i, found);
            }
            if (shorts) {
                shorter(last, text, length, i, found);
            }
        }
    }

    private void shorter(int last, char[] text, int length, int i, Found found) {
        for (int n = 1; n < PIECE; n++) {
            if ((lengths >>> n & 1) != 0) {
                int key = last & (1 << 8 * n) - 1;
                int bit = key * HASH >>> filterShift;
                if ((filter[bit >>> 6] >>> bit & 1) != 0) {
                    at(key, text, length, i, found);
                }
            }
        }
    }

    /** Compares the literals whose piece ends at this place. */
    private void at(int key, char[] text, int length, int i, Found found) {
        int slot = key * HASH >>> keyShift;
        for (long piece = pieces[slot]; piece != -1; piece = pieces[slot]) {
            if ((int) (piece >>> 32) == key) {
                compare((int) piece, text, length, i, found);
                return;
            }
            slot = slot + 1 & pieces.length - 1;
        }
    }

    private void compare(int bucket, char[] text, int length, int i, Found found) {
        char[] known = members;
        for (int m = bucket; ; m += HEADER + number(known, m + 4)) {
            found.compared++;
            int start = i - number(known, m + 2);
            int size = number(known, m + 4);
            int flags = known[m + 6];
            int written = m + HEADER;
            if (start >= 0
                    && start + size <= length
                    && ((flags & START) == 0 || start == 0)
                    && ((flags & END) == 0 || start + size == length)
                    && text[start] == known[written]
                    && Arrays.equals(text, start, start + size, known, written, written + size)) {
                found.add(number(known, m));
            }
            if ((flags & LAST) != 0) {
                return;
            }
        }
    }
}
