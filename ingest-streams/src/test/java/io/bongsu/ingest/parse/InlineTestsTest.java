package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

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
        assertThat(loaded.parsers().ids())
                .containsExactly("app.json", "app.logback", "linux.pam", "linux.sshd", "linux.sudo");
    }

    @TestFactory
    Stream<DynamicTest> testsInTheParserFiles() {
        ParserSet parsers = loaded.parsers();
        return parsers.tests().stream()
                .map(test ->
                        DynamicTest.dynamicTest(test.place() + " " + test.in(), () -> assertThat(test.failures(parsers))
                                .isEmpty()));
    }
}
