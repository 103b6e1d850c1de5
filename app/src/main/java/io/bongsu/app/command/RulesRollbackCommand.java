package io.bongsu.app.command;

import io.bongsu.app.config.Config;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.app.pipeline.RulesPush;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "rollback",
        description = {
            "Publishes the rules of an earlier generation as the next one.",
            "Exit code 1, and nothing changed, when somebody else pushed at the same time."
        },
        mixinStandardHelpOptions = true)
final class RulesRollbackCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption option;

    @Mixin
    private DataOption data;

    @Option(names = "--note", paramLabel = "TEXT", description = "Why, for bongsu rules history.")
    private String note = "";

    @Option(
            names = "--author",
            paramLabel = "NAME",
            description = "Who (default: the user of this machine's system).",
            defaultValue = "${sys:user.name}")
    private String author;

    @Option(names = "--json", description = "One JSON object: what was published, and the difference.")
    private boolean json;

    @Parameters(paramLabel = "N", description = "Number of the generation; bongsu rules history lists them.")
    private long number;

    @Override
    public Integer call() {
        Config config = option.load(data.environment());
        RulesPush.Outcome outcome = new RulesPush(config, new Reach(config).kafka()).rollback(number, author, note);
        return PushReport.print(outcome, false, json);
    }
}
