package io.bongsu.app.command;

import io.bongsu.app.console.Console;
import io.bongsu.app.console.Console.Paint;
import io.bongsu.app.console.Printable;
import io.bongsu.app.pipeline.AlertLines;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Documents as lines of a table: columns as wide as what they hold, the last one cut at the width of the window. */
final class ResultTable {
    private static final int WIDEST = 28;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("MM-dd HH:mm:ss", Locale.ROOT);

    private final List<String> head;
    private final List<List<String>> rows = new ArrayList<>();

    private ResultTable(String... head) {
        this.head = List.of(head);
    }

    /** Rows as they are, under these heads. */
    static List<String> of(List<String> head, List<List<String>> rows, Console console, int width) {
        ResultTable table = new ResultTable(head.toArray(String[]::new));
        table.rows.addAll(rows);
        return table.lines(console, width, Function.identity());
    }

    static List<String> events(List<Map<String, Object>> documents, Console console, int width) {
        ResultTable table = new ResultTable("time", "host", "user", "source", "what", "message");
        for (Map<String, Object> doc : documents) {
            table.rows.add(List.of(
                    time(doc),
                    first(doc, "host.hostname", "host.name", "log.source.address"),
                    first(doc, "user.name"),
                    first(doc, "source.ip", "source.address"),
                    join(first(doc, "event.action", "event.dataset"), first(doc, "event.outcome")),
                    first(doc, "message", "event.original")));
        }
        return table.lines(console, width, Function.identity());
    }

    static List<String> alerts(List<Map<String, Object>> documents, Console console, int width) {
        ResultTable table = new ResultTable("time", "level", "rule", "status", "events", "id", "who");
        AlertLines lines = new AlertLines(console, ZoneId.systemDefault());
        for (Map<String, Object> doc : documents) {
            table.rows.add(List.of(
                    time(doc),
                    first(doc, "rule.level"),
                    first(doc, "rule.name", "rule.id"),
                    status(doc),
                    first(doc, "bongsu.alert.count"),
                    beginning(first(doc, "event.id")),
                    who(doc)));
        }
        return table.lines(console, width, lines::fires);
    }

    /** @param rows as many cells as names in the head; the last may be cut */
    static List<String> rules(List<String> head, List<List<String>> rows, Console console, int width) {
        ResultTable table = new ResultTable(head.toArray(String[]::new));
        table.rows.addAll(rows);
        return table.lines(console, width, new AlertLines(console, ZoneId.systemDefault())::fires);
    }

    /** The fields that say whom an alert is about: its group or, where the rule has none, address, user and host. */
    static Stream<String> about(Map<String, Object> alert) {
        List<?> fields = alert.get("bongsu.alert.group_by") instanceof List<?> list ? list : AlertLines.WHO;
        return fields.stream().map(String::valueOf).filter(alert::containsKey);
    }

    /** Of the alert and, behind a comma, what an analyst says. */
    private static String status(Map<String, Object> doc) {
        String status = first(doc, "bongsu.alert.status");
        String workflow = first(doc, Notes.STATUS);
        return workflow.isEmpty()
                ? status
                : status + ", "
                        + Notes.words(workflow, doc.containsKey(Notes.REASON) ? first(doc, Notes.REASON) : null);
    }

    private static String who(Map<String, Object> doc) {
        return about(doc).map(field -> field + "=" + doc.get(field)).collect(Collectors.joining(" "));
    }

    private static String time(Map<String, Object> doc) {
        String iso = first(doc, "@timestamp");
        try {
            return TIME.format(Instant.parse(iso).atZone(ZoneId.systemDefault()));
        } catch (DateTimeParseException e) {
            return iso;
        }
    }

    private static String first(Map<String, Object> doc, String... names) {
        for (String name : names) {
            Object value = doc.get(name);
            if (value != null) {
                return value instanceof List<?> list
                        ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
                        : value.toString();
            }
        }
        return "";
    }

    /** Enough of an id to name one among millions of alerts. */
    private static String beginning(String id) {
        return id.length() > 10 ? id.substring(0, 10) : id;
    }

    private static String join(String what, String outcome) {
        return outcome.isEmpty() ? what : what + " " + outcome;
    }

    /** @param level paints the second column of alerts; its width is that of five signs, a blank and the word */
    private List<String> lines(Console console, int width, Function<String, String> level) {
        if (rows.isEmpty()) {
            return List.of();
        }
        List<List<String>> safe = rows.stream()
                .map(row -> row.stream().map(Printable::text).toList())
                .toList();
        boolean painted = head.get(1).equals("level");
        int last = head.size() - 1;
        int[] widths = new int[head.size()];
        for (int i = 0; i < last; i++) {
            int column = i;
            widths[i] = painted && i == 1
                    ? 14
                    : Math.min(
                            WIDEST + (painted ? 12 : 0),
                            Math.max(
                                    head.get(i).length(),
                                    safe.stream()
                                            .mapToInt(row -> Printable.width(row.get(column)))
                                            .max()
                                            .orElse(0)));
        }
        int used = 0;
        for (int i = 0; i < last; i++) {
            used += widths[i] + 2;
        }
        widths[last] = width == Integer.MAX_VALUE ? width : Math.max(20, width - used - 1);
        List<String> lines = new ArrayList<>();
        lines.add(console.paint(Paint.DIM, line(head, widths, null)));
        safe.forEach(row -> lines.add(line(row, widths, painted ? level : null)));
        return lines;
    }

    private static String line(List<String> cells, int[] widths, @Nullable Function<String, String> level) {
        StringBuilder line = new StringBuilder();
        int last = cells.size() - 1;
        for (int i = 0; i < last; i++) {
            line.append(level != null && i == 1 ? level.apply(cells.get(i)) : Printable.pad(cells.get(i), widths[i]))
                    .append("  ");
        }
        return line.append(Printable.cut(cells.get(last), widths[last]))
                .toString()
                .stripTrailing();
    }
}
