package io.bongsu.app.pipeline;

import io.bongsu.app.console.Console;
import io.bongsu.app.console.Console.Paint;
import io.bongsu.app.console.Counted;
import io.bongsu.app.console.Printable;
import io.bongsu.model.Alert;
import io.bongsu.model.Micros;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An alert as one line: time, how bad it is, rule, who, how many events. How bad is shown the way the beacons did: one
 * fire when all is well, five when there is fighting; so an alert lights two to five.
 */
public final class AlertLines {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("MM-dd HH:mm:ss", Locale.ROOT);
    /** What says most of whom an alert is about, where its rule has no group. */
    public static final List<String> WHO = List.of("source.ip", "user.name", "host.hostname");

    private final Console console;
    private final ZoneId zone;

    public AlertLines(Console console, ZoneId zone) {
        this.console = console;
        this.zone = zone;
    }

    public String line(Alert alert) {
        String level = String.valueOf(alert.getFields().getOrDefault("rule.level", ""));
        String line = time(alert.getTime())
                + "  " + fires(level)
                + "  " + console.paint(Paint.BOLD, Printable.pad(Printable.text(name(alert)), 40))
                + "  " + Printable.text(who(alert))
                + "  " + Counted.of(alert.getCount(), "event");
        return switch (alert.getStatus()) {
            case OPEN ->
                alert.getRevision() == 1
                        ? line
                        : line + console.paint(Paint.DIM, "  (grown, revision " + alert.getRevision() + ")");
            case CLOSED -> alert.getRevision() == 1 ? line : line + console.paint(Paint.DIM, "  (closed)");
            case WITHDRAWN ->
                line
                        + console.paint(
                                Paint.DIM,
                                alert.getSupersededBy() == null
                                        ? "  (withdrawn)"
                                        : "  (withdrawn: became part of another)");
        };
    }

    public String time(long micros) {
        return TIME.format(Micros.instant(micros).atZone(zone));
    }

    /** Five signs, of which as many burn as the level is worth, and the level. */
    public String fires(String level) {
        int lit =
                switch (level) {
                    case "critical" -> 5;
                    case "high" -> 4;
                    case "medium" -> 3;
                    case "low" -> 2;
                    default -> 1;
                };
        Paint paint = lit >= 4 ? Paint.BRIGHT_RED : lit == 3 ? Paint.YELLOW : Paint.CYAN;
        return console.paint(paint, "▲".repeat(lit)) + console.paint(Paint.DIM, "△".repeat(5 - lit)) + " "
                + Printable.pad(Printable.text(level), 8);
    }

    public static String name(Alert alert) {
        return String.valueOf(alert.getFields().getOrDefault("rule.name", alert.getRule()));
    }

    /** The group or, where the rule has none, what the event says of address, user and host. */
    static String who(Alert alert) {
        Map<String, String> group = alert.getGroup();
        if (!group.isEmpty()) {
            return group.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(e -> e.getKey() + "=" + e.getValue())
                    .collect(Collectors.joining(" "));
        }
        String who = WHO.stream()
                .filter(alert.getFields()::containsKey)
                .map(field -> field + "=" + alert.getFields().get(field))
                .collect(Collectors.joining(" "));
        return who.isEmpty() ? "-" : who;
    }
}
