package io.bongsu.rules.yaml;

import org.jspecify.annotations.Nullable;

/**
 * A single value: String, Long, Double, Boolean or null after the core schema of YAML 1.2 (so {@code yes} and
 * {@code 0o14} are what 1.2 says: a string, and twelve), and the text it was written with, without quotes.
 * An integer that does not fit 64 bits stays a String.
 */
public record YamlScalar(
        String file, int line, int column, @Nullable Object value, String text) implements YamlNode {
    public YamlScalar {
        boolean known = value == null
                || value instanceof String
                || value instanceof Long
                || value instanceof Double
                || value instanceof Boolean;
        if (!known) {
            throw new IllegalArgumentException("not a YAML value: " + value);
        }
    }
}
