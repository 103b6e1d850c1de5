package io.bongsu.app.command;

import io.bongsu.app.Fault;
import io.bongsu.app.bench.Measured;
import io.bongsu.app.bench.MemoryBench;
import io.bongsu.app.bench.PipelineBench;
import io.bongsu.app.bench.Report;
import io.bongsu.app.bench.ShipperBench;
import io.bongsu.app.config.Config;
import io.bongsu.app.config.ConfigReader;
import io.bongsu.app.console.Printable;
import io.bongsu.ingest.parse.Line;
import io.bongsu.ingest.parse.ParserBench;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Micros;
import io.bongsu.rules.bench.CorrelateBench;
import io.bongsu.rules.bench.DetectBench;
import io.bongsu.rules.bench.DetectBench.Corpus;
import io.bongsu.rules.bench.HostileBench;
import io.bongsu.rules.bench.WindowsLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "bench",
        description = "Measures, beside what it is to be compared with: all of it, or one part.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "[COMMAND]")
final class BenchCommand implements Callable<Integer> {
    /** Of a parser, after as long to warm up. */
    private static final long PARSE_NANOS = 300_000_000;
    /** Parsers that are loaded besides: as many as there are, ten and thirty times as many. */
    private static final int[] MORE = {70, 700, 2_000};

    @Mixin
    private ConfigOption every;

    @Mixin
    private BenchOptions all;

    /** Everything. */
    @Override
    public Integer call() throws IOException {
        parse(every, all);
        detect(every, all, null, 0, null, 60_000);
        correlate(all, 200_000, 20_000);
        shipper(all, Path.of("/"));
        memory(every, all);
        return pipeline(every, all);
    }

    @Command(
            description = "Lines a second from bytes to event on one core: by source, the same with up to thirty times"
                    + " the parsers, and by parser over the parsers' own tests.",
            mixinStandardHelpOptions = true)
    int parse(@Mixin ConfigOption option, @Mixin BenchOptions options) {
        Report report = options.report();
        report.say("parse: from bytes to event on one core, by source");
        ParserSet parsers = ParserSet.load(option.load().parsers()).parsers();
        Map<String, List<Line>> sources = ParserBench.sources();
        // Not counted: the compiler is to have seen every source with few parsers and with many before the first
        // figure.
        ParserBench.run(parsers, sources, PARSE_NANOS);
        ParserBench.run(ParserBench.crowd(MORE[MORE.length - 1]), sources, PARSE_NANOS);
        Map<String, Measured> alone = new HashMap<>();
        for (ParserBench.Result result : ParserBench.run(parsers, sources, PARSE_NANOS)) {
            alone.put(result.parser(), parsed("parse " + result.parser(), result));
            report.result(Objects.requireNonNull(alone.get(result.parser())));
        }
        for (int more : MORE) {
            report.say(String.format(
                    Locale.ROOT,
                    "      and with %,d parsers more than %d:",
                    more,
                    parsers.ids().size()));
            for (ParserBench.Result result : ParserBench.run(ParserBench.crowd(more), sources, PARSE_NANOS)) {
                report.result(parsed("parse " + result.parser() + ", +" + more + " parsers", result)
                        .beside(Objects.requireNonNull(alone.get(result.parser()))));
            }
        }
        report.say("parse: the same by parser, over the parsers' own tests");
        for (ParserBench.Result result : ParserBench.run(parsers, parsers.tests(), PARSE_NANOS / 3)) {
            report.result(parsed("parse " + result.parser(), result));
        }
        return Commands.OK;
    }

    private static Measured parsed(String name, ParserBench.Result result) {
        return new Measured(
                name, 1e9 / Math.max(result.nanosPerLine(), 1), "lines", result.nanosPerLine() / 1e3, null, null, null);
    }

    @Command(
            description =
                    "Lines a second from syslog over TCP and UDP into a Kafka on this machine, beside what a"
                            + " KafkaProducer reaches with a record a line, and beside rsyslog and syslog-ng where they are; and into and out of the spool, with Kafka away.",
            mixinStandardHelpOptions = true)
    int shipper(
            @Mixin BenchOptions options,
            @Option(
                            names = "--peers",
                            paramLabel = "DIR",
                            defaultValue = "/",
                            description =
                                    "Where rsyslog and syslog-ng are installed, or were unpacked by 'dpkg -x' (default: /).")
                    Path peers)
            throws IOException {
        return options.inFolder(folder -> new ShipperBench(options.report(), folder, options.seconds, peers).run());
    }

    @Command(
            description =
                    "The resident memory of 'bongsu ship' and 'bongsu index', each a process of its own at full load,"
                            + " while the other side is stopped for so many seconds; exit code 1 above 256 and 512 MB.",
            mixinStandardHelpOptions = true)
    int memory(@Mixin ConfigOption option, @Mixin BenchOptions options) throws IOException {
        Config config = option.load();
        return options.inFolder(folder -> new MemoryBench(options.report(), folder, options.seconds).run(config));
    }

