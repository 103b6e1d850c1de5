package io.bongsu.app.command;

import io.bongsu.app.Fault;
import io.bongsu.app.pipeline.AlertLines;
import io.bongsu.model.Micros;
import io.bongsu.rules.LogSource;
import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.correlate.Correlation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Sigma filter that leaves out from now on what an alert is about: as text, for a person to look at. A filter holds for
 * rules over single events, so that of a correlation names the rules below it, a document for each log source.
 */
final class FilterDraft {
    /** What says most about what was done, where an alert has no group. */
    private static final List<String> WHAT = List.of(
            "process.executable",
            "process.name",
            "process.command_line",
            "file.path",
            "url.path",
            "event.code",
            "destination.ip",
            "destination.port");

    private static final int MOST_VALUES = 100;

    private final RuleSet rules;
    private final Map<String, Object> alert;
    private final List<Map<String, Object>> entries;
    private final Map<String, Map<String, Object>> evidence;

    /** @param evidence by id, as far as Elasticsearch has it */
    FilterDraft(RuleSet rules, Map<String, Object> alert, Map<String, Map<String, Object>> evidence) {
        this.rules = rules;
        this.alert = alert;
        this.entries = AlertPage.entries(alert);
        this.evidence = evidence;
    }

    /**
     * @param fields none: the alert's group, or else whom and what the event is about
     * @param until event time, microseconds since 1970
     * @param now likewise, for the date
     */
    String yaml(List<String> fields, long until, String author, String note, long now) {
        String id = AlertPage.text(alert, "event.id");
        Map<LogSource, Set<String>> detections = detections();
        StringBuilder out = new StringBuilder();
        out.append("# Written by 'bongsu alert except ")
                .append(id, 0, 10)
                .append("'. Nobody reads it before it lies in a folder of rules:\n")
                .append(
                        "# look at it; see what it would have changed with 'bongsu rules backtest FILE --from 7d'; then put it there.\n");
        Set<String> others = others(detections);
        if (!others.isEmpty()) {
            out.append("# Rules that are built on the same events and do not see them any more either:\n");
            others.forEach(other -> out.append("#   ").append(comment(other)).append('\n'));
        }
        int n = 0;
        for (Map.Entry<LogSource, Set<String>> of : detections.entrySet()) {
            List<Map<String, Object>> events = events(of.getValue());
            Map<String, Set<String>> chosen = fields.isEmpty() ? usual(events) : asked(fields, events);
            String said = chosen.entrySet().stream()
                    .map(e -> e.getKey() + " " + String.join(", ", e.getValue()))
                    .collect(Collectors.joining(", "));
            out.append(n++ == 0 ? "" : "---\n");
            line(out, "title: ", cut("Not " + AlertPage.text(alert, "rule.name") + ": " + said));
            out.append("id: ")
                    .append(UUID.nameUUIDFromBytes(
                            ("bongsu:except:" + id + of.getKey() + chosen + until).getBytes(StandardCharsets.UTF_8)))
                    .append('\n');
            line(out, "description: ", note);
            line(out, "author: ", author);
            out.append("date: ").append(Micros.iso(now), 0, 10).append('\n');
            out.append("logsource:\n");
            part(out, "category", of.getKey().category());
            part(out, "product", of.getKey().product());
            part(out, "service", of.getKey().service());
            out.append("filter:\n  rules:\n");
            for (String rule : of.getValue()) {
                RuleInfo info = rules.info(rule);
                out.append("    - ").append(quoted(rule));
                out.append(info == null ? "" : " # " + comment(info.name())).append('\n');
            }
            out.append("  selection:\n");
            chosen.forEach((field, values) -> {
                out.append("    ").append(field).append(':');
                if (values.size() == 1) {
                    out.append(' ')
                            .append(quoted(literal(values.iterator().next())))
                            .append('\n');
                } else {
                    out.append('\n');
                    values.forEach(value -> out.append("      - ")
                            .append(quoted(literal(value)))
                            .append('\n'));
                }
            });
            out.append("  condition: not selection\n  bongsu:\n    until: ")
                    .append(quoted(Micros.iso(until)))
                    .append(" # event time\n");
        }
        return out.toString();
    }

    private static void part(StringBuilder out, String name, @Nullable String value) {
        if (value != null) {
            line(out, "  " + name + ": ", value);
        }
    }

    private static void line(StringBuilder out, String key, String value) {
        out.append(key).append(quoted(value)).append('\n');
    }

    private static String cut(String title) {
        return title.length() <= 200 ? title : title.substring(0, 199) + "…";
    }

