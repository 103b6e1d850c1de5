package io.bongsu.ingest.parse;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A Windows event in one line of text, as agents that forward by syslog write it; its data stand in the message. */
final class WindowsLines {
    private static final Pattern OSSEC = Pattern.compile(": ");
    private static final Pattern BRACKETS = Pattern.compile("\\] \\[");
    /** Providers whose channel a shipper leaves out, by their name without blanks' substitutes. */
    private static final Map<String, String[]> EVTSYS = Map.ofEntries(
            Map.entry("security auditing", new String[] {"Microsoft-Windows-Security-Auditing", "Security"}),
            Map.entry("security", new String[] {"Security", "Security"}),
            Map.entry("eventlog", new String[] {"Microsoft-Windows-Eventlog", "System"}),
            Map.entry("service control manager", new String[] {"Service Control Manager", "System"}),
            Map.entry("kernel general", new String[] {"Microsoft-Windows-Kernel-General", "System"}),
            Map.entry("kernel power", new String[] {"Microsoft-Windows-Kernel-Power", "System"}),
            Map.entry("time service", new String[] {"Microsoft-Windows-Time-Service", "System"}),
            Map.entry("user32", new String[] {"User32", "System"}),
            Map.entry("schannel", new String[] {"Schannel", "System"}),
            Map.entry("netlogon", new String[] {"NETLOGON", "System"}),
            Map.entry("msiinstaller", new String[] {"MsiInstaller", "Application"}),
            Map.entry("windowsupdateclient", new String[] {"Microsoft-Windows-WindowsUpdateClient", "System"}),
            Map.entry(
                    "taskscheduler",
                    new String[] {"Microsoft-Windows-TaskScheduler", "Microsoft-Windows-TaskScheduler/Operational"}),
            Map.entry("grouppolicy", new String[] {"Microsoft-Windows-GroupPolicy", "System"}),
            Map.entry("distributedcom", new String[] {"Microsoft-Windows-DistributedCOM", "System"}),
            Map.entry("sysmon", new String[] {"Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational"}),
            Map.entry(
                    "powershell",
                    new String[] {"Microsoft-Windows-PowerShell", "Microsoft-Windows-PowerShell/Operational"}),
            Map.entry("windows defender", new String[] {
                "Microsoft-Windows-Windows Defender", "Microsoft-Windows-Windows Defender/Operational"
            }));

    /** The names of WinCollect and of Splunk's form. */
    private static final Set<String> PAIRS = Set.of(
            "AgentDevice",
            "AgentLogFile",
            "PluginVersion",
            "Source",
            "Computer",
            "OriginatingComputer",
            "User",
            "Domain",
            "EventID",
            "EventIDCode",
            "EventType",
            "EventCategory",
            "RecordNumber",
            "TimeGenerated",
            "TimeWritten",
            "Level",
            "Keywords",
            "Task",
            "Opcode",
            "Message",
            "LogName",
            "SourceName",
            "EventCode",
            "ComputerName",
            "Type",
            "Sid",
            "SidType",
            "TaskCategory",
            "OpCode");

    private WindowsLines() {}

    /** A line of Snare, of WinCollect or Splunk, or of the OSSEC agent; null when it is none. */
    static @Nullable WindowsParts read(String text) {
        WindowsParts snare = snare(text);
        WindowsParts pairs = snare == null ? pairs(text) : snare;
        WindowsParts columns = pairs == null ? ossec(text) : pairs;
        return columns == null ? brackets(text) : columns;
    }

    /** {@code [Security] [INFORMATION] [4624] [Microsoft-Windows-Security-Auditing] [HOST] [message]} of CloudWatch's agent. */
    private static @Nullable WindowsParts brackets(String text) {
        String[] columns = text.startsWith("[") ? BRACKETS.split(text, 6) : new String[0];
        if (columns.length < 6 || As.integer(columns[2]) == null) {
            return null;
        }
        WindowsParts parts = new WindowsParts(Map.of());
        parts.channel = columns[0].substring(1);
        parts.put(
                columns[1].contains("AUDIT") ? "winlog.keywords" : "winlog.level", columns[1].toLowerCase(Locale.ROOT));
        parts.id = columns[2];
        parts.provider = columns[3];
        parts.computer = columns[4];
        String said = columns[5].strip();
        said = said.endsWith("]") ? said.substring(0, said.length() - 1).strip() : said;
        parts.put("message", said);
        parts.said(said);
        return parts;
    }

