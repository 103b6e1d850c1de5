package io.bongsu.app.command;

import io.bongsu.app.config.Config;
import io.bongsu.ingest.offline.Offline;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.rules.RuleSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "detect",
        description =
                "The whole detection on files, with the files as the log: final alerts as NDJSON. Needs no server.",
        mixinStandardHelpOptions = true)
final class DetectCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption option;

    @Option(
            names = "--rules",
            paramLabel = "DIR",
            description = "Folders or files with rules; can be repeated (default: rules in the configuration).")
    private List<Path> rules = List.of();

    @Mixin
    private RuleOptions words;

    @Mixin
    private InputOptions input;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "Files to read; - is standard input. A folder here is one more folder of --rules.")
    private List<String> files;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Config config = option.load();
        List<Path> folders = new ArrayList<>(rules);
        List<String> inputs = new ArrayList<>();
        for (String file : files) {
            if (!rules.isEmpty() && Files.isDirectory(Path.of(file))) {
                folders.add(Path.of(file));
            } else {
                inputs.add(file);
            }
        }
        if (inputs.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Which files?");
        }
        AtomicBoolean problems = new AtomicBoolean();
        ParserSet.Loaded parsers = ParserSet.load(words.folders(config, folders).parsers());
        RuleSet.Loaded loaded = words.load(config, folders);
        parsers.problems().forEach(p -> ParseCommand.complain(problems, p.toString()));
        loaded.problems().forEach(p -> ParseCommand.complain(problems, p.toString()));
        Offline offline = new Offline(
                parsers.parsers(), loaded.rules(), input.options(), p -> ParseCommand.complain(problems, p));
        try (Lines out = new Lines()) {
            offline.detect(InputOptions.files(inputs), out::json);
        }
        return problems.get() ? Commands.MEND : Commands.OK;
    }
}
