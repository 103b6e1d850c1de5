package io.bongsu.ingest.parse;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Records of Windows events whose names a tool between has changed: GELF, Graylog, osquery, Telegraf. */
final class WindowsRenamed {
    /** What GELF has without an underscore; of two texts the whole one. */
    private static final List<Map.Entry<String, String>> GELF = List.of(
            Map.entry("full_message", "Message"),
            Map.entry("short_message", "Message"),
            Map.entry("host", "Hostname"),
            Map.entry("timestamp", "timestamp"));

    /** The same for Winlogbeat behind Graylog. */
    private static final Map<String, String> BEATS = Map.of("Message", "message", "timestamp", "@timestamp");

    /** With what Graylog's inputs put in front of Winlogbeat's names. */
    private static final List<String> GRAYLOG =
            List.of("winlog_event_id", "_winlog_event_id", "winlogbeat_winlog_event_id", "_winlogbeat_winlog_event_id");

    /** The columns of osquery's {@code windows_events}. */
    private static final Map<String, String> OSQUERY = Map.of(
            "channel", "Channel",
            "computer_name", "Computer",
            "data", "EventData",
            "datetime", "SystemTime",
            "eventid", "EventID",
            "keywords", "Keywords",
            "level", "Level",
            "provider_guid", "ProviderGuid",
            "provider_name", "ProviderName",
            "source", "Channel");

    private WindowsRenamed() {}

    /** The record with the names that its shipper gave it, or null. */
    static @Nullable Json of(Json json) {
        if (json.keys().contains("_EventID")) {
            return gelf(json, name -> name.startsWith("_") ? name.substring(1) : "");
        }
        for (String id : GRAYLOG) {
            if (json.keys().contains(id)) {
                String prefix = id.substring(0, id.length() - "winlog_event_id".length());
                return gelf(json, name -> name.startsWith(prefix) ? beats(name.substring(prefix.length())) : "");
            }
        }
        if (json.keys().contains("columns") && json.values().containsKey("columns.eventid")) {
            return named(json, name -> name.startsWith("columns.") ? OSQUERY.getOrDefault(name.substring(8), "") : "");
        }
        if ("win_eventlog".equals(json.values().get("name"))) {
            return named(json, WindowsRenamed::telegraf);
        }
        return null;
    }

    private static Json named(Json json, UnaryOperator<String> names) {
        Map<String, Object> plain = new LinkedHashMap<>();
        Set<String> top = new HashSet<>();
        json.values().forEach((name, value) -> {
            String other = names.apply(name);
            if (!other.isEmpty()) {
                plain.put(other, value);
                int dot = other.indexOf('.');
                top.add(dot < 0 ? other : other.substring(0, dot));
            }
        });
        Set<String> nothing = new HashSet<>();
        json.empty().forEach(name -> nothing.add(names.apply(name)));
        nothing.remove("");
        return new Json(plain, top, nothing, json.truncated());
    }

    /** Winlogbeat's names as Graylog writes them: underscores for the dots. */
    private static String beats(String name) {
        for (String part : List.of("winlog_event_data_", "winlog_user_data_", "winlog_user_", "winlog_process_")) {
            if (name.startsWith(part)) {
                String tail = name.substring(part.length());
                return part.substring(0, part.length() - 1).replaceFirst("_", ".") + "."
                        + (tail.equals("thread_id") ? "thread.id" : tail);
            }
        }
        return name.startsWith("winlog_") ? "winlog." + name.substring(7) : name.equals("message") ? name : "";
    }

    /** Telegraf: what identifies an event are tags, its data are fields with a prefix. */
    private static String telegraf(String name) {
        if (name.startsWith("fields.Data_")) {
            return name.substring(12);
        }
        if (name.startsWith("fields.UserData_")) {
            return "UserData." + name.substring(16).replaceFirst("_", ".");
        }
        return switch (name) {
            case "tags.Source", "fields.Source" -> "SourceName";
            case "fields.ProcessID" -> "ExecutionProcessID";
            case "fields.ThreadID" -> "ExecutionThreadID";
            case "fields.UserID" -> "Security_UserID";
            case "tags.host", "fields.ProcessName", "fields.UserName", "tags.LevelText" -> "";
            default ->
                name.startsWith("tags.") ? name.substring(5) : name.startsWith("fields.") ? name.substring(7) : "";
        };
    }

    /** A record as GELF hands it on, the text in a field of its own. */
    private static Json gelf(Json json, UnaryOperator<String> names) {
        Json record = named(json, names);
        Map<String, Object> plain = record.values();
        boolean beats = plain.containsKey("winlog.event_id");
        GELF.forEach(entry -> {
            Object value = json.values().get(entry.getKey());
            String name = beats ? BEATS.get(entry.getValue()) : entry.getValue();
            if (value != null && name != null) {
                plain.putIfAbsent(name, value);
            }
        });
        return record;
    }
}
