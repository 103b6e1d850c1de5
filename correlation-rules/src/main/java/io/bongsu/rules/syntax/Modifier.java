package io.bongsu.rules.syntax;

import java.util.Arrays;
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

    /** What to write for a word that is none: other languages and older tools have others for the same. */
    static String insteadOf(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "regex", "regexp", "rx", "matches" -> "write re";
            case "starts", "begins", "prefix" -> "write startswith";
            case "ends", "suffix" -> "write endswith";
            case "like", "substring" -> "write contains";
            case "not", "ne", "noteq" -> "write neq, or 'not' in the condition";
            case "cs", "case" -> "write cased";
            case "ip", "subnet", "network" -> "write cidr";
            case "eq", "equals", "is", "exact" -> "leave it out: a value is compared as a whole";
            case "in", "any", "or" -> "leave it out: of a list one value is enough";
            case "and", "every" -> "write all";
            default ->
                Similar.didYouMean(
                        word,
                        Arrays.stream(values()).map(Modifier::word).toList(),
                        "see the list in correlation-rules/README.md");
        };
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
