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
        private int characters;
        private int length;

        int length() {
            return length;
        }

        void open() {
            if (chars.length > KEPT) {
                resize(1 << 13);
            }
            characters = 0;
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
            if (characters + size >= chars.length) {
                char[] before = chars;
                resize(Math.max(characters + size + 1, chars.length * 2));
                System.arraycopy(before, 0, chars, 0, characters);
            }
            text.getChars(0, size, chars, characters);
            characters += size;
            chars[characters++] = 0; // so that the end of one is not composed with the start of another
        }

        /** All are there: makes bytes of them. Runs of letters that are not ASCII are composed and folded, as keywords are. */
        void close() {
            ascii.reset();
            in.clear().limit(characters);
            out.clear().limit(bytes.length - 4);
            ascii.encode(in, out, true);
            while (in.hasRemaining()) {
                int from = in.position();
                int end = from + 1;
                while (end < characters && chars[end] >= 128) {
                    end++;
                }
                in.position(end);
                run(from, end);
                ascii.encode(in, out, true);
            }
            length = out.position();
            Arrays.fill(bytes, length, length + 4, (byte) 0);
        }

        private void run(int from, int end) {
            boolean composed = true;
            for (int i = from; i < end; i++) {
                composed &= Texts.simple(chars[i]);
            }
            if (composed) {
                for (int i = from; i < end; i++) {
                    out.put((byte) Literals.pack((char) Texts.fold(chars[i])));
                }
                return;
            }
            // The first of them may be composed with the letter before it.
            int first = Math.max(0, from - 1);
            out.position(Math.max(0, out.position() - (from - first)));
            String folded = Texts.folded(Texts.composed(new String(chars, first, end - first)));
            int wanted = out.position() + folded.length() + characters - end;
            if (wanted > out.limit()) {
                bytes = Arrays.copyOf(bytes, wanted + 4);
                out = ByteBuffer.wrap(bytes, out.position(), wanted - out.position());
            }
            for (int i = 0; i < folded.length(); i++) {
                out.put((byte) Literals.pack(folded.charAt(i)));
            }
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
