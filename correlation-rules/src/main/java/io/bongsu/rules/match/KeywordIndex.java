package io.bongsu.rules.match;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.bongsu.rules.match.Literals.Literal;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * Keywords sought in all texts of an event. The texts are laid one after another and looked at in steps as long as the
 * shortest keyword allows: whatever the place of a keyword, one step falls on a piece of it that the filter knows. A find
 * across the border of two texts, or with a letter that only looks alike, is one too many, which the rules tell.
 */
final class KeywordIndex {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    /** Upper to lower case, and a few signs to others. */
    private static final int FOLD = 0x20202020;

    private static final int HASH = 0x9E3779B1;

    private final byte[][] keywords;
    private final int[][] rules;
    private final int piece;
    private final int mask;
    private final int step;
    private final long[] filter;
    private final int shift;
    private final int[] keys;
    private final int[][] places;

    KeywordIndex(List<Literal> literals, int[][] rules, Rarity rarity) {
        this.rules = rules;
        keywords = new byte[literals.size()][];
        int shortest = Integer.MAX_VALUE;
        for (int i = 0; i < keywords.length; i++) {
            keywords[i] = packed(literals.get(i).text());
            shortest = Math.min(shortest, keywords[i].length);
        }
        piece = Math.min(Literals.PIECE, shortest);
        mask = piece == 4 ? -1 : (1 << 8 * piece) - 1;
        step = shortest - piece + 1;
        TreeMap<Integer, List<Integer>> byKey = new TreeMap<>();
        for (int i = 0; i < keywords.length; i++) {
            String text = literals.get(i).text();
            int start = rarestRun(text, rarity);
            for (int at = start; at < start + step; at++) {
                byte[] padded = Arrays.copyOfRange(keywords[i], at, at + Math.max(4, piece));
                byKey.computeIfAbsent(key(padded, 0), key -> new ArrayList<>()).addAll(List.of(i, at));
            }
        }
        int bits = Math.clamp(32 - Integer.numberOfLeadingZeros(byKey.size() * 32), 9, 24);
        filter = new long[1 << bits - 6];
        shift = 32 - bits;
        keys = byKey.keySet().stream().mapToInt(key -> key).toArray();
        places = byKey.values().stream()
                .map(list -> list.stream().mapToInt(i -> i).toArray())
                .toArray(int[][]::new);
        for (int key : keys) {
            int bit = key * HASH >>> shift;
            filter[bit >>> 6] |= 1L << bit;
        }
    }

    /** Where the pieces begin, one for each phase of the steps, that are together the rarest. */
    private int rarestRun(String text, Rarity rarity) {
        int best = 0;
        long bestCost = Long.MAX_VALUE;
        for (int start = 0; start + step + piece - 1 <= text.length(); start++) {
            long cost = 0;
            for (int at = start; at < start + step; at++) {
                cost += rarity.uses(Literals.key(text.substring(at, at + piece)));
            }
            if (cost < bestCost) {
                bestCost = cost;
                best = start;
            }
        }
        return best;
    }

    private static byte[] packed(String text) {
        byte[] bytes = new byte[text.length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Literals.pack(text.charAt(i));
        }
        return bytes;
    }

    private int key(byte[] bytes, int at) {
        return ((int) INT.get(bytes, at) | FOLD) & mask;
    }

    /** The texts of an event, one after another. For one thread; serves one event after another. */
    static final class EventTexts {
        private static final int KEPT = 1 << 16;

        private final CharsetEncoder ascii = US_ASCII.newEncoder();
        private char[] chars = new char[1 << 13];
        private byte[] bytes = new byte[(1 << 13) + 4];
        private CharBuffer in = CharBuffer.wrap(chars);
        private ByteBuffer out = ByteBuffer.wrap(bytes);
        private int length;

        int length() {
            return length;
        }

        void open() {
            if (chars.length > KEPT) {
                resize(1 << 13);
            }
            length = 0;
        }

        void add(Object raw) {
            if (raw instanceof String text) {
                append(text);
            } else if (raw instanceof Collection<?> items) {
                for (Object item : items) {
                    if (item instanceof String text) {
                        append(text);
                    }
                }
            }
        }

        private void append(String text) {
            int size = text.length();
            if (length + size >= chars.length) {
                char[] before = chars;
                resize(Math.max(length + size + 1, chars.length * 2));
                System.arraycopy(before, 0, chars, 0, length);
            }
            text.getChars(0, size, chars, length);
            length += size;
            chars[length++] = 0; // so that the end of one is not composed with the start of another
        }

        /** All are there: makes bytes of them. */
        void close() {
            ascii.reset();
            in.clear().limit(length);
            out.clear();
            ascii.encode(in, out, true);
            if (in.hasRemaining()) {
                // From the first letter that is not ASCII, and the one before it, which it may be composed with:
                // composed and
                // folded, as keywords are.
                int plain = Math.max(0, in.position() - 1);
                String rest = Texts.folded(Texts.composed(new String(chars, plain, length - plain)));
                length = plain;
                append(rest);
                for (int i = plain; i < length; i++) {
                    bytes[i] = (byte) Literals.pack(chars[i]);
                }
            }
            Arrays.fill(bytes, length, length + 4, (byte) 0);
        }

        private void resize(int size) {
            chars = new char[size];
            bytes = new byte[size + 4];
            in = CharBuffer.wrap(chars);
            out = ByteBuffer.wrap(bytes);
        }
    }

    /** @param rule takes each rule of a keyword that may be there, again and again */
    void find(EventTexts texts, IntConsumer rule) {
        byte[] bytes = texts.bytes;
        int last = texts.length - piece;
        long[] bits = filter;
        for (int i = 0; i <= last; i += step) {
            int key = ((int) INT.get(bytes, i) | FOLD) & mask;
            int bit = key * HASH >>> shift;
            if ((bits[bit >>> 6] >>> bit & 1) != 0) {
                compare(key, bytes, texts.length, i, rule);
            }
        }
    }

    private void compare(int key, byte[] bytes, int length, int at, IntConsumer rule) {
        int found = Arrays.binarySearch(keys, key);
        if (found < 0) {
            return;
        }
        int[] here = places[found];
        for (int i = 0; i < here.length; i += 2) {
            byte[] keyword = keywords[here[i]];
            int start = at - here[i + 1];
            if (start >= 0 && start + keyword.length <= length && stands(keyword, bytes, start)) {
                for (int r : rules[here[i]]) {
                    rule.accept(r);
                }
            }
        }
    }

    private static boolean stands(byte[] keyword, byte[] bytes, int start) {
        for (int i = 0; i < keyword.length; i++) {
            if ((keyword[i] | 0x20) != (bytes[start + i] | 0x20)) {
                return false;
            }
        }
        return true;
    }
}
