package io.bongsu.rules.bench;

import io.bongsu.rules.LogSource;
import io.bongsu.rules.LogSources;
import io.bongsu.rules.match.Envelope;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Made-up Windows events in the form in which rules see them, without end and never the same twice: a few values that
 * come again and again, and many that do not. The same seed gives the same events.
 */
public final class WindowsLog {
    private static final String SYSMON = "Microsoft-Windows-Sysmon";
    private static final String SYSMON_CHANNEL = SYSMON + "/Operational";
    private static final String AUDITING = "Microsoft-Windows-Security-Auditing";

    private static final String[] SYSTEM = {
        "svchost.exe",
        "lsass.exe",
        "services.exe",
        "explorer.exe",
        "wininit.exe",
        "csrss.exe",
        "winlogon.exe",
        "taskhostw.exe",
        "dllhost.exe",
        "conhost.exe",
        "RuntimeBroker.exe",
        "SearchIndexer.exe",
        "spoolsv.exe",
        "WmiPrvSE.exe",
        "backgroundTaskHost.exe",
        "sihost.exe",
        "ctfmon.exe",
        "cmd.exe",
        "msiexec.exe",
        "rundll32.exe",
        "powershell.exe",
        "net.exe",
        "reg.exe",
        "schtasks.exe",
        "sc.exe",
        "ipconfig.exe",
        "whoami.exe",
        "wevtutil.exe",
        "tasklist.exe",
        "regsvr32.exe",
        "certutil.exe",
        "bitsadmin.exe",
        "nltest.exe",
        "icacls.exe",
        "attrib.exe",
        "findstr.exe",
        "netsh.exe",
        "gpupdate.exe",
        "mshta.exe",
        "wscript.exe",
        "cscript.exe"
    };
    private static final String[] PROGRAMS = {
        "Google\\Chrome\\Application\\chrome.exe",
        "Microsoft\\Edge\\Application\\msedge.exe",
        "Mozilla Firefox\\firefox.exe",
        "Microsoft Office\\root\\Office16\\OUTLOOK.EXE",
        "Microsoft Office\\root\\Office16\\EXCEL.EXE",
        "Microsoft Office\\root\\Office16\\WINWORD.EXE",
        "7-Zip\\7z.exe",
        "Java\\jdk-21\\bin\\java.exe",
        "Git\\cmd\\git.exe",
        "nodejs\\node.exe",
        "Zoom\\bin\\Zoom.exe",
        "Windows Defender\\MsMpEng.exe",
        "VMware\\VMware Tools\\vmtoolsd.exe",
        "Docker\\Docker\\resources\\com.docker.exe",
        "Notepad++\\notepad++.exe",
        "Python311\\python.exe",
        "HanCom\\Office\\Hwp.exe",
        "AhnLab\\V3IS90\\V3Lite.exe"
    };
    private static final String[] MODULES = {
        "ntdll", "kernel32", "kernelbase", "advapi32", "user32", "gdi32", "msvcrt", "sechost", "rpcrt4", "combase",
        "ucrtbase", "bcrypt", "crypt32", "ws2_32", "dnsapi", "iphlpapi", "winhttp", "shell32", "shlwapi", "ole32",
        "oleaut32", "uxtheme", "propsys", "version", "dbghelp", "samlib", "netapi32", "userenv", "wtsapi32", "clr"
    };
    private static final String[] WORDS = {
        "report", "backup", "invoice", "update", "setup", "config", "sync", "agent", "client", "service", "cache",
        "index", "export", "import", "daily", "monitor", "inventory", "deploy", "build", "test", "data", "archive",
        "보고서", "회계", "주문", "model", "license", "session", "policy", "metrics"
    };
    private static final String[] TLDS = {"com", "net", "org", "co.kr", "io", "local"};

    private final SplittableRandom random;
    private final double processCreations;
    private long record = 1_000_000;

    /**
     * An event.
     *
     * @param fields flat, under the names of the pipeline
     * @param envelope what the pipeline keeps beside them
     */
    public record Event(Set<LogSource> sources, Map<String, Object> fields, Envelope envelope) {}

    private WindowsLog(long seed, double processCreations) {
        this.random = new SplittableRandom(seed);
        this.processCreations = processCreations;
    }

