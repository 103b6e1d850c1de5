package io.bongsu.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldersTest {
    private static final Folders CONFIGURED =
            new Folders(paths("rules"), paths("parsers"), paths("mappings"), paths("lists"));

    @TempDir
    Path directory;

    @Test
    void withoutAFolderTheConfigurationSaysAll() {
        assertThat(CONFIGURED.withRules(List.of())).isEqualTo(CONFIGURED);
    }

    @Test
    void aFolderOfRulesIsOneWhateverItsFoldersAreCalled() throws IOException {
        Files.createDirectories(directory.resolve("rules/linux"));
        Files.createDirectories(directory.resolve("windows"));
        assertThat(CONFIGURED.withRules(List.of(directory)))
                .isEqualTo(new Folders(List.of(directory), paths("parsers"), paths("mappings"), paths("lists")));
    }

    @Test
    void aFolderWithRulesAndParsersInItBringsBoth() throws IOException {
        for (String name : List.of("rules", "parsers", "mappings", "lists")) {
            Files.createDirectories(directory.resolve(name));
        }
        assertThat(CONFIGURED.withRules(List.of(directory, Path.of("more"))))
                .isEqualTo(new Folders(
                        List.of(directory.resolve("rules"), Path.of("more")),
                        List.of(Path.of("parsers"), directory.resolve("parsers")),
                        List.of(directory.resolve("mappings"), Path.of("mappings")),
                        List.of(Path.of("lists"), directory.resolve("lists"))));
    }

    private static List<Path> paths(String name) {
        return List.of(Path.of(name));
    }
}
