package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.Micros;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Beats send, as they send it. */
class ForwardedTest {
    private static final long NOW = Micros.of(Instant.parse("2026-11-22T09:20:00Z"));
    private static final String BEAT = "\"@metadata\":{\"beat\":\"filebeat\",\"type\":\"_doc\",\"version\":\"8.17.0\"},"
            + "\"agent\":{\"type\":\"filebeat\",\"version\":\"8.17.0\",\"name\":\"web-1\",\"id\":\"6a1\",\"ephemeral_id\":\"b2\"},"
            + "\"ecs\":{\"version\":\"8.0.0\"},\"input\":{\"type\":\"filestream\"},"
            + "\"host\":{\"name\":\"web-1.example.org\",\"hostname\":\"web-1\",\"architecture\":\"x86_64\",\"ip\":[\"192.0.2.7\"],"
            + "\"os\":{\"name\":\"Debian GNU/Linux\",\"type\":\"linux\"}}";

    private final ParserSet parsers = ParserSet.load(List.of()).parsers();

    @Test
    void aLineOfAFileIsParsedAsWhatItIsAndKeepsWhereItCameFrom() {
        Parsed parsed = parse(
                filebeat(
                        "/var/log/auth.log",
                        "Nov 22 18:15:00 web-1 sshd[812]: Failed password for root from 203.0.113.7 port 4022 ssh2",
                        ",\"event\":{\"timezone\":\"+09:00\",\"dataset\":\"system.auth\"},\"fields\":{\"env\":\"prod\"},\"tags\":[\"dmz\"]"));

        assertThat(parsed.fields())
                .containsEntry("event.outcome", "failure")
                .containsEntry("user.name", "root")
                .containsEntry("source.ip", "203.0.113.7")
                .containsEntry("process.name", "sshd")
                .containsEntry("log.file.path", "/var/log/auth.log")
                .containsEntry("json.log.offset", 4711L)
                .containsEntry("agent.type", "filebeat")
                .containsEntry("agent.id", "6a1")
                .containsEntry("host.hostname", "web-1")
                .containsEntry("host.architecture", "x86_64")
                .containsEntry("host.os.type", "linux")
                .containsEntry("json.fields.env", "prod")
                .containsEntry("log.source.address", "192.0.2.9")
                .doesNotContainKeys("json.@metadata.beat", "json.event.dataset");
        assertThat(parsed.tags()).contains("dmz").doesNotContain("_no_parser");
        assertThat(parsed.time()).isEqualTo(Micros.of(Instant.parse("2026-11-22T09:15:00Z")));
        assertThat(parsed.original()).startsWith("Nov 22 18:15:00 web-1 sshd");
        assertThat(parsed.dataset())
                .isEqualTo(parse("Nov 22 18:15:00 web-1 sshd[812]: Failed password for root from"
                                + " 203.0.113.7 port 4022 ssh2")
                        .dataset());
    }

    @Test
    void aLineWithoutAStampHasTheTimeAtWhichItWasRead() {
        Parsed parsed = parse(filebeat("/srv/app/out.txt", "what nobody knows", ""));

        assertThat(parsed.time()).isEqualTo(Micros.of(Instant.parse("2026-11-22T09:15:01.250Z")));
        assertThat(parsed.fields())
                .containsEntry("message", "what nobody knows")
                .containsEntry("host.name", "web-1.example.org");
        assertThat(parsed.tags()).contains("_no_parser");
    }

    @Test
    void whatRelaysOfSyslogPutIntoAnObjectIsTheProgramsLine() {
        for (String event : List.of(
                "{\"host\":\"web-1\",\"ident\":\"sshd\",\"pid\":\"812\",\"message\":\"%s\"}",
                "{\"appname\":\"sshd\",\"hostname\":\"web-1\",\"procid\":812,\"severity\":\"info\",\"message\":\"%s\",\"source_type\":\"syslog\"}",
                "{\"PROGRAM\":\"sshd\",\"PID\":\"812\",\"HOST\":\"web-1\",\"MESSAGE\":\"%s\",\"ISODATE\":\"2026-11-22T09:15:00+00:00\"}")) {
            Parsed parsed = parse(event.formatted("Failed password for root from 203.0.113.7 port 4022 ssh2"));

            assertThat(parsed.fields())
                    .containsEntry("user.name", "root")
                    .containsEntry("source.ip", "203.0.113.7")
                    .containsEntry("process.name", "sshd")
                    .containsEntry("process.pid", 812L)
                    .containsEntry("host.name", "web-1");
        }
    }

