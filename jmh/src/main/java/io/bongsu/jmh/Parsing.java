package io.bongsu.jmh;

import io.bongsu.ingest.parse.Line;
import io.bongsu.ingest.parse.Parsed;
import io.bongsu.ingest.parse.ParserBench;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Micros;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** From a line's bytes to its event, on one core, by source; and with more parsers loaded than there are. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class Parsing {
    @Param({"sshd", "web access", "Sysmon JSON", "Security XML", "auditd", "IIS", "CEF", "application JSON"})
    public String source = "";

    /** Parsers besides the built-in ones. */
    @Param({"0", "700"})
    public int more;

    private ParserSet parsers = ParserBench.crowd(0);
    private List<Line> lines = List.of();
    private int next;

    @Setup
    public void load() {
        parsers = ParserBench.crowd(more);
        lines = Objects.requireNonNull(ParserBench.sources().get(source));
    }

    @Benchmark
    public Parsed line() {
        next = next + 1 < lines.size() ? next + 1 : 0;
        return parsers.parse(lines.get(next), Micros.UNKNOWN);
    }
}
