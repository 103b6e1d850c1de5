package io.bongsu.rules.yaml;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A mapping in the order of the file. Keys are the text of their scalars (the key {@code 1} is "1");
 * {@code keys} holds the key nodes, for their positions. Both maps have the same keys and cannot be changed.
 */
public record YamlMap(String file, int line, int column, Map<String, YamlNode> entries, Map<String, YamlScalar> keys)
        implements YamlNode {
    public YamlMap {
        if (!entries.keySet().equals(keys.keySet())) {
            throw new IllegalArgumentException("entries and keys differ");
        }
        entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
    }

    public @Nullable YamlNode get(String key) {
        return entries.get(key);
    }

    /** The key's own node, which is where a problem with the key is reported; this map when there is no such key. */
    public YamlNode at(String key) {
        YamlScalar found = keys.get(key);
        return found == null ? this : found;
    }

    /** Where the value of a key stands, for what is wrong with it; the key where it has none. */
    public YamlNode valueAt(String key) {
        YamlNode value = entries.get(key);
        return value == null ? at(key) : value;
    }
}
