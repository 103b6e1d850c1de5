package io.bongsu.rules.syntax;

import java.util.Locale;

/** The value modifiers of Sigma 2.1. Those that cannot run yet are known, so that the message can say so. */
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

    public boolean supported() {
        return ordinal() < EXPAND.ordinal();
    }
}