    /** {@code MSWinEventLog}, criticality, log, counter, time, id, source, user, SID type, audit, computer, category, data, message. */
    private static @Nullable WindowsParts snare(String text) {
        int from = text.indexOf("MSWinEventLog");
        if (from < 0) {
            return null;
        }
        String line = text.substring(from).replace("#011", "\t");
        String[] columns = line.split("\t", -1);
        if (columns.length < 11 || As.integer(columns[5].strip()) == null) {
            return null;
        }
        WindowsParts parts = new WindowsParts(Map.of());
        parts.channel = columns[2].strip();
        parts.stamp = columns[4].strip();
        parts.id = columns[5].strip();
        parts.provider = columns[6].strip();
        parts.computer = columns[10].strip();
        parts.put("winlog.record_id", columns[3].isBlank() ? null : columns[3].strip());
        parts.put("winlog.keywords", columns[9].isBlank() ? null : (Object) columns[9].strip());
        StringBuilder message = new StringBuilder();
        for (int i = 13; i < columns.length; i++) {
            boolean counter = i == columns.length - 1 && i > 13 && As.integer(columns[i].strip()) != null;
            message.append(counter || columns[i].isEmpty() ? "" : columns[i]).append(' ');
        }
        String said = message.toString().strip();
        parts.put("message", said.isEmpty() ? null : said);
        parts.said(said);
        String user = columns[7].strip();
        if (!parts.data.containsKey("User") && !user.isEmpty() && !user.equals("N/A") && !user.equals("Unknown User")) {
            parts.snareUser = user;
        }
        return parts;
    }

    /**
     * {@code AgentDevice=WindowsLog AgentLogFile=Security Source=… EventID=4624 … Message=…} of WinCollect, and the same with
     * Splunk's names ({@code LogName SourceName EventCode}), between tabs, blanks or line ends; the message comes last.
     */
    private static @Nullable WindowsParts pairs(String whole) {
        String text = whole.replace("#011", "\t");
        if (!text.contains("Message=") || !text.contains("EventID=") && !text.contains("EventCode=")) {
            return null;
        }
        Map<String, String> found = new HashMap<>();
        String open = null;
        int value = 0;
        for (int equals = text.indexOf('='); equals > 0; equals = text.indexOf('=', equals + 1)) {
            int start = equals;
            while (start > 0 && Character.isLetter(text.charAt(start - 1))) {
                start--;
            }
            String key = text.substring(start, equals);
            if (PAIRS.contains(key) && (start == 0 || text.charAt(start - 1) <= ' ')) {
                if (open != null) {
                    found.putIfAbsent(open, text.substring(value, start).strip());
                }
                open = key;
                value = equals + 1;
                if (key.equals("Message")) {
                    break;
                }
            }
        }
        String said = "Message".equals(open) ? text.substring(value).strip() : "";
        Map<String, Object> values = new HashMap<>();
        found.forEach((key, word) -> values.put(key, word.isEmpty() ? "-" : word));
        WindowsParts parts = new WindowsParts(values);
        parts.id = parts.first(List.of("EventIDCode", "EventID", "EventCode"));
        parts.channel = parts.first(List.of("AgentLogFile", "LogName"));
        if (parts.id == null || parts.channel == null || As.integer(String.valueOf(parts.id)) == null) {
            return null;
        }
        parts.provider = parts.first(List.of("Source", "SourceName"));
        parts.computer = parts.first(List.of("OriginatingComputer", "Computer", "ComputerName"));
        parts.stamp = parts.first(List.of("TimeGenerated"));
        int begin = parts.stamp == null ? text.indexOf("LogName=") : -1;
        if (begin > 0) { // Splunk has the time in front
            parts.stamp = text.substring(0, begin).strip();
        }
        parts.put("winlog.record_id", found.get("RecordNumber"));
        parts.put(
                "winlog.keywords",
                switch (found.getOrDefault("EventType", "")) {
                    case "8" -> "AUDIT_SUCCESS";
                    case "16" -> "AUDIT_FAILURE";
                    default -> found.get("Keywords");
                });
        parts.put(
                "winlog.level",
                switch (found.getOrDefault("EventType", "")) {
                    case "1" -> "error";
                    case "2" -> "warning";
                    default -> null;
                });
        parts.put("message", said.isEmpty() ? null : said);
        parts.said(said);
        String user = found.getOrDefault("User", "");
        if (!parts.data.containsKey("User") && !user.isEmpty()) {
            String domain = found.getOrDefault("Domain", "");
            parts.snareUser = domain.isEmpty() || user.contains("\\") ? user : domain + "\\" + user;
        }
        return parts;
    }

