package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code bongsu parser bench}: how long a line takes from its bytes to its event, by parser, over the parser's own tests.
 * A rough figure of one thread on this machine, to compare two versions of a file; not a gate.
 */
public final class ParserBench {
    private ParserBench() {}

    /** @param lines distinct lines that were parsed */
    public record Result(String parser, int lines, long nanosPerLine) {}

    /** @param nanos of processor time for which each parser is measured, after all have run as long to warm up */
    public static List<Result> run(ParserSet parsers, List<ParserTest> tests, long nanos) {
        Map<String, List<Line>> lines = new TreeMap<>();
        for (ParserTest test : tests) {
            lines.computeIfAbsent(test.parser(), parser -> new ArrayList<>()).addAll(test.lines(parsers));
        }
        List<Result> results = new ArrayList<>();
        lines.values().forEach(own -> measure(parsers, own, nanos));
        lines.forEach((parser, own) -> results.add(new Result(parser, own.size(), measure(parsers, own, nanos))));
        return results;
    }

    private static long measure(ParserSet parsers, List<Line> lines, long nanos) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean(); // what else runs here must not count
        long begun = threads.getCurrentThreadCpuTime();
        long spent = 0;
        long fields = 0;
        long count = 0;
        while (spent < nanos) {
            for (Line line : lines) {
                fields += parsers.parse(line, Micros.UNKNOWN).fields().size();
                count++;
            }
            spent = threads.getCurrentThreadCpuTime() - begun;
        }
        long each = spent / Math.max(count, 1);
        return fields < 0 ? 0 : each; // the fields are counted so that the work cannot be left out
    }
}
