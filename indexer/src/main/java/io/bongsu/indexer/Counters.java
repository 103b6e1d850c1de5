package io.bongsu.indexer;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Numbers for other threads to look at: totals that only grow, and gauges that are as of the last turn. */
final class Counters {
    private final Map<String, LongAdder> totals = new ConcurrentHashMap<>();
    private volatile Map<String, Long> gauges = Map.of();

    Counters() {
        for (Document.Kind kind : Document.Kind.values()) {
            of("indexed", kind);
            of("present", kind);
        }
        for (String name : new String[] {
            "records",
            "read",
            "returned",
            "requests",
            "requests.failed",
            "retries",
            "dead-lettered",
            "refused.dead-letters",
            "lost.records",
            "restarts"
        }) {
            of(name);
        }
    }

    LongAdder of(String name) {
        return totals.computeIfAbsent(name, n -> new LongAdder());
    }

    LongAdder of(String name, Document.Kind kind) {
        return of(name + "." + kind.label);
    }

    void gauges(Map<String, Long> now) {
        gauges = now;
    }

    Map<String, Long> snapshot() {
        Map<String, Long> all = new TreeMap<>(gauges);
        totals.forEach((name, total) -> all.put(name, total.sum()));
        return all;
    }
}
