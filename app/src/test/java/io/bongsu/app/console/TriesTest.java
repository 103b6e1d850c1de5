package io.bongsu.app.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The demo said {@code bongsu search}: there is no such command on the path, and not in that folder. */
class TriesTest {
    @Test
    void theDefaultFolderNeedsNoOption() {
        assertThat(Tries.search(Path.of("data").toAbsolutePath())).isEqualTo("bongsu search");
    }

    @Test
    void anotherFolderIsNamed() {
        assertThat(Tries.search(Path.of("/var/lib/bongsu"))).isEqualTo("bongsu search --data /var/lib/bongsu");
        assertThat(Tries.search(Path.of("other").toAbsolutePath())).isEqualTo("bongsu search --data other");
    }
}
