package io.bongsu.shipper;

import static io.bongsu.shipper.FakeKafka.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bongsu.shipper.FakeKafka.Shipped;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lumberjack version 2, with a sender of ours on a real socket; only Kafka is a fake. */
@Timeout(60)
class BeatsTest {
    @TempDir
    Path directory;

    private final FakeKafka kafka = new FakeKafka();

    @Test
    void anEventIsALineExactlyAsItWasSent() throws IOException {
        try (Shipper shipper = started();
                BeatsClient beat = connect(shipper)) {
            String event = "{\"@timestamp\":\"2026-11-22T09:15:01.250Z\",\"message\":\"봉수 \\u003c1\\u003e\"}";
            beat.send(List.of(event, "{}"), false).await(2);
            beat.send(numbered("packed", 2_048), true).await(2_048);
            assertThat(kafka.texts("beats"))
                    .startsWith(latin(event), "{}")
                    .hasSize(2_050)
                    .endsWith("{\"packed\":2047}");
            assertThat(kafka.lines()).extracting(Shipped::input).containsOnly("json");
            assertThat(shipper.counters()).containsEntry("acknowledged", 2_050L);
        }
    }

    @Test
    void batchesOnTheWayTogetherAreEachAnsweredInTheirTurn() throws IOException {
        try (Shipper shipper = started();
                BeatsClient beat = connect(shipper)) {
            int[] sizes = {1, 300, 7, 5_000, 2};
            for (int size : sizes) {
                beat.send(numbered("x", size), size % 2 == 0);
            }
            for (int size : sizes) {
                beat.await(size);
            }
            assertThat(kafka.lines()).hasSize(Arrays.stream(sizes).sum());
        }
    }

    @Test
    void nothingIsAcknowledgedBeforeKafkaHasItButTheBeatHearsThatWeLive() throws IOException {
        kafka.neverAcknowledges();
        try (Shipper shipper = started();
                BeatsClient beat = connect(shipper);
                BeatsClient other = connect(shipper)) {
            beat.raw(BeatsClient.header('W', 3));
            beat.raw(BeatsClient.event(1, "{\"a\":1}"));
            patiently().until(() -> kafka.lines().size() == 1);
            kafka.acknowledgeAll();
            patiently().until(() -> shipper.counters().get("acknowledged") == 1);
            beat.raw(BeatsClient.event(2, "{\"a\":2}"));
            beat.raw(BeatsClient.event(3, "{\"a\":3}"));
            other.send(List.of("{\"b\":1}"), true);
            assertThat(beat.acknowledged())
                    .as("how far it is, after a few seconds")
                    .isEqualTo(1);
            assertThat(other.acknowledged()).as("nothing yet").isZero();
            patiently().until(() -> {
                kafka.acknowledgeAll();
                return shipper.counters().get("acknowledged") == 4;
            });
            beat.await(3);
            other.await(1);
        } finally {
            kafka.acknowledgeAll();
        }
    }

    @Test
    void whatIsNotTheProtocolClosesTheConnectionAndIsCounted() throws IOException {
        byte[] bomb = BeatsClient.packed(BeatsClient.event(1, "\0".repeat(50_000_000)));
        try (Shipper shipper = started()) {
            refused(shipper, new byte[] {'1', 'W', 0, 0, 0, 1});
            refused(shipper, BeatsClient.event(1, "{}"));
            refused(shipper, new byte[] {'2', 'W', 0, 0, 0, 1, '2', 'J', 0, 0, 0, 1, -1, -1, -1, -1});
            refused(shipper, new byte[] {'2', 'C', 0, 0, 0, 3, 1, 2, 3});
            refused(shipper, BeatsClient.packed(BeatsClient.packed(BeatsClient.header('W', 1))));
            assertThat(shipper.counters())
                    .containsEntry("closed.version.beats", 1L)
                    .containsEntry("closed.malformed.beats", 2L)
                    .containsEntry("closed.oversized.beats", 1L)
                    .containsEntry("closed.corrupt.beats", 1L)
                    .containsEntry("frames", 0L);
            try (BeatsClient half = connect(shipper)) {
                half.raw(BeatsClient.header('W', 2));
                half.raw(BeatsClient.event(1, "{\"half\":1}"));
                patiently().until(() -> kafka.lines().size() == 1);
            }
            patiently().until(() -> shipper.counters().getOrDefault("closed.half.beats", 0L) == 1);
            try (BeatsClient beat = connect(shipper)) {
                beat.raw(BeatsClient.header('W', 1));
                beat.raw(bomb);
                beat.await(1);
            }
            assertThat(kafka.lines()).last().extracting(Shipped::cut).isEqualTo(50_000_000 - 1024 * 1024);
        }
    }

