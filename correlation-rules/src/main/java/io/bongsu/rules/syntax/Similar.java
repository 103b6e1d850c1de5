package io.bongsu.rules.syntax;

import java.util.Collection;
import java.util.Comparator;

/** Finds what somebody probably meant. */
public final class Similar {
    private Similar() {}

    /** "did you mean 'contains'?", or the other text when nothing is close. */
    public static String didYouMean(String word, Collection<String> known, String otherwise) {
        return known.stream()
                .filter(candidate -> distance(word, candidate) <= Math.max(1, Math.min(word.length(), 9) / 3))
                .min(Comparator.<String>comparingInt(candidate -> distance(word, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .map(candidate -> "did you mean '" + candidate + "'?")
                .orElse(otherwise);
    }

    /** Whether the one can hardly be anything else than the other, misspelt: in case, or in a letter or two. */
    public static boolean nearly(String word, String known) {
        int least = Math.min(word.length(), known.length());
        return word.equalsIgnoreCase(known) || least > 3 && distance(word, known) <= (least > 7 ? 2 : 1);
    }

    /** Optimal string alignment: insertions, deletions, replacements and swaps of neighbours. */
    public static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > 8 || a.length() > 64) {
            return Integer.MAX_VALUE;
        }
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                cost[i][j] = Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + change);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
