package io.bongsu.app.command;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.app.pipeline.Folders;
import io.bongsu.app.pipeline.NewestRules;
import io.bongsu.app.pipeline.Parts;
import io.bongsu.ingest.generation.Generations;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.rules.RuleSet;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private ParserOptions parsers = new ParserOptions();

    /** @param rules none: those of the configuration */
    Folders folders(Config config, @Nullable List<Path> rules) {
        return Folders.of(config).with(parsers.others(), mappings, lists).withRules(rules == null ? List.of() : rules);
    }

    /** @param rules none: those of the configuration */
    RuleSet.Loaded load(Config config, @Nullable List<Path> rules) {
        return Parts.rules(config, folders(config, rules));
    }

    /** Rules over the log as it was parsed at each place; all by the parsers of a push from here, where an option names some. */
    Generations judging(Config config, RuleSet rules, NewestRules live) {
        if (!triesParsers()) {
            return live.judging(rules);
        }
        ParserSet.Loaded tried = ParserSet.load(folders(config, null).parsers());
        if (!tried.problems().isEmpty()) {
            throw new Fault(
                    "a parser has a problem: " + tried.problems().getFirst(),
                    "bongsu parser check DIR shows all of them");
        }
        return Generations.fixed(rules, tried.parsers());
    }

    boolean triesParsers() {
        return !parsers.others().isEmpty();
    }

    List<Path> lists() {
        return lists;
    }

    List<Path> mappings() {
        return mappings;
    }
}
