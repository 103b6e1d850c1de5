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
    private final Set<String> fresh;
    private final Supplier<RuleSet> compiler;
    private final Supplier<ParserSet> parsers;
    private SoftReference<Compiled> compiled = new SoftReference<>(null); // guarded by this

    /** Nothing that a new correlation could remember is looked for further back. */
    private static final long MOST_PRIMED = 86_400_000_000L;

    private record Compiled(RuleSet rules, Map<String, Correlation> correlations, long primedFrom) {}

    /** Without anything new. */
    public Generation(long number, long effectiveAt, Supplier<RuleSet> compiler, Supplier<ParserSet> parsers) {
        this(number, effectiveAt, Set.of(), compiler, parsers);
    }

    /**
     * @param number from 1
     * @param effectiveAt event time, microseconds since 1970
     * @param fresh by {@link #key(String, String)}, rules that no generation before it has in this version
     * @param compiler gives the same each time
     * @param parsers likewise, and fast: they are asked for often
     */
    public Generation(
            long number, long effectiveAt, Set<String> fresh, Supplier<RuleSet> compiler, Supplier<ParserSet> parsers) {
        this.number = number;
        this.effectiveAt = effectiveAt;
        this.fresh = Set.copyOf(fresh);
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

    /** Whether no generation before it has that {@link #key}, and there was a time before it. */
    public boolean isFresh(String key) {
        return fresh().contains(key);
    }

    /** By {@link #key(String, String)}; the first generation, which holds for all that was before, has nothing new. */
    public Set<String> fresh() {
        return effectiveAt == Long.MIN_VALUE ? Set.of() : fresh;
    }

    /**
     * Its new correlations are told of what happened since then, so that they are right when they come into force: all of them
     * as far back as the one that remembers most, with what is built on it. {@link Long#MAX_VALUE}: none is new.
     */
    public long primedFrom() {
        return compiled().primedFrom;
    }

    private synchronized Compiled compiled() {
        Compiled known = compiled.get();
        if (known == null) {
            RuleSet rules = compiler.get();
            Map<String, Correlation> correlations = new HashMap<>();
            rules.correlations().forEach(correlation -> correlations.put(key(correlation), correlation));
            known = new Compiled(rules, correlations, primedFrom(rules));
            compiled = new SoftReference<>(known);
        }
        return known;
    }

    private long primedFrom(RuleSet rules) {
        return rules.correlations().stream()
                .filter(correlation -> isFresh(key(correlation)))
                .mapToLong(correlation -> effectiveAt - span(correlation, rules))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** What is built on it needs its facts, and each of these rests on a window of its own. */
    private long span(Correlation correlation, RuleSet rules) {
        long reach = correlation.reach();
        long span = reach <= MOST_PRIMED ? reach : correlation.timespan();
        long above = rules.upward(correlation).stream()
                .filter(way -> isFresh(key(way.above())))
                .mapToLong(way -> span(way.above(), rules))
                .max()
                .orElse(0);
        return Math.min(MOST_PRIMED, span + above);
    }
}
