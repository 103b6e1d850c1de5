package io.bongsu.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import picocli.CommandLine;

/** Commands that need no server: exit codes and what is printed where. */
class CommandsTest {
    private static final String FAILURE =
            "<86>1 2026-11-22T10:00:%02dZ web-1 sshd 7 - - Failed password for root from 203.0.113.7 port 4022 ssh2\n";

    @TempDir
    Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;

    @BeforeEach
    void capture() {
        System.setProperty("bongsu.home", "..");
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void release() {
        System.setOut(realOut);
        System.setErr(realErr);
    }

    @Test
    void withoutACommandItSaysWhichThereAre() {
        int code = Commands.execute();

        assertThat(code).isEqualTo(2);
        assertThat(err()).startsWith("Which command?").contains("demo", "search", "rules");
    }

    /** Setup's ended with "where kibana.url is set, data": the list of commands shows the first line, and lines are broken anew. */
    @Test
    void everyLineOfADescriptionIsWhole() {
        List<String> lines = descriptions(Commands.class).toList();

        assertThat(lines).hasSizeGreaterThan(40).allMatch(line -> line.matches("(?s).*[.:?]"));
    }

    private static Stream<String> descriptions(Class<?> command) {
        CommandLine.Command of = command.getAnnotation(CommandLine.Command.class);
        Stream<String> methods = Arrays.stream(command.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(CommandLine.Command.class))
                .flatMap(method -> Arrays.stream(
                        method.getAnnotation(CommandLine.Command.class).description()));
        Stream<String> others = Arrays.stream(of.subcommands()).flatMap(CommandsTest::descriptions);
        return Stream.of(Arrays.stream(of.description()), methods, others).flatMap(lines -> lines);
    }

    @Test
    void anUnknownOptionIsAUsageError() {
        assertThat(Commands.execute("search", "--nope")).isEqualTo(2);
        assertThat(err()).contains("Unknown option: '--nope'");
    }

    @Test
    void oneDocumentPerLineAndNothingRawThatSteersATerminal() throws IOException {
        Path file = file("in.log", "one \u001b]0;x\u0007 \u009b31m\ntwo\n\nfour\n");

        int code = Commands.execute("parse", file.toString());

        assertThat(code).isZero();
        assertThat(out().lines()).hasSize(4);
        assertThat(out()).doesNotContain("\u001b", "\u009b").contains("\\u001B", "\\u009b");
    }

    /** Of the example, and of what extends a built-in one: nothing has to be configured to try them. */
    @Test
    void parsersAreTriedOnAFile() throws IOException {
        Path parsers = Files.createDirectories(directory.resolve("parsers"));
        Files.writeString(parsers.resolve("knock.yml"), """
                parser: linux.sshd
                extends: linux.sshd
                before:
                  - id: knock
                    tmpl: "Failed knock from {source.address:addr}"
                    set: {event.action: ssh_knock}
                """);
        Path file = file("in.log", """
                Nov 22 09:15:02 gw1 acmevpnd[7]: logout user="kim" after 3600s
                Nov 22 09:15:02 gw1 sshd[8]: Failed knock from 203.0.113.7
                Nov 22 09:15:02 gw1 sshd[8]: Failed password for kim from 203.0.113.7 port 4022 ssh2
                """);
        String example = "../ingest-streams/examples/parsers";

        assertThat(Commands.execute("parse", "--parsers", example, "--parsers", parsers.toString(), file.toString()))
                .isZero();
        assertThat(out().lines().toList())
                .satisfiesExactly(
                        line -> assertThat(line).contains("vpn_logout"),
                        line -> assertThat(line).contains("ssh_knock"),
                        line -> assertThat(line).contains("ssh_login"));
        assertThat(Commands.execute("parser", "unknown", "--parsers", example, file.toString()))
                .isZero();
        assertThat(out()).endsWith("0 of 3 lines not recognised, 0 shapes\n");
    }

    @Test
    void aFileThatCannotBeReadIsSaidAndTheOthersAreRead() throws IOException {
        Path file = file("in.log", "one\n");

        int code = Commands.execute("parse", directory.resolve("none").toString(), file.toString());

        assertThat(code).isEqualTo(2);
        assertThat(out().lines()).hasSize(1);
        assertThat(err()).contains("none: cannot be read: there is no such file; check the spelling");
    }

    @Test
    void anEnvelopeCarriesTheBytesOfTheWireAndKeepsItsId() throws IOException {
        String bytes = Base64.getEncoder().encodeToString("<38>Nov 22 09:15:02 srv app: 계정".getBytes("x-windows-949"));
        Path file = file("in.ndjson", """
                {"id":"a","received":"2026-11-22T09:16:00Z","raw_b64":"%s"}
                {"id":"b","source":"sshd","raw":"Failed password for root from 203.0.113.7 port 4022 ssh2"}
                """.formatted(bytes));

        int code = Commands.execute("parse", "--envelope", file.toString());

        assertThat(code).isZero();
        assertThat(out().lines().toList())
                .satisfiesExactly(
                        a -> assertThat(a)
                                .startsWith("{\"id\":\"a\",\"doc\":{\"@timestamp\":\"2026-11-22T09:15:02.000Z\"")
                                .contains("\"message\":\"계정\""),
                        b -> assertThat(b).startsWith("{\"id\":\"b\",\"doc\":{").contains("\"ip\":\"203.0.113.7\""));
    }

    /** A line of output without its id could not be told from another one. */
    @Test
    void aBrokenEnvelopeIsALineOfOutputToo() throws IOException {
        Path file = file("in.ndjson", """
                {"id":"a","raw_b64":"!!!"}
                not json
                {"id":"c","raw":"x"}
                """);

        int code = Commands.execute("parse", "--envelope", file.toString());

        assertThat(code).isEqualTo(2);
        assertThat(out().lines().toList())
                .satisfiesExactly(
                        a -> assertThat(a)
                                .startsWith("{\"error\":{\"message\":")
                                .endsWith(",\"id\":\"a\"}"),
                        b -> assertThat(b)
                                .startsWith("{\"error\":{\"message\":")
                                .doesNotContain("\"id\""),
                        c -> assertThat(c).startsWith("{\"id\":\"c\",\"doc\":{"));
        assertThat(err()).contains("in.ndjson:1: ", "in.ndjson:2: ");
    }

    @Test
    void detectPrintsFinalAlerts() throws IOException {
        Path file = file("in.log", failures(5));

        int code = Commands.execute("detect", "--rules", "../correlation-rules/rules", file.toString());

        assertThat(code).isZero();
        assertThat(out().lines()).hasSize(1);
        assertThat(out()).contains("\"name\":\"SSH brute force\"", "\"level\":\"high\"", "\"ip\":\"203.0.113.7\"");
    }

    @Test
    void nothingFoundIsNoError() throws IOException {
        Path file = file("in.log", failures(4));

        assertThat(Commands.execute("detect", file.toString())).isZero();
        assertThat(out()).isEmpty();
    }

    @Test
    void aFolderBehindAFolderOfRulesIsOneMore() throws IOException {
        Path other = Files.createDirectories(directory.resolve("more"));
        Path file = file("in.log", failures(5));

        int code =
                Commands.execute("detect", "--rules", "../correlation-rules/rules", other.toString(), file.toString());

        assertThat(code).isZero();
        assertThat(out().lines()).hasSize(1);
    }

    @Test
    void aBadRuleIsSaidAndTheGoodOnesRun() throws IOException {
        Path rules = Files.createDirectories(directory.resolve("rules"));
        Files.copy(Path.of("../correlation-rules/rules/linux_ssh_brute_force.yml"), rules.resolve("good.yml"));
        Files.writeString(rules.resolve("bad.yml"), "title: Bad\ndetection:\n  a:\n    x|contain: y\n  condition: a\n");
        Path file = file("in.log", failures(5));

        int code = Commands.execute("detect", "--rules", rules.toString(), file.toString());

        assertThat(code).isEqualTo(2);
        assertThat(out().lines()).hasSize(1);
        assertThat(err()).contains("bad.yml:");
    }

    @Test
    void rulesCheckCountsAndFails() throws IOException {
        Path rules = Files.createDirectories(directory.resolve("rules"));
        Files.writeString(rules.resolve("bad.yml"), "title: Bad\ndetection:\n  a:\n    x|contain: y\n  condition: a\n");

        assertThat(Commands.execute("rules", "check", "../correlation-rules/rules"))
                .isZero();
        assertThat(out().lines().reduce((a, b) -> b))
                .hasValueSatisfying(line -> assertThat(line).matches("\\d+ rules, 0 with problems"));
        assertThat(Commands.execute("rules", "check", rules.toString())).isEqualTo(1);
        assertThat(out()).contains("bad.yml:4:").endsWith("1 rules, 1 with problems\n");
    }

    private static final String ODD = """
            title: Odd curl
            id: odd
            logsource: { category: process_creation, product: windows }
            detection:
              s: { 'Image|endswith': '\\curl.exe', 'CommandLine|contains|expand': ' %Flag% ' }
              condition: s
            """;

    @Test
    void explainSaysWhichPartOfARuleHolds() throws IOException {
        Path rule = file("odd.yml", ODD);
        Path lists = file("Flag.txt", "-k\n--insecure\n");
        Path event = file(
                "event.json",
                "{\n \"EventID\": 1, \"Channel\": \"Microsoft-Windows-Sysmon/Operational\",\n"
                        + " \"Image\": \"C:\\\\curl.exe\", \"CommandLine\": \"curl -s x\" }\n");

        int code = Commands.execute("rules", "explain", "--lists", lists.toString(), rule.toString(), event.toString());

        assertThat(code).isEqualTo(1);
        assertThat(out())
                .contains("- rule 'Odd curl' (odd)")
                .contains("+ Image|endswith: '\\curl.exe'   <- winlog.event_data.Image = 'C:\\curl.exe'")
                .contains("- CommandLine|contains|expand: ' %Flag% '   <- winlog.event_data.CommandLine = 'curl -s x'")
                .endsWith("The rule does not find the event.\n");
    }

    @Test
    void explainOfNoRuleSaysWhatToDo() throws IOException {
        Path event = file("event.log", "x\n");

        assertThat(Commands.execute("rules", "explain", "nothing of the kind", event.toString()))
                .isEqualTo(2);
        assertThat(err())
                .contains("has the id, name, title or file 'nothing of the kind'")
                .contains("rules list");
    }

    @Test
    void rulesListShowsWhatEachRuleIs() throws IOException {
        Path rules = file("two.yml", PLAIN + "---\n" + DEAR);

        assertThat(Commands.execute("rules", "list", rules.toString())).isZero();
        assertThat(out())
                .contains("id ", "level", "title", "type", "log source", "version")
                .containsPattern("plain +▲.* Plain +detection +\\{product: linux} +[0-9a-f]{16}\n");
        out.reset();

        assertThat(Commands.execute("rules", "list", "--json", rules.toString()))
                .isZero();
        assertThat(out())
                .contains("{\"id\":\"plain\",\"level\":\"medium\",\"title\":\"Plain\",\"type\":\"detection\","
                        + "\"log_source\":\"{product: linux}\",\"version\":\"");
    }

    @Test
    void rulesArePushedOnlyToAPipelineThatIsThere() {
        assertThat(Commands.execute("rules", "push", "--data", directory.toString(), "../correlation-rules/rules"))
                .isEqualTo(2);
        assertThat(err()).contains("no bongsu runs on " + directory, "kafka.bootstrap");
        assertThat(Commands.execute("rules", "rollback", "--data", directory.toString(), "1"))
                .isEqualTo(2);
        assertThat(Commands.execute("rules", "history", "--data", directory.toString()))
                .isEqualTo(2);
        assertThat(out()).isEmpty();
    }

    @Test
    void rulesListByCostSaysWhatIsDearAndWhatItCostOnALog() throws IOException {
        Path rules = file("two.yml", PLAIN + "---\n" + DEAR);
        Path events = file(
                "events.log",
                "<86>Nov 22 10:00:00 web1 sshd[1]: Accepted password for kim from 203.0.113.7 port 4022 ssh2\n<86>Nov 22 10:00:01 web1 sshd[1]: Failed password for kim from 203.0.113.7 port 4022 ssh2\n");

        assertThat(Commands.execute("rules", "list", "--cost", rules.toString()))
                .isZero();
        assertThat(out())
                .containsPattern("(?s)dear .* every event with message: no text has to stand there; "
                        + "a regular expression that no text announces on message\n.*plain ");
        out.reset();

        assertThat(Commands.execute("rules", "list", "--cost", "--json", "--on", events.toString(), rules.toString()))
                .isZero();
        assertThat(out().lines())
                .first()
                .asString()
                .contains("\"id\":\"dear\"", "\"opened\":1000.0", "\"regexes\":1000.0", "\"hits\":0.0");
        assertThat(Commands.execute("rules", "list", "--on", events.toString(), rules.toString()))
                .isEqualTo(2);
        assertThat(err()).contains("--on without --cost");
    }

    private static final String PLAIN = "title: Plain\nid: plain\nlogsource: {product: linux}\n"
            + "detection: {s: {user.name: kim}, condition: s}\n";
    private static final String DEAR = "title: Dear\nid: dear\nlogsource: {product: linux}\n"
            + "detection: {s: {message|re: '[a-z]{30}'}, condition: s}\n";

    @Test
    void aMissingListIsAProblemAndAnUnknownFieldAWarning() throws IOException {
        Path rules = file("odd.yml", ODD.replace("Image|", "user.nmae|"));

        assertThat(Commands.execute("rules", "check", rules.toString())).isEqualTo(1);
        assertThat(out())
                .contains(":5:74: no list is given for the placeholder '%Flag%' on 'CommandLine'; ")
                .endsWith("1 rules, 1 with problems\n");
        out.reset();
        Path lists = file("Flag.txt", "-k\n");
        Path mine = file(
                "own.yml",
                ODD.replace("category: process_creation, product: windows", "product: linux, service: mine"));

        assertThat(Commands.execute("rules", "check", "--lists", lists.toString(), mine.toString()))
                .isZero();
        assertThat(out())
                .contains(
                        ":5:8: warning: no mapping and no parser knows the field 'Image' of {product: linux, service: mine}");
    }

    @Test
    void theTestsOfOurOwnRulesPass() {
        assertThat(Commands.execute("rules", "test", "../correlation-rules/rules"))
                .as(out())
                .isZero();
        assertThat(out()).endsWith(" 0 failed\n");
    }

    /** Each example for rule writers is a rule with tests. */
    @Test
    void theExamplesForRuleWritersRun() throws IOException {
        String readme = Files.readString(Path.of("../correlation-rules/README.md"));
        List<String> examples = new ArrayList<>();
        for (Matcher block =
                        Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(readme);
                block.find(); ) {
            examples.add(block.group(1));
        }
        Matcher mappings = Pattern.compile("```yml\n(.*?)```", Pattern.DOTALL).matcher(readme);
        assertThat(mappings.find()).isTrue();
        Path file = file("examples.yml", String.join("---\n", examples));
        Path mapping = file("mappings.yml", mappings.group(1));

        int code = Commands.execute("rules", "test", "--mappings", mapping.toString(), file.toString());

        assertThat(code).as(out()).isZero();
        assertThat(out()).containsPattern("[2-9][0-9] tests in 4 variants, 0 failed\n$");
    }

    @Test
    void resultsOfTestsAreWrittenForACiServer() throws Exception {
        Path rules = file("rules.yml", """
                title: Odd
                id: odd
                logsource: {product: linux}
                detection: {s: {f: 1}, condition: s}
                tests:
                  - {name: right, events: [{fields: {f: 1}}], expect: {alerts: 1}}
                  - {name: "wrong <\\u0007>", events: [{fields: {f: 1}}], expect: {alerts: 2}}
                """);
        Path xml = directory.resolve("results.xml");

        int code = Commands.execute("rules", "test", "--junit", xml.toString(), rules.toString());

        assertThat(code).isEqualTo(1);
        assertThat(out())
                .contains("rules.yml:", "'wrong <", "in every variant: expected 2 alerts, got 1 alert: {} from 1");
        Element suite = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(xml.toFile())
                .getDocumentElement();
        assertThat(suite.getAttribute("tests")).isEqualTo("8");
        assertThat(suite.getAttribute("failures")).isEqualTo("4");
        Element failed = (Element) suite.getElementsByTagName("failure").item(0);
        assertThat(failed.getAttribute("message")).startsWith("expected 2 alerts, got 1 alert");
        assertThat(((Element) failed.getParentNode()).getAttribute("name")).isEqualTo("wrong <?> (written)");
    }

    @Test
    void aBadConfigurationIsAllSaidAtOnce() throws IOException {
        Path file = file("bongsu.yml", "kafka: { port: x }\ncorrelate: { idle: 1 }\n");

        int code = Commands.execute("config", "check", "--config", file.toString());

        assertThat(code).isEqualTo(2);
        assertThat(err().lines()).hasSize(2).allMatch(line -> line.startsWith(file + ":"));
    }

    @Test
    void searchWithoutAServerSaysWhatToStart() {
        int code = Commands.execute("search", "x", "--data", directory.toString());

        assertThat(code).isEqualTo(2);
        assertThat(err()).contains("no bongsu runs on " + directory, "bongsu up");
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private static String failures(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(FAILURE.formatted(i));
        }
        return text.toString();
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void noCommandSaysASecret() throws IOException {
        file("kafka.pw", "canary-1");
        Path config = file("bongsu.yml", """
                kafka: { bootstrap: 'kafka.invalid:9092', tls: true, user: u, password_file: kafka.pw }
                elasticsearch: { url: 'http://u:canary-2@127.0.0.1:1', api_key: canary-3 }
                kibana: { url: 'http://127.0.0.1:1' }
                """);
        String[][] commands = {
            {"config", "print", "--config", config.toString()},
            {"config", "check", "--config", config.toString()},
            {"doctor", "--config", config.toString()},
            {"doctor", "--json", "--config", config.toString()},
            {"setup", "--config", config.toString()},
            {"search", "x", "--config", config.toString()}
        };

        for (String[] command : commands) {
            Commands.execute(command);
        }

        assertThat(out() + err())
                .contains("kafka.invalid", "no answer from Elasticsearch", "✗")
                .doesNotContain("canary");
    }

    @Test
    void doctorSaysWhatDoesNotWorkAndWhatToDo() throws IOException {
        Path config = file(
                "bongsu.yml",
                "kafka: { bootstrap: 'kafka.invalid:9092' }\nelasticsearch: { url: 'http://127.0.0.1:1' }\n");

        assertThat(Commands.execute("doctor", "--json", "--config", config.toString()))
                .isEqualTo(1);

        assertThat(out())
                .startsWith("{\"ok\":false,")
                .contains("\"check\":\"kafka\",\"level\":\"bad\"", "\"check\":\"elasticsearch\",\"level\":\"bad\"");
    }

    @Test
    void kibanasObjectsAsAFile() {
        assertThat(Commands.execute("setup", "--kibana-ndjson")).isZero();

        assertThat(out().lines()).hasSizeGreaterThan(30).allMatch(line -> line.startsWith("{\"type\":"));
    }
}
