package io.bongsu.ingest.parse;

import io.bongsu.rules.LogSources;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Windows event as a JSON object: the XML turned into JSON (evtx_dump and its kin), Winlogbeat, the agent of Wazuh,
 * PowerShell, and flat records of NXLog, Fluentd and the tools that export events.
 */
final class WindowsJson {
    /** Where flat records say what XML says in its System part; the first that is there counts. */
    private static final List<String> IDS = List.of("EventID", "EventId", "event_id", "EventCode");

    private static final List<String> CHANNELS =
            List.of("Channel", "channel", "LogName", "log_name", "EventLog", "Logfile");
    private static final List<String> PROVIDERS = List.of(
            "Provider_Name",
            "SourceName",
            "ProviderName",
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

    private static final List<String> GUIDS = List.of("ProviderGuid", "Provider_Guid", "ProviderGUID");

    /** How converters from XML to JSON write the name of {@code <Data Name="x">}, and its text. */
    static final List<Map.Entry<String, String>> NAMED_TEXTS = List.of(
            Map.entry(".@Name", ".#text"),
            Map.entry(".#attributes.Name", ".#text"),
            Map.entry(".Name", ".#text"),
            Map.entry(".@_Name", ".#text"),
            Map.entry(".-Name", ".#text"),
            Map.entry(".$.Name", "._"),
            Map.entry("._attributes.Name", "._text"));

    static final List<String> ELEMENT_TEXTS = List.of(".#text", "._", "._text", ".text", ".Value", ".$t", ".content");

    /** Where exports and collectors keep the event as it came, as a text. */
    private static final List<String> ORIGINALS = List.of(
            "event.original",
            "message",
            "log",
            "event",
            "Event",
            "_raw",
            "result._raw",
            "_source.event.original",
            "xml",
            "Xml",
            "System");

    private static final Set<String> APPLICATIONS =
            Set.of("level", "severity", "logger", "logger_name", "loggerName", "loglevel", "@l", "levelname");

    /** Characters of a header in front of a line of Snare. */
    private static final int MAX_HEADER = 100;

    /** What stands around the event: a name at the top, all of it, and names of which one is there then. */
    private record Frame(String top, String prefix, List<String> signs) {
        static Frame of(String prefix, String... signs) {
            return new Frame(
                    prefix.substring(0, prefix.indexOf('.')),
                    prefix,
                    Stream.of(signs).map(prefix::concat).toList());
        }

        static Frame of(String prefix) {
            return of(
                    prefix,
                    "Event.System.EventID",
                    "Event.System.EventID.#text",
                    "winlog.event_id",
                    "winlog.channel",
                    "win.system.eventID",
                    "event_id.id");
        }
    }

    /** Of exports of Elasticsearch, Splunk, Chainsaw and Google, of Wazuh's archives, of OpenTelemetry and of agents. */
    private static final List<Frame> FRAMES = List.of(
            Frame.of("_source."),
            Frame.of("_source.data."),
            Frame.of("result."),
            Frame.of("result.", "EventID", "EventCode"),
            Frame.of("document.data."),
            Frame.of("data."),
            Frame.of("body."),
            Frame.of("Body."),
            Frame.of("jsonPayload.", "EventID"),
            Frame.of("event.", "EventID", "EventCode"),
            Frame.of("event.EVENT.", "System.EventID"));

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

    /** What Fluent Bit and Fluentd have beside data without names, and those themselves. */
    private static final Set<String> WRITER = Set.of(
            "Category",
            "CategoryString",
            "EventData",
            "EventIdentifier",
            "EventType",
            "InsertionStrings",
            "ProcessID",
            "ProviderGUID",
            "Qualifiers",
            "RelatedActivityID",
            "StringInserts",
            "TimeWritten",
            "Type",
            "User");

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

    /** Words for a level in Fluentd's records. */
    private static final Set<String> LEVELS = Set.of("information", "warning", "error");

    /** Sysmon's names of hashes, in its order, with the fields of Winlogbeat. */
    private static final List<Map.Entry<String, List<String>>> HASHES = List.of(
            Map.entry("SHA1", List.of("process.hash.sha1", "file.hash.sha1")),
            Map.entry("MD5", List.of("process.hash.md5", "file.hash.md5")),
            Map.entry("SHA256", List.of("process.hash.sha256", "file.hash.sha256")),
            Map.entry("IMPHASH", List.of("process.pe.imphash", "file.pe.imphash")));

    /** Data that is in lower case by itself, which is all that Wazuh's agent writes. */
    private static final Set<String> LOWER = Set.of(
            "connection",
            "errorCode",
            "jobOwner",
            "jobTitle",
            "processPath",
            "transferId",
            "updateGuid",
            "updateTitle",
            "url");

    /** What stands below an element and is no name of data. */
    private static final Set<String> STRUCTURE = Stream.concat(
                    ELEMENT_TEXTS.stream(), NAMED_TEXTS.stream().map(Map.Entry::getKey))
            .collect(Collectors.toSet());

    /** NXLog's own EventType, where Sysmon has one of another meaning. */
    private static final Set<String> NXLOG_TYPES =
            Set.of("INFO", "WARNING", "ERROR", "CRITICAL", "VERBOSE", "DEBUG", "AUDIT_SUCCESS", "AUDIT_FAILURE");

    private final Map<String, Object> values;
    /** Names that are there without a value, as the record writes them. */
    private final Set<String> empty;

    private final WindowsParts parts;

    private WindowsJson(Map<String, Object> values, Set<String> empty) {
        this.values = values;
        this.empty = empty;
        this.parts = new WindowsParts(values);
    }

    /** Its parts, or null when the object is something else. */
    static @Nullable WindowsParts read(Json json) {
        Map<String, Object> values = json.values();
        for (Frame frame : json.keys().contains("winlog") ? List.<Frame>of() : FRAMES) {
            if (json.keys().contains(frame.top)) {
                for (String sign : frame.signs) {
                    if (values.containsKey(sign)) {
                        WindowsParts inner = read(json.below(frame.prefix));
                        if (inner != null) {
                            return inner;
                        }
                    }
                }
            }
        }
        Json plain = WindowsRenamed.of(json);
        if (plain != null) {
            return read(plain);
        }
        if (!json.keys().contains("winlog")) {
            boolean application = !Collections.disjoint(APPLICATIONS, json.keys());
            for (String name : ORIGINALS) {
                WindowsParts inner = values.get(name) instanceof String text ? original(text, application) : null;
                if (inner != null) {
                    return inner;
                }
            }
        }
        WindowsJson record = new WindowsJson(values, json.empty());
        if (values.containsKey("win.system.eventID")) {
            record.agent();
        } else if (json.keys().contains("Event") && record.id("Event.System.EventID") != null) {
            record.xml("Event.");
        } else if (json.keys().contains("System") && record.id("System.EventID") != null) {
            record.xml("");
        } else if (values.containsKey("eventRecordID") && values.containsKey("event_id")) {
            record.promtail();
        } else if (values.containsKey("winlog.channel")
                || values.containsKey("winlog.event_id")
                || json.keys().contains("event_data") && values.containsKey("event_id")) {
            record.winlogbeat();
        } else if (values.containsKey("event_id.id") && values.containsKey("provider.name")) {
            record.openTelemetry();
        } else if (values.containsKey("Id")
                && values.containsKey("ProviderName")
                && (values.containsKey("LevelDisplayName") || values.containsKey("KeywordsDisplayNames"))) {
            record.powershell();
        } else {
            boolean told = record.parts.first(CHANNELS) != null || record.parts.first(PROVIDERS) != null;
            Object id = record.parts.first(IDS);
            LogSources.Shape shape = told ? null : LogSources.builtIn().shape(json.keys(), WindowsParts.number(id));
            if (told ? id == null : shape == null) {
                return null;
            }
            record.flat();
            if (shape != null) {
                record.parts.looks(shape);
            }
        }
        return record.parts;
    }

    /**
     * The event in a text that another record wraps, or null. A record with a level or a logger is an application's own: what it
     * says is no event of Windows, though somebody else may have written one into it.
     */
    private static @Nullable WindowsParts original(String wrapped, boolean application) {
        String text = wrapped.strip();
        if (text.startsWith("<Event")) {
            return WindowsXml.read(text);
        }
        if (application) {
            return null;
        }
        boolean json = text.startsWith("{");
        int snare = json ? -1 : text.indexOf("MSWinEventLog");
        boolean line = snare == 0
                || snare > 0 && snare < MAX_HEADER && text.lastIndexOf('"', snare) < 0
                || text.startsWith("LogName=")
                || text.startsWith("\nLogName=", text.indexOf('\n')); // the time in front
        if (!json && !line) {
            return null;
        }
        Json inner = json ? Json.read(text) : null;
        return json ? inner == null ? null : read(inner) : WindowsLines.read(text);
    }

    /** An element that has attributes has its text under a name of its own. */
    private @Nullable Object id(String element) {
        Object text = values.get(element);
        for (String name : ELEMENT_TEXTS) {
            text = text == null ? values.get(element + name) : text;
        }
        return text instanceof List<?> list ? list.get(0) : text;
    }

    private void text(String field, String path) {
        String text = WindowsParts.text(values.get(path));
        parts.put(field, text == null || text.isEmpty() ? null : text);
    }

    private void number(String field, String path) {
        parts.put(field, WindowsParts.number(values.get(path)));
    }

    void xml(String root) {
        String system = root + "System.";
        parts.id = id(system + "EventID");
        parts.channel = parts.first(List.of(system + "Channel", system + "Channel.#text"));
        parts.provider = attribute(system + "Provider", "Name");
        parts.computer = parts.first(List.of(system + "Computer", system + "Computer.#text"));
        parts.stamp = attribute(system + "TimeCreated", "SystemTime");
        text("winlog.record_id", system + "EventRecordID");
        parts.put("winlog.provider_guid", WindowsParts.text(attribute(system + "Provider", "Guid")));
        parts.put("winlog.event_source_name", WindowsParts.text(attribute(system + "Provider", "EventSourceName")));
        text("winlog.keywords", system + "Keywords");
        text("winlog.level", system + "Level");
        text("winlog.task", system + "Task");
        text("winlog.opcode", system + "Opcode");
        text("winlog.version", system + "Version");
        parts.put("winlog.activity_id", WindowsParts.text(attribute(system + "Correlation", "ActivityID")));
        parts.put("winlog.process.pid", WindowsParts.number(attribute(system + "Execution", "ProcessID")));
        parts.put("winlog.process.thread.id", WindowsParts.number(attribute(system + "Execution", "ThreadID")));
        parts.put("winlog.user.identifier", WindowsParts.text(attribute(system + "Security", "UserID")));
        text("message", "message");
        text("message", root + "RenderingInfo.Message");
        String eventData = root + "EventData.";
        String user = root + "UserData.";
        values.forEach((name, value) -> {
            if (name.startsWith(eventData)) {
                named(name.substring(eventData.length()), value);
            } else if (name.startsWith(user)) {
                String inner = name.substring(user.length());
                int element = inner.indexOf('.');
                if (element > 0 && !inner.contains("#attributes") && !inner.endsWith("xmlns")) {
                    parts.userData.put(inner.substring(element + 1).replace(" ", ""), value);
                }
            }
        });
        unnamed(values, eventData);
        String texts = eventData + "Data."; // Datadog's agent makes names of what XML has as attributes
        if (parts.data.isEmpty()) {
            values.forEach((name, value) -> {
                if (name.startsWith(texts) && !STRUCTURE.contains(name.substring(texts.length() - 1))) {
                    parts.data.put(name.substring(texts.length()), value);
                }
            });
        }
        withoutValue(eventData);
    }

    /** Promtail and Alloy: the data is XML in a text, without its element. */
    void promtail() {
        flat();
        parts.id = values.get("event_id");
        parts.computer = values.get("computer");
        parts.provider = values.get("source");
        parts.stamp = values.get("timeCreated");
        parts.data.clear();
        text("winlog.record_id", "eventRecordID");
        text("winlog.keywords", "keywords");
        text("winlog.level", "level");
        text("winlog.activity_id", "correlation.activityID");
        text("winlog.user.identifier", "security.userId");
        text("winlog.user.name", "security.userName");
        number("winlog.process.pid", "execution.processId");
        number("winlog.process.thread.id", "execution.threadId");
        if (values.get("event_data") instanceof String data) {
            inText("<EventData>" + data + "</EventData>");
        }
        if (values.get("user_data") instanceof String data) {
            inText("<UserData>" + data + "</UserData>");
        }
    }

    void winlogbeat() {
        parts.id = parts.first(List.of("winlog.event_id", "event.code", "event_id"));
        parts.channel = parts.first(List.of("winlog.channel", "log_name", "channel"));
        parts.provider = parts.first(
                List.of("winlog.provider_name", "event.provider", "source_name", "provider_name", "provider"));
        parts.computer = parts.first(List.of("winlog.computer_name", "computer_name", "computer", "host.name"));
        parts.stamp = parts.first(List.of("@timestamp", "timestamp"));
        if (values.containsKey("channel")) { // Vector's
            text("winlog.record_id", "record_id");
            text("winlog.keywords", "keywords");
            text("winlog.level", "level");
            number("winlog.process.pid", "process_id");
            number("winlog.process.thread.id", "thread_id");
        }
        values.forEach((name, value) -> {
            if (name.startsWith(WindowsParts.DATA)) {
                parts.data.put(Names.tail(name, WindowsParts.DATA.length()), value);
            } else if (name.startsWith("event_data.")) {
                parts.data.put(Names.tail(name, "event_data.".length()), value);
            } else if (name.startsWith(WindowsParts.USER_DATA)) {
                parts.userData.put(name.substring(WindowsParts.USER_DATA.length()), value);
            } else if (name.startsWith("user_data.")) {
                parts.userData.put(Names.tail(name, "user_data.".length()), value);
            } else if (name.startsWith("winlog.")) {
                parts.known.put(
                        name, name.endsWith(".pid") || name.endsWith(".id") ? value : WindowsParts.texts(value));
            } else if (name.equals("message") && value instanceof String) {
                parts.known.put(name, value);
            } else if (!name.equals("@timestamp") && !name.equals("tags") && !name.startsWith("event.original")) {
                Object typed = Ecs.typed(name, value);
                parts.known.put(typed == null ? "json." + name : name, typed == null ? value : typed);
            }
        });
        hashes();
    }

    /** Sysmon's list of hashes, which the module of Winlogbeat takes apart. */
    private void hashes() {
        if (!"Microsoft-Windows-Sysmon".equals(parts.provider)
                || parts.data.containsKey("Hashes")
                || parts.data.containsKey("Hash")) {
            return;
        }
        StringBuilder all = new StringBuilder();
        for (Map.Entry<String, List<String>> hash : HASHES) {
            Object value = parts.first(hash.getValue());
            if (value != null) {
                all.append(all.isEmpty() ? "" : ",").append(hash.getKey()).append('=');
                all.append(value.toString().toUpperCase(Locale.ROOT));
            }
        }
        if (!all.isEmpty()) {
            parts.data.put("15".equals(WindowsParts.text(parts.id)) ? "Hash" : "Hashes", all.toString());
        }
    }

    /** The agent of Wazuh: names in camel case, backslashes doubled, entities left. */
    void agent() {
        parts.id = values.get("win.system.eventID");
        parts.channel = values.get("win.system.channel");
        parts.provider = values.get("win.system.providerName");
        parts.computer = values.get("win.system.computer");
        parts.stamp = values.get("win.system.systemTime");
        text("winlog.provider_guid", "win.system.providerGuid");
        text("winlog.record_id", "win.system.eventRecordID");
        text("winlog.keywords", "win.system.keywords");
        text("winlog.level", "win.system.level");
        text("winlog.task", "win.system.task");
        text("winlog.opcode", "win.system.opcode");
        text("winlog.version", "win.system.version");
        number("winlog.process.pid", "win.system.processID");
        number("winlog.process.thread.id", "win.system.threadID");
        text("message", "win.system.message");
        String prefix = "win.eventdata.";
        values.forEach((name, value) -> {
            Object clear = value instanceof String text ? Xml.decoded(text.replace("\\\\", "\\")) : value;
            if (name.startsWith(prefix)) {
                String camel = Names.tail(name, prefix.length());
                parts.data.put(camel.startsWith("param") || LOWER.contains(camel) ? camel : upper(camel), clear);
            } else if (name.startsWith("win.") && !name.startsWith("win.system.")) {
                int element = name.indexOf('.', 4);
                if (element > 0) {
                    parts.userData.put(upper(name.substring(element + 1)), clear);
                }
            }
        });
    }

    private static String upper(String camel) {
        return camel.isEmpty() ? camel : Character.toUpperCase(camel.charAt(0)) + camel.substring(1);
    }

    /** The receiver of OpenTelemetry: words for the level, the data as a list of objects with one name each. */
    void openTelemetry() {
        parts.id = values.get("event_id.id");
        parts.channel = values.get("channel");
        parts.provider = values.get("provider.name");
        parts.computer = values.get("computer");
        parts.stamp = values.get("system_time");
        text("winlog.record_id", "record_id");
        text("winlog.provider_guid", "provider.guid");
        text("winlog.event_source_name", "provider.event_source");
        text("winlog.keywords", "keywords");
        text("winlog.level", "level");
        text("winlog.task", "task");
        text("winlog.opcode", "opcode");
        text("winlog.version", "version");
        text("winlog.user.identifier", "security.user_id");
        number("winlog.process.pid", "execution.process_id");
        number("winlog.process.thread.id", "execution.thread_id");
        if (values.get("message") instanceof String said && !said.isBlank()) {
            parts.put("message", said);
        }
        values.forEach((name, value) -> {
            if (name.startsWith("event_data.data.")) {
                named(Names.tail(name, "event_data.data.".length()), value);
            } else if (name.startsWith("event_data.")) {
                named(Names.tail(name, "event_data.".length()), value);
            } else if (name.startsWith("user_data.")) {
                String tail = Names.tail(name, "user_data.".length());
                int element = tail.indexOf('.');
                parts.userData.put(element > 0 ? tail.substring(element + 1) : tail, value);
            }
        });
        Object items = values.get("event_data.data.");
        if (items != null) {
            parts.data.remove("");
            parts.data.put("Data", items instanceof List<?> ? items : List.of(items));
        }
    }

    /** {@code Get-WinEvent | ConvertTo-Json}: names of the data stand in the message alone, if they do. */
    void powershell() {
        parts.id = values.get("Id");
        parts.channel = parts.first(CHANNELS);
        parts.provider = values.get("ProviderName");
        parts.computer = parts.first(COMPUTERS);
        parts.stamp = values.get("TimeCreated");
        text("winlog.record_id", "RecordId");
        text("winlog.provider_guid", "ProviderId");
        Object bits = values.get("Keywords");
        parts.put("winlog.keywords", WindowsParts.text(bits == null ? values.get("KeywordsDisplayNames") : bits));
        text("winlog.level", "Level");
        text("winlog.task", "TaskDisplayName");
        text("winlog.opcode", "OpcodeDisplayName");
        text("winlog.version", "Version");
        number("winlog.process.pid", "ProcessId");
        number("winlog.process.thread.id", "ThreadId");
        parts.put("winlog.user.identifier", WindowsParts.text(parts.first(List.of("UserId", "UserId.Value"))));
        if (values.get("Message") instanceof String said) {
            parts.put("message", said);
            parts.said(said);
        }
        Object items = values.get("Properties.Value");
        if (items != null) {
            List<?> list = items instanceof List<?> several ? several : List.of(items);
            if (!parts.name(list) && (parts.data.isEmpty() || parts.data.containsKey("param1"))) {
                parts.data.put("Data", list);
            }
        }
    }

    void flat() {
        parts.id = parts.first(IDS);
        parts.channel = parts.first(CHANNELS);
        parts.provider = parts.first(PROVIDERS);
        parts.computer = parts.first(COMPUTERS);
        parts.stamp = parts.first(TIMES);
        if (parts.channel instanceof String shortened) {
            parts.channel = SHORT.getOrDefault(shortened, shortened);
        }
        if (parts.provider == null && values.containsKey("EventLog")) { // of Azure's table of events
            parts.provider = values.get("Source");
        }
        // Sysmon says the time in UTC; that of NXLog may be the host's, without a zone.
        if (values.get("UtcTime") instanceof String utc
                && utc.length() > 18
                && values.containsKey("SourceModuleType")
                && !hasZone(String.valueOf(parts.stamp))) {
            parts.stamp = utc + "Z";
        }
        String said =
                WindowsParts.text(parts.first(List.of("Message", "message", "description", "RenderedDescription")));
        boolean sysmon = String.valueOf(parts.provider).contains("Sysmon")
                || String.valueOf(parts.channel).contains("Sysmon");
        if (said == null && !sysmon && values.containsKey("Channel")) {
            said = WindowsParts.text(values.get("Description")); // of Fluentd; Sysmon has one of another meaning
        }
        parts.put("message", said);
        String type = String.valueOf(values.get("event_type"));
        parts.put(
                "winlog.keywords",
                type.startsWith("audit_")
                        ? type.toUpperCase(Locale.ROOT)
                        : WindowsParts.text(values.get(values.containsKey("Logfile") ? "Type" : "Keywords")));
        parts.put(
                "winlog.level",
                values.containsKey("Level")
                        ? WindowsParts.text(values.get("Level"))
                        : LEVELS.contains(type) ? type : null);
        parts.put(
                "winlog.record_id",
                WindowsParts.text(parts.first(
                        List.of("EventRecordId", "RecordNumber", "EventRecordID", "RecordID", "record_number"))));
        parts.put("winlog.user.identifier", WindowsParts.text(parts.first(List.of("Security_UserID", "UserID"))));
        parts.put("winlog.provider_guid", WindowsParts.text(parts.first(GUIDS)));
        parts.put("winlog.task", WindowsParts.text(parts.first(List.of("TaskValue", "Task"))));
        parts.put("winlog.opcode", WindowsParts.text(parts.first(List.of("OpcodeValue", "Opcode"))));
        if (values.get("Version") instanceof Object version
                && version.toString().indexOf('.') < 0) {
            text("winlog.version", "Version");
        }
        parts.put(
                "winlog.process.thread.id",
                WindowsParts.number(parts.first(List.of("ExecutionThreadID", "Execution_ThreadID", "ThreadID"))));
        // Who wrote the event, where NXLog says it; a service that is installed has an account of its own.
        boolean writer = values.containsKey("AccountType")
                && !values.containsKey("EventSourceName")
                && !("Service Control Manager".equals(WindowsParts.text(parts.provider))
                        && values.containsKey("ServiceName"));
        if (writer) {
            text("winlog.user.name", "AccountName");
            text("winlog.user.domain", "Domain");
            text("winlog.user.type", "AccountType");
        }
        if (!writer && values.get("user") instanceof String user && !user.isBlank()) {
            parts.put("winlog.user.name", user);
        }
        parts.put(
                "winlog.process.pid",
                WindowsParts.number(parts.first(List.of("ExecutionProcessID", "Execution_ProcessID"))));
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
                parts.data.put(name, value);
            }
        });
        unnamed(values, "EventData.");
        unnamed(values, "AllFieldInfo.");
        withoutValue("EventData.");
        withoutValue("");
        inserts();
        // Who has no data at all has it in the text.
        boolean named =
                parts.data.containsKey("Data") || parts.data.keySet().stream().anyMatch(WindowsParts.WHO::contains);
        if (said != null && !named && "security".equalsIgnoreCase(WindowsParts.text(parts.channel))) {
            parts.said(said);
        }
    }

    /** Fluent Bit's and Fluentd's data without names; who wrote the event stands beside it under names that data may have, too. */
    private void inserts() {
        Object inserts = values.getOrDefault("StringInserts", values.get("InsertionStrings"));
        boolean one = inserts != null && !(inserts instanceof List<?>);
        inserts = one ? List.of(inserts) : inserts == null ? values.get("EventData") : inserts;
        if (inserts instanceof List<?> list) {
            parts.data.keySet().removeAll(WRITER);
            parts.put("winlog.process.pid", WindowsParts.number(values.get("ProcessID")));
            if (!parts.name(list)) {
                parts.data.putIfAbsent("Data", list);
            }
        }
    }

    private boolean taken(String name, String value) {
        return NOT_DATA.contains(name)
                || IDS.contains(name)
                || CHANNELS.contains(name)
                || PROVIDERS.contains(name)
                        && (!name.startsWith("Provider")
                                || value.isEmpty()
                                || value.equals(WindowsParts.text(parts.provider)))
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
                parts.userData.put(name.substring(element + 1).replace(" ", ""), value);
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
            WindowsXml.elements(parts, event);
        } else if (root.name().equals("UserData")) {
            WindowsXml.user(parts, root);
        }
        return event != null;
    }

    private void named(String name, Object value) {
        boolean structure = name.startsWith("#attributes")
                || name.equals("Data")
                || name.startsWith("Data.")
                || name.contains("_attributes.");
        if (!structure) {
            parts.data.put(name.endsWith(".#text") ? name.substring(0, name.length() - 6) : name, value);
        }
    }

    /** Elements called Data: with their names as attributes, or without any name. */
    private void unnamed(Map<String, Object> values, String prefix) {
        Object texts = values.get(prefix + "Data");
        for (String text : ELEMENT_TEXTS) {
            texts = texts == null ? values.get(prefix + "Data" + text) : texts;
        }
        Object names = null;
        for (Map.Entry<String, String> written : NAMED_TEXTS) {
            names = names == null ? values.get(prefix + "Data" + written.getKey()) : names;
        }
        List<?> all = texts == null ? List.of() : texts instanceof List<?> list ? list : List.of(texts);
        List<?> called = names == null ? List.of() : names instanceof List<?> list ? list : List.of(names);
        if (!called.isEmpty() && called.size() == all.size()) {
            for (int i = 0; i < all.size(); i++) {
                parts.data.put(called.get(i).toString(), all.get(i));
            }
            return;
        }
        for (int i = 0; i < all.size(); i++) {
            parts.data.put("param" + (i + 1), all.get(i));
        }
        if (!all.isEmpty()) {
            parts.data.put("Data", all);
        }
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
                parts.valueless.add(inner);
            }
        }
    }

    private @Nullable Object attribute(String element, String name) {
        return parts.first(List.of(
                element + ".#attributes." + name,
                element + "_attributes." + name,
                element + ".@" + name,
                element + "." + name));
    }

    /** {@code 2026-11-22T09:15:02Z}, {@code +09:00}, {@code +0900}. */
    private static boolean hasZone(String stamp) {
        int sign = Math.max(stamp.lastIndexOf('+'), stamp.lastIndexOf('-'));
        return stamp.endsWith("Z") || sign > stamp.indexOf(':') && sign >= stamp.length() - 6;
    }
}
