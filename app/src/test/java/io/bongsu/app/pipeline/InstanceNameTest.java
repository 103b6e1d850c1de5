package io.bongsu.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceNameTest {
    @TempDir
    Path folder;

    @Test
    void staysWithTheFolder() throws IOException {
        String name;
        try (InstanceName first = InstanceName.take(folder)) {
            name = first.name();
        }
        try (InstanceName again = InstanceName.take(folder)) {
            assertThat(again.name()).isEqualTo(name);
        }
    }

    @Test
    void noTwoLivingOnesShareAName() throws IOException {
        try (InstanceName first = InstanceName.take(folder);
                InstanceName second = InstanceName.take(folder)) {
            assertThat(second.name()).isNotEqualTo(first.name());
            first.close();
            try (InstanceName third = InstanceName.take(folder)) {
                assertThat(third.name()).isEqualTo(first.name());
            }
        }
    }

    @Test
    void aNameThatWasWrittenHalfIsMadeAnew() throws IOException {
        Files.writeString(folder.resolve("instance-1"), "bongsu-12");
        try (InstanceName name = InstanceName.take(folder)) {
            assertThat(name.name()).matches("bongsu-[0-9a-f-]{36}");
        }
    }

    @Test
    void aFolderThatCannotBeMadeCostsOnlyTheName() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        try (InstanceName name = InstanceName.take(file.resolve("below"))) {
            assertThat(name.name()).matches("bongsu-[0-9a-f-]{36}");
        }
    }
}
