package io.bongsu.rules;

import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.yaml.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Rules from text, and what they say about an event, for tests. */
public final class Rules {
    private Rules() {}

    public static RuleSet.Loaded load(String text) {
        return load(text, RuleSet.Defaults.STANDARD);
    }

    public static RuleSet.Loaded load(String text, RuleSet.Defaults defaults) {
        return new RuleLoader(defaults).load("r.yml", text);
    }

    public static RuleSet good(String text) {
        RuleSet.Loaded loaded = load(text);
        if (!loaded.problems().isEmpty()) {
            throw new AssertionError(loaded.problems().toString());
        }
        return loaded.rules();
    }

    public static List<String> messages(String text) {
        return load(text).problems().stream().map(Problem::toString).toList();
    }

    /** Ids of the rules that alert, and "correlation member [group]" of hits, in order; the index and the scan agree. */
    public static List<String> detect(RuleSet rules, LogSource source, Map<String, ?> fields) {
        List<String> indexed = detect(rules.detector(Detector.Mode.INDEX), source, fields);
        List<String> scanned = detect(rules.detector(Detector.Mode.SCAN), source, fields);
        if (!indexed.equals(scanned)) {
            throw new AssertionError("index " + indexed + ", scan " + scanned + " for " + fields);
        }
        return indexed;
    }

    private static List<String> detect(Detector detector, LogSource source, Map<String, ?> fields) {
        List<String> said = new ArrayList<>();
        detector.detect(List.of(source), fields, new Detector.Sink() {
            @Override
            public void alert(RuleInfo rule) {
                said.add(rule.id());
            }

            @Override
            public void hit(Correlation correlation, List<String> group, String member, Map<String, String> values) {
                said.add(correlation.info().id() + " " + member + " " + group);
            }
        });
        return said;
    }
}
