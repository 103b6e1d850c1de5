package io.bongsu.rules.match;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.rules.LogSource;
import io.bongsu.rules.Rules;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a search says about events: one line of a detection, events that it finds, and events that it does not. */
class MatchTest {
    private static final LogSource LINUX = new LogSource(null, "linux", null);

    private static boolean matches(String search, Map<String, ?> event) {
        return matches(search, "s", event);
    }

    private static boolean matches(String search, String condition, Map<String, ?> event) {
        String rule = "title: t\nid: r\nlogsource: {product: linux}\ndetection:\n" + search.indent(2) + "  condition: "
                + condition + "\n";
        return !Rules.detect(Rules.good(rule), LINUX, event).isEmpty();
    }

    private static Map<String, @Nullable Object> f(@Nullable Object value) {
        Map<String, @Nullable Object> map = new HashMap<>();
        map.put("f", value);
        return map;
    }

    private static Arguments row(
            String search, List<? extends @Nullable Object> yes, List<? extends @Nullable Object> no) {
        return Arguments.of(search, yes, no);
    }

    static Stream<Arguments> values() {
        return Stream.of(
                row("f|re|startswith: 'a|b'", List.of("ax", "bx"), List.of("xa", "x\na")),
                row("f|re|endswith: 'a|b'", List.of("xa", "xb"), List.of("ax", "a\n")),
                row("f|re|contains: 'a|b'", List.of("xax"), List.of("x")),
                row("f|re|ignorecase: a", List.of("A"), List.of("b")),
                row("f|windash|contains: ' \u2013s '", List.of("x -s y", "x /s y", "x \u2015s y"), List.of("x s y")),
                row(
                        "f|hour: 9",
                        List.of("2026-11-22T09:15:01+09:00", "2026-11-22 09:15:01.5"),
                        List.of("2026-11-22T19:15:01Z", "2026-11-22", "9", "x")),
                row("f|hour|gte: 22", List.of("2026-11-22T22:00:00Z", 1_795_388_400L), List.of("2026-11-22T21:59:59Z")),
                row("f|lt|hour: 6", List.of("2026-11-22T05:00:00Z"), List.of("2026-11-22T06:00:00Z")),
                row("f|minute: 15", List.of("2026-11-22T09:15:01Z"), List.of("2026-11-22T09:16:01Z")),
                row("f|day: 22", List.of("2026-11-22", "2026/11/22"), List.of("2026-11-21", "2026-13-22")),
                row("f|week: 53", List.of("2027-01-03"), List.of("2027-01-04")),
                row("f|month: [11, 12]", List.of("2026-11-22"), List.of("2026-10-22")),
                row("f|year|neq: 2026", List.of("2025-11-22"), List.of("2026-11-22")),
                row("f: Root", List.of("root", "ROOT", "Root"), List.of("roots", "", " root")),
                row("f: STRASSE", List.of("strasse"), List.of("straße")),
                row("f: ÀÉÎ", List.of("àéî", "A\u0300E\u0301I\u0302"), List.of("AEI")),
                row("f: İ", List.of("i", "I", "İ"), List.of("ı̇x")),
                row("f: 봉수", List.of("봉수", "\u1107\u1169\u11bc\u1109\u116e"), List.of("봉")),
                row("f|contains: 수", List.of("\u1107\u1169\u11bc\u1109\u116e대"), List.of("봉")),
                row("f|cased: Root", List.of("Root"), List.of("root")),
                row("f|cased|contains: oO", List.of("xoOx"), List.of("xoox")),
                row("f: [a, b]", List.of("A", "b"), List.of("c", "ab")),
                row("f: 22", List.of(22L, "22", 22.0), List.of(23L, "22.0", "022")),
                row("f: '22'", List.of(22L, "22"), List.of(220L)),
                row("f: 1.5", List.of(1.5, "1.5"), List.of(1L)),
                row("f: true", List.of(true, "true", "True"), List.of(false, "1")),
                row("f: null", Arrays.asList(null, List.of()), List.of("", "null", 0L)),
                row("f: ''", List.of(""), Arrays.asList(null, " ", "null")),
                row("f: [null, x]", Arrays.asList(null, "X"), List.of("")),
                row("f|neq: a", Arrays.asList("b", "", null), List.of("a", "A", List.of("b", "a"))),
                row("f|neq: [a, b]", List.of("c"), List.of("a", "b")),
                row("f|neq: 5", List.of(6L), List.of(5L, "5")),
                row("f|exists: true", Arrays.asList("", "x", null, List.of()), List.of()),
                row("f|contains: b", List.of("abc", "B", List.of("x", "b")), List.of("", "ac")),
                row("f|startswith: ab", List.of("abc", "AB"), List.of("cab", "a")),
                row("f|endswith: bc", List.of("abc", "BC"), List.of("bca", "c")),
                row("f|contains|all: [a, b]", List.of("ba", "xaxbx"), List.of("a", "b")),
                row("f|contains|all: [a, b]", List.of(List.of("a", "b")), List.of(List.of("a", "c"))),
                // Wildcards and their escapes.
                row("f: a*c", List.of("ac", "abc", "a**c", "A\nC"), List.of("abcd", "bac")),
                row("f: a?c", List.of("abc", "a봉c", "a\uD83D\uDD25c"), List.of("ac", "abbc")),
                row("f: '*'", List.of("x", "", 1L), List.of()),
                row("f: 'a*b*c'", List.of("aXbXbXc", "abc"), List.of("acb", "ab")),
                row("f: '*a*b'", List.of("ab", "aabb", "xaxbxb"), List.of("aba")),
                row("f: 'a\\*c'", List.of("a*c"), List.of("abc", "a\\*c")),
                row("f: 'a\\?c'", List.of("a?c"), List.of("abc")),
                row("f: 'C:\\x'", List.of("c:\\X"), List.of("c:\\\\x")),
                row("f: 'C:\\\\x'", List.of("c:\\x"), List.of("c:\\\\x")),
                row("f: 'C:\\\\\\x'", List.of("c:\\\\x"), List.of("c:\\x")),
                row("f: 'C:\\\\\\\\x'", List.of("c:\\\\x"), List.of("c:\\x")),
                row("f: 'C:\\\\*'", List.of("c:\\", "c:\\abc"), List.of("c:*", "c:abc")),
                row("f: 'C:\\\\\\*'", List.of("c:\\*"), List.of("c:\\abc", "c:*")),
                row("f|endswith: '\\cmd.exe'", List.of("C:\\Windows\\CMD.EXE"), List.of("xcmd.exe")),
                row("f|contains: 'a*b'", List.of("xaxxbx"), List.of("ba")),
                row("f|startswith: '*a'", List.of("xxa", "xay"), List.of("x")),
                // Regular expressions.
                row("f|re: '^a.c$'", List.of("abc"), List.of("aBcd", "ABC", "a\nc")),
                row("f|re: b", List.of("abc"), List.of("aBc")),
                row("f|re|i: ^ABC$", List.of("abc"), List.of("abcd")),
                row("f|re|s: a.c", List.of("a\nc"), List.of("ac")),
                row("f|re|m: ^c$", List.of("a\nc"), List.of("ac")),
                row("f|re|i|m|s: ^C.D$", List.of("x\nc\nd"), List.of("cd")),
                row("f|re|all: [a, b]", List.of("ba"), List.of("a")),
                row("f|re: '^봉.$'", List.of("\u1107\u1169\u11bc\u1109\u116e"), List.of("봉")),
                // Addresses.
                row(
                        "f|cidr: 10.0.0.0/8",
                        List.of("10.1.2.3", "10.255.255.255", "::ffff:10.1.2.3"),
                        List.of(
                                "11.0.0.1",
                                "10",
                                "010.1.2.3",
                                "10.1.2.3/8x",
                                "10.1.2.3/8",
                                "10.1.2.3/32",
                                "10.0.0.*",
                                "10.0.0.1-5",
                                "0x0a000001",
                                "167772161",
                                "10.1",
                                "*",
                                "x",
                                "",
                                "2001:db8::1")),
                row(
                        "f|cidr: 2001:db8::/32",
                        List.of("2001:db8:ffff::1", "2001:0DB8::1"),
                        List.of("2001:db9::1", "10.0.0.1")),
                row("f|cidr: fe80::/10", List.of("fe80::1%eth0"), List.of("fec0::1")),
                row("f|cidr: [192.0.2.1, 198.51.100.0/24]", List.of("192.0.2.1", "198.51.100.9"), List.of("192.0.2.2")),
                row("f|cidr|neq: 10.0.0.0/8", List.of("192.0.2.1", "x"), List.of("10.1.1.1")),
                // Numbers.
                row("f|gt: 5", List.of(6L, "6", 5.5, "5.01"), Arrays.asList(5L, "x", "", null, "0x10", true)),
                row("f|gte: 5", List.of(5L, "5.0"), List.of(4L)),
                row("f|lt: 5", List.of(4L, "-1", -1.5), List.of(5L)),
                row("f|lte: 5.5", List.of(5L, 5.5), List.of(6L)),
                row("f|gt: 9007199254740992", List.of(9007199254740993L), List.of(9007199254740992L)),
                // Encodings.
                row("f|windash|contains: ' -a -b'", List.of("x -a /b", "x \u2013a \u2015b"), List.of("x a b")),
                row("f|contains|windash: '-a'", List.of("/a", "x \u2014A"), List.of("a")),
                row("f|windash: 'a-b'", List.of("a-b"), List.of("a/b")),
                row("f|base64: foobar", List.of("Zm9vYmFy"), List.of("foobar")),
                row(
                        "f|base64offset|contains: 'http://'",
                        List.of("xx aHR0cDovL2V4", "eGh0dHA6Ly94", "eHhodHRwOi8v"),
                        List.of("http://")),
                row("f|wide|base64offset|contains: 'ping'", List.of("cABpAG4AZwA="), List.of("cGluZw==")),
                row("f|utf16|base64: 'a'", List.of("//5hAA=="), List.of("YQA=")),
                row("f|utf16be|base64: 'a'", List.of("AGE="), List.of("YQA=")));
    }

