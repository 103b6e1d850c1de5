package io.bongsu.app.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bongsu.app.console.Console;
import io.bongsu.app.console.Printable;
import io.bongsu.app.console.Terminal;
import io.bongsu.app.pipeline.RulesLive;
import io.bongsu.model.RulesManifest;
import io.bongsu.rules.Detector;
import io.bongsu.rules.LogSource;
import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.bench.WindowsLog;
import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.match.Matcher.Work;
import io.bongsu.rules.match.RuleCost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The rules of a set as a table or as NDJSON: a column of the table is a key of the objects. */
final class RuleListing {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RuleSet rules;
    private final List<Map<String, Object>> rows = new ArrayList<>();

    RuleListing(RuleSet rules) {
        this.rules = rules;
    }

    void plain() {
        Map<String, LogSource> sources = rules.logSources();
        for (RuleInfo rule : rules.infos()) {
            Map<String, Object> row = new LinkedHashMap<>();
            LogSource source = sources.get(rule.id());
            row.put("id", rule.id());
            row.put("level", rule.level());
            row.put("title", rule.name());
            row.put("type", source == null ? "correlation" : "detection");
            row.put("log source", source == null ? "" : source.toString());
            row.put("version", rule.version());
            rows.add(row);
        }
    }

    /**
     * With since when they have been what they are, what they found, how often and when they fired, and what they cost.
     *
     * @param hits within a day
     * @param blind those that cannot see, and why, as was found last
     */
    void live(
            RulesLive.Live live,
            Map<String, RulesLive.Firings> firings,
            Map<String, Long> hits,
            Map<String, String> blind) {
        plain();
        Map<String, RuleCost> costs = rules.costs();
        for (Map<String, Object> row : rows) {
            String id = String.valueOf(row.get("id"));
            Object version = row.remove("version");
            RulesManifest since = live.since().getOrDefault(id, live.manifest());
            RulesLive.Firings fired = firings.get(id);
            row.put("generation", since.getGeneration());
            row.put("since", PushReport.since(since));
            row.put("hits", hits.getOrDefault(id, 0L));
            row.put("alerts", fired == null ? 0L : fired.count());
            row.put("last", fired == null ? "" : fired.last());
            RuleCost cost = costs.get(id);
            row.put("cost", cost == null ? "" : number(cost.weight()));
            row.put("blind", blind.getOrDefault(id, ""));
            row.put("version", version);
        }
    }

    /**
     * The dearest first: by what was measured, or else by what is likely.
     *
     * @param events hands over the events to measure with, one after the other
     */
    void cost(@Nullable Consumer<Consumer<WindowsLog.Event>> events) {
        Map<String, Work> work = Map.of();
        long[] counted = {0};
        if (events != null) {
            Detector detector = rules.detector(Detector.Mode.COUNTING);
            events.accept(event -> {
                detector.detect(event.sources(), event.fields(), event.envelope(), NOTHING);
                counted[0]++;
            });
            work = detector.work();
        }
        long count = counted[0];
        Map<String, RuleCost> costs = rules.costs();
        Map<String, Work> done = work;
        List<RuleInfo> order = rules.infos().stream()
                .filter(rule -> costs.containsKey(rule.id()))
                .sorted(Comparator.<RuleInfo>comparingLong(rule -> -spent(done.getOrDefault(rule.id(), Work.NONE)))
                        .thenComparingDouble(
                                rule -> -costs.getOrDefault(rule.id(), FREE).weight())
                        .thenComparing(RuleInfo::id))
                .toList();
        for (RuleInfo rule : order) {
            RuleCost cost = costs.getOrDefault(rule.id(), FREE);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("id", rule.id());
            row.put("level", rule.level());
            row.put("title", rule.name());
            row.put("cost", number(cost.weight()));
            if (events != null) {
                Work one = done.getOrDefault(rule.id(), Work.NONE);
                row.put("opened", perThousand(one.opened(), count));
                row.put("tests", perThousand(one.tests(), count));
                row.put("regexes", perThousand(one.regexes(), count));
                row.put("hits", perThousand(one.hits(), count));
            }
            row.put("why", String.join("; ", cost.why()));
            rows.add(row);
        }
    }

    private static final RuleCost FREE = new RuleCost(0, List.of());

    private static final Detector.Sink NOTHING = new Detector.Sink() {
        @Override
        public void alert(RuleInfo rule) {}

        @Override
        public void hit(Correlation correlation, List<String> group, String member, Map<String, String> values) {}
    };

    /** An expression takes as long as a thousand other tests. */
    private static long spent(Work work) {
        return work.opened() + work.tests() + 1_000 * work.regexes();
    }

    private static double perThousand(long count, long events) {
        return number(1_000.0 * count / Math.max(1, events));
    }

    private static double number(double value) {
        return Math.round(value * 10) / 10.0;
    }

    void print(boolean json) {
        if (json) {
            rows.forEach(row -> System.out.println(Printable.json(json(row))));
            return;
        }
        if (rows.isEmpty()) {
            return;
        }
        Console console = Commands.console();
        List<String> head = List.copyOf(rows.get(0).keySet());
        ResultTable.rules(
                        head,
                        rows.stream()
                                .map(row -> head.stream()
                                        .map(name -> shown(row.get(name)))
                                        .toList())
                                .toList(),
                        console,
                        Terminal.isOut() ? Terminal.width() : Integer.MAX_VALUE)
                .forEach(console::line);
    }

    private static String shown(@Nullable Object cell) {
        return cell instanceof Double number ? String.format(Locale.ROOT, "%.1f", number) : String.valueOf(cell);
    }

    private static String json(Map<String, Object> row) {
        Map<String, Object> named = new LinkedHashMap<>();
        row.forEach((name, value) -> named.put(name.replace(' ', '_'), value));
        try {
            return JSON.writeValueAsString(named);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
