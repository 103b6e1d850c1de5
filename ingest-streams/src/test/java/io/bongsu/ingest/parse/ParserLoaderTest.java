package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.Micros;
import io.bongsu.rules.LogSource;
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
                        "p.yml:4:15: unknown type 'wrd' at character 3 of the template; use one of word, int, float, port,"
                                + " hex, hms, seconds, millis, addr, ipaddr, host, hostport, mac, lower, upper, time, quoted,"
                                + " until, last, rest, sp"),
                new Mistake(
                        "a field below one that has none",
                        "parser: a\nsteps:\n  - first:\n      - tmpl: 'a {source.address.address}'",
                        "p.yml:4:15: ECS 9.4 has no field 'source.address.address'; hostport makes two fields, address and"
                                + " port, of what you name: write {source:hostport}"),
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
                                + " source.domain}, or ip: [source]"),
                new Mistake(
                        "no such field in ECS",
                        "parser: a\nsteps:\n  - set: {source.adress: x}",
                        "p.yml:3:26: ECS 9.4 has no field 'source.adress'; did you mean 'source.address'?"),
                new Mistake(
                        "text in a number",
                        "parser: a\nsteps:\n  - tmpl: 'port {source.port}'",
                        "p.yml:3:11: 'source.port' is a long in ECS, not text; use the type int"),
                new Mistake(
                        "text in a number, set",
                        "parser: a\nsteps:\n  - set: {source.port: http}",
                        "p.yml:3:24: 'source.port' is a long in ECS; write a long"),
                new Mistake(
                        "number in a text",
                        "parser: a\nsteps:\n  - kv: {rename: {a: 'user.name:int'}}",
                        "p.yml:3:22: 'user.name' is a keyword in ECS, not int; use the type text (in a template word)"),
                new Mistake(
                        "unknown type of a target",
                        "parser: a\nsteps:\n  - rename: {a: 'acme.x:integer'}",
                        "p.yml:3:17: 'acme.x:integer' has an unknown type; use one of text, int, float, hex, bool, ip, port,"
                                + " mac, lower, upper, url, hms, seconds, millis"),
                new Mistake(
                        "back-reference",
                        "parser: a\nsteps:\n  - regex: '(a)\\1'",
                        "p.yml:3:12: error parsing regexp: invalid escape sequence: `\\1` at character 1 of the template;"
                                + " RE2 has no look-around and no back-references"),
                new Mistake(
                        "group that is no field",
                        "parser: a\nsteps:\n  - regex: 'x(?P<a b>.)'",
                        "p.yml:3:12: 'a b' is no field at character 2 of the template; write (?P<source.port:port>...) or"
                                + " (?:...)"),
                new Mistake(
                        "modifier",
                        "parser: a\nsteps:\n  - if: {when: {'b|contain': c}}",
                        "p.yml:3:30: unknown modifier 'contain'; did you mean 'contains'?"),
                new Mistake(
                        "case twice",
                        "parser: a\nsteps:\n  - switch: {field: b, cases: {'1, 2': {}, '2': {}}}",
                        "p.yml:3:49: the case '2' is there twice; merge the two"),
                new Mistake(
                        "macro",
                        "parser: a\nmacros: {end: [{use: end}]}\nsteps:\n  - use: end\n  - use: ends",
                        "p.yml:2:22: the macro 'end' uses itself; remove this use",
                        "p.yml:5:10: there is no macro 'ends'; did you mean 'end'?"),
                new Mistake(
                        "extends",
                        "parser: a\nextends: linux.ssh",
                        "p.yml:2:10: there is no parser 'linux.ssh' to extend; use one of a"),
                new Mistake(
                        "before",
                        "parser: a\nbefore: []",
                        "p.yml:2:1: 'before' without 'extends'; add 'extends: linux.sshd'"),
                new Mistake(
                        "date",
                        "parser: a\nsteps:\n  - date: {from: b, formats: [yyyy-mm-dd]}",
                        "p.yml:3:31: this is no format of a date; use auto, epoch, epoch_ms, epoch_us, epoch_ns, or a pattern"
                                + " such as yyyy-MM-dd HH:mm:ss[.SSS]"));
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
    void aMissingCallIsReportedBesideOtherMistakes() {
        List<String> problems = new ParserLoader()
                .load("p.yml", "parser: a\nstep: []\nsteps:\n  - call: b\n  - call: a").problems().stream()
                        .map(Object::toString)
                        .toList();

        assertThat(problems)
                .containsExactly(
                        "p.yml:2:1: unknown key 'step'; did you mean 'steps'?",
                        "p.yml:4:11: there is no parser 'b' to call; did you mean 'a'?");
    }

    @Test
    void aUserParserTakesAProgramFromABuiltInOne(@TempDir Path dir) throws IOException {
        Files.writeString(dir.resolve("z.yml"), "parser: zz.mine\ndataset: zz.mine\ndetect: {program: [sudo]}\n");

        ParserSet parsers = ParserSet.load(List.of(dir)).parsers();

        assertThat(parse(parsers, "sudo[1]: x").dataset()).isEqualTo("zz.mine");
    }

    @Test
    void aUserFileExtendsABuiltInParserWithCasesAtBothEnds(@TempDir Path dir) throws IOException {
        Files.writeString(dir.resolve("sshd.yml"), """
                parser: linux.sshd
                extends: linux.sshd
                before:
                  - {id: mine, tmpl: "Failed knock from {source.address:addr}", set: {event.action: knock}}
                after:
                  - {id: greeting, tmpl: "Hello from {_:rest}", set: {event.action: ssh_greeting}}
                tests:
                  - in: Failed knock from 203.0.113.7
                    out: {event.action: knock, source.ip: 203.0.113.7}
                  - in: Hello from the patched sshd
                    out: {event.action: ssh_greeting}
                """);

        ParserSet.Loaded loaded = ParserSet.load(List.of(dir));

        assertThat(loaded.problems()).isEmpty();
        assertThat(loaded.parsers().tests())
                .filteredOn(test -> test.parser().equals("linux.sshd"))
                .filteredOn(test -> !test.tags().contains("_unparsed_body"))
                .hasSizeGreaterThan(30)
                .allSatisfy(test -> assertThat(test.failures(loaded.parsers())).isEmpty());
    }

    @Test
    void aUserFileChangesWhatOneEventOfWindowsMeans(@TempDir Path dir) throws IOException {
        Files.writeString(dir.resolve("security.yml"), """
                parser: windows.security
                extends: windows.security
                cases:
                  "4662": {set: {event.action: directory-object-read}, then: [{use: subject}]}
                then:
                  - copy: {_ObjectType: acme.type}
                """);

        ParserSet.Loaded loaded = ParserSet.load(List.of(dir));
        String event = "{\"EventID\":%d,\"Channel\":\"Security\",\"SubjectUserName\":\"kim\",\"ObjectType\":\"t\"}";

        assertThat(loaded.problems()).isEmpty();
        assertThat(parse(loaded.parsers(), event.formatted(4662)).fields())
                .containsEntry("event.action", "directory-object-read")
                .containsEntry("user.name", "kim")
                .containsEntry("acme.type", "t");
        assertThat(parse(loaded.parsers(), event.formatted(4661)).fields())
                .containsEntry("event.action", "object-operation-performed");
    }

    private static Parsed parse(ParserSet parsers, String line) {
        return parsers.parse(Line.of(line.getBytes(StandardCharsets.UTF_8)), Micros.UNKNOWN);
    }

    /** Wherever they stand in its steps: rules for others are told that nothing gives them events. */
    @Test
    void logSourcesAreThoseOfAllSteps() {
        assertThat(ParserSet.load(List.of()).parsers().logSources())
                .contains(
                        new LogSource(null, "linux", "syslog"),
                        new LogSource(null, "linux", "iptables"),
                        new LogSource("application", "jvm", null),
                        new LogSource("firewall", "fortigate", "traffic"));
    }
}
