package io.bongsu.shipper.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.Chain;
import io.bongsu.model.Codec;
import io.bongsu.model.RawLine;
import io.bongsu.model.RawLogs;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinePackTest {
    /** The lines are encoded by hand; the schema's own encoder must give the same bytes. */
    @Test
    void aPackIsByteForByteWhatTheCodecWrites() {
        Random random = new Random(7);
        ByteRoom room = new ByteRoom(1 << 20); // each pack gets what the one before it has left
        for (int count : new int[] {1, 2, 63, 64, 2_000}) {
            RawLogs.Builder builder = RawLogs.newBuilder()
                    .setShipper("s")
                    .setEpoch(12)
                    .setSource("udp/192.0.2.1")
                    .setInput("syslog")
                    .setAddress("192.0.2.1")
                    .setTag(null)
                    .setCharset("MS949")
                    .setZone(null)
                    .setFields(count == 2 ? Map.of() : Map.of("log.file.path", "/var/log/봉수.log"))
                    .setFrom(count < 63 ? null : Long.valueOf(count * 1_000_000_000L));
            Long from = builder.getFrom();
            byte[] empty =
                    Codec.encode(builder.setLines(List.of()).setFrom(null).build());
            LinePack pack = new LinePack(room, null, 0, from == null ? -1 : from);
            List<RawLine> lines = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                byte[] data = new byte[random.nextInt(i % 50 == 0 ? 20_000 : 300)];
                random.nextBytes(data);
                long sequence = random.nextLong() >>> random.nextInt(1, 64);
                long received = random.nextLong() >> random.nextInt(64);
                int cut = random.nextInt() >>> random.nextInt(1, 32);
                lines.add(checked(sequence, received, cut, data));
                byte[] around = Arrays.copyOf(data, data.length + 5);
                pack.add(sequence, received, cut, around, 0, data.length);
            }
            assertThat(pack.encode(Arrays.copyOf(empty, empty.length - 2)))
                    .isEqualTo(
                            Codec.encode(builder.setLines(lines).setFrom(from).build()));
            MessageDigest there = Chain.sha256();
            pack.hash(there);
            MessageDigest here = Chain.sha256();
            lines.forEach(line -> here.update(Chain.bytes(line)));
            assertThat(there.digest()).isEqualTo(here.digest());
            pack.release();
        }
    }

    /** With the check that the shipper gives it; no other one fits. */
    private static RawLine checked(long sequence, long received, int cut, byte[] data) {
        byte[] front = Chain.bytes(new RawLine(sequence, received, cut, ByteBuffer.wrap(data), 0));
        int check = Chain.check(front, 0, front.length - 1);
        RawLine line = new RawLine(sequence, received, cut, ByteBuffer.wrap(data), check);
        assertThat(Chain.checks(line, Chain.bytes(line))).isTrue();
        RawLine other = new RawLine(sequence, received, cut, ByteBuffer.wrap(data), check ^ 1);
        assertThat(Chain.checks(other, Chain.bytes(other))).isFalse();
        return line;
    }
}
