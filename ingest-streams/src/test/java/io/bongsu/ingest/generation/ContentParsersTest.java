package io.bongsu.ingest.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.RulesFile;
import io.bongsu.model.RulesManifest;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.yaml.Problems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parsers go into a generation as files, and come out of it compiled, with the built-in ones. */
class ContentParsersTest {
    private static final String DOOR = """
            parser: test.door
            dataset: test.door
            detect: {program: [doord]}
            steps: [{set: {event.action: opened}}]
            """;

    @TempDir
    Path folder;

    @Test
    void parsersComeOutAsTheyWentIn() throws IOException {
        Files.writeString(folder.resolve("door.yml"), "\uFEFF" + DOOR);
        Content content = content();
        assertThat(content.files())
                .extracting(RulesFile::getKind, RulesFile::getPath)
                .containsExactly(tuple("parsers", "00/door.yml"));
        ParserSet.Loaded loaded = content.parsers();
        assertThat(loaded.problems()).isEmpty();
        assertThat(loaded.parsers().ids()).contains("test.door", "linux.sshd");
    }

    @Test
    void aProblemNamesTheFileOfTheGeneration() throws IOException {
        Files.writeString(folder.resolve("door.yml"), DOOR.replace("[{set:", "[{sett:"));
        assertThat(content().parsers().problems()).singleElement().asString().startsWith("parsers/00/door.yml:4:");
    }

    @Test
    void anotherParserOrOtherBuiltInOnesAreAnotherContent() throws IOException {
        Path file = Files.writeString(folder.resolve("door.yml"), DOOR);
        Content content = content();
        assertThat(content().isSame(manifest(content, ParserSet.builtIn()))).isTrue();
        assertThat(content().isSame(manifest(content, "of another version"))).isFalse();
        Files.writeString(file, DOOR.replace("opened", "shut"));
        assertThat(content().isSame(manifest(content, ParserSet.builtIn()))).isFalse();
    }

    private Content content() {
        return Content.read(List.of(), List.of(folder), RuleSet.Defaults.STANDARD, new Problems());
    }

    private static RulesManifest manifest(Content content, String builtIn) {
        return new RulesManifest(1L, 0L, 0L, "a", "", 0L, content.lateness(), content.files(), List.of(), builtIn);
    }
}
