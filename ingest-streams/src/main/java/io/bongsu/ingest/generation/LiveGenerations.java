package io.bongsu.ingest.generation;

import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.RulesManifest;
import io.bongsu.rules.RuleSet;
import java.lang.ref.SoftReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The generations in bongsu.rules, which is read as far as is asked for. Whoever made the topic closes it. */
public final class LiveGenerations implements Generations {
    private static final Logger LOG = LoggerFactory.getLogger(LiveGenerations.class);

    private final RulesTopic topic;
    private final Path folder;
    private final Supplier<ParserSet> local;
    private final Map<Long, Generation> known = new HashMap<>(); // guarded by this
    /** By their files, since most generations differ in rules only. Guarded by this. */
    private final Map<String, SoftReference<ParserSet>> parsers = new HashMap<>();

    private long newest; // guarded by this
    private long told; // guarded by this

    /**
     * @param folder for copies of the files; it can be lost at any time
     * @param local parsers, for generations of a time when these did not travel
     */
    public LiveGenerations(RulesTopic topic, Path folder, Supplier<ParserSet> local) {
        this.topic = topic;
        this.folder = folder;
        this.local = local;
    }

    /**
     * Compiles the newest one that has been read, so that the first event need not wait for it.
     *
     * @param parsing whether its parsers are used, too
     */
    public void prepare(boolean parsing) {
        RulesTopic.Entry entry = topic.newest();
        if (entry != null) {
            Generation next = known(entry.manifest().getGeneration(), entry);
            next.rules();
            if (parsing) {
                next.parsers();
            }
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
                        n,
                        entry.manifest().getEffectiveAt(),
                        fresh(entry.manifest()),
                        () -> compile(entry),
                        () -> parsers(entry)));
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

    private RulesTopic.@Nullable Entry entry(long number) {
        RulesTopic.Entry entry = topic.entries().get(number);
        if (entry == null) {
            topic.read();
            entry = topic.entries().get(number);
        }
        return entry;
    }

    private RuleSet compile(RulesTopic.Entry entry) {
        long number = entry.manifest().getGeneration();
        long began = System.nanoTime();
        RuleSet.Loaded loaded;
        synchronized (this) { // its folder
            loaded = topic.content(entry).load(folder.resolve(Long.toString(number)), field -> true);
        }
        loaded.problems().forEach(problem -> LOG.warn("left out: {}", problem));
        LOG.atInfo()
                .addKeyValue("generation", number)
                .addKeyValue("rules", loaded.ruleCount())
                .addKeyValue("after.ms", (System.nanoTime() - began) / 1_000_000)
                .log("A generation of rules was loaded");
        return loaded.rules();
    }

    private synchronized ParserSet parsers(RulesTopic.Entry entry) {
        RulesManifest manifest = entry.manifest();
        tell(manifest);
        String key = manifest.getBuiltIn().isEmpty() ? "" : "pushed" + Content.of(Content.PARSERS, manifest.getFiles());
        SoftReference<ParserSet> reference = parsers.get(key);
        ParserSet known = reference == null ? null : reference.get();
        if (known == null) {
            known = key.isEmpty() ? local.get() : compileParsers(entry);
            parsers.put(key, new SoftReference<>(known));
        }
        return known;
    }

    private ParserSet compileParsers(RulesTopic.Entry entry) {
        long began = System.nanoTime();
        ParserSet.Loaded loaded = topic.content(entry).parsers();
        loaded.problems().forEach(problem -> LOG.warn("left out: {}", problem));
        LOG.atInfo()
                .addKeyValue("generation", entry.manifest().getGeneration())
                .addKeyValue("parsers", loaded.parsers().ids().size())
                .addKeyValue("after.ms", (System.nanoTime() - began) / 1_000_000)
                .log("Parsers of a generation were loaded");
        return loaded.parsers();
    }

    /** Once, since what is built in does not travel. */
    private void tell(RulesManifest manifest) {
        if (manifest.getGeneration() <= told) {
            return;
        }
        told = manifest.getGeneration();
        if (manifest.getBuiltIn().isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("generation", told)
                    .log("This generation names no parsers, so those of the configuration are used; a push names them");
        } else if (!manifest.getBuiltIn().equals(ParserSet.builtIn())) {
            LOG.atWarn()
                    .addKeyValue("generation", told)
                    .log("This program has other built-in parsers than the one that pushed this generation: a push from"
                            + " here says since when they are used");
        }
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