    private static String comment(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    /** The rules over single events whose hits are in it, by log source. */
    private Map<LogSource, Set<String>> detections() {
        Map<String, LogSource> sources = rules.logSources();
        Set<String> below = new TreeSet<>();
        String rule = AlertPage.text(alert, "rule.id");
        if (rules.info(rule) == null) {
            throw new Fault(
                    "the rule " + rule + " of the alert is not among the rules here",
                    "name the folder that it lies in with --rules");
        }
        entries.forEach(entry -> below(AlertPage.text(entry, "rule.id"), below));
        if (below.isEmpty()) {
            below(rule, below);
        }
        Map<LogSource, Set<String>> found = new LinkedHashMap<>();
        below.stream().filter(sources::containsKey).sorted().forEach(id -> found.computeIfAbsent(
                        sources.get(id), source -> new TreeSet<>())
                .add(id));
        if (found.isEmpty()) {
            throw new Fault(
                    "no rule over single events lies behind this alert, and only those can have a filter",
                    "change the rule " + rule + " itself");
        }
        return found;
    }

    private void below(String rule, Set<String> into) {
        List<Correlation> correlations = rules.correlations().stream()
                .filter(c -> c.info().id().equals(rule))
                .toList();
        if (correlations.isEmpty()) {
            into.add(rule);
        }
        correlations.forEach(c -> c.members().forEach(member -> below(member, into)));
    }

    /** Names of other correlations over the same rules. */
    private Set<String> others(Map<LogSource, Set<String>> detections) {
        Set<String> chosen =
                detections.values().stream().flatMap(Collection::stream).collect(Collectors.toSet());
        String own = AlertPage.text(alert, "rule.id");
        return rules.correlations().stream()
                .filter(c -> !c.info().id().equals(own) && c.members().stream().anyMatch(chosen::contains))
                .map(c -> c.info().name())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Those of these rules; of a chain, all there are. */
    private List<Map<String, Object>> events(Set<String> of) {
        List<Map<String, Object>> found = new ArrayList<>();
        for (Map<String, Object> entry : entries) {
            Map<String, Object> event = evidence.get(AlertPage.text(entry, "id"));
            if (event != null && of.contains(AlertPage.text(entry, "rule.id"))) {
                found.add(event);
            }
        }
        return found;
    }

    private Map<String, Set<String>> usual(List<Map<String, Object>> events) {
        Map<String, Set<String>> chosen = new LinkedHashMap<>();
        if (alert.get("bongsu.alert.group_by") instanceof List<?> group) {
            for (Object field : group) {
                String value = AlertPage.text(alert, String.valueOf(field));
                chosen.put(named(String.valueOf(field), value, events), Set.of(value));
            }
            return chosen;
        }
        Stream.concat(AlertLines.WHO.stream(), WHAT.stream()).forEach(field -> {
            Set<String> values = values(field, events);
            if (values.size() == 1 && events.stream().allMatch(event -> event.containsKey(field))) {
                chosen.put(field, values);
            }
        });
        if (chosen.isEmpty()) {
            throw new Fault("nothing that the alert's events have in common says what to leave out", known(events));
        }
        return chosen;
    }

    /** Under what name the events have a value of the group, which may be an alias of the correlation. */
    private static String named(String field, String value, List<Map<String, Object>> events) {
        if (events.isEmpty() || events.stream().allMatch(event -> event.containsKey(field))) {
            return field;
        }
        return events.getFirst().entrySet().stream()
                .filter(e -> String.valueOf(e.getValue()).equals(value))
                .map(Map.Entry::getKey)
                .filter(name -> events.stream().allMatch(event -> value.equals(String.valueOf(event.get(name)))))
                .sorted()
                .findFirst()
                .orElseThrow(() -> new Fault(
                        "the events do not say '" + field + "', by which the rule groups them", known(events)));
    }

    private static Map<String, Set<String>> asked(List<String> fields, List<Map<String, Object>> events) {
        Map<String, Set<String>> chosen = new LinkedHashMap<>();
        for (String field : fields) {
            Set<String> values = values(field, events);
            if (values.isEmpty()) {
                throw new Fault("no event of the alert has the field '" + field + "'", known(events));
            }
            if (values.size() > MOST_VALUES) {
                throw new Fault(
                        "the alert's events have " + values.size() + " values of '" + field + "'",
                        "choose a field that says what they have in common");
            }
            chosen.put(field, values);
        }
        return chosen;
    }

    private static Set<String> values(String field, List<Map<String, Object>> events) {
        Set<String> values = new LinkedHashSet<>();
        for (Map<String, Object> event : events) {
            Object value = event.get(field);
            for (Object one : value instanceof List<?> list ? list : value == null ? List.of() : List.of(value)) {
                values.add(String.valueOf(one));
            }
        }
        return values;
    }

    private static String known(List<Map<String, Object>> events) {
        Map<String, Object> all = new TreeMap<>();
        events.forEach(all::putAll);
        all.keySet()
                .removeIf(name -> name.startsWith("event.") || name.startsWith("bongsu.") || name.startsWith("ecs."));
        return all.isEmpty()
                ? "its events are not in Elasticsearch any more"
                : "choose with --field from " + String.join(", ", all.keySet());
    }

    /** A value of an event as Sigma writes just this value: no wildcards. */
    static String literal(String value) {
        return value.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?");
    }

    /** As a scalar of YAML that is a text, whatever it holds. */
    static String quoted(String text) {
        if (text.chars()
                .noneMatch(c -> c < 0x20 || c >= 0x7f && c < 0xa0 || c == 0x2028 || c == 0x2029 || c == 0xfeff)) {
            return "'" + text.replace("'", "''") + "'";
        }
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || c >= 0x7f && c < 0xa0 || c == 0x2028 || c == 0x2029 || c == 0xfeff) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
