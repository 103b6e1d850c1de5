package io.bongsu.rules.syntax;

import io.bongsu.rules.LogSource;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The {@code tests:} section. */
final class TestParser {
    private static final int MAX_REPEAT = 100_000;

    private final String ruleId;
    private final Set<LogSource> ruleSources;
    private final Problems problems;

    TestParser(String ruleId, Set<LogSource> ruleSources, Problems problems) {
        this.ruleId = ruleId;
        this.ruleSources = ruleSources;
        this.problems = problems;
    }

    List<RuleTest> parse(@Nullable YamlNode node) {
        List<RuleTest> tests = new ArrayList<>();
        for (YamlMap map : maps(node, "tests")) {
            Reading reading = new Reading(map, problems);
            int before = problems.list().size();
            reading.onlyKnows(Set.of("name", "events", "expect"), "a test");
            String name = reading.text("name");
            List<TestEvent> events = new ArrayList<>();
            for (YamlMap event : maps(map.get("events"), "events")) {
                TestEvent made = event(event);
                if (made != null) {
                    events.add(made);
                }
            }
            boolean empty = events.isEmpty() && problems.list().size() == before;
            Expect expect = expect(map);
            if (reading.lacks("name")) {
                problems.add(map, "the test has no 'name'", "write one that says what happens");
            }
            if (empty) {
                problems.add(map, "the test has no 'events'", "write - { at: 0s, raw: ... }");
            } else if (name != null && !events.isEmpty() && expect != null) {
                tests.add(new RuleTest(ruleId, name, map.file(), map.line(), events, expect));
            }
        }
        return tests;
    }

    private List<YamlMap> maps(@Nullable YamlNode node, String key) {
        List<YamlMap> maps = new ArrayList<>();
        if (node instanceof YamlList list) {
            for (YamlNode item : list.items()) {
                if (item instanceof YamlMap map) {
                    maps.add(map);
                } else {
                    problems.add(
                            item, "each of '" + key + "' must be a map", "write keys and values: - { key: value }");
                }
            }
        } else if (node != null) {
            problems.add(node, "'" + key + "' must be a list", "begin each with '- '");
        }
        return maps;
    }

    private @Nullable TestEvent event(YamlMap map) {
        Reading reading = new Reading(map, problems);
        reading.onlyKnows(
                Set.of("at", "received", "source", "raw", "fields", "logsource", "repeat", "every"),
                "an event of a test");
        OptionalLong at = reading.duration("at");
        OptionalLong received = reading.duration("received");
        OptionalLong every = reading.duration("every");
        OptionalLong repeat = reading.whole("repeat");
        if (repeat.isPresent() && (repeat.getAsLong() < 1 || repeat.getAsLong() > MAX_REPEAT)) {
            problems.add(
                    map.at("repeat"),
                    "'repeat' must be 1 to " + MAX_REPEAT,
                    "write such a number, or leave it out for one event");
            return null;
        }
        String raw = reading.text("raw");
        int before = problems.list().size();
        Map<String, Object> fields = fields(reading.inner("fields"));
        if (problems.list().size() > before) {
            return null;
        }
        if ((raw == null) == fields.isEmpty()) {
            problems.add(
                    map,
                    "an event of a test has either 'raw' or 'fields'",
                    "write raw: and a line, or fields: and a map");
            return null;
        }
        Set<LogSource> sources = raw == null ? sources(map.get("logsource")) : Set.of();
        return new TestEvent(
                at.orElse(0),
                received.orElse(at.orElse(0)),
                reading.text("source"),
                raw,
                fields,
                sources,
                (int) repeat.orElse(1),
                every.orElse(0));
    }

    private Map<String, Object> fields(@Nullable YamlMap map) {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (map != null) {
            map.entries().forEach((key, value) -> {
                switch (value) {
                    case YamlScalar scalar when scalar.value() != null -> fields.put(key, scalar.value());
                    case YamlList list
                    when list.items().stream()
                            .allMatch(item -> item instanceof YamlScalar scalar && scalar.value() != null) ->
                        fields.put(
                                key,
                                list.items().stream()
                                        .map(item -> ((YamlScalar) item).value())
                                        .toList());
                    default ->
                        problems.add(
                                value,
                                "the field '" + key + "' must be a value or a list of values",
                                "write names with dots");
                }
            });
        }
        return fields;
    }

    private Set<LogSource> sources(@Nullable YamlNode node) {
        if (node == null) {
            return ruleSources;
        }
        Set<LogSource> sources = new LinkedHashSet<>();
        for (YamlNode item : node instanceof YamlList list ? list.items() : List.of(node)) {
            if (item instanceof YamlMap map) {
                Reading reading = new Reading(map, problems);
                reading.onlyKnows(Set.of("category", "product", "service"), "a log source");
                String category = reading.text("category");
                String product = reading.text("product");
                String service = reading.text("service");
                if (category != null || product != null || service != null) {
                    sources.add(new LogSource(category, product, service));
                } else {
                    problems.add(map, "the log source is empty", "name a category, a product or a service");
                }
            } else {
                problems.add(item, "'logsource' must be a map", "write such as { product: linux, service: sshd }");
            }
        }
        return sources;
    }

    private @Nullable Expect expect(YamlMap test) {
        YamlMap map = new Reading(test, problems).inner("expect");
        if (map == null) {
            problems.add(test, "the test has no 'expect'", "write expect: { alerts: 1 }");
            return null;
        }
        Reading reading = new Reading(map, problems);
        reading.onlyKnows(Set.of("alerts", "group", "count"), "'expect'");
        OptionalLong alerts = reading.whole("alerts");
        OptionalLong count = reading.whole("count");
        Map<String, String> group = new LinkedHashMap<>();
        YamlMap groups = reading.inner("group");
        if (groups != null) {
            for (String key : groups.entries().keySet()) {
                String value = new Reading(groups, problems).text(key);
                if (value != null) {
                    group.put(key, value);
                }
            }
        }
        if (alerts.isEmpty()) {
            if (map.get("alerts") == null) {
                problems.add(map, "'expect' does not say how many 'alerts'", "write alerts: 1");
            }
            return null;
        }
        if (alerts.getAsLong() == 0 && (!group.isEmpty() || count.isPresent())) {
            problems.add(
                    map,
                    "no alerts are expected, but 'group' or 'count' describe one",
                    "remove them, or expect alerts");
            return null;
        }
        return new Expect((int) Math.min(alerts.getAsLong(), Integer.MAX_VALUE), group, count);
    }
}
