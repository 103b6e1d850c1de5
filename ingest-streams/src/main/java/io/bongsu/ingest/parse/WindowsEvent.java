package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import io.bongsu.rules.LogSource;
import io.bongsu.rules.LogSources;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Windows event in the shapes in which events are exchanged as JSON: the XML turned into JSON (evtx_dump and its kin),
 * Winlogbeat, and flat records of NXLog and Sigma tools. All become the same fields: the event's own data under
 * {@code winlog.event_data.*} as text, ECS names beside them, and the log sources that Sigma gives them.
 *
 * @param time of the event's own stamp, or {@link Micros#UNKNOWN}
 */
record WindowsEvent(long time, String dataset, Map<String, Object> fields, Set<LogSource> logSources) {
    private static final String DATA = "winlog.event_data.";
    private static final String USER_DATA = "winlog.user_data.";

    /** Where flat records say what XML says in its System part; the first that is there counts. */
    private static final List<String> IDS = List.of("EventID", "EventId", "event_id", "EventCode");

    private static final List<String> CHANNELS = List.of("Channel", "channel", "LogName", "log_name", "EventLog");
    private static final List<String> PROVIDERS =
            List.of("Provider_Name", "ProviderName", "SourceName", "Provider", "provider_name", "source_name");
    private static final List<String> COMPUTERS =
            List.of("Computer", "Hostname", "ComputerName", "computer_name", "MachineName", "host");
    private static final List<String> TIMES = List.of(
            "SystemTime", "TimeCreated_SystemTime", "TimeCreated", "@timestamp", "EventTime", "timestamp", "UtcTime");

    /** What shippers add to a flat record, and what is taken into fields of its own. */
    private static final Set<String> NOT_DATA = Set.of(
            "ActivityID",
            "EventReceivedTime",
            "EventTypeOrignal",
            "ExecutionProcessID",
            "Execution_ProcessID",
            "Execution_ThreadID",
            "Keywords",
            "Level",
            "Message",
            "Opcode",
            "OpcodeValue",
            "ProviderGuid",
            "Provider_Guid",
            "RecordNumber",
            "EventRecordID",
            "Severity",
            "SeverityValue",
            "SourceModuleName",
            "SourceModuleType",
            "Security_UserID",
            "Task",
            "ThreadID",
            "Version",
            "@version",
            "tags",
            "port");

    /** NXLog's own EventType, where Sysmon has one of another meaning. */
    private static final Set<String> NXLOG_TYPES =
            Set.of("INFO", "WARNING", "ERROR", "CRITICAL", "VERBOSE", "DEBUG", "AUDIT_SUCCESS", "AUDIT_FAILURE");

    /** The event this is, or null when the object is something else. */
    static @Nullable WindowsEvent of(Json json, long reference, ZoneId zone) {
        Map<String, Object> values = json.values();
        Source source = new Source(values);
        if (values.containsKey("Event.System.EventID") || values.containsKey("Event.System.EventID.#text")) {
            source.xml("Event.");
        } else if (values.containsKey("System.EventID") || values.containsKey("System.EventID.#text")) {
            source.xml("");
        } else if (values.containsKey("winlog.channel")
                || values.containsKey("winlog.event_id")
                || json.keys().contains("event_data") && values.containsKey("event_id")) {
            source.winlogbeat();
        } else if (source.first(IDS) != null
                && (source.first(CHANNELS) != null || source.first(PROVIDERS) != null || source.likeSysmon())) {
            source.flat();
        } else {
            return null;
        }
        return source.event(reference, zone);
    }

    /** The parts of one event while they are gathered. */
    private static final class Source {
        private final Map<String, Object> values;
        private final Map<String, Object> data = new LinkedHashMap<>();
        private final Map<String, Object> userData = new LinkedHashMap<>();
        /** ECS fields and {@code winlog.*} that the shipper has set already. */
        private final Map<String, Object> known = new LinkedHashMap<>();

        private @Nullable Object id;
        private @Nullable Object channel;
        private @Nullable Object provider;
        private @Nullable Object computer;
        private @Nullable Object stamp;

        Source(Map<String, Object> values) {
            this.values = values;
        }

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

        boolean likeSysmon() {
            return values.containsKey("Image") || values.containsKey("ProcessGuid") || values.containsKey("UtcTime");
        }

