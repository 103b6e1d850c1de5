package io.bongsu.jmh;

import io.bongsu.rules.RuleSample;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.bench.Batches;
import io.bongsu.rules.bench.WindowsLog;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** From a parsed event to its hits, on one core; an operation is an event that the detector has not seen. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 5)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class Detection {
    /** A folder with rules. */
    @Param("correlation-rules/rules")
    public String rules = "";

    /** How many of them, or of them and variants; 0 is all there are. */
    @Param("0")
    public int count;

    @Param({"mixed", "processes"})
    public String corpus = "";

    private Batches batches = new Batches(
            RuleSet.load(List.of(), RuleSet.Defaults.STANDARD).rules().detector(), WindowsLog.mixed(11)::next);

    @Setup
    public void load() {
        RuleSample sample = new RuleSample(List.of(Path.of(rules)));
        RuleSet set = sample.take(count == 0 ? sample.size() : count, 1);
        set.indexAll();
        WindowsLog log = corpus.equals("mixed") ? WindowsLog.mixed(11) : WindowsLog.processCreations(12);
        batches = new Batches(set.detector(), log::next);
    }

    @Setup(Level.Invocation)
    public void events() {
        batches.next(Batches.SIZE);
    }

    @Benchmark
    @OperationsPerInvocation(Batches.SIZE)
    public long detect() {
        batches.detect();
        return batches.hits();
    }
}
