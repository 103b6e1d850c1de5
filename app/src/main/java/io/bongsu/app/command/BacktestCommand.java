package io.bongsu.app.command;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.app.console.Printable;
import io.bongsu.app.pipeline.AlertLines;
import io.bongsu.app.pipeline.NewestRules;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.app.replay.Backtest;
import io.bongsu.app.replay.Backtest.Change;
import io.bongsu.app.replay.Backtest.Judging;
import io.bongsu.app.replay.Backtest.OfRule;
import io.bongsu.model.Alert;
import io.bongsu.model.Documents;
import io.bongsu.model.Micros;
import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.RuleSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "backtest",
        description = {
            "What rules would have raised: replays the log that Kafka keeps through the same engine, beside the live rules, "
                    + "without a consumer group and without touching anything. A filter counts as a change of the rules that it names."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  bongsu rules backtest my-rule.yml --from 24h",
            "  bongsu rules backtest except-3823e2658e.yml --from 7d",
            "  bongsu rules backtest \"SSH brute force\" --from 2h --json"
        })
final class BacktestCommand implements Callable<Integer> {
    /** Changes that are printed of each rule; all of them with --json. */
    private static final int SHOWN = 20;

    @Mixin
    private ConfigOption option;

    @Mixin
    private DataOption data;

