package io.bongsu.app.command;

import io.bongsu.ingest.offline.RuleTests;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tests of rules that failed: what went wrong in the same way in several variants is said once. */
final class TestReport {
    private TestReport() {}

    static List<String> lines(List<RuleTests.Result> failed) {
        Map<List<String>, List<String>> variants = new LinkedHashMap<>();
        for (RuleTests.Result r : failed) {
            String at =
                    r.test().file() + ":" + r.test().line() + ": '" + r.test().name() + "' ";
            variants.computeIfAbsent(
                            List.of(at, ": expected " + r.expected() + ", got " + r.came()), key -> new ArrayList<>())
                    .add(r.variant().name().toLowerCase(Locale.ROOT));
        }
        return variants.entrySet().stream()
                .map(one -> one.getKey().getFirst()
                        + (one.getValue().size() == RuleTests.Variant.values().length
                                ? "in every variant"
                                : "(" + String.join(", ", one.getValue()) + ")")
                        + one.getKey().getLast())
                .toList();
    }
}
