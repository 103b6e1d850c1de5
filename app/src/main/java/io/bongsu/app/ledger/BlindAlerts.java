package io.bongsu.app.ledger;

import io.bongsu.model.Alert;
import io.bongsu.model.AlertStatus;
import io.bongsu.model.Codec;
import io.bongsu.model.Micros;
import io.bongsu.model.Topics;
import io.bongsu.rules.Sight.Blind;
import io.bongsu.rules.Sight.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Alerts about rules that cannot see: one for each log source that fell silent or is no longer understood, one for all that
 * never came, one for all fields that are never filled. They are open as long as it is so, under ids made of what it is about:
 * looking again says nothing new, and whoever looks may be another one each time.
 */
public final class BlindAlerts {
    private static final int MOST_NAMES = 50;
    /** Among the values of such an alert: the rules, and why in a word or two. */
    private static final String RULES = "rule.id";

    private static final String WHY = "reason";

    private BlindAlerts() {}

    /** @param about with why, the same as long as it goes on */
    private record Finding(String why, String about, String level, long severity, String message, List<String> rules) {
        Finding(String why, String about, String level, long severity, String message, Collection<Blind> blind) {
            this(
                    why,
                    about,
                    level,
                    severity,
                    message,
                    blind.stream()
                            .map(one -> one.rule().id())
                            .distinct()
                            .sorted()
                            .toList());
        }
    }

    /** What has to be said, as against what was said before. */
    public static List<AlertTopic.Entry> next(List<Blind> blind, Map<String, Alert> before, long now) {
        List<AlertTopic.Entry> entries = new ArrayList<>();
        Map<String, Alert> over = new TreeMap<>(before);
        for (Finding finding : findings(blind)) {
            Alert first = alert(finding, now, 1, AlertStatus.OPEN);
            Alert known = over.remove(first.getId());
            if (known == null) {
                entries.add(new AlertTopic.Entry(first.getId(), first));
            } else if (known.getStatus() != AlertStatus.OPEN
                    || !finding.message.equals(known.getFields().get("message"))) {
                boolean goesOn = known.getStatus() == AlertStatus.OPEN;
                Alert more = Alert.newBuilder(alert(finding, now, known.getRevision() + 1, AlertStatus.OPEN))
                        .setTime(goesOn ? known.getTime() : now)
                        .setStart(goesOn ? known.getStart() : now)
                        .build();
                entries.add(new AlertTopic.Entry(more.getId(), more));
            }
        }
        for (Alert known : over.values()) {
            if (known.getStatus() == AlertStatus.OPEN) {
                Alert closed = Alert.newBuilder(known)
                        .setRevision(known.getRevision() + 1)
                        .setStatus(AlertStatus.CLOSED)
                        .setEnd(now)
                        .build();
                entries.add(new AlertTopic.Entry(closed.getId(), closed));
            }
        }
        return entries;
    }

    /** What was said last, as far as Kafka still has it. */
    public static Map<String, Alert> said(Map<String, Object> kafka) {
        Map<String, Alert> said = new HashMap<>();
        try (TopicReader reader = new TopicReader(kafka)) {
            reader.read(Topics.ALERTS, Micros.UNKNOWN, record -> {
                try {
                    if (record.value() != null
                            && Codec.decode(record.value()) instanceof Alert alert
                            && alert.getRule().equals(AlertTopic.BLIND)) {
                        said.put(alert.getId(), alert);
                    }
                } catch (Codec.Undecodable e) {
                    // Not an alert; the indexer makes a dead letter of it.
                    return;
                }
            });
        }
        return said;
    }

    private static Alert alert(Finding finding, long now, int revision, AlertStatus status) {
        OwnRule rule = new OwnRule(
                AlertTopic.BLIND,
                "A rule cannot see",
                finding.level,
                finding.severity,
                "Rules have nothing to look at: bongsu rules list --blind names each.");
        Alert alert = rule.alert("blind " + finding.why + ' ' + finding.about, finding.message, now, revision, status);
        return Alert.newBuilder(alert)
                .setValues(Map.of(RULES, finding.rules, WHY, List.of(finding.why)))
                .build();
    }

    /** Rules that cannot see, by what was found when it was looked last: id to why. */
    public static Map<String, String> open(Map<String, Alert> said) {
        Map<String, String> open = new TreeMap<>();
        said.values().stream()
                .filter(alert -> alert.getStatus() == AlertStatus.OPEN)
                .forEach(alert -> alert.getValues()
                        .getOrDefault(RULES, List.of())
                        .forEach(rule -> open.put(
                                rule,
                                alert.getValues()
                                        .getOrDefault(WHY, List.of("blind"))
                                        .getFirst())));
        return open;
    }

    private static List<Finding> findings(List<Blind> blind) {
        List<Finding> findings = new ArrayList<>();
        by(blind, Reason.SILENT).forEach((what, rules) -> {
            long last = rules.stream().mapToLong(Blind::last).max().orElseThrow();
            findings.add(new Finding(
                    "silent",
                    what + ' ' + last,
                    "medium",
                    47L,
                    "nothing came of " + what + " since " + Micros.iso(last) + ": " + names(rules),
                    rules));
        });
        by(blind, Reason.UNREAD)
                .forEach((what, rules) -> findings.add(new Finding(
                        "unread",
                        what,
                        "medium",
                        47L,
                        "more lines than before of " + what + " are not understood: " + names(rules),
                        rules)));
        all(findings, "never heard", "nothing ever came of ", by(blind, Reason.NO_SOURCE));
        all(findings, "never filled", "no event has ", by(blind, Reason.NO_FIELD));
        List<Blind> grouped = by(blind, Reason.BELOW).getOrDefault("", List.of());
        if (!grouped.isEmpty()) {
            findings.add(new Finding(
                    "never grouped",
                    "",
                    "low",
                    21L,
                    "no event has all fields of the group of " + names(grouped),
                    grouped));
        }
        return findings;
    }

    /** Which are not there may be as it should be: a network without Windows. So all of them are one alert. */
    private static void all(List<Finding> findings, String why, String says, Map<String, List<Blind>> by) {
        if (!by.isEmpty()) {
            String message = by.entrySet().stream()
                    .map(one -> says + one.getKey() + ": " + names(one.getValue()))
                    .collect(Collectors.joining("; "));
            findings.add(new Finding(
                    why,
                    "",
                    "low",
                    21L,
                    message,
                    by.values().stream().flatMap(List::stream).toList()));
        }
    }

    private static Map<String, List<Blind>> by(List<Blind> blind, Reason reason) {
        return blind.stream()
                .filter(one -> one.reason() == reason)
                .collect(Collectors.groupingBy(Blind::what, TreeMap::new, Collectors.toList()));
    }

    private static String names(List<Blind> rules) {
        TreeSet<String> names =
                rules.stream().map(one -> "'" + one.rule().name() + "'").collect(Collectors.toCollection(TreeSet::new));
        String some = names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
        return some + (names.size() > MOST_NAMES ? " and " + (names.size() - MOST_NAMES) + " more" : "");
    }
}
