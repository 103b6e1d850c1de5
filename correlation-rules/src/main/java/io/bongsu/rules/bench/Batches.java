package io.bongsu.rules.bench;

import io.bongsu.rules.Detector;
import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.bench.WindowsLog.Event;
import io.bongsu.rules.correlate.Correlation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Events that a detector has not seen, made a batch at a time so that only what is done with them need be measured: by
 * {@link DetectBench} and by JMH alike.
 */
public final class Batches {
    /** Few enough to stay in the processor's cache, as a line that was just parsed does; enough to hide the clock's cost. */
    public static final int SIZE = 50;

    private final Detector detector;
    private final Supplier<Event> source;
    private final List<Event> batch = new ArrayList<>(SIZE);
    private final Counting sink = new Counting();

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

    public Batches(Detector detector, Supplier<Event> source) {
        this.detector = detector;
        this.source = source;
    }

    /** Makes the next events, and gives them. */
    public List<Event> next(int size) {
        batch.clear();
        for (int i = 0; i < size; i++) {
            batch.add(source.get());
        }
        return batch;
    }

    /** Holds them against the rules. */
    public void detect() {
        for (Event event : batch) {
            detector.detect(event.sources(), event.fields(), event.envelope(), sink);
        }
    }

    /** Of all batches. */
    public long hits() {
        return sink.hits;
    }

    public Detector detector() {
        return detector;
    }
}
