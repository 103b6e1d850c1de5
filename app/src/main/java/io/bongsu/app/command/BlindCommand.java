package io.bongsu.app.command;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.app.config.ConfigReader;
import io.bongsu.app.console.Printable;
import io.bongsu.app.ledger.AlertTopic;
import io.bongsu.app.ledger.BlindAlerts;
import io.bongsu.app.pipeline.NewestRules;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.app.replay.Looked;
import io.bongsu.model.Documents;
import io.bongsu.model.Micros;
import io.bongsu.rules.Sight;
import io.bongsu.rules.Sight.Blind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "blind",
        description = {
            "Which rules cannot see: their log source never came or is silent, a field that they need is never filled, or more lines "
                    + "than before are not understood. Reads bongsu.logs, parsed as the pipeline does. Exit code 1 when there are some."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  bongsu rules blind --from 24h", "  bongsu rules blind --from 7d --alert"})
final class BlindCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption option;

    @Mixin
    private DataOption data;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            defaultValue = "24h",
            description = "What came from then on: 24h, 7d, or ISO 8601 (default: ${DEFAULT-VALUE}).")
    private String from;

    @Option(
            names = "--silent",
            paramLabel = "DURATION",
            defaultValue = "6h",
            description = "A log source that was not heard for so long is silent (default: ${DEFAULT-VALUE}).")
    private String silent;

    @Option(
            names = "--alert",
            description =
                    "Also makes alerts of it, as a parse role does every correlate.sight; those of what is over are closed.")
    private boolean alert;

    @Option(names = "--json", description = "NDJSON: an object for each rule.")
    private boolean json;

    @Override
    public Integer call() {
        return look(option.load(data.environment()), from, silent, alert, json);
    }

    /** What {@code rules list --blind} does as well. */
    static int look(Config config, String from, String silent, boolean alert, boolean json) {
        long now = Micros.now();
        long since = now
                - Micros.of(ConfigReader.duration(silent)
                        .orElseThrow(() -> new Fault(
                                "--silent: '" + silent + "' is not a duration", "write for example 30m or 6h")));
        Map<String, Object> kafka = new Reach(config).kafka();
        List<Blind> blind;
        List<Blind> causes;
        int rules;
        try (NewestRules live = NewestRules.open(config, kafka)) {
            Sight sight = Looked.at(config, kafka, live, TimeOption.micros("--from", from));
            blind = sight.blind(since);
            causes = sight.causes(since);
            rules = live.loaded().rules().infos().size();
        }
        if (json) {
            try (Lines out = new Lines()) {
                blind.forEach(one -> {
                    Map<String, Object> object = new LinkedHashMap<>();
                    object.put("rule.id", one.rule().id());
                    object.put("rule.name", one.rule().name());
                    object.put("reason", one.reason().name().toLowerCase(Locale.ROOT));
                    object.put("what", one.what());
                    if (one.last() != Long.MIN_VALUE) {
                        object.put("last", Micros.iso(one.last()));
                    }
                    out.json(Documents.nested(object));
                });
            }
        } else {
            blind.forEach(one -> System.out.println(Printable.text(one.rule().name() + ": " + why(one))));
            System.out.println(blind.size() + " of " + rules + " rules cannot see");
        }
        if (alert) {
            AlertTopic.send(kafka, BlindAlerts.next(causes, BlindAlerts.said(kafka), now));
        }
        return blind.isEmpty() ? Commands.OK : Commands.FAILED;
    }

    private static String why(Blind one) {
        return switch (one.reason()) {
            case NO_SOURCE -> "nothing came of " + one.what();
            case SILENT -> "nothing came of " + one.what() + " since " + Micros.iso(one.last());
            case NO_FIELD -> "no event has " + one.what();
            case UNREAD -> "more lines than before of " + one.what() + " are not understood";
            case BELOW -> "built on " + (one.what().isEmpty() ? "events without its group" : one.what());
        };
    }
}
