package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** One event of each channel in each of the forms in which Windows events travel: the same comes out of all of them. */
class WindowsMatrixTest {
    private static final String TIME = "2026-11-22T09:15:01.250Z";

    private final ParserSet parsers = ParserSet.load(List.of()).parsers();

    private record Event(
            String channel, String provider, int id, Map<String, String> data, Map<String, Object> expected) {}

    private enum Form {
        WINLOGBEAT_JSON,
        NXLOG_JSON,
        XML,
        EVTX_DUMP_JSON,
        SNARE
    }

    private static final List<Event> EVENTS = List.of(
            new Event(
                    "Security",
                    "Microsoft-Windows-Security-Auditing",
                    4688,
                    data(
                            "SubjectUserName", "kim",
                            "SubjectDomainName", "EXAMPLE",
                            "NewProcessId", "0x1f4",
                            "NewProcessName", "C:\\Windows\\System32\\cmd.exe",
                            "CommandLine", "cmd /c \"echo a && b\"",
                            "ParentProcessName", "C:\\Windows\\explorer.exe"),
                    Map.of(
                            "process.executable", "C:\\Windows\\System32\\cmd.exe",
                            "process.command_line", "cmd /c \"echo a && b\"",
                            "process.pid", 500L,
                            "process.parent.executable", "C:\\Windows\\explorer.exe",
                            "user.name", "kim",
                            "event.category", List.of("process"))),
            new Event(
                    "System",
                    "Service Control Manager",
                    7045,
                    data("ServiceName", "upd", "ImagePath", "%COMSPEC% /c start", "ServiceType", "user mode service"),
                    Map.of("event.action", "service-installed", "service.name", "upd")),
            new Event(
                    "Application",
                    "MsiInstaller",
                    1033,
                    data("Product", "Tool", "Manufacturer", "Example"),
                    Map.of("event.provider", "MsiInstaller")),
            new Event(
                    "Microsoft-Windows-PowerShell/Operational",
                    "Microsoft-Windows-PowerShell",
                    4104,
                    data(
                            "MessageNumber", "1",
                            "MessageTotal", "1",
                            "ScriptBlockText", "Invoke-Expression <$x> & 'y'",
                            "ScriptBlockId", "9d21"),
                    Map.of("powershell.file.script_block_text", "Invoke-Expression <$x> & 'y'")),
            new Event(
                    "Microsoft-Windows-Windows Defender/Operational",
                    "Microsoft-Windows-Windows Defender",
                    1116,
                    data(
                            "Threat Name", "Virus:DOS/Test",
                            "Path", "file:_C:\\a\\b.exe",
                            "Detection User", "EXAMPLE\\kim"),
                    Map.of(
                            "event.action", "malware-detected",
                            "file.path", "C:\\a\\b.exe",
                            "user.name", "kim")),
            new Event(
                    "Microsoft-Windows-TaskScheduler/Operational",
                    "Microsoft-Windows-TaskScheduler",
                    106,
                    data("TaskName", "\\Updater", "UserContext", "EXAMPLE\\kim"),
                    Map.of("event.action", "scheduled-task-created", "user.name", "kim")),
            new Event(
                    "Microsoft-Windows-DNS-Client/Operational",
                    "Microsoft-Windows-DNS-Client",
                    3008,
                    data("QueryName", "www.example.net", "QueryType", "1", "QueryResults", "203.0.113.9;"),
                    Map.of("dns.question.name", "www.example.net", "dns.question.type", "A")),
            new Event(
                    "Microsoft-Windows-DNSServer/Analytical",
                    "Microsoft-Windows-DNSServer",
                    256,
                    data("QNAME", "www.example.net.", "QTYPE", "28", "Source", "192.0.2.7", "Port", "53211"),
                    Map.of("dns.question.type", "AAAA", "source.ip", "192.0.2.7", "source.port", 53211L)),
            new Event(
                    "Microsoft-Windows-Sysmon/Operational",
                    "Microsoft-Windows-Sysmon",
                    3,
                    data(
                            "UtcTime", "2026-11-22 09:15:01.250",
                            "ProcessId", "500",
                            "Image", "C:\\a\\b.exe",
                            "User", "EXAMPLE\\kim",
                            "Protocol", "tcp",
                            "Initiated", "true",
                            "SourceIp", "10.0.0.5",
                            "SourcePort", "50000",
                            "DestinationIp", "203.0.113.9",
                            "DestinationPort", "443"),
                    Map.of(
                            "destination.ip", "203.0.113.9",
                            "destination.port", 443L,
                            "source.ip", "10.0.0.5",
                            "network.transport", "tcp",
                            "network.direction", "egress",
                            "process.executable", "C:\\a\\b.exe",
                            "user.name", "kim")));

