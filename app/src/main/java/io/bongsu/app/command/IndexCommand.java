package io.bongsu.app.command;

import io.bongsu.app.config.Config;
import io.bongsu.app.health.Stages;
import io.bongsu.app.pipeline.Parts;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.app.pipeline.Readiness;
import io.bongsu.indexer.Elasticsearch;
import io.bongsu.indexer.Indexer;
import java.util.Map;
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
    public Integer call() throws Exception {
        Config config = option.load(data.environment());
        return Role.run("index", config, false, role -> {
            Reach reach = new Reach(config);
            Map<String, Object> kafka = reach.kafka();
            Elasticsearch elasticsearch = role.own(Parts.elasticsearch(config, reach.elasticsearch()));
            role.waiting().forKafka(kafka, Indexer.TOPICS);
            role.waiting().forElasticsearch(elasticsearch, true);
            Indexer indexer =
                    role.own(Parts.indexer(config, kafka, elasticsearch, role.own(Parts.indexerName(config))));
            indexer.start();
            role.health().readyWhen(() -> Readiness.index(indexer.counters()));
            role.health().metrics(out -> Stages.index(out, indexer.counters()));
        });
    }
}
