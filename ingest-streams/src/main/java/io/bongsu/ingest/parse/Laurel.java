package io.bongsu.ingest.parse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An audit event as LAUREL writes it: one JSON object, the records by their types, a list where there are several. The keys are
 * those of the records; arguments are lists, and of the parent process it says what it knows.
 *
 * @param id {@code time:serial}
 * @param parent keys of {@code PPID}
 */
record Laurel(
        String id,
        @Nullable String node,
        List<Map.Entry<String, Map<String, String>>> records,
        List<String> args,
        Map<String, String> parent) {

    private static final JsonFactory FACTORY = new JsonFactory();

    /** Null when the text is no such event. */
    static @Nullable Laurel read(String text) {
        try (JsonParser in = FACTORY.createParser(text)) {
            return in.nextToken() == JsonToken.START_OBJECT ? new Reader(in).event() : null;
        } catch (IOException broken) {
            return null;
        }
    }

    private static final class Reader {
        private final JsonParser in;
        private final List<Map.Entry<String, Map<String, String>>> records = new ArrayList<>(8);
        private final List<String> args = new ArrayList<>();
        private final Map<String, String> parent = new LinkedHashMap<>();

        Reader(JsonParser in) {
            this.in = in;
        }

        @Nullable
        Laurel event() throws IOException {
            String id = null;
            String node = null;
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                switch (in.nextToken()) {
                    case START_OBJECT -> records.add(Map.entry(name, object(name)));
                    case START_ARRAY -> {
                        for (JsonToken next = in.nextToken();
                                next != JsonToken.END_ARRAY && next != null;
                                next = in.nextToken()) {
                            if (next == JsonToken.START_OBJECT) {
                                records.add(Map.entry(name, object(name)));
                            } else {
                                in.skipChildren();
                            }
                        }
                    }
                    default -> {
                        id = name.equals("ID") ? in.getText() : id;
                        node = name.equals("NODE") ? in.getText() : node;
                    }
                }
            }
            return id == null || records.isEmpty() ? null : new Laurel(id, node, records, args, parent);
        }

        private Map<String, String> object(String record) throws IOException {
            Map<String, String> keys = new LinkedHashMap<>();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String key = in.currentName();
                switch (in.nextToken()) {
                    case START_OBJECT -> {
                        Map<String, String> inner = object("");
                        if (key.equals("PPID")) {
                            parent.putAll(inner);
                        } else {
                            inner.forEach((name, value) -> keys.putIfAbsent(name, value)); // SADDR
                        }
                    }
                    case START_ARRAY -> {
                        List<String> list = strings();
                        if (record.equals("EXECVE") && key.equals("ARGV")) {
                            args.addAll(list);
                        } else if (record.equals("PROCTITLE") && key.equals("ARGV")) {
                            keys.put("proctitle", String.join("\0", list));
                        } else {
                            keys.put(key, String.join("\u0001", list));
                        }
                    }
                    case VALUE_NULL -> {}
                    default -> value(record, key, in.getText(), keys);
                }
            }
            return keys;
        }

        private void value(String record, String key, String text, Map<String, String> keys) {
            if (record.equals("EXECVE") && key.equals("ARGV_STR")) {
                if (args.isEmpty()) {
                    args.addAll(List.of(text.split(" ")));
                }
            } else if (record.equals("PROCTITLE") && key.equals("ARGV_STR")) {
                keys.putIfAbsent("proctitle", text.replace(' ', '\0'));
            } else {
                keys.put(key, text.startsWith("0x") && !key.equals("saddr") ? text.substring(2) : text);
            }
        }

        private List<String> strings() throws IOException {
            List<String> list = new ArrayList<>();
            for (JsonToken next = in.nextToken(); next != JsonToken.END_ARRAY && next != null; next = in.nextToken()) {
                if (next.isScalarValue()) {
                    list.add(in.getText());
                } else {
                    in.skipChildren();
                }
            }
            return list;
        }
    }
}