    @Test
    void aLineThatAParserKnowsIsItsWhateverIsPutAroundIt() {
        String access =
                "203.0.113.7 - kim [22/Nov/2026:18:15:00 +0900] \\\"GET /x HTTP/1.1\\\" 404 7 \\\"-\\\" \\\"curl/8\\\"";
        for (String event : List.of(
                "{\"date\":1795338902.1,\"log\":\"%s\",\"kubernetes\":{\"container_name\":\"web\"}}",
                "{\"@timestamp\":\"2026-11-22T09:15:02Z\",\"@version\":\"1\",\"host\":\"web-1\",\"message\":\"%s\"}",
                "{\"log\":\"%s\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-22T09:15:02Z\"}",
                "2026-11-22T09:15:02Z stdout F %s")) {
            String line = event.startsWith("{") ? event.formatted(access) : event.formatted(access.replace("\\", ""));
            for (String tag : Arrays.asList(null, "nginx")) {
                Parsed parsed = parsers.parse(line(line).withTag(tag), NOW);

                assertThat(parsed.fields())
                        .as(line + " " + tag)
                        .containsEntry("source.ip", "203.0.113.7")
                        .containsEntry("user.name", "kim")
                        .containsEntry("http.response.status_code", 404L);
                assertThat(Micros.iso(parsed.time())).isEqualTo("2026-11-22T09:15:00.000Z");
            }
        }
    }

    @Test
    void anApplicationsOwnObjectStaysOne() {
        Parsed own = parse("{\"message\":\"cart of kim emptied\",\"user_id\":\"7\"}");
        Parsed level =
                parse("{\"level\":\"warn\",\"message\":\"Failed password for root from 203.0.113.7 port 4022 ssh2\"}");

        assertThat(own.dataset()).isEqualTo("app.log");
        assertThat(own.fields()).containsEntry("user.id", "7");
        assertThat(level.dataset()).isEqualTo("app.log");
        assertThat(level.fields()).doesNotContainKey("source.ip");
    }

    @Test
    void whatTheJournalItselfPrintsIsTheLineThatItWouldBeInAFile() {
        Parsed parsed = parse("{\"__REALTIME_TIMESTAMP\":\"1795338902417000\",\"_HOSTNAME\":\"web-1\",\"_PID\":\"811\","
                + "\"SYSLOG_IDENTIFIER\":\"sshd\",\"SYSLOG_PID\":\"812\",\"_EXE\":\"/usr/sbin/sshd\",\"_BOOT_ID\":\"7f\",\"PRIORITY\":\"6\","
                + "\"MESSAGE\":\"Failed password for root from 203.0.113.7 port 4022 ssh2\"}");

        assertThat(Micros.iso(parsed.time())).isEqualTo("2026-11-22T09:15:02.417Z");
        assertThat(parsed.fields())
                .containsEntry("event.outcome", "failure")
                .containsEntry("source.ip", "203.0.113.7")
                .containsEntry("host.name", "web-1")
                .containsEntry("process.pid", 812L)
                .containsEntry("process.executable", "/usr/sbin/sshd")
                .containsEntry("host.boot.id", "7f")
                .containsEntry("json.PRIORITY", "6");
    }

    @Test
    void aMessageOfTheJournalThatIsNoPlainTextIsAListOfBytes() {
        Parsed parsed = parse(
                "{\"__REALTIME_TIMESTAMP\":\"1795338902417000\",\"_HOSTNAME\":\"web-1\",\"SYSLOG_IDENTIFIER\":\"app\","
                        + "\"MESSAGE\":[237,149,156,27,91,48,109]}");

        assertThat(parsed.fields()).containsEntry("message", "한\u001b[0m").containsEntry("process.name", "app");
    }

