package io.bongsu.rules.bench;

import io.bongsu.rules.Detector;
import io.bongsu.rules.LogSource;
import io.bongsu.rules.RuleSample;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.bench.WindowsLog.Event;
import io.bongsu.rules.match.Matcher.Statistics;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How many events a second one core holds against rules: by the index, by trying each rule of the event's log sources, and by
 * trying each rule there is. Every event is new to the detector, though many of its values are not. Rates are per second of
 * processor time of the thread, so that other work on the machine disturbs little; the making of events is not counted.
 */
public final class DetectBench {
    /** Of processor time; the JIT and what the detector remembers need it. */
    private static final double WARM_SECONDS = 3;

    private static final long SEED = 1;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Consumer<String> out;

    /** Where events come from. @param source makes the same events again from the beginning each time it is asked */
    public record Corpus(String name, Supplier<Supplier<Event>> source, int events) {}

    /** Events a second that one core holds against rules: by the index, by trying those of the log source, by trying all. */
    public record Result(String corpus, double index, double routed, double full) {}

    public DetectBench(Consumer<String> out) {
        this.out = out;
    }

    /** The corpora of our own. */
    public static List<Corpus> ownCorpora(int events) {
        return List.of(
                new Corpus("mixed Windows log", () -> WindowsLog.mixed(11)::next, events),
                new Corpus("process creations", () -> WindowsLog.processCreations(12)::next, events / 4));
    }

    /**
     * Runs all of it.
     *
     * @param count how many rules: fewer than there are is a random part of them, more means variants of them; 0 means all
     */
    public List<Result> run(List<Path> folders, int count, List<Corpus> corpora) {
        System.gc();
        long before = used();
        long start = THREADS.getCurrentThreadCpuTime();
        RuleSample sample = new RuleSample(folders);
        int size = count == 0 ? sample.size() : count;
        long read = THREADS.getCurrentThreadCpuTime();
        RuleSet rules = sample.take(size, SEED);
        long compiled = THREADS.getCurrentThreadCpuTime();
        rules.indexAll();
        long indexed = THREADS.getCurrentThreadCpuTime();
        System.gc();
        say(
                "%,d of %,d rules run (%,d in the folders); read in %.1f s, compiled in %.1f s, indexed in %.1f s; %,d MB of heap",
                rules.infos().size(),
                size,
                sample.size(),
                (read - start) / 1e9,
                (compiled - read) / 1e9,
                (indexed - compiled) / 1e9,
                (used() - before) >> 20);
        Map<Corpus, Rate> whole = new HashMap<>();
        List<Result> results = new ArrayList<>();
        for (Corpus corpus : corpora) {
            results.add(compare(rules, corpus, whole));
        }
        say("");
        say(
                "%-8s %s",
                "rules",
                String.join(
                        "",
                        corpora.stream()
                                .map(c -> String.format("%17s %9s %8s", c.name(), "opened", "hits"))
                                .toList()));
        for (int part : sizes(size)) {
            RuleSet some = part == size ? rules : sample.take(part, SEED);
            curve(String.format(Locale.ROOT, "%,d", part), some, corpora, part == size ? whole : Map.of());
        }
        curve(String.format(Locale.ROOT, "%,d *", size * 10), sample.take(size * 10, SEED, true), corpora, Map.of());
        say(
                "More rules than there are: copies in which half of the texts differ by two characters, so that many fire as often.");
        say("*: every text differs.");
        return results;
    }

