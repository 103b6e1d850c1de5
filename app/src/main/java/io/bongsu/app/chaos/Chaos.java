package io.bongsu.app.chaos;

import io.bongsu.app.chaos.Estate.Role;
import io.bongsu.app.config.Config;
import io.bongsu.app.ledger.Accounts;
import io.bongsu.app.pipeline.Parts;
import io.bongsu.indexer.Elasticsearch;
import io.bongsu.ingest.offline.Offline;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Alert;
import io.bongsu.model.Groups;
import io.bongsu.model.Micros;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * Hurts a pipeline of its own while numbered lines are written into a file that it follows, and counts afterwards: each
 * line must be in Elasticsearch once, or a dead letter, and the alerts must be those of {@code bongsu detect} on the file.
 */
public final class Chaos {
    /** For the next line to come, and for the alerts. */
    private static final Duration PATIENCE = Duration.ofMinutes(8);

    private static final long LOOK_MILLIS = 500;
    private static final Duration SLOW = Duration.ofMillis(500);

    private final Config config;
    private final Options options;
    private final Consumer<String> say;
    private int run;

    /**
     * @param runs of each
     * @param lines of each run, over {@code seconds}
     * @param outage how long a server is away, where that is the point
     */
    public record Options(List<Trouble> troubles, int runs, long seed, int lines, int seconds, Duration outage) {
        public Options {
            troubles = List.copyOf(troubles);
        }
    }

    /**
     * All runs of one fault.
     *
     * @param dropped what the pipeline says that it dropped; nothing may be, since a file can wait
     * @param alertsDiffer runs whose alerts were not those of the file
     * @param recovery of each run: from the end of the fault, or of the sending, until no line is missing any more;
     *     milliseconds
     */
    public record Result(
            Trouble trouble,
            int runs,
            long sent,
            long indexed,
            long deadLettered,
            long dropped,
            long lost,
            long duplicates,
            int alertsDiffer,
            List<Long> recovery) {
        public boolean good() {
            return lost == 0 && duplicates == 0 && dropped == 0 && alertsDiffer == 0;
        }

        /** The slowest, in seconds. */
        public double slowest() {
            return recovery.stream().mapToLong(Long::longValue).max().orElse(0) / 1000.0;
        }
    }

    /** @param say told what is done, as it is done */
    public Chaos(Config config, Options options, Consumer<String> say) {
        this.config = config;
        this.options = options;
        this.say = say;
    }

    /** @param each told of each fault when all runs are over */
    public void run(Path folder, Consumer<Result> each) throws IOException, InterruptedException {
        try (Estate estate = new Estate(folder, config)) {
            say.accept("starting Kafka, Elasticsearch and the four roles in " + folder);
            estate.start();
            try (Elasticsearch elasticsearch = new Elasticsearch(estate.url())) {
                List<One> runs = new ArrayList<>();
                for (Trouble trouble : options.troubles()) {
                    for (int i = 0; i < options.runs(); i++) {
                        runs.add(one(estate, elasticsearch, trouble));
                    }
                }
                // An alert is told in full when its attack is over and nothing that is late can change that any more.
                // That takes minutes, which all runs wait for together.
                say.accept("waiting until the log is past the lateness and the alerts are told in full");
                long dropped = dropped(Map.of("bootstrap.servers", estate.bootstrap()));
                Config told = estate.config();
                for (Trouble trouble : options.troubles()) {
                    int differ = 0;
                    List<One> of = runs.stream()
                            .filter(r -> r.sent().trouble() == trouble)
                            .toList();
                    for (One run : of) {
                        differ += alertsAgree(run, told, elasticsearch) ? 0 : 1;
                    }
                    each.accept(sum(trouble, of, dropped, differ));
                }
            }
        }
    }

    /** One run. */
    private record One(Sent sent, Audit audit, long recovery) {}