    @Test
    void aLineOfTheJournalHasItsProgram() {
        Parsed parsed = parse(
                "{\"@timestamp\":\"2026-11-22T09:15:01.250Z\"," + BEAT
                        + ",\"message\":\"Failed password for root from 203.0.113.7 port 4022 ssh2\","
                        + "\"log\":{\"syslog\":{\"appname\":\"sshd\",\"procid\":\"812\"}},\"systemd\":{\"unit\":\"ssh.service\"}}");

        assertThat(parsed.fields())
                .containsEntry("event.outcome", "failure")
                .containsEntry("source.ip", "203.0.113.7")
                .containsEntry("process.name", "sshd")
                .containsEntry("process.pid", 812L)
                .containsEntry("json.systemd.unit", "ssh.service");
        assertThat(parsed.time()).isEqualTo(Micros.of(Instant.parse("2026-11-22T09:15:01.250Z")));
    }

    @Test
    void aCollectorIsNotTheHostOfTheLinesThatItReads() {
        Parsed parsed = parse(filebeat(
                "/var/log/remote/db-1.log",
                "Nov 22 09:15:00 db-1 sshd[1]: Invalid user x from 203.0.113.7 port 1",
                ""));

        assertThat(parsed.fields())
                .containsEntry("host.name", "db-1")
                .containsEntry("host.hostname", "db-1")
                .containsEntry("json.host.architecture", "x86_64")
                .containsEntry("json.host.name", "web-1.example.org")
                .doesNotContainKeys("host.architecture", "host.ip", "host.os.name");
    }

    @Test
    void whatAContainerPrintedIsTheLineOfItsProgram() {
        Parsed parsed =
                parse("{\"log\":\"Nov 22 09:15:02 mx1 sshd[7]: Invalid user kim from 203.0.113.7 port 4022\\n\","
                        + "\"stream\":\"stdout\",\"time\":\"2026-11-22T09:15:03Z\"}");

        assertThat(parsed.dataset()).isEqualTo("system.auth");
        assertThat(parsed.fields())
                .containsEntry("source.ip", "203.0.113.7")
                .containsEntry("host.name", "mx1")
                .containsEntry("docker.stream", "stdout");
    }

    @Test
    void anEventThatFilebeatTookApartStaysOne() {
        Parsed parsed = parse(
                filebeat("/srv/app/log.json", "it failed", "").replace("\"log\":{", "\"log\":{\"level\":\"error\","));

        assertThat(parsed.dataset()).isEqualTo("app.log");
        assertThat(parsed.fields()).containsEntry("message", "it failed").containsEntry("log.level", "error");
        assertThat(parsed.tags()).doesNotContain("_no_parser");
    }

    @Test
    void splunksCollectorIsAFrame() {
        Parsed parsed = parse(
                "{\"time\":1795338901,\"host\":\"web-1\",\"sourcetype\":\"linux_secure\",\"event\":\"Nov 22 09:15:00 web-1 sudo:"
                        + " kim : TTY=pts/0 ; PWD=/home/kim ; USER=root ; COMMAND=/bin/ls\"}");

        assertThat(parsed.fields()).containsEntry("user.name", "kim").containsEntry("process.command_line", "/bin/ls");
    }

    @Test
    void whatAnApplicationSaysOfAPersonIsNoFrameAroundThatPersonsText() {
        Parsed parsed = parse("{\"timestamp\":\"2026-11-22T09:15:01Z\",\"user\":\"kim\",\"room\":\"lobby\","
                + "\"message\":\"Failed password for root from 192.0.2.1 port 4 ssh2\"}");

        assertThat(parsed.dataset()).isEqualTo("app.log");
        assertThat(parsed.fields()).containsEntry("user.name", "kim").doesNotContainKeys("source.ip", "event.outcome");
    }

    @Test
    void anEventInsideAnEventIsUnwrappedOnce() {
        String inner = filebeat("/inner", "x", "").replace("\\", "\\\\").replace("\"", "\\\"");

        assertThat(parse(filebeat("/outer", inner, "")).fields()).containsEntry("log.file.path", "/inner");
    }

