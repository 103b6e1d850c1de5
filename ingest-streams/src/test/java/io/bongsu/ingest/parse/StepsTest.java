package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each step, by data: parsers with tests of their own. */
class StepsTest {
    @TestFactory
    Stream<DynamicTest> steps() throws IOException {
        try (InputStream in = Objects.requireNonNull(StepsTest.class.getResourceAsStream("steps.yml"))) {
            ParserSet.Loaded loaded =
                    new ParserLoader().load("steps.yml", new String(in.readAllBytes(), StandardCharsets.UTF_8));
            assertThat(loaded.problems()).isEmpty();
            return loaded.parsers().tests().stream()
                    .map(test -> DynamicTest.dynamicTest(
                            test.place() + " " + test.in(),
                            () -> assertThat(test.failures(loaded.parsers())).isEmpty()));
        }
    }
}