    @TestFactory
    Stream<DynamicTest> eachChannelInEachForm() {
        return EVENTS.stream().flatMap(event -> Stream.of(Form.values())
                .map(form -> DynamicTest.dynamicTest(
                        event.channel + " " + event.id + " as " + form, () -> check(event, form))));
    }

    private void check(Event event, Form form) {
        Parsed parsed = parsers.parse(Line.of(text(event, form).getBytes(StandardCharsets.UTF_8)), 0);

        assertThat(parsed.fields())
                .containsEntry("event.code", Integer.toString(event.id))
                .containsEntry("winlog.channel", event.channel)
                .containsEntry("event.provider", event.provider)
                .containsEntry("host.name", "ws1")
                .containsEntry("host.os.type", "windows");
        assertThat(io.bongsu.model.Micros.iso(parsed.time()).substring(0, 19)).isEqualTo(TIME.substring(0, 19));
        if (form == Form.SNARE && !event.channel.contains("Sysmon")) {
            // the text is all it has: what the event means stays, its data are words of a message
            assertThat(parsed.fields().get("message").toString())
                    .contains(event.data.values().iterator().next());
            return;
        }
        event.data.forEach((name, value) ->
                assertThat(parsed.fields()).containsEntry("winlog.event_data." + name.replace(" ", ""), value));
        assertThat(parsed.fields()).containsAllEntriesOf(event.expected);
    }

    private static String text(Event event, Form form) {
        return switch (form) {
            case WINLOGBEAT_JSON ->
                "{\"@timestamp\":\"" + TIME + "\",\"event\":{\"code\":" + event.id
                        + ",\"kind\":\"event\",\"provider\":\""
                        + event.provider + "\"},\"winlog\":{\"channel\":\"" + event.channel
                        + "\",\"computer_name\":\"ws1\",\"event_id\":" + event.id + ",\"provider_name\":\""
                        + event.provider + "\",\"event_data\":{" + pairs(event) + "}}}";
            case NXLOG_JSON ->
                "{\"EventTime\":\"" + TIME + "\",\"Hostname\":\"ws1\",\"Channel\":\"" + event.channel
                        + "\",\"SourceName\":\"" + event.provider + "\",\"EventID\":" + event.id + "," + pairs(event)
                        + "}";
            case XML ->
                "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='"
                        + event.provider + "'/><EventID>" + event.id + "</EventID><TimeCreated SystemTime='" + TIME
                        + "'/><Channel>" + event.channel + "</Channel><Computer>ws1</Computer></System><EventData>"
                        + event.data.entrySet().stream()
                                .map(e -> "<Data Name='" + e.getKey() + "'>"
                                        + e.getValue()
                                                .replace("&", "&amp;")
                                                .replace("<", "&lt;")
                                                .replace(">", "&gt;")
                                        + "</Data>")
                                .collect(Collectors.joining())
                        + "</EventData></Event>";
            case EVTX_DUMP_JSON ->
                "{\"Event\":{\"#attributes\":{\"xmlns\":\"x\"},\"System\":{\"Provider\":{\"#attributes\":{\"Name\":\""
                        + event.provider + "\"}},\"EventID\":" + event.id
                        + ",\"TimeCreated\":{\"#attributes\":{\"SystemTime\":\"" + TIME + "\"}},\"Channel\":\""
                        + event.channel + "\",\"Computer\":\"ws1\"},\"EventData\":{" + pairs(event) + "}}}";
            case SNARE ->
                "<14>Nov 22 09:15:02 ws1 MSWinEventLog\t1\t" + event.channel + "\t77\tSun Nov 22 09:15:01 2026\t"
                        + event.id + "\t" + event.provider + "\tSYSTEM\tUser\tInformation\tws1\tNone\t\tSaid:  "
                        + event.data.entrySet().stream()
                                .map(e -> e.getKey() + ": " + e.getValue())
                                .collect(Collectors.joining("  "))
                        + "\t77";
        };
    }

