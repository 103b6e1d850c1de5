package io.bongsu.app.pipeline;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.ingest.generation.Content;
import io.bongsu.ingest.generation.Publisher;
import io.bongsu.ingest.generation.Publisher.Published;
import io.bongsu.ingest.generation.RulesTopic;
import io.bongsu.ingest.offline.RuleTests;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.ingest.parse.ParserTest;
import io.bongsu.model.Micros;
import io.bongsu.model.RulesFile;
import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.yaml.Problems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * From folders to the next generation of rules, and the parsers, lists and mappings that go with them: checked and tested as
 * {@code rules} and {@code parser} with {@code check} and {@code test} do, compared with what is live, and published as a whole
 * or not at all.
 */
public final class RulesPush {
    /** From a push until it holds: its markers have to be in the log before the first event of that time is. */
    private static final Duration AHEAD = Duration.ofSeconds(3);

    private final Config config;
    private final Map<String, Object> kafka;

    public RulesPush(Config config, Map<String, Object> kafka) {
        this.config = config;
        this.kafka = kafka;
    }

    /** What happened to a rule or a file; text: nothing that changes what it finds. */
    public enum Change {
        ADDED,
        CHANGED,
        TEXT,
        REMOVED
    }

    /** @param from version that is live; empty: none. Likewise {@code to} */
    public record Row(Change change, String id, String title, String from, String to) {}

    /** @param name its kind, the number of its folder, and its path in there */
    public record FileRow(Change change, String name) {
        /** rules, parsers, mappings or lists. */
        public String kind() {
            return name.substring(0, name.indexOf('/'));
        }

        /** The rules in it are told by themselves. */
        public boolean ofRules() {
            return kind().equals("rules");
        }
    }

    /**
     * Against what is live.
     *
     * @param rows by kind of change, then by title
     * @param files of any kind
     * @param builtIn whether what is live was pushed by a program with other built-in parsers
     */
    public record Difference(List<Row> rows, List<FileRow> files, boolean builtIn) {
        static final Difference NONE = new Difference(List.of(), List.of(), false);

        public Difference {
            rows = List.copyOf(rows);
            files = List.copyOf(files);
        }

        public List<Row> rows(Change change) {
            return rows.stream().filter(row -> row.change == change).toList();
        }

        public boolean isNothing() {
            return files.isEmpty() && rows.isEmpty() && !builtIn;
        }
    }

    /**
     * @param refused why nothing was published, for people; empty: it was, or there was nothing to publish
     * @param difference null where it was refused, or nothing was live
     * @param published null where nothing was
     */
    public record Outcome(
            RuleSet.Loaded loaded,
            List<String> refused,
            List<RuleTests.Result> failed,
            @Nullable Difference difference,
            @Nullable Published published) {
        public Outcome {
            refused = List.copyOf(refused);
            failed = List.copyOf(failed);
        }

        private static Outcome refused(RuleSet.Loaded loaded, List<String> why) {
            return new Outcome(loaded, why, List.of(), null, null);
        }
    }

    /** What folders held when they were read. */
    public record Candidate(Folders folders, Content content, RuleSet.Loaded rules, ParserSet.Loaded parsers) {
        public static Candidate read(Config config, Folders folders) {
            ParserSet.Loaded parsers = ParserSet.load(folders.parsers());
            RuleSet.Defaults defaults = Parts.defaults(config, folders, parsers.parsers());
            Content content = content(folders, defaults);
            return new Candidate(folders, content, RuleSet.load(folders.rules(), defaults), parsers);
        }

        private static Content content(Folders folders, RuleSet.Defaults defaults) {
            return Content.read(folders.rules(), folders.parsers(), defaults, new Problems());
        }

        List<String> problems() {
            return Stream.concat(parsers.problems().stream(), rules.problems().stream())
                    .map(Object::toString)
                    .toList();
        }

        /** Tests of its own parsers that fail; the built-in ones came tested. */
        private List<String> failedOfParsers() {
            List<String> failed = new ArrayList<>();
            for (ParserTest test : parsers.parsers().tests()) {
                if (!test.isBuiltIn()) {
                    String name = test.name() == null ? "" : " '" + test.name() + "'";
                    test.failures(parsers.parsers())
                            .forEach(
                                    failure -> failed.add(test.place() + ": " + test.parser() + name + ": " + failure));
                }
            }
            return failed;
        }

        private List<RuleTests.Result> failedOfRules() {
            return new RuleTests(parsers.parsers(), rules.rules())
                    .run().stream().filter(result -> !result.ok()).toList();
        }
    }

