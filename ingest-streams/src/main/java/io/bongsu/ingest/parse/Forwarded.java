package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A line that Filebeat (or the Elastic Agent, which runs it) has read somewhere and wrapped into an event of its own: the
 * {@code message} is parsed as the line that it is, and what the event says of the file, the host and the agent is kept.
 * An event whose text Filebeat has taken apart already, so that there is a level or a logger, is none. What the journal of
 * systemd itself prints as JSON ({@code journalctl -o json}, systemd-journal-upload and who reads them) is the same, and
 * so is what others put around a line that says nothing of its level: Fluent Bit, Fluentd, Vector, Logstash, rsyslog and
 * syslog-ng among them, where a parser knows the line; else the object may be an application's own.
 *
 * @param line to be parsed; of the journal with the header that it had in a file
 * @param rest of the event, to become fields
 * @param names what its keys are called in ECS
 * @param isSure that it is one, whatever the line is
 */
record Forwarded(String line, Json rest, Parser.JsonNames names, boolean isSure) {
    private static final Set<String> SHIPPERS = Set.of("filebeat", "journalbeat");
    private static final List<String> PROGRAM = List.of("log.syslog.appname", "syslog.identifier");
    private static final List<String> PID = List.of("log.syslog.procid", "syslog.pid", "process.pid", "journald.pid");

    /** Where relays of syslog and shippers of logs put a line, its program and its process. */
    private static final List<String> LINES =
            List.of("message", "log", "MESSAGE", "Message", "msg", "_raw", "raw", "line", "event.original");

    private static final List<String> RELAYED_PROGRAM = List.of(
            "program",
            "programname",
            "PROGRAM",
            "appname",
            "app-name",
            "app_name",
            "ident",
            "syslog_program",
            "syslog_identifier",
            "SourceName");
    private static final List<String> RELAYED_PID = List.of("pid", "PID", "procid", "syslog_pid", "ProcessID");
    private static final List<String> LEVELS =
            List.of("level", "lvl", "levelname", "log_level", "loglevel", "severity");

    /** An object that says this is no frame: it is what an application says, and its text may be anybody's. */
    private static final Set<String> SAYS = Set.of(
            "user",
            "username",
            "userid",
            "login",
            "email",
            "ip",
            "clientip",
            "sourceip",
            "srcip",
            "remoteaddr",
            "remoteip",
            "action",
            "method",
            "url",
            "logger",
            "loggername");

    /** What may stand in a header. */
    private static final Pattern WORD = Pattern.compile("[^\\s\\[\\]]{1,255}");

    /** What is said by what the line itself is found to be, and what only Filebeat needs. */
    private static final Set<String> NOT_KEPT = Set.of("message", "event.original", "event.dataset", "event.module");

    private static final Parser.JsonNames NAMES = new Parser.JsonNames(
            List.of("@timestamp"), Map.of(), Set.of("ecs.version"), "json", true, null, Alike.NONE);

    /** Names of the journal that mean something in ECS. */
    private static final Parser.JsonNames JOURNAL = new Parser.JsonNames(
            List.of("__REALTIME_TIMESTAMP"),
            Map.of(
                    "_EXE", target("process.executable"),
                    "_CMDLINE", target("process.command_line"),
                    "_MACHINE_ID", target("host.id"),
                    "_BOOT_ID", target("host.boot.id"),
                    "_HOSTNAME", target("host.hostname")),
            Set.of("__CURSOR", "__MONOTONIC_TIMESTAMP"),
            "json",
            true,
            null,
            Alike.NONE);

    private static final Parser.JsonNames RELAYED = new Parser.JsonNames(
            List.of("@timestamp", "timestamp", "time", "date", "ts", "ISODATE", "DATE", "EventTime", "_time"),
            Map.of(
                    "hostname", target("host.hostname"),
                    "Hostname", target("host.hostname"),
                    "host", target("host.hostname"),
                    "HOST", target("host.hostname"),
                    "logsource", target("host.hostname"),
                    "path", target("log.file.path"),
                    "file", target("log.file.path"),
                    "stream", target("docker.stream"),
                    "kubernetes.container_name", target("container.name"),
                    "kubernetes.container_image", target("container.image.name")),
            Set.of("@version"),
            "json",
            true,
            null,
            Alike.NONE);

    private static Target target(String field) {
        return Objects.requireNonNull(Target.read(field));
    }

    static @Nullable Forwarded of(Json event) {
        Map<String, Object> values = event.values();
        if (values.containsKey("MESSAGE")
                && (values.containsKey("_HOSTNAME") || values.containsKey("__REALTIME_TIMESTAMP"))) {
            return journal(event);
        }
        if (values.containsKey("log.level") || values.containsKey("log.logger")) {
            return null;
        }
        if (!(values.get("agent.type") instanceof String type) || !SHIPPERS.contains(type)) {
            return relayed(event);
        }
        if (!(values.get("message") instanceof String message) || message.isBlank()) {
            return null;
        }
        Map<String, Object> rest = new LinkedHashMap<>(values);
        rest.keySet().removeIf(key -> NOT_KEPT.contains(key) || key.startsWith("@metadata."));
        return new Forwarded(
                head(values) + message, new Json(rest, event.keys(), event.empty(), event.truncated()), NAMES, true);
    }

