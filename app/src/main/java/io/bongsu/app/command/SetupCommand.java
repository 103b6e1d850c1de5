package io.bongsu.app.command;

import io.bongsu.app.Fault;
import io.bongsu.app.Logs;
import io.bongsu.app.config.Config;
import io.bongsu.app.config.ConfigReader;
import io.bongsu.app.kibana.SavedObjects;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.app.pipeline.Setup;
import io.bongsu.app.pipeline.Waiting;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "setup",
        description = {
            "Creates the topics, and installs index templates, lifecycle policies and, where kibana.url is set, data "
                    + "views, searches and dashboards. Can be repeated at any time."
        },
        mixinStandardHelpOptions = true)
final class SetupCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption option;

    @Mixin
    private DataOption data;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            description = "Waits for servers that are not there yet, for example 2m (default: not at all).")
    private @Nullable String wait;

    @Option(
            names = "--kibana-ndjson",
            description = "Only prints the Kibana objects, for 'Import' in Kibana's Saved Objects.")
    private boolean ndjson;

    @Override
    public Integer call() {
        if (ndjson) {
            System.out.print(SavedObjects.ndjson());
            return Commands.OK;
        }
        Config config = option.load(data.environment());
        Duration patience = patience();
        if (!patience.isZero()) {
            Logs.ofService();
        }
        Reach reach = new Reach(config);
        Setup.run(config, reach.kafka(), reach.elasticsearch(), Waiting.atMost(patience))
                .forEach(System.out::println);
        return Commands.OK;
    }

    private Duration patience() {
        return wait == null
                ? Duration.ZERO
                : ConfigReader.duration(wait)
                        .orElseThrow(() -> new Fault("--wait: '" + wait + "' is not a duration", "write 30s or 2m"));
    }
}