    @ParameterizedTest
    @MethodSource("values")
    void findsWhatSigmaSays(String line, List<@Nullable Object> yes, List<@Nullable Object> no) {
        String search = "s:\n  " + line;
        assertThat(yes)
                .allSatisfy(value -> assertThat(matches(search, f(value))).isTrue());
        assertThat(no).allSatisfy(value -> assertThat(matches(search, f(value))).isFalse());
        if (!line.contains("|neq") && !line.contains("null")) {
            assertThat(matches(search, Map.of("g", "x"))).isFalse();
        }
    }

    @Test
    void anAbsentFieldIsNotAnEmptyOne() {
        assertThat(matches("s:\n  f|exists: false", Map.of())).isTrue();
        assertThat(matches("s:\n  f|exists: false", f(null))).isFalse();
        assertThat(matches("s:\n  f: null", Map.of())).isTrue();
        assertThat(matches("s:\n  f: ''", Map.of())).isFalse();
    }

    static Stream<Arguments> conditions() {
        String abc = "a1: {a: 1}\na2: {b: 1}\n_a3: {c: 1}\nother: {d: 1}";
        return Stream.of(
                Arguments.of(abc, "a1 or a2 and other", "a", true),
                Arguments.of(abc, "(a1 or a2) and other", "a", false),
                Arguments.of(abc, "not a1 and a2", "b", true),
                Arguments.of(abc, "not a1 and a2", "ab", false),
                Arguments.of(abc, "not (a1 and a2)", "a", true),
                Arguments.of(abc, "not not a1", "a", true),
                Arguments.of(abc, "not 1 of a*", "d", true),
                Arguments.of(abc, "not 1 of a*", "bd", false),
                Arguments.of(abc, "all of a*", "a", false),
                Arguments.of(abc, "all of a*", "ab", true),
                Arguments.of(abc, "any of *er", "d", true),
                Arguments.of(abc, "1 of them", "c", false),
                Arguments.of(abc, "1 of _*", "c", true),
                Arguments.of(abc, "all of them", "abd", true),
                Arguments.of(abc, "all of *", "abd", true),
                Arguments.of(abc, "A1 AND a2", "ab", false),
                Arguments.of(abc, "[a1, other]", "d", true),
                Arguments.of("a1:\n  - {a: 1, b: 1}\n  - {c: 1}", "a1", "c", true),
                Arguments.of("a1:\n  - {a: 1, b: 1}\n  - {c: 1}", "a1", "a", false),
                Arguments.of("a1:\n  - {a: 1, b: 1}\n  - {c: 1}", "a1", "ab", true));
    }

