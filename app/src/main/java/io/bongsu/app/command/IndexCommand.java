package io.bongsu.app.command;

import io.bongsu.app.Lifetime;
import io.bongsu.app.Logs;
import io.bongsu.app.config.Config;
import io.bongsu.app.pipeline.Parts;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.indexer.Elasticsearch;
import io.bongsu.indexer.Indexer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "index",
        description = "One role: takes events and alerts from Kafka to Elasticsearch.",
        mixinStandardHelpOptions = true)
final class IndexCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption option;

    @Mixin
    private DataOption data;

    @Override
    public Integer call() {
        Config config = option.load(data.environment());
        Logs.ofService();
        Reach reach = new Reach(config);
        try (Lifetime lifetime = new Lifetime(() -> {})) {
            Elasticsearch elasticsearch = lifetime.own(Parts.elasticsearch(config, reach.elasticsearch()));
            Indexer indexer = lifetime.own(Parts.indexer(reach.kafka(), elasticsearch));
            indexer.start();
            lifetime.await();
        }
        return Commands.OK;
    }
}
