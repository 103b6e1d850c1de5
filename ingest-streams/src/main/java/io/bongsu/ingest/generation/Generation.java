package io.bongsu.ingest.generation;

import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.correlate.Correlation;
import java.lang.ref.SoftReference;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One generation of rules and parsers, which never changes. They are compiled when first asked for, and again where memory ran
 * short and nobody used them. Thread-safe.
 */
public final class Generation {
    private final long number;
    private final long effectiveAt;
    private final Supplier<RuleSet> compiler;
    private final Supplier<ParserSet> parsers;
    private SoftReference<Compiled> compiled = new SoftReference<>(null); // guarded by this

    private record Compiled(RuleSet rules, Map<String, Correlation> correlations) {}

    /**
     * @param number from 1
     * @param effectiveAt event time, microseconds since 1970
     * @param compiler gives the same each time
     * @param parsers likewise, and fast: they are asked for often
     */
    public Generation(long number, long effectiveAt, Supplier<RuleSet> compiler, Supplier<ParserSet> parsers) {
        this.number = number;
        this.effectiveAt = effectiveAt;
        this.compiler = compiler;
        this.parsers = parsers;
    }

    public long number() {
        return number;
    }

    public long effectiveAt() {
        return effectiveAt;
    }

    public RuleSet rules() {
        return compiled().rules;
    }

    public ParserSet parsers() {
        return parsers.get();
    }

    /** As long as whoever asked for this holds it, they are not compiled again. */
    public Object pin() {
        return compiled();
    }

    /** What is the same for the same rule in the same version, in whichever generation. */
    public static String key(String rule, String version) {
        return version + ' ' + rule;
    }

    public static String key(Correlation correlation) {
        return key(correlation.info().id(), correlation.info().version());
    }

    /** The correlation of that {@link #key}. */
    public @Nullable Correlation correlation(String key) {
        return compiled().correlations.get(key);
    }

    Set<String> keys() {
        return compiled().correlations.keySet();
    }

    private synchronized Compiled compiled() {
        Compiled known = compiled.get();
        if (known == null) {
            RuleSet rules = compiler.get();
            Map<String, Correlation> correlations = new HashMap<>();
            rules.correlations().forEach(correlation -> correlations.put(key(correlation), correlation));
            known = new Compiled(rules, correlations);
            compiled = new SoftReference<>(known);
        }
        return known;
    }
}