    /** Of a relay of syslog, the program says whose line it is; of anybody else, the line itself must. */
    private static @Nullable Forwarded relayed(Json event) {
        Map<String, Object> values = event.values();
        String program = word(values, RELAYED_PROGRAM);
        if (program == null && any(values, LEVELS)) {
            return null; // most applications
        }
        String key = line(values);
        if (key == null) {
            return null;
        }
        if (program == null && values.keySet().stream().map(Alike::plain).anyMatch(SAYS::contains)) {
            return null;
        }
        Map<String, Object> rest = new LinkedHashMap<>(values);
        String line = String.valueOf(rest.remove(key)).stripTrailing();
        if (program != null && !line.startsWith(program)) {
            line = tag(program, word(values, RELAYED_PID)) + line;
        }
        return new Forwarded(line, new Json(rest, event.keys(), event.empty(), event.truncated()), RELAYED, false);
    }

    private static boolean any(Map<String, Object> values, List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            if (values.containsKey(names.get(i))) {
                return true;
            }
        }
        return false;
    }

    /** The key that holds it, or null. */
    private static @Nullable String line(Map<String, Object> values) {
        for (int i = 0; i < LINES.size(); i++) {
            if (values.get(LINES.get(i)) instanceof String text && !text.isBlank()) {
                return LINES.get(i);
            }
        }
        boolean splunk = values.containsKey("sourcetype") && values.get("event") instanceof String;
        return splunk ? "event" : null;
    }

    private static @Nullable Forwarded journal(Json event) {
        Map<String, Object> values = event.values();
        String message = text(values.get("MESSAGE"));
        if (message.isBlank()) {
            return null;
        }
        Map<String, Object> rest = new LinkedHashMap<>(values);
        rest.remove("MESSAGE");
        String program = word(values, List.of("SYSLOG_IDENTIFIER", "_COMM"));
        String host = word(values, List.of("_HOSTNAME"));
        Object stamp = values.get("__REALTIME_TIMESTAMP");
        Long time = stamp == null ? null : As.integer(stamp.toString());
        String head = "";
        if (program != null && host != null && time != null) {
            head = Micros.iso(time) + " " + host + " " + tag(program, word(values, List.of("SYSLOG_PID", "_PID")));
        }
        return new Forwarded(
                head + message, new Json(rest, event.keys(), event.empty(), event.truncated()), JOURNAL, true);
    }

    /** A message that is not plain text is a list of its bytes. */
    private static String text(@Nullable Object message) {
        if (!(message instanceof List<?> bytes)) {
            return message == null ? "" : message.toString();
        }
        byte[] data = new byte[bytes.size()];
        for (int i = 0; i < data.length; i++) {
            data[i] = bytes.get(i) instanceof Number n ? n.byteValue() : (byte) '?';
        }
        return new String(data, StandardCharsets.UTF_8);
    }

    /** The header that a line of the journal lacks. */
    private static String head(Map<String, Object> values) {
        String program = word(values, PROGRAM);
        String host = word(values, List.of("host.hostname", "host.name"));
        String time = word(values, List.of("@timestamp"));
        if (program == null || host == null || time == null) {
            return "";
        }
        return time + " " + host + " " + tag(program, word(values, PID));
    }

    private static String tag(String program, @Nullable String pid) {
        return program + (pid == null ? "" : "[" + pid + "]") + ": ";
    }

    private static @Nullable String word(Map<String, Object> values, List<String> names) {
        for (String name : names) {
            Object value = values.get(name);
            if (value != null && WORD.matcher(value.toString()).matches()) {
                return value.toString();
            }
        }
        return null;
    }

    /** Of stamps that name none, unless the listener has said it. */
    @Nullable
    ZoneId zone(@Nullable ZoneId told) {
        if (told == null && rest.values().get("event.timezone") instanceof String name) {
            try {
                return ZoneId.of(name);
            } catch (DateTimeException unknown) {
                return null;
            }
        }
        return told;
    }

    /** Before the line's own fields, which come over these. */
    void put(Body body, @Nullable Header header) {
        long read = JsonFields.put(rest, names, body);
        if (read != Micros.UNKNOWN) {
            body.otherwise = read;
        }
        String claimed = header == null ? null : header.hostname();
        if (claimed != null
                && !isSame(claimed, body.text("host.hostname"))
                && !isSame(claimed, body.text("host.name"))) {
            // Read on a collector: its addresses and system are not those of the host that wrote the line.
            List.copyOf(body.fields.keySet()).stream()
                    .filter(name -> name.startsWith("host."))
                    .forEach(name -> body.fields.merge("json." + name, body.fields.remove(name), Header::both));
        }
    }

    private static boolean isSame(String claimed, @Nullable String known) {
        return known != null && first(claimed).equals(first(known));
    }

    /** web-1 and web-1.example.org are one. */
    private static String first(String host) {
        int dot = host.indexOf('.');
        return (dot < 0 ? host : host.substring(0, dot)).toLowerCase(Locale.ROOT);
    }
}