    private One one(Estate estate, Elasticsearch elasticsearch, Trouble trouble)
            throws IOException, InterruptedException {
        run++;
        Map<String, Object> kafka = Map.of("bootstrap.servers", estate.bootstrap());
        Random random = new Random(options.seed() + run);
        Sent sent = new Sent(trouble, run, options.seed());
        long before = Audit.documents(elasticsearch);
        long moment = (long) (options.seconds() * 1e9 * (0.2 + 0.5 * random.nextDouble()));
        say.accept(trouble.word() + ": " + options.lines() + " lines, the fault after " + moment / 1_000_000 + " ms");
        Path file = estate.logs().resolve(trouble.word() + "-" + run + ".log");
        Writer writer = new Writer(file, sent, others(trouble));
        Thread writing = Thread.ofPlatform().name("chaos-writer").start(writer);
        Thread.sleep(Duration.ofNanos(moment));
        hurt(estate, trouble, random, kafka);
        writing.join();
        IOException failure = writer.failure;
        if (failure != null) {
            throw failure;
        }
        long over = System.nanoTime();
        long looked = over;
        long progress = over;
        long seen = Audit.documents(elasticsearch);
        Audit audit = Audit.of(sent, elasticsearch, kafka);
        while (audit.lost() > 0 && System.nanoTime() - progress < PATIENCE.toNanos()) {
            Thread.sleep(LOOK_MILLIS);
            looked = System.nanoTime();
            long documents = Audit.documents(elasticsearch);
            progress = documents > seen ? looked : progress;
            // To look at each document costs Elasticsearch more than to index it: only when there are enough of them,
            // or
            // no more come and the rest may be dead letters.
            if (documents - before >= sent.size() || documents == seen) {
                audit = Audit.of(sent, elasticsearch, kafka);
            }
            seen = documents;
        }
        long recovery = (looked - over) / 1_000_000;
        say.accept("  " + audit + ", recovered " + recovery + " ms after it was over");
        return new One(sent, audit, recovery);
    }

    private boolean alertsAgree(One run, Config told, Elasticsearch elasticsearch) throws InterruptedException {
        Map<String, Long> expected = detected(told, run.sent());
        Map<String, Long> alerts = Audit.alerts(run.sent(), elasticsearch);
        long began = System.nanoTime();
        while (!alerts.equals(expected) && System.nanoTime() - began < PATIENCE.toNanos()) {
            Thread.sleep(LOOK_MILLIS);
            alerts = Audit.alerts(run.sent(), elasticsearch);
        }
        boolean agree = alerts.equals(expected);
        say.accept(run.sent().trouble().word() + ": alerts "
                + (agree ? "as expected: " + alerts.size() : difference(alerts, expected)));
        return agree;
    }

    private static String difference(Map<String, Long> found, Map<String, Long> expected) {
        Map<String, Long> extra = new TreeMap<>(found);
        extra.entrySet().removeAll(expected.entrySet());
        Map<String, Long> missing = new TreeMap<>(expected);
        missing.entrySet().removeAll(found.entrySet());
        return "differ: found " + extra + ", expected " + missing;
    }

    /** Returns when what was hurt works again. */
    private void hurt(Estate estate, Trouble trouble, Random random, Map<String, Object> kafka)
            throws IOException, InterruptedException {
        switch (trouble) {
            case KAFKA_KILLED -> {
                estate.kafka().process().kill();
                estate.kafka().restart();
            }
            case KAFKA_AWAY -> {
                estate.kafka().process().kill();
                Thread.sleep(options.outage());
                estate.kafka().restart();
            }
            case ELASTICSEARCH_AWAY -> {
                estate.elasticsearch().process().kill();
                Thread.sleep(options.outage());
                estate.elasticsearch().restart();
            }
            case SHIP_KILLED -> again(estate, Role.SHIP);
            case PARSE_KILLED -> again(estate, Role.PARSE);
            case CORRELATE_KILLED -> again(estate, Role.CORRELATE);
            case INDEX_KILLED -> again(estate, Role.INDEX);
            case EVERYTHING_KILLED -> {
                List<Role> roles = new ArrayList<>(List.of(Role.values()));
                Collections.shuffle(roles, random);
                roles.forEach(estate::kill);
                Collections.shuffle(roles, random);
                roles.forEach(estate::launch);
                roles.forEach(estate::awaitReady);
            }
            case EVERYTHING_PAUSED -> {
                // Longer than Kafka waits for any of them: each comes back as one that was given up.
                pause(estate, EnumSet.allOf(Role.class));
            }
            case CORRELATE_PAUSED -> pause(estate, EnumSet.of(Role.CORRELATE));
            case REINDEX -> {
                estate.stop(Role.INDEX);
                forget(kafka);
                estate.launch(Role.INDEX);
                estate.awaitReady(Role.INDEX);
            }
            case CUT_OFF -> {
                // The broker and its clock go on: it gives everybody up, and ends what they had begun.
                estate.links().forEach(link -> link.hold(EnumSet.allOf(Link.Way.class)));
                Thread.sleep(options.outage());
                estate.links().forEach(Link::reset);
            }
            case ANSWERS_LOST -> {
                // What was written must not be written twice by whoever was not told.
                estate.links().forEach(link -> link.hold(EnumSet.of(Link.Way.ANSWERS)));
                Thread.sleep(options.outage());
                estate.links().forEach(Link::reset);
            }
            case SLOW_NETWORK -> {
                estate.links().forEach(link -> link.delay(SLOW));
                Thread.sleep(options.outage());
                estate.links().forEach(link -> link.delay(Duration.ZERO));
            }
            case MALFORMED, WRONG_CLOCKS -> {}
        }
    }

