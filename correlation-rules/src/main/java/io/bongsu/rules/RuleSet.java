package io.bongsu.rules;

import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.match.Envelope;
import io.bongsu.rules.match.EventView;
import io.bongsu.rules.match.RuleCost;
import io.bongsu.rules.syntax.RuleTest;
import io.bongsu.rules.yaml.Problem;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Compiled rules that belong together. Immutable and thread-safe. Loading reports every problem of every file at once;
 * a rule with a problem is left out and the others run.
 */
public final class RuleSet {
    private final Map<String, RuleInfo> infos;
    private final List<Correlation> correlations;
    private final List<RuleTest> tests;
    private final RoutedRules rules;
    private final Map<String, List<Upward>> upward;
    private final Set<String> silent;

    /**
     * @param ruleCount documents that are rules or ought to be
     * @param rulesWithProblems those of them that were left out
     * @param warnings what is odd in rules that run all the same
     */
    public record Loaded(
            RuleSet rules, List<Problem> problems, int ruleCount, int rulesWithProblems, List<Problem> warnings) {
        public Loaded {
            problems = List.copyOf(problems);
            warnings = List.copyOf(warnings);
        }
    }

    /** What the parsers make of lines, as far as rules ask for it. */
    @FunctionalInterface
    public interface Parsers {
        /** Whether some parser makes a field of this name. */
        boolean knows(String field);

        /** The log sources that events may be of, but for Windows and for programs that write to syslog. */
        default Set<LogSource> logSources() {
            return Set.of();
        }
    }

    /**
     * What holds where a rule says nothing, and what rules name that others define.
     *
     * @param lateness in microseconds
     * @param mappings folders or files with names of fields, which count before our own
     * @param lists folders or files with the values of placeholders
     * @param parsers rules that ask for what they do not know get a warning
     */
    public record Defaults(long lateness, List<Path> mappings, List<Path> lists, Parsers parsers) {
        public static final Defaults STANDARD = new Defaults(300_000_000L);

        public Defaults {
            if (lateness < 0) {
                throw new IllegalArgumentException("lateness is negative: " + lateness);
            }
            mappings = List.copyOf(mappings);
            lists = List.copyOf(lists);
        }

        /** Without mappings and lists of one's own; every name with a dot in it may be one that a parser makes. */
        public Defaults(long lateness) {
            this(lateness, List.of(), List.of(), name -> name.indexOf('.') > 0);
        }
    }

    RuleSet(
            Map<String, RuleInfo> infos,
            List<Correlation> correlations,
            List<RuleTest> tests,
            RoutedRules rules,
            Map<String, List<Upward>> upward,
            Set<String> silent) {
        this.infos = new TreeMap<>(infos);
        this.correlations = List.copyOf(correlations);
        this.tests = List.copyOf(tests);
        this.rules = rules;
        this.upward = Map.copyOf(upward);
        this.silent = Set.copyOf(silent);
    }

    /** Reads these files and the *.yml and *.yaml files of these folders. Never throws for what they hold. */
    public static Loaded load(List<Path> foldersOrFiles, Defaults defaults) {
        return new RuleLoader(defaults).load(foldersOrFiles);
    }

    /** Those of the first, but for what the second has under the same id or name: as if these were put there. */
    public static Loaded loadOver(List<Path> foldersOrFiles, List<Path> over, Defaults defaults) {
        return new RuleLoader(defaults).load(foldersOrFiles, over);
    }

    /** Without filters: what rules would find if nothing were left out. */
    public static Loaded loadUnfiltered(List<Path> foldersOrFiles, Defaults defaults) {
        return new RuleLoader(defaults).unfiltered(foldersOrFiles);
    }

    /** A new one, for one thread. */
    public Detector detector() {
        return detector(Detector.Mode.INDEX);
    }

    /** One that finds the same in a way of one's choice. */
    public Detector detector(Detector.Mode mode) {
        return new Detector(rules, mode);
    }

    /**
     * A detector that does no more than feed some of the correlations, and so costs little where they are few: of a version
     * that is no longer in force, until attacks that began under it are over.
     */
    public Detector feeding(Predicate<Correlation> wanted) {
        return new Detector(rules.feeding(wanted), Detector.Mode.INDEX);
    }

    /** A new one, which has seen nothing. */
    public Sight sight() {
        return new Sight(this, rules.all());
    }

    /** Builds every index that single log sources ask for; without it each is built by its first event. */
    public void indexAll() {
        rules.indexAll();
    }

    /** The log sources of an event: those that its parser says, and those that mappings define. */
    public Collection<LogSource> sources(Collection<LogSource> said, Map<String, ?> fields) {
        return RoutedRules.sources(said, rules.definitions(said), new EventView(fields, null, rules.slots()));
    }

    /** How many rules look at events of these sources. */
    public int rulesFor(Collection<LogSource> sources) {
        return rules.rules(sources).size();
    }

    /** How many rules would hold if none looked at log sources; for benchmarks. */
    public long tryAll(Map<String, ?> fields, Envelope envelope) {
        return rules.tryAll(fields, envelope);
    }

    /** Sorted by id. */
    public List<Correlation> correlations() {
        return correlations;
    }

    public @Nullable Correlation correlation(String ruleId, String version) {
        return correlations.stream()
                .filter(c -> c.info().id().equals(ruleId) && c.info().version().equals(version))
                .findFirst()
                .orElse(null);
    }

    /** Where the facts of a correlation go: to those that are built on it. */
    public List<Upward> upward(Correlation correlation) {
        return upward.getOrDefault(correlation.info().id(), List.of());
    }

    /** Whether its alerts are for people, and not only for those that are built on it. */
    public boolean speaks(Correlation correlation) {
        return !silent.contains(correlation.info().id());
    }

    public @Nullable RuleInfo info(String ruleId) {
        return infos.get(ruleId);
    }

    /** All rules that run, sorted by id. */
    public List<RuleInfo> infos() {
        return List.copyOf(infos.values());
    }

    /** The log source that each rule over single events asks for, by id; the others are correlations. */
    public Map<String, LogSource> logSources() {
        return rules.logSources();
    }

    /** What each rule over single events is likely to cost, by id. */
    public Map<String, RuleCost> costs() {
        return rules.costs();
    }

    public List<RuleTest> tests() {
        return tests;
    }
}
