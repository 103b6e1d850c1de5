package io.bongsu.rules.match;

import io.bongsu.rules.match.RuleIndex.FieldIndex;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From the names in an event to the fields of an index that they may stand for and that bring up rules. Made for names that are not there, which
 * most are: one number tells. Immutable.
 */
final class FieldTable {
    private final int[] hashes;
    private final @Nullable String[] names;
    private final Use[] @Nullable [] uses;
    private final Below[] below;

    /** A field that has this name as its candidate of this rank; of those present the first one counts. */
    record Use(int field, int rank) {}

    /** A field that has all names of this beginning as its candidate. */
    record Below(String beginning, Use use) {}

    FieldTable(List<FieldIndex> fields) {
        Map<String, List<Use>> byName = new LinkedHashMap<>();
        List<Below> below = new ArrayList<>();
        for (int field = 0; field < fields.size(); field++) {
            List<String> candidates =
                    fields.get(field).bringsUp() ? fields.get(field).field().candidates() : List.of();
            for (int rank = 0; rank < candidates.size(); rank++) {
                Use use = new Use(field, rank);
                String candidate = candidates.get(rank);
                String beginning = Field.beginning(candidate);
                if (beginning != null) {
                    below.add(new Below(beginning, use));
                } else {
                    byName.computeIfAbsent(candidate, name -> new ArrayList<>()).add(use);
                }
            }
        }
        this.below = below.toArray(Below[]::new);
        int size = Integer.highestOneBit(Math.max(4, byName.size() * 8));
        hashes = new int[size];
        names = new String[size];
        uses = new Use[size][];
        byName.forEach((name, found) -> {
            int hash = hash(name);
            int at = hash & size - 1;
            while (hashes[at] != 0) {
                at = at + 1 & size - 1;
            }
            hashes[at] = hash;
            names[at] = name;
            uses[at] = found.toArray(Use[]::new);
        });
    }

    /** Never 0, which marks a free place. */
    private static int hash(String name) {
        int hash = name.hashCode() * 0x9E3779B1;
        return (hash ^ hash >>> 16) | 1 << 31;
    }

    /** Those that are looked for by the beginning of a name; few log sources have any. */
    Below[] below() {
        return below;
    }

    Use @Nullable [] get(String name) {
        int hash = hash(name);
        int at = hash & hashes.length - 1;
        while (hashes[at] != 0) {
            if (hashes[at] == hash && name.equals(names[at])) {
                return uses[at];
            }
            at = at + 1 & hashes.length - 1;
        }
        return null;
    }
}
