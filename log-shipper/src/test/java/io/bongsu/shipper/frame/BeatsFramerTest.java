package io.bongsu.shipper.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BeatsFramerTest {
    private static final int LIMIT = 64;
    private static final int LONGEST = 1 << 20;
    private static final long MOST = 2 << 20;

    @Test
    void eventsAreTheSameHoweverTheyAreRead() throws Violation {
        byte[] stream = join(
                frame('W', 3),
                event(1, "{\"a\":1}"),
                packed(join(event(2, "x".repeat(70)), event(3, "{}"))),
                frame('W', 0),
                frame('W', 2),
                event(1, "one of two"),
                frame('W', 1),
                packed(frame('W', 2)),
                packed(join(event(7, "p"), event(0xFFFF_FFFF, "q"))));
        List<String> expected = List.of(
                "1 {\"a\":1} 0",
                "2 " + "x".repeat(64) + " 6",
                "3 {} 0 last",
                "1 one of two 0",
                "ended",
                "7 p 0",
                "4294967295 q 0 last");
        for (int step = 1; step <= stream.length; step++) {
            List<String> events = new ArrayList<>();
            try (BeatsFramer framer = new BeatsFramer(LIMIT, LONGEST, MOST, new LargeFrames(0))) {
                for (int at = 0; at < stream.length; at += step) {
                    framer.feed(stream, at, Math.min(step, stream.length - at), new Collect(events));
                }
                assertThat(events).as("in steps of " + step).isEqualTo(expected);
                assertThat(framer.inside()).isFalse();
            }
        }
    }

    static Stream<Arguments> hostile() {
        return Stream.of(
                Arguments.of(
                        "version",
                        "version 1 of the protocol is not spoken here; Beats send version 2",
                        new byte[] {'1', 'W', 0, 0, 0, 1}),
                Arguments.of(
                        "malformed",
                        "expected a frame of version 2",
                        "GET / HTTP/1.1".getBytes(StandardCharsets.UTF_8)),
                Arguments.of("malformed", "expected a frame of type W, J or C", new byte[] {'2', 'D'}),
                Arguments.of("malformed", "an event beyond its window", event(1, "{}")),
                Arguments.of(
                        "malformed", "an event beyond its window", join(frame('W', 1), event(1, "{}"), event(2, "{}"))),
                Arguments.of("malformed", "an event without data", join(frame('W', 1), event(1, ""))),
                Arguments.of("oversized", "an event announces more than 1048576 bytes", join(frame('W', 1), lie('J'))),
                Arguments.of(
                        "oversized", "a packed run of 0 or of more than 1048576 bytes", join(frame('W', 1), lie('C'))),
                Arguments.of("oversized", "a packed run of 0 or of more than 1048576 bytes", frame('C', 0)),
                Arguments.of("malformed", "packed data inside packed data", packed(packed(frame('W', 1)))),
                Arguments.of(
                        "corrupt", "packed data that cannot be unpacked", join(frame('C', 4), new byte[] {1, 2, 3, 4})),
                Arguments.of("corrupt", "packed data that ends inside a frame", packed(new byte[] {'2'})),
                Arguments.of(
                        "corrupt",
                        "packed data that ends inside a frame",
                        join(frame('C', 5), Arrays.copyOf(deflate(frame('W', 1)), 5))));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void whatIsNotInTheProtocolIsAViolation(String reason, String message, byte[] bytes) {
        assertThatThrownBy(() -> {
                    try (BeatsFramer framer = new BeatsFramer(LIMIT, LONGEST, MOST, new LargeFrames(0))) {
                        framer.feed(bytes, 0, bytes.length, new Collect(new ArrayList<>()));
                    }
                })
                .isInstanceOfSatisfying(
                        Violation.class, v -> assertThat(v.reason()).isEqualTo(reason))
                .hasMessage(message);
    }

    @Test
    void aBombIsOneCutEventAndWhatUnpacksWithoutEndIsRefused() throws Violation {
        byte[] zeros = new byte[1 << 20];
        byte[] event = join(new byte[] {'2', 'J', 0, 0, 0, 1, 0, 0x10, 0, 0}, zeros);
        List<String> events = new ArrayList<>();
        try (BeatsFramer framer = new BeatsFramer(LIMIT, LONGEST, MOST, new LargeFrames(0))) {
            byte[] bomb = join(frame('W', 1), packed(event));
            assertThat(bomb.length).isLessThan(3_000);
            framer.feed(bomb, 0, bomb.length, new Collect(events));
        }
        assertThat(events).hasSize(1).first().asString().endsWith(" " + ((1 << 20) - LIMIT) + " last");

        byte[] windows = emptyWindows((int) (MOST / 6) + 1);
        assertThatThrownBy(() -> {
                    try (BeatsFramer framer = new BeatsFramer(LIMIT, LONGEST, MOST, new LargeFrames(0))) {
                        framer.feed(windows, 0, windows.length, new Collect(events));
                    }
                })
                .isInstanceOf(Violation.class)
                .hasMessage("packed data that unpacks to more than 2097152 bytes");
    }

    @Test
    void noiseEndsInAViolationOrEventsNeverInAnotherError() {
        Random random = new Random(7);
        byte[] good = join(
                frame('W', 4),
                packed(join(event(1, "{\"a\":1}"), event(2, "{\"b\":2}"))),
                event(3, "{}"),
                event(4, "{}"));
        int violations = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] noise = good.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                noise[random.nextInt(noise.length)] = (byte) random.nextInt(256);
            }
            List<String> events = new ArrayList<>();
            try (BeatsFramer framer = new BeatsFramer(LIMIT, LONGEST, MOST, new LargeFrames(0))) {
                framer.feed(noise, 0, noise.length, new Collect(events));
            } catch (Violation e) {
                violations++;
            }
            assertThat(events.size()).isLessThanOrEqualTo(5);
        }
        assertThat(violations).isGreaterThan(2_500);
    }

    private record Collect(List<String> into) implements BeatsFramer.Events {
        @Override
        public void event(long sequence, boolean last, byte[] data, int offset, int length, int cut) {
            into.add(sequence + " " + new String(data, offset, length, StandardCharsets.ISO_8859_1) + " " + cut
                    + (last ? " last" : ""));
        }

        @Override
        public void windowEnded() {
            into.add("ended");
        }
    }

    private static byte[] emptyWindows(int count) {
        return packed(join(Collections.nCopies(count, frame('W', 0)).toArray(byte[][]::new)));
    }

    private static byte[] lie(char type) {
        return join(
                new byte[] {'2', (byte) type}, type == 'J' ? new byte[4] : new byte[0], new byte[] {-1, -1, -1, -1});
    }

    private static byte[] frame(char type, int value) {
        return new byte[] {
            '2', (byte) type, (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value
        };
    }

    private static byte[] event(int sequence, String data) {
        byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
        return join(frame('J', sequence), Arrays.copyOfRange(frame('x', bytes.length), 2, 6), bytes);
    }

    private static byte[] packed(byte[] frames) {
        byte[] zlib = deflate(frames);
        return join(frame('C', zlib.length), zlib);
    }

    private static byte[] deflate(byte[] data) {
        ByteArrayOutputStream zlib = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(zlib)) {
            deflater.write(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return zlib.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
