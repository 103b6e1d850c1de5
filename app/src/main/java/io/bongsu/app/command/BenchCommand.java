package io.bongsu.app.command;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.app.console.Printable;
import io.bongsu.ingest.parse.Line;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Micros;
import io.bongsu.rules.bench.DetectBench;
import io.bongsu.rules.bench.DetectBench.Corpus;
import io.bongsu.rules.bench.WindowsLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "bench",
        description = "Measures, beside what it is to be compared with.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class BenchCommand {
    @Command(
            description = "Events a second that one core holds against rules: by the index, by trying each rule of the"
                    + " event's log sources, by trying every rule; and a curve over the number of rules.",
            mixinStandardHelpOptions = true)
    int detect(
            @Mixin ConfigOption option,
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
        new DetectBench(line -> System.out.println(Printable.text(line)))
                .run(folders == null ? config.rules() : folders, count, corpora);
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
