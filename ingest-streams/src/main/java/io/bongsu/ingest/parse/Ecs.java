package io.bongsu.ingest.parse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What ECS 9.4 says about fields: which types of event belong to which category, and the type of the fields that an
 * application may log under their own names (resource {@code ecs-fields.txt}).
 */
final class Ecs {
    /** Expected {@code event.type} for each {@code event.category}. */
    static final Map<String, Set<String>> TYPES = Map.ofEntries(
            Map.entry(
                    "api",
                    Set.of(
                            "access",
                            "admin",
                            "allowed",
                            "change",
                            "creation",
                            "deletion",
                            "denied",
                            "end",
                            "info",
                            "start",
                            "user")),
            Map.entry("authentication", Set.of("start", "end", "info")),
            Map.entry("configuration", Set.of("access", "change", "creation", "deletion", "info")),
            Map.entry("database", Set.of("access", "change", "info", "error")),
            Map.entry("driver", Set.of("change", "end", "info", "start")),
            Map.entry("email", Set.of("info")),
            Map.entry("file", Set.of("access", "change", "creation", "deletion", "info")),
            Map.entry("host", Set.of("access", "change", "end", "info", "start")),
            Map.entry("iam", Set.of("admin", "change", "creation", "deletion", "group", "info", "user")),
            Map.entry("intrusion_detection", Set.of("allowed", "denied", "info")),
            Map.entry("library", Set.of("start")),
            Map.entry("malware", Set.of("info")),
            Map.entry(
                    "network", Set.of("access", "allowed", "connection", "denied", "end", "info", "protocol", "start")),
            Map.entry("package", Set.of("access", "change", "deletion", "info", "installation", "start")),
            Map.entry("process", Set.of("access", "change", "end", "info", "start")),
            Map.entry("registry", Set.of("access", "change", "creation", "deletion")),
            Map.entry("session", Set.of("start", "end", "info")),
            Map.entry("threat", Set.of("indicator")),
            Map.entry("vulnerability", Set.of("info")),
            Map.entry("web", Set.of("access", "error", "info")));

    static final Set<String> OUTCOMES = Set.of("success", "failure", "unknown");
    static final Set<String> KINDS =
            Set.of("alert", "asset", "enrichment", "event", "metric", "state", "pipeline_error", "signal");

    private static final Map<String, String> FIELDS = read();

    private Ecs() {}

    /** The first type that none of the categories expects, or null when the pair is allowed. */
    static @Nullable String forbidden(List<String> categories, List<String> types) {
        for (String type : types) {
            boolean expected = false;
            for (String category : categories) {
                expected |= TYPES.getOrDefault(category, Set.of()).contains(type);
            }
            if (!expected) {
                return type;
            }
        }
        return null;
    }

    /** Whether JSON may set a field of this name. */
    static boolean isField(String name) {
        return FIELDS.containsKey(name);
    }

    /** The value as the field of this name wants it; null when there is no such field or the value is not of its type. */
    static @Nullable Object typed(String name, Object value) {
        String type = name.startsWith("labels.") && name.length() > 7 ? "keyword" : FIELDS.get(name);
        if (type == null) {
            return null;
        }
        if (!(value instanceof List<?> list)) {
            return single(name, type, value);
        }
        if (type.equals("text") || type.equals("date")) {
            return null;
        }
        List<Object> typed = new ArrayList<>(list.size());
        for (Object item : list) {
            Object one = single(name, type, item);
            if (one == null) {
                return null;
            }
            typed.add(one);
        }
        return typed;
    }

    private static @Nullable Object single(String name, String type, Object value) {
        return switch (type) {
            case "keyword" -> {
                String text = value.toString();
                boolean allowed =
                        switch (name) {
                            case "event.outcome" -> OUTCOMES.contains(text);
                            case "event.kind" -> KINDS.contains(text) && !text.equals("pipeline_error");
                            case "event.category" -> TYPES.containsKey(text);
                            case "event.type" -> TYPES.values().stream().anyMatch(types -> types.contains(text));
                            default -> true;
                        };
                yield allowed ? text : null;
            }
            case "text" -> value instanceof String ? value : null;
            case "ip" -> value instanceof String text ? Ip.normal(text) : null;
            case "long" -> number(value);
            case "double" -> value instanceof Number number ? (Object) number.doubleValue() : null;
            case "boolean" ->
                switch (value) {
                    case Boolean yes -> yes;
                    case String text when text.equals("true") || text.equals("false") -> Boolean.valueOf(text);
                    default -> null;
                };
            case "date" -> {
                if (!(value instanceof String text)) {
                    yield null;
                }
                Stamp stamp = new Stamp(text, text.length(), io.bongsu.model.Micros.UNKNOWN, ZoneOffset.UTC);
                yield stamp.iso(0) && stamp.end == text.length() ? io.bongsu.model.Micros.iso(stamp.micros) : null;
            }
            default -> throw new IllegalStateException("ecs-fields.txt has a type " + type);
        };
    }

    private static @Nullable Object number(Object value) {
        if (value instanceof Long) {
            return value;
        }
        if (value instanceof String text && !text.isEmpty() && text.length() <= 18) {
            for (int i = 0; i < text.length(); i++) {
                if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                    return null;
                }
            }
            return Long.valueOf(text);
        }
        return null;
    }

    /** Lines of {@code type: name name …}. */
    private static Map<String, String> read() {
        Map<String, String> fields = new HashMap<>();
        try (InputStream in = Ecs.class.getResourceAsStream("ecs-fields.txt")) {
            if (in == null) {
                throw new IllegalStateException("ecs-fields.txt is missing from the class path");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isBlank() || line.startsWith("#")) {
                    continue;
                }
                int colon = line.indexOf(':');
                String type = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
                for (String name : line.substring(colon + 1).strip().split(" +")) {
                    fields.put(name, type);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return fields;
    }
}