    /** All sorts of events, three in a thousand of them process creations. */
    public static WindowsLog mixed(long seed) {
        return new WindowsLog(seed, 0.003);
    }

    /** Process creations alone. */
    public static WindowsLog processCreations(long seed) {
        return new WindowsLog(seed, 1);
    }

    public Event next() {
        Map<String, Object> data = new LinkedHashMap<>();
        if (random.nextDouble() < processCreations) {
            return random.nextInt(10) < 7 ? sysmonProcess(data) : auditedProcess(data);
        }
        int kind = random.nextInt(1_000);
        if (kind < 150) {
            return processAccess(data);
        } else if (kind < 300) {
            return imageLoad(data);
        } else if (kind < 420) {
            return registry(data);
        } else if (kind < 500) {
            return file(data);
        } else if (kind < 570) {
            return network(data);
        } else if (kind < 610) {
            return dns(data);
        } else if (kind < 760) {
            return filtering(data);
        } else if (kind < 940) {
            return logon(data);
        } else if (kind < 985) {
            return objectAccess(data);
        } else if (kind < 990) {
            return script(data);
        }
        return system(data);
    }

    private Event sysmonProcess(Map<String, Object> data) {
        String image = image();
        String parent = image();
        data.put("RuleName", "-");
        data.put("UtcTime", time());
        data.put("ProcessGuid", guid());
        data.put("ProcessId", pid());
        data.put("Image", image);
        data.put("FileVersion", "10.0.19041." + random.nextInt(4_000) + " (WinBuild.160101.0800)");
        data.put("Description", name(image).replace(".exe", "") + " for Windows");
        data.put("Product", random.nextInt(3) == 0 ? word() + " " + word() : "Microsoft® Windows® Operating System");
        data.put("Company", random.nextInt(3) == 0 ? word() + " Inc." : "Microsoft Corporation");
        data.put("OriginalFileName", name(image));
        data.put("CommandLine", commandLine(image));
        data.put("CurrentDirectory", directory());
        data.put("User", domain() + "\\" + user());
        data.put("LogonGuid", guid());
        data.put("LogonId", hex(20));
        data.put("TerminalSessionId", (long) random.nextInt(4));
        data.put("IntegrityLevel", pick("System", "High", "Medium", "Low"));
        data.put("Hashes", "MD5=" + digits(32) + ",SHA256=" + digits(64) + ",IMPHASH=" + digits(32));
        data.put("ParentProcessGuid", guid());
        data.put("ParentProcessId", pid());
        data.put("ParentImage", parent);
        data.put("ParentCommandLine", commandLine(parent));
        data.put("ParentUser", domain() + "\\" + user());
        return event(SYSMON_CHANNEL, SYSMON, 1, data);
    }

    private Event auditedProcess(Map<String, Object> data) {
        String image = image();
        data.put("SubjectUserSid", sid());
        data.put("SubjectUserName", user());
        data.put("SubjectDomainName", domain());
        data.put("SubjectLogonId", hex(20));
        data.put("NewProcessId", "0x" + Integer.toHexString(random.nextInt(40_000)));
        data.put("NewProcessName", image);
        data.put("Image", image);
        data.put("TokenElevationType", pick("%%1936", "%%1937", "%%1938"));
        data.put("ProcessId", "0x" + Integer.toHexString(random.nextInt(40_000)));
        data.put("CommandLine", commandLine(image));
        data.put("TargetUserSid", "S-1-0-0");
        data.put("TargetUserName", "-");
        data.put("ParentProcessName", image());
        data.put("ParentImage", data.get("ParentProcessName"));
        data.put("MandatoryLabel", pick("S-1-16-8192", "S-1-16-12288", "S-1-16-16384"));
        return event("Security", AUDITING, 4688, data);
    }

    private Event processAccess(Map<String, Object> data) {
        data.put("UtcTime", time());
        data.put("SourceProcessGUID", guid());
        data.put("SourceProcessId", pid());
        data.put("SourceThreadId", pid());
        data.put("SourceImage", image());
        data.put("TargetProcessGUID", guid());
        data.put("TargetProcessId", pid());
        data.put("TargetImage", image());
        data.put("GrantedAccess", pick("0x1000", "0x1400", "0x1410", "0x1fffff", "0x40", "0x3000", "0x101000"));
        data.put("CallTrace", trace());
        data.put("SourceUser", domain() + "\\" + user());
        data.put("TargetUser", domain() + "\\" + user());
        return event(SYSMON_CHANNEL, SYSMON, 10, data);
    }

