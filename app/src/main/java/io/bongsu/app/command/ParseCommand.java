package io.bongsu.app.command;

import io.bongsu.app.config.Config;
import io.bongsu.ingest.offline.Offline;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.rules.RuleSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "parse",
        description = "Parses files: one ECS document per input line, in order. Needs no server.",
        mixinStandardHelpOptions = true)
final class ParseCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption option;

    @Mixin
    private ParserOptions own;

    @Mixin
    private InputOptions input;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files to read; - is standard input.")
    private List<String> files;

    @Override
    public Integer call() {
        Config config = option.load();
        AtomicBoolean problems = new AtomicBoolean();
        ParserSet.Loaded parsers = own.load(config);
        parsers.problems().forEach(p -> complain(problems, p.toString()));
        RuleSet none = RuleSet.load(List.of(), RuleSet.Defaults.STANDARD).rules();
        Offline offline = new Offline(parsers.parsers(), none, input.options(), p -> complain(problems, p));
        try (Lines out = new Lines()) {
            offline.parse(InputOptions.files(files), out::json);
        }
        return problems.get() ? Commands.MEND : Commands.OK;
    }

    static void complain(AtomicBoolean problems, String problem) {
        problems.set(true);
        Commands.complain(problem);
    }
}
