package io.bongsu.app.ledger;

import io.bongsu.app.Fault;
import io.bongsu.model.Alert;
import io.bongsu.model.Codec;
import io.bongsu.model.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes into bongsu.alerts what comes from a command and not from the rules; ids make it harmless to do it twice. */
public final class AlertTopic {
    /** The rule of alerts about differences that the ledger finds. */
    public static final String LEDGER = "c2a1de4c-7b0e-5d0e-8a65-0b6f6d0d8f21";
    /** The rule of alerts about rules that cannot see. */
    public static final String BLIND = "5e0f6b0a-3c1d-5a7e-9b52-7d1a4c0e6f13";

    private AlertTopic() {}

    /** Whether it comes from a command, and not from the rules that judge the log. */
    public static boolean isOurs(Alert alert) {
        return alert.getRule().equals(LEDGER) || alert.getRule().equals(BLIND);
    }

    /** A record under the id of its alert, and so behind all of the alert's that are there already. */
    public record Entry(String alert, SpecificRecord value) {}

    /** Returns when Kafka has all of them. */
    public static void send(Map<String, Object> kafka, List<Entry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 15_000);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (Entry entry : entries) {
                sent.add(producer.send(new ProducerRecord<>(
                        Topics.ALERTS, entry.alert().getBytes(StandardCharsets.UTF_8), Codec.encode(entry.value()))));
            }
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
        } catch (ExecutionException | KafkaException e) {
            Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            throw new Fault(
                    "Kafka did not take it: " + cause.getMessage(),
                    "check the right of kafka.user to write to " + Topics.ALERTS
                            + "; run the command again, it makes nothing twice",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Fault("interrupted", "run the command again: it makes nothing twice", e);
        }
    }
}
