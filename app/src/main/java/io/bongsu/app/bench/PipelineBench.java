package io.bongsu.app.bench;

import io.bongsu.app.Fault;
import io.bongsu.app.bench.RawBulk.Way;
import io.bongsu.app.config.Config;
import io.bongsu.app.config.ConfigReader.Setting;
import io.bongsu.embedded.ChildProcess;
import io.bongsu.embedded.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code bongsu up} in a process of its own, under as much syslog over TCP as it takes: from the socket into Elasticsearch, all
 * rules and parsers on. Beside it, in turns, the raw bulk rate of the same Elasticsearch with the same documents.
 */
public final class PipelineBench {
    private static final int[] REQUESTS = {500, 2_000, 5_000};
    private static final int CONNECTIONS = 4;
    private static final int ROUNDS = 3;
    private static final int WARM_LINES = 20_000;

    private static final int WARM_LEAST = 16;
    private static final int WARM_MOST = 40;
    /** Rounds in a row that bring nothing more. */
    private static final int STEADY = 4;
    /** Of the cheapest round so far: less means that the JVMs still get faster. */
    private static final double BETTER = 0.97;
    /** Lines of a round: their documents are held in memory for the raw bulk rate. */
    private static final int MOST = 150_000;

    private static final String ELASTICSEARCH = "Elasticsearch";

    private static final String MERGED = "bongsu_parse_dropped_lines_total{reason=\"merged\"}";

    /** Keys that the measured process is given as well. */
    private static final List<String> TUNING = List.of(
            "kafka.client.",
            "kafka.partitions",
            "kafka.heap",
            "elasticsearch.heap",
            "streams.",
            "shipper.",
            "indexer.");

    private static final long PATIENCE = 120_000_000_000L;

    private final Report report;
    private final Path folder;
    private final int seconds;

    /** @param seconds that one round takes, about */
    public PipelineBench(Report report, Path folder, int seconds) {
        this.report = report;
        this.folder = folder;
        this.seconds = seconds;
    }

    /** @param settings as they were read: what tunes is handed on, where servers and sockets are is not */
    public void run(Config config, List<Setting> settings) throws IOException {
        int kafka = Ports.free();
        int elasticsearch = Ports.free();
        int syslog = Ports.free();
        int health = Ports.free();
        Map<String, String> environment = new HashMap<>();
        for (Setting setting : settings) {
            if (!setting.origin().equals("default") && TUNING.stream().anyMatch(setting.key()::startsWith)) {
                environment.put(setting.variable(), String.join(",", setting.text()));
            }
        }
        environment.put("BONGSU_KAFKA_BOOTSTRAP", "embedded");
        environment.put("BONGSU_KAFKA_PORT", Integer.toString(kafka));
        environment.put("BONGSU_ELASTICSEARCH_URL", "embedded");
        environment.put("BONGSU_ELASTICSEARCH_PORT", Integer.toString(elasticsearch));
        environment.put("BONGSU_DATA", folder.resolve("data").toString());
        environment.put("BONGSU_HEALTH_BIND", "127.0.0.1:" + health);
        Path file = folder.resolve("bongsu.yml");
        Files.writeString(
                file,
                "listeners: { bench: { type: syslog-tcp, bind: \"127.0.0.1:" + syslog + "\" } }\n"
                        + Children.content(config));
        report.say("");
        report.say("pipeline: syslog over TCP → Kafka → parse + detect → Elasticsearch, as `bongsu up` runs it");
        try (Scrape scrape = new Scrape(health);
                ChildProcess up = Children.bongsu(
                        "bongsu up",
                        folder.resolve("up.log"),
                        List.of("up", "--config", file.toString()),
                        environment,
                        scrape::ready,
                        ChildProcess.Listener.NONE)) {
            up.start();
            up.awaitReady();
            new Run(
                            scrape,
                            processes(up),
                            "127.0.0.1:" + kafka,
                            URI.create("http://127.0.0.1:" + elasticsearch),
                            new InetSocketAddress("127.0.0.1", syslog))
                    .measure();
        }
    }

    /** By what they are. */
    private static Map<String, ProcessHandle> processes(ChildProcess up) {
        Map<String, ProcessHandle> processes = new TreeMap<>();
        ProcessHandle parent = ProcessHandle.of(up.pid()).orElseThrow();
        processes.put("shipper and indexer", parent);
        parent.children().forEach(child -> processes.put(nameOf(child), child));
        return processes;
    }

    private static String nameOf(ProcessHandle child) {
        String command;
        try {
            command = Files.readString(Path.of("/proc/" + child.pid() + "/cmdline"));
        } catch (IOException e) {
            command = ""; // not Linux
        }
        return command.contains("KafkaMain")
                ? "Kafka"
                : command.contains("ElasticsearchMain")
                        ? ELASTICSEARCH
                        : command.contains("io.bongsu.app.Main") ? "streams" : "process " + child.pid();
    }

    private final class Run {
        private final Scrape scrape;
        private final Map<String, ProcessHandle> processes;
        private final String bootstrap;
        private final URI elasticsearch;
        private final InetSocketAddress syslog;

        Run(
                Scrape scrape,
                Map<String, ProcessHandle> processes,
                String bootstrap,
                URI elasticsearch,
                InetSocketAddress syslog) {
            this.scrape = scrape;
            this.processes = processes;
            this.bootstrap = bootstrap;
            this.elasticsearch = elasticsearch;
            this.syslog = syslog;
        }