    private String trace() {
        StringBuilder trace = new StringBuilder();
        for (int i = 3 + random.nextInt(8); i > 0; i--) {
            trace.append("C:\\Windows\\SYSTEM32\\")
                    .append(MODULES[few(MODULES.length)])
                    .append(".dll+")
                    .append(Integer.toHexString(few(40) * 4_096 + few(30) * 16))
                    .append(i == 1 ? "" : "|");
        }
        return trace.toString();
    }

    private Event imageLoad(Map<String, Object> data) {
        String module = MODULES[few(MODULES.length)];
        data.put("UtcTime", time());
        data.put("ProcessGuid", guid());
        data.put("ProcessId", pid());
        data.put("Image", image());
        data.put(
                "ImageLoaded",
                random.nextInt(8) == 0
                        ? directory() + word() + random.nextInt(1_000) + ".dll"
                        : "C:\\Windows\\System32\\" + module + ".dll");
        data.put("FileVersion", "10.0.19041." + random.nextInt(4_000));
        data.put("Description", module + " library");
        data.put("Product", "Microsoft® Windows® Operating System");
        data.put("Company", "Microsoft Corporation");
        data.put("OriginalFileName", module + ".dll");
        data.put("Hashes", "MD5=" + digits(32) + ",SHA256=" + digits(64));
        data.put("Signed", random.nextInt(10) > 0 ? "true" : "false");
        data.put("Signature", "Microsoft Windows");
        data.put("SignatureStatus", "Valid");
        data.put("User", domain() + "\\" + user());
        return event(SYSMON_CHANNEL, SYSMON, 7, data);
    }

    private Event registry(Map<String, Object> data) {
        boolean set = random.nextInt(3) > 0;
        data.put("EventType", set ? "SetValue" : pick("CreateKey", "DeleteKey", "DeleteValue"));
        data.put("UtcTime", time());
        data.put("ProcessGuid", guid());
        data.put("ProcessId", pid());
        data.put("Image", image());
        data.put(
                "TargetObject",
                pick(
                                "HKLM\\System\\CurrentControlSet\\Services\\",
                                "HKU\\S-1-5-21\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Explorer\\",
                                "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tree\\",
                                "HKCR\\Local Settings\\MuiCache\\",
                                "HKLM\\SOFTWARE\\Classes\\CLSID\\{" + guid() + "}\\")
                        + word() + random.nextInt(3_000) + "\\" + word());
        if (set) {
            data.put("Details", pick("DWORD (0x00000001)", "Binary Data", directory() + word() + ".dat", "(Empty)"));
        }
        data.put("User", domain() + "\\" + user());
        return event(SYSMON_CHANNEL, SYSMON, set ? 13 : 12, data);
    }

    private Event file(Map<String, Object> data) {
        data.put("UtcTime", time());
        data.put("ProcessGuid", guid());
        data.put("ProcessId", pid());
        data.put("Image", image());
        data.put(
                "TargetFilename",
                directory() + word() + random.nextInt(100_000) + pick(".tmp", ".log", ".dll", ".exe", ".xlsx", ".ps1"));
        data.put("CreationUtcTime", time());
        data.put("User", domain() + "\\" + user());
        return event(SYSMON_CHANNEL, SYSMON, 11, data);
    }

    private Event network(Map<String, Object> data) {
        data.put("UtcTime", time());
        data.put("ProcessGuid", guid());
        data.put("ProcessId", pid());
        data.put("Image", image());
        data.put("User", domain() + "\\" + user());
        data.put("Protocol", pick("tcp", "udp"));
        data.put("Initiated", pick("true", "false"));
        data.put("SourceIp", address(true));
        data.put("SourceHostname", host());
        data.put("SourcePort", (long) random.nextInt(1_024, 65_536));
        data.put("DestinationIp", address(random.nextBoolean()));
        data.put("DestinationHostname", random.nextBoolean() ? name() : "-");
        data.put("DestinationPort", Long.parseLong(pick("443", "80", "53", "445", "389", "88", "3389", "8080")));
        return event(SYSMON_CHANNEL, SYSMON, 3, data);
    }

