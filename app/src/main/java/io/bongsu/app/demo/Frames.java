package io.bongsu.app.demo;

import io.bongsu.model.Documents;
import io.bongsu.model.Micros;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** Writes a message the way its host does: RFC 3164, RFC 5424 or logback JSON. Stamps are UTC. */
final class Frames {
    private static final DateTimeFormatter RFC3164 =
            DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter WITH_MILLIS = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Frames() {}

    /**
     * @param priority facility · 8 + severity
     * @param program with pid, or without when it is 0
     */
    static byte[] syslog(Host host, long time, int priority, String program, int pid, String message) {
        Instant instant = Micros.instant(time);
        String frame =
                switch (host.transport()) {
                    case UDP, TCP_LINES ->
                        "<" + priority + ">" + RFC3164.format(instant) + " " + host.name() + " " + program
                                + (pid == 0 ? "" : "[" + pid + "]") + ": " + message;
                    case TCP_OCTETS ->
                        "<" + priority + ">1 " + WITH_MILLIS.format(instant) + " " + host.name() + " " + program + " "
                                + (pid == 0 ? "-" : pid) + " - - " + message;
                    case JSON -> throw new IllegalArgumentException(host.name() + " sends JSON");
                };
        return frame.getBytes(host.charset());
    }

    static byte[] json(
            Host host, long time, String level, String logger, String thread, String message, Map<String, ?> more) {
        Map<String, Object> fields = new java.util.TreeMap<>(more);
        fields.put("@timestamp", WITH_MILLIS.format(Micros.instant(time)));
        fields.put("@version", "1");
        fields.put("message", message);
        fields.put("logger_name", logger);
        fields.put("thread_name", thread);
        fields.put("level", level);
        fields.put(
                "level_value",
                switch (level) {
                    case "ERROR" -> 40_000;
                    case "WARN" -> 30_000;
                    default -> 20_000;
                });
        fields.put("HOSTNAME", host.name());
        return Documents.nested(fields);
    }
}
