package io.bongsu.rules.correlate;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Texts that are numbers, exactly. */
public final class Numbers {
    /** Bounded, so that sums stay short, whatever a log claims. */
    private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9]{1,30}(\\.[0-9]{1,30})?([eE][-+]?[0-9]{1,2})?");

    private Numbers() {}

    /** Null when it is none. */
    public static @Nullable BigDecimal parse(String text) {
        int length = text.length();
        if (length > 0 && length < 18) {
            long number = 0;
            int at = 0;
            for (; at < length && text.charAt(at) >= '0' && text.charAt(at) <= '9'; at++) {
                number = number * 10 + text.charAt(at) - '0';
            }
            if (at == length) {
                return BigDecimal.valueOf(number);
            }
        }
        return NUMBER.matcher(text).matches() ? new BigDecimal(text) : null;
    }

    static List<BigDecimal> of(Kept hit, String name) {
        List<String> values = Values.unpack(hit.values().get(name));
        if (values.size() == 1) {
            BigDecimal number = parse(values.get(0));
            return number == null ? List.of() : List.of(number);
        }
        List<BigDecimal> numbers = new ArrayList<>(values.size());
        for (String value : values) {
            BigDecimal number = parse(value);
            if (number != null) {
                numbers.add(number);
            }
        }
        return numbers;
    }
}
