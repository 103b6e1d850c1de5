package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.Micros;
import io.bongsu.rules.LogSource;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WindowsEventTest {
    private static final ParserSet PARSERS = ParserSet.load(List.of()).parsers();
    private static final LogSource STARTED = new LogSource("process_creation", "windows", "sysmon");

    private static Parsed parse(String json) {
        return PARSERS.parse(Line.of(json.getBytes(StandardCharsets.UTF_8)), 0);
    }

    /** One event, as its exporters write it. */
    static Stream<String> shapes() {
        return Stream.of(
                // evtx_dump
                """
                {"Event":{"#attributes":{"xmlns":"http://schemas.microsoft.com/win/2004/08/events/event"},"System":{
                "Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon","Guid":"5770385F"}},"EventID":1,"Level":4,
                "TimeCreated":{"#attributes":{"SystemTime":"2026-11-22T09:15:01.250Z"}},"EventRecordID":7,
                "Execution":{"#attributes":{"ProcessID":3208,"ThreadID":1724}},
                "Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"ws1.example.net"},
                "EventData":{"UtcTime":"2026-11-22 09:15:01.240","ProcessId":9860,"Image":"C:\\\\Tools\\\\x.exe",
                "CommandLine":"x -a","User":"EXAMPLE\\\\kim"}}}""",
                // evtx_dump --separate-json-attributes, with qualifiers on the id
                """
                {"Event_attributes":{},"Event":{"System":{"Provider_attributes":{"Name":"Microsoft-Windows-Sysmon"},
                "EventID":{"#text":"1"},"TimeCreated_attributes":{"SystemTime":"2026-11-22T09:15:01.250Z"},
                "Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"ws1.example.net"},
                "EventData":{"ProcessId":9860,"Image":"C:\\\\Tools\\\\x.exe","CommandLine":"x -a","User":"EXAMPLE\\\\kim"}}}""",
                // any other XML-to-JSON, without the outer element
                """
                {"System":{"Provider":{"@Name":"Microsoft-Windows-Sysmon"},"EventID":"1",
                "TimeCreated":{"@SystemTime":"2026-11-22T09:15:01.250Z"},
                "Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"ws1.example.net"},
                "EventData":{"Data":[{"@Name":"ProcessId","#text":"9860"},{"@Name":"Image","#text":"C:\\\\Tools\\\\x.exe"},
                {"@Name":"CommandLine","#text":"x -a"},{"@Name":"User","#text":"EXAMPLE\\\\kim"}]}}""",
                // Winlogbeat
                """
                {"@timestamp":"2026-11-22T09:15:01.250Z","event":{"code":"1","provider":"Microsoft-Windows-Sysmon"},
                "winlog":{"event_id":"1","channel":"Microsoft-Windows-Sysmon/Operational","computer_name":"ws1.example.net",
                "provider_name":"Microsoft-Windows-Sysmon","record_id":7,"event_data":{"ProcessId":"9860",
                "Image":"C:\\\\Tools\\\\x.exe","CommandLine":"x -a","User":"EXAMPLE\\\\kim"}}}""",
                // Winlogbeat 6
                """
                {"@timestamp":"2026-11-22T09:15:01.250Z","event_id":1,"log_name":"Microsoft-Windows-Sysmon/Operational",
                "source_name":"Microsoft-Windows-Sysmon","computer_name":"ws1.example.net","event_data":{"ProcessId":"9860",
                "Image":"C:\\\\Tools\\\\x.exe","CommandLine":"x -a","User":"EXAMPLE\\\\kim"}}""",
                // NXLog
                """
                {"EventTime":"2026-11-22 09:15:01.250","Hostname":"ws1.example.net","Keywords":"-9223372036854775808",
                "EventType":"INFO","SeverityValue":2,"Severity":"INFO","EventID":1,"SourceName":"Microsoft-Windows-Sysmon",
                "Channel":"Microsoft-Windows-Sysmon/Operational","ProcessId":"9860","Image":"C:\\\\Tools\\\\x.exe",
                "CommandLine":"x -a","User":"EXAMPLE\\\\kim","SourceModuleName":"in"}""",
                // flat, as tools for Sigma write it
                """
                {"SystemTime":"2026-11-22T09:15:01.250Z","EventID":1,"Provider_Name":"Microsoft-Windows-Sysmon",
                "Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"ws1.example.net","ProcessId":9860,
                "Image":"C:\\\\Tools\\\\x.exe","CommandLine":"x -a","User":"EXAMPLE\\\\kim"}""");
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everyShapeIsTheSameEvent(String json) {
        Parsed event = parse(json);

        assertThat(event.logSources()).containsExactly(STARTED);
        assertThat(Micros.iso(event.time())).startsWith("2026-11-22T09:15:01.25");
        assertThat(event.dataset()).isEqualTo("windows.sysmon_operational");
        assertThat(event.original()).isEqualTo(json.strip());
        assertThat(event.fields())
                .containsEntry("event.code", "1")
                .containsEntry("event.provider", "Microsoft-Windows-Sysmon")
                .containsEntry("winlog.channel", "Microsoft-Windows-Sysmon/Operational")
                .containsEntry("winlog.computer_name", "ws1.example.net")
                .containsEntry("host.name", "ws1.example.net")
                .containsEntry("host.os.type", "windows")
                .containsEntry("winlog.event_data.Image", "C:\\Tools\\x.exe")
                .containsEntry("winlog.event_data.ProcessId", "9860")
                .containsEntry("process.executable", "C:\\Tools\\x.exe")
                .containsEntry("process.name", "x.exe")
                .containsEntry("process.command_line", "x -a")
                .containsEntry("user.domain", "EXAMPLE")
                .containsEntry("user.name", "kim")
                .doesNotContainKey("winlog.event_data.EventType");
    }

    @Test
    void theSecurityLogSaysTheSameInOtherWords() {
        Parsed event = parse("""
                {"EventID":4688,"Channel":"security","NewProcessName":"C:\\\\Tools\\\\x.exe","ParentProcessName":"C:\\\\p.exe",
                "SubjectUserSid":"S-1-5-18","SubjectUserName":"WS1$","SubjectDomainName":"EXAMPLE","NewProcessId":"0x1a4"}""");

        assertThat(event.logSources()).containsExactly(new LogSource("process_creation", "windows", "security"));
        assertThat(event.fields())
                .containsEntry("process.executable", "C:\\Tools\\x.exe")
                .containsEntry("process.parent.name", "p.exe")
                .containsEntry("process.pid", 420L)
                .containsEntry("winlog.event_data.User", "NT AUTHORITY\\SYSTEM");
    }

    @Test
    void aRegistryAuditReadsLikeSysmon() {
        Parsed event = parse("""
                {"EventID":4657,"Channel":"Security","ObjectName":"\\\\REGISTRY\\\\MACHINE\\\\SYSTEM\\\\ControlSet001\\\\Control\\\\Lsa",
                "ObjectValueName":"Flag","OperationType":"%%1905","NewValueType":"%%1876","NewValue":"1"}""");

        assertThat(event.logSources())
                .containsExactlyInAnyOrder(
                        new LogSource("registry_set", "windows", "security"),
                        new LogSource("registry_event", "windows", "security"));
        assertThat(event.fields())
                .containsEntry("winlog.event_data.TargetObject", "HKLM\\System\\CurrentControlSet\\Control\\Lsa\\Flag")
                .containsEntry("winlog.event_data.Details", "DWORD (0x00000001)");
    }

    @Test
    void dataWithoutNamesIsNumbered() {
        Parsed event = parse("""
                {"Event":{"System":{"Provider":{"#attributes":{"Name":"PowerShell"}},"EventID":{"#attributes":{"Qualifiers":0},
                "#text":400},"Channel":"Windows PowerShell"},"EventData":{"Data":{"#text":["Available","None","\\tHostName=x"]}}}}""");

        assertThat(event.logSources())
                .containsExactly(new LogSource("ps_classic_start", "windows", "powershell-classic"));
        assertThat(event.fields())
                .containsEntry("winlog.event_data.param3", "\tHostName=x")
                .containsEntry("winlog.event_data.Data", List.of("Available", "None", "\tHostName=x"));
    }

    @Test
    void namesLoseTheirBlanksAndUserDataItsElement() {
        assertThat(parse(
                                "{\"EventID\":1116,\"Channel\":\"Microsoft-Windows-Windows Defender/Operational\",\"Threat Name\":\"x\"}")
                        .fields())
                .containsEntry("winlog.event_data.ThreatName", "x");
        assertThat(parse(
                                "{\"Event\":{\"System\":{\"EventID\":1102,\"Channel\":\"Security\"},\"UserData\":{\"LogFileCleared\":"
                                        + "{\"#attributes\":{\"xmlns\":\"x\"},\"SubjectUserName\":\"kim\"}}}}")
                        .fields())
                .containsEntry("winlog.user_data.SubjectUserName", "kim")
                .doesNotContainKey("winlog.user_data.#attributes.xmlns");
    }

    @Test
    void aVersionWithADotIsDataInAFormWithoutElements() {
        String sysmon =
                "{\"EventID\":4,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"State\":\"Started\",\"Version\":";
        assertThat(parse(sysmon + "\"15.14\"}").fields()).containsEntry("winlog.event_data.Version", "15.14");
        assertThat(parse(sysmon + "3}").fields()).doesNotContainKey("winlog.event_data.Version");
    }

    @Test
    void aTimeWithoutAZoneIsThatOfTheListenerAndNeverThatOfTheMachine() {
        Line line = new Line(
                "{\"EventTime\":\"2026-11-22 18:15:01\",\"EventID\":1,\"Channel\":\"System\"}"
                        .getBytes(StandardCharsets.UTF_8),
                Micros.UNKNOWN,
                "json",
                null,
                null,
                ZoneId.of("Asia/Seoul"),
                null,
                0);

        assertThat(Micros.iso(PARSERS.parse(line, 0).time())).isEqualTo("2026-11-22T09:15:01.000Z");
    }

    /** Rules ask for {@code Keywords: 0x8020000000000000}; Winlogbeat writes words, NXLog a signed number. */
    @ParameterizedTest
    @ValueSource(strings = {"[\"Audit Success\"]", "-9214364837600034816", "\"0x8020000000000000\""})
    void auditsHaveTheirKeywordsInBitsAndWords(String keywords) {
        Parsed event = parse("{\"EventID\":4634,\"Channel\":\"Security\",\"Keywords\":" + keywords + "}");

        assertThat(event.fields())
                .containsEntry("winlog.keywords", List.of("Audit Success", "0x8020000000000000"))
                .containsEntry("event.outcome", "success");
    }

    @Test
    void whatSaysNothingOfItselfIsPlacedByWhatItHolds() {
        assertThat(parse("{\"Image\":\"C:\\\\x.exe\",\"CommandLine\":\"x -a\"}").logSources())
                .containsExactly(STARTED);
        assertThat(parse("{\"Image\":\"/bin/x\",\"CommandLine\":\"x -a\"}").logSources())
                .containsExactly(new LogSource("process_creation", "linux", "sysmon"));
        assertThat(parse("{\"EventID\":13,\"TargetObject\":\"HKLM\\\\x\",\"Details\":\"y\"}")
                        .logSources())
                .contains(new LogSource("registry_set", "windows", "sysmon"));
    }

    @Test
    void otherObjectsAreNotTaken() {
        assertThat(parse("{\"EventID\":5,\"message\":\"of some device\"}").fields())
                .doesNotContainKey("winlog.channel");
        assertThat(parse("{\"Channel\":\"news\",\"text\":\"x\"}").fields()).doesNotContainKey("winlog.channel");
    }

    /** Fluentd's Description is the message; that of Sysmon is data, also where the record names the channel alone. */
    @Test
    void theDescriptionOfSysmonIsDataWithoutAProvider() {
        Parsed parsed = parse("""
                {"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Image":"x.exe","Description":"Tool","Odd":null}""");
        assertThat(parsed.fields())
                .containsEntry("winlog.event_data.Description", "Tool")
                .containsEntry("winlog.event_data.Odd", List.of());
    }
}
