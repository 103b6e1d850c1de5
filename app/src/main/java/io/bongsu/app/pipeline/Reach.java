package io.bongsu.app.pipeline;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.app.config.KafkaProperties;
import io.bongsu.app.pipeline.DataFolder.State;
import java.net.URI;
import java.util.Map;

/** Where Kafka and Elasticsearch are, for a command that does not start them: in the configuration, or where `up` says. */
public final class Reach {
    private final Config config;

    public Reach(Config config) {
        this.config = config;
    }

    /** Whether the configuration names a Kafka, or one of ours runs. */
    public static boolean isKafkaKnown(Config config) {
        return config.kafka().bootstrap() != null
                || DataFolder.running(config.data()).isPresent();
    }

    public Map<String, Object> kafka() {
        String bootstrap = config.kafka().bootstrap();
        return KafkaProperties.of(
                config.kafka(),
                bootstrap != null
                        ? bootstrap
                        : running("kafka.bootstrap", "Kafka").kafka());
    }

    public URI elasticsearch() {
        URI url = config.elasticsearch().url();
        return url != null
                ? url
                : URI.create(running("elasticsearch.url", "Elasticsearch").elasticsearch());
    }

    private State running(String key, String what) {
        return DataFolder.running(config.data())
                .orElseThrow(() -> new Fault(
                        "no bongsu runs on " + config.data() + ", and " + key + " names no " + what,
                        "start 'bongsu up' (or 'bongsu demo'), name its folder with --data DIR, or set " + key));
    }
}