    @Command(
            description =
                    "Lines a second from syslog over TCP into Elasticsearch, as 'bongsu up' runs it, beside the raw"
                            + " bulk rate of the same Elasticsearch.",
            mixinStandardHelpOptions = true)
    int pipeline(@Mixin ConfigOption option, @Mixin BenchOptions options) throws IOException {
        ConfigReader.Loaded loaded = option.read(Map.of());
        Config config = option.load();
        return options.inFolder(
                folder -> new PipelineBench(options.report(), folder, options.seconds).run(config, loaded.settings()));
    }

    @Command(
            description = "Events a second that one core holds against rules: by the index, by trying each rule of the"
                    + " event's log sources, by trying every rule; and a curve over the number of rules.",
            mixinStandardHelpOptions = true)
    int detect(
            @Mixin ConfigOption option,
            @Mixin BenchOptions options,
            @Option(
                            names = "--rules",
                            paramLabel = "DIR",
                            arity = "1..*",
                            description = "Folders or files with rules (default: rules in the configuration).")
                    @Nullable
                    List<Path> folders,
            @Option(
                            names = "--count",
                            paramLabel = "N",
                            defaultValue = "0",
                            description =
                                    "So many of the rules, or of them and variants of them (default: all there are).")
                    int count,
            @Option(
                            names = "--events",
                            paramLabel = "FILE",
                            description =
                                    "Lines to parse and detect, again and again (default: made-up Windows events).")
                    @Nullable
                    Path events,
            @Option(
                            names = "--size",
                            paramLabel = "N",
                            defaultValue = "120000",
                            description = "How many events (default: ${DEFAULT-VALUE}).")
                    int size) {
        Config config = option.load();
        List<Corpus> corpora = events == null ? DetectBench.ownCorpora(size) : List.of(recorded(config, events, size));
        Report report = options.report();
        List<DetectBench.Result> results = new DetectBench(line -> report.say(Printable.text(line)))
                .run(folders == null ? config.rules() : folders, count, corpora);
        for (DetectBench.Result result : results) {
            Measured scan = Measured.rate(result.corpus() + ", each rule tried", result.full(), "events");
            Measured routed =
                    Measured.rate(result.corpus() + ", each rule of its log source", result.routed(), "events");
            if (options.json) {
                report.result(scan);
                report.result(routed.beside(scan));
                report.result(new Measured(
                                "detect " + result.corpus(),
                                result.index(),
                                "events",
                                1e6 / result.index(),
                                null,
                                null,
                                null)
                        .beside(routed));
            }
        }
        if (events == null) {
            HostileBench.run(folders == null ? config.rules() : folders, line -> report.say(Printable.text(line)))
                    .forEach((name, costs) -> report.result(new Measured(
                            "detect hostile " + name,
                            1e9 / costs[costs.length - 1],
                            "characters",
                            costs[costs.length - 1] / 1e3,
                            null,
                            null,
                            null)));
        }
        return Commands.OK;
    }

    @Command(
            description =
                    "Hits a second that the fold of each kind of correlation takes on one core, over many groups and"
                            + " beside a group in a flood, and the bytes that a group takes.",
            mixinStandardHelpOptions = true)
    int correlate(
            @Mixin BenchOptions options,
            @Option(
                            names = "--hits",
                            paramLabel = "N",
                            defaultValue = "1000000",
                            description = "How many hits of each kind (default: ${DEFAULT-VALUE}).")
                    int hits,
            @Option(
                            names = "--groups",
                            paramLabel = "N",
                            defaultValue = "100000",
                            description = "Over so many groups (default: ${DEFAULT-VALUE}).")
                    int groups) {
        Report report = options.report();
        report.say(String.format(
                Locale.ROOT,
                "correlate: %,d hits over %,d groups, read from and written to bytes, one core",
                hits,
                groups));
        new CorrelateBench(hits, groups).run(result -> {
            Measured measured = new Measured(
                    "correlate " + result.name(), result.rate(), "hits", 1e6 / result.rate(), null, null, null);
            report.result(
                    result.against() == 0
                            ? measured
                            : measured.beside(Measured.rate("the same without a flood", result.against(), "hits")));
            report.say(String.format(
                    Locale.ROOT,
                    "      %,d bytes of state a group; %,d revisions",
                    result.bytes(),
                    result.revisions()));
        });
        return Commands.OK;
    }

    /** Each line is parsed anew, so that no text is the same object twice. */
    private static Corpus recorded(Config config, Path file, int size) {
        List<byte[]> lines;
        try {
            lines = Files.readString(file, StandardCharsets.ISO_8859_1)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .map(line -> line.getBytes(StandardCharsets.ISO_8859_1))
                    .toList();
        } catch (IOException e) {
            throw new Fault(file + " cannot be read: " + e.getMessage(), "");
        }
        if (lines.isEmpty()) {
            throw new Fault(file + " has no lines", "");
        }
        ParserSet parsers = ParserSet.load(config.parsers()).parsers();
        Supplier<Supplier<WindowsLog.Event>> source = () -> {
            int[] next = {0};
            return () -> {
                return Samples.event(parsers.parse(
                        new Line(
                                lines.get(next[0]++ % lines.size()), Micros.UNKNOWN, "auto", null, null, null, null, 0),
                        0));
            };
        };
        return new Corpus(file.getFileName().toString(), source, size);
    }
}
