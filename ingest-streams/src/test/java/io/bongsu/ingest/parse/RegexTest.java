package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.bongsu.model.Micros;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RegexTest {
    private static final List<String> PATTERNS = List.of(
            "denied|refused",
            "(?i)Denied by [Rr]ule",
            "(?i)k1",
            "\\buser=(?:\\S+)$",
            "(?:^| )(?:TLS|SSL)v(?:[0-9.]+)",
            "\\[id \"(?:\\d+)\"\\]",
            "(?m)^Error: (?:.*)$",
            "a{0,2}bc?|x",
            "(?:ab)?[^c]",
            "봉수.*불");

    private static final List<String> TEXTS = List.of(
            "",
            "it was DENIED by rule 7",
            "it was denied",
            "Refused, refused",
            "uses K1 and k2",
            "uses \u212a1",
            "user=kim",
            "USER=kim",
            "over TLSv1.3 and sslv3",
            "[id \"942100\"] [ID \"1\"]",
            "first\nError: second\nthird",
            "aab",
            "c",
            "봉수에 불이 올랐다");

    static Stream<Arguments> pairs() {
        return PATTERNS.stream().flatMap(pattern -> TEXTS.stream().map(text -> Arguments.of(pattern, text)));
    }

    /** What a pattern needs is looked for first; that must never change whether it fits. */
    @ParameterizedTest
    @MethodSource("pairs")
    void fitsWhatRe2Fits(String pattern, String text) throws Template.Invalid {
        boolean expected = Pattern.compile(pattern).matcher(text).find();

        assertThat(Regex.compile(pattern).match(text, new Body(text, Micros.UNKNOWN, ZoneOffset.UTC)))
                .as("%s in %s", pattern, text)
                .isEqualTo(expected);
    }
}