        void measure() throws IOException {
            Corpus.Lines lines = Corpus.day((int) Math.clamp((long) (warmUp() * seconds), WARM_LINES, MOST));
            List<byte[]> documents = RawBulk.documents(bootstrap, lines.lines());
            try (RawBulk raw = new RawBulk(elasticsearch, documents)) {
                Way way = best(raw);
                report.say(String.format(
                        Locale.ROOT,
                        "  %d rounds in turns, %,d lines each (documents of %,d bytes); raw bulk goes best with %s",
                        ROUNDS,
                        lines.lines(),
                        documents.stream().mapToLong(d -> d.length).sum() / documents.size(),
                        way));
                List<Round> bulks = new ArrayList<>();
                List<Round> rounds = new ArrayList<>();
                for (int i = 0; i < ROUNDS; i++) {
                    bulks.add(bulk(raw, way, documents.size()));
                    rounds.add(round(lines));
                }
                result(bulks, rounds);
            }
        }

        /**
         * Both sides in turns, until for some rounds a line has cost the processes of the pipeline no less than ever before: five
         * JVMs compile, and in the first minute that is more than half of what they do. Processor time tells, because it hardly
         * depends on what else the machine does.
         *
         * @return lines a second of the last round
         */
        private double warmUp() throws IOException {
            Corpus.Lines lines = Corpus.day(WARM_LINES);
            RawBulk raw = null;
            double first = 0;
            double best = Double.MAX_VALUE;
            int since = 0;
            try {
                for (int n = 1; ; n++) {
                    Round round = round(lines);
                    first = n == 1 ? round.perMillion() : first;
                    since = round.perMillion() < best * BETTER ? 0 : since + 1;
                    best = Math.min(best, round.perMillion());
                    if (raw == null) {
                        raw = new RawBulk(elasticsearch, RawBulk.documents(bootstrap, lines.lines()));
                    }
                    raw.rate(new Way(2_000, 2), lines.lines());
                    boolean steady = n >= WARM_LEAST && since >= STEADY;
                    if (steady || n == WARM_MOST) {
                        report.say(String.format(
                                Locale.ROOT,
                                "  warm-up: %d rounds of %,d lines in turns with raw bulk, %.0f CPU s/million in the first,"
                                        + " %.0f in the cheapest, %.0f in the last one%s",
                                n,
                                lines.lines(),
                                first,
                                best,
                                round.perMillion(),
                                steady ? "" : " (not steady yet)"));
                        return round.rate;
                    }
                }
            } finally {
                if (raw != null) {
                    raw.close();
                }
            }
        }

        /** The raw bulk rate, with what it costs Elasticsearch. */
        private Round bulk(RawBulk raw, Way way, int count) throws IOException {
            Usage usage = Usage.start(Map.of(ELASTICSEARCH, processes.get(ELASTICSEARCH)));
            double rate = raw.rate(way, count);
            return new Round(count, rate, usage.stop());
        }

        private void result(List<Round> bulks, List<Round> rounds) {
            Round bulk = median(bulks);
            Round round = median(rounds);
            Measured against = new Measured("raw bulk", bulk.rate, "documents", bulk.perMillion(), null, null, null);
            report.result(against);
            report.result(new Measured(
                            "pipeline", round.rate, "lines", round.perMillion(), round.cost.togetherMb(), null, null)
                    .beside(against));
            round.cost
                    .seconds()
                    .forEach((name, spent) -> report.say(String.format(
                            Locale.ROOT,
                            "    %-22s %7.2f CPU s/million  %,6d MB",
                            name,
                            spent * 1e6 / round.lines,
                            round.cost.peakMb().getOrDefault(name, 0L))));
        }

        private static Round median(List<Round> rounds) {
            return rounds.stream()
                    .sorted(Comparator.comparingDouble(Round::rate))
                    .toList()
                    .get(rounds.size() / 2);
        }

        /** Of all ways, each measured once and briefly. */
        private Way best(RawBulk raw) throws IOException {
            Way best = new Way(REQUESTS[0], 1);
            double most = 0;
            for (int size : REQUESTS) {
                for (int connections = 1; connections <= CONNECTIONS; connections++) {
                    Way way = new Way(size, connections);
                    double rate = raw.rate(way, WARM_LINES);
                    if (rate > most) {
                        most = rate;
                        best = way;
                    }
                }
            }
            return best;
        }

        private record Round(int lines, double rate, Usage.Cost cost) {
            double perMillion() {
                return cost.total() * 1e6 / lines;
            }
        }

        /** From the first byte written until Elasticsearch has taken the last document. */
        private Round round(Corpus.Lines lines) throws IOException {
            Map<String, Long> before = scrape.numbers();
            Usage usage = Usage.start(processes);
            long began = System.nanoTime();
            Loader.send(syslog, lines.streams());
            long changed = began;
            long seen = -1;
            while (true) {
                Map<String, Long> now = scrape.numbers();
                long indexed = since(before, now, "bongsu_index_forwarded_documents_total{kind=\"events\"}");
                long time = System.nanoTime();
                if (indexed != seen) {
                    seen = indexed;
                    changed = time;
                }
                if (since(before, now, "bongsu_parse_received_lines_total") >= lines.lines()
                        && indexed + since(before, now, MERGED) >= lines.lines()) {
                    break;
                }
                if (time - changed > PATIENCE) {
                    throw new Fault(
                            "the pipeline stands still: " + indexed + " of " + lines.lines() + " lines are indexed",
                            "see " + folder.resolve("data").resolve("logs"));
                }
                pause(indexed < lines.lines() * 3L / 4 && lines.lines() > WARM_LINES);
            }
            return new Round(lines.lines(), lines.lines() * 1e9 / (changed - began), usage.stop());
        }

        private static long since(Map<String, Long> before, Map<String, Long> now, String name) {
            return now.getOrDefault(name, 0L) - before.getOrDefault(name, 0L);
        }

        private static void pause(boolean far) throws IOException {
            try {
                Thread.sleep(far ? 1_000 : 200); // the numbers of Kafka Streams cost milliseconds
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }
}
