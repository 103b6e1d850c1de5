package io.bongsu.ingest.parse;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which of many literals occur in a text, in one pass whatever their number (Aho and Corasick, 1975), as a dense table:
 * one look-up for each character.
 */
final class Literals {
    private final char[] alphabet; // sorted
    private final int[] ascii = new int[128];
    /** A row for each state: its place in {@code found}, then by class where the row of the next state begins, negated (~) where literals end in that. */
    private final int[] next;

    private final int[][] found; // literals that end in a state
    private final int size;

    Literals(List<String> literals) {
        size = literals.size();
        StringBuilder used = new StringBuilder();
        literals.stream().flatMapToInt(String::chars).distinct().sorted().forEach(c -> used.append((char) c));
        alphabet = used.toString().toCharArray();
        int classes = alphabet.length + 1; // 0: any other character
        for (int c = 0; c < 128; c++) {
            ascii[c] = java.util.Arrays.binarySearch(alphabet, (char) c) + 1;
            ascii[c] = Math.max(ascii[c], 0);
        }
        List<Map<Integer, Integer>> trie = new ArrayList<>(List.of(new HashMap<>()));
        List<BitSet> ends = new ArrayList<>(List.of(new BitSet()));
        for (int i = 0; i < literals.size(); i++) {
            int state = 0;
            for (char c : literals.get(i).toCharArray()) {
                Integer child = trie.get(state).get(kind(c));
                if (child == null) {
                    child = trie.size();
                    trie.add(new HashMap<>());
                    ends.add(new BitSet());
                    trie.get(state).put(kind(c), child);
                }
                state = child;
            }
            ends.get(state).set(i);
        }
        int[] after = new int[trie.size() * classes];
        int[] fallback = new int[trie.size()];
        List<Integer> order = new ArrayList<>(List.of(0)); // breadth first: the rows that are visited most lie together
        for (int i = 0; i < order.size(); i++) {
            int state = order.get(i);
            ends.get(state).or(ends.get(fallback[state]));
            for (int kind = 0; kind < classes; kind++) {
                Integer child = trie.get(state).get(kind);
                int otherwise = state == 0 ? 0 : after[fallback[state] * classes + kind];
                if (child == null) {
                    after[state * classes + kind] = otherwise;
                } else {
                    after[state * classes + kind] = child;
                    fallback[child] = otherwise;
                    order.add(child);
                }
            }
        }
        int width = classes + 1;
        int[] rows = new int[order.size()];
        for (int i = 0; i < rows.length; i++) {
            rows[order.get(i)] = i * width;
        }
        next = new int[rows.length * width];
        found = new int[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            int state = order.get(i);
            found[i] = ends.get(state).stream().toArray();
            next[i * width] = i;
            for (int kind = 0; kind < classes; kind++) {
                int to = after[state * classes + kind];
                next[i * width + 1 + kind] = ends.get(to).isEmpty() ? rows[to] : ~rows[to];
            }
        }
    }

    /** The numbers of the literals in the text, as bits. */
    BitSet in(String text, int to) {
        long[] in = new long[(size + 63) / 64];
        int row = 0;
        for (int i = 0; i < to; i++) {
            row = next[row + 1 + kind(text.charAt(i))];
            if (row < 0) {
                row = ~row;
                for (int literal : found[next[row]]) {
                    in[literal >> 6] |= 1L << literal;
                }
            }
        }
        return BitSet.valueOf(in);
    }

    private int kind(char c) {
        if (c < 128) {
            return ascii[c];
        }
        return Math.max(java.util.Arrays.binarySearch(alphabet, c) + 1, 0);
    }
}
