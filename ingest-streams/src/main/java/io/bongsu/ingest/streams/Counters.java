package io.bongsu.ingest.streams;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What this process did since its start, by name. Work that a transaction took back and did again counts twice here; the ledger in the log does not. */
final class Counters {
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    void add(String name, long n) {
        if (n != 0) {
            counts.computeIfAbsent(name, k -> new LongAdder()).add(n);
        }
    }

    Map<String, Long> read() {
        Map<String, Long> out = new TreeMap<>();
        counts.forEach((name, n) -> out.put(name, n.sum()));
        return out;
    }
}
