package io.bongsu.app.pipeline;

import io.bongsu.app.config.Config;
import io.bongsu.app.console.Counted;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the folders with rules, parsers, lists and mappings, and pushes what changed as soon as it has stopped changing. What
 * is refused is said once, and nothing is changed by it.
 */
public final class RulesWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RulesWatch.class);
    private static final long EVERY_MS = 2_000;
    static final String AUTHOR = "bongsu up";

    private final Folders folders;
    private final Supplier<RulesPush.Outcome> push;
    private final Consumer<String> say;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "bongsu-rules-watch");
        thread.setDaemon(true);
        return thread;
    });
    /** The files as they were when looked at last, and when pushed last. */
    private List<String> seen = List.of();

    private List<String> pushed = List.of();
    private String failed = "";

    /**
     * @param begin {@link #files} when what was pushed was read
     * @param say a line for whoever watches
     */
    public static RulesWatch of(Config config, RulesPush push, List<String> begin, Consumer<String> say) {
        Folders folders = Folders.of(config);
        return new RulesWatch(folders, () -> push.push(order(RulesPush.Candidate.read(config, folders))), begin, say);
    }

    RulesWatch(Folders folders, Supplier<RulesPush.Outcome> push, List<String> begin, Consumer<String> say) {
        this.folders = folders;
        this.push = push;
        this.say = say;
        pushed = begin;
        seen = begin;
    }

    static RulesPush.Order order(RulesPush.Candidate candidate) {
        return new RulesPush.Order(candidate, AUTHOR, "", false);
    }

    public void start() {
        looks.scheduleWithFixedDelay(this::look, EVERY_MS, EVERY_MS, TimeUnit.MILLISECONDS);
    }

    /** Cheap to compare: names, sizes and times. What they hold is compared with what is live by the push. */
    public static List<String> files(Folders folders) {
        List<String> files = new ArrayList<>();
        try {
            for (Path file : YamlReader.files(folders.all(), Set.of(".yml", ".yaml", ".txt"), new Problems())) {
                files.add(file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    void look() {
        try {
            List<String> now = files(folders);
            boolean still = now.equals(seen);
            seen = now;
            if (still && !now.equals(pushed)) {
                pushed = now;
                said(push.get()).forEach(say);
            }
        } catch (UncheckedIOException e) {
            LOG.debug("a folder of rules changed under our eyes", e); // it is looked at again
        } catch (RuntimeException e) {
            pushed = List.of(); // it is tried again
            LOG.error("the folder of rules cannot be published", e);
            if (!String.valueOf(e.getMessage()).equals(failed)) {
                failed = String.valueOf(e.getMessage());
                say.accept("rules: not published: " + failed);
            }
        }
    }

    /** What came of a push, for the console and the log. */
    static List<String> said(RulesPush.Outcome outcome) {
        if (outcome.published() != null) {
            long number = outcome.published().manifest().getGeneration();
            String what = outcome.difference() == null ? "" : ": " + summary(outcome.difference());
            LOG.atInfo().addKeyValue("generation", number).log("Rules published");
            return List.of("rules: generation " + number + what);
        }
        if (outcome.refused().isEmpty()) {
            return List.of();
        }
        LOG.atWarn().addKeyValue("reason", outcome.refused()).log("Rules were not published");
        List<String> said = new ArrayList<>();
        said.add("rules: not published, what is live stays as it is");
        outcome.refused().forEach(reason -> said.add("  " + reason));
        outcome.failed().stream()
                .map(result -> "  " + result.test().file() + ":" + result.test().line() + ": '"
                        + result.test().name() + "' fails")
                .distinct()
                .forEach(said::add);
        return said;
    }

    /** Such as: 1 added, 2 changed, 1 file of parsers. */
    public static String summary(RulesPush.Difference difference) {
        List<String> parts = new ArrayList<>();
        for (RulesPush.Change change : RulesPush.Change.values()) {
            int n = difference.rows(change).size();
            if (n > 0) {
                parts.add(n + " "
                        + switch (change) {
                            case ADDED -> "added";
                            case CHANGED -> "changed";
                            case TEXT -> "with other text";
                            case REMOVED -> "removed";
                        });
            }
        }
        Map<String, Long> files = new TreeMap<>();
        difference.files().stream()
                .filter(file -> !file.ofRules())
                .forEach(file -> files.merge(file.kind(), 1L, Long::sum));
        files.forEach((kind, n) -> parts.add(Counted.of(n, "file") + " of " + kind));
        if (difference.builtIn()) {
            parts.add("other built-in parsers");
        }
        return parts.isEmpty() ? "no rule changed" : String.join(", ", parts);
    }

    @Override
    public void close() {
        looks.shutdownNow();
    }
}