    @Test
    void aPackedFloodStopsAtTheMemoryBoundAndGoesOnWhenThereIsRoom() throws Exception {
        kafka.neverAcknowledges();
        // 100 bytes that pack to almost none: one read would bring many times the bound.
        List<String> events = IntStream.range(0, 200_000)
                .mapToObj(i -> "{\"x\":\"" + "x".repeat(100) + "\"}")
                .toList();
        byte[] batch = BeatsClient.batch(events, true);
        assertThat(batch.length).isLessThan(1_000_000);
        try (Shipper shipper = beats().memory(1024 * 1024).started(kafka);
                BeatsClient beat = connect(shipper)) {
            Thread sender = Thread.ofPlatform().start(() -> {
                try {
                    beat.raw(batch);
                    beat.await(events.size());
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            patiently().until(() -> shipper.counters().get("inflight.bytes") >= 3 * 1024 * 1024 / 4);
            assertThat(shipper.counters().get("inflight.bytes")).isLessThan(3 * 1024 * 1024);
            patiently().until(() -> {
                assertThat(shipper.counters().get("inflight.bytes")).isLessThan(3 * 1024 * 1024);
                kafka.acknowledgeAll();
                return !sender.isAlive();
            });
            assertThat(shipper.counters()).containsEntry("received", 200_000L);
        } finally {
            kafka.acknowledgeAll();
        }
    }

    @Test
    void aBatchHalfDoneWhenTheShipperStopsIsAcknowledgedAsFarAsItIsDurable() throws Exception {
        Shipper shipper = started();
        try (BeatsClient beat = connect(shipper)) {
            beat.raw(BeatsClient.header('W', 3));
            beat.raw(BeatsClient.event(1, "{\"a\":1}"));
            beat.raw(BeatsClient.event(2, "{\"a\":2}"));
            patiently().until(() -> shipper.counters().get("acknowledged") == 2);
            shipper.close();
            assertThat(beat.acknowledged()).isEqualTo(2);
        }
    }

    @Test
    void noiseIsRefusedAndHarmsNobody() throws IOException {
        Random random = new Random(3);
        byte[] good = BeatsClient.batch(numbered("n", 20), true);
        try (Shipper shipper = started();
                BeatsClient beat = connect(shipper)) {
            for (int i = 0; i < 100; i++) {
                byte[] bad = Arrays.copyOf(good, 1 + random.nextInt(good.length));
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
                try (BeatsClient hostile = connect(shipper)) {
                    hostile.raw(bad);
                }
            }
            beat.send(numbered("still here", 3), true).await(3);
            patiently().until(() -> shipper.counters().get("connections") == 1);
            assertThat(kafka.texts("beats")).contains("{\"still here\":2}");
        }
    }

    private void refused(Shipper shipper, byte[] bytes) throws IOException {
        try (BeatsClient client = connect(shipper)) {
            client.raw(bytes);
            assertThatThrownBy(client::acknowledged).isInstanceOf(IOException.class);
        }
    }

    private Shipper started() {
        return beats().started(kafka);
    }

    private ShipperBuilder beats() {
        return new ShipperBuilder(directory, ShipperBuilder.listener("beats", Listener.Kind.BEATS));
    }

    private static BeatsClient connect(Shipper shipper) throws IOException {
        InetSocketAddress address = shipper.address("beats");
        return new BeatsClient(new Socket(address.getAddress(), address.getPort()));
    }

    private static List<String> numbered(String name, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"" + name + "\":" + i + "}")
                .toList();
    }

    private static String latin(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
