package io.bongsu.rules.match;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of a search tried on one event.
 *
 * @param candidates the names under which the field was looked for; none for keywords
 * @param found the one that counted, or null when the event has none of them; of a keyword, where it stands
 * @param values of that field, as text
 */
public record Trial(
        boolean holds, List<String> candidates, @Nullable String found, List<String> values) {
    public Trial {
        candidates = List.copyOf(candidates);
        values = List.copyOf(values);
    }
}
