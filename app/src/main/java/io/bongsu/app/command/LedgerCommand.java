package io.bongsu.app.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bongsu.app.config.Config;
import io.bongsu.app.console.Console;
import io.bongsu.app.console.Console.Paint;
import io.bongsu.app.console.Counted;
import io.bongsu.app.console.Printable;
import io.bongsu.app.console.Terminal;
import io.bongsu.app.ledger.Accounts;
import io.bongsu.app.ledger.DifferenceAlerts;
import io.bongsu.app.ledger.TrustedKeys;
import io.bongsu.app.ledger.Verification;
import io.bongsu.app.ledger.Verification.Difference;
import io.bongsu.app.pipeline.Parts;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.app.pipeline.Tally;
import io.bongsu.indexer.Elasticsearch;
import io.bongsu.model.Micros;
import io.bongsu.model.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "ledger",
        description = {
            "Where every line went: by source and by the hour in which Kafka got it. Gaps are lines that a shipper numbered"
                    + " and that never came.",
            "Exit code 1 when the sums do not agree."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  bongsu ledger --from 7d",
            "  bongsu ledger verify --from 2026-11-22T00:00:00Z --to 2026-11-23T00:00:00Z"
        })
final class LedgerCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SHOWN = 20;
    private static final Duration DAY = Duration.ofDays(1);

    /** What both forms take. */
    static final class Span {
        @Mixin
        private ConfigOption option;

        @Mixin
        private DataOption data;

        @Option(
                names = "--from",
                paramLabel = "TIME",
                description = "Lines that Kafka got from then on: 15m, 2h, 7d, or ISO 8601 (default: 24h; with --to,"
                        + " and of verify, all it keeps).")
        private @Nullable String from;

        @Option(names = "--to", paramLabel = "TIME", description = "Lines that it got before (default: now).")
        private @Nullable String to;

        @Option(names = "--json", description = "JSON, one object per line.")
        private boolean json;

        Config config() {
            return option.load(data.environment());
        }

        long from() {
            return TimeOption.micros("--from", from);
        }

        /** The same, and the last day where nothing is said: to add up all that Kafka keeps takes as long as to read it. */
        long recent() {
            return from == null && to == null ? Micros.now() - Micros.of(DAY) : from();
        }

        long to() {
            return TimeOption.to(from(), to);
        }
    }

    @Mixin
    private Span span;

    @Option(names = "--source", paramLabel = "NAME", description = "Only that source: listener/address.")
    private @Nullable String source;

    @Override
    public Integer call() {
        Accounts accounts = Accounts.read(new Reach(span.config()).kafka(), span.recent(), span.to(), source);
        if (span.json) {
            accounts.rows()
                    .forEach((key, tally) -> json(tally(tally)
                            .put("hour", Micros.iso(key.hour()))
                            .put("shipper", key.shipper())
                            .put("source", key.source())));
            accounts.droppedBefore()
                    .forEach((dropped, n) ->
                            json(before(dropped, "dropped_before_the_log").put("frames", n)));
            accounts.refused()
                    .forEach((refused, n) -> json(before(refused, "refused").put("connections", n)));
        } else {
            print(accounts);
        }
        return accounts.total().balanced() ? Commands.OK : Commands.FAILED;
    }

    private static void print(Accounts accounts) {
        Console console = Commands.console();
        List<List<String>> rows = new ArrayList<>();
        accounts.rows().forEach((key, tally) -> rows.add(row(hour(key.hour()), tally, key.source())));
        Tally total = accounts.total();
        rows.add(row("all", total, ""));
        ResultTable.of(
                        List.of(
                                "hour",
                                "received",
                                "events",
                                "merged",
                                "dead",
                                "dropped",
                                "duplicates",
                                "waiting",
                                "gaps",
                                "source"),
                        rows,
                        console,
                        Terminal.isOut() ? Terminal.width() : Integer.MAX_VALUE)
                .forEach(console::line);
        accounts.droppedBefore()
                .forEach((dropped, n) -> console.line(before(dropped, "never in the log: %,d frames dropped", n)));
        accounts.refused().forEach((refused, n) -> console.line(before(refused, "%,d connections refused", n)));
        if (accounts.unreadable() > 0) {
            console.line("cannot read " + Counted.of(accounts.unreadable(), "record") + " of bongsu.events");
        }
        mark(
                console,
                total.balanced(),
                "received %s events + merged + dead + dropped + duplicates + waiting"
                        .formatted(total.balanced() ? "=" : "≠"));
    }

    private static String before(Accounts.Dropped key, String what, long n) {
        return Printable.text(hour(key.hour()) + "  " + what.formatted(n) + " by shipper "
                + key.shipper() + ", " + key.what()
                + (key.source().isEmpty() ? "" : ", from " + key.source()));
    }

    /** As {@code --from} takes it. */
    private static String hour(long at) {
        return Micros.iso(at).substring(0, 16) + 'Z';
    }

    private static ObjectNode before(Accounts.Dropped key, String what) {
        ObjectNode out = JSON.createObjectNode()
                .put("hour", Micros.iso(key.hour()))
                .put("shipper", key.shipper())
                .put(what, key.what());
        return key.source().isEmpty() ? out : out.put("source", key.source());
    }

    private static List<String> row(String head, Tally t, String source) {
        return List.of(
                head,
                number(t.received()),
                number(t.events()),
                number(t.merged()),
                number(t.deadLettered()),
                dropped(t),
                number(t.duplicates()),
                number(t.pending()),
                number(t.missing()),
                source);
    }

    private static String dropped(Tally t) {
        return t.dropped().isEmpty()
                ? number(0)
                : t.dropped().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(reason -> number(reason.getValue()) + ' ' + reason.getKey())
                        .collect(Collectors.joining(", "));
    }

    private static ObjectNode tally(Tally t) {
        ObjectNode out = JSON.createObjectNode()
                .put("received", t.received())
                .put("events", t.events())
                .put("merged", t.merged())
                .put("dead_lettered", t.deadLettered())
                .put("duplicates", t.duplicates())
                .put("pending", t.pending())
                .put("gaps", t.missing());
        ObjectNode dropped = out.putObject("dropped");
        t.dropped().forEach(dropped::put);
        return out;
    }

    @Command(
            description = {
                "Recounts from Kafka and Elasticsearch alone, event by event, and names every difference; and"
                        + " recomputes the chains that shippers signed, and names the first line that was changed, removed"
                        + " or inserted.",
                "Exit code 1 when there is one."
            },
            mixinStandardHelpOptions = true)
    int verify(
            @Mixin Span stretch,
            @Option(
                            names = "--keys",
                            paramLabel = "FILE",
                            description = "Trust these keys only: lines of the files key.pub in the shippers' folders"
                                    + " (default: the first key of each shipper).")
                    @Nullable
                    Path keys,
            @Option(
                            names = "--chains",
                            arity = "0..1",
                            paramLabel = "TOPIC",
                            fallbackValue = Topics.LOGS,
                            description = "Only the chains and numbers in bongsu.logs, or in a copy of it, without"
                                    + " Elasticsearch.")
                    @Nullable
                    String chains,
            @Option(
                            names = "--quick",
                            description = "Whether each event is in Elasticsearch, but not whether its document says"
                                    + " what the event says.")
                    boolean quick,
            @Option(
                            names = "--alert",
                            description = "Make an alert of each difference that is named; one that was found before"
                                    + " stays the same alert.")
                    boolean alert) {
        Config config = stretch.config();
        Reach reach = new Reach(config);
        TrustedKeys trusted = keys == null ? TrustedKeys.onFirstUse() : TrustedKeys.of(keys);
        Verification found;
        if (chains != null) {
            found = Verification.chains(reach.kafka(), chains, trusted, stretch.from(), stretch.to());
        } else {
            try (Elasticsearch elasticsearch = Parts.elasticsearch(config, reach.elasticsearch())) {
                found = Verification.of(reach.kafka(), elasticsearch, trusted, stretch.from(), stretch.to(), quick);
            }
        }
        int alerts = alert ? DifferenceAlerts.send(reach.kafka(), found, Micros.now()) : 0;
        if (stretch.json) {
            found.differences()
                    .forEach(d -> json(JSON.createObjectNode()
                            .put("difference", d.kind().word())
                            .put("what", d.what())
                            .put("more", d.more())));
            ObjectNode sum = JSON.createObjectNode()
                    .put("clean", found.clean())
                    .put("to", Micros.iso(found.to()))
                    .put("lines", found.lines())
                    .put("identities", found.identities())
                    .put("events", found.events())
                    .put("indexed", found.indexed())
                    .put("dead_lettered", found.deadLettered())
                    .put("unparsed", found.unparsed())
                    .put("unindexed", found.unindexed())
                    .put("sealed", found.sealed())
                    .put("unsigned", found.unsigned());
            ObjectNode met = sum.putObject("keys");
            found.keys().forEach(met::put);
            if (found.from() != Micros.UNKNOWN) {
                sum.put("from", Micros.iso(found.from()));
            }
            ObjectNode counts = sum.putObject("differences");
            found.counts().forEach((kind, n) -> counts.put(kind.word(), n));
            json(sum);
        } else {
            print(found, stretch.from(), keys != null, chains);
            if (alerts > 0) {
                Commands.console().line("%,d of these are alerts now".formatted(alerts));
            }
        }
        return found.clean() ? Commands.OK : Commands.FAILED;
    }

    private static void print(Verification found, long asked, boolean pinned, @Nullable String chains) {
        Console console = Commands.console();
        if (found.from() > asked && asked != Micros.UNKNOWN) {
            console.line("Kafka no longer holds all from before " + Micros.iso(found.from()) + ": counted from there");
        }
        long lineFaults = sum(
                found.counts(),
                Verification.Kind.GAP,
                Verification.Kind.UNACCOUNTED,
                Verification.Kind.UNBALANCED,
                Verification.Kind.TWICE,
                Verification.Kind.UNREADABLE);
        mark(
                console,
                lineFaults == 0,
                chains == null
                        ? "%,d lines in bongsu.logs (%,d identities, %,d dead letters wait, %,d not parsed yet)"
                                .formatted(found.lines(), found.identities(), found.deadLettered(), found.unparsed())
                        : "%,d lines in %s (%,d identities)".formatted(found.lines(), chains, found.identities()));
        long chainFaults = sum(
                found.counts(),
                Verification.Kind.CHANGED,
                Verification.Kind.REMOVED,
                Verification.Kind.INSERTED,
                Verification.Kind.BAD_SIGNATURE,
                Verification.Kind.UNKNOWN_KEY,
                Verification.Kind.SEAL_MISSING);
        mark(
                console,
                chainFaults == 0,
                "%,d lines are as their shippers signed for (%,d at the edges of the stretch or of a killed shipper have no signature)"
                        .formatted(found.sealed(), found.unsigned()));
        if (!pinned) {
            found.keys()
                    .forEach((shipper, key) -> console.line(
                            Printable.text("  believed at first sight, pin it with --keys: " + shipper + " " + key)));
        }
        if (chains == null) {
            long eventFaults = sum(
                    found.counts(),
                    Verification.Kind.MISSING,
                    Verification.Kind.ALTERED,
                    Verification.Kind.FOREIGN,
                    Verification.Kind.DOUBLE);
            mark(
                    console,
                    eventFaults == 0,
                    "%,d events in bongsu.events, %,d of them in Elasticsearch (%,d not indexed yet)"
                            .formatted(found.events(), found.indexed(), found.unindexed()));
        }
        found.counts().forEach((kind, n) -> {
            console.line("%,d %s"
                    .formatted(n, chains == null ? kind.text() : kind.text().replace(Topics.LOGS, chains)));
            found.differences().stream()
                    .filter(d -> d.kind() == kind)
                    .limit(SHOWN)
                    .forEach(d -> console.line(text(d)));
            if (n > SHOWN) {
                console.line(
                        "  … --json names " + (n > Verification.NAMED ? "the first " + Verification.NAMED : "all"));
            }
        });
    }

    private static String text(Difference d) {
        return Printable.text("  " + d.what() + (d.more().isEmpty() ? "" : "  " + d.more()));
    }

    private static long sum(Map<Verification.Kind, Long> counts, Verification.Kind... kinds) {
        long sum = 0;
        for (Verification.Kind kind : kinds) {
            sum += counts.getOrDefault(kind, 0L);
        }
        return sum;
    }

    private static void mark(Console console, boolean good, String text) {
        console.line((good ? console.paint(Paint.GREEN, "✓") : console.paint(Paint.BRIGHT_RED, "✗")) + " " + text);
    }

    private static String number(long n) {
        return n == 0 ? "0" : "%,d".formatted(n);
    }

    private static void json(ObjectNode object) {
        System.out.println(Printable.json(object.toString()));
    }
}
