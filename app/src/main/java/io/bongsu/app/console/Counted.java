package io.bongsu.app.console;

import java.util.Locale;

/** A number and what it is a number of: 1 alert, 2,204 alerts. */
public final class Counted {
    private Counted() {}

    /** @param one a word whose plural ends in s */
    public static String of(long n, String one) {
        return String.format(Locale.ROOT, "%,d %s%s", n, one, n == 1 ? "" : "s");
    }
}
