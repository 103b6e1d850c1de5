package io.bongsu.rules.syntax;

import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.util.List;

/** What one search identifier of a detection asks for. */
public sealed interface Search {
    /** A map: all of its items. */
    record All(List<Search> parts) implements Search {
        public All {
            parts = List.copyOf(parts);
        }
    }

    /** A list: one of its parts. */
    record Any(List<Search> parts) implements Search {
        public Any {
            parts = List.copyOf(parts);
        }
    }

    /**
     * A field with its modifiers and values, of which one has to match; an empty field name is a keyword search. Without
     * values it is one of a draft, of which only the field is known.
     */
    record Item(YamlNode at, String field, List<Modifier> modifiers, List<YamlScalar> values) implements Search {
        public Item {
            modifiers = List.copyOf(modifiers);
            values = List.copyOf(values);
        }
    }
}