    /** What is pushed, by whom, and why. */
    public record Order(Candidate what, String author, String note, boolean dryRun) {}

    /** Makes it generation 1 where there is none, without the rules and parsers that have problems. */
    public Outcome first(Candidate candidate, String author) {
        RuleSet.Loaded loaded = candidate.rules;
        try (RulesTopic topic = new RulesTopic(kafka)) {
            topic.read();
            if (topic.newest() != null) {
                return new Outcome(loaded, List.of(), List.of(), null, null);
            }
            Published published = publish(topic, candidate.content, loaded, author, "", 0, 0, Duration.ZERO);
            return new Outcome(loaded, List.of(), List.of(), null, published);
        } catch (Publisher.Overtaken e) {
            return new Outcome(loaded, List.of(), List.of(), null, null);
        } catch (KafkaException e) {
            throw fault(e);
        }
    }

    /** Whether it is what this author published last, whatever came since. */
    boolean isPublished(Candidate candidate, String author) {
        try (RulesTopic topic = new RulesTopic(kafka)) {
            topic.read();
            return topic.entries().descendingMap().values().stream()
                    .map(RulesTopic.Entry::manifest)
                    .filter(manifest -> manifest.getAuthor().equals(author))
                    .findFirst()
                    .map(candidate.content::isSame)
                    .orElse(false);
        } catch (KafkaException e) {
            throw fault(e);
        }
    }

    public Outcome push(Order order) {
        return push(order, AHEAD);
    }

    /** @param ahead how long from now until it holds; negative: it holds for what is younger than that, too */
    public Outcome push(Order order, Duration ahead) {
        Candidate what = order.what;
        RuleSet.Loaded loaded = what.rules;
        if (!what.problems().isEmpty()) {
            return Outcome.refused(loaded, what.problems());
        }
        try (RulesTopic topic = new RulesTopic(kafka)) {
            topic.read();
            RulesTopic.Entry live = topic.newest();
            if (live != null && what.content.isSame(live.manifest())) {
                return same(loaded);
            }
            List<String> failedOfParsers = what.failedOfParsers();
            if (!failedOfParsers.isEmpty()) {
                return Outcome.refused(loaded, with(failedOfParsers, "tests of parsers fail"));
            }
            // Only another lateness: what the files say was tested when they came.
            boolean isTested = live != null
                    && live.manifest().getFiles().equals(what.content.files())
                    && live.manifest().getBuiltIn().equals(ParserSet.builtIn());
            List<RuleTests.Result> failed = isTested ? List.of() : what.failedOfRules();
            if (!failed.isEmpty()) {
                return new Outcome(loaded, List.of("tests of rules fail"), failed, null, null);
            }
            Content again = Candidate.content(what.folders, Parts.defaults(config, what.folders));
            if (!again.files().equals(what.content.files())) {
                return Outcome.refused(loaded, List.of("the files changed while they were checked; push again"));
            }
            Difference difference = live == null ? null : difference(topic, live, what.content, loaded.rules());
            if (order.dryRun) {
                return new Outcome(loaded, List.of(), List.of(), difference, null);
            }
            long number = live == null ? 0 : live.manifest().getGeneration();
            Published published = publish(topic, what.content, loaded, order.author, order.note, number, 0, ahead);
            return new Outcome(loaded, List.of(), List.of(), difference, published);
        } catch (Publisher.Overtaken e) {
            return overtaken(loaded);
        } catch (KafkaException e) {
            throw fault(e);
        }
    }

    private static List<String> with(List<String> first, String last) {
        return Stream.concat(first.stream(), Stream.of(last)).toList();
    }

    /** A generation that was is the next one, too, unless it is what is live. */
    public Outcome rollback(long number, String author, String note) {
        try (RulesTopic topic = new RulesTopic(kafka)) {
            topic.read();
            RulesTopic.Entry live = topic.newest();
            RulesTopic.Entry wanted = topic.entries().get(number);
            if (live == null || wanted == null) {
                throw new Fault("there is no generation " + number, "bongsu rules history lists them");
            }
            Content content = topic.content(wanted);
            if (content.isSame(live.manifest())) {
                return same(load(content));
            }
            RuleSet.Loaded loaded = load(content);
            Difference difference = difference(topic, live, content, loaded.rules());
            try {
                long against = live.manifest().getGeneration();
                Published published = publish(topic, content, loaded, author, note, against, number, AHEAD);
                return new Outcome(loaded, List.of(), List.of(), difference, published);
            } catch (Publisher.Overtaken e) {
                return overtaken(loaded);
            }
        } catch (KafkaException e) {
            throw fault(e);
        }
    }

