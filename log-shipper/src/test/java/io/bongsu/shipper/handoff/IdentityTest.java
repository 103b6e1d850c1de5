package io.bongsu.shipper.handoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PublicKey;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTest {
    private static final long NOW = 1_800_000_000_000_000L;

    @TempDir
    Path temp;

    @Test
    void theIdStaysAndTheEpochGrows() throws IOException {
        Path directory = temp.resolve("a/b");
        String shipper;
        try (Identity first = Identity.open(directory, null, NOW)) {
            shipper = first.shipper();
            assertThat(shipper).matches("[0-9a-f]{16}");
            assertThat(first.epoch()).isEqualTo(1);
        }
        for (long epoch = 2; epoch < 5; epoch++) {
            try (Identity next = Identity.open(directory, null, NOW)) {
                assertThat(next.shipper()).isEqualTo(shipper);
                assertThat(next.epoch()).isEqualTo(epoch);
                assertThat(Files.readString(directory.resolve("epoch"))).isEqualTo(epoch + "\n");
            }
        }
        try (Identity other = Identity.open(temp.resolve("other"), null, NOW)) {
            assertThat(other.shipper()).isNotEqualTo(shipper);
        }
    }

    @Test
    void theEpochIsOnDiskBeforeAnybodyCanUseIt() throws IOException {
        Identity.open(temp, null, NOW).close();
        Identity.open(temp, null, NOW).close();
        // A crash in the middle of the next start's write leaves the fresh file behind.
        Files.writeString(temp.resolve("epoch.new"), "");
        try (Identity third = Identity.open(temp, null, NOW)) {
            assertThat(third.epoch()).isEqualTo(3);
        }
    }

    /** What a start writes finds room on a full disk, so that the lines in the spool get out. */
    @Test
    void aFullDiskGivesBackWhatWasReserved() throws IOException {
        Path reserve = temp.resolve("reserve");
        Identity.open(temp, null, NOW, 100).close();
        assertThat(reserve).doesNotExist();
        Identity.open(temp, null, NOW, 1 << 20).close();
        assertThat(reserve).hasSize(64 * 1024);
        Identity.open(temp, null, NOW, 70_000).close();
        assertThat(reserve).exists();
        try (Identity full = Identity.open(temp, null, NOW, 100)) {
            assertThat(reserve).doesNotExist();
            assertThat(full.epoch()).isEqualTo(4);
        }
        Files.createDirectory(temp.resolve("epoch.new"));
        assertThatThrownBy(() -> Identity.open(temp, null, NOW, 100))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("only 100 bytes free; make room", "epoch.new");
    }

    @Test
    void aCrashBetweenTheFirstEpochAndTheIdIsAFirstStart() throws IOException {
        Files.writeString(temp.resolve("epoch"), "1\n");
        try (Identity identity = Identity.open(temp, null, NOW)) {
            assertThat(identity.epoch()).isEqualTo(2);
            assertThat(Files.exists(temp.resolve("id"))).isTrue();
        }
    }

    /** A configured id may meet an empty directory again (a container without a volume): its epochs must not repeat. */
    @Test
    void aConfiguredIdNeverRepeatsAnEpoch() throws IOException {
        try (Identity first = Identity.open(temp.resolve("lost"), "edge-1", NOW);
                Identity again = Identity.open(temp.resolve("new"), "edge-1", NOW + 5_000_000)) {
            assertThat(again.shipper()).isEqualTo("edge-1");
            assertThat(again.epoch()).isGreaterThan(first.epoch());
        }
        try (Identity next = Identity.open(temp.resolve("new"), "edge-1", NOW)) {
            assertThat(next.epoch()).isEqualTo(1_800_000_006L);
        }
    }

    @Test
    void twoCannotHaveOneDirectory() throws IOException {
        try (Identity first = Identity.open(temp, null, NOW)) {
            assertThatThrownBy(() -> Identity.open(temp, null, NOW))
                    .isInstanceOf(IOException.class)
                    .hasMessage(temp + " belongs to a shipper that is running (it holds " + temp.resolve("lock")
                            + "); stop that one, or give this one a directory of its own");
            assertThat(first.epoch()).isEqualTo(1);
        }
        Identity.open(temp, null, NOW).close();
    }

    @Test
    void twoProcessesCannotHaveOneDirectory() throws Exception {
        Process other = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        temp.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("1");
            assertThatThrownBy(() -> Identity.open(temp, null, NOW)).hasMessageContaining("belongs to a shipper");
        } finally {
            other.destroyForcibly().waitFor();
        }
        try (Identity second = Identity.open(temp, null, NOW)) {
            assertThat(second.epoch()).isEqualTo(2);
        }
    }

    /** Holds the directory until it is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws IOException {
            try (Identity identity = Identity.open(Path.of(args[0]), null, NOW)) {
                System.out.println(identity.epoch());
                if (System.in.read() != -1) {
                    throw new IOException("nobody writes to this process");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "one", "-1", "0", "99999999999999999999"})
    void aBrokenEpochIsNeverGuessed(String content) throws IOException {
        Identity.open(temp, null, NOW).close();
        Files.writeString(temp.resolve("epoch"), content);
        assertThatThrownBy(() -> Identity.open(temp, null, NOW))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        temp.resolve("epoch") + " should hold a number, the count of starts, and does not; restore it"
                                + " from a backup, or delete it and " + temp.resolve("id")
                                + " so that this becomes a new shipper");
        assertThat(Files.readString(temp.resolve("epoch"))).isEqualTo(content);
    }

    @Test
    void aMissingEpochIsNeverGuessed() throws IOException {
        Identity.open(temp, null, NOW).close();
        Files.delete(temp.resolve("epoch"));
        assertThatThrownBy(() -> Identity.open(temp, null, NOW))
                .hasMessage(temp.resolve("epoch") + " is missing but " + temp.resolve("id")
                        + " is there; restore it from a backup, or delete " + temp.resolve("id")
                        + " so that this becomes a new shipper");
    }

    @Test
    void theKeyIsMadeOnceAndIsForItsOwnerOnly() throws IOException {
        PublicKey key;
        try (Identity first = Identity.open(temp, null, NOW)) {
            key = first.key().getPublic();
            assertThat(Files.readString(temp.resolve("key.pub")))
                    .isEqualTo(first.shipper() + " " + Base64.getEncoder().encodeToString(key.getEncoded()) + "\n");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(temp.resolve("key"))))
                .isEqualTo("rw-------");
        try (Identity next = Identity.open(temp, null, NOW)) {
            assertThat(next.key().getPublic()).isEqualTo(key);
        }
        Files.writeString(temp.resolve("key"), "rubbish");
        assertThatThrownBy(() -> Identity.open(temp, null, NOW))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("should hold the key that this shipper signs with, and does not");
    }

    @Test
    void theNextStartKnowsHowFarTheSealsOfTheFormerWentThatKafkaHad() throws IOException {
        try (Identity first = Identity.open(temp, null, NOW)) {
            assertThat(first.former()).isEqualTo(Identity.Former.UNKNOWN);
            first.note(1, 8);
            first.note(1, 9);
        }
        try (Identity second = Identity.open(temp, null, NOW)) {
            assertThat(second.former()).isEqualTo(new Identity.Former(1, 9));
        }
        Files.writeString(temp.resolve("seal"), "00000000000000000001 0000"); // power failed
        try (Identity third = Identity.open(temp, null, NOW)) {
            assertThat(third.former()).isEqualTo(Identity.Former.UNKNOWN);
        }
    }
}