    private Event dns(Map<String, Object> data) {
        data.put("UtcTime", time());
        data.put("ProcessGuid", guid());
        data.put("ProcessId", pid());
        data.put("QueryName", name());
        data.put("QueryStatus", "0");
        data.put("QueryResults", "::ffff:" + address(false) + ";");
        data.put("Image", image());
        data.put("User", domain() + "\\" + user());
        return event(SYSMON_CHANNEL, SYSMON, 22, data);
    }

    private Event filtering(Map<String, Object> data) {
        data.put("ProcessID", pid());
        data.put(
                "Application",
                "\\device\\harddiskvolume3\\" + image().substring(3).toLowerCase(java.util.Locale.ROOT));
        data.put("Direction", pick("%%14592", "%%14593"));
        data.put("SourceAddress", address(true));
        data.put("SourcePort", String.valueOf(random.nextInt(1_024, 65_536)));
        data.put("DestAddress", address(random.nextBoolean()));
        data.put("DestPort", pick("443", "80", "53", "445", "389", "88"));
        data.put("Protocol", pick("6", "17"));
        data.put("FilterRTID", String.valueOf(few(3_000)));
        data.put("LayerName", pick("%%14610", "%%14611"));
        data.put("LayerRTID", pick("44", "48"));
        return event("Security", AUDITING, random.nextInt(4) == 0 ? 5158 : 5156, data);
    }

    private Event logon(Map<String, Object> data) {
        int id = Integer.parseInt(pick("4624", "4634", "4672", "4625", "4648", "4769", "4776"));
        data.put("SubjectUserSid", sid());
        data.put("SubjectUserName", user());
        data.put("SubjectDomainName", domain());
        data.put("SubjectLogonId", hex(20));
        data.put("TargetUserSid", sid());
        data.put("TargetUserName", random.nextBoolean() ? user() : host() + "$");
        data.put("TargetDomainName", domain());
        data.put("TargetLogonId", hex(28));
        data.put("LogonType", pick("3", "5", "2", "10", "7"));
        data.put("LogonProcessName", pick("Kerberos", "Advapi  ", "NtLmSsp ", "User32 "));
        data.put("AuthenticationPackageName", pick("Kerberos", "Negotiate", "NTLM"));
        data.put("WorkstationName", host());
        data.put("LogonGuid", "{" + guid() + "}");
        data.put("ProcessId", hex(14));
        data.put("ProcessName", image());
        data.put("IpAddress", address(true));
        data.put("IpPort", String.valueOf(random.nextInt(1_024, 65_536)));
        data.put("ImpersonationLevel", "%%1833");
        return event("Security", AUDITING, id, data);
    }

    private Event objectAccess(Map<String, Object> data) {
        data.put("SubjectUserSid", sid());
        data.put("SubjectUserName", user());
        data.put("SubjectDomainName", domain());
        data.put("SubjectLogonId", hex(20));
        data.put("ObjectServer", "Security");
        data.put("ObjectType", pick("File", "Key", "Process"));
        data.put("ObjectName", directory() + word() + random.nextInt(10_000) + ".docx");
        data.put("HandleId", hex(12));
        data.put("AccessList", pick("%%4416", "%%4417", "%%1538", "%%4423"));
        data.put("AccessMask", pick("0x1", "0x2", "0x20000", "0x80"));
        data.put("ProcessId", hex(14));
        data.put("ProcessName", image());
        return event("Security", AUDITING, Integer.parseInt(pick("4663", "4656", "5145")), data);
    }

