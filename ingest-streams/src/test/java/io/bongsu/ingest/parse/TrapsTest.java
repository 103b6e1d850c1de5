package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.Micros;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The traps of traps.yml: each is a test of its name, below its source. */
class TrapsTest {
    private static final String NOW = "2026-11-22T09:20:00Z";

    private final ParserSet parsers = ParserSet.load(List.of()).parsers();

    @TestFactory
    Stream<DynamicNode> traps() throws IOException {
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("traps.yml"))) {
            Map<?, ?> sources = (Map<?, ?>)
                    new Load(LoadSettings.builder().setLabel("traps.yml").build()).loadFromInputStream(in);
            return sources.entrySet().stream()
                    .map(source -> DynamicContainer.dynamicContainer(
                            source.getKey().toString(),
                            ((List<?>) source.getValue())
                                    .stream()
                                            .map(trap -> (Map<?, ?>) trap)
                                            .map(trap -> DynamicTest.dynamicTest(
                                                    trap.get("trap").toString(), () -> check(trap)))))
                    .map(DynamicNode.class::cast)
                    .toList()
                    .stream();
        }
    }

    private void check(Map<?, ?> trap) {
        List<Parsed> events = parse(trap);
        List<Map<String, Object>> expected = new ArrayList<>();
        List<Map<String, Object>> found = new ArrayList<>();
        if (trap.get("events") instanceof List<?> all) {
            assertThat(events.stream().map(Parsed::original)).hasSameSizeAs(all);
            for (int i = 0; i < all.size(); i++) {
                compare((Map<?, ?>) all.get(i), events.get(i), expected, found);
            }
        } else if (trap.get("last") instanceof Map<?, ?> last) {
            compare(last, events.getLast(), expected, found);
        } else {
            compare((Map<?, ?>) trap.get("out"), events.getFirst(), expected, found);
        }
        assertThat(found).isEqualTo(expected);
        for (Parsed event : events) {
            assertThat(event.tags()).isEqualTo(strings(trap.get("tags")));
            assertThat(event.fields())
                    .doesNotContainKeys(strings(trap.get("absent")).toArray(String[]::new));
        }
    }

    private static void compare(
            Map<?, ?> out, Parsed event, List<Map<String, Object>> expected, List<Map<String, Object>> found) {
        Map<String, Object> wanted = flat("", out, new LinkedHashMap<>());
        Map<String, Object> have = new LinkedHashMap<>();
        for (String name : wanted.keySet()) {
            Object value = name.equals("@timestamp")
                    ? Micros.iso(event.time())
                    : event.fields().get(name);
            have.put(name, value == null ? "(not there: " + event.fields() + ")" : value);
        }
        if (wanted.get("@timestamp") instanceof String time) {
            wanted.put("@timestamp", Micros.iso(Micros.of(Instant.parse(time))));
        }
        expected.add(wanted);
        found.add(have);
    }

    /** All lines through one joiner, as those of one file or one sender. */
    private List<Parsed> parse(Map<?, ?> trap) {
        List<String> lines = trap.get("in") instanceof List<?> several
                ? strings(several)
                : List.of(trap.get("in").toString().split("\n"));
        List<String> encodings = strings(trap.get("encodings"));
        Map<String, String> fields =
                trap.get("path") == null ? Map.of() : Map.of("log.file.path", text(trap, "path", ""));
        long now = Micros.of(Instant.parse(text(trap, "now", NOW)));
        Joiner joiner = new Joiner(parsers);
        List<Joiner.Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Charset charset = Charset.forName(encodings.isEmpty() ? "UTF-8" : encodings.get(i));
            String text = lines.get(i).replace("${100000 x}", "\\tat a.B.c(B.java:1)\\n".repeat(5_000));
            Line line = new Line(
                    text.getBytes(charset),
                    now,
                    trap.get("hint") == null ? "syslog" : "auto",
                    (String) trap.get("hint"),
                    (String) trap.get("charset"),
                    trap.get("zone") == null ? null : ZoneId.of(text(trap, "zone", "")),
                    null,
                    0,
                    fields);
            outcomes.addAll(joiner.take(new Joiner.Waiting(line, now, Integer.toString(i), 0, i, 0, 0)));
        }
        outcomes.addAll(joiner.end());
        return outcomes.stream()
                .filter(Joiner.Complete.class::isInstance)
                .map(outcome -> ((Joiner.Complete) outcome).parse())
                .toList();
    }

    private static Map<String, Object> flat(String prefix, Map<?, ?> map, Map<String, Object> into) {
        map.forEach((key, value) -> {
            switch (value) {
                case Map<?, ?> inner -> flat(prefix + key + ".", inner, into);
                case Integer number -> into.put(prefix + key, number.longValue());
                default -> into.put(prefix + key, value);
            }
        });
        return into;
    }

    private static List<String> strings(@Nullable Object value) {
        return value instanceof List<?> list
                ? list.stream().map(Object::toString).toList()
                : List.of();
    }

    private static String text(Map<?, ?> trap, String key, String otherwise) {
        return Objects.requireNonNullElse(trap.get(key), otherwise).toString();
    }
}
