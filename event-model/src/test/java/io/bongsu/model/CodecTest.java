package io.bongsu.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CodecTest {
    /**
     * One record of each type, with every field set. Never edit one, but for a new version: its bytes are pinned in
     * pinned-bytes.properties.
     */
    static Stream<SpecificRecord> samples() {
        return Stream.of(
                RawLogs.newBuilder()
                        .setShipper("s1")
                        .setEpoch(7)
                        .setSource("syslog-tcp/192.0.2.1")
                        .setInput("syslog")
                        .setAddress("192.0.2.1")
                        .setTag("sshd")
                        .setCharset("cp949")
                        .setZone("Asia/Seoul")
                        .setFields(Map.of("log.file.path", "/var/log/봉수.log"))
                        .setFrom(17L)
                        .setLines(List.of(RawLine.newBuilder()
                                .setSequence(41)
                                .setReceived(1_790_000_000_000_000L)
                                .setCut(3)
                                .setData(utf8("<38>봉수"))
                                .setCheck(4711)
                                .build()))
                        .build(),
                new Heartbeat(
                        "s1",
                        7L,
                        1_790_000_001_000_000L,
                        Map.of("received", 42L),
                        new Seal(
                                3L,
                                2L,
                                true,
                                true,
                                6L,
                                9L,
                                List.of(new Head(
                                        "syslog-tcp/192.0.2.1",
                                        7L,
                                        40L,
                                        42L,
                                        2L,
                                        ByteBuffer.wrap(new byte[32]),
                                        ByteBuffer.wrap(new byte[32]))),
                                ByteBuffer.wrap(new byte[44])),
                        ByteBuffer.wrap(new byte[64])),
                new RulesMarker(1L, "abc", 1_790_000_002_000_000L),
                new RulesManifest(
                        2L,
                        1_790_000_007_000_000L,
                        1_790_000_002_000_000L,
                        "alice",
                        "quieter",
                        1L,
                        300_000_000L,
                        List.of(new RulesFile("rules", "00/ssh.yml", "0".repeat(64), 17L)),
                        List.of(new RuleVersion("rule-1", "0123456789abcdef")),
                        "abc"),
                new Events(
                        "s1",
                        7L,
                        "syslog-tcp/192.0.2.1",
                        1,
                        99L,
                        1_790_000_000_500_000L,
                        4,
                        1,
                        1,
                        1,
                        Map.of("filtered", 1),
                        3,
                        2L,
                        List.of(new Event(
                                "id-1",
                                0,
                                1_789_999_999_000_000L,
                                1_790_000_000_000_000L,
                                1L,
                                "system.auth",
                                "<38>봉수",
                                List.of("_no_parser"),
                                Map.of("event.category", List.of("authentication", 1L, 0.5, true))))),
                new Hits(
                        "rule-1",
                        "0123456789abcdef",
                        1L,
                        0,
                        List.of("203.0.113.7"),
                        1,
                        99L,
                        1_790_000_000_000_000L,
                        List.of(new Hit(
                                "base-1",
                                "id-1",
                                0,
                                1_789_999_999_000_000L,
                                1_790_000_000_000_000L,
                                5,
                                Map.of("user.name", "root"),
                                true))),
                new Watermark(0, 1, 2, 1_790_000_000_000_000L, 3L, 2L),
                new Alert(
                        "alert-1",
                        2,
                        AlertStatus.WITHDRAWN,
                        "alert-2",
                        "rule-1",
                        "0123456789abcdef",
                        1L,
                        1_789_999_999_000_000L,
                        1_789_999_990_000_000L,
                        1_789_999_999_000_000L,
                        5L,
                        true,
                        true,
                        1_790_000_000_000_000L,
                        Map.of("source.ip", "203.0.113.7"),
                        List.of(new Evidence("id-1", 1_789_999_990_000_000L, "base-1", 1, 99L, 0, 2)),
                        Map.of("user.name", List.of("root", "admin")),
                        Map.of("rule.name", "SSH brute force")),
                new AlertNote(
                        "alert-1",
                        Workflow.CLOSED,
                        "false_positive",
                        "봉수: our own scanner",
                        "alice",
                        1_790_000_000_000_000L,
                        Map.of("rule.name", "SSH brute force")),
                new DeadLetter(
                        "dl-1",
                        "index",
                        "mapping",
                        "failed to parse",
                        Topics.EVENTS,
                        1,
                        99L,
                        0,
                        "syslog-tcp/192.0.2.1",
                        "id-1",
                        1_790_000_000_500_000L,
                        utf8("{}"),
                        1));
    }

    @Test
    void eventsAreWrittenAsAvroWouldWriteThem() throws IOException {
        Random random = new Random(5);
        SpecificDatumWriter<Events> avro = new SpecificDatumWriter<>(Events.getClassSchema());
        for (int round = 0; round < 2_000; round++) {
            Events events = new Events(
                    Randomly.text(random),
                    random.nextLong(),
                    Randomly.text(random),
                    random.nextInt(),
                    random.nextLong(),
                    Randomly.time(random),
                    random.nextInt(),
                    0,
                    1,
                    -1,
                    random.nextBoolean() ? Map.of() : Map.of("filtered", random.nextInt(), "rate", 63),
                    -64,
                    64L,
                    Stream.generate(() -> Randomly.event(random))
                            .limit(random.nextInt(4))
                            .toList());
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(expected, null);
            avro.write(events, encoder);
            encoder.flush();
            byte[] encoded = Codec.encode(events);
            assertThat(Arrays.copyOfRange(encoded, 10, encoded.length)).isEqualTo(expected.toByteArray());
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void readsBackWhatItWrote(SpecificRecord record) throws Exception {
        assertThat(Codec.decode(Codec.encode(record))).isEqualTo(record);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void bytesOfPublishedVersionsNeverChange(SpecificRecord record) throws Exception {
        Properties pinned = new Properties();
        try (InputStream in = CodecTest.class.getResourceAsStream("pinned-bytes.properties")) {
            pinned.load(in);
        }
        String version = newest(record);
        String was = pinned.getProperty(version);
        String now = HexFormat.of().formatHex(Codec.encode(record));
        assertThat(now).as("bytes of %s", version).isEqualTo(was);
        assertThat(Codec.decode(HexFormat.of().parseHex(was)))
                .as("%s read from the pinned bytes", version)
                .isEqualTo(record);
    }

    /** What an older release wrote, with the defaults of what has come since. */
    @Test
    void olderVersionsAreRead() throws Exception {
        Properties pinned = new Properties();
        try (InputStream in = CodecTest.class.getResourceAsStream("pinned-bytes.properties")) {
            pinned.load(in);
        }
        Alert alert = (Alert) Codec.decode(HexFormat.of().parseHex(pinned.getProperty("Alert.1")));
        assertThat(alert.getValues()).isEmpty();
        assertThat(alert.getEvidence().getFirst().getStep()).isZero();
        assertThat(alert.getFields()).containsEntry("rule.name", "SSH brute force");
        RawLogs logs = (RawLogs) Codec.decode(HexFormat.of().parseHex(pinned.getProperty("RawLogs.1")));
        assertThat(logs.getFields()).isEmpty();
        assertThat(logs.getFrom()).isNull();
        assertThat(logs.getLines().getFirst().getSequence()).isEqualTo(41);
        assertThat(logs.getLines().getFirst().getCheck()).isEqualTo(-1);
        Heartbeat beat = (Heartbeat) Codec.decode(HexFormat.of().parseHex(pinned.getProperty("Heartbeat.1")));
        assertThat(beat.getSeal()).isNull();
        assertThat(beat.getSignature()).isNull();
        Events events = (Events) Codec.decode(HexFormat.of().parseHex(pinned.getProperty("Events.1")));
        assertThat(events.getPending()).isZero();
        assertThat(events.getMissing()).isEqualTo(2);
        DeadLetter letter = (DeadLetter) Codec.decode(HexFormat.of().parseHex(pinned.getProperty("DeadLetter.1")));
        assertThat(letter.getReplays()).isZero();
        RulesManifest manifest =
                (RulesManifest) Codec.decode(HexFormat.of().parseHex(pinned.getProperty("RulesManifest.1")));
        assertThat(manifest.getBuiltIn()).isEmpty();
    }

    private static String newest(SpecificRecord record) {
        return Codec.PUBLISHED.stream()
                .filter(p -> p.startsWith(record.getSchema().getName() + "."))
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    /** A changed schema is a new version: give it a new file in published/, and keep the old one. */
    @ParameterizedTest
    @MethodSource("samples")
    void currentSchemaIsTheNewestPublishedOne(SpecificRecord record) throws IOException {
        Schema source = new Schema.Parser()
                .parse(Path.of("src/main/avro", record.getSchema().getName() + ".avsc")
                        .toFile());
        assertThat(Codec.published(newest(record))).isEqualTo(source);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void sayWhatTheyAreWithoutBeingRead(SpecificRecord record) {
        byte[] bytes = Codec.encode(record);
        byte[] cut = Arrays.copyOf(bytes, 10);
        samples().map(SpecificRecord::getSchema).forEach(schema -> {
            assertThat(Codec.claims(bytes, schema)).isEqualTo(schema.equals(record.getSchema()));
            assertThat(Codec.claims(cut, schema)).isEqualTo(schema.equals(record.getSchema()));
        });
        cut[5] ^= 1;
        assertThat(Codec.claims(cut, record.getSchema())).isFalse();
        assertThat(Codec.claims(Arrays.copyOf(bytes, 9), record.getSchema())).isFalse();
        assertThat(Codec.claims(null, record.getSchema())).isFalse();
    }

    @Test
    void saysWhyBytesAreNotOurs() {
        assertThatThrownBy(() -> Codec.decode(new byte[0])).hasMessage("no Avro single-object header");
        assertThatThrownBy(() -> Codec.decode("plain text that is long enough".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("no Avro single-object header");
        byte[] unknown = {(byte) 0xC3, 1, 1, 2, 3, 4, 5, 6, 7, 8};
        assertThatThrownBy(() -> Codec.decode(unknown))
                .hasMessage("unknown schema 807060504030201; a newer release wrote it");
        byte[] longer = Codec.encode(new Watermark(0, 1, 2, 3L, 4L, 5L));
        byte[] tail = Arrays.copyOf(longer, longer.length + 1);
        assertThatThrownBy(() -> Codec.decode(tail)).hasMessage("bytes left over behind the record");
    }

    @Test
    void brokenBytesAreUndecodableAndNothingElse() {
        Random random = new Random(1);
        List<byte[]> good = samples().map(Codec::encode).toList();
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = good.get(random.nextInt(good.size())).clone();
            if (random.nextBoolean()) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            for (int flips = random.nextInt(4); flips > 0 && bytes.length > 10; flips--) {
                bytes[10 + random.nextInt(bytes.length - 10)] = (byte) random.nextInt();
            }
            try {
                Codec.decode(bytes);
            } catch (Codec.Undecodable expected) {
                assertThat(expected).hasMessageNotContaining("\n");
            }
        }
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Prints the lines of pinned-bytes.properties for a new version. */
    public static void main(String[] args) throws IOException {
        samples()
                .forEach(
                        r -> System.out.println(newest(r) + "=" + HexFormat.of().formatHex(Codec.encode(r))));
    }
}
