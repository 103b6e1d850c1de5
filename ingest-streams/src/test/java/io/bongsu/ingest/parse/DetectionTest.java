package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.Micros;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What finds the parser of a line looks at few of them; it must find what looking at all of them would. */
class DetectionTest {
    @Test
    void theLongestPrefixHasTheLine() {
        Random random = new Random(3);
        Set<String> prefixes = new TreeSet<>();
        while (prefixes.size() < 60) {
            prefixes.add(word(random, 1 + random.nextInt(5)));
        }
        String yaml = prefixes.stream()
                .map(prefix -> "parser: p." + prefix + "\ndataset: p.log\ndetect: {prefix: ['" + prefix + "']}\n")
                .collect(Collectors.joining("---\n"));
        ParserSet parsers = new ParserLoader().load("prefixes.yml", yaml).parsers();

        for (int i = 0; i < 2_000; i++) {
            String text = word(random, random.nextInt(9));
            String longest = prefixes.stream()
                    .filter(text::startsWith)
                    .max(Comparator.comparingInt(String::length))
                    .map(prefix -> "p." + prefix)
                    .orElse(null);
            assertThat(parsers.detect(Line.of(text.getBytes(StandardCharsets.UTF_8)), 0))
                    .as(text)
                    .isEqualTo(longest);
        }
    }

    @Test
    void aCrowdOfOthersChangesNothing() {
        ParserSet alone = ParserBench.crowd(0);
        ParserSet crowd = ParserBench.crowd(300);

        ParserBench.sources().forEach((source, lines) -> {
            for (Line line : lines.subList(0, 5)) {
                assertThat(alone.detect(line, 0)).as(source).isNotNull();
                assertThat(crowd.detect(line, 0)).as(source).isEqualTo(alone.detect(line, 0));
            }
        });
        for (ParserTest test : alone.tests()) {
            Line line = test.lines(alone).getLast();
            assertThat(crowd.detect(line, 0)).as(test.place()).isEqualTo(alone.detect(line, 0));
        }
        assertThat(List.of(
                        "<14>Nov 22 09:15:02 h made-00042: x",
                        "x %MADE-00042-",
                        "made00042(x",
                        "2026-11-22 09:15:02 made 00042 x"))
                .allSatisfy(text -> assertThat(crowd.detect(Line.of(text.getBytes(StandardCharsets.UTF_8)), 0))
                        .isEqualTo("made.p00042"));
        assertThat(crowd.detect(Line.of("{\"made_00043\":1,\"level\":\"x\"}".getBytes(StandardCharsets.UTF_8)), 0))
                .isEqualTo("made.p00043");
    }

    /** "nginx" may be told to write JSON; what it has no category in common with may not. */
    @Test
    void aHintThatNamesTextMeansItsKindOfJsonAsWell() {
        ParserSet parsers = ParserSet.load(List.of()).parsers();
        String access = "{\"remote_addr\":\"203.0.113.9\",\"request\":\"GET / HTTP/1.1\",\"status\":200}";
        String other = "{\"level\":\"info\",\"msg\":\"hello\"}";

        assertThat(parsers.detect(tagged(access, "nginx"), 0)).isEqualTo("web.json");
        assertThat(parsers.detect(tagged(access, "sshd"), 0)).isEqualTo("linux.sshd");
        assertThat(parsers.detect(tagged(other, "nginx"), 0)).isEqualTo("nginx.access");
    }

    /** "json" says nothing of whose it is, and what was told to be JSON of a product may be its text. */
    @Test
    void aHintOfAnyJsonIsWhoseItsKeysAreAndTextUnderOneOfJsonIsLookedAt() {
        ParserSet parsers = ParserSet.load(List.of()).parsers();
        String access = "{\"client_addr\":\"203.0.113.9\",\"request_url\":\"/a\",\"http_status\":200}";
        String text = "203.0.113.9 - - [22/Nov/2026:09:15:02 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl/8.9\"";

        assertThat(parsers.detect(tagged(access, "json"), 0)).isEqualTo("web.json");
        assertThat(parsers.detect(tagged("{\"a\":1}", "json"), 0)).isEqualTo("app.json");
        assertThat(parsers.detect(tagged(text, "traefik"), 0)).isEqualTo("nginx.access");
    }

    /** Where nobody is named who could have said it; what others may say as well is nobody's. */
    @Test
    void aMessageAloneIsKnownByTheCasesOfAParser() {
        ParserSet parsers = ParserSet.load(List.of()).parsers();
        String refused = "User kim from 203.0.113.7 not allowed because not listed in AllowUsers";

        assertThat(parsers.detect(alone(refused), 0)).isEqualTo("linux.sshd");
        assertThat(parsers.detect(alone(refused + " [preauth]"), 0)).isEqualTo("linux.sshd");
        assertThat(parsers.detect(alone("2026-11-22T09:15:02Z " + refused), 0)).isEqualTo("linux.sshd");
        assertThat(parsers.detect(alone("Nov 22 09:15:02 web01 acmed[7]: " + refused), 0))
                .isNull();
        assertThat(parsers.detect(alone("Server listening on 0.0.0.0 port 8080."), 0))
                .isNull();
        assertThat(parsers.detect(alone("DHCPACK on 10.0.0.5 to 00:00:5e:00:53:01 via eth0"), 0))
                .isEqualTo("linux.dhcp");
    }

    private static Line alone(String text) {
        return Line.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Line tagged(String text, String tag) {
        return new Line(text.getBytes(StandardCharsets.UTF_8), Micros.UNKNOWN, "auto", tag, null, null, null, 0);
    }

    private static String word(Random random, int length) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < length; i++) {
            word.append((char) ('a' + random.nextInt(3)));
        }
        return word.toString();
    }
}
