package io.bongsu.app.demo;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.app.config.Config.Listen;
import io.bongsu.app.console.Console;
import io.bongsu.app.console.Console.Paint;
import io.bongsu.app.console.Printable;
import io.bongsu.app.console.Tries;
import io.bongsu.app.pipeline.AlertLines;
import io.bongsu.app.pipeline.Pipeline;
import io.bongsu.app.pipeline.Tally;
import io.bongsu.app.pipeline.Watcher;
import io.bongsu.indexer.Search;
import io.bongsu.model.Alert;
import io.bongsu.model.Micros;
import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.RuleSet;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * One run of the scenario against a running pipeline: sends it through the listeners, shows what becomes of it, waits until
 * every line and every alert is accounted for in Elasticsearch, and judges. The judgement asks the log and Elasticsearch,
 * not the counters of the parts.
 */
public final class Demo {
    /** The scenario's six hours pass in less than a minute, so the log's clock runs ahead of lines that come late. */
    public static final Map<String, String> ENVIRONMENT =
            Map.of("BONGSU_CORRELATE_LATENESS", "12h", "BONGSU_CORRELATE_HOLD", "24h");

    private static final int LINES_PER_SECOND = 900;
    /** Lines underway at which the sender waits, so that the latency is not that of a queue on a slow machine. */
    private static final int MOST_UNDERWAY = LINES_PER_SECOND;

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Config config;
    private final Pipeline pipeline;
    private final RuleSet rules;
    private final Console console;
    private final boolean stays;

    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger alertRecords = new AtomicInteger();

    /** @param stays whether the pipeline goes on when the scenario is over */
    public Demo(Config config, Pipeline pipeline, RuleSet rules, Console console, boolean stays) {
        this.config = config;
        this.pipeline = pipeline;
        this.rules = rules;
        this.console = console;
        this.stays = stays;
    }

    /** Only the traffic, to the listeners of a pipeline on another machine; its alerts are to be seen there. */
    public static void play(Config config, String machine, Console console) throws IOException, InterruptedException {
        Scenario scenario =
                Scenario.of((int) (Instant.now().getEpochSecond() / 60 % 200) + 1, Instant.now(), Scenario.LINES);
        console.line(scenario.lines().size() + " lines to " + machine + " …");
        new Sender(transport -> reachable(config, transport, machine), LINES_PER_SECOND)
                .send(scenario.lines(), n -> true);
        console.line("sent; inside are:");
        scenario.stories().forEach(story -> console.line("  " + story.name() + ": " + story.what()));
    }

    private static InetSocketAddress reachable(Config config, Transport transport, String machine) {
        InetSocketAddress target = new InetSocketAddress(
                machine, listener(config, transport).bind().port());
        if (target.isUnresolved()) {
            throw new Fault("the name " + machine + " has no address", "name the machine of 'bongsu ship'");
        }
        return target;
    }

    /** Whether everything was as the scenario says. */
    public boolean run() throws IOException, InterruptedException {
        int number = nextRun();
        Scenario scenario = Scenario.of(number, Instant.now(), Scenario.LINES);
        Path file = config.data().resolve("demo").resolve("run-" + number + ".ndjson");
        Envelopes.write(scenario, Micros.now(), file);

        AlertLines lines = new AlertLines(console, ZoneId.systemDefault());
        Judgement judgement = new Judgement(scenario, alert -> show(lines, alert));
        try (Watcher watcher = new Watcher(pipeline.kafka(), Watcher.TOPICS, judgement);
                Progress progress = new Progress(pipeline.kafka())) {
            watcher.start();
            announce(scenario);
            send(scenario, judgement);
            boolean arrived = await(
                    "lines",
                    judgement,
                    () -> judgement.tally().received() >= scenario.lines().size());
            boolean settled = arrived && await("alerts", judgement, () -> progress.correlated(watcher));
            Indexed indexed = new Indexed(new Search(pipeline.elasticsearch()), judgement);
            boolean found = settled && await("Elasticsearch", judgement, indexed::complete);
            console.endStatus();
            return summary(scenario, judgement, indexed, found, file);
        }
    }