    @ParameterizedTest
    @MethodSource("conditions")
    void combinesSearches(String searches, String condition, String set, boolean expected) {
        Map<String, Object> event = new HashMap<>();
        set.chars().forEach(c -> event.put(String.valueOf((char) c), 1L));
        if (condition.startsWith("A1")) {
            assertThat(Rules.messages("title: t\nlogsource: {product: x}\ndetection:\n" + searches.indent(2)
                            + "  condition: " + condition))
                    .containsExactly(
                            "r.yml:8:14: the condition names 'A1', which is not in the detection; did you mean 'a1'?");
        } else {
            assertThat(matches(searches, condition, event)).isEqualTo(expected);
        }
    }

    static Stream<Arguments> keywords() {
        return Stream.of(
                Arguments.of("s: [POSSIBLE BREAK-IN, xyz]", true),
                Arguments.of("s: break*attempt", true),
                Arguments.of("s: [attempt*break]", false),
                Arguments.of("s:\n  '|all': [possible, attempt]", true),
                Arguments.of("s:\n  '|all': [possible, nothing]", false),
                Arguments.of("s:\n  '|re': 'AT+EMPT'", true),
                Arguments.of("s: [listed]", true),
                Arguments.of("s: [_unparsed]", false),
                Arguments.of("s: [only in original]", true),
                Arguments.of("s: ['4711']", false),
                Arguments.of("s:\n  - xyz\n  - n: 4711", true));
    }

