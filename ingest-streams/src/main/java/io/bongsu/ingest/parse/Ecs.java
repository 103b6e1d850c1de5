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
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What ECS 9.4 says about fields: which types of event belong to which category, and the type of each field (resource
 * {@code ecs-fields.txt}).
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

    /** What content must not set: the pipeline's own words, and judgements that are not the sender's to make. */
    private static final List<String> RESERVED = List.of(
            "@timestamp",
            "event.id",
            "event.original",
            "event.created",
            "event.ingested",
            "event.dataset",
            "event.module",
            "event.agent_id_status",
            "data_stream.",
            "ecs.",
            "log.syslog.",
            "observer.",
            "rule.",
            "threat.");

    /** Fields of Bongsu, and of Beats, in the sets of ECS. */
    private static final Set<String> OURS = Set.of("log.repeat_count", "log.source.address", "log.flags", "tags");

    private static final Map<String, String> FIELDS = read();
    private static final Set<String> OPEN = FIELDS.entrySet().stream()
            .filter(field -> field.getValue().equals("object"))
            .map(Map.Entry::getKey)
            .filter(field -> !field.equals("log.syslog") && !field.startsWith("observer."))
            .collect(Collectors.toUnmodifiableSet());
    private static final Set<String> FIRST = FIELDS.keySet().stream()
            .map(field -> field.indexOf('.') < 0 ? field : field.substring(0, field.indexOf('.')))
            .collect(Collectors.toUnmodifiableSet());

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

    /** keyword, text, long, double, boolean, ip, date, object; "" when ECS has no such field. */
    static String type(String name) {
        String type = FIELDS.get(name);
        return type == null ? "" : type;
    }

    /** Whether ECS, or Bongsu beside it, has a field of this name; below an object field any name is good. */
    static boolean has(String name) {
        if (FIELDS.containsKey(name) || OURS.contains(name)) {
            return true;
        }
        for (int dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
            if (OPEN.contains(name.substring(0, dot))) {
                return true;
            }
        }
        return false;
    }

    /** Whether ECS gives names below this one itself, so that no other may be made up. */
    static boolean owns(String name) {
        int dot = name.indexOf('.');
        return FIRST.contains(dot < 0 ? name : name.substring(0, dot));
    }

    /** Names that are like one that is not there. */
    static List<String> near(String name) {
        int dot = name.lastIndexOf('.');
        String parent = dot < 0 ? "" : name.substring(0, dot + 1);
        List<String> siblings = FIELDS.keySet().stream()
                .filter(field -> field.startsWith(parent) && field.indexOf('.', parent.length()) < 0)
                .sorted()
                .toList();
        return siblings.isEmpty() && dot > 0 ? near(name.substring(0, dot)) : siblings;
    }

    /** Whether content may set a field of this name: what the pipeline itself says cannot be forged. */
    static boolean isField(String name) {
        if (!FIELDS.containsKey(name)) {
            return false;
        }
        for (String reserved : RESERVED) {
            if (name.startsWith(reserved)) {
                return false;
            }
        }
        return !type(name).equals("object");
    }

    /** The value as the field of this name wants it; null when there is no such field or the value is not of its type. */
    static @Nullable Object typed(String name, Object value) {
        String type = name.startsWith("labels.") && name.length() > 7 ? "keyword" : isField(name) ? type(name) : "";
        if (type.isEmpty()) {
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

    /** The same for a value that a parser renames, with the type that it asks for. */
    static @Nullable Object typed(String name, Object value, @Nullable Target renamed) {
        Object as = renamed == null || renamed.as() == As.TEXT
                ? value
                : renamed.as().of(value);
        return as == null ? null : typed(name, as);
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

    /** Lines of {@code type parent: name name …}; the parent of names at the top is a hyphen. */
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
                int blank = line.indexOf(' ');
                int colon = line.indexOf(':');
                String parent = line.substring(blank + 1, colon);
                for (String name : line.substring(colon + 1).strip().split(" +")) {
                    fields.put(parent.equals("-") ? name : parent + "." + name, line.substring(0, blank));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return fields;
    }
}