    private int nextRun() throws IOException {
        Path folder = Files.createDirectories(config.data().resolve("demo"));
        Path counter = folder.resolve("runs");
        int number = Files.exists(counter)
                ? Integer.parseInt(Files.readString(counter).strip()) + 1
                : 1;
        Files.writeString(counter, number + "\n");
        return number;
    }

    private void announce(Scenario scenario) {
        console.line("");
        console.line(console.paint(Paint.BOLD, "The scenario, run " + scenario.run() + ": ")
                + scenario.lines().size()
                + " lines of " + scenario.hosts().size() + " hosts and six hours, with "
                + scenario.stories().size()
                + " attacks and near-misses inside.");
        console.line(
                "Six hours pass in half a minute, so this run takes lines up to 12 hours late (correlate.lateness).");
        console.line("");
    }

    private void show(AlertLines lines, Alert alert) {
        alertRecords.incrementAndGet();
        console.line(lines.line(alert));
    }

    private void send(Scenario scenario, Judgement judgement) throws IOException, InterruptedException {
        new Sender(this::target, LINES_PER_SECOND).send(scenario.lines(), n -> {
            sent.set(n);
            showStatus(judgement, "sending");
            return n - judgement.tally().received() < MOST_UNDERWAY;
        });
    }

    private InetSocketAddress target(Transport transport) {
        return pipeline.address(listener(config, transport).name());
    }

    private static Listen listener(Config config, Transport transport) {
        return config.listeners().stream()
                .filter(l -> transport.listener().equals(type(l)))
                .findFirst()
                .orElseThrow(() -> new Fault(
                        "the demo needs a listener of type " + transport.listener(),
                        "add one to bongsu.yml, as in the shipped file"));
    }