    @ParameterizedTest
    @MethodSource("keywords")
    void keywordsLookAtEveryText(String search, boolean expected) {
        Map<String, Object> event = Map.of(
                "message",
                "possible break-in ATTEMPT!",
                "event.original",
                "<38>only in Original",
                "process.args",
                List.of("a", "Listed"),
                "tags",
                List.of("_unparsed"),
                "n",
                4711L);
        assertThat(matches(search, event)).isEqualTo(expected);
    }

    @Test
    void theFirstNameThatTheEventHasCounts() {
        String rule =
                "title: t\nid: r\nlogsource: {category: webserver}\ndetection: {s: {cs-uri-query|contains: x}, condition: s}";
        LogSource web = new LogSource("webserver", null, null);
        assertThat(Rules.detect(Rules.good(rule), web, Map.of("url.query", "x")))
                .hasSize(1);
        assertThat(Rules.detect(Rules.good(rule), web, Map.of("url.original", "y", "url.query", "x")))
                .isEmpty();
        assertThat(Rules.detect(Rules.good(rule), web, Map.of("cs-uri-query", "x", "url.original", "y")))
                .hasSize(1);
    }

    @Test
    void referencesCompareTwoFieldsOfOneEvent() {
        Map<String, ?> event = Map.of("a", "Root", "b", List.of("x", "root"), "c", "rootkit", "d", 5L, "e", "5");
        for (String yes : List.of(
                "a|fieldref: b",
                "d|fieldref: e",
                "c|fieldref|startswith: a",
                "c|contains|fieldref: a",
                "a|fieldref|neq: c",
                "a|fieldref|neq: absent",
                "a|fieldref: [c, b]",
                "a|fieldref|all: [b, a]")) {
            assertThat(matches("s: {" + yes.replace(": ", ": ") + "}", event))
                    .as(yes)
                    .isTrue();
        }
        for (String no : List.of(
                "a|fieldref: c",
                "a|fieldref|cased: b",
                "c|fieldref|endswith: a",
                "a|fieldref: absent",
                "absent|fieldref: a",
                "a|fieldref|neq: b",
                "a|fieldref|all: [b, c]")) {
            assertThat(matches("s: {" + no + "}", event)).as(no).isFalse();
        }
    }

    @Test
    void sharesEqualTests() {
        Map<Match, Integer> seen = new HashMap<>();
        MatchCompiler compiler = new MatchCompiler(FieldNames.builtIn(), Map.of(), name -> true);
        for (String search : List.of("{f|contains: a}", "{f: '*A*'}")) {
            var parsed = io.bongsu.rules.syntax.RuleParser.parse(io.bongsu.rules.yaml.YamlReader.readAll(
                            "r",
                            "title: t\nlogsource: {product: x}\ndetection: {s: " + search + ", condition: s}",
                            new io.bongsu.rules.yaml.Problems())
                    .get(0));
            var rule = (io.bongsu.rules.syntax.DetectionRule) java.util.Objects.requireNonNull(parsed.rule());
            Match match =
                    compiler.compile(rule, new io.bongsu.rules.yaml.Problems(), new io.bongsu.rules.yaml.Problems());
            seen.merge(java.util.Objects.requireNonNull(match), 1, Integer::sum);
        }
        assertThat(seen).hasSize(1);
        assertThat(compiler.slots()).isEqualTo(1);
    }
}