    private void curve(String rules, RuleSet some, List<Corpus> corpora, Map<Corpus, Rate> known) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-8s", rules));
        for (Corpus corpus : corpora) {
            Rate rate = known.containsKey(corpus) ? known.getOrDefault(corpus, NONE) : rate(some, corpus);
            double events = Math.max(1, rate.statistics.events());
            line.append(String.format(
                    Locale.ROOT,
                    "%,15.0f/s %9.2f %8.3f",
                    rate.rate,
                    rate.statistics.candidates() / events,
                    rate.hits / events));
        }
        say("%s", line);
    }

    private static int[] sizes(int count) {
        return Arrays.stream(new int[] {count / 10, count / 4, count, count * 10})
                .filter(n -> n > 0)
                .toArray();
    }

    private Result compare(RuleSet rules, Corpus corpus, Map<Corpus, Rate> whole) {
        say("");
        say("%s, %,d events", corpus.name(), corpus.events());
        Rate index = rate(rules, corpus);
        Rate routed = scan(rules, corpus, false);
        Rate full = scan(rules, corpus, true);
        say(
                "  index        %,12.0f events/s   %,.0f x the routed scan, %,.0f x the full scan",
                index.rate, index.rate / routed.rate, index.rate / full.rate);
        say("  routed scan  %,12.0f events/s", routed.rate);
        say("  full scan    %,12.0f events/s", full.rate);
        Statistics s = index.statistics;
        double n = s.events();
        say(
                "  per event: %.1f fields, %,.0f characters; %.1f rules of its log sources, %.2f candidates, %.2f tests, %.3f regular expressions, %.3f hits",
                index.fields / n,
                index.characters / n,
                index.rules / n,
                s.candidates() / n,
                s.tests() / n,
                s.regexes() / n,
                index.hits / n);
        say(
                "  %.1f values, %.0f characters scanned for literals and %.1f literals compared, %.0f characters for keywords",
                s.values() / n, s.scanned() / n, s.compared() / n, s.keywordCharacters() / n);
        whole.put(corpus, index);
        return new Result(corpus.name(), index.rate, routed.rate, full.rate);
    }

    private static final Rate NONE = new Rate(0, new Statistics(0, 0, 0, 0, 0, 0, 0, 0, 0), 0, 0, 0, 0);

    private record Rate(double rate, Statistics statistics, long hits, long rules, long fields, long characters) {}

    /**
     * The median of five rounds after those that it takes to warm up: for some seconds, and until three in a row are no
     * faster than the ones before. The detector remembers, the events are new. Every rate is measured like this, so that
     * they can be compared.
     */
    private Rate rate(RuleSet rules, Corpus corpus) {
        Batches batches = new Batches(rules.detector(), corpus.source().get());
        int round = Math.max(Batches.SIZE, corpus.events() / 6 / Batches.SIZE * Batches.SIZE);
        double best = 0;
        double seconds = 0;
        for (int slower = 0; seconds < WARM_SECONDS || slower < 3 && seconds < 3 * WARM_SECONDS; ) {
            double rate = round(batches, round, null);
            slower = rate > best * 1.03 ? 0 : slower + 1;
            best = Math.max(best, rate);
            seconds += round / rate;
        }
        Statistics warm = batches.detector().statistics();
        long before = batches.hits();
        List<Double> rates = new ArrayList<>();
        Seen seen = new Seen(rules);
        for (int r = 0; r < 5; r++) {
            rates.add(round(batches, round, seen));
        }
        return new Rate(
                median(rates),
                batches.detector().statistics().since(warm),
                batches.hits() - before,
                seen.rulesSeen,
                seen.fields,
                seen.characters);
    }

    private static double round(Batches batches, int events, @Nullable Seen seen) {
        long time = 0;
        for (int done = 0; done < events; done += Batches.SIZE) {
            List<Event> batch = batches.next(Batches.SIZE);
            long start = THREADS.getCurrentThreadCpuTime();
            batches.detect();
            time += THREADS.getCurrentThreadCpuTime() - start;
            if (seen != null) {
                batch.forEach(seen::add);
            }
        }
        return events * 1e9 / time;
    }

    /** What the measured events were like. */
    private static final class Seen {
        final RuleSet rules;
        /** Counted once: to go through the rules between the batches would leave none of the index in the processor's cache. */
        final Map<Collection<LogSource>, Integer> bySource = new HashMap<>();

        long rulesSeen;
        long fields;
        long characters;

        Seen(RuleSet rules) {
            this.rules = rules;
        }

        void add(Event event) {
            fields += event.fields().size();
            characters +=
                    characters(event.fields()) + event.envelope().original().length();
            rulesSeen += bySource.computeIfAbsent(event.sources(), rules::rulesFor);
        }
    }

    private static long characters(Map<String, Object> fields) {
        return fields.values().stream()
                .mapToLong(value -> value instanceof String text ? text.length() : 0)
                .sum();
    }

    private static double median(List<Double> rates) {
        return rates.stream().sorted().toList().get(rates.size() / 2);
    }

    private static Rate scan(RuleSet rules, Corpus corpus, boolean all) {
        Batches batches =
                new Batches(rules.detector(Detector.Mode.SCAN), corpus.source().get());
        List<Double> rates = new ArrayList<>();
        long hits = 0;
        for (int r = 0; r < 3; r++) {
            long until = System.nanoTime() + 1_500_000_000L;
            long time = 0;
            long done = 0;
            while (done == 0 || System.nanoTime() < until) {
                List<Event> batch = batches.next(all ? 20 : 200);
                long start = THREADS.getCurrentThreadCpuTime();
                if (all) {
                    for (Event event : batch) {
                        hits += rules.tryAll(event.fields(), event.envelope());
                    }
                } else {
                    batches.detect();
                }
                time += THREADS.getCurrentThreadCpuTime() - start;
                done += batch.size();
            }
            rates.add(done * 1e9 / time);
        }
        return new Rate(median(rates), batches.detector().statistics(), hits + batches.hits(), 0, 0, 0);
    }

    private static long used() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private void say(String format, Object... arguments) {
        out.accept(String.format(Locale.ROOT, format, arguments));
    }
}
