package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From the keys of a JSON object to fields: keys that the parser renames, keys that are ECS names and whose value has
 * the right type, and {@code json.*} for all others, which is one flattened field so that mappings cannot explode.
 */
final class JsonFields {
    private JsonFields() {}

    /** @return the stamp in microseconds, or {@link Micros#UNKNOWN} when there is none that can be read */
    static long put(Json json, Parser.JsonNames names, Body body, long reference, ZoneId zone) {
        Map<String, Object> fields = body.fields;
        long time = Micros.UNKNOWN;
        for (Map.Entry<String, Object> entry : json.values().entrySet()) {
            String key = entry.getKey();
            Object value = entry.getValue();
            if (names.drop().contains(key)) {
                continue;
            }
            if (names.time().contains(key) && time == Micros.UNKNOWN) {
                time = time(last(value), reference, zone);
                if (time != Micros.UNKNOWN) {
                    continue;
                }
            }
            if (key.equals("tags")) {
                tags(value, body);
                continue;
            }
            String target = names.rename().getOrDefault(key, key);
            Object typed = Ecs.typed(target, target.equals("message") ? last(value) : value);
            if (typed == null) {
                fields.merge("json." + key, value, Header::both);
            } else if (names.rename().containsKey(key)
                    && !target.equals(key)
                    && json.values().containsKey(target)) {
                fields.put("json." + key, value); // the ECS name itself is there as well and wins
            } else {
                boolean list = target.equals("event.category") || target.equals("event.type");
                fields.put(target, list && !(typed instanceof List) ? List.of(typed) : typed);
            }
        }
        if (fields.get("event.category") instanceof List<?> categories
                && fields.get("event.type") instanceof List<?> types
                && Ecs.forbidden(strings(categories), strings(types)) != null) {
            fields.put("json.event.category", fields.remove("event.category"));
            fields.put("json.event.type", fields.remove("event.type"));
        }
        if (json.truncated()) {
            body.tag("_json_truncated");
        }
        return time;
    }

    private static List<String> strings(List<?> list) {
        return list.stream().map(Object::toString).toList();
    }

    private static Object last(Object value) {
        return value instanceof List<?> list ? list.get(list.size() - 1) : value;
    }

    /** Markers of the application; a leading underscore is ours. */
    private static void tags(Object value, Body body) {
        List<Object> refused = new ArrayList<>();
        for (Object tag : value instanceof List<?> list ? list : List.of(value)) {
            if (tag instanceof String text && !text.isEmpty() && !text.startsWith("_")) {
                body.tag(text);
            } else {
                refused.add(tag);
            }
        }
        if (!refused.isEmpty()) {
            body.fields.put("json.tags", refused);
        }
    }

    /** ISO 8601, or a number of seconds, milliseconds, microseconds or nanoseconds, told apart by its size. */
    private static long time(@Nullable Object value, long reference, ZoneId zone) {
        return switch (value) {
            case Long number -> epoch(number);
            case Double number -> number >= 0 && number < 1e11 ? (long) (number * 1e6) : epoch(number.longValue());
            case String text -> {
                Stamp stamp = new Stamp(text, text.length(), reference, zone);
                yield stamp.read(0) && stamp.end == text.length() || stamp.epoch(0) ? stamp.micros : digits(text);
            }
            case null, default -> Micros.UNKNOWN;
        };
    }

    private static long digits(String text) {
        if (text.length() < 9 || text.length() > 18) {
            return Micros.UNKNOWN;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return Micros.UNKNOWN;
            }
        }
        return epoch(Long.parseLong(text));
    }

    private static long epoch(long number) {
        if (number < 0) {
            return Micros.UNKNOWN;
        }
        if (number < 100_000_000_000L) {
            return number * 1_000_000;
        }
        if (number < 100_000_000_000_000L) {
            return number * 1_000;
        }
        return number < 100_000_000_000_000_000L ? number : number / 1_000;
    }
}
