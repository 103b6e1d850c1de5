package io.bongsu.rules.syntax;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as rules write them: {@code 90s}, {@code 5m}, {@code 1h30m}, {@code 7d}, {@code 250ms}. In microseconds. */
final class Durations {
    /** Longer than any sensible window, short enough that sums of durations and times never overflow. */
    static final long MAX = 3_660L * 86_400_000_000L;

    private static final Pattern PART = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
    private static final Pattern WHOLE = Pattern.compile("(" + PART.pattern() + ")+");

    private Durations() {}

    static OptionalLong parse(String text) {
        if (text.length() > 60 || !WHOLE.matcher(text).matches()) {
            return OptionalLong.empty();
        }
        long sum = 0;
        for (Matcher part = PART.matcher(text); part.find(); ) {
            long unit =
                    switch (part.group(2)) {
                        case "ms" -> 1_000L;
                        case "s" -> 1_000_000L;
                        case "m" -> 60_000_000L;
                        case "h" -> 3_600_000_000L;
                        default -> 86_400_000_000L;
                    };
            sum = Math.min(MAX + 1, sum + Math.min(MAX + 1, Long.parseLong(part.group(1)) * unit));
        }
        return sum > MAX ? OptionalLong.empty() : OptionalLong.of(sum);
    }
}
