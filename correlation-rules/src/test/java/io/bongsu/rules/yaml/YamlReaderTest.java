package io.bongsu.rules.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class YamlReaderTest {
    @Test
    void knowsWhereEverythingIs() {
        Problems problems = new Problems();
        List<YamlNode> documents =
                YamlReader.readAll("a.yml", "# one\n봉수: 1\nkeys:\n  - x\n---\n[a, 'b']\n---\n", problems);
        assertThat(problems.list()).isEmpty();
        assertThat(documents).hasSize(2);
        YamlMap first = (YamlMap) documents.get(0);
        assertThat(first.get("봉수")).isEqualTo(new YamlScalar("a.yml", 2, 5, 1L, "1"));
        assertThat(first.at("keys").line()).isEqualTo(3);
        assertThat(((YamlList) documents.get(1)).items().get(1))
                .isEqualTo(new YamlScalar("a.yml", 6, 5, "b", "b", "'b'"));
    }

    static Stream<Arguments> scalars() {
        return Stream.of(
                Arguments.of("12", 12L),
                Arguments.of("-7", -7L),
                Arguments.of("012", 12L),
                Arguments.of("0o14", 12L),
                Arguments.of("0x1F", 31L),
                Arguments.of("1_000", "1_000"),
                Arguments.of("123456789012345678901234567890", "123456789012345678901234567890"),
                Arguments.of("1.5e3", 1500.0),
                Arguments.of("-.inf", Double.NEGATIVE_INFINITY),
                Arguments.of(".nan", Double.NaN),
                Arguments.of("true", true),
                Arguments.of("yes", "yes"),
                Arguments.of("~", null),
                Arguments.of("''", ""),
                Arguments.of("'12'", "12"),
                Arguments.of("!!str 12", "12"),
                Arguments.of("2026-11-22", "2026-11-22"),
                Arguments.of("1.2.3.4", "1.2.3.4"));
    }

    @ParameterizedTest
    @MethodSource("scalars")
    void followsTheCoreSchema(String text, Object value) {
        Problems problems = new Problems();
        YamlList list =
                (YamlList) YamlReader.readAll("s", "- " + text, problems).get(0);
        assertThat(((YamlScalar) list.items().get(0)).value()).isEqualTo(value);
        assertThat(problems.list()).isEmpty();
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                Arguments.of(
                        "a: 1\na: 2\n",
                        "b.yml:2:1: the key 'a' is here twice, first in line 1; keep one of them; several values are a list"),
                Arguments.of("{a: 1}: b", "b.yml:1:1: a key must be a single value; put it in quotes if it is text"),
                Arguments.of(
                        "a: !!set {x}",
                        "b.yml:1:4: the type 'tag:yaml.org,2002:set' is not allowed; remove it, or put a text that begins with ! in quotes"),
                Arguments.of(
                        "a: !java/x y",
                        "b.yml:1:4: the type '!java/x' is not allowed; remove it, or put a text that begins with ! in quotes"),
                Arguments.of(
                        "a: *nobody",
                        "b.yml:1:4: no complete anchor '&nobody' before this alias; write the value out, or put a text that begins with * in quotes"),
                Arguments.of(
                        "a: &a [*a]",
                        "b.yml:1:8: no complete anchor '&a' before this alias; write the value out, or put a text that begins with * in quotes"),
                Arguments.of(
                        "a: &a {x: 1}\nb: {<<: *a}",
                        "b.yml:2:5: '<<' (merge) is not part of YAML 1.2; write the keys out"),
                Arguments.of(
                        "a:\n\t- x",
                        "b.yml:2:1: not YAML: while scanning for the next token, found character '\\t(TAB)' that cannot start any token; indent with blanks"),
                Arguments.of(
                        "a: [1, 2",
                        "b.yml:1:9: not YAML: while parsing a flow sequence, expected ',' or ']', but got <stream end>; close the list with ']', and put values that hold , [ ] { } in quotes"),
                Arguments.of(
                        "a: b\u0001",
                        "b.yml:1:5: not YAML: the control character U+0001; write it as an escape in double quotes"),
                Arguments.of(
                        "a: " + "x".repeat(4 << 20),
                        "b.yml:1:4194305: the text has 4194307 characters; split it before this line; at most 4194304 are read"),
                Arguments.of("[".repeat(100_000), "b.yml:1:66: nested more than 64 deep; nest less"),
                Arguments.of("- ".repeat(100_000), "b.yml:1:131: nested more than 64 deep; nest less"),
                Arguments.of("? ".repeat(100_000), "b.yml:1:131: nested more than 64 deep; nest less"),
                Arguments.of(
                        "a: &x 1\nb: [" + "*x, ".repeat(300) + "]",
                        "b.yml:2:805: more than 200 aliases; write the values out"),
                Arguments.of(
                        "a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
                                + "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e]\n",
                        "b.yml:6:8: more than 250000 values in one document; split it"));
    }

    static Stream<Arguments> syntax() {
        String column = "begin the keys of a map, each with ':' behind it, and the '-' of a list in one column";
        String list = "close the list with ']', and put values that hold , [ ] { } in quotes";
        String text = "write \\\\ for a backslash, or put the text in single quotes";
        return Stream.of(
                Arguments.of("a:\n  b: 1\n\tc: 2", 3, 1, "indent with blanks"),
                Arguments.of("a: one: two", 1, 7, "put the value in quotes, since it holds ': '"),
                Arguments.of("a: 1\n  b: 2", 2, 4, column),
                Arguments.of("a:\n  b: 1\n c: 2", 3, 2, column),
                Arguments.of("a:\n  - b\n - c", 3, 2, column),
                Arguments.of("a\nb: 1", 2, 2, column),
                Arguments.of("a: 1\nb\nc: 1", 3, 1, "write 'key: value', with a blank behind the ':'"),
                Arguments.of("  a: 1\nb: 1", 2, 1, column + ", and every further document with ---"),
                Arguments.of("a: - b", 1, 4, "begin the list in a line of its own, below its key"),
                Arguments.of("a: 'b\nc: 1", 1, 4, "close the quote that opens here"),
                Arguments.of("a: \"b\n---\nc: 1", 1, 4, "close the quote that opens here"),
                Arguments.of(
                        "a: 'it's'", 1, 8, "put the whole value in quotes; within single quotes a ' is written ''"),
                Arguments.of("a: \"C:\\Windows\"", 1, 8, text),
                Arguments.of("a: \"C:\\Users\"", 1, 9, text),
                Arguments.of("a: *\\cmd.exe", 1, 9, "put the value in quotes; without them * refers to an anchor"),
                Arguments.of("a: & b", 1, 5, "put the value in quotes; without them & names an anchor"),
                Arguments.of("a: %TEMP%", 1, 4, "put the value in quotes"),
                Arguments.of("a: @b", 1, 4, "put the value in quotes"),
                Arguments.of("a: [b,\n  c\nd: 1", 1, 4, list),
                Arguments.of("a: [b, 'c' d]", 1, 12, list),
                Arguments.of(
                        "a: {b: c\nd: 1", 1, 4, "close the map with '}', and put values that hold , [ ] { } in quotes"),
                Arguments.of("a: | b", 1, 6, "begin the text in the line below | or >, deeper than its key"),
                Arguments.of("a: ]", 1, 4, "write a value, or put it in quotes when it begins with a sign of YAML"),
                Arguments.of("a: |\nb: %c\n%d: 1", 2, 4, "put the value in quotes"));
    }

    /** It used to say what the library says, and nothing of what to do. */
    @ParameterizedTest
    @MethodSource("syntax")
    void saysHowToMendWhatIsNotYaml(String text, int line, int column, String fix) {
        Problems problems = new Problems();
        YamlReader.read("s.yml", text, problems);
        assertThat(problems.list())
                .singleElement()
                .extracting(Problem::line, Problem::column, Problem::fix)
                .containsExactly(line, column, fix);
    }

    @ParameterizedTest
    @MethodSource("broken")
    @Timeout(60)
    void saysWhatIsWrongAndWhere(String text, String message) {
        Problems problems = new Problems();
        YamlReader.Documents documents = YamlReader.read("b.yml", text, problems);
        assertThat(problems.list()).map(Problem::toString).containsExactly(message);
        assertThat(documents.good()).isEmpty();
        assertThat(documents.bad().size() + documents.lost().size()).isOne();
    }

    @Test
    void keepsTheDocumentsBesideABrokenOne() {
        Problems problems = new Problems();
        YamlReader.Documents documents =
                YamlReader.read("m.yml", "a: 1\n---\nb: 1\nb: 1\n---\nc: 1\n---\nd: [\n", problems);
        assertThat(documents.good()).map(YamlNode::line).containsExactly(1, 6);
        assertThat(documents.bad()).map(YamlNode::line).containsExactly(3);
        assertThat(documents.lost()).hasSize(1);
        assertThat(problems.list()).map(Problem::line).containsExactly(4, 9);
    }

    /** It used to stop at the first one, and the analyst found the next when that was mended. */
    @Test
    void goesOnBehindWhatIsNotYaml() {
        Problems problems = new Problems();
        String text = """
                a: [1
                ---
                b: 1
                --- # commented
                c: "open
                ---
                d: 1
                d: 2
                ---
                - e
                f: 1
                ---
                g: \u0007
                ---
                h: 1
                """;
        YamlReader.Documents documents = YamlReader.read("m.yml", text, problems);
        assertThat(documents.good()).map(YamlNode::line).containsExactly(3, 15);
        assertThat(documents.bad()).map(YamlNode::line).containsExactly(7);
        assertThat(documents.lost()).hasSize(4);
        assertThat(problems.list()).map(Problem::line).containsExactly(1, 5, 8, 11, 13);
    }

    @Test
    @Timeout(60)
    void givesUpAfterAHundredDocumentsThatAreNotYaml() {
        Problems problems = new Problems();
        YamlReader.Documents documents = YamlReader.read("m.yml", "a: [\n---\n".repeat(50_000), problems);
        assertThat(documents.lost()).hasSize(YamlReader.MAX_BROKEN);
        assertThat(problems.list()).hasSize(YamlReader.MAX_BROKEN + 1);
        assertThat(problems.list()).map(Problem::message).contains("the rest of the file is not read");
    }

    @Test
    void aFolderMayHoldSoManyFiles(@TempDir Path folder) throws IOException {
        for (int i = 0; i < 4; i++) {
            Files.writeString(folder.resolve(i + ".yml"), "a: 1");
        }
        Problems problems = new Problems();
        assertThat(YamlReader.files(List.of(folder), Set.of(".yml"), 4, problems))
                .hasSize(4);
        assertThat(problems.list()).isEmpty();
        assertThat(YamlReader.files(List.of(folder), Set.of(".yml"), 3, problems))
                .hasSize(3);
        assertThat(problems.list())
                .map(Problem::toString)
                .containsExactly(folder + ":1:1: more than 3 files; split it");
    }

    @Test
    void neverThrowsForBadContent() {
        String good =
                "a: &x [1, 'b', \"\\u00e9\"]\n? k\n: |\n  text\n%TAG ! !\n---\n- *x\n- {a: !!str b, ? c : d}\n...\n%YAML 1.2\n";
        String marks = "[]{}\"'\\:?-&*!|>%@#,\n\t \u0000\u0085\uFEFF\uD800x0U";
        Random random = new Random(7);
        for (int round = 0; round < 3_000; round++) {
            StringBuilder text = new StringBuilder(good);
            for (int i = random.nextInt(6); i >= 0; i--) {
                int at = random.nextInt(text.length());
                text.setCharAt(at, marks.charAt(random.nextInt(marks.length())));
            }
            Problems problems = new Problems();
            YamlReader.readAll("f", text.toString(), problems);
            assertThat(problems.list()).allMatch(problem -> !problem.fix().isEmpty() && problem.line() > 0);
        }
    }

    @Test
    void readsFilesInOrderAndStaysInTheFolder(@TempDir Path temporary) throws IOException {
        Path folder = Files.createDirectories(temporary.resolve("rules/sub")).getParent();
        Path secret = Files.writeString(temporary.resolve("secret.yml"), "a: 1");
        Files.writeString(folder.resolve("b.yml"), "\uFEFFb: 1");
        Files.writeString(folder.resolve("sub/a.yaml"), "a: 1");
        Files.writeString(folder.resolve("README.md"), "a: 1");
        Files.createSymbolicLink(folder.resolve("c.yml"), secret);
        Files.createSymbolicLink(folder.resolve("d.yml"), folder.resolve("b.yml"));
        Files.createSymbolicLink(folder.resolve("e"), folder.resolve("sub"));
        Files.createDirectories(folder.resolve("..2026"));
        Files.writeString(folder.resolve("..2026/f.yml"), "a: 1");
        Files.createSymbolicLink(folder.resolve("f.yml"), folder.resolve("..2026/f.yml"));
        Problems problems = new Problems();
        List<Path> files = YamlReader.files(List.of(folder, temporary.resolve("none")), problems);
        assertThat(files)
                .containsExactly(
                        folder.resolve("b.yml"),
                        folder.resolve("d.yml"),
                        folder.resolve("f.yml"),
                        folder.resolve("sub/a.yaml"));
        assertThat(YamlReader.readAll(files.get(0), problems)).hasSize(1);
        assertThat(problems.list())
                .map(Problem::toString)
                .containsExactly(
                        temporary.resolve("none") + ":1:1: no such file or folder; name one that is there",
                        folder.resolve("c.yml") + ":1:1: the link leads out of " + folder
                                + "; copy the file into the folder",
                        folder.resolve("e") + ":1:1: a link to a folder is not followed; name the folder itself");
        Path link = Files.createSymbolicLink(temporary.resolve("linked"), folder);
        assertThat(YamlReader.files(List.of(link), new Problems())).contains(link.resolve("b.yml"));
    }

    @Test
    void wantsUtf8(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("cp949.yml"), "a: 1\nb: ü\n".getBytes(StandardCharsets.ISO_8859_1));
        Problems problems = new Problems();
        assertThat(YamlReader.readAll(file, problems)).isEmpty();
        assertThat(problems.list())
                .map(Problem::toString)
                .containsExactly(file + ":2:4: what begins here is not UTF-8; save the file as UTF-8");
    }
}
