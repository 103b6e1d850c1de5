package io.bongsu.app;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.elasticsearch.ElasticsearchContainer;
import org.testcontainers.kafka.KafkaContainer;

/**
 * For tests: a Kafka and an Elasticsearch. {@code -Dbongsu.it=embedded} (default): from Maven jars, in processes of their
 * own, Kafka with TLS, users and rights, Elasticsearch behind TLS and keys; {@code -Dbongsu.it=containers}: the official images, Elasticsearch with TLS and a password; where there is no Docker
 * engine, a test that asks for them is skipped and says so.
 */
public abstract sealed class Servers implements AutoCloseable {
    static final String KAFKA_IMAGE = "apache/kafka:4.3.1";
    static final String ELASTICSEARCH_IMAGE = "docker.elastic.co/elasticsearch/elasticsearch:9.5.3";

    /** The keys that lead a role to them, as variables; each role is a user of its own where there are users. */
    abstract Map<String, String> environment(String role);

    @Override
    public abstract void close();

    static Servers start(Path directory) {
        return inContainers() ? new Containers(directory) : new Embedded(directory);
    }

    /** Whether the official images are asked for; where there is no Docker engine, the test is skipped and says so. */
    static boolean inContainers() {
        String kind = System.getProperty("bongsu.it", "embedded");
        return switch (kind) {
            case "embedded" -> false;
            case "containers" -> {
                assumeTrue(
                        DockerClientFactory.instance().isDockerAvailable(),
                        "-Dbongsu.it=containers needs a Docker engine, and none answers here");
                yield true;
            }
            default -> throw new IllegalArgumentException("-Dbongsu.it=" + kind + "; write embedded or containers");
        };
    }

    static KafkaContainer kafkaContainer() {
        return new KafkaContainer(KAFKA_IMAGE).withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");
    }

    private static final class Embedded extends Servers {
        private final SecureKafka kafka;
        private final SecureElasticsearch elasticsearch;

        Embedded(Path directory) {
            kafka = SecureKafka.start(directory.resolve("kafka"));
            elasticsearch = SecureElasticsearch.start(directory.resolve("elasticsearch"));
            kafka.awaitReady();
            elasticsearch.awaitReady();
        }

        @Override
        Map<String, String> environment(String role) {
            Map<String, String> all = new HashMap<>(kafka.environment(role));
            all.putAll(elasticsearch.environment(role));
            return all;
        }

        @Override
        public void close() {
            elasticsearch.close();
            kafka.close();
        }
    }

    private static final class Containers extends Servers {
        private final KafkaContainer kafka = kafkaContainer();
        private final ElasticsearchContainer elasticsearch = new ElasticsearchContainer(ELASTICSEARCH_IMAGE)
                .withPassword("bongsu-test")
                .withEnv("ES_JAVA_OPTS", "-Xms512m -Xmx512m");
        private final Path ca;

        Containers(Path directory) {
            kafka.start();
            elasticsearch.start();
            ca = directory.resolve("ca.pem");
            try {
                Files.write(ca, elasticsearch.caCertAsBytes().orElseThrow());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        Map<String, String> environment(String role) {
            return Map.of(
                    "BONGSU_KAFKA_BOOTSTRAP",
                    kafka.getBootstrapServers(),
                    "BONGSU_ELASTICSEARCH_URL",
                    "https://" + elasticsearch.getHttpHostAddress(),
                    "BONGSU_ELASTICSEARCH_USER",
                    "elastic",
                    "BONGSU_ELASTICSEARCH_PASSWORD",
                    "bongsu-test",
                    "BONGSU_ELASTICSEARCH_CA_FILE",
                    ca.toString());
        }

        @Override
        public void close() {
            elasticsearch.close();
            kafka.close();
        }
    }
}
