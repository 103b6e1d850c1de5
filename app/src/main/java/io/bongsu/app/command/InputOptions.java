package io.bongsu.app.command;

import io.bongsu.app.Fault;
import io.bongsu.ingest.offline.Offline;
import io.bongsu.model.Micros;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code parse} and {@code detect} have in common: how files are to be read. */
final class InputOptions {
    @Option(
            names = "--source",
            paramLabel = "TAG",
            description = "The kind of source that all lines are of, for example sshd.")
    @Nullable
    String source;

    @Option(
            names = "--now",
            paramLabel = "TIME",
            description =
                    "When the lines were received, for time stamps without a year (ISO 8601, for example 2026-11-22T10:00:00Z).")
    @Nullable
    String now;

    @Option(
            names = "--envelope",
            description = {
                "Each input line is {\"id\":…, \"source\":…?, \"received\":…?, \"raw\":… | \"raw_b64\":…};",
                "parse then prints {\"id\":…, \"doc\":…}."
            })
    boolean envelope;

    Offline.Options options() {
        return new Offline.Options(source, now == null ? Micros.UNKNOWN : time(now), envelope, Micros.now());
    }

    private static long time(String text) {
        try {
            return Micros.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            throw new Fault("--now: '" + text + "' is not a time", "write for example 2026-11-22T10:00:00Z", e);
        }
    }

    /** Opens lazily, so that one file that cannot be read does not keep the others from it. "-" is standard input. */
    static List<Offline.File> files(List<String> names) {
        List<Offline.File> files = new ArrayList<>();
        for (String name : names) {
            files.add(
                    name.equals("-")
                            ? new Offline.File("-", () -> standardInput())
                            : new Offline.File(name, () -> Files.newInputStream(Path.of(name))));
        }
        return files;
    }

    private static InputStream standardInput() {
        return System.in;
    }
}
