package io.bongsu.rules.syntax;

import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a correlation looks for among the hits of its rules within its timespan. */
public sealed interface Pattern {
    /** All of these numbers hold; with fewer events than {@code minEvents} nothing is measured. */
    record Measured(List<Measurement> measurements, long minEvents) implements Pattern {
        public Measured {
            measurements = List.copyOf(measurements);
        }
    }

    /** The rules that have hits fulfil the condition; its names are those of {@code rules}. */
    record Together(Condition condition) implements Pattern {}

    /** The steps in their order; {@code until} undoes those before it. */
    record Ordered(List<Step> steps, List<YamlScalar> until) implements Pattern {
        public Ordered {
            steps = List.copyOf(steps);
            until = List.copyOf(until);
        }
    }

    /** A value, or a tuple of them, that the group never had within the timespan, once it is known for long enough. */
    record FirstSeen(List<String> fields, long learning) implements Pattern {
        public FirstSeen {
            fields = List.copyOf(fields);
        }
    }

    /** How a stretch of the timespan's length compares with the mean of those before it. */
    record Rate(List<Comparison> bound, long baseline, long learning, long minEvents) implements Pattern {
        public Rate {
            bound = List.copyOf(bound);
        }
    }

    /** A hit of one of the rules, so many times, or none. */
    record Step(List<YamlScalar> rules, int times, boolean absent) {
        public Step {
            rules = List.copyOf(rules);
        }
    }

    /** What is measured. */
    enum Kind {
        EVENTS("event_count", false, true),
        DISTINCT("value_count", true, true),
        RULES("temporal", false, true),
        SUM("value_sum", true, false),
        AVERAGE("value_avg", true, false),
        PERCENTILE("value_percentile", true, false),
        MEDIAN("value_median", true, false),
        RATIO("ratio", false, false);

        private final String type;
        private final boolean fields;
        private final boolean count;

        Kind(String type, boolean fields, boolean count) {
            this.type = type;
            this.fields = fields;
            this.count = count;
        }

        String type() {
            return type;
        }

        boolean fields() {
            return fields;
        }

        boolean count() {
            return count;
        }
    }

    /** An operator as Sigma writes it ({@code gte}), and its number. */
    record Comparison(String operator, BigDecimal number) {}

    /**
     * A number, and what it must be.
     *
     * @param fields what is measured; several are a tuple
     * @param rules of a ratio or a count of events: those counted, when not all are
     */
    record Measurement(
            YamlNode at,
            Kind kind,
            List<String> fields,
            List<YamlScalar> rules,
            @Nullable BigDecimal percentile,
            List<Comparison> bound) {
        public Measurement {
            fields = List.copyOf(fields);
            rules = List.copyOf(rules);
            bound = List.copyOf(bound);
        }
    }
}
