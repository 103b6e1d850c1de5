package io.bongsu.rules.yaml;

import java.util.List;
import java.util.TreeSet;

/** Collects problems so that all of them can be shown at once. Not thread-safe. */
public final class Problems {
    private final TreeSet<Problem> found = new TreeSet<>();

    public void add(YamlNode at, String message, String fix) {
        add(new Problem(at.file(), at.line(), at.column(), message, fix));
    }

    public void add(Problem problem) {
        found.add(problem);
    }

    public void addAll(Problems others) {
        found.addAll(others.found);
    }

    /** Sorted by file, line and column, each problem once. */
    public List<Problem> list() {
        return List.copyOf(found);
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }
}