    private static String pairs(Event event) {
        return event.data.entrySet().stream()
                .map(e -> '"' + e.getKey() + "\":\""
                        + e.getValue().replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(","));
    }

    private static Map<String, String> data(String... pairs) {
        Map<String, String> data = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            data.put(pairs[i], pairs[i + 1]);
        }
        return data;
    }

    /** Without names the same data is a list in one form and numbered in another: rules find both in all of them. */
    @Test
    void dataWithoutNamesIsTheSameInEachForm() {
        List<String> lines = List.of(
                "{\"Event\":{\"System\":{\"Provider\":{\"#attributes\":{\"Name\":\"ESENT\"}},\"EventID\":325,"
                        + "\"Channel\":\"Application\",\"Computer\":\"ws1\"},\"EventData\":{\"Data\":[\"lsass\",\"C:\\\\a.dit\"]}}}",
                "{\"winlog\":{\"channel\":\"Application\",\"provider_name\":\"ESENT\",\"event_id\":\"325\","
                        + "\"event_data\":{\"param1\":\"lsass\",\"param2\":\"C:\\\\a.dit\"}}}",
                "{\"EventID\":325,\"Channel\":\"Application\",\"Provider_Name\":\"ESENT\",\"Computer\":\"ws1\","
                        + "\"Data\":[\"lsass\",\"C:\\\\a.dit\"]}");
        for (String line : lines) {
            assertThat(parsers.parse(Line.of(line.getBytes(StandardCharsets.UTF_8)), 0)
                            .fields())
                    .as(line)
                    .containsEntry("winlog.event_data.Data", List.of("lsass", "C:\\a.dit"))
                    .containsEntry("winlog.event_data.param2", "C:\\a.dit");
        }
    }

    /** NXLog says beside the data who wrote the event, under names that data have elsewhere. */
    @Test
    void whatNxlogAddsIsNotData() {
        String line = "{\"EventID\":%d,\"Channel\":\"System\",\"SourceName\":\"%s\",\"Hostname\":\"ws1\","
                + "\"LevelValue\":4,\"TaskValue\":1,\"ExecutionThreadID\":7,\"Domain\":\"NT AUTHORITY\","
                + "\"AccountName\":\"SYSTEM\",\"UserID\":\"S-1-5-18\",\"AccountType\":\"User\",\"ServiceName\":\"x\"}";
        Map<String, Object> fields = parsers.parse(
                        Line.of(line.formatted(16, "Microsoft-Windows-Kernel-General")
                                .getBytes(StandardCharsets.UTF_8)),
                        0)
                .fields();
        assertThat(fields.keySet().stream().filter(name -> name.startsWith("winlog.event_data.")))
                .containsExactly("winlog.event_data.ServiceName");
        assertThat(fields)
                .containsEntry("winlog.user.identifier", "S-1-5-18")
                .containsEntry("winlog.user.name", "SYSTEM");
        assertThat(parsers.parse(
                                Line.of(line.formatted(7045, "Service Control Manager")
                                        .getBytes(StandardCharsets.UTF_8)),
                                0)
                        .fields())
                .as("the account of the service")
                .containsEntry("winlog.event_data.AccountName", "SYSTEM");
    }
}
