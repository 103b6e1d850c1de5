package io.bongsu.app.command;

import io.bongsu.app.config.Config;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.app.pipeline.Setup;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "setup",
        description = "Creates the topics and installs the index templates; can be repeated at any time.",
        mixinStandardHelpOptions = true)
final class SetupCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption option;

    @Mixin
    private DataOption data;

    @Override
    public Integer call() {
        Config config = option.load(data.environment());
        Reach reach = new Reach(config);
        Setup.run(config, reach.kafka(), reach.elasticsearch()).forEach(System.out::println);
        return Commands.OK;
    }
}
