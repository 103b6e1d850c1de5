package io.bongsu.rules;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where an event comes from, or what a rule asks for, in the words of Sigma's {@code logsource}. Lower case; a part
 * that is null says nothing. A rule sees an event when every part that the rule names is the same in one source of the event.
 */
public record LogSource(
        @Nullable String category,
        @Nullable String product,
        @Nullable String service) {
    private static final String OWN = "bongsu";

    /** Says nothing. */
    public static final LogSource ANY = new LogSource(null, null, null);

    /** A log source of the SIEM's own: every event that is parsed, wherever it comes from. */
    public static final LogSource EVENTS = own("events");

    /** The first event behind lines that are missing. */
    public static final LogSource LEDGER = own("ledger");

    /** That a host was heard of in five minutes, by dataset: once, however much it says. */
    public static final LogSource SOURCES = own("sources");

    /** What could not be read, and so is no event. */
    public static final LogSource DEAD_LETTERS = own("dead-letters");

    public LogSource {
        category = part(category);
        product = part(product);
        service = part(service);
    }

    private static LogSource own(String service) {
        return new LogSource(null, OWN, service);
    }

    /** Whether it is about the log itself, and not about what systems say in it. */
    public boolean isOwn() {
        return OWN.equals(product);
    }

    private static @Nullable String part(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip().toLowerCase(Locale.ROOT);
    }

    /** Every log source that a rule may name to see events of this one: this one, and it with parts left out. */
    Set<LogSource> askedForBy() {
        Set<LogSource> found = new LinkedHashSet<>();
        for (int keep = 7; keep > 0; keep--) {
            String c = (keep & 4) == 0 ? null : category;
            String p = (keep & 2) == 0 ? null : product;
            String s = (keep & 1) == 0 ? null : service;
            if (c != null || p != null || s != null) {
                found.add(new LogSource(c, p, s));
            }
        }
        return found;
    }

    /** Whether this, as what a mapping or a rule asks for, is satisfied by the other. */
    public boolean covers(LogSource other) {
        return (category == null || category.equals(other.category))
                && (product == null || product.equals(other.product))
                && (service == null || service.equals(other.service));
    }

    @Override
    public String toString() {
        return Stream.of(
                        category == null ? "" : "category: " + category,
                        product == null ? "" : "product: " + product,
                        service == null ? "" : "service: " + service)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", ", "{", "}"));
    }

    /** Parts in the order of Sigma, absent ones as an empty text. */
    public List<String> parts() {
        return List.of(
                category == null ? "" : category, product == null ? "" : product, service == null ? "" : service);
    }
}
