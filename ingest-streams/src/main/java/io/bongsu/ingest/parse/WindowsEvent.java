package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import io.bongsu.rules.LogSource;
import io.bongsu.rules.LogSources;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlReader;
import io.bongsu.rules.yaml.YamlScalar;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Windows event in the shapes in which events are exchanged: XML; the XML turned into JSON (evtx_dump and its kin);
 * Winlogbeat; flat records of NXLog and Sigma tools; the lines of Snare. All become the same fields: the event's own
 * data under {@code winlog.event_data.*} as text, and the log sources that Sigma gives them. What they mean in ECS is
 * said in {@code windows.*.yml}, which sees the data as variables ({@code _TargetUserName}).
 */
final class WindowsEvent {
    /** Bits of the keywords. */
    private static final long AUDIT_FAILURE = 0x10000000000000L;

    private static final long AUDIT_SUCCESS = 0x20000000000000L;

    private static final Pattern OSSEC = Pattern.compile(": ");
    private static final String NXLOG = "NXLOG@14506.";

    private static final Map<String, String> PARAMETERS = parameters();

    /** Providers whose channel a shipper leaves out, by their name without blanks' substitutes. */
    private static final Map<String, String[]> EVTSYS = Map.ofEntries(
            Map.entry("security auditing", new String[] {"Microsoft-Windows-Security-Auditing", "Security"}),
            Map.entry("security", new String[] {"Security", "Security"}),
            Map.entry("eventlog", new String[] {"Microsoft-Windows-Eventlog", "System"}),
            Map.entry("service control manager", new String[] {"Service Control Manager", "System"}),
            Map.entry("kernel general", new String[] {"Microsoft-Windows-Kernel-General", "System"}),
            Map.entry("kernel power", new String[] {"Microsoft-Windows-Kernel-Power", "System"}),
            Map.entry("time service", new String[] {"Microsoft-Windows-Time-Service", "System"}),
            Map.entry("grouppolicy", new String[] {"Microsoft-Windows-GroupPolicy", "System"}),
            Map.entry("distributedcom", new String[] {"Microsoft-Windows-DistributedCOM", "System"}),
            Map.entry("sysmon", new String[] {"Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational"}),
            Map.entry(
                    "powershell",
                    new String[] {"Microsoft-Windows-PowerShell", "Microsoft-Windows-PowerShell/Operational"}),
            Map.entry("windows defender", new String[] {
                "Microsoft-Windows-Windows Defender", "Microsoft-Windows-Windows Defender/Operational"
            }));

    private static final DateFormat DATE = new DateFormat.Auto();

    /** What stands for no value. It stays in the data. */
    private static final Set<String> NOTHING =
            Set.of("", "-", "{00000000-0000-0000-0000-000000000000}", "00000000-0000-0000-0000-000000000000", "N/A");

    private static final String DATA = "winlog.event_data.";
    private static final String USER_DATA = "winlog.user_data.";

    /** Where flat records say what XML says in its System part; the first that is there counts. */
    private static final List<String> IDS = List.of("EventID", "EventId", "event_id", "EventCode");

    private static final List<String> CHANNELS = List.of("Channel", "channel", "LogName", "log_name", "EventLog");
    private static final List<String> PROVIDERS = List.of(
            "Provider_Name",
            "ProviderName",
            "SourceName",
            "Provider",
            "provider_name",
            "source_name",
            "EventSourceName");
    private static final List<String> COMPUTERS =
            List.of("Computer", "Hostname", "ComputerName", "computer_name", "MachineName", "host");
    private static final List<String> TIMES = List.of(
            "SystemTime",
            "TimeCreated_SystemTime",
            "TimeCreated",
            "@timestamp",
            "EventTime",
            "timestamp",
            "UtcTime",
            "Timestamp",
            "TimeGenerated",
            "time_generated",
            "EventCreatedTime");

    /** How converters from XML to JSON write the name of {@code <Data Name="x">}, and its text. */
    static final Map<String, String> NAMED_TEXTS = Map.of(
            ".@Name", ".#text",
            ".#attributes.Name", ".#text",
            ".Name", ".#text",
            ".@_Name", ".#text",
            ".-Name", ".#text",
            ".$.Name", "._",
            "._attributes.Name", "._text");

    static final List<String> ELEMENT_TEXTS = List.of(".#text", "._", "._text", ".text", ".Value", ".$t", ".content");

    /** Where exports keep the XML of the event. */
    private static final List<String> ORIGINALS =
            List.of("event.original", "message", "_raw", "result._raw", "_source.event.original", "xml", "Xml");

    /** What stands around the event in exports of Elasticsearch, Splunk and Chainsaw. */
    private static final List<String> FRAMES = List.of("_source.", "result.", "document.data.");

    /** What tools write as one object or text in a flat record; the event's data is in there. */
    private static final List<String> NESTED =
            List.of("EventData.", "AllFieldInfo.", "ExtraFieldInfo.", "EventData.EventData.");

    /** The columns of EvtxECmd that are no data of the event, and those that Get-WinEvent gives each event. */
    private static final Set<String> ECMD = Set.of(
            "ChunkNumber",
            "ExecutableInfo",
            "ExtraDataOffset",
            "HiddenRecord",
            "MapDescription",
            "Payload",
            "PayloadData1",
            "PayloadData2",
            "PayloadData3",
            "PayloadData4",
            "PayloadData5",
            "PayloadData6",
            "EventRecordId",
            "ProcessId",
            "RemoteHost",
            "SourceFile",
            "ThreadId",
            "UserId",
            "UserName");

    /** How Hayabusa shortens channels. */
    private static final Map<String, String> SHORT = Map.ofEntries(
            Map.entry("Sec", "Security"),
            Map.entry("Sys", "System"),
            Map.entry("App", "Application"),
            Map.entry("Sysmon", "Microsoft-Windows-Sysmon/Operational"),
            Map.entry("PwSh", "Microsoft-Windows-PowerShell/Operational"),
            Map.entry("PwShClassic", "Windows PowerShell"),
            Map.entry("Defender", "Microsoft-Windows-Windows Defender/Operational"),
            Map.entry("Firewall", "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"),
            Map.entry("TaskSch", "Microsoft-Windows-TaskScheduler/Operational"),
            Map.entry("WMI", "Microsoft-Windows-WMI-Activity/Operational"),
            Map.entry("BitsCli", "Microsoft-Windows-Bits-Client/Operational"),
            Map.entry("DNS-Cli", "Microsoft-Windows-DNS-Client/Operational"),
            Map.entry("NTLM", "Microsoft-Windows-NTLM/Operational"),
            Map.entry("WinRM", "Microsoft-Windows-WinRM/Operational"));

