package io.bongsu.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * The chain over the lines of a source: each {@link Head} is the SHA-256 of the head before it and of the lines since, so
 * that one which is trusted vouches for all lines up to it, in their order. Where records begin and end does not matter.
 */
public final class Chain {
    private Chain() {}

    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** What a chain has for its first head's {@code previous}. */
    public static byte[] start(String shipper, String source, long epoch, long first) {
        String name = String.join("\0", "bongsu.chain", shipper, source, Long.toString(epoch), Long.toString(first));
        return sha256().digest(name.getBytes(StandardCharsets.UTF_8));
    }

    /** A line as heads see it: its Avro binary, as in the record of bongsu.logs. */
    public static byte[] bytes(RawLine line) {
        byte[] data = Codec.bytes(line.getData());
        ByteArrayOutputStream out = new ByteArrayOutputStream(data.length + 28);
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        try {
            encoder.writeLong(line.getSequence());
            encoder.writeLong(line.getReceived());
            encoder.writeInt(line.getCut());
            encoder.writeBytes(data);
            encoder.writeInt(line.getCheck());
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** {@link RawLine#getCheck()} of a line whose Avro binary up to there is given. */
    public static int check(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue() & 0xFFFF;
    }

    /** Whether the line is the one that its check was made of. */
    public static boolean checks(RawLine line, byte[] bytes) {
        return check(bytes, 0, bytes.length - size(line.getCheck())) == line.getCheck();
    }

    /** Of the zig-zag varint of Avro. */
    private static int size(int value) {
        int zigzag = value << 1 ^ value >> 31;
        return zigzag == 0 ? 1 : (38 - Integer.numberOfLeadingZeros(zigzag)) / 7;
    }
}
