package io.bongsu.shipper.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.shipper.frame.GelfDatagrams.Drop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class GelfDatagramsTest {
    private static final int LIMIT = 1000;
    private static final long MOST = 64 * 1024;
    private static final String MESSAGE = "{\"version\":\"1.1\",\"host\":\"app-1\",\"short_message\":\"로그인 실패\"}";

    private final List<Drop> drops = new ArrayList<>();
    private final List<String> out = new ArrayList<>();
    private final List<Integer> cuts = new ArrayList<>();
    private final GelfDatagrams gelf = new GelfDatagrams(LIMIT, MOST, (sender, drop) -> drops.add(drop));
    private long now;

    @Test
    void plainZlibAndGzip() throws IOException {
        feed(1, utf8(MESSAGE));
        feed(1, utf8("  " + MESSAGE + "\n\0"));
        feed(1, zlib(utf8(MESSAGE)));
        feed(1, gzip(utf8(MESSAGE)));
        assertThat(out).containsExactly(MESSAGE, "  " + MESSAGE, MESSAGE, MESSAGE);
        assertThat(drops).isEmpty();
    }

    @Test
    void chunksInAnyOrderAndMoreThanOnce() throws IOException {
        Random random = new Random(7);
        for (int count = 1; count <= 128; count += 1 + count / 4) {
            List<byte[]> chunks = chunks(count, count, zlib(utf8(MESSAGE.repeat(5))));
            chunks.addAll(List.copyOf(chunks));
            Collections.shuffle(chunks, random);
            chunks.forEach(chunk -> feed(1, chunk));
            assertThat(out).as("%d chunks", count).containsExactly(MESSAGE.repeat(5));
            out.clear();
        }
        assertThat(drops).isEmpty();
        now += GelfDatagrams.EXPIRY.toNanos();
        gelf.expire(now);
        assertThat(drops).as("what was handed on is forgotten without a word").isEmpty();
        assertThat(gelf.bytes()).isZero();
    }

    @Test
    void theSameIdOfTwoSendersIsTwoMessages() {
        List<byte[]> one = chunks(9, 2, utf8("{\"a\":1}"));
        List<byte[]> two = chunks(9, 2, utf8("{\"b\":2}"));
        feed(1, one.get(0));
        feed(2, two.get(0));
        feed(2, two.get(1));
        feed(1, one.get(1));
        assertThat(out).containsExactly("{\"b\":2}", "{\"a\":1}");
    }

    @Test
    void anIdThatIsUsedAgainIsANewMessage() {
        for (int i = 0; i < 5; i++) {
            String text = ("" + i).repeat(30);
            chunks(9, 3, utf8(text)).forEach(chunk -> feed(1, chunk));
            assertThat(out.getLast()).isEqualTo(text);
        }
        assertThat(drops).isEmpty();
    }

    @Test
    void aMessageWithAMissingChunkIsGivenUpAndCountedOnce() {
        List<byte[]> chunks = chunks(9, 5, utf8(MESSAGE));
        chunks.remove(3);
        chunks.forEach(chunk -> feed(1, chunk));
        now += GelfDatagrams.EXPIRY.toNanos() - 1;
        gelf.expire(now);
        assertThat(drops).isEmpty();
        now += 1;
        feed(2, utf8("{}"));
        assertThat(drops).containsExactly(Drop.INCOMPLETE);
        assertThat(out).containsExactly("{}");
        chunks.forEach(chunk -> feed(1, chunk)); // too late, and no new message
        now += GelfDatagrams.EXPIRY.toNanos();
        gelf.expire(now);
        assertThat(drops).hasSize(1);
        assertThat(gelf.bytes()).isZero();
    }

    @Test
    void whatIsNotWholeAtTheEndIsCounted() {
        feed(1, chunks(1, 2, utf8(MESSAGE)).get(0));
        feed(1, chunks(2, 2, utf8(MESSAGE)).get(1));
        gelf.end();
        assertThat(drops).containsExactly(Drop.INCOMPLETE, Drop.INCOMPLETE);
    }

    @Test
    void impossibleChunks() {
        byte[] good = chunks(9, 2, utf8(MESSAGE)).get(0);
        feed(1, new byte[] {0x1e, 0x0f});
        feed(1, java.util.Arrays.copyOf(good, 11));
        feed(1, with(good, 10, 2)); // the third of two
        feed(1, with(good, 11, 0)); // of none
        feed(1, with(good, 11, 129)); // more than may be
        assertThat(drops).hasSize(5).containsOnly(Drop.MALFORMED);
        assertThat(gelf.bytes()).isZero();
    }

    @Test
    void chunksThatContradictEachOtherDoNotHarmTheMessage() {
        List<byte[]> chunks = chunks(9, 3, utf8(MESSAGE));
        feed(1, chunks.get(0));
        feed(1, with(chunks.get(1), 11, 100)); // another count
        feed(1, with(chunks.get(0), 20, 'X')); // other bytes in the same place
        feed(1, chunks.get(1));
        feed(1, chunks.get(2));
        assertThat(out).containsExactly(MESSAGE);
        assertThat(drops).containsExactly(Drop.MALFORMED, Drop.MALFORMED);
    }

    @Test
    void aBombIsCutAndNotUnpackedToItsEnd() throws IOException {
        byte[] zeros = new byte[100_000_000];
        zeros[0] = '{';
        java.util.Arrays.fill(zeros, 1, zeros.length, (byte) ' ');
        feed(1, gzip(zeros));
        chunks(9, 100, zlib(zeros)).forEach(chunk -> feed(1, chunk));
        assertThat(drops).containsExactly(Drop.EVICTED); // 100 kB packed, more than a sender may hold here
        assertThat(out).extracting(String::length).containsExactly(LIMIT);
        assertThat(cuts.getFirst()).isBetween(7 * LIMIT, 7 * LIMIT + 8192);
    }

    @Test
    void aMessageOverTheLimitSaysWhatIsMissing() throws IOException {
        byte[] large = utf8("x".repeat(LIMIT + 500));
        feed(1, large);
        feed(1, gzip(large));
        feed(1, gzip(utf8("x".repeat(LIMIT))));
        chunks(9, 4, large).forEach(chunk -> feed(1, chunk));
        assertThat(out).extracting(String::length).containsExactly(LIMIT, LIMIT, LIMIT, LIMIT);
        assertThat(cuts).containsExactly(500, 500, 0, 500);
    }

    @Test
    void whatCannotBeUnpackedIsCounted() throws IOException {
        byte[] packed = gzip(utf8(MESSAGE));
        feed(1, java.util.Arrays.copyOf(packed, packed.length - 9));
        feed(1, java.util.Arrays.copyOf(packed, 3));
        feed(1, with(packed, packed.length - 5, 1)); // the checksum
        feed(1, new byte[] {0x78, (byte) 0x9c, 1, 2, 3});
        assertThat(drops).hasSize(4).containsOnly(Drop.CORRUPT);
        assertThat(out).isEmpty();
        feed(1, utf8("x"));
        feed(1, utf8("xylophone"));
        assertThat(out).containsExactly("x", "xylophone");
    }

    @Test
    void memoryIsBoundedForASenderAndInTotal() {
        byte[] text = new byte[1400];
        for (int i = 0; i < 500; i++) {
            feed(1, chunks(i, 2, text).get(0));
        }
        assertThat(gelf.bytes()).isBetween(MOST / 4 - 4000, MOST / 4);
        // others are not disturbed
        List<byte[]> good = chunks(9, 2, utf8(MESSAGE));
        feed(2, good.get(0));
        for (int i = 0; i < 500; i++) {
            feed(1, chunks(1000 + i, 2, text).get(0));
        }
        feed(2, good.get(1));
        assertThat(out).containsExactly(MESSAGE);
        for (int i = 0; i < 2_000; i++) {
            feed(3 + i % 200, chunks(5000 + i, 128, text).get(0));
        }
        assertThat(gelf.bytes()).isBetween(MOST - 4000, MOST);
        gelf.end();
        assertThat(drops).hasSize(3_000).contains(Drop.EVICTED, Drop.INCOMPLETE);
        assertThat(gelf.bytes()).isZero();
    }

    @Test
    void noiseNeitherThrowsNorStays() {
        Random random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[random.nextInt(60)];
            random.nextBytes(noise);
            if (noise.length > 2) {
                switch (random.nextInt(4)) {
                    case 0 -> {
                        noise[0] = 0x1e;
                        noise[1] = 0x0f;
                    }
                    case 1 -> {
                        noise[0] = 0x1f;
                        noise[1] = (byte) 0x8b;
                    }
                    case 2 -> noise[0] = 0x78;
                    default -> {}
                }
            }
            now += Duration.ofMillis(1).toNanos();
            feed(1 + random.nextInt(3), noise);
            assertThat(gelf.bytes()).isLessThanOrEqualTo(MOST);
        }
    }

    private void feed(int sender, byte[] datagram) {
        try {
            InetAddress address =
                    InetAddress.getByAddress(new byte[] {(byte) 192, 0, (byte) (sender >> 8), (byte) sender});
            gelf.feed(address, datagram, datagram.length, now, (data, offset, length, cut) -> {
                out.add(new String(data, offset, length, StandardCharsets.UTF_8));
                cuts.add(cut);
            });
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** The message in so many chunks, of nearly the same size. */
    private static List<byte[]> chunks(long id, int count, byte[] message) {
        List<byte[]> chunks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int from = message.length * i / count;
            int to = message.length * (i + 1) / count;
            byte[] chunk = new byte[12 + to - from];
            chunk[0] = 0x1e;
            chunk[1] = 0x0f;
            for (int b = 0; b < 8; b++) {
                chunk[2 + b] = (byte) (id >> 8 * (7 - b));
            }
            chunk[10] = (byte) i;
            chunk[11] = (byte) count;
            System.arraycopy(message, from, chunk, 12, to - from);
            chunks.add(chunk);
        }
        return chunks;
    }

    private static byte[] with(byte[] data, int at, int value) {
        byte[] changed = data.clone();
        changed[at] = (byte) value;
        return changed;
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

    private static byte[] gzip(byte[] data) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(data);
        }
        return packed.toByteArray();
    }
}
