package io.bongsu.ingest.generation;

import io.bongsu.model.RulesManifest;
import io.bongsu.rules.RuleSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The generations in bongsu.rules, which is read as far as is asked for. Whoever made the topic closes it. */
public final class LiveGenerations implements Generations {
    private static final Logger LOG = LoggerFactory.getLogger(LiveGenerations.class);

    private final RulesTopic topic;
    private final Path folder;
    private final Predicate<String> parsed;
    private final Map<Long, Generation> known = new HashMap<>(); // guarded by this
    private long newest; // guarded by this

    /**
     * @param folder for copies of the files; it can be lost at any time
     * @param parsed see {@link RuleSet.Defaults}
     */
    public LiveGenerations(RulesTopic topic, Path folder, Predicate<String> parsed) {
        this.topic = topic;
        this.folder = folder;
        this.parsed = parsed;
    }

    /** Compiles the newest one that has been read, so that the first event need not wait for it. */
    public void prepare() {
        RulesTopic.Entry entry = topic.newest();
        if (entry != null) {
            known(entry.manifest().getGeneration(), entry).rules();
        }
    }

    @Override
    public synchronized @Nullable Generation get(long number) {
        RulesTopic.Entry entry = entry(number);
        if (entry == null) {
            return null;
        }
        newest = Math.max(newest, number);
        return known(number, entry);
    }

    private synchronized Generation known(long number, RulesTopic.Entry entry) {
        return known.computeIfAbsent(
                number,
                n -> new Generation(
                        n, entry.manifest().getEffectiveAt(), fresh(entry.manifest()), () -> compile(entry)));
    }

    private RulesTopic.@Nullable Entry entry(long number) {
        RulesTopic.Entry entry = topic.entries().get(number);
        if (entry == null) {
            topic.read();
            entry = topic.entries().get(number);
        }
        return entry;
    }

    /** What no generation before it has. */
    private Set<String> fresh(RulesManifest manifest) {
        Set<String> fresh = new HashSet<>();
        manifest.getRules().forEach(rule -> fresh.add(Generation.key(rule.getRule(), rule.getVersion())));
        topic.entries().headMap(manifest.getGeneration(), false).values().forEach(entry -> entry.manifest()
                .getRules()
                .forEach(rule -> fresh.remove(Generation.key(rule.getRule(), rule.getVersion()))));
        return fresh;
    }

    private RuleSet compile(RulesTopic.Entry entry) {
        long number = entry.manifest().getGeneration();
        long began = System.nanoTime();
        RuleSet.Loaded loaded;
        synchronized (this) { // its folder
            loaded = topic.content(entry).load(folder.resolve(Long.toString(number)), parsed);
        }
        loaded.problems().forEach(problem -> LOG.warn("left out: {}", problem));
        LOG.atInfo()
                .addKeyValue("generation", number)
                .addKeyValue("rules", loaded.ruleCount())
                .addKeyValue("after.ms", (System.nanoTime() - began) / 1_000_000)
                .log("A generation of rules was loaded");
        return loaded.rules();
    }

    @Override
    public boolean is(long number, String manifest) {
        RulesTopic.Entry entry = entry(number);
        return entry != null && entry.hash().equals(manifest);
    }

    @Override
    public List<Long> publishedBy(long appended) {
        List<Long> numbers = new ArrayList<>();
        topic.entries().forEach((number, entry) -> {
            if (number == 1 || entry.appended() <= appended) {
                numbers.add(number);
            }
        });
        return numbers;
    }

    /** The newest one that a record of the log has asked for; 0: none yet. */
    public synchronized long newest() {
        return newest;
    }
}
