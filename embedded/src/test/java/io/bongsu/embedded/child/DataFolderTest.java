package io.bongsu.embedded.child;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bongsu.embedded.EmbeddedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    @TempDir
    Path folder;

    @Test
    void tooLittleRoom() {
        assertThatThrownBy(() -> DataFolder.take(folder, Long.MAX_VALUE))
                .isInstanceOf(EmbeddedException.class)
                .hasMessageMatching("the disk of " + folder + " has \\d+ MiB left and 8796093022207 MiB are needed; "
                        + "free some space or choose a data folder on another disk");
    }

    @Test
    void aFileInItsPlace() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> DataFolder.take(file, 0))
                .isInstanceOf(EmbeddedException.class)
                .hasMessage("the data folder " + file + " cannot be written: java.nio.file.FileAlreadyExistsException: "
                        + file + "; make it writable or choose another data folder");
    }

    @Test
    void aComma() {
        assertThatThrownBy(() -> DataFolder.take(folder.resolve("a,b"), 0))
                .isInstanceOf(EmbeddedException.class)
                .hasMessageContaining("a data folder cannot have a comma in its name");
    }
}