    private Event script(Map<String, Object> data) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(5, 120); i > 0; i--) {
            text.append("function Get-")
                    .append(word())
                    .append(random.nextInt(1_000))
                    .append(" { param($")
                    .append(word())
                    .append(") ")
                    .append(pick("Get-ChildItem", "Write-Output", "Select-Object Name"))
                    .append(" | Where-Object { $_.Length -gt ")
                    .append(random.nextInt(10_000))
                    .append(" } }\r\n");
        }
        data.put("MessageNumber", 1L);
        data.put("MessageTotal", 1L);
        data.put("ScriptBlockText", text.toString());
        data.put("ScriptBlockId", guid());
        data.put("Path", random.nextBoolean() ? "" : "C:\\Scripts\\" + word() + ".ps1");
        return event("Microsoft-Windows-PowerShell/Operational", "Microsoft-Windows-PowerShell", 4104, data);
    }

    private Event system(Map<String, Object> data) {
        data.put("param1", word() + " " + word() + " Service");
        data.put("param2", pick("running", "stopped"));
        data.put("Binary", digits(40));
        return event("System", "Service Control Manager", random.nextInt(9) == 0 ? 7040 : 7036, data);
    }

    private Event event(String channel, String provider, int id, Map<String, Object> data) {
        Map<String, Object> fields = new LinkedHashMap<>(64);
        String host = host();
        record++;
        fields.put("event.kind", "event");
        fields.put("event.module", "windows");
        fields.put("event.code", (long) id);
        fields.put("event.provider", provider);
        fields.put("winlog.channel", channel);
        fields.put("winlog.provider_name", provider);
        fields.put("winlog.computer_name", host);
        fields.put("winlog.record_id", record);
        fields.put("winlog.process.pid", pid());
        fields.put("winlog.process.thread.id", pid());
        fields.put("host.name", host);
        fields.put("host.hostname", host);
        StringBuilder json = new StringBuilder("{\"Event\":{\"System\":{\"Provider\":{\"Name\":\"")
                .append(provider)
                .append("\"},\"EventID\":")
                .append(id)
                .append(",\"Version\":5,\"Level\":4,\"Task\":1,\"Opcode\":0,\"Keywords\":\"0x8000000000000000\",")
                .append("\"TimeCreated\":{\"SystemTime\":\"")
                .append(time())
                .append("Z\"},\"EventRecordID\":")
                .append(record)
                .append(",\"Channel\":\"")
                .append(channel)
                .append("\",\"Computer\":\"")
                .append(host)
                .append("\"},\"EventData\":{");
        String comma = "";
        for (Map.Entry<String, Object> entry : data.entrySet()) {
            String text = entry.getValue().toString();
            fields.put("winlog.event_data." + entry.getKey(), entry.getValue());
            json.append(comma)
                    .append('"')
                    .append(entry.getKey())
                    .append("\":\"")
                    .append(text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\r\n", "\\r\\n"))
                    .append('"');
            comma = ",";
        }
        String original = json.append("}}}").toString();
        return new Event(
                LogSources.builtIn().windows(channel, provider, id, data::get),
                fields,
                new Envelope(original, "windows.forwarded", null, null));
    }

    /** A number below the bound, small ones much more often. */
    private int few(int bound) {
        double r = random.nextDouble();
        return (int) (r * r * r * bound);
    }

    private String pick(String... of) {
        return of[few(of.length)];
    }

    private String image() {
        return switch (few(12)) {
            case 0, 1, 2, 3, 4, 5 -> "C:\\Windows\\System32\\" + SYSTEM[few(SYSTEM.length)];
            case 6, 7, 8, 9 -> "C:\\Program Files\\" + PROGRAMS[few(PROGRAMS.length)];
            case 10 -> "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";
            default -> directory() + word() + random.nextInt(5_000) + ".exe";
        };
    }

    private static String name(String image) {
        return image.substring(image.lastIndexOf('\\') + 1);
    }

    private String commandLine(String image) {
        String quoted = random.nextInt(3) == 0 ? image : '"' + image + '"';
        return switch (random.nextInt(14)) {
            case 0, 1 ->
                "C:\\Windows\\system32\\svchost.exe -k " + pick("netsvcs", "LocalService", "wsappx") + " -p -s "
                        + pick("Schedule", "BITS", "wuauserv", "Winmgmt", "gpsvc");
            case 2 ->
                quoted
                        + " --type=renderer --lang=ko --device-scale-factor=1 --num-raster-threads=4 --renderer-client-id="
                        + random.nextInt(10_000) + " --time-ticks-at-unix-epoch=-" + random.nextLong(1L << 50)
                        + " --field-trial-handle=" + random.nextInt(10_000) + ",i," + random.nextLong(1L << 60);
            case 3 ->
                quoted + " /c \"" + directory() + word() + random.nextInt(1_000) + ".bat\" " + word() + " > nul 2>&1";
            case 4 ->
                quoted + " -NoProfile -ExecutionPolicy Bypass -File \"" + directory() + word() + "-" + word()
                        + ".ps1\" -Name " + host();
            case 5 ->
                quoted + " -jar C:\\apps\\" + word() + "\\" + word() + "-" + random.nextInt(20) + "."
                        + random.nextInt(20) + ".jar --server.port=" + random.nextInt(1_024, 65_536);
            case 6 -> quoted + " status --porcelain=v2 --branch --untracked-files=all -- " + directory() + word();
            case 7 ->
                quoted + " /i \"\\\\" + host() + "\\share\\" + word() + random.nextInt(100) + ".msi\" /qn /norestart";
            case 8 -> quoted + " query \"HKLM\\SOFTWARE\\" + word() + "\\" + word() + "\" /v " + word();
            case 9 -> quoted + " \"" + directory() + word() + " " + word() + " " + random.nextInt(1_000) + ".xlsx\"";
            case 10 -> quoted + " use \\\\" + host() + "\\" + word() + "$ /user:" + domain() + "\\" + user();
            case 11 ->
                random.nextInt(4) == 0
                        ? quoted + " -nop -w hidden -enc " + digits(200)
                        : quoted + " /create /tn " + word() + random.nextInt(100) + " /sc daily /tr \"" + directory()
                                + word() + ".exe\"";
            default -> quoted;
        };
    }

    private String directory() {
        return switch (few(6)) {
            case 0 -> "C:\\Users\\" + user() + "\\AppData\\Local\\Temp\\";
            case 1 -> "C:\\ProgramData\\" + word() + "\\";
            case 2 -> "C:\\Users\\" + user() + "\\Documents\\" + word() + "\\";
            case 3 -> "D:\\" + word() + "\\" + word() + random.nextInt(100) + "\\";
            case 4 -> "C:\\Windows\\Temp\\";
            default -> "C:\\inetpub\\wwwroot\\" + word() + "\\";
        };
    }

    private String user() {
        return switch (few(4)) {
            case 0 -> "SYSTEM";
            case 1 -> "svc_" + WORDS[few(WORDS.length)];
            default -> "user" + few(2_000);
        };
    }

    private String word() {
        return WORDS[few(WORDS.length)];
    }

    private String host() {
        return "WIN-" + (1_000 + few(3_000)) + ".corp.example";
    }

    private String name() {
        return word() + "-" + few(20_000) + "." + word() + "." + pick(TLDS);
    }

    private String domain() {
        return pick("NT AUTHORITY", "CORP", "BUILTIN");
    }

    private String address(boolean inside) {
        return inside
                ? "10." + few(30) + "." + few(250) + "." + random.nextInt(250)
                : random.nextInt(1, 224) + "." + random.nextInt(256) + "." + random.nextInt(256) + "."
                        + random.nextInt(250);
    }

    private long pid() {
        return random.nextInt(40_000) & ~3;
    }

    private String sid() {
        return random.nextInt(3) == 0 ? "S-1-5-18" : "S-1-5-21-1004336348-1177238915-682003330-" + few(5_000);
    }

    private String hex(int bits) {
        return "0x" + Integer.toHexString(random.nextInt(1 << bits));
    }

    private String digits(int count) {
        StringBuilder digits = new StringBuilder(count);
        for (int i = 0; i < count; i++) {
            digits.append(Character.forDigit(random.nextInt(16), 16));
        }
        return digits.toString().toUpperCase(java.util.Locale.ROOT);
    }

    private String guid() {
        return digits(8) + "-" + digits(4) + "-" + digits(4) + "-" + digits(4) + "-" + digits(12);
    }

    private String time() {
        return "2026-11-22 " + two(24) + ":" + two(60) + ":" + two(60) + "." + (100 + random.nextInt(900));
    }

    private String two(int bound) {
        int n = random.nextInt(bound);
        return n < 10 ? "0" + n : Integer.toString(n);
    }
}