    /** As Azure's portal exports it, in UTC. */
    private static final Pattern PORTAL_DATE =
            Pattern.compile("(\\d{1,2})/(\\d{1,2})/(\\d{4}), (\\d{1,2})(:\\d{2}:\\d{2}(?:\\.\\d{1,9})?) ([AP])M");

    private static final Pattern DOTNET_DATE = Pattern.compile("/Date\\((-?[0-9]{1,18})\\)/");

    /** What shippers add to a flat record, and what is taken into fields of its own. */
    private static final Set<String> NOT_DATA = Set.of(
            "AccountType",
            "ActivityID",
            "EventReceivedTime",
            "EventTypeOrignal",
            "ExecutionProcessID",
            "ExecutionThreadID",
            "Execution_ProcessID",
            "Execution_ThreadID",
            "Keywords",
            "Level",
            "LevelValue",
            "Message",
            "Opcode",
            "OpcodeValue",
            "ProviderGuid",
            "Provider_Guid",
            "RecordID",
            "RecordNumber",
            "EventRecordID",
            "Severity",
            "SeverityValue",
            "SourceModuleName",
            "SourceModuleType",
            "Security_UserID",
            "Task",
            "TaskValue",
            "ThreadID",
            "Version",
            "@version",
            "tags",
            "port");

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

    /** Words for a level in Fluentd's records. */
    private static final Set<String> LEVELS = Set.of("information", "warning", "error");

    /** Data that an event of the Security channel has, if it has any. */
    private static final Set<String> WHO = Set.of("SubjectUserName", "SubjectUserSid", "TargetUserName", "TargetSid");

    /** NXLog's own EventType, where Sysmon has one of another meaning. */
    private static final Set<String> NXLOG_TYPES =
            Set.of("INFO", "WARNING", "ERROR", "CRITICAL", "VERBOSE", "DEBUG", "AUDIT_SUCCESS", "AUDIT_FAILURE");

    private final Source source;
    private @Nullable String second;

    private WindowsEvent(Source source) {
        this.source = source;
    }

    /** The event this is, or null when the object is something else. */
    static @Nullable WindowsEvent of(Json json) {
        Map<String, Object> values = json.values();
        for (String frame : FRAMES) {
            if (values.containsKey(frame + "Event.System.EventID")
                    || values.containsKey(frame + "Event.System.EventID.#text")
                    || values.containsKey(frame + "winlog.event_id")
                    || values.containsKey(frame + "winlog.channel")) {
                return of(json.below(frame));
            }
        }
        Source source = new Source(values, json.empty());
        for (String name : ORIGINALS) { // what reads XML from files
            if (values.get(name) instanceof String original
                    && original.stripLeading().startsWith("<Event")
                    && !values.containsKey("winlog.event_id")) {
                WindowsEvent inner = xml(original.strip());
                if (inner != null) {
                    return inner;
                }
            }
        }
        if (values.containsKey("win.system.eventID")) {
            source.agent();
        } else if (values.containsKey("Event.System.EventID") || values.containsKey("Event.System.EventID.#text")) {
            source.xml("Event.");
        } else if (values.containsKey("System.EventID")
                || values.containsKey("System.EventID.#text")
                || values.containsKey("System.EventID.Value")) {
            source.xml("");
        } else if (values.containsKey("winlog.channel")
                || values.containsKey("winlog.event_id")
                || json.keys().contains("event_data") && values.containsKey("event_id")) {
            source.winlogbeat();
        } else if (values.containsKey("Id")
                && values.containsKey("ProviderName")
                && (values.containsKey("LevelDisplayName") || values.containsKey("KeywordsDisplayNames"))) {
            source.powershell();
        } else if (source.first(IDS) != null && (source.first(CHANNELS) != null || source.first(PROVIDERS) != null)) {
            source.flat();
        } else if (source.first(CHANNELS) == null && source.first(PROVIDERS) == null) {
            LogSources.Shape shape = LogSources.builtIn().shape(json.keys(), number(source.first(IDS)));
            if (shape == null) {
                return null;
            }
            source.flat();
            source.looks(shape);
        } else {
            return null;
        }
        return new WindowsEvent(source);
    }

    /** NXLog's event in the structured data of its syslog header, or null. */
    static @Nullable WindowsEvent of(Header header) {
        Map<String, Object> structured = header.structuredData();
        if (structured.isEmpty()) {
            return null;
        }
        Map<String, Object> values = new LinkedHashMap<>();
        structured.forEach((name, value) -> {
            if (name.startsWith(NXLOG)) {
                values.put(name.substring(NXLOG.length()), value);
            }
        });
        if (!values.containsKey("EventID")) {
            return null;
        }
        if (header.hostname() != null) {
            values.putIfAbsent("Hostname", header.hostname());
        }
        return of(new Json(values, values.keySet(), Set.of(), false));
    }

    /** The event in a text that is or holds XML, a line of Snare or of the OSSEC agent; null when it is none. */
    static @Nullable WindowsEvent of(String text) {
        int xml = text.indexOf("<Event");
        if (xml >= 0) {
            WindowsEvent found = xml(text.substring(xml));
            if (found != null) {
                found.second = second(text, xml);
                return found;
            }
        }
        int brace = text.indexOf('{');
        Json json = brace < 0 ? null : Json.read(text.substring(brace).strip());
        if (json != null) {
            return of(json);
        }
        WindowsEvent snare = snare(text);
        WindowsEvent pairs = snare == null ? pairs(text) : snare;
        return pairs == null ? ossec(text) : pairs;
    }

