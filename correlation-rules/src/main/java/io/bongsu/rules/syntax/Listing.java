package io.bongsu.rules.syntax;

import io.bongsu.rules.yaml.YamlScalar;
import java.util.List;
import java.util.Locale;

/** The values behind a {@code %placeholder%}: texts of a rule, or indicators, each with the time in which it holds. */
public record Listing(Kind kind, List<Entry> entries) {
    public static final long EVER_SINCE = Long.MIN_VALUE;
    public static final long FOR_EVER = Long.MAX_VALUE;

    /** How a value of an event is held against an entry. */
    public enum Kind {
        /** As a value that stands in the rule, with wildcards and whatever modifiers the rule has. */
        TEXT,
        /** An address, however it is written, or one of a network. */
        ADDRESS,
        /** The domain itself or one below it. */
        DOMAIN,
        /** Hexadecimal, alone or behind a name as in {@code SHA256=...,MD5=...}. */
        HASH;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param from event time in microseconds from which on it holds
     * @param until event time at which it holds no more
     */
    public record Entry(YamlScalar value, long from, long until) {
        public boolean always() {
            return from == EVER_SINCE && until == FOR_EVER;
        }
    }

    public Listing {
        entries = List.copyOf(entries);
    }
}
