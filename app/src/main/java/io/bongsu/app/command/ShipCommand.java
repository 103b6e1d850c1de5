package io.bongsu.app.command;

import io.bongsu.app.Lifetime;
import io.bongsu.app.Logs;
import io.bongsu.app.config.Config;
import io.bongsu.app.pipeline.Parts;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.shipper.Shipper;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "ship",
        description = "One role: takes logs in on its listeners and hands them to Kafka.",
        mixinStandardHelpOptions = true)
final class ShipCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption option;

    @Mixin
    private DataOption data;

    @Override
    public Integer call() {
        Config config = option.load(data.environment());
        Logs.ofService();
        try (Lifetime lifetime = new Lifetime(() -> {})) {
            Shipper shipper = lifetime.own(Parts.shipper(config, new Reach(config).kafka()));
            shipper.start();
            lifetime.await();
        }
        return Commands.OK;
    }
}
