package io.bongsu.app.command;

import io.bongsu.app.config.Config;
import io.bongsu.ingest.parse.ParserSet;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** With which parsers files are read: those of the configuration, and others to try. */
final class ParserOptions {
    @Option(
            names = "--parsers",
            paramLabel = "DIR",
            description = "Folders or files with parsers, besides those of the configuration.")
    private List<Path> parsers = List.of();

    /** Those to try. */
    List<Path> others() {
        return parsers;
    }

    ParserSet.Loaded load(Config config) {
        return ParserSet.load(
                Stream.concat(config.parsers().stream(), parsers.stream()).toList());
    }
}