    private static Outcome same(RuleSet.Loaded loaded) {
        return new Outcome(loaded, List.of(), List.of(), Difference.NONE, null);
    }

    private static Outcome overtaken(RuleSet.Loaded loaded) {
        return Outcome.refused(
                loaded,
                List.of("somebody else published a generation at the same time; look at what is live, and push again"));
    }

    /**
     * @param live number of the generation that it was compared with; 0: none
     * @param restores number of the one that is brought back; 0: none
     */
    private Published publish(
            RulesTopic topic,
            Content content,
            RuleSet.Loaded loaded,
            String author,
            String note,
            long live,
            long restores,
            Duration ahead)
            throws Publisher.Overtaken {
        try (Publisher publisher = new Publisher(kafka, topic)) {
            if (newest(topic) != live) {
                // What was shown as the difference is not the difference any more.
                throw new Publisher.Overtaken();
            }
            long now = Micros.now();
            long from = effectiveAt(now, Micros.of(ahead), topic.newest());
            return publisher.publish(
                    content,
                    new Publisher.Push(
                            author, note, now, from, restores, loaded.rules().infos()));
        }
    }

    /** A push behind another one holds behind it, whatever the clocks of the two machines say. */
    private static long effectiveAt(long now, long ahead, RulesTopic.@Nullable Entry live) {
        return live == null || ahead < 0
                ? now + ahead
                : Math.max(now + ahead, live.manifest().getEffectiveAt() + 1);
    }

    private static long newest(RulesTopic topic) {
        RulesTopic.Entry newest = topic.newest();
        return newest == null ? 0 : newest.manifest().getGeneration();
    }

    private Difference difference(RulesTopic topic, RulesTopic.Entry live, Content next, RuleSet rules) {
        Map<String, RuleInfo> before = byId(load(topic.content(live)).rules());
        Map<String, RuleInfo> after = byId(rules);
        List<Row> rows = new ArrayList<>();
        after.forEach((id, rule) -> {
            RuleInfo was = before.get(id);
            if (was == null) {
                rows.add(new Row(Change.ADDED, id, rule.name(), "", rule.version()));
            } else if (!was.version().equals(rule.version())) {
                rows.add(new Row(Change.CHANGED, id, rule.name(), was.version(), rule.version()));
            } else if (!was.equals(rule)) {
                rows.add(new Row(Change.TEXT, id, rule.name(), was.version(), rule.version()));
            }
        });
        before.forEach((id, rule) -> {
            if (!after.containsKey(id)) {
                rows.add(new Row(Change.REMOVED, id, rule.name(), rule.version(), ""));
            }
        });
        rows.sort(Comparator.comparing(Row::change).thenComparing(Row::title).thenComparing(Row::id));
        boolean builtIn = !ParserSet.builtIn().equals(live.manifest().getBuiltIn());
        return new Difference(rows, files(live.manifest().getFiles(), next.files()), builtIn);
    }

    /** By name. */
    static List<FileRow> files(List<RulesFile> before, List<RulesFile> after) {
        Map<String, String> left = new TreeMap<>();
        before.forEach(file -> left.put(name(file), file.getHash()));
        List<FileRow> files = new ArrayList<>();
        for (RulesFile file : after) {
            String was = left.remove(name(file));
            if (!file.getHash().equals(was)) {
                files.add(new FileRow(was == null ? Change.ADDED : Change.CHANGED, name(file)));
            }
        }
        left.keySet().forEach(name -> files.add(new FileRow(Change.REMOVED, name)));
        files.sort(Comparator.comparing(FileRow::name));
        return files;
    }

    private static String name(RulesFile file) {
        return file.getKind() + "/" + file.getPath();
    }

    private static Map<String, RuleInfo> byId(RuleSet rules) {
        Map<String, RuleInfo> byId = new TreeMap<>();
        rules.infos().forEach(rule -> byId.put(rule.id(), rule));
        return byId;
    }

    /** What a generation comes to here. */
    static RuleSet.Loaded load(Content content) {
        try {
            Path folder = Files.createTempDirectory("bongsu-rules");
            try {
                return content.load(folder.resolve("files"), name -> true);
            } finally {
                Utils.delete(folder.toFile());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Fault fault(KafkaException e) {
        return new Fault(
                "the rules in Kafka: " + e.getMessage(),
                "check that Kafka runs, that 'bongsu setup' was run, kafka.bootstrap, and the rights of kafka.user",
                e);
    }
}
