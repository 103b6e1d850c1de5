package io.bongsu.app.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From the configuration to the properties of Kafka's clients. Of Kafka's many properties only those for tuning can be set
 * by their names: the others name classes and files to load, switch checks off, or are what the guarantees rest on.
 */
public final class KafkaProperties {
    /** What {@code kafka.client} takes. */
    static final List<String> ALLOWED = List.of(
            "batch.size",
            "client.dns.lookup",
            "client.rack",
            "compression.type",
            "connections.max.idle.ms",
            "fetch.max.bytes",
            "fetch.max.wait.ms",
            "fetch.min.bytes",
            "heartbeat.interval.ms",
            "linger.ms",
            "max.partition.fetch.bytes",
            "max.poll.interval.ms",
            "metadata.max.age.ms",
            "receive.buffer.bytes",
            "reconnect.backoff.max.ms",
            "reconnect.backoff.ms",
            "request.timeout.ms",
            "retry.backoff.ms",
            "send.buffer.bytes",
            "session.timeout.ms");

    private KafkaProperties() {}

    /**
     * @param bootstrap where it is; the embedded broker's address is known only while it runs
     * @throws UncheckedIOException when a PEM file can no longer be read
     */
    public static Map<String, Object> of(Config.Kafka kafka, String bootstrap) {
        Map<String, Object> all = new HashMap<>(kafka.client());
        all.put("bootstrap.servers", bootstrap);
        Config.Access access = kafka.access();
        boolean sasl = access.user() != null;
        if (access.tls()) {
            if (access.ca() != null) {
                all.put("ssl.truststore.type", "PEM");
                all.put("ssl.truststore.certificates", read(access.ca()));
            }
            if (access.certificate() != null && access.key() != null) {
                all.put("ssl.keystore.type", "PEM");
                all.put("ssl.keystore.certificate.chain", read(access.certificate()));
                all.put("ssl.keystore.key", read(access.key()));
            }
        }
        if (sasl) {
            String module = access.mechanism().equals("PLAIN") ? "plain.Plain" : "scram.Scram";
            all.put("sasl.mechanism", access.mechanism());
            all.put(
                    "sasl.jaas.config",
                    "org.apache.kafka.common.security." + module + "LoginModule required username=\""
                            + quoted(access.user()) + "\" password=\"" + quoted(access.password()) + "\";");
        }
        if (access.tls() || sasl) {
            all.put("security.protocol", access.tls() ? (sasl ? "SASL_SSL" : "SSL") : "SASL_PLAINTEXT");
        }
        return Map.copyOf(all);
    }

    /** Whoever chooses a password does not choose the login module. */
    private static String quoted(@Nullable String text) {
        return String.valueOf(text).replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static String read(Path pem) {
        try {
            return Files.readString(pem);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