    /** {@code WinEvtLog: Security: AUDIT_FAILURE(4625): Microsoft-Windows-Security-Auditing: user: domain: computer: message} */
    private static @Nullable WindowsParts ossec(String text) {
        int from = text.indexOf("WinEvtLog: ");
        String[] columns = OSSEC.split(from < 0 ? text : text.substring(from + 11), 7);
        int open = columns.length < 7 ? -1 : columns[1].indexOf('(');
        int close = open < 0 ? -1 : columns[1].indexOf(')', open);
        if (close < 0 || As.integer(columns[1].substring(open + 1, close)) == null) {
            return null;
        }
        WindowsParts parts = new WindowsParts(Map.of());
        parts.channel = columns[0].strip();
        parts.id = columns[1].substring(open + 1, close);
        parts.put("winlog.keywords", columns[1].substring(0, open));
        parts.provider = columns[2].strip();
        parts.computer = columns[5].strip();
        parts.put("message", columns[6].strip());
        parts.said(columns[6]);
        String user = columns[3].strip();
        if (!parts.data.containsKey("User") && !user.isEmpty() && !user.equals("(no user)")) {
            parts.snareUser = user;
        }
        return parts;
    }

    /**
     * The forms of eventlog-to-syslog and its like, whose program is the provider: {@code 4625: AUDIT_FAILURE An account …} or
     * {@code 4768 A Kerberos …}, the audit perhaps in the place of the process id. Null when the text begins with no id.
     */
    static @Nullable WindowsParts read(Header header, String text) {
        String program = header.appname();
        int p = 0;
        while (p < text.length() && text.charAt(p) >= '0' && text.charAt(p) <= '9') {
            p++;
        }
        if (program == null || p == 0 || p > 5 || p == text.length()) {
            return null;
        }
        WindowsParts parts = new WindowsParts(Map.of());
        parts.id = text.substring(0, p);
        String said = text.substring(text.charAt(p) == ':' ? p + 1 : p).strip();
        for (String audit : List.of("AUDIT_SUCCESS", "AUDIT_FAILURE")) {
            if (said.startsWith(audit)) {
                parts.put("winlog.keywords", audit);
                said = said.substring(audit.length()).strip();
            }
        }
        String told = header.procid();
        if (told != null && (told.equalsIgnoreCase("success") || told.equalsIgnoreCase("failure"))) {
            parts.put("winlog.keywords", "AUDIT_" + told.toUpperCase(Locale.ROOT));
        }
        String name = program.replace('_', ' ').replace('-', ' ').toLowerCase(Locale.ROOT);
        if (name.startsWith("microsoft windows ")) {
            name = name.substring("microsoft windows ".length());
        }
        String[] known = EVTSYS.get(name);
        parts.provider = known == null ? program.replace('_', ' ') : known[0];
        parts.channel = known == null ? null : known[1];
        parts.computer = header.hostname();
        parts.put("message", said);
        parts.said(said);
        return parts;
    }
}
