package io.bongsu.rules.syntax;

import java.util.Locale;

/** How bad it is, in Sigma's words, and the ECS severity that Elastic's own rules use for the same words. */
public enum Level {
    INFORMATIONAL(1),
    LOW(21),
    MEDIUM(47),
    HIGH(73),
    CRITICAL(99);

    private final long severity;

    Level(long severity) {
        this.severity = severity;
    }

    public long severity() {
        return severity;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
