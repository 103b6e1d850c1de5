package io.bongsu.model;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;

/**
 * Signatures of heartbeats that carry a {@link Seal}: Ed25519 (RFC 8032) over the bytes of the record as it lies in Kafka,
 * without its last field, which is the signature. So a reader needs no newer schema than the writer's to check one.
 */
public final class Seals {
    private static final String ALGORITHM = "Ed25519";
    private static final int LENGTH = 64;
    /** The field: there is one, its length, itself. */
    private static final byte[] HEAD = {2, (byte) 0x80, 1};

    private Seals() {}

    /** The record's bytes, signed. */
    public static byte[] sign(Heartbeat beat, PrivateKey key) {
        byte[] value = Codec.encode(new Heartbeat(
                beat.getShipper(),
                beat.getEpoch(),
                beat.getNow(),
                beat.getCounters(),
                beat.getSeal(),
                ByteBuffer.allocate(LENGTH)));
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key);
            signature.update(value, 0, value.length - HEAD.length - LENGTH);
            System.arraycopy(signature.sign(), 0, value, value.length - LENGTH, LENGTH);
            return value;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /** Whether the bytes of a record are signed with that key; what is no key signs nothing. */
    public static boolean signed(byte[] value, byte[] key) {
        int end = value.length - HEAD.length - LENGTH;
        if (end <= 0 || !Arrays.equals(value, end, end + HEAD.length, HEAD, 0, HEAD.length)) {
            return false;
        }
        try {
            PublicKey publicKey = KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(key));
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(publicKey);
            signature.update(value, 0, end);
            return signature.verify(value, end + HEAD.length, LENGTH);
        } catch (GeneralSecurityException e) {
            return false; // no such key, or no such signature: whatever was written there, nobody has signed it
        }
    }
}
