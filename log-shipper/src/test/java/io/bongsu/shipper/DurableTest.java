package io.bongsu.shipper;

import static io.bongsu.shipper.FakeKafka.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.Micros;
import io.bongsu.shipper.handoff.Bound;
import io.bongsu.shipper.handoff.HandOff;
import io.bongsu.shipper.handoff.Identity;
import io.bongsu.shipper.handoff.Ledger;
import io.bongsu.shipper.handoff.Origin;
import io.bongsu.shipper.handoff.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When an input may acknowledge. */
@Timeout(60)
class DurableTest {
    @TempDir
    Path directory;

    private final FakeKafka kafka = new FakeKafka().neverAcknowledges();
    private final Ledger ledger = new Ledger(Micros::now);
    private final List<String> durable = new CopyOnWriteArrayList<>();

    @Test
    void anInputIsToldWhenKafkaHasAcknowledgedItsLinesAndAllBefore() throws IOException {
        try (Identity who = Identity.open(directory, null, Micros.now())) {
            HandOff handOff = handOff(who);
            try {
                Source source = handOff.source(new Origin("relp", "syslog", null, null, null), "192.0.2.1");
                receive(source, "one", "two");
                receive(source);
                receive(source, "three");
                patiently().until(() -> kafka.lines().size() == 3);
                assertThat(durable).isEmpty();
                kafka.producer().errorNext(new TopicAuthorizationException("bongsu.logs"));
                patiently().until(() -> kafka.producersMade() == 2);
                patiently().until(() -> {
                    kafka.acknowledgeAll();
                    return durable.size() == 3;
                });
                assertThat(durable).containsExactly("one two", "", "three");
                assertThat(ledger.snapshot()).containsEntry("acknowledged", 3L);
                receive(source);
                patiently().until(() -> durable.size() == 4);
            } finally {
                handOff.close(Duration.ofSeconds(1));
            }
        }
    }

    private HandOff handOff(Identity who) {
        HandOff handOff = new HandOff(
                who,
                ledger,
                new Bound(1 << 20),
                Duration.ofMillis(1),
                Duration.ofSeconds(1),
                null,
                Duration.ofSeconds(1),
                () -> kafka.apply(Map.of()),
                Micros::now);
        handOff.start();
        return handOff;
    }

    private void receive(Source source, String... texts) {
        try (Source.Lines lines = source.open()) {
            for (String text : texts) {
                byte[] data = text.getBytes(StandardCharsets.UTF_8);
                lines.frame(data, 0, data.length, 0);
            }
            lines.whenDurable(() -> durable.add(String.join(" ", texts)));
        }
    }
}