    private static String type(Listen listener) {
        return listener.type().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private long lastStatus;

    private void showStatus(Judgement judgement, String doing) {
        if (System.nanoTime() - lastStatus < 200_000_000L) {
            return;
        }
        lastStatus = System.nanoTime();
        Tally tally = judgement.tally();
        Map<String, Long> indexed = pipeline.indexed();
        console.status(String.format(
                Locale.ROOT,
                "%s · sent %,d · shipped %,d · parsed %,d · dead letters %,d · indexed %,d · alert records %,d",
                doing,
                sent.get(),
                pipeline.shipped().getOrDefault("acknowledged", 0L),
                tally.received(),
                tally.deadLettered(),
                indexed.entrySet().stream()
                        .filter(e -> e.getKey().startsWith("indexed"))
                        .mapToLong(Map.Entry::getValue)
                        .sum(),
                alertRecords.get()));
    }

    private interface Condition {
        boolean holds() throws InterruptedException;
    }

    /** Asks until it holds; gives up when nothing has moved for a while. */
    private boolean await(String what, Judgement judgement, Condition condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long seen = -1;
        while (!condition.holds()) {
            long moved = judgement.tally().received() + alertRecords.get();
            if (moved != seen) {
                seen = moved;
                deadline = System.nanoTime() + PATIENCE.toNanos();
            }
            if (System.nanoTime() > deadline) {
                console.line(console.paint(
                        Paint.RED,
                        "gave up waiting for " + what + ": nothing has moved for " + PATIENCE.toSeconds() + " s; see "
                                + config.data().resolve("logs")));
                return false;
            }
            showStatus(judgement, "waiting for " + what);
            Thread.sleep(100);
        }
        return true;
    }

    private boolean summary(Scenario scenario, Judgement judgement, Indexed indexed, boolean complete, Path file) {
        Tally tally = judgement.tally();
        long lines = scenario.lines().size();
        boolean sum = lines == tally.accounted() && tally.balanced() && tally.missing() == 0;
        console.line("");
        console.line(console.paint(Paint.BOLD, "Where every line went"));
        row(
                sum,
                String.format(
                        Locale.ROOT,
                        "%,d lines sent = %,d events + %,d merged + %,d dead letters + %,d dropped + %,d duplicates%s%s",
                        lines,
                        tally.events(),
                        tally.merged(),
                        tally.deadLettered(),
                        tally.droppedLines(),
                        tally.duplicates(),
                        tally.pending() == 0 ? "" : String.format(Locale.ROOT, " + %,d pending", tally.pending()),
                        sum ? "" : String.format(Locale.ROOT, "  (%,d are missing)", lines - tally.accounted())));
        row(
                complete,
                String.format(
                        Locale.ROOT,
                        "%,d events and %,d alerts found in Elasticsearch, each once",
                        indexed.events(),
                        indexed.alerts()));
        Map<String, Long> dropped = pipeline.shipped().entrySet().stream()
                .filter(e -> e.getKey().startsWith("dropped") && e.getValue() > 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        if (!dropped.isEmpty()) {
            console.line("    the shipper dropped: " + dropped);
        }

        console.line("");
        console.line(console.paint(Paint.BOLD, "Alerts"));
        boolean alerts = true;
        for (Judgement.Finding finding : judgement.findings()) {
            alerts &= finding.ok();
            row(finding.ok(), words(finding));
        }

        Histogram latency = judgement.latency();
        console.line("");
        console.line(console.paint(Paint.BOLD, "From the socket to the alert")
                + String.format(
                        Locale.ROOT,
                        "  p50 %,d ms, p99 %,d ms (%d alerts and revisions)",
                        latency.getValueAtPercentile(50),
                        latency.getValueAtPercentile(99),
                        latency.getTotalCount()));
        next(file);
        return sum && complete && alerts;
    }

    private void row(boolean ok, String text) {
        console.line("  " + (ok ? console.paint(Paint.GREEN, "✓") : console.paint(Paint.BRIGHT_RED, "✗")) + " "
                + Printable.text(text));
    }

    private String words(Judgement.Finding finding) {
        String rule = finding.rule().isEmpty() ? "no alert" : ruleName(finding.rule());
        String numbers = finding.rule().isEmpty()
                ? "as it should be"
                : "expected " + finding.expected() + ", got " + finding.got();
        return Printable.pad(rule, 40) + "  " + Printable.pad(numbers, 20) + "  " + finding.what();
    }

    private String ruleName(String id) {
        RuleInfo info = rules.info(id);
        return info == null ? id : info.name();
    }

    private void next(Path file) {
        List<String> commands = new ArrayList<>();
        if (!stays) {
            commands.add(Tries.bongsu() + " up" + Tries.data(config.data()) + "     # and then in another terminal:");
        }
        commands.add(Tries.search(config.data()) + " --alerts");
        commands.add(Tries.search(config.data()) + " 'user.name:root AND event.outcome:failure' --limit 10");
        commands.add(Tries.bongsu() + " detect --envelope " + Tries.shown(file)
                + "     # the same lines from a file: the same alerts");
        commands.add(Tries.bongsu() + " rules list");
        console.line("");
        console.line(console.paint(Paint.BOLD, "What to try next"));
        commands.forEach(c -> console.line("  " + Printable.text(c)));
    }

    /** What Elasticsearch holds of this run. */
    private static final class Indexed {
        private final Search search;
        private final Judgement judgement;
        private long events;
        private long alerts;

        Indexed(Search search, Judgement judgement) {
            this.search = search;
            this.judgement = judgement;
        }

        boolean complete() {
            String ours = judgement.prefixes().stream()
                    .map(prefix -> "event.id:" + prefix.replace("-", "\\-") + "*")
                    .sorted()
                    .collect(Collectors.joining(" OR "));
            events = ours.isEmpty() ? 0 : count(ours, Search.In.EVENTS);
            List<Alert> standing = judgement.standing();
            alerts = standing.isEmpty()
                    ? 0
                    : count(
                            standing.stream()
                                    .map(a -> "(event.id:" + a.getId() + " AND bongsu.alert.revision:" + a.getRevision()
                                            + ")")
                                    .collect(Collectors.joining(" OR ")),
                            Search.In.ALERTS);
            return events == judgement.tally().events() && alerts == standing.size();
        }

        private long count(String query, Search.In in) {
            return search.find(Search.Query.of(query, in, 0)).total();
        }

        long events() {
            return events;
        }

        long alerts() {
            return alerts;
        }
    }
}
