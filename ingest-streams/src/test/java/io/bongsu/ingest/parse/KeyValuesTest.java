package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.bongsu.model.Micros;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyValuesTest {
    /** A quote that nothing closes must not be looked for again at each of a hundred thousand keys. */
    @ParameterizedTest
    @ValueSource(strings = {"a=\"b ", "a=\"b\"c ", "a=b ", "\"", "a=\\"})
    void hostileTextCostsNoMoreThanItsLength(String piece) {
        for (boolean spaced : new boolean[] {false, true}) {
            KeyValues kv = new KeyValues(
                    null,
                    List.of(" "),
                    "=",
                    "\"",
                    '\\',
                    spaced,
                    false,
                    KeyValues.Repeat.LAST,
                    Set.of(),
                    Set.of(),
                    Map.of(),
                    "x",
                    null);
            Body body = new Body(piece.repeat(200_000), Micros.UNKNOWN, ZoneOffset.UTC);

            assertTimeoutPreemptively(Duration.ofSeconds(20), () -> kv.apply(body));

            assertThat(body.fields.size()).isLessThanOrEqualTo(200_000);
        }
    }
}
