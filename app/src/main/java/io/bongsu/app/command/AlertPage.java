package io.bongsu.app.command;

import io.bongsu.app.console.Console;
import io.bongsu.app.console.Console.Paint;
import io.bongsu.app.console.Counted;
import io.bongsu.app.console.Printable;
import io.bongsu.app.pipeline.AlertLines;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An alert for somebody who has to decide what to do: what, who, when, the events behind it, what to check. */
final class AlertPage {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);
    private static final String INDENT = "  ";
    /** Alerts of the same attack by other versions of the rule; found when it is shown. */
    static final String OTHER_VERSIONS = "bongsu.alert.other_versions";

    private final Console console;
    private final ZoneId zone;
    private final int width;

    /** @param width of the window; an event's line is cut there */
    AlertPage(Console console, ZoneId zone, int width) {
        this.console = console;
        this.zone = zone;
        this.width = width;
    }

    /** The ids of the events, and of alerts below, in the order of the alert. */
    static List<String> evidence(Map<String, Object> alert) {
        return entries(alert).stream().map(e -> text(e, "id")).toList();
    }

    /** @param evidence by id, as far as Elasticsearch has it */
    List<String> lines(Map<String, Object> alert, Map<String, Map<String, Object>> evidence) {
        List<String> page = new ArrayList<>();
        page.add(new AlertLines(console, zone).fires(text(alert, "rule.level"))
                + INDENT
                + console.paint(Paint.BOLD, Printable.text(text(alert, "rule.name"))));
        say(page, "id", text(alert, "event.id") + ", revision " + text(alert, "bongsu.alert.revision"));
        say(page, "status", status(alert));
        say(page, "analyst", analyst(alert));
        say(page, "when", when(alert));
        say(page, "who", who(alert));
        say(page, "values", values(alert));
        say(page, "why", text(alert, "rule.description"));
        say(page, "ATT&CK", attack(alert));
        say(page, "check", text(alert, "bongsu.rule.custom.advice"));
        say(page, "harmless", text(alert, "bongsu.rule.falsepositives"));
        say(page, "see", text(alert, "rule.reference"));
        say(page, "rule", text(alert, "rule.id") + ", version " + text(alert, "rule.version"));
        say(page, "also", also(alert));
        page.add("");
        page.addAll(events(alert, evidence));
        return page;
    }

    private static String also(Map<String, Object> alert) {
        return alert.get(OTHER_VERSIONS) instanceof List<?> ids
                ? "another version of the rule saw the same: "
                        + ids.stream().map(String::valueOf).collect(Collectors.joining(", "))
                : "";
    }

    /** Whether both are about a group, and the same one. */
    static boolean sameGroup(Map<String, Object> alert, Map<String, Object> other) {
        Object fields = alert.get("bongsu.alert.group_by");
        return fields instanceof List<?> names
                && fields.equals(other.get("bongsu.alert.group_by"))
                && names.stream()
                        .allMatch(name -> text(alert, String.valueOf(name)).equals(text(other, String.valueOf(name))));
    }

    private void say(List<String> page, String what, String text) {
        if (!text.isBlank()) {
            page.add(INDENT + console.paint(Paint.DIM, Printable.pad(what, 9)) + INDENT + Printable.text(text.strip()));
        }
    }

    private static String status(Map<String, Object> alert) {
        String status = text(alert, "bongsu.alert.status");
        String superseded = text(alert, "bongsu.alert.superseded_by");
        return switch (status) {
            case "open" -> "open: it grows with each event that comes";
            case "closed" -> "closed: nothing can change it any more";
            case "withdrawn" ->
                "withdrawn: a line that came late showed that it was none"
                        + (superseded.isEmpty() ? "" : ", it became part of " + superseded);
            default -> status;
        };
    }

    private String analyst(Map<String, Object> alert) {
        String status = text(alert, Notes.STATUS);
        return status.isEmpty()
                ? ""
                : Notes.words(status, alert.containsKey(Notes.REASON) ? text(alert, Notes.REASON) : null) + ", by "
                        + text(alert, Notes.USER) + " at " + time(text(alert, Notes.TIME)) + ": "
                        + text(alert, Notes.NOTE);
    }

    private String when(Map<String, Object> alert) {
        String from = time(text(alert, "event.start"));
        String to = time(text(alert, "event.end"));
        return from.equals(to) ? from : from + " to " + to + ", fired first at " + time(text(alert, "@timestamp"));
    }

    private static String who(Map<String, Object> alert) {
        return ResultTable.about(alert)
                .map(field -> field + "=" + text(alert, field))
                .collect(Collectors.joining(" "));
    }

    private static String values(Map<String, Object> alert) {
        return maps(alert.get("bongsu.alert.values")).stream()
                .map(e -> text(e, "field") + ": " + text(e, "value"))
                .collect(Collectors.joining("; "));
    }

    private static String attack(Map<String, Object> alert) {
        String technique = text(alert, "threat.technique.subtechnique.id");
        return List.of(
                        technique.isEmpty() ? text(alert, "threat.technique.id") : technique,
                        text(alert, "threat.tactic.name"))
                .stream()
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private List<String> events(Map<String, Object> alert, Map<String, Map<String, Object>> evidence) {
        List<Map<String, Object>> entries = entries(alert);
        List<String> lines = new ArrayList<>();
        String kept = Boolean.TRUE.equals(alert.get("bongsu.alert.capped"))
                ? ", of which these are kept: the first and the last"
                : "";
        String degraded = Boolean.TRUE.equals(alert.get("bongsu.alert.degraded"))
                ? " (degraded: a bound was crossed, there may have been more)"
                : "";
        lines.add(INDENT
                + console.paint(
                        Paint.BOLD,
                        Counted.of(Long.parseLong(text(alert, "bongsu.alert.count")), "event") + kept + degraded));
        int missing = 0;
        for (Map<String, Object> entry : entries) {
            Map<String, Object> event = evidence.get(text(entry, "id"));
            String step = text(entry, "step");
            String line = INDENT
                    + time(text(entry, "@timestamp"))
                    + INDENT
                    + (step.isEmpty() ? "" : "step " + step + INDENT)
                    + Printable.text(event == null ? "(not in Elasticsearch: " + text(entry, "id") + ")" : said(event));
            missing += event == null ? 1 : 0;
            lines.add(Printable.cut(line, width));
        }
        if (missing > 0) {
            lines.add(INDENT + missing + " of " + entries.size()
                    + " are not in Elasticsearch: not indexed yet, or older than its retention");
        }
        return lines;
    }

    /** The line as it came; of an alert below, its name and whom it is about. */
    private static String said(Map<String, Object> event) {
        return "alert".equals(event.get("event.kind")) && event.containsKey("bongsu.alert.status")
                ? "alert " + text(event, "event.id") + " " + text(event, "rule.name") + ": " + who(event)
                : text(event, "event.original");
    }

    private String time(String iso) {
        return TIME.format(Instant.parse(iso).atZone(zone));
    }

    static List<Map<String, Object>> entries(Map<String, Object> alert) {
        return maps(alert.get("events"));
    }

    private static List<Map<String, Object>> maps(@Nullable Object list) {
        List<Map<String, Object>> maps = new ArrayList<>();
        if (list instanceof List<?> items) {
            for (Object item : items) {
                if (item instanceof Map<?, ?> map) {
                    maps.add(map.entrySet().stream().collect(Collectors.toMap(e -> String.valueOf(e.getKey()), e ->
                            (Object) Objects.requireNonNull(e.getValue()))));
                }
            }
        }
        return maps;
    }

    static String text(Map<String, Object> doc, String field) {
        Object value = doc.get(field);
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.joining(", "))
                : Objects.toString(value, "");
    }
}
