package io.bongsu.app.command;

import io.bongsu.app.Logs;
import io.bongsu.app.bench.Report;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What benchmarks have in common. */
final class BenchOptions {
    @Option(
            names = "--json",
            description =
                    "One JSON object a figure: bench, rate, unit, cpu_s_per_million, peak_mb," + " against, ratio.")
    boolean json;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long one round takes, about (default: ${DEFAULT-VALUE}).")
    int seconds = 10;

    /** Something that needs a folder. */
    interface Work {
        void in(Path folder) throws IOException;
    }

    Report report() {
        return new Report(json, System.out, System.err);
    }

    /** In a folder that is gone afterwards; when it fails, it stays, since it holds the logs. */
    int inFolder(Work work) throws IOException {
        try (WorkFolder folder = new WorkFolder("bongsu-bench")) {
            Logs.toFile(folder.path().resolve("bench.log")); // Kafka's clients say much
            try {
                work.in(folder.path());
            } catch (IOException | RuntimeException e) {
                folder.keep();
                Commands.complain("the logs of what was measured are in " + folder.path());
                throw e;
            }
        }
        return Commands.OK;
    }
}
