package io.bongsu.ingest.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.RulesFile;
import io.bongsu.model.RulesManifest;
import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.yaml.Problems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read from folders here comes to the same rules elsewhere. */
class ContentTest {
    @TempDir
    Path folder;

    private Path rules;
    private Path lists;

    @BeforeEach
    void write() throws Exception {
        rules = Files.createDirectories(folder.resolve("rules/deep")).getParent();
        lists = Files.createDirectories(folder.resolve("lists"));
        Files.writeString(rules.resolve("deep/server.yml"), """
                title: On a server
                level: low
                logsource: { product: linux }
                detection: { s: { host.hostname|expand: '%Servers%' }, condition: s }
                """);
        Files.writeString(rules.resolve("README.md"), "no rule");
        Files.writeString(lists.resolve("Servers.txt"), "db-1\n서버-2\n");
    }

    private RuleSet.Defaults defaults(long lateness) {
        return new RuleSet.Defaults(lateness, List.of(), List.of(lists), name -> true);
    }

    private Content read(long lateness) {
        return Content.read(List.of(rules), List.of(), defaults(lateness), new Problems());
    }

    private static RulesManifest manifest(Content content) {
        return RulesManifest.newBuilder()
                .setGeneration(1)
                .setEffectiveAt(0)
                .setPushedAt(0)
                .setAuthor("")
                .setNote("")
                .setRestores(0)
                .setLateness(content.lateness())
                .setFiles(content.files())
                .setRules(List.of())
                .setBuiltIn(ParserSet.builtIn())
                .build();
    }

    @Test
    void theRulesAreTheSameElsewhere() {
        Content content = read(5);
        assertThat(content.files())
                .extracting(file -> file.getKind() + " " + file.getPath())
                .contains("lists 00/Servers.txt", "rules 00/deep/server.yml")
                .noneMatch(name -> name.contains("README"));

        RuleSet.Loaded there = content.load(folder.resolve("there"), name -> true);
        assertThat(there.problems()).isEmpty();
        assertThat(there.rules().infos())
                .extracting(RuleInfo::version)
                .isEqualTo(RuleSet.load(List.of(rules), defaults(5)).rules().infos().stream()
                        .map(RuleInfo::version)
                        .toList());
    }

    @Test
    void anotherFileValueOrLatenessIsAnotherContent() throws Exception {
        Content content = read(5);
        assertThat(read(5).isSame(manifest(content))).isTrue();
        assertThat(read(6).isSame(manifest(content))).isFalse();
        Files.writeString(lists.resolve("Servers.txt"), "db-1\n");
        assertThat(read(5).isSame(manifest(content))).isFalse();
    }

    /** Whoever may write to bongsu.rules may not write elsewhere. */
    @Test
    void aPathThatLeadsOutIsRefused() {
        Content content = read(5);
        RulesFile one = content.files().getLast();
        for (String path :
                List.of("../out.yml", "../../out.yml", folder.resolve("out.yml").toString())) {
            Content forged = new Content(
                    List.of(RulesFile.newBuilder(one).setPath(path).build()), content.bytes(), content.lateness());
            assertThatThrownBy(() -> forged.load(folder.resolve("there"), name -> true))
                    .hasMessageContaining("no path for a file of a generation");
        }
        assertThat(folder.resolve("out.yml")).doesNotExist();
    }
}