    /**
     * {@code AgentDevice=WindowsLog AgentLogFile=Security Source=… EventID=4624 … Message=…} of WinCollect, and the same with
     * Splunk's names ({@code LogName SourceName EventCode}), between tabs, blanks or line ends; the message comes last.
     */
    private static @Nullable WindowsEvent pairs(String whole) {
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
        found.forEach((key, text1) -> values.put(key, text1.isEmpty() ? "-" : text1));
        Source source = new Source(values, Set.of());
        source.id = source.first(List.of("EventIDCode", "EventID", "EventCode"));
        source.channel = source.first(List.of("AgentLogFile", "LogName"));
        if (source.id == null || source.channel == null || As.integer(String.valueOf(source.id)) == null) {
            return null;
        }
        source.provider = source.first(List.of("Source", "SourceName"));
        source.computer = source.first(List.of("OriginatingComputer", "Computer", "ComputerName"));
        source.stamp = source.first(List.of("TimeGenerated"));
        source.put("winlog.record_id", found.get("RecordNumber"));
        source.put(
                "winlog.keywords",
                switch (found.getOrDefault("EventType", "")) {
                    case "8" -> "AUDIT_SUCCESS";
                    case "16" -> "AUDIT_FAILURE";
                    default -> found.get("Keywords");
                });
        source.put(
                "winlog.level",
                switch (found.getOrDefault("EventType", "")) {
                    case "1" -> "error";
                    case "2" -> "warning";
                    default -> null;
                });
        source.put("message", said.isEmpty() ? null : said);
        source.data.putAll(WindowsMessage.data(said));
        String user = found.getOrDefault("User", "");
        if (!source.data.containsKey("User") && !user.isEmpty()) {
            String domain = found.getOrDefault("Domain", "");
            source.snareUser = domain.isEmpty() || user.contains("\\") ? user : domain + "\\" + user;
        }
        return new WindowsEvent(source);
    }

    /** What stands behind the first event, if that is another one. */
    private static @Nullable String second(String text, int first) {
        int end = text.indexOf("</Event>", first);
        int next = end < 0 ? -1 : text.indexOf("<Event", end + 8);
        boolean event = next > 0 && (text.startsWith("<Event>", next) || text.startsWith("<Event ", next));
        return event ? text.substring(next) : null;
    }

    /** {@code WinEvtLog: Security: AUDIT_FAILURE(4625): Microsoft-Windows-Security-Auditing: user: domain: computer: message} */
    private static @Nullable WindowsEvent ossec(String text) {
        int from = text.indexOf("WinEvtLog: ");
        String[] parts = OSSEC.split(from < 0 ? text : text.substring(from + 11), 7);
        int open = parts.length < 7 ? -1 : parts[1].indexOf('(');
        int close = open < 0 ? -1 : parts[1].indexOf(')', open);
        if (close < 0 || As.integer(parts[1].substring(open + 1, close)) == null) {
            return null;
        }
        Source source = new Source(Map.of(), Set.of());
        source.channel = parts[0].strip();
        source.id = parts[1].substring(open + 1, close);
        source.put("winlog.keywords", parts[1].substring(0, open));
        source.provider = parts[2].strip();
        source.computer = parts[5].strip();
        source.put("message", parts[6].strip());
        source.data.putAll(WindowsMessage.data(parts[6]));
        String user = parts[3].strip();
        if (!source.data.containsKey("User") && !user.isEmpty() && !user.equals("(no user)")) {
            source.snareUser = user;
        }
        return new WindowsEvent(source);
    }

    /**
     * The forms of eventlog-to-syslog and its like, whose program is the provider: {@code 4625: AUDIT_FAILURE An account …} or
     * {@code 4768 A Kerberos …}, the audit perhaps in the place of the process id. Null when the text begins with no id.
     */
    static @Nullable WindowsEvent of(Header header, String text) {
        String program = header.appname();
        int p = 0;
        while (p < text.length() && text.charAt(p) >= '0' && text.charAt(p) <= '9') {
            p++;
        }
        if (program == null || p == 0 || p > 5 || p == text.length()) {
            return null;
        }
        Source source = new Source(Map.of(), Set.of());
        source.id = text.substring(0, p);
        String said = text.substring(text.charAt(p) == ':' ? p + 1 : p).strip();
        for (String audit : List.of("AUDIT_SUCCESS", "AUDIT_FAILURE")) {
            if (said.startsWith(audit)) {
                source.put("winlog.keywords", audit);
                said = said.substring(audit.length()).strip();
            }
        }
        String told = header.procid();
        if (told != null && (told.equalsIgnoreCase("success") || told.equalsIgnoreCase("failure"))) {
            source.put("winlog.keywords", "AUDIT_" + told.toUpperCase(Locale.ROOT));
        }
        String name = program.replace('_', ' ').replace('-', ' ').toLowerCase(Locale.ROOT);
        if (name.startsWith("microsoft windows ")) {
            name = name.substring("microsoft windows ".length());
        }
        String[] known = EVTSYS.get(name);
        source.provider = known == null ? program.replace('_', ' ') : known[0];
        source.channel = known == null ? null : known[1];
        source.computer = header.hostname();
        source.put("message", said);
        source.data.putAll(WindowsMessage.data(said));
        return new WindowsEvent(source);
    }

