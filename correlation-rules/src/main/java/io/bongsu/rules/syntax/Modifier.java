package io.bongsu.rules.syntax;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The value modifiers of Sigma 2.1. */
public enum Modifier {
    CONTAINS,
    STARTSWITH,
    ENDSWITH,
    ALL,
    EXISTS,
    CASED,
    NEQ,
    WINDASH,
    RE,
    I,
    M,
    S,
    BASE64,
    BASE64OFFSET,
    UTF16LE,
    UTF16BE,
    UTF16,
    WIDE,
    LT,
    LTE,
    GT,
    GTE,
    CIDR,
    EXPAND,
    FIELDREF,
    MINUTE,
    HOUR,
    DAY,
    WEEK,
    MONTH,
    YEAR;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The modifier of this name, also under the long names that pySigma knows for some; null when there is none. */
    static @Nullable Modifier of(String word) {
        return switch (word) {
            case "ignorecase" -> I;
            case "multiline" -> M;
            case "dotall" -> S;
            default -> {
                for (Modifier modifier : values()) {
                    if (modifier.word().equals(word)) {
                        yield modifier;
                    }
                }
                yield null;
            }
        };
    }
}
