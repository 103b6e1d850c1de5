package io.bongsu.app.pipeline;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.ingest.generation.Content;
import io.bongsu.ingest.generation.Publisher;
import io.bongsu.ingest.generation.Publisher.Published;
import io.bongsu.ingest.generation.RulesTopic;
import io.bongsu.ingest.offline.RuleTests;
import io.bongsu.ingest.parse.ParserSet;
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
import org.jspecify.annotations.Nullable;

/**
 * From folders to the next generation of rules: checked and tested as {@code rules check} and {@code rules test} do, compared
 * with what is live, and published as a whole or not at all.
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

    /** What happened to a rule; text: nothing that changes what it finds. */
    public enum Change {
        ADDED,
        CHANGED,
        TEXT,
        REMOVED
    }

    /** @param from version that is live; empty: none. Likewise {@code to} */
    public record Row(Change change, String id, String title, String from, String to) {}

    /**
     * Against what is live.
     *
     * @param rows by kind of change, then by title
     * @param files that were added, changed or removed, of any kind
     */
    public record Difference(List<Row> rows, List<String> files) {
        public Difference {
            rows = List.copyOf(rows);
            files = List.copyOf(files);
        }

        public List<Row> rows(Change change) {
            return rows.stream().filter(row -> row.change == change).toList();
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
    }

    /** What is pushed, by whom, and why. */
    public record Order(
            List<Path> folders, List<Path> mappings, List<Path> lists, String author, String note, boolean dryRun) {
        /** The folders of the configuration. */
        public static Order ofConfig(Config config, String author) {
            return new Order(config.rules(), List.of(), List.of(), author, "", false);
        }
    }

    /** The folders of the configuration as generation 1 where there is none, without the rules that have problems. */
    public Outcome first(String author) {
        Order order = Order.ofConfig(config, author);
        RuleSet.Defaults defaults = Parts.defaults(config, List.of(), List.of());
        RuleSet.Loaded loaded = RuleSet.load(order.folders, defaults);
        try (RulesTopic topic = new RulesTopic(kafka)) {
            topic.read();
            if (topic.newest() != null) {
                return new Outcome(loaded, List.of(), List.of(), null, null);
            }
            Content content = Content.read(order.folders, defaults, new Problems());
            return new Outcome(
                    loaded, List.of(), List.of(), null, publish(topic, content, order, loaded, 0, 0, Duration.ZERO));
        } catch (Publisher.Overtaken e) {
            return new Outcome(loaded, List.of(), List.of(), null, null);
        } catch (KafkaException e) {
            throw fault(e);
        }
    }

    /** Whether what the folders of the configuration hold is what this author published last, whatever came since. */
    boolean isPublished(String author) {
        Content content = Content.read(config.rules(), Parts.defaults(config, List.of(), List.of()), new Problems());
        try (RulesTopic topic = new RulesTopic(kafka)) {
            topic.read();
            return topic.entries().descendingMap().values().stream()
                    .map(RulesTopic.Entry::manifest)
                    .filter(manifest -> manifest.getAuthor().equals(author))
                    .findFirst()
                    .map(last -> content.isSame(last.getFiles(), last.getLateness()))
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
        RuleSet.Defaults defaults = Parts.defaults(config, order.mappings, order.lists);
        Content content = Content.read(order.folders, defaults, new Problems());
        RuleSet.Loaded loaded = RuleSet.load(order.folders, defaults);
        if (!loaded.problems().isEmpty()) {
            return new Outcome(
                    loaded, loaded.problems().stream().map(Object::toString).toList(), List.of(), null, null);
        }
        try (RulesTopic topic = new RulesTopic(kafka)) {
            topic.read();
            RulesTopic.Entry live = topic.newest();
            if (live != null
                    && content.isSame(
                            live.manifest().getFiles(), live.manifest().getLateness())) {
                return same(loaded);
            }
            // Only another lateness: what the files say was tested when they came.
            boolean isTested = live != null && live.manifest().getFiles().equals(content.files());
            List<RuleTests.Result> failed = isTested ? List.of() : failed(loaded.rules());
            if (!failed.isEmpty()) {
                return new Outcome(loaded, List.of("tests of rules fail"), failed, null, null);
            }
            Content again = Content.read(order.folders, defaults, new Problems());
            if (!again.isSame(content.files(), content.lateness())) {
                return new Outcome(
                        loaded, List.of("the files changed while they were checked; push again"), failed, null, null);
            }
            Difference difference = live == null ? null : difference(topic, live, content, loaded.rules());
            if (order.dryRun) {
                return new Outcome(loaded, List.of(), List.of(), difference, null);
            }
            long number = live == null ? 0 : live.manifest().getGeneration();
            return new Outcome(
                    loaded, List.of(), List.of(), difference, publish(topic, content, order, loaded, number, 0, ahead));
        } catch (Publisher.Overtaken e) {
            return overtaken(loaded);
        } catch (KafkaException e) {
            throw fault(e);
        }
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
            if (content.isSame(live.manifest().getFiles(), live.manifest().getLateness())) {
                return same(load(content));
            }
            RuleSet.Loaded loaded = load(content);
            Difference difference = difference(topic, live, content, loaded.rules());
            Order order = new Order(List.of(), List.of(), List.of(), author, note, false);
            try {
                Published published =
                        publish(topic, content, order, loaded, live.manifest().getGeneration(), number, AHEAD);
                return new Outcome(loaded, List.of(), List.of(), difference, published);
            } catch (Publisher.Overtaken e) {
                return overtaken(loaded);
            }
        } catch (KafkaException e) {
            throw fault(e);
        }
    }

    private static Outcome same(RuleSet.Loaded loaded) {
        return new Outcome(loaded, List.of(), List.of(), new Difference(List.of(), List.of()), null);
    }

    private static Outcome overtaken(RuleSet.Loaded loaded) {
        return new Outcome(
                loaded,
                List.of("somebody else published a generation at the same time; look at what is live, and push again"),
                List.of(),
                null,
                null);
    }

    /**
     * @param live number of the generation that the order was compared with; 0: none
     * @param restores number of the one that is brought back; 0: none
     */
    private Published publish(
            RulesTopic topic,
            Content content,
            Order order,
            RuleSet.Loaded loaded,
            long live,
            long restores,
            Duration ahead)
            throws Publisher.Overtaken {
        try (Publisher publisher = new Publisher(kafka, topic)) {
            if (newest(topic) != live) {
                // What was shown as the difference is not the difference any more.
                throw new Publisher.Overtaken();
            }
            return publisher.publish(
                    content, order(order, loaded.rules(), restores, ahead.toMillis() * 1_000, topic.newest()));
        }
    }

    private static long newest(RulesTopic topic) {
        RulesTopic.Entry newest = topic.newest();
        return newest == null ? 0 : newest.manifest().getGeneration();
    }

    private static Publisher.Push order(
            Order order, RuleSet rules, long restores, long ahead, RulesTopic.@Nullable Entry live) {
        long now = Micros.now();
        // A push behind another one holds behind it, whatever the clocks of the two machines say.
        long after =
                live == null || ahead < 0 ? Long.MIN_VALUE : live.manifest().getEffectiveAt() + 1;
        return new Publisher.Push(order.author, order.note, now, Math.max(now + ahead, after), restores, rules.infos());
    }

    private List<RuleTests.Result> failed(RuleSet rules) {
        ParserSet parsers = ParserSet.load(config.parsers()).parsers();
        return new RuleTests(parsers, rules)
                .run().stream().filter(result -> !result.ok()).toList();
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
        return new Difference(rows, files(live.manifest().getFiles(), next.files()));
    }

    private static List<String> files(List<RulesFile> before, List<RulesFile> after) {
        Map<String, String> left = new TreeMap<>();
        before.forEach(file -> left.put(name(file), file.getHash()));
        List<String> files = new ArrayList<>();
        for (RulesFile file : after) {
            String was = left.remove(name(file));
            if (!file.getHash().equals(was)) {
                files.add(name(file));
            }
        }
        files.addAll(left.keySet());
        return files.stream().sorted().toList();
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
                delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    static Fault fault(KafkaException e) {
        return new Fault(
                "the rules in Kafka: " + e.getMessage(),
                "check that Kafka runs, that 'bongsu setup' was run, kafka.bootstrap, and the rights of kafka.user",
                e);
    }
}
