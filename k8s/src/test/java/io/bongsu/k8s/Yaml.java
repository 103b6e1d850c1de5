package io.bongsu.k8s;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** YAML as maps, lists and values; with the merge key, which YAML 1.2 left out and Compose kept. */
final class Yaml {
    private static final Gson GSON = new Gson();

    private Yaml() {}

    static List<Map<String, Object>> documents(String text) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(text)) {
            if (document != null) {
                all.add(map(merged(document)));
            }
        }
        return all;
    }

    static List<Map<String, Object>> documents(Path file) throws IOException {
        return documents(Files.readString(file));
    }

    static JsonElement json(Object value) {
        return GSON.toJsonTree(value);
    }

    private static Object merged(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(Yaml::merged).toList();
        }
        if (!(value instanceof Map<?, ?> map)) {
            return value;
        }
        Map<String, Object> out = new LinkedHashMap<>();
        if (map.get("<<") != null) {
            Object from = map.get("<<");
            for (Object one : from instanceof List<?> list ? list : List.of(from)) {
                map(merged(one)).forEach(out::putIfAbsent);
            }
        }
        map.forEach((key, v) -> {
            if (!key.equals("<<")) {
                out.put(String.valueOf(key), v == null ? "" : merged(v));
            }
        });
        return out;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    static List<Map<String, Object>> maps(@Nullable Object value) {
        return value instanceof List<?> list ? list.stream().map(Yaml::map).toList() : List.of();
    }

    static List<String> strings(@Nullable Object value) {
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    /** What lies at a path of keys; null when it is not there. */
    static @Nullable Object at(Map<String, Object> map, String... path) {
        Object here = map;
        for (String key : path) {
            here = map(here).get(key);
        }
        return here;
    }

    static String text(Map<String, Object> map, String... path) {
        return String.valueOf(at(map, path));
    }
}
