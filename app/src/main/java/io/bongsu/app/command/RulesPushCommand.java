package io.bongsu.app.command;

import io.bongsu.app.config.Config;
import io.bongsu.app.console.Printable;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.app.pipeline.RulesPush;
import io.bongsu.app.pipeline.RulesPush.Candidate;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "push",
        description = {
            "Makes rules, and the parsers, lists and mappings that go with them, the next generation: checks and tests them, shows the "
                    + "difference to what is live, and publishes them.",
            "They are in force at the same place of the log for every instance, some seconds later; nothing is restarted.",
            "Exit code 1, and nothing changed, when a rule, a parser or a test has a problem, or somebody else pushed at the same time."
        },
        mixinStandardHelpOptions = true)
final class RulesPushCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption option;

    @Mixin
    private DataOption data;

    @Mixin
    private RuleOptions words;

    @Mixin
    private PushOptions push;

    @Option(names = "--dry-run", description = "Everything but publishing.")
    private boolean dryRun;

    @Parameters(
            arity = "0..*",
            paramLabel = "DIR",
            description =
                    "Folders or files with all rules that are to be live (default: rules in the configuration); parsers, lists"
                            + " and mappings are those of the configuration, and of the options. A folder with rules/ and"
                            + " parsers/, lists/ or mappings/ in it brings them along.")
    private @Nullable List<Path> folders;

    @Override
    public Integer call() {
        Config config = option.load(data.environment());
        Candidate candidate = Candidate.read(config, words.folders(config, folders));
        RulesPush.Order order = new RulesPush.Order(candidate, push.author, push.note, dryRun);
        RulesPush.Outcome outcome = new RulesPush(config, new Reach(config).kafka()).push(order);
        outcome.loaded()
                .warnings()
                .forEach(problem -> Commands.complain("warning: " + Printable.text(problem.toString())));
        return PushReport.print(outcome, dryRun, push.json);
    }
}
