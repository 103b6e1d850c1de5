package io.bongsu.ingest.parse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object as flat names: {@code {"a":{"b":1},"c":[2,3]}} becomes {@code a.b → 1, c → [2, 3]}. A key that occurs
 * twice has both values; null, {@code {}} and {@code []} are no values. Integers beyond 64 bits stay text; what lies
 * deeper than {@link #MAX_DEPTH} stays JSON text; names are cut at {@link #MAX_NAME} characters.
 *
 * @param keys at the top level
 * @param empty the names whose value is null or {@code []}: they are there, and have nothing
 * @param truncated whether there were more than {@link #MAX_VALUES} values; the rest is only in the original line
 */
record Json(Map<String, Object> values, Set<String> keys, Set<String> empty, boolean truncated) {
    static final int MAX_DEPTH = 16;
    static final int MAX_VALUES = 1_000;
    static final int MAX_NAME = 256;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    /** The object that is all of the text, or null when the text is anything else. */
    static @Nullable Json read(String text) {
        try (JsonParser in = FACTORY.createParser(text)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            Reader reader = new Reader(in, text);
            reader.object("", 1);
            return in.nextToken() == null ? new Json(reader.values, reader.keys, reader.empty, reader.truncated) : null;
        } catch (IOException | RuntimeException broken) {
            return null;
        }
    }

    /** The same, with another value for a key that is there. */
    Json with(String key, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(values);
        changed.put(key, value);
        return new Json(changed, keys, empty, truncated);
    }

    /** What stands below a prefix, as if it were all. */
    Json below(String prefix) {
        Map<String, Object> inner = new LinkedHashMap<>();
        Set<String> top = new HashSet<>();
        Set<String> nothing = new HashSet<>();
        values.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                String rest = name.substring(prefix.length());
                inner.put(rest, value);
                int dot = rest.indexOf('.');
                top.add(dot < 0 ? rest : rest.substring(0, dot));
            }
        });
        empty.stream()
                .filter(name -> name.startsWith(prefix))
                .forEach(name -> nothing.add(name.substring(prefix.length())));
        return new Json(inner, top, nothing, truncated);
    }

    private static final class Reader {
        private final JsonParser in;
        private final String text;
        private final Map<String, Object> values;
        private final Set<String> keys = new HashSet<>();
        private Set<String> empty = Set.of();
        /** Half a surrogate pair and NUL can only be written so. */
        private final boolean escapes;

        private boolean truncated;
        private int count;

        Reader(JsonParser in, String text) {
            this.in = in;
            this.text = text;
            values = new LinkedHashMap<>(Math.clamp(text.length() / 16, 16, 256));
            escapes = escapes(text);
        }

        /** Most often what looks like an escape is a user behind a domain. */
        private static boolean escapes(String text) {
            for (int p = text.indexOf("\\u"); p >= 0; p = text.indexOf("\\u", p + 2)) {
                if (text.startsWith("0000", p + 2) || text.startsWith("d", p + 2) || text.startsWith("D", p + 2)) {
                    return true;
                }
            }
            return false;
        }

        void object(String path, int depth) throws IOException {
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String key = in.currentName();
                if (escapes) {
                    key = clean(key).replace('\0', '\uFFFD');
                }
                if (depth == 1) {
                    keys.add(key);
                }
                String name = path.isEmpty() ? key : Names.below(path, key);
                value(name.length() > MAX_NAME ? name.substring(0, MAX_NAME) : name, in.nextToken(), depth);
            }
        }

        private void value(String name, @Nullable JsonToken token, int depth) throws IOException {
            switch (token) {
                case null -> throw new IOException("the text ends inside a value");
                case START_OBJECT, START_ARRAY -> {
                    if (depth >= MAX_DEPTH) {
                        int from = (int) in.currentTokenLocation().getCharOffset();
                        in.skipChildren();
                        put(name, text.substring(from, (int)
                                in.currentLocation().getCharOffset()));
                    } else if (token == JsonToken.START_OBJECT) {
                        object(name, depth + 1);
                        if (name.endsWith("Data")) {
                            element(name);
                        }
                    } else {
                        JsonToken item = in.nextToken();
                        if (item == JsonToken.END_ARRAY) {
                            nothing(name);
                        }
                        for (; item != JsonToken.END_ARRAY; item = in.nextToken()) {
                            if (item == JsonToken.VALUE_NULL && name.endsWith("Data")) {
                                put(name, ""); // the values behind it keep their places
                            } else {
                                value(name, item, depth + 1);
                            }
                        }
                    }
                }
                case VALUE_STRING -> put(name, escapes ? clean(in.getText()) : in.getText());
                case VALUE_NUMBER_INT -> put(name, integer(in.getText()));
                case VALUE_NUMBER_FLOAT -> put(name, decimal(in.getText()));
                case VALUE_TRUE -> put(name, true);
                case VALUE_FALSE -> put(name, false);
                case VALUE_NULL -> nothing(name);
                case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                    throw new IOException("unexpected " + token);
            }
        }

        private void nothing(String name) {
            if (empty.isEmpty()) {
                empty = new HashSet<>();
            }
            if (empty.size() < MAX_VALUES) {
                empty.add(name);
            }
        }

        /** XML's {@code <Data Name="x"/>} often comes without a text: it gets one, or those behind it would take its name. */
        private void element(String name) {
            for (Map.Entry<String, String> written : WindowsJson.NAMED_TEXTS) {
                int names = size(values.get(name + written.getKey()));
                if (names > 0) {
                    String text = name + written.getValue();
                    for (String other : WindowsJson.ELEMENT_TEXTS) {
                        String path = name + other;
                        text = values.containsKey(path) || empty.contains(path) ? path : text;
                    }
                    if (size(values.get(text)) < names) {
                        put(text, "");
                    }
                    return;
                }
            }
        }

        private static int size(@Nullable Object value) {
            return value == null ? 0 : value instanceof List<?> list ? list.size() : 1;
        }

        private void put(String name, Object value) {
            if (count++ >= MAX_VALUES) {
                truncated = true;
            } else {
                Object before = values.put(name, value);
                if (before != null) {
                    values.put(name, Header.both(before, value));
                }
            }
        }

        private static Object integer(String digits) {
            if (digits.length() > 20) {
                return digits;
            }
            try {
                return Long.valueOf(digits);
            } catch (NumberFormatException beyond64Bits) {
                return digits;
            }
        }

        private static Object decimal(String digits) {
            double value = Double.parseDouble(digits);
            return Double.isFinite(value) ? (Object) value : digits;
        }

        /** Half a surrogate pair, which only an escape can write, has no UTF-8. */
        private static String clean(String s) {
            StringBuilder mended = null;
            for (int i = 0; i < s.length(); i++) {
                char c = s.charAt(i);
                if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                    continue;
                }
                if (Character.isHighSurrogate(s.charAt(i))
                        && i + 1 < s.length()
                        && Character.isLowSurrogate(s.charAt(i + 1))) {
                    i++;
                } else {
                    mended = mended == null ? new StringBuilder(s) : mended;
                    mended.setCharAt(i, '\uFFFD');
                }
            }
            return mended == null ? s : mended.toString();
        }
    }
}