    /** What is written beside each good line. */
    private static Sent.@Nullable Other others(Trouble trouble) {
        return switch (trouble) {
            case MALFORMED -> Sent.Other.NOISE;
            case WRONG_CLOCKS -> Sent.Other.WRONG_CLOCK;
            case KAFKA_KILLED,
                    KAFKA_AWAY,
                    ELASTICSEARCH_AWAY,
                    SHIP_KILLED,
                    PARSE_KILLED,
                    CORRELATE_KILLED,
                    INDEX_KILLED,
                    EVERYTHING_KILLED,
                    EVERYTHING_PAUSED,
                    CORRELATE_PAUSED,
                    REINDEX,
                    CUT_OFF,
                    ANSWERS_LOST,
                    SLOW_NETWORK -> null;
        };
    }

    private void pause(Estate estate, Set<Role> roles) throws IOException, InterruptedException {
        estate.signal("STOP", roles);
        Thread.sleep(options.outage());
        estate.signal("CONT", roles);
    }

    private static void again(Estate estate, Role role) {
        estate.kill(role);
        estate.launch(role);
        estate.awaitReady(role);
    }

    private static void forget(Map<String, Object> kafka) throws InterruptedException {
        try (Admin admin = Admin.create(kafka)) {
            admin.deleteConsumerGroups(List.of(Groups.INDEX)).all().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the indexer's group cannot be deleted", e);
        }
    }

    /** What `bongsu detect` makes of the file. */
    private Map<String, Long> detected(Config config, Sent sent) {
        byte[] file = sent.file();
        Offline offline = new Offline(
                ParserSet.load(config.parsers()).parsers(),
                Parts.rules(config).rules(),
                new Offline.Options(null, Micros.UNKNOWN, false, Micros.now()),
                say);
        Map<String, Long> alerts = new TreeMap<>();
        for (Alert alert : offline.alerts(List.of(new Offline.File("sent", () -> new ByteArrayInputStream(file))))) {
            if (sent.isAttacker(alert.getGroup().get("source.ip"))) {
                alerts.put(alert.getId(), alert.getCount());
            }
        }
        return alerts;
    }

    private static long dropped(Map<String, Object> kafka) {
        Accounts accounts = Accounts.read(kafka, Micros.UNKNOWN, Micros.UNKNOWN, null);
        long before = accounts.droppedBefore().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        return before + accounts.total().droppedLines();
    }

    private static Result sum(Trouble trouble, List<One> runs, long dropped, int alertsDiffer) {
        return new Result(
                trouble,
                runs.size(),
                runs.stream().mapToLong(r -> r.audit().sent()).sum(),
                runs.stream().mapToLong(r -> r.audit().indexed()).sum(),
                runs.stream().mapToLong(r -> r.audit().deadLettered()).sum(),
                dropped,
                runs.stream().mapToLong(r -> r.audit().lost()).sum(),
                runs.stream().mapToLong(r -> r.audit().duplicates()).sum(),
                alertsDiffer,
                runs.stream().map(One::recovery).toList());
    }

    /** Writes evenly over the time of a run. */
    private final class Writer implements Runnable {
        private final Path file;
        private final Sent sent;
        private final Sent.@Nullable Other other;
        volatile @Nullable IOException failure;

        Writer(Path file, Sent sent, Sent.@Nullable Other other) {
            this.file = file;
            this.sent = sent;
            this.other = other;
        }

        @Override
        public void run() {
            long began = System.nanoTime();
            try (OutputStream out =
                    Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                for (int i = 0; i < options.lines(); i++) {
                    long due = began + (long) (options.seconds() * 1e9 * i / options.lines());
                    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                    write(out, sent.login());
                    if (other != null) {
                        write(out, sent.other(other));
                    }
                }
            } catch (IOException e) {
                failure = e;
            }
        }

        private static void write(OutputStream out, byte[] line) throws IOException {
            out.write(line);
            out.write('\n');
        }
    }
}
