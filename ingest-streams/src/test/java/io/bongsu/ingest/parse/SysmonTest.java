package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.Micros;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each event of Sysmon has an action, a category and the names of ECS that its data has. */
class SysmonTest {
    private static final ParserSet PARSERS = ParserSet.load(List.of()).parsers();

    static Stream<Arguments> events() {
        return Stream.of(
                event(
                        2,
                        "file/change",
                        "Image=C:\\a.exe TargetFilename=C:\\t\\x.txt",
                        "process.name=a.exe file.path=C:\\t\\x.txt file.name=x.txt"),
                event(4, "process/change", "State=Started Version=15.1", "event.action=Sysmon_service_state_changed"),
                event(5, "process/end", "Image=C:\\a.exe ProcessId=42", "process.executable=C:\\a.exe process.pid=42"),
                event(
                        6,
                        "driver/start",
                        "ImageLoaded=C:\\d.sys Hashes=SHA256=AB Signed=true Signature=Vendor SignatureStatus=Valid",
                        "file.path=C:\\d.sys file.hash.sha256=ab file.code_signature.subject_name=Vendor file.code_signature.valid=true"),
                event(
                        7,
                        "process/change",
                        "Image=C:\\a.exe ImageLoaded=C:\\d.dll Hashes=MD5=CD,IMPHASH=EF OriginalFileName=d.dll",
                        "process.name=a.exe dll.path=C:\\d.dll dll.name=d.dll dll.hash.md5=cd dll.pe.imphash=ef dll.pe.original_file_name=d.dll"),
                event(
                        8,
                        "process/change",
                        "SourceImage=C:\\a.exe SourceProcessId=42 TargetImage=C:\\lsass.exe StartModule=C:\\k.dll",
                        "process.executable=C:\\a.exe process.pid=42 winlog.event_data.TargetImage=C:\\lsass.exe"),
                event(
                        9,
                        "process/access",
                        "Image=C:\\a.exe Device=\\Device\\HarddiskVolume2",
                        "process.name=a.exe file.path=\\Device\\HarddiskVolume2"),
                event(
                        10,
                        "process/access",
                        "SourceImage=C:\\a.exe SourceThreadId=7 TargetImage=C:\\lsass.exe GrantedAccess=0x1010",
                        "process.executable=C:\\a.exe process.thread.id=7 winlog.event_data.GrantedAccess=0x1010"),
                event(
                        11,
                        "file/creation",
                        "Image=C:\\a.exe TargetFilename=C:\\t\\x.exe",
                        "file.extension=exe file.directory=C:\\t"),
                event(
                        12,
                        "configuration+registry/change",
                        "EventType=CreateKey Image=C:\\a.exe TargetObject=HKLM\\SOFTWARE\\K",
                        "registry.hive=HKLM registry.path=HKLM\\SOFTWARE\\K process.name=a.exe"),
                event(
                        13,
                        "configuration+registry/change",
                        "EventType=SetValue TargetObject=HKU\\S-1\\Run\\V Details=calc.exe",
                        "registry.hive=HKU registry.value=V registry.data.strings=[calc.exe]"),
                event(
                        14,
                        "configuration+registry/change",
                        "EventType=RenameKey TargetObject=HKLM\\A NewName=HKLM\\B",
                        "registry.path=HKLM\\A winlog.event_data.NewName=HKLM\\B"),
                event(
                        15,
                        "file/access",
                        "Image=C:\\a.exe TargetFilename=C:\\x.zip:Zone.Identifier Hash=SHA1=AB Contents=[ZoneTransfer]",
                        "file.path=C:\\x.zip:Zone.Identifier file.hash.sha1=ab"),
                event(
                        16,
                        "configuration/change",
                        "Configuration=C:\\s.xml ConfigurationFileHash=SHA256=AB",
                        "winlog.event_data.Configuration=C:\\s.xml"),
                event(17, "file/creation", "Image=C:\\a.exe PipeName=\\evil", "file.name=\\evil process.name=a.exe"),
                event(18, "file/access", "Image=C:\\a.exe PipeName=\\evil", "file.name=\\evil process.name=a.exe"),
                event(
                        19,
                        "process/info",
                        "Operation=Created User=E\\kim EventNamespace=root Name=f Query=SELECT",
                        "user.name=kim user.domain=E winlog.event_data.Query=SELECT"),
                event(
                        20,
                        "process/change",
                        "Operation=Created User=E\\kim Type=CommandLine Destination=C:\\c.exe",
                        "process.executable=C:\\c.exe user.name=kim"),
                event(
                        21,
                        "process/access",
                        "Operation=Created User=E\\kim Consumer=c Filter=f",
                        "user.name=kim winlog.event_data.Filter=f"),
                event(
                        22,
                        "network/connection+protocol+info",
                        "Image=C:\\a.exe QueryName=evil.example QueryStatus=0 QueryResults=203.0.113.9;",
                        "dns.question.name=evil.example dns.resolved_ip=[203.0.113.9] network.protocol=dns"),
                event(
                        23,
                        "file/deletion",
                        "Image=C:\\a.exe TargetFilename=C:\\x.log Hashes=SHA256=AB Archived=true User=E\\kim RuleName=T1070",
                        "file.path=C:\\x.log file.hash.sha256=ab user.name=kim rule.name=T1070"),
                event(
                        24,
                        "process/change",
                        "Image=C:\\a.exe Hashes=SHA1=AB ClientInfo=user:E\\kim",
                        "process.hash.sha1=ab process.name=a.exe"),
                event(
                        25,
                        "process/change",
                        "Image=C:\\a.exe Type=Image_is_replaced",
                        "process.executable=C:\\a.exe winlog.event_data.Type=Image_is_replaced"),
                event(26, "file/deletion", "Image=C:\\a.exe TargetFilename=C:\\x.log", "file.path=C:\\x.log"),
                event(
                        27,
                        "file/creation",
                        "Image=C:\\a.exe TargetFilename=C:\\x.exe Hashes=MD5=AB",
                        "file.path=C:\\x.exe file.hash.md5=ab event.outcome=failure"),
                event(
                        28,
                        "file/deletion",
                        "Image=C:\\sdelete.exe TargetFilename=C:\\x.doc",
                        "file.path=C:\\x.doc process.name=sdelete.exe event.outcome=failure"),
                event(
                        29,
                        "file/creation",
                        "Image=C:\\a.exe TargetFilename=C:\\x.exe Hashes=IMPHASH=AB",
                        "file.path=C:\\x.exe file.pe.imphash=ab"),
                event(
                        255,
                        "process/info",
                        "ID=DriverCommunication Description=lost",
                        "error.code=DriverCommunication error.message=lost event.outcome=failure"));
    }

