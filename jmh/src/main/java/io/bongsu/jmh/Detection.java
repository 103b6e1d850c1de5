package io.bongsu.jmh;

import io.bongsu.rules.Detector;
import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.RuleSample;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.bench.WindowsLog;
import io.bongsu.rules.correlate.Correlation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    /** As many as stay in the processor's cache, as a line that was just parsed does. */
    private static final int BATCH = 50;

    /** A folder with rules. */
    @Param("correlation-rules/rules")
    public String rules = "";

    /** How many of them, or of them and variants; 0 is all there are. */
    @Param("0")
    public int count;

    @Param({"mixed", "processes"})
    public String corpus = "";

    private final Counting sink = new Counting();
    private final List<WindowsLog.Event> batch = new ArrayList<>(BATCH);
    private WindowsLog log = WindowsLog.mixed(11);
    private Detector detector =
            RuleSet.load(List.of(), RuleSet.Defaults.STANDARD).rules().detector();

    private static final class Counting implements Detector.Sink {
        long hits;

        @Override
        public void alert(RuleInfo rule) {
            hits++;
        }

        @Override
        public void hit(Correlation correlation, List<String> group, String member, Map<String, String> values) {
            hits++;
        }
    }

    @Setup
    public void load() {
        RuleSample sample = new RuleSample(List.of(Path.of(rules)));
        RuleSet set = sample.take(count == 0 ? sample.size() : count, 1);
        set.indexAll();
        detector = set.detector();
        log = corpus.equals("mixed") ? WindowsLog.mixed(11) : WindowsLog.processCreations(12);
    }

    @Setup(Level.Invocation)
    public void events() {
        batch.clear();
        for (int i = 0; i < BATCH; i++) {
            batch.add(log.next());
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long detect() {
        for (WindowsLog.Event event : batch) {
            detector.detect(event.sources(), event.fields(), event.envelope(), sink);
        }
        return sink.hits;
    }
}
