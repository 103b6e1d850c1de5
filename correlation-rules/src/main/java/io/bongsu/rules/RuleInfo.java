package io.bongsu.rules;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an alert says about its rule. {@code version} is a hash of the rule's meaning (16 hex digits): text that
 * changes nothing in what is found does not change it. {@code fields} are flat ECS fields (String, Long or List of
 * String) to be copied into every alert: {@code rule.*}, {@code threat.*}, {@code event.severity}, {@code tags}.
 *
 * @param level informational, low, medium, high or critical
 */
public record RuleInfo(String id, String name, String level, String version, Map<String, Object> fields) {
    public RuleInfo {
        if (id.isBlank() || version.isBlank()) {
            throw new IllegalArgumentException("a rule has an id and a version");
        }
        fields = Collections.unmodifiableMap(new TreeMap<>(fields));
    }
}