    @Test
    void winlogbeatsEventIsAWindowsEvent() {
        Parsed parsed = parse(
                "{\"@timestamp\":\"2026-11-22T09:15:01.250Z\","
                        + BEAT.replace("filebeat", "winlogbeat")
                        + ",\"event\":{\"code\":\"1\",\"kind\":\"event\",\"provider\":\"Microsoft-Windows-Sysmon\","
                        + "\"action\":\"Process Create (rule: ProcessCreate)\"},\"log\":{\"level\":\"information\"},"
                        + "\"message\":\"Process Create:\\nRuleName: -\",\"winlog\":{\"channel\":\"Microsoft-Windows-Sysmon/Operational\","
                        + "\"provider_name\":\"Microsoft-Windows-Sysmon\",\"event_id\":\"1\",\"computer_name\":\"ws1.example.org\","
                        + "\"record_id\":77,\"process\":{\"pid\":2040,\"thread\":{\"id\":3084}},\"event_data\":{\"Image\":\"C:\\\\Windows\\\\System32\\\\cmd.exe\","
                        + "\"CommandLine\":\"cmd /c whoami\",\"ProcessId\":\"9860\",\"ParentImage\":\"C:\\\\p.exe\",\"User\":\"EXAMPLE\\\\kim\"}}}");

        assertThat(parsed.fields())
                .containsEntry("process.executable", "C:\\Windows\\System32\\cmd.exe")
                .containsEntry("process.command_line", "cmd /c whoami")
                .containsEntry("process.pid", 9860L)
                .containsEntry("process.parent.executable", "C:\\p.exe")
                .containsEntry("user.name", "kim")
                .containsEntry("winlog.event_data.ParentImage", "C:\\p.exe");
        assertThat(parsed.dataset()).isEqualTo("windows.sysmon_operational");
    }

    @Test
    void linesContinueThoseOfTheirOwnFileOnly() {
        List<String> original = new ArrayList<>();
        Joiner joiner = new Joiner(parsers);
        String[][] lines = {
            {"/a", "2026-11-22 09:15:00.100 ERROR 812 --- [main] c.e.A : failed"},
            {"/b", "2026-11-22 09:15:00.200 ERROR 813 --- [main] c.e.B : failed"},
            {"/a", "java.lang.IllegalStateException: a"},
            {"/b", "java.lang.IllegalStateException: b"},
            {"/a", "\\tat c.e.A.x(A.java:1)"},
            {"/b", "\\tat c.e.B.x(B.java:1)"}
        };
        List<Joiner.Outcome> outcomes = new ArrayList<>();
        for (String[] line : lines) {
            outcomes.addAll(joiner.take(
                    new Joiner.Waiting(line(filebeat(line[0], line[1], "")), NOW, "id" + outcomes.size(), 1, 0, 0, 0)));
        }
        outcomes.addAll(joiner.end());
        for (Joiner.Outcome outcome : outcomes) {
            if (outcome instanceof Joiner.Complete complete) {
                Parsed parsed = complete.parse();
                original.add(parsed.fields().get("log.file.path") + " "
                        + parsed.original()
                                .replaceAll("(?s).*c\\.e\\.(.) .*Exception: (.).*c\\.e\\.(.)\\.x.*", "$1 $2 $3"));
            }
        }
        assertThat(original).containsExactlyInAnyOrder("/a A a A", "/b B b B");
    }

    private static String filebeat(String path, String message, String more) {
        return "{\"@timestamp\":\"2026-11-22T09:15:01.250Z\"," + BEAT
                + ",\"log\":{\"offset\":4711,\"file\":{\"path\":\"" + path + "\"}},\"message\":\"" + message + "\""
                + more + "}";
    }

    private Parsed parse(String text) {
        return parsers.parse(line(text), NOW);
    }

    private static Line line(String text) {
        return new Line(text.getBytes(StandardCharsets.UTF_8), NOW, "json", null, null, null, "192.0.2.9", 0);
    }
}
