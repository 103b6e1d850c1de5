package io.bongsu.indexer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bongsu.embedded.ElasticsearchProcess;
import io.bongsu.embedded.KafkaProcess;
import java.net.URI;
import java.nio.file.Path;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.elasticsearch.ElasticsearchContainer;
import org.testcontainers.kafka.KafkaContainer;

/**
 * For tests: a Kafka and an Elasticsearch without TLS and users; from Maven jars or, with {@code -Dbongsu.it=containers},
 * the official images. Where there is no Docker engine, the tests are skipped and say so.
 */
abstract sealed class Servers implements AutoCloseable {
    abstract String bootstrap();

    abstract URI elasticsearch();

    /** Takes Elasticsearch away without warning. */
    abstract void kill();

    /** Brings it back, on the same data and port. */
    abstract void restart();

    @Override
    public abstract void close();

    static Servers start(Path directory) {
        String kind = System.getProperty("bongsu.it", "embedded");
        return switch (kind) {
            case "embedded" -> new Embedded(directory);
            case "containers" -> {
                assumeTrue(
                        DockerClientFactory.instance().isDockerAvailable(),
                        "-Dbongsu.it=containers needs a Docker engine, and none answers here");
                yield new Containers();
            }
            default -> throw new IllegalArgumentException("-Dbongsu.it=" + kind + "; write embedded or containers");
        };
    }

    private static final class Embedded extends Servers {
        private final KafkaProcess kafka;
        private final ElasticsearchProcess elasticsearch;

        Embedded(Path directory) {
            kafka = KafkaProcess.start(directory.resolve("kafka"), 0);
            elasticsearch = ElasticsearchProcess.start(directory.resolve("elasticsearch"), 0);
            kafka.awaitReady();
            elasticsearch.awaitReady();
        }

        @Override
        String bootstrap() {
            return kafka.bootstrap();
        }

        @Override
        URI elasticsearch() {
            return elasticsearch.url();
        }

        @Override
        void kill() {
            elasticsearch.process().kill();
        }

        @Override
        void restart() {
            elasticsearch.restart();
        }

        @Override
        public void close() {
            elasticsearch.close();
            kafka.close();
        }
    }

    private static final class Containers extends Servers {
        private final KafkaContainer kafka =
                new KafkaContainer("apache/kafka:4.3.1").withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");
        private final ElasticsearchContainer elasticsearch = new ElasticsearchContainer(
                        "docker.elastic.co/elasticsearch/elasticsearch:9.5.3")
                .withEnv("xpack.security.enabled", "false")
                .withEnv("ES_JAVA_OPTS", "-Xms512m -Xmx512m");

        Containers() {
            kafka.start();
            elasticsearch.start();
        }

        @Override
        String bootstrap() {
            return kafka.getBootstrapServers();
        }

        @Override
        URI elasticsearch() {
            return URI.create("http://" + elasticsearch.getHttpHostAddress());
        }

        /** A container that is started again has another port: so it is frozen instead. */
        @Override
        void kill() {
            elasticsearch
                    .getDockerClient()
                    .pauseContainerCmd(elasticsearch.getContainerId())
                    .exec();
        }

        @Override
        void restart() {
            elasticsearch
                    .getDockerClient()
                    .unpauseContainerCmd(elasticsearch.getContainerId())
                    .exec();
        }

        @Override
        public void close() {
            elasticsearch.close();
            kafka.close();
        }
    }
}
