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
import org.jspecify.annotations.Nullable;

/**
 * A line that Filebeat (or the Elastic Agent, which runs it) has read somewhere and wrapped into an event of its own: the
 * {@code message} is parsed as the line that it is, and what the event says of the file, the host and the agent is kept.
 * An event whose text Filebeat has taken apart already, so that there is a level or a logger, is none. What the journal of
 * systemd itself prints as JSON ({@code journalctl -o json}, systemd-journal-upload and who reads them) is the same, and so is what a container printed if it names its program.
 *
 * @param line to be parsed; of the journal with the header that it had in a file
 * @param rest of the event, to become fields
 * @param names what its keys are called in ECS
 */
record Forwarded(String line, Json rest, Parser.JsonNames names) {
    private static final Set<String> SHIPPERS = Set.of("filebeat", "journalbeat");
    private static final List<String> PROGRAM = List.of("log.syslog.appname", "syslog.identifier");
    private static final List<String> PID = List.of("log.syslog.procid", "syslog.pid", "process.pid", "journald.pid");

    /** What is said by what the line itself is found to be, and what only Filebeat needs. */
    private static final Set<String> NOT_KEPT = Set.of("message", "event.original", "event.dataset", "event.module");

    private static final Parser.JsonNames NAMES =
            new Parser.JsonNames(List.of("@timestamp"), Map.of(), Set.of("ecs.version"), "json", true, null);

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
            null);

    private static final Parser.JsonNames CONTAINER = new Parser.JsonNames(
            List.of("time"),
            Map.of("stream", target("docker.stream"), "attrs.name", target("container.name")),
            Set.of(),
            "json",
            true,
            null);

    private static Target target(String field) {
        return Objects.requireNonNull(Target.read(field));
    }

    static @Nullable Forwarded of(Json event) {
        Map<String, Object> values = event.values();
        if (values.containsKey("MESSAGE")
                && (values.containsKey("_HOSTNAME") || values.containsKey("__REALTIME_TIMESTAMP"))) {
            return journal(event);
        }
        if (!(values.get("agent.type") instanceof String type)
                || !SHIPPERS.contains(type)
                || !(values.get("message") instanceof String message)
                || message.isBlank()
                || values.containsKey("log.level")
                || values.containsKey("log.logger")) {
            return null;
        }
        Map<String, Object> rest = new LinkedHashMap<>(values);
        rest.keySet().removeIf(key -> NOT_KEPT.contains(key) || key.startsWith("@metadata."));
        return new Forwarded(
                head(values) + message, new Json(rest, event.keys(), event.empty(), event.truncated()), NAMES);
    }

    /** A whole line of a container, as Docker's json-file driver writes it and shippers pass it on. */
    static @Nullable Forwarded container(Json event) {
        Map<String, Object> values = event.values();
        if (!(values.get("log") instanceof String line)
                || !line.endsWith("\n")
                || line.isBlank()
                || !values.containsKey("stream")
                || !values.containsKey("time")) {
            return null;
        }
        Map<String, Object> rest = new LinkedHashMap<>(values);
        rest.remove("log");
        return new Forwarded(
                line.stripTrailing(), new Json(rest, event.keys(), event.empty(), event.truncated()), CONTAINER);
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
            String pid = word(values, List.of("SYSLOG_PID", "_PID"));
            head = Micros.iso(time) + " " + host + " " + program + (pid == null ? "" : "[" + pid + "]") + ": ";
        }
        return new Forwarded(head + message, new Json(rest, event.keys(), event.empty(), event.truncated()), JOURNAL);
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
        String pid = word(values, PID);
        return time + " " + host + " " + program + (pid == null ? "" : "[" + pid + "]") + ": ";
    }

    private static @Nullable String word(Map<String, Object> values, List<String> names) {
        for (String name : names) {
            Object value = values.get(name);
            if (value != null && value.toString().matches("[^\\s\\[\\]]{1,255}")) {
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