    private static Map<String, String> parameters() {
        Map<String, String> words = new HashMap<>();
        try (InputStream in = Objects.requireNonNull(
                WindowsEvent.class.getResourceAsStream("windows-parameters.yml"), "windows-parameters.yml")) {
            Problems problems = new Problems();
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (YamlNode document : YamlReader.readAll("windows-parameters.yml", text, problems)) {
                ((YamlMap) document).entries().forEach((id, word) -> words.put(id, ((YamlScalar) word).text()));
            }
            if (!problems.isEmpty()) {
                throw new IllegalStateException(problems.list().toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return words;
    }

    private static @Nullable WindowsEvent xml(String text) {
        Xml.Element root = Xml.read(text);
        if (root != null && root.name().equals("Events")) {
            root = root.child("Event");
        }
        Xml.Element system = root == null ? null : root.child("System");
        if (root == null || system == null || system.child("EventID") == null) {
            return null;
        }
        Source source = new Source(Map.of(), Set.of());
        source.xml(root, system);
        if (source.channel == null && source.provider == null) { // cut down to what somebody needed
            LogSources.Shape shape = LogSources.builtIn().shape(source.data.keySet(), number(source.id));
            if (shape != null) {
                source.looks(shape);
            } else if (source.data.keySet().stream().anyMatch(WHO::contains)) {
                source.channel = "Security";
            }
        }
        return new WindowsEvent(source);
    }

    /** {@code MSWinEventLog}, criticality, log, counter, time, id, source, user, SID type, audit, computer, category, data, message. */
    private static @Nullable WindowsEvent snare(String text) {
        int from = text.indexOf("MSWinEventLog");
        if (from < 0) {
            return null;
        }
        String line = text.substring(from).replace("#011", "\t");
        String[] parts = line.split("\t", -1);
        if (parts.length < 11 || As.integer(parts[5].strip()) == null) {
            return null;
        }
        Source source = new Source(Map.of(), Set.of());
        source.channel = parts[2].strip();
        source.stamp = parts[4].strip();
        source.id = parts[5].strip();
        source.provider = parts[6].strip();
        source.computer = parts[10].strip();
        source.put("winlog.record_id", parts[3].isBlank() ? null : parts[3].strip());
        source.put("winlog.keywords", parts[9].isBlank() ? null : (Object) parts[9].strip());
        StringBuilder message = new StringBuilder();
        for (int i = 13; i < parts.length; i++) {
            boolean counter = i == parts.length - 1 && i > 13 && As.integer(parts[i].strip()) != null;
            message.append(counter || parts[i].isEmpty() ? "" : parts[i]).append(' ');
        }
        String said = message.toString().strip();
        source.put("message", said.isEmpty() ? null : said);
        source.data.putAll(WindowsMessage.data(said));
        String user = parts[7].strip();
        if (!source.data.containsKey("User")
                && !user.isEmpty()
                && !user.equals("N/A")
                && !user.equals("Unknown User")) {
            source.snareUser = user;
        }
        return new WindowsEvent(source);
    }

    /** The parts of one event while they are gathered. */
    private static final class Source {
        private final Map<String, Object> values;
        /** Names that are there without a value, as the record writes them. */
        private final Set<String> empty;
        /** The data among them: not there for a parser, but a rule may ask whether they exist. */
        private final Set<String> valueless = new LinkedHashSet<>();

        private final Map<String, Object> data = new LinkedHashMap<>(64);
        private final Map<String, Object> userData = new LinkedHashMap<>();
        /** ECS fields and {@code winlog.*} that the shipper has set already. */
        private final Map<String, Object> known = new LinkedHashMap<>(64);

        private @Nullable Object id;
        private @Nullable Object channel;
        private @Nullable Object provider;
        private @Nullable Object computer;
        private @Nullable Object stamp;
        private @Nullable String snareUser;

        Source(Map<String, Object> values, Set<String> empty) {
            this.values = values;
            this.empty = empty;
        }

        private long looksLike = -1;

        @Nullable
        Object first(List<String> names) {
            for (String name : names) {
                Object value = values.get(name);
                if (value != null) {
                    return value instanceof List<?> list ? list.get(0) : value;
                }
            }
            return null;
        }

        /** Of what says nothing of itself; a path tells Sysmon for Linux from the other. */
        void looks(LogSources.Shape shape) {
            boolean linux = text(values.getOrDefault("Image", data.get("Image"))) instanceof String image
                    && image.startsWith("/");
            channel = linux ? "Linux-Sysmon/Operational" : shape.channel();
            looksLike = shape.id();
        }

        void xml(String root) {
            String system = root + "System.";
            id = first(List.of(system + "EventID", system + "EventID.#text", system + "EventID.Value"));
            channel = first(List.of(system + "Channel", system + "Channel.#text"));
            provider = attribute(system + "Provider", "Name");
            computer = first(List.of(system + "Computer", system + "Computer.#text"));
            stamp = attribute(system + "TimeCreated", "SystemTime");
            put("winlog.record_id", text(values.get(system + "EventRecordID")));
            put("winlog.provider_guid", text(attribute(system + "Provider", "Guid")));
            put("winlog.event_source_name", text(attribute(system + "Provider", "EventSourceName")));
            put("winlog.keywords", text(values.get(system + "Keywords")));
            put("winlog.level", text(values.get(system + "Level")));
            put("winlog.task", text(values.get(system + "Task")));
            put("winlog.opcode", text(values.get(system + "Opcode")));
            put("winlog.version", text(values.get(system + "Version")));
            put("winlog.activity_id", text(attribute(system + "Correlation", "ActivityID")));
            put("winlog.process.pid", number(attribute(system + "Execution", "ProcessID")));
            put("winlog.process.thread.id", number(attribute(system + "Execution", "ThreadID")));
            put("winlog.user.identifier", text(attribute(system + "Security", "UserID")));
            put("message", text(values.get(root + "RenderingInfo.Message")));
            String eventData = root + "EventData.";
            String user = root + "UserData.";
            values.forEach((name, value) -> {
                if (name.startsWith(eventData)) {
                    named(name.substring(eventData.length()), value);
                } else if (name.startsWith(user)) {
                    String inner = name.substring(user.length());
                    int element = inner.indexOf('.');
                    if (element > 0 && !inner.contains("#attributes") && !inner.endsWith("xmlns")) {
                        userData.put(inner.substring(element + 1).replace(" ", ""), value);
                    }
                }
            });
            unnamed(values, eventData);
            withoutValue(eventData);
        }

        /** @param prefix of names of data; empty in a flat record */
        private void withoutValue(String prefix) {
            for (String name : empty) {
                String inner = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
                boolean structure = inner.isEmpty()
                        || inner.equals("Data")
                        || inner.startsWith("Data.")
                        || inner.startsWith("UserData")
                        || nested(inner) != null;
                if (!structure && !(prefix.isEmpty() && taken(inner, ""))) {
                    valueless.add(inner);
                }
            }
        }

        /** {@code Get-WinEvent | ConvertTo-Json}: the data's names stand in the message only. */
        void powershell() {
            id = values.get("Id");
            channel = first(CHANNELS);
            provider = values.get("ProviderName");
            computer = first(COMPUTERS);
            stamp = values.get("TimeCreated");
            put("winlog.record_id", text(values.get("RecordId")));
            put("winlog.provider_guid", text(values.get("ProviderId")));
            Object bits = values.get("Keywords");
            put("winlog.keywords", text(bits == null ? values.get("KeywordsDisplayNames") : bits));
            put("winlog.level", text(values.get("Level")));
            put("winlog.task", text(values.get("TaskDisplayName")));
            put("winlog.opcode", text(values.get("OpcodeDisplayName")));
            put("winlog.version", text(values.get("Version")));
            put("winlog.process.pid", number(values.get("ProcessId")));
            put("winlog.process.thread.id", number(values.get("ThreadId")));
            put("winlog.user.identifier", text(first(List.of("UserId", "UserId.Value"))));
            if (values.get("Message") instanceof String said) {
                put("message", said);
                data.putAll(WindowsMessage.data(said));
            }
            if (data.isEmpty() && values.get("Properties.Value") instanceof Object items) {
                data.put("Data", items instanceof List<?> ? items : List.of(items));
            }
        }

        /** The agent of Wazuh: names in camel case, backslashes doubled, entities left. */
        void agent() {
            id = values.get("win.system.eventID");
            channel = values.get("win.system.channel");
            provider = values.get("win.system.providerName");
            computer = values.get("win.system.computer");
            stamp = values.get("win.system.systemTime");
            put("winlog.provider_guid", text(values.get("win.system.providerGuid")));
            put("winlog.record_id", text(values.get("win.system.eventRecordID")));
            put("winlog.keywords", text(values.get("win.system.keywords")));
            put("winlog.level", text(values.get("win.system.level")));
            put("winlog.task", text(values.get("win.system.task")));
            put("winlog.opcode", text(values.get("win.system.opcode")));
            put("winlog.version", text(values.get("win.system.version")));
            put("winlog.process.pid", number(values.get("win.system.processID")));
            put("winlog.process.thread.id", number(values.get("win.system.threadID")));
            put("message", text(values.get("win.system.message")));
            String prefix = "win.eventdata.";
            values.forEach((name, value) -> {
                if (name.startsWith(prefix) && name.length() > prefix.length()) {
                    String camel = name.substring(prefix.length());
                    data.put(
                            Character.toUpperCase(camel.charAt(0)) + camel.substring(1),
                            value instanceof String text ? Xml.decoded(text.replace("\\\\", "\\")) : value);
                }
            });
        }

        void xml(Xml.Element root, Xml.Element system) {
            id = system.text("EventID").strip();
            channel = nothing(system.text("Channel"));
            computer = nothing(system.text("Computer"));
            provider = attribute(system, "Provider", "Name");
            stamp = attribute(system, "TimeCreated", "SystemTime");
            put("winlog.provider_guid", attribute(system, "Provider", "Guid"));
            put("winlog.event_source_name", attribute(system, "Provider", "EventSourceName"));
            put("winlog.record_id", nothing(system.text("EventRecordID")));
            put("winlog.keywords", nothing(system.text("Keywords")));
            put("winlog.level", nothing(system.text("Level")));
            put("winlog.task", nothing(system.text("Task")));
            put("winlog.opcode", nothing(system.text("Opcode")));
            put("winlog.version", nothing(system.text("Version")));
            put("winlog.activity_id", attribute(system, "Correlation", "ActivityID"));
            put("winlog.process.pid", number(attribute(system, "Execution", "ProcessID")));
            put("winlog.process.thread.id", number(attribute(system, "Execution", "ThreadID")));
            put("winlog.user.identifier", attribute(system, "Security", "UserID"));
            Xml.Element rendering = root.child("RenderingInfo");
            if (rendering != null) {
                put("message", nothing(rendering.text("Message")));
            }
            Xml.Element event = root.child("EventData");
            if (event != null) {
                elements(event);
            }
            Xml.Element user = root.child("UserData");
            if (user != null) {
                user.children().forEach(outer -> outer.children().forEach(inner -> flat(inner, inner.name())));
            }
        }

        private void elements(Xml.Element event) {
            List<String> unnamed = new ArrayList<>();
            for (Xml.Element child : event.children()) {
                String name = child.attributes().get("Name");
                if (name != null) {
                    data.merge(name, child.text(), Header::both);
                } else if (child.name().equals("Data")) {
                    unnamed.add(child.text());
                    data.put("param" + unnamed.size(), child.text());
                } else {
                    data.put(child.name(), child.text());
                }
            }
            if (!unnamed.isEmpty()) {
                data.put("Data", unnamed);
            }
        }

        private void flat(Xml.Element element, String name) {
            if (!element.text().isEmpty()) {
                userData.merge(name, element.text(), Header::both);
            }
            element.attributes().forEach((attribute, value) -> {
                if (!attribute.startsWith("xmlns")) {
                    userData.merge(name + "." + attribute, value, Header::both);
                }
            });
            element.children().forEach(child -> flat(child, name + "." + child.name()));
        }

        private static @Nullable String attribute(Xml.Element system, String element, String name) {
            Xml.Element child = system.child(element);
            return child == null ? null : nothing(child.attributes().getOrDefault(name, ""));
        }

        private static @Nullable String nothing(String text) {
            return text.isBlank() ? null : text.strip();
        }

        private @Nullable Object attribute(String element, String name) {
            return first(List.of(
                    element + ".#attributes." + name,
                    element + "_attributes." + name,
                    element + ".@" + name,
                    element + "." + name));
        }

        private void named(String name, Object value) {
            boolean structure = name.startsWith("#attributes")
                    || name.equals("Data")
                    || name.startsWith("Data.")
                    || name.contains("_attributes.");
            if (!structure) {
                data.put(name.endsWith(".#text") ? name.substring(0, name.length() - 6) : name, value);
            }
        }

        /** Elements called Data: with their names as attributes, or without any name. */
        private void unnamed(Map<String, Object> values, String prefix) {
            Object texts = values.get(prefix + "Data");
            for (String text : ELEMENT_TEXTS) {
                texts = texts == null ? values.get(prefix + "Data" + text) : texts;
            }
            Object names = null;
            for (String attribute : NAMED_TEXTS.keySet()) {
                names = names == null ? values.get(prefix + "Data" + attribute) : names;
            }
            List<?> all = texts == null ? List.of() : texts instanceof List<?> list ? list : List.of(texts);
            List<?> called = names == null ? List.of() : names instanceof List<?> list ? list : List.of(names);
            if (!called.isEmpty() && called.size() == all.size()) {
                for (int i = 0; i < all.size(); i++) {
                    data.put(called.get(i).toString(), all.get(i));
                }
                return;
            }
            for (int i = 0; i < all.size(); i++) {
                data.put("param" + (i + 1), all.get(i));
            }
            if (!all.isEmpty()) {
                data.put("Data", all);
            }
        }

        void winlogbeat() {
            id = first(List.of("winlog.event_id", "event.code", "event_id"));
            channel = first(List.of("winlog.channel", "log_name"));
            provider = first(List.of("winlog.provider_name", "event.provider", "source_name"));
            computer = first(List.of("winlog.computer_name", "computer_name", "host.name"));
            stamp = first(List.of("@timestamp"));
            values.forEach((name, value) -> {
                if (name.startsWith(DATA)) {
                    data.put(Names.tail(name, DATA.length()), value);
                } else if (name.startsWith("event_data.")) {
                    data.put(Names.tail(name, "event_data.".length()), value);
                } else if (name.startsWith(USER_DATA)) {
                    userData.put(name.substring(USER_DATA.length()), value);
                } else if (name.startsWith("winlog.")) {
                    known.put(name, name.endsWith(".pid") || name.endsWith(".id") ? value : texts(value));
                } else if (name.equals("message") && value instanceof String) {
                    known.put(name, value);
                } else if (!name.equals("@timestamp") && !name.equals("tags") && !name.startsWith("event.original")) {
                    Object typed = Ecs.typed(name, value);
                    known.put(typed == null ? "json." + name : name, typed == null ? value : typed);
                }
            });
        }

        void flat() {
            id = first(IDS);
            channel = first(CHANNELS);
            provider = first(PROVIDERS);
            computer = first(COMPUTERS);
            stamp = first(TIMES);
            if (channel instanceof String shortened) {
                channel = SHORT.getOrDefault(shortened, shortened);
            }
            if (provider == null && values.containsKey("EventLog")) { // of Azure's table of events
                provider = values.get("Source");
            }
            // Sysmon says the time in UTC; that of NXLog may be the host's, without a zone.
            if (values.get("UtcTime") instanceof String utc
                    && utc.length() > 18
                    && values.containsKey("SourceModuleType")
                    && !hasZone(String.valueOf(stamp))) {
                stamp = utc + "Z";
            }
            String said = text(first(List.of("Message", "message", "description", "RenderedDescription")));
            boolean sysmon = String.valueOf(provider).contains("Sysmon")
                    || String.valueOf(channel).contains("Sysmon");
            if (said == null && !sysmon && values.containsKey("Channel")) {
                said = text(values.get("Description")); // of Fluentd; Sysmon has one of another meaning
            }
            put("message", said);
            String type = String.valueOf(values.get("event_type"));
            put(
                    "winlog.keywords",
                    type.startsWith("audit_") ? type.toUpperCase(Locale.ROOT) : text(values.get("Keywords")));
            put(
                    "winlog.level",
                    values.containsKey("Level") ? text(values.get("Level")) : LEVELS.contains(type) ? type : null);
            put(
                    "winlog.record_id",
                    text(first(
                            List.of("EventRecordId", "RecordNumber", "EventRecordID", "RecordID", "record_number"))));
            put("winlog.user.identifier", text(first(List.of("Security_UserID", "UserID"))));
            // Who wrote the event, where NXLog says it; a service that is installed has an account of its own.
            boolean writer = values.containsKey("AccountType")
                    && !values.containsKey("EventSourceName")
                    && !("Service Control Manager".equals(text(provider)) && values.containsKey("ServiceName"));
            if (writer) {
                put("winlog.user.name", text(values.get("AccountName")));
                put("winlog.user.domain", text(values.get("Domain")));
                put("winlog.user.type", text(values.get("AccountType")));
            }
            if (!writer && values.get("user") instanceof String user && !user.isBlank()) {
                put("winlog.user.name", user);
            }
            put("winlog.process.pid", number(first(List.of("ExecutionProcessID", "Execution_ProcessID"))));
            if (values.get("Payload") instanceof String payload
                    && (payload.startsWith("{\"EventData\"") || payload.startsWith("{\"UserData\""))) {
                inText(payload);
            }
            values.forEach((name, value) -> {
                // The version of an event is a number; one with a dot is data, such as Sysmon's own version.
                boolean dotted = name.equals("Version") && value.toString().indexOf('.') > 0;
                boolean leave = taken(name, value.toString()) && !dotted
                        || writer && (name.equals("AccountName") || name.equals("Domain"))
                        || name.equals("description")
                        || name.equals("Description") && !sysmon && values.containsKey("Channel");
                String inner = leave ? null : nested(name);
                if (inner != null) {
                    named(inner, value);
                } else if (!leave && !structure(name, value)) {
                    data.put(name, value);
                }
            });
            unnamed(values, "EventData.");
            unnamed(values, "AllFieldInfo.");
            withoutValue("EventData.");
            withoutValue("");
            if (values.get("StringInserts") instanceof List<?> inserts) { // Fluent Bit's name for data without names
                data.putIfAbsent("Data", inserts);
            }
            // Who has no data at all has it in the text.
            boolean named = data.containsKey("Data") || data.keySet().stream().anyMatch(WHO::contains);
            if (said != null && !named && "security".equalsIgnoreCase(text(channel))) {
                WindowsMessage.data(said).forEach(data::putIfAbsent);
            }
        }

        private boolean taken(String name, String value) {
            return NOT_DATA.contains(name)
                    || IDS.contains(name)
                    || CHANNELS.contains(name)
                    || PROVIDERS.contains(name)
                    || COMPUTERS.contains(name)
                    || TIMES.contains(name) && !name.equals("UtcTime")
                    || name.equals("message")
                    || name.equals("UserID") && value.startsWith("S-1-")
                    || name.equals("EventType") && NXLOG_TYPES.contains(value)
                    || ECMD.contains(name) && values.containsKey("ChunkNumber")
                    || name.equals("EventSourceName") && values.containsKey("EventData");
        }

        private static @Nullable String nested(String name) {
            for (String prefix : NESTED) {
                if (name.startsWith(prefix)) {
                    return name.substring(prefix.length());
                }
            }
            return null;
        }

        /** The event's data as XML or JSON in one text: EvtxECmd's payload, Azure's {@code EventData}. */
        private boolean structure(String name, Object value) {
            if (name.startsWith("UserData.")) {
                int element = name.indexOf('.', "UserData.".length());
                if (element > 0) {
                    userData.put(name.substring(element + 1).replace(" ", ""), value);
                }
                return true;
            }
            if (!(value instanceof String text) || !name.equals("EventData")) {
                return false;
            }
            return inText(text);
        }

        private boolean inText(String text) {
            if (text.startsWith("{")) {
                Json json = Json.read(text);
                if (json == null) {
                    return false;
                }
                json.values().forEach((name, value) -> {
                    String inner = nested(name);
                    if (inner != null || !structure(name, value)) {
                        named(inner == null ? name : inner, value);
                    }
                });
                unnamed(json.values(), "EventData.");
                unnamed(json.values(), "");
                return true;
            }
            Xml.Element root = text.startsWith("<") ? Xml.read(text) : null;
            if (root == null) {
                return false;
            }
            Xml.Element event = root.name().equals("EventData") ? root : root.child("EventData");
            if (event != null) {
                elements(event);
            }
            return event != null;
        }

        /** Data without names: a list in some forms, {@code param1} and so on in others; rules and searches find both. */
        private void positional() {
            if (data.get("Data") instanceof List<?> all) {
                for (int i = 0; i < all.size(); i++) {
                    data.putIfAbsent("param" + (i + 1), all.get(i));
                }
            } else if (data.containsKey("param1")) {
                List<Object> all = new ArrayList<>();
                for (Object next = data.get("param1"); next != null; next = data.get("param" + (all.size() + 1))) {
                    all.add(next);
                }
                if (all.size() == data.size()) {
                    data.put("Data", all);
                }
            }
        }

        /** {@code 2026-11-22T09:15:02Z}, {@code +09:00}, {@code +0900}. */
        private static boolean hasZone(String stamp) {
            int sign = Math.max(stamp.lastIndexOf('+'), stamp.lastIndexOf('-'));
            return stamp.endsWith("Z") || sign > stamp.indexOf(':') && sign >= stamp.length() - 6;
        }

        /** NXLog has a ProcessID of its own, which takes the place of Sysmon's. */
        private static void processId(String message, Map<String, Object> data) {
            if (data.containsKey("ProcessId")) {
                return;
            }
            int from = message.indexOf("\nProcessId: ");
            if (from >= 0) {
                from += "\nProcessId: ".length();
                int to = from;
                while (to < message.length() && message.charAt(to) >= '0' && message.charAt(to) <= '9') {
                    to++;
                }
                if (to > from) {
                    data.put("ProcessId", message.substring(from, to));
                }
            }
        }

        /** Fills the body; {@link WindowsFields} and the parser's steps do the rest. */
        void put(Body body) {
            positional();
            Map<String, Object> fields = body.fields;
            String code = text(id) == null ? "" : String.valueOf(text(id)).strip();
            Map<String, Object> clean = new LinkedHashMap<>(data.size() * 2);
            data.forEach((key, value) -> {
                String name = Names.data(key).clean();
                if (!name.isEmpty()) {
                    clean.put(name, texts(value));
                }
            });
            if (data.isEmpty() && known.get("message") instanceof String said) {
                clean.putAll(WindowsMessage.data(said)); // all that is left of the data is what was said of it
            }
            if (known.get("message") instanceof String said && clean.containsKey("ProcessGuid")) {
                processId(said, clean);
            }
            String name = text(channel);
            String from = text(provider);
            if (name == null
                    || name.isBlank()
                    || Character.isDigit(name.charAt(0)) && number(name) != null) { // of a trace
                String own = LogSources.builtIn().channel(from);
                name = own == null ? name : own;
            }
            long number = code.isEmpty() ? looksLike : id(code);
            Set<LogSource> sources = LogSources.builtIn().windows(name, from, number, clean::get);
            WindowsFields.complete(number, sources, clean);
            boolean linux = false;
            String service = "";
            for (LogSource source : sources) {
                linux |= "linux".equals(source.product());
                service = source.service() == null ? service : source.service();
                body.put("_category_" + source.category(), true);
            }
            body.serves(sources);
            String outcome = outcome();
            keywords(outcome);
            fields.put("event.kind", "event");
            fields.put("host.os.type", linux ? "linux" : "windows");
            fields.putAll(known);
            put(fields, "event.code", code.isEmpty() ? null : code);
            put(fields, "winlog.event_id", code.isEmpty() ? null : code);
            put(fields, "winlog.channel", name);
            put(fields, "winlog.provider_name", from);
            put(fields, "event.provider", from);
            put(fields, "winlog.computer_name", text(computer));
            if (computer != null) {
                put(fields, "host.name", text(computer));
                put(fields, "host.hostname", text(computer));
            }
            clean.forEach((key, value) -> {
                Names.Data names = Names.data(key);
                fields.put(names.field(), value);
                if (value instanceof String text && text.contains("%%")) {
                    described(key, text, fields);
                }
                variable(body, names.variable(), value);
            });
            for (String key : valueless) {
                fields.putIfAbsent(Names.data(key).field(), List.of());
            }
            userData.forEach((key, value) -> {
                String clear = Names.clean(key);
                fields.put(USER_DATA + clear, texts(value));
                variable(body, Names.variable(clear), texts(value));
            });
            if (snareUser != null) {
                body.put("_User", snareUser);
            }
            put(fields, "event.outcome", outcome);
            String level = level();
            put(fields, "log.level", level);
            body.put("_service", linux ? "sysmon-linux" : service);
            body.put("_provider", from == null ? "" : from);
            long time = time(stamp, body.reference, body.zone);
            body.time = time == Micros.UNKNOWN ? body.time : time;
        }

        /** {@code %%4417 %%4418} in words, beside it. */
        private static void described(String key, String text, Map<String, Object> fields) {
            List<String> words = new ArrayList<>();
            for (int p = text.indexOf("%%"); p >= 0; p = text.indexOf("%%", p + 2)) {
                int end = p + 2;
                while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
                    end++;
                }
                String word = PARAMETERS.get(text.substring(p + 2, end));
                if (word != null) {
                    words.add(word);
                }
            }
            if (!words.isEmpty()) {
                fields.put(DATA + key + "Description", words.size() == 1 ? words.get(0) : words);
            }
        }

        private static void variable(Body body, String variable, Object value) {
            if (!(value instanceof String text && saysNothing(text))) {
                body.put(variable, value);
            }
        }

        /** Values are long, and what says nothing is short or begins with a nought: they need not be hashed. */
        private static boolean saysNothing(String text) {
            char first = text.length() < 4 ? 0 : text.charAt(text.charAt(0) == '{' ? 1 : 0);
            return (text.length() < 4 || first <= '0') && NOTHING.contains(text.strip());
        }

        /** Winlogbeat writes words, NXLog a signed number, XML the bits in hexadecimal. */
        private @Nullable String outcome() {
            Object words = known.get("winlog.keywords");
            if (words == null) {
                words = values.get("EventType") == null ? "" : values.get("EventType");
            }
            String text = words.toString().toLowerCase(Locale.ROOT).replace('_', ' ');
            if (text.contains("audit success") || text.contains("success audit")) {
                return "success";
            }
            if (text.contains("audit failure") || text.contains("failure audit")) {
                return "failure";
            }
            Long bits = text.startsWith("0x") ? As.hex(text) : signed(text);
            if (bits == null) {
                return null;
            }
            return (bits & AUDIT_FAILURE) != 0 ? "failure" : (bits & AUDIT_SUCCESS) != 0 ? "success" : null;
        }

        /** Rules know the bits, people the words: an audit has both, whichever the shipper wrote. */
        private void keywords(@Nullable String outcome) {
            Object written = known.get("winlog.keywords");
            String text = written == null ? "" : written.toString();
            Long bits = text.startsWith("0x") ? As.hex(text) : signed(text);
            if (outcome != null && (bits == null || (bits & (AUDIT_SUCCESS | AUDIT_FAILURE)) != 0)) {
                boolean success = outcome.equals("success");
                String hex = bits != null
                        ? String.format(Locale.ROOT, "0x%x", bits)
                        : success ? "0x8020000000000000" : "0x8010000000000000";
                known.put("winlog.keywords", List.of(success ? "Audit Success" : "Audit Failure", hex));
            } else if (bits != null) {
                known.put("winlog.keywords", String.format(Locale.ROOT, "0x%x", bits));
            }
        }

        private static @Nullable Long signed(String text) {
            if (text.isEmpty() || text.charAt(0) > '9') {
                return null;
            }
            try {
                return Long.valueOf(text);
            } catch (NumberFormatException words) {
                return null;
            }
        }

        private @Nullable String level() {
            Object level = known.get("winlog.level");
            if (level == null) {
                level = values.get("SeverityValue") == null ? null : values.get("Severity");
            }
            return level == null
                    ? null
                    : switch (level.toString().toLowerCase(Locale.ROOT)) {
                        case "0", "4", "info", "information" -> "information";
                        case "1", "critical" -> "critical";
                        case "2", "error" -> "error";
                        case "3", "warning" -> "warning";
                        case "5", "verbose", "debug" -> "verbose";
                        default -> null;
                    };
        }

        private void put(String name, @Nullable Object value) {
            put(known, name, value);
        }

        private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
            if (value != null) {
                fields.put(name, value);
            }
        }
    }

    private static long id(String code) {
        try {
            return Long.parseLong(code);
        } catch (NumberFormatException none) {
            return -1;
        }
    }

    /** Puts all there is into the body. */
    void put(Body body) {
        body.second = second;
        source.put(body);
    }

    private static long time(@Nullable Object value, long reference, ZoneId zone) {
        if (value instanceof String text) {
            Matcher dotNet = DOTNET_DATE.matcher(text);
            Matcher portal = PORTAL_DATE.matcher(text);
            if (dotNet.matches()) {
                return time(Long.valueOf(dotNet.group(1)), reference, zone);
            }
            if (portal.matches()) {
                int hour = Integer.parseInt(portal.group(4)) % 12
                        + (portal.group(6).equals("P") ? 12 : 0);
                int month = Integer.parseInt(portal.group(1));
                int day = Integer.parseInt(portal.group(2));
                String date = String.format(Locale.ROOT, "%s-%02d-%02dT%02d", portal.group(3), month, day, hour);
                return time(date + portal.group(5) + "Z", reference, zone);
            }
        }
        return value == null ? Micros.UNKNOWN : DATE.read(value, reference, zone);
    }

    /** Text or a list of texts, whatever the value was: one field has one type in the index. */
    private static Object texts(Object value) {
        if (value instanceof List<?> list) {
            List<String> texts = new ArrayList<>(list.size());
            list.forEach(item -> texts.add(item instanceof List<?> ? ended(item.toString()) : (String) texts(item)));
            return texts;
        }
        if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15) {
            return Long.toString(number.longValue()); // 22.0 is 22
        }
        return ended(value.toString());
    }

    /** Without the NUL that ends a string in memory. */
    private static String ended(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '\0') {
            end--;
        }
        return end == text.length() ? text : text.substring(0, end);
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null
                ? null
                : value instanceof List<?> list ? list.get(0).toString() : value.toString();
    }

    /** Decimal, or hexadecimal as in the Security log. */
    static @Nullable Long number(@Nullable Object value) {
        String text = text(value);
        if (text == null || text.length() > 18) {
            return null;
        }
        try {
            String lower = text.toLowerCase(Locale.ROOT);
            return lower.startsWith("0x") ? Long.valueOf(lower.substring(2), 16) : Long.valueOf(lower);
        } catch (NumberFormatException notOne) {
            return null;
        }
    }
}
