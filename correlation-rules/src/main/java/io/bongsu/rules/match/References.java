package io.bongsu.rules.match;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;

/**
 * Whether some text is, begins with, ends with or contains some other, all of one event: in time that grows with the length
 * of both and not with its square, since both are in the hands of who writes the log.
 */
final class References {
    /** So many comparisons cost less than what saves them. */
    private static final int FEW = 64;

    private static final int SHORT = 1 << 12;

    private References() {}

    static boolean hold(Match.Reference.Shape shape, List<String> texts, List<String> others) {
        if (texts.isEmpty() || others.isEmpty()) {
            return false;
        }
        boolean few = (long) texts.size() * others.size() <= FEW;
        return switch (shape) {
            case EQUAL -> texts.stream().anyMatch(new HashSet<>(others)::contains);
            case PREFIX ->
                few
                        ? texts.stream().anyMatch(text -> others.stream().anyMatch(text::startsWith))
                        : beginWith(texts, others);
            case SUFFIX ->
                few
                        ? texts.stream().anyMatch(text -> others.stream().anyMatch(text::endsWith))
                        : beginWith(reversed(texts), reversed(others));
            case CONTAINS ->
                few && others.stream().allMatch(other -> other.length() <= SHORT)
                        ? texts.stream().anyMatch(text -> others.stream().anyMatch(text::contains))
                        : contain(texts, others);
        };
    }

    private static List<String> reversed(List<String> texts) {
        return texts.stream()
                .map(text -> new StringBuilder(text).reverse().toString())
                .toList();
    }

    /** Of those that are left when none begins with another, the only one that a text can begin with is the last before it. */
    private static boolean beginWith(List<String> texts, List<String> others) {
        TreeSet<String> shortest = new TreeSet<>();
        for (String other : new TreeSet<>(others)) {
            if (shortest.isEmpty() || !other.startsWith(shortest.last())) {
                shortest.add(other);
            }
        }
        return texts.stream().anyMatch(text -> {
            String before = shortest.floor(text);
            return before != null && text.startsWith(before);
        });
    }

    private static boolean contain(List<String> texts, List<String> others) {
        if (others.stream().anyMatch(String::isEmpty)) {
            return true;
        }
        Sought sought = new Sought(others);
        return texts.stream().anyMatch(sought::standsIn);
    }

    /** The automaton of Aho and Corasick, made level by level. */
    private static final class Sought {
        /** Open addressing: a node and a letter, plus 1, to {@link #nodes}. */
        private final long[] keys;

        private final int[] nodes;
        private final int[] fail;
        private final boolean[] end;
        private int count = 1;

        Sought(List<String> texts) {
            int total = texts.stream().mapToInt(String::length).sum() + 1;
            keys = new long[Integer.highestOneBit(total) << 2];
            nodes = new int[keys.length];
            fail = new int[total];
            end = new boolean[total];
            int[] at = new int[texts.size()];
            int[] longer = new int[texts.size()];
            Arrays.setAll(longer, i -> i);
            int left = longer.length;
            for (int depth = 0; left > 0; depth++) {
                int kept = 0;
                for (int i = 0; i < left; i++) {
                    String text = texts.get(longer[i]);
                    at[longer[i]] = step(at[longer[i]], text.charAt(depth));
                    if (text.length() == depth + 1) {
                        end[at[longer[i]]] = true;
                    } else {
                        longer[kept++] = longer[i];
                    }
                }
                left = kept;
            }
        }

        private int step(int node, char letter) {
            int slot = slot(node, letter);
            if (keys[slot] == 0) {
                int behind = node == 0 ? 0 : next(fail[node], letter);
                keys[slot] = key(node, letter);
                nodes[slot] = count;
                fail[count] = behind;
                end[count] = end[behind];
                count++;
            }
            return nodes[slot];
        }

        private int next(int from, char letter) {
            int node = from;
            int slot = slot(node, letter);
            while (keys[slot] == 0 && node > 0) {
                node = fail[node];
                slot = slot(node, letter);
            }
            return keys[slot] == 0 ? 0 : nodes[slot];
        }

        private static long key(int node, char letter) {
            return ((long) node << 16 | letter) + 1;
        }

        private int slot(int node, char letter) {
            long key = key(node, letter);
            int slot = (int) (key * 0x9E3779B97F4A7C15L >>> 40) & keys.length - 1;
            while (keys[slot] != 0 && keys[slot] != key) {
                slot = slot + 1 & keys.length - 1;
            }
            return slot;
        }

        boolean standsIn(String text) {
            int node = 0;
            for (int i = 0; i < text.length(); i++) {
                node = next(node, text.charAt(i));
                if (end[node]) {
                    return true;
                }
            }
            return false;
        }
    }
}
