package io.bongsu.rules.bench;

import io.bongsu.rules.Detector;
import io.bongsu.rules.LogSource;
import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.RuleSample;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.correlate.Correlation;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a byte costs of events that are made to cost much, from two kilobytes to a megabyte: the whole is linear when the
 * figures of a row stay where they are. Against the rules given, and rules of our own that are as bad as Sigma lets them be.
 */
public final class HostileBench {
    private static final int[] SIZES = {2_000, 16_000, 128_000, 1_000_000};
    /** Of processor time, for each size. */
    private static final long NANOS = 60_000_000;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final LogSource PROCESSES = new LogSource("process_creation", "windows", null);

    private static final String RULES = """
            title: wildcards
            logsource: {category: process_creation, product: windows}
            detection: {s: {stars: ['*a*b*a*b*a*b*a*b*a*b*c', '*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa?b*x']}, condition: s}
            ---
            title: expressions
            logsource: {category: process_creation, product: windows}
            detection: {s: {expression|re: ['(a+)+$', 'a.*b.*c.*d.*e', '[a-c]{5,40}[x-z]']}, condition: s}
            ---
            title: two fields
            logsource: {category: process_creation, product: windows}
            detection: {s: {one|fieldref|contains: other}, t: {one|fieldref|endswith: other}, condition: 1 of them}
            ---
            title: words
            logsource: {category: process_creation, product: windows}
            detection: {s: [needle, other*thing, 봉수대], condition: s}
            ---
            title: a long list
            logsource: {category: process_creation, product: windows}
            detection: {s: {list|contains: needle}, t: {list|cidr: '10.0.0.0/8'}, condition: s or t}
            """;

    /** @param events of about so many characters; no two are alike */
    private record Case(String name, Events events) {}

    private interface Events {
        Map<String, Object> make(int size, int seed);
    }

    private static final class Silent implements Detector.Sink {
        @Override
        public void alert(RuleInfo rule) {}

        @Override
        public void hit(Correlation correlation, List<String> group, String member, Map<String, String> values) {}
    }

    private HostileBench() {}

    /** The nanoseconds that a character costs, by what is hostile, for each size. */
    public static Map<String, double[]> run(List<Path> folders, Consumer<String> out) {
        RuleSample sample = new RuleSample(folders);
        List<String> texts = sample.texts();
        sample.add(RULES);
        RuleSet rules = sample.take(sample.size(), 1);
        rules.indexAll();
        out.accept("");
        out.accept(String.format(
                Locale.ROOT,
                "%-42s %8s %8s %8s %8s",
                "nanoseconds a character of hostile events",
                "2 KB",
                "16 KB",
                "128 KB",
                "1 MB"));
        Map<String, double[]> results = new LinkedHashMap<>();
        for (Case hostile : cases(texts)) {
            double[] costs = new double[SIZES.length];
            cost(rules, hostile.events, SIZES[0]);
            for (int i = 0; i < SIZES.length; i++) {
                costs[i] = cost(rules, hostile.events, SIZES[i]);
            }
            results.put(hostile.name, costs);
            out.accept(String.format(
                    Locale.ROOT,
                    "%-42s %8.1f %8.1f %8.1f %8.1f",
                    hostile.name,
                    costs[0],
                    costs[1],
                    costs[2],
                    costs[3]));
        }
        return results;
    }

    private static double cost(RuleSet rules, Events events, int size) {
        Detector detector = rules.detector();
        Silent sink = new Silent();
        Set<LogSource> sources = Set.of(PROCESSES);
        long time = 0;
        int done = 0;
        while (time < NANOS) {
            Map<String, Object> event = events.make(size, done++);
            long start = THREADS.getCurrentThreadCpuTime();
            detector.detect(sources, event, sink);
            time += THREADS.getCurrentThreadCpuTime() - start;
        }
        return (double) time / done / size;
    }

    private static List<Case> cases(List<String> texts) {
        String near = String.join(" ", texts);
        List<Case> cases = new ArrayList<>();
        cases.add(new Case("command line of letters", text("CommandLine", "qwertyuiop asdfghjkl")));
        cases.add(new Case("command line of the rules' own texts", text("CommandLine", near)));
        cases.add(new Case("the same, all lacking the last letter", text("CommandLine", cut(texts))));
        cases.add(new Case("wildcards, near", text("stars", "ab")));
        cases.add(new Case("wildcards, one letter", text("stars", "a")));
        cases.add(new Case("expressions, near", text("expression", "abcd")));
        cases.add(new Case("expressions, one letter", text("expression", "a")));
        cases.add(new Case(
                "two fields, one letter",
                (size, seed) -> Map.of("one", seed + repeat("a", size * 2 / 3), "other", repeat("a", size / 3) + "b")));
        cases.add(new Case(
                "two fields of many values",
                (size, seed) -> Map.of("one", values(size / 2, seed), "other", values(size / 2, seed + 1_000_000))));
        cases.add(new Case("keywords, near", text("message", "other needl ")));
        cases.add(new Case("keywords, Korean", text("message", "봉수 봉수대가 ")));
        cases.add(new Case("marks out of order", text("CommandLine", "\u0300\u0316")));
        cases.add(new Case("many values", (size, seed) -> Map.of("list", values(size, seed))));
        cases.add(new Case("many fields", (size, seed) -> {
            Map<String, Object> fields = new HashMap<>();
            for (int i = 0; i < size / 20; i++) {
                fields.put("field" + i, seed + " " + i);
            }
            return fields;
        }));
        return cases;
    }

    private static String cut(List<String> texts) {
        StringBuilder cut = new StringBuilder();
        texts.forEach(
                text -> cut.append(text, 0, Math.max(0, text.length() - 1)).append('~'));
        return cut.toString();
    }

    private static Events text(String field, String repeated) {
        return (size, seed) -> Map.of(field, seed + repeat(repeated, size));
    }

    private static String repeat(String text, int size) {
        return text.isEmpty() ? "" : text.repeat(size / text.length() + 1).substring(0, size);
    }

    private static List<String> values(int size, int seed) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < size / 12; i++) {
            values.add(String.format(Locale.ROOT, "v%05d-%05d", seed % 100_000, i));
        }
        return values;
    }
}
