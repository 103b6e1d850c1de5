package io.bongsu.rules.correlate;

import java.math.BigDecimal;
import java.util.Set;

/** What is measured over the hits of a window. All of it is exact: numbers are added as decimals. */
public sealed interface Measure {
    /** How many events; of these rules only, when there are any. */
    record Events(Set<String> rules) implements Measure {
        public Events {
            rules = Set.copyOf(rules);
        }
    }

    /** How many alerts of rules below, however often each of them fires, and events. */
    record Alerts() implements Measure {}

    /** How many different values (or tuples of values) under this name. */
    record Distinct(String name) implements Measure {}

    /** How many different rules. */
    record Rules() implements Measure {}

    record Sum(String name) implements Measure {}

    record Average(String name) implements Measure {}

    /**
     * Between the two nearest values in proportion (as spreadsheets do), so that 50 is the median.
     *
     * @param percent from 0 to 100
     */
    record Percentile(String name, BigDecimal percent) implements Measure {
        public Percentile {
            if (percent.signum() < 0 || percent.compareTo(BigDecimal.valueOf(100)) > 0) {
                throw new IllegalArgumentException("a percentile is from 0 to 100, not " + percent.toPlainString());
            }
            percent = percent.signum() == 0 ? BigDecimal.ZERO : percent.stripTrailingZeros();
            if (percent.scale() > 6) {
                throw new IllegalArgumentException("a percentile in finer steps than millionths: " + percent);
            }
        }
    }

    /** The share that events of these rules have in all events, from 0 to 1. */
    record Share(Set<String> rules) implements Measure {
        public Share {
            rules = Set.copyOf(rules);
        }
    }

    /** A number that can only grow with more hits, by whole steps. */
    default boolean isCount() {
        return switch (this) {
            case Events e -> true;
            case Alerts a -> true;
            case Distinct d -> true;
            case Rules r -> true;
            case Sum s -> false;
            case Average a -> false;
            case Percentile p -> false;
            case Share s -> false;
        };
    }
}
