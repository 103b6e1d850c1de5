package io.bongsu.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.app.pipeline.RulesPush.Change;
import io.bongsu.app.pipeline.RulesPush.Difference;
import io.bongsu.app.pipeline.RulesPush.FileRow;
import io.bongsu.app.pipeline.RulesPush.Outcome;
import io.bongsu.ingest.generation.Publisher.Published;
import io.bongsu.model.RulesManifest;
import io.bongsu.rules.RuleSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folders of `up`, looked at as often as the test says. Where a push ends up, GenerationsIT sees. */
class RulesWatchTest {
    @TempDir
    Path directory;

    private final List<String> said = new ArrayList<>();
    private Supplier<Outcome> push = () -> published(4, new Difference(List.of(), List.of(), false));
    private int pushes;
    private RulesWatch watch;

    @BeforeEach
    void watch() throws IOException {
        for (String kind : List.of("rules", "parsers", "mappings", "lists")) {
            write(kind + "/there.yml", "a: 1");
        }
        Folders folders = new Folders(folder("rules"), folder("parsers"), folder("mappings"), folder("lists"));
        watch = new RulesWatch(
                folders,
                () -> {
                    pushes++;
                    return push.get();
                },
                RulesWatch.files(folders),
                said::add);
    }

    @AfterEach
    void close() {
        watch.close();
    }

    @Test
    void nothingIsPushedWhileNothingChanges() {
        look(3);
        assertThat(pushes).isZero();
    }

    @Test
    void aChangeOfAnyKindIsPushedOnceWhenItHasStopped() throws IOException {
        int expected = 0;
        for (String change : List.of("rules/new.yml", "parsers/new.yml", "mappings/new.yml", "lists/Servers.txt")) {
            write(change, "a");
            look(1);
            write(change, "a and more");
            look(1);
            assertThat(pushes).as("%s is still being written", change).isEqualTo(expected);
            look(3);
            expected++;
            assertThat(pushes).as(change).isEqualTo(expected);
        }
        Files.delete(directory.resolve("parsers/there.yml"));
        look(3);
        assertThat(pushes).as("a file that is gone").isEqualTo(expected + 1);
    }

    @Test
    void itSaysWhatWasPublished() throws IOException {
        push = () -> published(
                4,
                new Difference(
                        List.of(new RulesPush.Row(Change.ADDED, "id", "Door", "", "1")),
                        List.of(
                                new FileRow(Change.CHANGED, "lists/00/Servers.txt"),
                                new FileRow(Change.ADDED, "parsers/00/a.yml"),
                                new FileRow(Change.REMOVED, "parsers/00/b.yml"),
                                new FileRow(Change.ADDED, "rules/00/door.yml")),
                        true));
        write("rules/door.yml", "a");
        look(2);
        assertThat(said)
                .containsExactly(
                        "rules: generation 4: 1 added, 1 file of lists, 2 files of parsers, other built-in parsers");
    }

    @Test
    void whatIsRefusedIsSaidAndNotTriedAgainUntilItChanges() throws IOException {
        push = () -> new Outcome(loaded(), List.of("parsers/bad.yml:3:1: unknown step"), List.of(), null, null);
        write("parsers/bad.yml", "a");
        look(4);
        assertThat(pushes).isEqualTo(1);
        assertThat(said)
                .containsExactly(
                        "rules: not published, what is live stays as it is", "  parsers/bad.yml:3:1: unknown step");
        write("parsers/bad.yml", "better");
        look(2);
        assertThat(pushes).isEqualTo(2);
    }

    @Test
    void aPushThatFailsIsTriedAgainAndSaidOnce() throws IOException {
        push = () -> {
            throw new IllegalStateException("Kafka is away");
        };
        write("rules/new.yml", "a");
        look(4);
        assertThat(pushes).isEqualTo(3);
        assertThat(said).containsExactly("rules: not published: Kafka is away");
        push = () -> published(5, null);
        look(3);
        assertThat(pushes).isEqualTo(4);
        assertThat(said).last().isEqualTo("rules: generation 5");
    }

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            watch.look();
        }
    }

    private List<Path> folder(String name) {
        return List.of(directory.resolve(name));
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(directory.resolve(file).getParent());
        Files.writeString(directory.resolve(file), text);
    }

    private static Outcome published(long generation, @Nullable Difference difference) {
        RulesManifest manifest =
                new RulesManifest(generation, 0L, 0L, "bongsu up", "", 0L, 0L, List.of(), List.of(), "");
        return new Outcome(loaded(), List.of(), List.of(), difference, new Published(manifest, 0));
    }

    private static RuleSet.Loaded loaded() {
        return RuleSet.load(List.of(), RuleSet.Defaults.STANDARD);
    }
}
