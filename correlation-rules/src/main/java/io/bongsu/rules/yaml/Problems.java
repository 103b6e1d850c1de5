package io.bongsu.rules.yaml;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Collects problems so that all of them can be shown at once. Not thread-safe. */
public final class Problems {
    private final TreeSet<Problem> found = new TreeSet<>();
    /** Of these places nothing more is said. */
    private final Set<List<Object>> settled = new HashSet<>();

    public void add(YamlNode at, String message, String fix) {
        add(new Problem(at.file(), at.line(), at.column(), message, fix));
    }

    public void add(Problem problem) {
        if (!settled.contains(place(problem))) {
            found.add(problem);
        }
    }

    /** What was found until now is all that is to be said of its places: what comes of it is no second problem. */
    public void settle() {
        found.forEach(problem -> settled.add(place(problem)));
    }

    private static List<Object> place(Problem problem) {
        return List.of(problem.file(), problem.line(), problem.column());
    }

    public void addAll(Problems others) {
        others.found.forEach(this::add);
    }

    /** Sorted by file, line and column, each problem once. */
    public List<Problem> list() {
        return List.copyOf(found);
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }
}
