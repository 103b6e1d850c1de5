package io.bongsu.app;

import io.bongsu.embedded.KafkaProcess;
import java.nio.file.Path;
import org.testcontainers.kafka.KafkaContainer;

/** For tests: a Kafka alone, without TLS and users; embedded or the official image, as {@code -Dbongsu.it} says. */
final class PlainKafka implements AutoCloseable {
    private final AutoCloseable server;
    private final String bootstrap;

    private PlainKafka(AutoCloseable server, String bootstrap) {
        this.server = server;
        this.bootstrap = bootstrap;
    }

    static PlainKafka start(Path directory) {
        if (Servers.inContainers()) {
            KafkaContainer kafka = Servers.kafkaContainer();
            kafka.start();
            return new PlainKafka(kafka, kafka.getBootstrapServers());
        }
        KafkaProcess kafka = KafkaProcess.start(directory.resolve("kafka"), 0);
        kafka.awaitReady();
        return new PlainKafka(kafka, kafka.bootstrap());
    }

    String bootstrap() {
        return bootstrap;
    }

    @Override
    public void close() throws Exception {
        server.close();
    }
}
