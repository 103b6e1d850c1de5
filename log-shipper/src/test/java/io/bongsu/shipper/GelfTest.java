package io.bongsu.shipper;

import static io.bongsu.shipper.FakeKafka.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.Micros;
import io.bongsu.model.RawLogs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** GELF on real sockets; only Kafka is a fake. */
@Timeout(60)
class GelfTest {
    @TempDir
    Path directory;

    private final FakeKafka kafka = new FakeKafka();

    @Test
    void aDatagramAPackedDatagramAndShuffledChunksAreLines() throws IOException {
        String large = "{\"short_message\":\"" + "주문".repeat(8_000) + "\"}";
        try (Shipper shipper = started()) {
            send(shipper, utf8("{\"short_message\":\"plain\"}"));
            send(shipper, zlib(utf8("{\"short_message\":\"packed\"}")));
            List<byte[]> chunks = chunks(42, utf8(large), 1_000);
            chunks.addAll(List.copyOf(chunks.subList(3, 9)));
            Collections.shuffle(chunks, new Random(3));
            for (byte[] chunk : chunks) {
                send(shipper, chunk);
            }
            acknowledged(shipper, 3);
            assertThat(kafka.lines())
                    .extracting(line -> line.text().getBytes(StandardCharsets.ISO_8859_1).length)
                    .contains(utf8(large).length);
            assertThat(kafka.texts("gelf-udp")).contains("{\"short_message\":\"plain\"}");
            for (RawLogs record : kafka.records()) {
                assertThat(record.getSource()).isEqualTo("gelf-udp/127.0.0.1");
                assertThat(record.getInput()).isEqualTo("json");
            }
            assertLaw(shipper, 3);
        }
    }

    @Test
    void hostileDatagramsAreCountedByReasonAndHarmNobody() throws IOException {
        byte[] bomb = new byte[50_000_000];
        bomb[0] = '{';
        Shipper shipper = started();
        try (shipper) {
            send(shipper, zlib(bomb)); // a line, cut
            send(shipper, new byte[] {0x1e, 0x0f, 1});
            byte[] lie = chunks(1, utf8("xx"), 1).get(0);
            lie[11] = (byte) 255;
            send(shipper, lie);
            send(shipper, new byte[] {0x1f, (byte) 0x8b, 8, 0});
            send(shipper, chunks(2, utf8("never whole"), 3).get(1));
            // no further datagram is needed for time to pass
            patiently().until(() -> shipper.counters().containsKey("dropped.incomplete.gelf-udp"));
            send(shipper, chunks(3, utf8("not whole when we stop"), 3).get(1));
            send(shipper, utf8("{}"));
            acknowledged(shipper, 2);
            assertThat(kafka.lines())
                    .filteredOn(line -> line.cut() > 0)
                    .singleElement()
                    .satisfies(line -> assertThat(line.cut()).isLessThan(8 * 128 * 1024));
        }
        assertThat(shipper.counters())
                .containsEntry("dropped.malformed.gelf-udp", 2L)
                .containsEntry("dropped.corrupt.gelf-udp", 1L)
                .containsEntry("dropped.incomplete.gelf-udp", 2L)
                .containsEntry("received.gelf-udp", 2L);
        assertLaw(shipper, 7);
    }

    @Test
    void textsOverTcpEndWithNul() throws IOException {
        try (Shipper shipper = started()) {
            InetSocketAddress address = shipper.address("gelf-tcp");
            try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
                socket.getOutputStream()
                        .write(utf8("{\"short_message\":\"a\",\n \"full_message\":\"x\"}\0{\"b\":1}\0\0{\"half\":"));
            }
            acknowledged(shipper, 3);
            assertThat(kafka.texts("gelf-tcp"))
                    .containsExactly("{\"short_message\":\"a\",\n \"full_message\":\"x\"}", "{\"b\":1}", "{\"half\":");
            assertThat(kafka.records()).extracting(RawLogs::getInput).containsOnly("json");
        }
    }

    private Shipper started() {
        Shipper shipper = new Shipper(
                ShipperConfig.of(
                        directory,
                        List.of(
                                listener("gelf-udp", Listener.Kind.GELF_UDP),
                                listener("gelf-tcp", Listener.Kind.GELF_TCP)),
                        Map.of("bootstrap.servers", "fake:1")),
                kafka,
                Micros::now);
        shipper.start();
        return shipper;
    }

    private static Listener listener(String name, Listener.Kind kind) {
        return new Listener(name, kind, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null, null, null);
    }

    private static void acknowledged(Shipper shipper, long lines) {
        patiently().until(() -> shipper.counters().get("acknowledged") >= lines);
    }

    private static void assertLaw(Shipper shipper, long frames) {
        Map<String, Long> counters = shipper.counters();
        long dropped = counters.entrySet().stream()
                .filter(e -> e.getKey().startsWith("dropped."))
                .mapToLong(Map.Entry::getValue)
                .sum();
        assertThat(counters.get("frames")).isEqualTo(frames).isEqualTo(counters.get("received") + dropped);
    }

    private static void send(Shipper shipper, byte[] data) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(data, data.length, shipper.address("gelf-udp")));
        }
    }

    private static List<byte[]> chunks(int id, byte[] message, int size) {
        int count = (message.length + size - 1) / size;
        List<byte[]> chunks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = Math.min(size, message.length - i * size);
            byte[] chunk = new byte[12 + length];
            chunk[0] = 0x1e;
            chunk[1] = 0x0f;
            chunk[9] = (byte) id;
            chunk[10] = (byte) i;
            chunk[11] = (byte) count;
            System.arraycopy(message, i * size, chunk, 12, length);
            chunks.add(chunk);
        }
        return chunks;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] zlib(byte[] data) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new DeflaterOutputStream(packed)) {
            out.write(data);
        }
        return packed.toByteArray();
    }
}