        void xml(String root) {
            String system = root + "System.";
            id = first(List.of(system + "EventID", system + "EventID.#text"));
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
            unnamed(root + "EventData");
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
        private void unnamed(String eventData) {
            Object plain = values.get(eventData + ".Data");
            Object texts = plain == null ? values.get(eventData + ".Data.#text") : plain;
            Object names = null;
            for (String path : List.of(".Data.@Name", ".Data.#attributes.Name", ".Data.Name")) {
                names = names == null ? values.get(eventData + path) : names;
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
                    data.put(name.substring(DATA.length()), value);
                } else if (name.startsWith("event_data.")) {
                    data.put(name.substring("event_data.".length()), value);
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
            Object words = known.get("winlog.keywords");
            // Rules know the bits, Winlogbeat the words.
            if (words != null && words.toString().contains("Audit Failure")) {
                known.put("winlog.keywords", List.of("Audit Failure", "0x8010000000000000"));
            } else if (words != null && words.toString().contains("Audit Success")) {
                known.put("winlog.keywords", List.of("Audit Success", "0x8020000000000000"));
            }
        }

        void flat() {
            id = first(IDS);
            channel = first(CHANNELS);
            provider = first(PROVIDERS);
            computer = first(COMPUTERS);
            stamp = first(TIMES);
            put("message", text(first(List.of("Message", "message"))));
            put("winlog.keywords", text(values.get("Keywords")));
            put("winlog.level", text(values.get("Level")));
            put("winlog.record_id", text(first(List.of("RecordNumber", "EventRecordID"))));
            put("winlog.user.identifier", text(values.get("Security_UserID")));
            put("winlog.process.pid", number(first(List.of("ExecutionProcessID", "Execution_ProcessID"))));
            values.forEach((name, value) -> {
                boolean taken = NOT_DATA.contains(name)
                        || IDS.contains(name)
                        || CHANNELS.contains(name)
                        || PROVIDERS.contains(name)
                        || COMPUTERS.contains(name)
                        || TIMES.contains(name) && !name.equals("UtcTime")
                        || name.equals("message")
                        || name.equals("EventType") && NXLOG_TYPES.contains(value.toString());
                if (!taken) {
                    data.put(name, value);
                }
            });
            unnamedFlat();
        }

        private void unnamedFlat() {
            if (data.get("Data") instanceof List<?> all) {
                for (int i = 0; i < all.size(); i++) {
                    data.putIfAbsent("param" + (i + 1), all.get(i));
                }
            }
        }

        WindowsEvent event(long reference, ZoneId zone) {
            String code = text(id) == null ? "" : String.valueOf(text(id));
            String name = text(channel);
            String from = text(provider);
            Map<String, Object> fields = new LinkedHashMap<>(64);
            Map<String, Object> clean = new LinkedHashMap<>();
            data.forEach((key, value) -> clean.put(key.replace(" ", ""), texts(value)));
            Set<LogSource> sources = LogSources.builtIn().windows(name, from, id(code), clean::get);
            WindowsFields.put(id(code), sources, clean, fields);
            boolean linux = sources.stream().anyMatch(source -> "linux".equals(source.product()));
            fields.put("event.kind", "event");
            fields.put("host.os.type", linux ? "linux" : "windows");
            fields.putAll(known); // what the shipper knows is nearer to the event
            put(fields, "event.code", code.isEmpty() ? null : code);
            put(fields, "winlog.event_id", code.isEmpty() ? null : code);
            put(fields, "winlog.channel", name);
            put(fields, "winlog.provider_name", from);
            put(fields, "event.provider", from);
            put(fields, "winlog.computer_name", text(computer));
            put(fields, "host.name", text(computer));
            clean.forEach((key, value) -> fields.put(DATA + key, value));
            userData.forEach((key, value) -> fields.put(USER_DATA + key, texts(value)));
            String dataset = dataset(sources);
            fields.putIfAbsent("event.module", dataset.substring(0, dataset.indexOf('.')));
            return new WindowsEvent(time(stamp, reference, zone), dataset, fields, sources);
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

    /** The names of Elastic's integrations. */
    private static String dataset(Set<LogSource> sources) {
        String service = "";
        for (LogSource source : sources) {
            service = source.service() == null ? service : source.service();
        }
        return switch (service) {
            case "security", "system", "application" -> "system." + service;
            case "sysmon" ->
                sources.stream().anyMatch(source -> "linux".equals(source.product()))
                        ? "sysmon_linux.log"
                        : "windows.sysmon_operational";
            case "powershell" -> "windows.powershell_operational";
            case "powershell-classic" -> "windows.powershell";
            case "windefend" -> "windows.windows_defender";
            default -> "windows.forwarded";
        };
    }

    private static long time(@Nullable Object value, long reference, ZoneId zone) {
        if (!(value instanceof String text)) {
            return Micros.UNKNOWN;
        }
        Stamp stamp = new Stamp(text, text.length(), reference, zone);
        return stamp.read(0) && stamp.end == text.length() ? stamp.micros : Micros.UNKNOWN;
    }

    /** Text or a list of texts, whatever the value was: one field has one type in the index. */
    private static Object texts(Object value) {
        if (value instanceof List<?> list) {
            List<String> texts = new ArrayList<>(list.size());
            list.forEach(item -> texts.add(item.toString()));
            return texts;
        }
        return value.toString();
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