    @Mixin
    private RuleOptions words;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            required = true,
            description =
                    "Alerts from then on: 24h, 7d, or ISO 8601. The log is read from before it, for what rules remember.")
    private String from;

    @Option(names = "--to", paramLabel = "TIME", description = "Alerts before that (default: all).")
    private @Nullable String to;

    @Option(
            names = "--json",
            description = "NDJSON: an object for each alert that differs, for each rule, and one for the cost.")
    private boolean json;

    @Parameters(
            arity = "1..*",
            paramLabel = "RULE",
            description = "Files or folders with rules, which stand in for the live ones of the same id or name;"
                    + " or the id, name or title of live ones.")
    private List<String> rules;

    @Override
    public Integer call() {
        long begin = TimeOption.micros("--from", from);
        long end = to == null ? Long.MAX_VALUE : TimeOption.to(begin, to);
        Config config = option.load(data.environment());
        List<Path> over = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (String rule : rules) {
            if (Files.exists(Path.of(rule))) {
                over.add(Path.of(rule));
            } else {
                names.add(rule);
            }
        }
        Map<String, Object> kafka = new Reach(config).kafka();
        Backtest found;
        try (NewestRules live = NewestRules.open(config, kafka)) {
            RuleSet.Defaults defaults = live.defaults(words.mappings(), words.lists());
            RuleSet.Loaded tried = RuleSet.loadOver(live.folders(), over, defaults);
            tried.problems().forEach(p -> Commands.complain(p.toString()));
            if (!tried.problems().isEmpty()) {
                return Commands.MEND;
            }
            Set<String> named = new TreeSet<>();
            for (String name : names) {
                named.addAll(named(tried.rules(), name));
            }
            // What is just as it is live is reported all the same.
            RuleSet.load(over, defaults).rules().infos().forEach(info -> named.add(info.id()));
            RuleSet before = live.loaded().rules();
            found = Backtest.run(
                    config,
                    kafka,
                    new Judging(before, live.judging(before), false),
                    new Judging(tried.rules(), words.judging(config, tried.rules(), live), words.triesParsers()),
                    named,
                    begin,
                    end);
        }
        if (json) {
            json(found);
        } else {
            print(found);
        }
        return Commands.OK;
    }

    static Set<String> named(RuleSet rules, String name) {
        Set<String> found = new TreeSet<>();
        for (RuleInfo info : rules.infos()) {
            if (info.id().equals(name)
                    || info.name().equalsIgnoreCase(name)
                    || name.equals(info.fields().get("bongsu.rule.name"))) {
                found.add(info.id());
            }
        }
        if (found.isEmpty()) {
            throw new Fault(
                    "no file and no rule is called '" + name + "'",
                    "name a file or folder, or the id, name or title of a rule: bongsu rules list shows them");
        }
        return found;
    }

    private static void print(Backtest found) {
        AlertLines lines = new AlertLines(Commands.console(), ZoneId.systemDefault());
        for (OfRule rule : found.rules()) {
            System.out.println(Printable.text(rule.rule().name() + ": " + counted(rule)));
            rule.changes().stream().limit(SHOWN).forEach(change -> System.out.println("  " + line(lines, change)));
            if (rule.changes().size() > SHOWN) {
                System.out.println("  and " + (rule.changes().size() - SHOWN) + " more: --json has all");
            }
            if (!rule.noisiest().isEmpty()) {
                List<String> groups = new ArrayList<>();
                rule.noisiest().forEach((group, hits) -> groups.add(group + " (" + hits + ")"));
                System.out.println(Printable.text("  most hits: " + String.join(", ", groups)));
            }
        }
        double seconds = found.elapsed() / 1e9;
        System.out.println(String.format(
                Locale.ROOT,
                "%,d events in %.1f s (%,.0f a second), %.1f CPU s for these rules%s; the log from %s",
                found.events(),
                seconds,
                found.events() / Math.max(1e-9, seconds),
                found.cpu() / 1e9,
                found.liveCpu() == 0
                        ? ""
                        : String.format(Locale.ROOT, ", %.1f for the live ones", found.liveCpu() / 1e9),
                found.stretch().begins() == Micros.UNKNOWN
                        ? "nowhere: Kafka keeps none of that time"
                        : Micros.iso(found.stretch().begins())));
    }

    private static String counted(OfRule rule) {
        if (!rule.live()) {
            return rule.alerts() + " alerts of " + rule.hits() + " hits; it is new";
        }
        return rule.alerts() + " alerts of " + rule.hits() + " hits, live " + rule.liveAlerts() + " of "
                + rule.liveHits() + ": " + rule.count(Change.Added.class) + " added, "
                + rule.count(Change.Gone.class) + " gone, " + rule.count(Change.Changed.class) + " changed";
    }

    private static String line(AlertLines lines, Change change) {
        return switch (change) {
            case Change.Added added -> "+ " + lines.line(added.alert());
            case Change.Gone gone -> "- " + lines.line(gone.alert());
            case Change.Changed changed ->
                "~ " + lines.line(changed.alert()) + ", live: " + changed.live().getCount() + " from "
                        + lines.time(changed.live().getStart());
        };
    }

    private static void json(Backtest found) {
        try (Lines out = new Lines()) {
            for (OfRule rule : found.rules()) {
                for (Change change : rule.changes()) {
                    Map<String, Object> object = new LinkedHashMap<>();
                    Alert alert =
                            switch (change) {
                                case Change.Added added -> added.alert();
                                case Change.Gone gone -> gone.alert();
                                case Change.Changed changed -> changed.alert();
                            };
                    object.put("change", change.getClass().getSimpleName().toLowerCase(Locale.ROOT));
                    object.put("rule.id", alert.getRule());
                    object.put("time", Micros.iso(alert.getTime()));
                    object.put("group", new LinkedHashMap<>(alert.getGroup()));
                    object.put("count", alert.getCount());
                    out.json(Documents.nested(object));
                }
                Map<String, Object> object = new LinkedHashMap<>();
                object.put("rule.id", rule.rule().id());
                object.put("rule.name", rule.rule().name());
                object.put("alerts", rule.alerts());
                object.put("hits", rule.hits());
                object.put("added", rule.count(Change.Added.class));
                object.put("gone", rule.count(Change.Gone.class));
                object.put("changed", rule.count(Change.Changed.class));
                if (rule.live()) {
                    object.put("live.alerts", rule.liveAlerts());
                    object.put("live.hits", rule.liveHits());
                }
                List<Object> noisiest = new ArrayList<>();
                rule.noisiest().forEach((group, hits) -> noisiest.add(Map.of("group", group, "hits", hits)));
                object.put("noisiest", noisiest);
                out.json(Documents.nested(object));
            }
            out.json(Documents.nested(Map.of(
                    "events", found.events(),
                    "seconds", found.elapsed() / 1e9,
                    "cpu_s", found.cpu() / 1e9,
                    "live_cpu_s", found.liveCpu() / 1e9,
                    "records", found.stretch().records())));
        }
    }
}
