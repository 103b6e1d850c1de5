package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class InlineTestsTest {
    private final ParserSet.Loaded loaded = ParserSet.load(List.of());

    @Test
    void builtInParsersHaveNoProblems() {
        assertThat(loaded.problems()).isEmpty();
        assertThat(loaded.parsers().ids()).contains("app.json", "linux.auditd", "linux.sshd", "windows.event");
    }

    /** A file that it does not name is read by nobody, and neither are its tests. */
    @Test
    void theIndexNamesEveryFile() throws IOException {
        Path folder = Path.of("src/main/resources/io/bongsu/ingest/parse/parsers");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(ParserLoader.builtIn().keySet())
                    .containsExactlyInAnyOrderElementsOf(
                            files.map(file -> file.getFileName().toString())
                                    .filter(name -> name.endsWith(".yml"))
                                    .toList());
        }
    }

    @TestFactory
    Stream<DynamicTest> theExampleOfTheManual() {
        ParserSet.Loaded with = ParserSet.load(List.of(Path.of("examples", "parsers")));
        assertThat(with.problems()).isEmpty();
        assertThat(with.parsers().ids()).contains("acme.vpn", "linux.sshd");
        return tests(with.parsers(), "acme.vpn");
    }

    @Test
    void theManualShowsTheExampleAsItIs() throws IOException {
        String example = Files.readString(Path.of("examples", "parsers", "acme.vpn.yml"));
        assertThat(Files.readString(Path.of("PARSERS.md"))).contains(example);
    }

    @TestFactory
    Stream<DynamicTest> testsInTheParserFiles() {
        return tests(loaded.parsers(), "");
    }

    private static Stream<DynamicTest> tests(ParserSet parsers, String parser) {
        return parsers.tests().stream()
                .filter(test -> test.parser().startsWith(parser))
                .map(test ->
                        DynamicTest.dynamicTest(test.place() + " " + test.in(), () -> assertThat(test.failures(parsers))
                                .isEmpty()));
    }
}
