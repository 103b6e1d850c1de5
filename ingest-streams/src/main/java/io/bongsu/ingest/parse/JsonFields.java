package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * From the keys of a JSON object to fields: keys that the parser renames, keys that are ECS names and whose value has
 * the right type, and {@code json.*} (or what the parser says) for all others, a flattened field, so that mappings
 * cannot explode.
 */
final class JsonFields {
    private static final DateFormat DATE = new DateFormat.Auto();

    private JsonFields() {}

    /** @return the stamp in microseconds, or {@link Micros#UNKNOWN} when there is none that can be read */
    static long put(Json json, Parser.JsonNames names, Body body) {
        Map<String, Object> fields = body.fields;
        long time = Micros.UNKNOWN;
        List<Alike.Found> alike = new ArrayList<>(0);
        List<Object> values = new ArrayList<>(0);
        for (Map.Entry<String, Object> entry : json.values().entrySet()) {
            String key = entry.getKey();
            Object value = entry.getValue();
            if (names.drop().contains(key)) {
                continue;
            }
            if (time == Micros.UNKNOWN && names.time().contains(key)) {
                time = DATE.read(last(value), body.reference, body.zone);
                if (time != Micros.UNKNOWN) {
                    continue;
                }
            }
            if (key.equals("tags")) {
                tags(value, body, names.to());
                continue;
            }
            Target renamed = names.rename().get(key);
            if (renamed != null && !Ecs.isField(renamed.name())) {
                renamed.put(body, value); // a name of the parser's own
                continue;
            }
            String target = renamed == null ? key : renamed.name();
            Object typed = renamed == null && !names.ecs()
                    ? null
                    : Ecs.typed(target, target.equals("message") ? last(value) : value, renamed);
            boolean label = renamed == null && names.labels() != null && key.startsWith(names.labels());
            if (label && names.labels() instanceof String mark && key.length() > mark.length()) {
                fields.put(
                        "labels." + Names.clean(key.substring(mark.length())).replace('.', '_'),
                        last(value).toString()); // a label is text
            } else if (typed == null) {
                fields.merge(names.to() + "." + key, value, Header::both);
                Alike.Found found = names.alike().of(key);
                if (found != null) {
                    alike.add(found);
                    values.add(value);
                }
            } else if (renamed != null
                    && names.ecs()
                    && !target.equals(key)
                    && json.values().containsKey(target)) {
                fields.put(names.to() + "." + key, value); // the ECS name itself is there as well and wins
            } else {
                boolean list = target.equals("event.category") || target.equals("event.type");
                fields.put(target, list && !(typed instanceof List) ? List.of(typed) : typed);
            }
        }
        if (!alike.isEmpty()) {
            alike(alike, values, false, body);
            alike(alike, values, true, body);
        }
        if (fields.get("event.category") instanceof List<?> categories
                && fields.get("event.type") instanceof List<?> types
                && Ecs.forbidden(strings(categories), strings(types)) != null) {
            fields.put(names.to() + ".event.category", fields.remove("event.category"));
            fields.put(names.to() + ".event.type", fields.remove("event.type"));
        }
        if (json.truncated()) {
            body.tag("_json_truncated");
        }
        return time;
    }

    /** Fields that nothing else has given. */
    private static void alike(List<Alike.Found> found, List<Object> values, boolean inner, Body body) {
        for (int i = 0; i < found.size(); i++) {
            Target target = found.get(i).target();
            Object value = values.get(i) instanceof List<?> list ? list.getFirst() : values.get(i);
            boolean given = body.get(target.name()) != null
                    && !(target.name().equals("message") && body.text.equals(body.get("message")));
            boolean text = value instanceof String || !Ecs.type(target.name()).equals("keyword");
            if (found.get(i).inner() != inner || given || !text || isNothing(value)) {
                continue;
            }
            if (Ecs.isField(target.name())) {
                Object typed = Ecs.typed(target.name(), value, target);
                if (typed != null) {
                    body.put(target.name(), typed);
                }
            } else {
                target.put(body, value);
            }
        }
    }

    private static boolean isNothing(Object value) {
        return value instanceof String text && (text.isBlank() || text.equals("-") || text.equals("--"));
    }

    private static List<String> strings(List<?> list) {
        return list.stream().map(Object::toString).toList();
    }

    private static Object last(Object value) {
        return value instanceof List<?> list ? list.get(list.size() - 1) : value;
    }

    /** Markers of the application; a leading underscore is ours. */
    private static void tags(Object value, Body body, String to) {
        List<Object> refused = new ArrayList<>();
        for (Object tag : value instanceof List<?> list ? list : List.of(value)) {
            if (tag instanceof String text && !text.isEmpty() && !text.startsWith("_")) {
                body.tag(text);
            } else {
                refused.add(tag);
            }
        }
        if (!refused.isEmpty()) {
            body.fields.put(to + ".tags", refused);
        }
    }
}
