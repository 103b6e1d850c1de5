package io.bongsu.app.command;

import io.bongsu.app.config.Config;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.app.pipeline.RulesPush;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "rollback",
        description = {
            "Publishes the rules, parsers, lists and mappings of an earlier generation as the next one.",
            "Exit code 1, and nothing changed, when somebody else pushed at the same time."
        },
        mixinStandardHelpOptions = true)
final class RulesRollbackCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption option;

    @Mixin
    private DataOption data;

    @Mixin
    private PushOptions push;

    @Parameters(paramLabel = "N", description = "Number of the generation; bongsu rules history lists them.")
    private long number;

    @Override
    public Integer call() {
        Config config = option.load(data.environment());
        RulesPush.Outcome outcome =
                new RulesPush(config, new Reach(config).kafka()).rollback(number, push.author, push.note);
        return PushReport.print(outcome, false, push.json);
    }
}
