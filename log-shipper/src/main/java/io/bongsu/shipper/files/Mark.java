package io.bongsu.shipper.files;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What some bytes of a file were: by it a file is known again, and seen to have been replaced. */
record Mark(int length, String hash) {
    static final Mark NONE = new Mark(0, "-");

    static Mark of(byte[] data, int offset, int length) {
        return length == 0 ? NONE : new Mark(length, hash(data, offset, length));
    }

    static String hash(byte[] data, int offset, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(data, offset, length);
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    boolean matches(byte[] data, int offset) {
        return length == 0
                || data.length - offset >= length && hash(data, offset, length).equals(hash);
    }
}
