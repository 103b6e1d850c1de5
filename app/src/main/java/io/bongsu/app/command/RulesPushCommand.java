package io.bongsu.app.command;

import io.bongsu.app.config.Config;
import io.bongsu.app.console.Printable;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.app.pipeline.RulesPush;
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
            "Makes rules the next generation: checks and tests them, shows the difference to what is live, and publishes them.",
            "They are in force at the same place of the log for every instance, some seconds later; nothing is restarted.",
            "Exit code 1, and nothing changed, when a rule or a test has a problem, or somebody else pushed at the same time."
        },
        mixinStandardHelpOptions = true)
final class RulesPushCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption option;

    @Mixin
    private DataOption data;

    @Mixin
    private RuleOptions words;

    @Option(names = "--note", paramLabel = "TEXT", description = "Why, for bongsu rules history.")
    private String note = "";

    @Option(
            names = "--author",
            paramLabel = "NAME",
            description = "Who (default: the user of this machine's system).",
            defaultValue = "${sys:user.name}")
    private String author;

    @Option(names = "--dry-run", description = "Everything but publishing.")
    private boolean dryRun;

    @Option(names = "--json", description = "One JSON object: what was published, and the difference.")
    private boolean json;

    @Parameters(
            arity = "0..*",
            paramLabel = "DIR",
            description =
                    "Folders or files with all rules that are to be live (default: rules in the configuration); lists and"
                            + " mappings are those of the configuration, and of --lists and --mappings.")
    private @Nullable List<Path> folders;

    @Override
    public Integer call() {
        Config config = option.load(data.environment());
        RulesPush.Order order = new RulesPush.Order(
                folders == null || folders.isEmpty() ? config.rules() : folders,
                words.mappings(),
                words.lists(),
                author,
                note,
                dryRun);
        RulesPush.Outcome outcome = new RulesPush(config, new Reach(config).kafka()).push(order);
        outcome.loaded()
                .warnings()
                .forEach(problem -> Commands.complain("warning: " + Printable.text(problem.toString())));
        return PushReport.print(outcome, dryRun, json);
    }
}
