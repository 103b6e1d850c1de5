package io.bongsu.app.command;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.app.console.Printable;
import io.bongsu.app.pipeline.NewestRules;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.app.replay.WhyNot;
import io.bongsu.app.replay.WhyNot.Fate;
import io.bongsu.app.replay.WhyNot.Moment;
import io.bongsu.model.Alert;
import io.bongsu.model.Micros;
import io.bongsu.rules.Explainer;
import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.Shortfall.Nearest;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "why-not",
        description = {
            "Why a correlation did not fire for a group at a time: replays the log around it and shows what counted, what came "
                    + "too late, what a filter left out, and how much of the condition was missing."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  bongsu rules why-not \"SSH brute force\" --group source.ip=203.0.113.7 --at 14:02",
            "  A rule over single events: bongsu rules explain RULE FILE"
        })
final class WhyNotCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);
    private static final int SHOWN = 200;

    @Mixin
    private ConfigOption option;

    @Mixin
    private DataOption data;

    @Mixin
    private RuleOptions words;

    @Parameters(paramLabel = "RULE", description = "The id, name or title of a correlation.")
    private String rule;

    @Option(
            names = "--group",
            paramLabel = "FIELD=VALUE",
            description = "Of the group; once for each field that the rule groups by.")
    private Map<String, String> group = Map.of();

    @Option(
            names = "--at",
            paramLabel = "TIME",
            required = true,
            description = "When you expected it: 14:02, 2026-11-22T14:02, or ISO 8601.")
    private String at;

    @Option(
            names = "--to",
            paramLabel = "TIME",
            description =
                    "How far the log is read, by when it was taken in (default: two hours after --at, or more where the"
                            + " rule's timespan is longer).")
    private @Nullable String to;

    @Override
    public Integer call() {
        ZoneId zone = ZoneId.systemDefault();
        long when = TimeOption.at("--at", at, Micros.now(), zone);
        Config config = option.load(data.environment());
        Map<String, Object> kafka = new Reach(config).kafka();
        try (NewestRules live = NewestRules.open(config, kafka)) {
            print(config, kafka, live, when, zone);
        }
        return Commands.OK;
    }

    private void print(Config config, Map<String, Object> kafka, NewestRules live, long when, ZoneId zone) {
        RuleSet.Defaults defaults = live.defaults(words.mappings(), words.lists());
        Explainer explainer = Explainer.load(live.folders(), defaults);
        RuleSet rules = explainer.loaded().rules();
        Correlation correlation = correlation(rules);
        List<String> values = new ArrayList<>();
        for (String field : correlation.groupBy()) {
            String value = group.get(field);
            if (value == null) {
                throw new Fault(
                        "the rule groups by " + String.join(", ", correlation.groupBy()) + ", and --group does not say "
                                + field,
                        "write --group " + field + "=VALUE");
            }
            values.add(value);
        }
        if (group.size() > values.size()) {
            throw new Fault(
                    "--group names fields that the rule does not group by",
                    "it groups by " + (values.isEmpty() ? "nothing" : String.join(", ", correlation.groupBy())));
        }
        long until = to == null
                ? when + 2 * Math.max(3_600_000_000L, correlation.timespan())
                : TimeOption.micros("--to", to);
        WhyNot found = WhyNot.replay(
                config,
                kafka,
                words.judging(config, rules, live),
                rules,
                RuleSet.loadUnfiltered(live.folders(), defaults).rules(),
                new WhyNot.Question(correlation, values, when, until));
        List<String> lines = new ArrayList<>();
        lines.add(correlation.info().name() + " (" + correlation.info().id() + "), "
                + correlation.groupBy().stream()
                        .map(field -> field + "=" + group.get(field))
                        .collect(Collectors.joining(" ")));
        if (found.stretch().records() == 0) {
            lines.add("Kafka keeps nothing of that time");
        }
        List<Moment> moments = found.moments();
        moments.stream().limit(SHOWN).forEach(moment -> lines.add("  " + line(moment, rules, explainer, zone)));
        if (moments.size() > SHOWN) {
            lines.add("  and " + (moments.size() - SHOWN) + " more");
        }
        found.facts()
                .forEach(fact -> lines.add("  " + time(fact.time(), zone) + "  counted   " + name(rules, fact.member())
                        + " (a rule below fired)"));
        if (moments.isEmpty() && found.facts().isEmpty()) {
            lines.add("  nothing that any of its rules looks for: "
                    + correlation.members().stream()
                            .map(id -> "'" + name(rules, id) + "'")
                            .collect(Collectors.joining(", ")));
        }
        Nearest nearest = found.nearest(rules);
        for (Alert alert : found.alerts()) {
            lines.add("there is an alert: " + alert.getId() + ", fired first at " + time(alert.getTime(), zone) + ", "
                    + alert.getStatus().name().toLowerCase(Locale.ROOT));
        }
        if (nearest != null && found.alerts().isEmpty()) {
            lines.add("nearest to an alert: from " + time(nearest.from(), zone) + " to " + time(nearest.at(), zone));
            nearest.parts().forEach(part -> lines.add("  " + part));
        }
        lines.forEach(line -> System.out.println(Printable.text(line)));
    }

    private Correlation correlation(RuleSet rules) {
        Set<String> ids = BacktestCommand.named(rules, rule);
        return rules.correlations().stream()
                .filter(c -> ids.contains(c.info().id()))
                .findFirst()
                .orElseThrow(() -> new Fault(
                        "'" + rule + "' is a rule over single events",
                        "bongsu rules explain says why it finds an event or does not"));
    }

    private static String line(Moment moment, RuleSet rules, Explainer explainer, ZoneId zone) {
        String why =
                switch (moment.fate()) {
                    case COUNTED -> "";
                    case LATE -> "   <- it came at " + time(moment.received(), zone);
                    case FILTERED -> "   <- " + filters(moment, explainer);
                };
        return time(moment.time(), zone)
                + "  "
                + Printable.pad(moment.fate().name().toLowerCase(Locale.ROOT), 8)
                + "  "
                + name(rules, moment.member())
                + (moment.fate() == Fate.LATE || moment.fate() == Fate.FILTERED ? why : "")
                + "  " + moment.said();
    }

    private static String filters(Moment moment, Explainer explainer) {
        return explainer.explain(moment.member(), moment.sources(), moment.fields()).parts().stream()
                .filter(part -> part.text().startsWith("filter ") && !part.holds())
                .map(Explainer.Part::text)
                .collect(Collectors.joining(", "));
    }

    private static String name(RuleSet rules, String id) {
        RuleInfo info = rules.info(id);
        return info == null ? id : info.name();
    }

    private static String time(long micros, ZoneId zone) {
        return micros == Micros.UNKNOWN
                ? "?"
                : TIME.format(Micros.instant(micros).atZone(zone));
    }
}
