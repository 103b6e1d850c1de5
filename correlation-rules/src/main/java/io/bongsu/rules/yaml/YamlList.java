package io.bongsu.rules.yaml;

import java.util.List;

/** A sequence; the items cannot be changed. */
public record YamlList(String file, int line, int column, List<YamlNode> items) implements YamlNode {
    public YamlList {
        items = List.copyOf(items);
    }
}
