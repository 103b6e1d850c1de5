package io.bongsu.app.command;

import io.bongsu.app.config.Config;
import io.bongsu.app.health.Stages;
import io.bongsu.app.pipeline.Parts;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.app.pipeline.Readiness;
import io.bongsu.shipper.Shipper;
import java.util.Map;
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
    public Integer call() throws Exception {
        Config config = option.load(data.environment());
        return Role.run("ship", config, false, role -> {
            Map<String, Object> kafka = new Reach(config).kafka();
            role.waiting().forName(kafka);
            Shipper shipper = Parts.shipper(config, kafka);
            role.own(() -> {
                shipper.close();
                long left = shipper.counters().getOrDefault("inflight.lines", 0L);
                if (left > 0) {
                    throw new IllegalStateException(left + " lines were not acknowledged by Kafka");
                }
            });
            // The listeners are open while Kafka is away: lines wait in memory, and senders over TCP when it is full.
            shipper.start();
            role.health().readyWhen(() -> Readiness.ship(shipper.counters()));
            role.health().metrics(out -> Stages.ship(out, shipper.counters()));
        });
    }
}
