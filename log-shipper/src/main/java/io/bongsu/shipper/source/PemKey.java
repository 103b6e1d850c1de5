package io.bongsu.shipper.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A private key in a PEM file (RFC 7468): PKCS#8, or the older forms PKCS#1 (RFC 8017) and SEC 1 (RFC 5915), which are
 * wrapped so that Java reads them.
 */
final class PemKey {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]+)-----END \\1-----");
    private static final byte[] RSA = {6, 9, 42, (byte) 134, 72, (byte) 134, (byte) 247, 13, 1, 1, 1, 5, 0};
    private static final byte[] EC = {6, 7, 42, (byte) 134, 72, (byte) 206, 61, 2, 1};
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 4;
    private static final int PARAMETERS = 0xA0;

    private PemKey() {}

    /** @throws IOException it cannot be used; the message says why and what to do */
    static PrivateKey read(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            String kind = blocks.group(1);
            if (kind.startsWith("ENCRYPTED") || blocks.group(2).contains("ENCRYPTED")) {
                throw new IOException("the key in " + file + " is encrypted; write it without a passphrase and let only"
                        + " this user read it: openssl pkey -in OLD -out NEW");
            }
            byte[] der = kind.endsWith("PRIVATE KEY") ? bytes(file, blocks.group(2)) : new byte[0];
            switch (kind) {
                case "PRIVATE KEY" -> {
                    return key(file, der);
                }
                case "RSA PRIVATE KEY" -> {
                    return key(file, pkcs8(RSA, der));
                }
                case "EC PRIVATE KEY" -> {
                    return key(file, pkcs8(join(EC, curve(file, der)), der));
                }
                default -> {
                    // a certificate or parameters may stand in the same file
                }
            }
        }
        throw new IOException("no private key in " + file + "; write one in PEM: openssl pkey -in OLD -out NEW");
    }

    private static byte[] bytes(Path file, String base64) throws IOException {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw broken(file, e);
        }
    }

    private static IOException broken(Path file, @Nullable Exception e) {
        return new IOException("the key in " + file + " is broken; copy it again", e);
    }

    private static PrivateKey key(Path file, byte[] pkcs8) throws IOException {
        Exception last = null;
        for (String algorithm : new String[] {"RSA", "EC", "RSASSA-PSS", "EdDSA"}) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (NoSuchAlgorithmException | InvalidKeySpecException e) {
                last = e;
            }
        }
        throw broken(file, last);
    }

    /** The object identifier of the curve, which SEC 1 keeps in its field [0]. */
    private static byte[] curve(Path file, byte[] sec1) throws IOException {
        for (int i = 0; i + 3 < sec1.length; i++) {
            int length = sec1[i + 1];
            boolean field = (sec1[i] & 0xFF) == PARAMETERS && sec1[i + 2] == 6 && sec1[i + 3] == length - 2;
            if (field && i + 2 + length <= sec1.length) {
                byte[] curve = new byte[length];
                System.arraycopy(sec1, i + 2, curve, 0, length);
                return curve;
            }
        }
        throw new IOException("the key in " + file
                + " does not name its curve; write it as PKCS#8: openssl pkey -in OLD" + " -out NEW");
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        byte[] version = {2, 1, 0};
        return tagged(SEQUENCE, join(join(version, tagged(SEQUENCE, algorithm)), tagged(OCTETS, key)));
    }

    private static byte[] tagged(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 128) {
            out.write(content.length);
        } else if (content.length < 256) {
            out.write(0x81);
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] join(byte[] a, byte[] b) {
        byte[] both = new byte[a.length + b.length];
        System.arraycopy(a, 0, both, 0, a.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
