package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.Micros;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each mistake in a parser file: what it says, where, and how to mend it. */
class ParserLoaderTest {
    record Mistake(String name, String yaml, String... messages) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Mistake> mistakes() {
        return List.of(
                new Mistake(
                        "no mapping",
                        "- a",
                        "p.yml:1:1: a parser file is a mapping; begin with 'parser: vendor.product'"),
                new Mistake("no id", "title: x", "p.yml:1:1: the parser has no id; add 'parser: vendor.product'"),
                new Mistake(
                        "unknown key", "parser: a\nstep: []", "p.yml:2:1: unknown key 'step'; did you mean 'steps'?"),
                new Mistake(
                        "unknown step",
                        "parser: a\nsteps:\n  - trimm: {}",
                        "p.yml:3:5: unknown step 'trimm'; did you mean 'trim'?"),
                new Mistake(
                        "unknown type",
                        "parser: a\nsteps:\n  - first:\n      - tmpl: 'a {b:wrd}'",
                        "p.yml:4:15: unknown type 'wrd' at character 3 of the template; use one of word, int, port, addr,"
                                + " ipaddr, host, lower, until, last, rest, sp"),
                new Mistake(
                        "greedy before optional",
                        "parser: a\nsteps:\n  - first:\n      - tmpl: '{b:until}[ c]'",
                        "p.yml:4:15: greedy field 'b' is followed by an optional group, which it would swallow at"
                                + " character 1 of the template; write a list of alternatives, the most specific first"),
                new Mistake(
                        "category and type",
                        "parser: a\nsteps:\n  - set: {event: {category: [authentication], type: [denied]}}",
                        "p.yml:3:10: event.type 'denied' does not go with event.category [authentication]; ECS expects"
                                + " end, info, start"),
                new Mistake(
                        "type against the category of defaults",
                        "parser: a\ndefaults: {event: {category: [process], type: [start]}}\nsteps:\n  - map: {from: x, to: event,"
                                + " table: {y: {type: [connection]}}}",
                        "p.yml:4:42: event.type 'connection' does not go with event.category [process]; ECS expects access,"
                                + " change, end, info, start"),
                new Mistake(
                        "category",
                        "parser: a\ndefaults: {event.category: [authentification]}",
                        "p.yml:2:11: ECS has no event.category 'authentification'; did you mean 'authentication'?"),
                new Mistake(
                        "outcome",
                        "parser: a\nsteps:\n  - set: {event.outcome: failed}",
                        "p.yml:3:10: ECS has no event.outcome 'failed'; use one of failure, success, unknown"),
                new Mistake(
                        "undefined call",
                        "parser: a\nsteps:\n  - call: linux.pam",
                        "p.yml:3:11: there is no parser 'linux.pam' to call; use one of a"),
                new Mistake(
                        "circular call",
                        "parser: a\nsteps:\n  - call: a",
                        "p.yml:3:11: 'a' would call itself; remove this call"),
                new Mistake(
                        "no dataset",
                        "parser: a\ndetect: {tag: [a]}",
                        "p.yml:1:1: the parser detects lines but names no dataset; add 'dataset: module.name'"),
                new Mistake(
                        "case behind else",
                        "parser: a\nsteps:\n  - first:\n      - else: {tag: _x}\n      - has: [b]",
                        "p.yml:4:9: cases behind else are never reached; move else to the end"),
                new Mistake(
                        "empty case",
                        "parser: a\nsteps:\n  - first:\n      - id: b",
                        "p.yml:4:9: the case has neither tmpl nor has; say what the line must look like"),
                new Mistake(
                        "two tests with one input",
                        "parser: a\ndataset: a.b\ndetect: {tag: [a]}\ntests:\n  - in: x\n  - in: x",
                        "p.yml:6:5: two tests have the same input; merge them"),
                new Mistake(
                        "tests that cannot run",
                        "parser: a\ntests:\n  - in: x",
                        "p.yml:2:1: nothing detects this parser, so its tests cannot run; add 'detect: {tag: ...}'"),
                new Mistake(
                        "several at once",
                        "parser: a\nsteps:\n  - drop: ['a b']\n  - ip: {from: a}",
                        "p.yml:3:11: 'a b' is not a field name; use a dotted name such as source.ip",
                        "p.yml:4:9: ip needs from and to; write ip: {from: source.address, to: source.ip, else:"
                                + " source.domain}"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistakesHaveAPlaceAndAFix(Mistake mistake) {
        ParserSet.Loaded loaded = new ParserLoader().load("p.yml", mistake.yaml);

        assertThat(loaded.problems()).extracting(Object::toString).containsExactly(mistake.messages);
        assertThat(loaded.parsers().ids()).as("left out").hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void aUserFileWithTheSameIdReplacesTheBuiltInOne(@TempDir Path dir) throws IOException {
        Files.writeString(
                dir.resolve("sshd.yml"),
                "parser: linux.sshd\ndataset: my.ssh\ndetect: {program: [sshd]}\nsteps:\n  - set: {event.action: mine}\n");

        ParserSet.Loaded loaded = ParserSet.load(List.of(dir));

        assertThat(loaded.problems()).isEmpty();
        assertThat(parse(loaded.parsers(), "sshd[1]: x").dataset()).isEqualTo("my.ssh");
        assertThat(parse(loaded.parsers(), "sshd[1]: x").fields()).containsEntry("event.action", "mine");
    }

    @Test
    void aBrokenUserFileLeavesTheBuiltInOneInPlace(@TempDir Path dir) throws IOException {
        Files.writeString(
                dir.resolve("sshd.yml"),
                "parser: linux.sshd\ndataset: my.ssh\ndetect: {program: [sshd]}\nsteps:\n  - call: nowhere\n");

        ParserSet.Loaded loaded = ParserSet.load(List.of(dir));

        assertThat(loaded.problems()).hasSize(1);
        assertThat(parse(loaded.parsers(), "sshd[1]: x").dataset()).isEqualTo("system.auth");
    }

    @Test
    void aUserParserTakesAProgramFromABuiltInOne(@TempDir Path dir) throws IOException {
        Files.writeString(dir.resolve("z.yml"), "parser: zz.mine\ndataset: zz.mine\ndetect: {program: [sudo]}\n");

        ParserSet parsers = ParserSet.load(List.of(dir)).parsers();

        assertThat(parse(parsers, "sudo[1]: x").dataset()).isEqualTo("zz.mine");
    }

    private static Parsed parse(ParserSet parsers, String line) {
        return parsers.parse(Line.of(line.getBytes(StandardCharsets.UTF_8)), Micros.UNKNOWN);
    }
}
