package io.bongsu.rules.syntax;

import io.bongsu.rules.yaml.YamlNode;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a rule says about itself. None of it changes what is found, but for {@code level}: informational rules do not
 * alert. {@code custom} holds the keys that Sigma does not know, flattened with dots, as text or lists of text.
 */
public record Meta(
        YamlNode at,
        String id,
        @Nullable String name,
        String title,
        Level level,
        @Nullable String status,
        @Nullable String description,
        @Nullable String license,
        @Nullable String date,
        @Nullable String modified,
        List<String> authors,
        List<String> references,
        List<String> falsePositives,
        List<String> tags,
        Map<String, Object> custom) {
    public Meta {
        authors = List.copyOf(authors);
        references = List.copyOf(references);
        falsePositives = List.copyOf(falsePositives);
        tags = List.copyOf(tags);
        custom = Collections.unmodifiableMap(new TreeMap<>(custom));
    }
}
