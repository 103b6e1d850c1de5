package io.bongsu.app.ledger;

import io.bongsu.app.Fault;
import io.bongsu.app.ledger.Verification.Difference;
import io.bongsu.model.Alert;
import io.bongsu.model.AlertStatus;
import io.bongsu.model.Codec;
import io.bongsu.model.EventId;
import io.bongsu.model.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Differences that a verification found, as alerts: one for each, straight into bongsu.alerts, so that they arrive also when
 * parse is what is broken. The id is a function of the difference: finding it again every hour changes nothing.
 */
public final class DifferenceAlerts {
    private static final String RULE = "c2a1de4c-7b0e-5d0e-8a65-0b6f6d0d8f21";
    private static final String VERSION = "1";

    private DifferenceAlerts() {}

    /**
     * Returns when Kafka has all of them.
     *
     * @return how many there are
     */
    public static int send(Map<String, Object> kafka, Verification found, long now) {
        if (found.differences().isEmpty()) {
            return 0;
        }
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 15_000);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (Difference difference : found.differences()) {
                Alert alert = alert(difference, now);
                sent.add(producer.send(new ProducerRecord<>(
                        Topics.ALERTS, alert.getId().getBytes(StandardCharsets.UTF_8), Codec.encode(alert))));
            }
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
            return sent.size();
        } catch (ExecutionException | KafkaException e) {
            Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            throw new Fault(
                    "Kafka did not take the alerts: " + cause.getMessage(),
                    "check the right of kafka.user to write to " + Topics.ALERTS
                            + "; run the command again, it makes no alert twice",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Fault("interrupted", "run the command again: it makes no alert twice", e);
        }
    }

    static Alert alert(Difference difference, long now) {
        String id = EventId.hash("bongsu-ledger\0" + difference.kind() + '\0' + difference.what())
                .substring(0, 32);
        Map<String, Object> fields = new HashMap<>();
        fields.put("rule.id", RULE);
        fields.put("rule.name", "Ledger: " + difference.kind().text());
        fields.put("rule.version", VERSION);
        fields.put("rule.level", "high");
        fields.put(
                "rule.description", "bongsu ledger verify found that the log, its signatures and the index disagree.");
        fields.put("event.severity", 73L);
        fields.put("message", difference.what() + ' ' + difference.more());
        return new Alert(
                id,
                1,
                AlertStatus.CLOSED,
                null,
                RULE,
                VERSION,
                0L,
                now,
                now,
                now,
                1L,
                false,
                false,
                now,
                Map.of(),
                List.of(),
                Map.of(),
                fields);
    }
}