    private static Arguments event(int id, String kind, String data, String expected) {
        return Arguments.of(id, kind, data, expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("events")
    void isUnderstood(int id, String kind, String data, String expected) {
        StringBuilder xml = new StringBuilder(
                "<Event><System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>" + id
                        + "</EventID><TimeCreated SystemTime='2026-11-22T09:15:01Z'/>"
                        + "<Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>ws1</Computer></System><EventData>");
        pairs(data).forEach((name, value) -> xml.append("<Data Name='")
                .append(name)
                .append("'>")
                .append(value)
                .append("</Data>"));
        byte[] line = xml.append("</EventData></Event>").toString().getBytes(StandardCharsets.UTF_8);

        Parsed parsed = PARSERS.parse(Line.of(line), Micros.UNKNOWN);

        assertThat(parsed.unrecognised()).isNull();
        assertThat(parsed.fields().get("event.code")).isEqualTo(String.valueOf(id));
        assertThat(parsed.fields().get("event.action")).isNotNull();
        assertThat(String.join("+", strings(parsed, "event.category")) + "/"
                        + String.join("+", strings(parsed, "event.type")))
                .isEqualTo(kind);
        pairs(expected).forEach((name, value) -> assertThat(
                        String.valueOf(parsed.fields().get(name)).replace(' ', '_'))
                .as(name)
                .isEqualTo(value));
        pairs(data).forEach((name, value) -> assertThat(parsed.fields())
                .containsEntry("winlog.event_data." + name, value));
    }

    private static List<String> strings(Parsed parsed, String name) {
        return ((List<?>) parsed.fields().get(name))
                .stream().map(Object::toString).toList();
    }

    private static Map<String, String> pairs(String text) {
        Map<String, String> pairs = new TreeMap<>();
        for (String pair : text.split(" ")) {
            int equals = pair.indexOf('=');
            pairs.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return pairs;
    }
}
