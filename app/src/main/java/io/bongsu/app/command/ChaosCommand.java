package io.bongsu.app.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bongsu.app.Fault;
import io.bongsu.app.chaos.Chaos;
import io.bongsu.app.chaos.Trouble;
import io.bongsu.app.config.Config;
import io.bongsu.app.config.ConfigReader;
import io.bongsu.app.console.Console;
import io.bongsu.app.console.Printable;
import io.bongsu.app.console.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "chaos",
        description = {
            "Hurts a pipeline of its own, in a folder of its own, while lines come, and counts what became of them from the"
                    + " file that was sent, Kafka and Elasticsearch alone.",
            "Exit code 1 when a line was lost, was there twice, or an alert was another than that of `bongsu detect`."
        },
        mixinStandardHelpOptions = true)
final class ChaosCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    private ConfigOption option;

    @Parameters(
            arity = "0..*",
            paramLabel = "FAULT",
            description = "Which faults (default: all): ${COMPLETION-CANDIDATES}",
            completionCandidates = Words.class)
    private List<String> faults = List.of();

    @Option(names = "--runs", paramLabel = "N", defaultValue = "1", description = "Of each fault (default: 1).")
    private int runs;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of lines and moments (default: 1).")
    private long seed;

    @Option(names = "--lines", paramLabel = "N", defaultValue = "10000", description = "Of each run (default: 10000).")
    private int lines;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "In which they are written (default: 10).")
    private int seconds;

    @Option(
            names = "--outage",
            paramLabel = "TIME",
            defaultValue = "60s",
            description = "How long a server is away, where that is the point (default: 60s).")
    private String outage;

    @Option(
            names = "--keep",
            paramLabel = "DIR",
            description = "Work in that new folder, and leave it there (default: a temporary one).")
    private @Nullable Path keep;

    @Option(names = "--json", description = "One JSON object for each fault.")
    private boolean json;

    static final class Words extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        Words() {
            super(Arrays.stream(Trouble.values()).map(Trouble::word).toList());
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Config config = option.load();
        List<Trouble> troubles = faults.isEmpty()
                ? List.of(Trouble.values())
                : faults.stream().map(ChaosCommand::trouble).toList();
        Duration away = ConfigReader.duration(outage)
                .orElseThrow(() -> new Fault("--outage: '" + outage + "' is no duration", "write for example 30s"));
        if (runs < 1 || lines < 1 || seconds < 1) {
            throw new Fault("--runs, --lines and --seconds are at least 1", "");
        }
        Chaos chaos = new Chaos(
                config,
                new Chaos.Options(troubles, runs, seed, lines, seconds, away),
                text -> System.err.println(Printable.text(text)));
        List<Chaos.Result> results = new ArrayList<>();
        Consumer<Chaos.Result> told = result -> {
            results.add(result);
            if (json) {
                System.out.println(json(result));
            }
        };
        if (keep == null) {
            try (WorkFolder folder = new WorkFolder("bongsu-chaos")) {
                chaos.run(folder.path(), told);
            }
        } else {
            if (Files.exists(keep)) {
                throw new Fault(keep.toAbsolutePath() + " is there already", "name a folder that is not");
            }
            chaos.run(Files.createDirectories(keep).toAbsolutePath(), told);
        }
        if (!json) {
            print(results);
        }
        return results.stream().allMatch(Chaos.Result::good) ? Commands.OK : Commands.FAILED;
    }

    private static Trouble trouble(String word) {
        return Arrays.stream(Trouble.values())
                .filter(t -> t.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new Fault(
                        "there is no fault '" + word + "'",
                        "there are " + new Words().stream().collect(Collectors.joining(", "))));
    }

    private static String json(Chaos.Result r) {
        return JSON.createObjectNode()
                .put("fault", r.trouble().word())
                .put("runs", r.runs())
                .put("sent", r.sent())
                .put("indexed", r.indexed())
                .put("dead_lettered", r.deadLettered())
                .put("dropped", r.dropped())
                .put("lost", r.lost())
                .put("duplicates", r.duplicates())
                .put("alerts_differ", r.alertsDiffer())
                .put("recovery_s", r.slowest())
                .toString();
    }

    private static void print(List<Chaos.Result> results) {
        Console console = Commands.console();
        List<List<String>> rows = results.stream()
                .map(r -> List.of(
                        r.trouble().word(),
                        Integer.toString(r.runs()),
                        Long.toString(r.sent()),
                        Long.toString(r.indexed()),
                        Long.toString(r.deadLettered()),
                        Long.toString(r.dropped()),
                        Long.toString(r.lost()),
                        Long.toString(r.duplicates()),
                        r.alertsDiffer() == 0 ? "identical" : r.alertsDiffer() + " differ",
                        String.format(Locale.ROOT, "%.1f s", r.slowest()),
                        r.trouble().text()))
                .toList();
        ResultTable.of(
                        List.of(
                                "fault",
                                "runs",
                                "sent",
                                "indexed",
                                "dead",
                                "dropped",
                                "lost",
                                "duplicates",
                                "alerts",
                                "recovery",
                                "what"),
                        rows,
                        console,
                        Terminal.isOut() ? Terminal.width() : Integer.MAX_VALUE)
                .forEach(console::line);
    }
}
