package io.bongsu.app.command;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.app.console.Counted;
import io.bongsu.app.console.Printable;
import io.bongsu.app.pipeline.AlertLines;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.app.pipeline.RulesLive;
import io.bongsu.app.replay.SameAlerts;
import io.bongsu.model.Documents;
import io.bongsu.model.Micros;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "replay",
        description = "The log once more, to see whether it gives the same answer.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Examples:", "  bongsu replay verify --day 2026-11-22", "  bongsu replay verify --from 2h"})
final class ReplayCommand {
    @Command(
            description = {
                "Whether a replay of the rules and parsers over the log gives exactly the alerts that were raised: reads bongsu.logs and "
                        + "bongsu.alerts, and names each alert that differs. Exit code 1 when there is one."
            },
            mixinStandardHelpOptions = true)
    int verify(
            @Mixin ConfigOption option,
            @Mixin DataOption data,
            @Option(names = "--day", paramLabel = "DATE", description = "Alerts of that day, in UTC.") @Nullable
                    String day,
            @Option(
                            names = "--from",
                            paramLabel = "TIME",
                            description = "Alerts from then on: 2h, 7d, or ISO 8601 (default: 24h).")
                    @Nullable
                    String from,
            @Option(
                            names = "--to",
                            paramLabel = "TIME",
                            description = "Alerts before that (default: all that are there).")
                    @Nullable
                    String to,
            @Option(names = "--json", description = "NDJSON: an object for each difference, then one with the counts.")
                    boolean json) {
        if (day != null && (from != null || to != null)) {
            throw new Fault("--day together with --from or --to", "say one of them");
        }
        long begin =
                day != null ? TimeOption.date("--day", day) : TimeOption.micros("--from", from == null ? "24h" : from);
        long end = day != null ? begin + 86_400_000_000L : to == null ? Micros.now() : TimeOption.to(begin, to);
        Config config = option.load(data.environment());
        Map<String, Object> kafka = new Reach(config).kafka();
        SameAlerts found = RulesLive.judging(
                config,
                kafka,
                (generations, newest) -> SameAlerts.verify(config, kafka, generations, newest, begin, end));
        if (json) {
            try (Lines out = new Lines()) {
                for (SameAlerts.Difference difference : found.differences()) {
                    Map<String, Object> object = new LinkedHashMap<>();
                    object.put("difference", difference.kind().name().toLowerCase(Locale.ROOT));
                    object.put("id", difference.alert().getId());
                    object.put("rule", difference.alert().getRule());
                    object.put("time", Micros.iso(difference.alert().getTime()));
                    object.put("what", difference.what());
                    out.json(Documents.nested(object));
                }
                out.json(Documents.nested(Map.of(
                        "same", found.same(),
                        "open", found.open(),
                        "outside", found.outside(),
                        "differences", (long) found.differences().size(),
                        "records", found.stretch().records())));
            }
        } else {
            print(found);
            if (!found.differences().isEmpty()) {
                blame(RulesLive.otherParsers(kafka));
            }
        }
        return found.differences().isEmpty() ? Commands.OK : Commands.FAILED;
    }

    /** What is built in does not travel. */
    private static void blame(List<Long> generations) {
        if (!generations.isEmpty()) {
            System.out.println(
                    "  generations "
                            + generations.stream().map(Object::toString).collect(Collectors.joining(", "))
                            + " were pushed with other built-in parsers than those of this program: what differs may come from that");
        }
    }

    private static void print(SameAlerts found) {
        for (SameAlerts.Difference difference : found.differences()) {
            System.out.println(Printable.text(
                    "✗ " + difference.kind().text() + ": " + difference.alert().getId() + ", "
                            + AlertLines.name(difference.alert()) + " "
                            + difference.alert().getGroup() + " at "
                            + Micros.iso(difference.alert().getTime())
                            + (difference.what().isEmpty() ? "" : ": " + difference.what())));
        }
        String sign = found.differences().isEmpty() ? "✓ " : "✗ ";
        System.out.println(sign
                + String.format(
                        Locale.ROOT,
                        "the log gives %s again, %,d differ (%s replayed)",
                        Counted.of(found.same() + found.open(), "alert"),
                        found.differences().size(),
                        Counted.of(found.stretch().records(), "record")));
        if (found.open() > 0) {
            System.out.println("  still growing, so compared by id only: " + found.open());
        }
        if (found.outside() > 0) {
            System.out.println(
                    "  not compared, since their events lie outside of what was read, or Kafka no longer keeps them: "
                            + found.outside());
        }
    }
}
