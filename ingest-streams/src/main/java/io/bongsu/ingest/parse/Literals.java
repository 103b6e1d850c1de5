package io.bongsu.ingest.parse;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
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
    private final int classes;
    private final int[] next; // state × class: where the row of the state begins, negated (~) where literals end in it
    private final int[][] found; // literals that end in a state
    private final int size;

    Literals(List<String> literals) {
        size = literals.size();
        StringBuilder used = new StringBuilder();
        literals.stream().flatMapToInt(String::chars).distinct().sorted().forEach(c -> used.append((char) c));
        alphabet = used.toString().toCharArray();
        classes = alphabet.length + 1; // 0: any other character
        for (int c = 0; c < 128; c++) {
            ascii[c] = java.util.Arrays.binarySearch(alphabet, (char) c) + 1;
            ascii[c] = Math.max(ascii[c], 0);
        }
        List<Map<Integer, Integer>> trie = new ArrayList<>(List.of(new HashMap<>()));
        List<BitSet> ends = new ArrayList<>(List.of(new BitSet()));
        for (int i = 0; i < literals.size(); i++) {
            int state = 0;
            for (char c : literals.get(i).toCharArray()) {
                Integer after = trie.get(state).get(kind(c));
                if (after == null) {
                    after = trie.size();
                    trie.add(new HashMap<>());
                    ends.add(new BitSet());
                    trie.get(state).put(kind(c), after);
                }
                state = after;
            }
            ends.get(state).set(i);
        }
        next = new int[trie.size() * classes];
        int[] fallback = new int[trie.size()];
        Deque<Integer> breadthFirst = new ArrayDeque<>(List.of(0));
        while (!breadthFirst.isEmpty()) {
            int state = breadthFirst.remove();
            ends.get(state).or(ends.get(fallback[state]));
            for (int kind = 0; kind < classes; kind++) {
                Integer child = trie.get(state).get(kind);
                int otherwise = state == 0 ? 0 : next[fallback[state] * classes + kind];
                if (child == null) {
                    next[state * classes + kind] = otherwise;
                } else {
                    next[state * classes + kind] = child;
                    fallback[child] = otherwise;
                    breadthFirst.add(child);
                }
            }
        }
        found = new int[trie.size()][];
        for (int state = 0; state < found.length; state++) {
            found[state] = ends.get(state).stream().toArray();
        }
        for (int i = 0; i < next.length; i++) {
            int row = next[i] * classes;
            next[i] = found[next[i]].length == 0 ? row : ~row;
        }
    }

    /** The numbers of the literals in the text, as bits. */
    BitSet in(String text, int to) {
        BitSet in = new BitSet(size);
        int row = 0;
        for (int i = 0; i < to; i++) {
            row = next[row + kind(text.charAt(i))];
            if (row < 0) {
                row = ~row;
                for (int literal : found[row / classes]) {
                    in.set(literal);
                }
            }
        }
        return in;
    }

    private int kind(char c) {
        if (c < 128) {
            return ascii[c];
        }
        return Math.max(java.util.Arrays.binarySearch(alphabet, c) + 1, 0);
    }
}
