package io.bongsu.rules.syntax;

import io.bongsu.rules.LogSource;
import io.bongsu.rules.yaml.YamlScalar;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A Sigma filter: a condition that is added to those of other rules.
 *
 * @param rules ids or names of the rules; none stands for every rule of the log source
 * @param lists values of placeholders that the filter brings along
 * @param from it says nothing of events before, microseconds since 1970; {@link Listing#EVER_SINCE}
 * @param until nor of those from then on; {@link Listing#FOR_EVER}
 */
public record FilterRule(
        Meta meta,
        LogSource logSource,
        List<YamlScalar> rules,
        Map<String, Search> searches,
        Condition condition,
        Mode mode,
        Map<String, Listing> lists,
        long from,
        long until)
        implements Rule {
    public FilterRule {
        rules = List.copyOf(rules);
        searches = Collections.unmodifiableMap(new LinkedHashMap<>(searches));
        lists = Map.copyOf(lists);
    }

    /** Whether it is so for events of all times. */
    public boolean always() {
        return from == Listing.EVER_SINCE && until == Listing.FOR_EVER;
    }

    /** What the condition finds: it has to hold as it is written, it is required, or it is excluded. */
    public enum Mode {
        /** As pySigma does it: the same as required, but nobody has said that it is meant. */
        AS_WRITTEN,
        REQUIRE,
        EXCLUDE;

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @Override
    public List<RuleTest> tests() {
        return List.of();
    }
}
