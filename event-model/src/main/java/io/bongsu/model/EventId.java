package io.bongsu.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * {@code event.id}: a pure function of a line's identity (shipper, epoch, source, sequence). Fixed width, so that ids of
 * one source sort by epoch and then by sequence: {@code <16 hex: source>-<8 hex: epoch>-<12 hex: sequence>}.
 */
public final class EventId {
    private EventId() {}

    /** The part that all lines of a source and epoch share; compute it once per record. */
    public static String prefix(String shipper, long epoch, String source) {
        HexFormat hex = HexFormat.of();
        return hash(shipper + '\0' + source).substring(0, 16) + '-' + hex.toHexDigits(epoch, 8) + '-';
    }

    public static String of(String prefix, long sequence) {
        return prefix + HexFormat.of().toHexDigits(sequence, 12);
    }

    /** SHA-256 of the UTF-8 bytes, as 64 hexadecimal digits. */
    public static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
