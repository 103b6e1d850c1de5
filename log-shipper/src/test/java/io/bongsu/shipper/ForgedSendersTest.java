package io.bongsu.shipper;

import static io.bongsu.shipper.FakeKafka.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.Micros;
import io.bongsu.model.RawLogs;
import io.bongsu.shipper.handoff.Bound;
import io.bongsu.shipper.handoff.HandOff;
import io.bongsu.shipper.handoff.Identity;
import io.bongsu.shipper.handoff.Ledger;
import io.bongsu.shipper.handoff.Origin;
import io.bongsu.shipper.handoff.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForgedSendersTest {
    @TempDir
    Path directory;

    /** The address of a datagram can be forged, and a source costs memory here and in every later stage. */
    @Test
    void sendersBeyondTheBoundShareOneSourceAndLoseNothing() throws IOException {
        FakeKafka kafka = new FakeKafka();
        Ledger ledger = new Ledger(Micros::now);
        Origin origin = new Origin("udp", "syslog", null, null, null, java.util.Map.of());
        try (Identity identity = Identity.open(directory, null, Micros.now())) {
            HandOff handOff = new HandOff(
                    identity,
                    ledger,
                    new Bound(1 << 20),
                    Duration.ZERO,
                    Duration.ofHours(1),
                    null,
                    Duration.ofSeconds(1),
                    () -> kafka.apply(Map.of()),
                    Micros::now);
            handOff.start();
            for (int i = 0; i < 50_000; i++) {
                handOff.source(origin, "10.0." + (i >> 8) + "." + (i & 255));
            }
            for (int i = 0; i < 10; i++) {
                try (Source.Lines lines = handOff.source(origin, "192.0.2." + i).open()) {
                    lines.frame(new byte[] {'x'}, 0, 1, 0);
                }
            }
            patiently().until(() -> ledger.snapshot().get("acknowledged") == 10);
            handOff.close(Duration.ofSeconds(5));
        }
        assertThat(ledger.snapshot()).containsEntry("sources", 50_001L);
        assertThat(kafka.lines()).extracting(FakeKafka.Shipped::source).containsOnly("udp/other");
        assertThat(kafka.lines())
                .extracting(FakeKafka.Shipped::sequence)
                .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(kafka.records()).extracting(RawLogs::getAddress).containsOnlyNulls();
    }
}
