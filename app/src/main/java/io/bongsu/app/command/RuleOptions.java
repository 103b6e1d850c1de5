package io.bongsu.app.command;

import io.bongsu.app.config.Config;
import io.bongsu.app.pipeline.Parts;
import io.bongsu.rules.RuleSet;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What rules name and others define. */
final class RuleOptions {
    @Option(
            names = "--lists",
            paramLabel = "DIR",
            description = "Folders or files with the values of placeholders, besides those of the configuration.")
    private List<Path> lists = List.of();

    @Option(
            names = "--mappings",
            paramLabel = "DIR",
            description = "Folders or files with names of fields, before those of the configuration.")
    private List<Path> mappings = List.of();

    /** @param folders none: those of the configuration */
    RuleSet.Loaded load(Config config, @Nullable List<Path> folders) {
        return Parts.rules(config, folders == null || folders.isEmpty() ? config.rules() : folders, mappings, lists);
    }

    List<Path> lists() {
        return lists;
    }

    List<Path> mappings() {
        return mappings;
    }

    RuleSet.Defaults defaults(Config config) {
        return Parts.defaults(config, mappings, lists);
    }
}
