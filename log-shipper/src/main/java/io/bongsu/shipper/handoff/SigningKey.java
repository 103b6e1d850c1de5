package io.bongsu.shipper.handoff;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The Ed25519 key that a shipper signs its heads with: one file, both halves, mode 600, made when it is not there. A
 * broken one is never replaced by guessing: whoever trusts the shipper's key would see a stranger.
 */
final class SigningKey {
    private static final String ALGORITHM = "Ed25519";

    private SigningKey() {}

    static KeyPair of(Path file) throws IOException {
        if (!Files.exists(file)) {
            make(file);
        }
        String[] halves =
                Files.readString(file, StandardCharsets.ISO_8859_1).strip().split("\\s+", -1);
        try {
            if (halves.length == 2) {
                KeyFactory factory = KeyFactory.getInstance(ALGORITHM);
                PrivateKey secret = factory.generatePrivate(
                        new PKCS8EncodedKeySpec(Base64.getDecoder().decode(halves[0])));
                PublicKey known = factory.generatePublic(
                        new X509EncodedKeySpec(Base64.getDecoder().decode(halves[1])));
                return new KeyPair(known, secret);
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw broken(file, e);
        }
        throw broken(file, null);
    }

    private static IOException broken(Path file, @Nullable Exception cause) {
        return new IOException(
                file + " should hold the key that this shipper signs with, and does not; restore it from a backup, or"
                        + " delete it so that a new one is made, and tell those who check signatures",
                cause);
    }

    /** What whoever checks signatures keeps of a shipper: its name and its public key. */
    static String line(String shipper, PublicKey key) {
        return shipper + ' ' + Base64.getEncoder().encodeToString(key.getEncoded());
    }

    private static void make(Path file) throws IOException {
        KeyPair pair;
        try {
            pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
        Base64.Encoder base64 = Base64.getEncoder();
        String text = base64.encodeToString(pair.getPrivate().getEncoded())
                + '\n'
                + base64.encodeToString(pair.getPublic().getEncoded())
                + '\n';
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        FileStore store = Files.getFileStore(file.toAbsolutePath().getParent());
        FileAttribute<?>[] mine = store.supportsFileAttributeView("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        try (FileChannel out =
                FileChannel.open(fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mine)) {
            ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
