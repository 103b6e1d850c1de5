package io.bongsu.app.bench;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.embedded.ChildProcess;
import io.bongsu.embedded.ElasticsearchProcess;
import io.bongsu.embedded.KafkaProcess;
import io.bongsu.embedded.Ports;
import io.bongsu.model.Codec;
import io.bongsu.model.Event;
import io.bongsu.model.EventId;
import io.bongsu.model.Events;
import io.bongsu.model.Micros;
import io.bongsu.model.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The resident memory of {@code bongsu ship} and {@code bongsu index} as the launcher starts them, each a process of its own:
 * at full load, first with the other side there, and then, for as long as is asked, with the other side stopped. Both at the
 * same time, each with servers of its own. What is above its limit is a fault.
 */
public final class MemoryBench {
    private static final int SHIPPER_MB = 256;
    private static final int INDEXER_MB = 512;
    private static final int LOOK_MS = 1_000;
    /** Of the time, with the other side there. */
    private static final int LOADED_SECONDS = 20;
    /** And so many lines and documents have gone through by then. */
    private static final int ENOUGH = 50_000;

    /** So many events wait for the indexer at once; then they come more slowly, since a disk is not endless. */
    private static final int BACKLOG = 600_000;

    private final Report report;
    private final Path folder;
    private final int seconds;

    public MemoryBench(Report report, Path folder, int seconds) {
        this.report = report;
        this.folder = folder;
        this.seconds = seconds;
    }

    /** @param config whose rules and parsers they use */
    public void run(Config config) throws IOException {
        report.say("memory: at full load, the other side stopped for " + seconds + " s");
        try (ExecutorService both = Executors.newFixedThreadPool(2)) {
            Future<Measured> ship = both.submit(() -> reported(shipper()));
            Future<Measured> index = both.submit(() -> reported(indexer(config)));
            within(ship.get(), SHIPPER_MB);
            within(index.get(), INDEXER_MB);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException("not measured: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private Measured reported(Measured measured) {
        report.result(measured);
        return measured;
    }

    private static void within(Measured measured, int limit) {
        Long peak = measured.peakMb();
        if (peak != null && peak > limit) {
            throw new Fault(measured.bench() + " took " + peak + " MB, more than " + limit, "this is a defect");
        }
    }

    /** Floods over TCP and UDP; without Kafka until the spool is full, and then against senders that wait. */
    private Measured shipper() throws IOException {
        Path here = Files.createDirectories(folder.resolve("shipper"));
        try (KafkaProcess kafka = KafkaProcess.start(here.resolve("kafka"), 0)) {
            kafka.awaitReady();
            ShipperBench.topics(kafka.bootstrap());
            try (ShipProcess ship = new ShipProcess(here, kafka.bootstrap());
                    Flood flood = new Flood(ship)) {
                Usage usage = Usage.start(ship.process());
                long began = System.nanoTime();
                Waiting.pause(LOADED_SECONDS * 1_000L);
                Waiting.until("the shipper", () -> ship.forwarded() > ENOUGH);
                long forwarded = ship.forwarded();
                kafka.close();
                look("shipper", usage, ship.scrape(), "bongsu_ship_spooled_lines", "bongsu_ship_inflight_bytes");
                long dropped = ship.number("bongsu_ship_dropped_lines_total");
                long taken = ship.number("bongsu_ship_received_lines_total") - dropped;
                report.say(String.format(
                        Locale.ROOT,
                        "  shipper: %,d lines to Kafka, then %,d taken while it was away and %,d dropped and counted",
                        forwarded,
                        taken - forwarded,
                        dropped));
                Usage.Cost cost = usage.stop();
                double rate = taken * 1e9 / (System.nanoTime() - began);
                return new Measured(
                        "memory shipper", rate, "lines", cost.total() * 1e6 / taken, cost.togetherMb(), null, null);
            }
        }
    }

    /** Senders that never tire, over TCP as fast as is taken, and over UDP. */
    private static final class Flood implements AutoCloseable {
        private static final int DATAGRAMS_A_MS = 20;

        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean over;

        Flood(ShipProcess ship) {
            Corpus.Lines lines = Corpus.syslog(40_000, 4);
            for (Loader.Stream stream : lines.streams()) {
                threads.add(Thread.ofVirtual().start(() -> {
                    while (!over) {
                        try {
                            Loader.send(ship.address(), List.of(stream));
                        } catch (IOException e) {
                            over = true; // the shipper has ended
                        }
                    }
                }));
            }
            threads.add(Thread.ofPlatform().start(() -> datagrams(ship, Corpus.lines(10_000, 9))));
        }

        private void datagrams(ShipProcess ship, List<byte[]> lines) {
            try (DatagramSocket socket = new DatagramSocket()) {
                for (int i = 0; !over; i++) {
                    byte[] line = lines.get(i % lines.size());
                    socket.send(new DatagramPacket(line, line.length, ship.address()));
                    if (i % DATAGRAMS_A_MS == 0) {
                        Waiting.pause(1);
                    }
                }
            } catch (IOException e) {
                over = true;
            }
        }

        @Override
        public void close() {
            over = true; // those who wait for the shipper end with it
        }
    }

    private Measured indexer(Config config) throws IOException {
        Path here = Files.createDirectories(folder.resolve("indexer"));
        int health = Ports.free();
        try (KafkaProcess kafka = KafkaProcess.start(here.resolve("kafka"), 0);
                ElasticsearchProcess elasticsearch = ElasticsearchProcess.start(here.resolve("elasticsearch"), 0);
                Scrape scrape = new Scrape(health)) {
            kafka.awaitReady();
            elasticsearch.awaitReady();
            Path file = Files.writeString(here.resolve("bongsu.yml"), Children.content(config));
            Map<String, String> environment = Map.of(
                    "BONGSU_KAFKA_BOOTSTRAP",
                    kafka.bootstrap(),
                    "BONGSU_ELASTICSEARCH_URL",
                    elasticsearch.url().toString(),
                    "BONGSU_DATA",
                    here.resolve("index").toString(),
                    "BONGSU_HEALTH_BIND",
                    "127.0.0.1:" + health);
            Children.setUp(here, file, environment);
            try (Produced produced = new Produced(kafka.bootstrap());
                    ChildProcess index = Children.bongsu(
                            "bongsu index",
                            here.resolve("index.log"),
                            List.of("index", "--config", file.toString()),
                            environment,
                            scrape::ready,
                            ChildProcess.Listener.NONE)) {
                index.start();
                index.awaitReady();
                Usage usage = Usage.start(
                        Map.of("indexer", ProcessHandle.of(index.pid()).orElseThrow()));
                long began = System.nanoTime();
                Waiting.pause(LOADED_SECONDS * 1_000L);
                Waiting.until("the indexer", () -> indexed(scrape) > ENOUGH);
                elasticsearch.close();
                look(
                        "indexer",
                        usage,
                        scrape,
                        "bongsu_index_forwarded_documents_total",
                        "bongsu_index_inflight_documents");
                long indexed = indexed(scrape);
                report.say(String.format(
                        Locale.ROOT,
                        "  indexer: %,d documents to Elasticsearch, then %,d events waited in Kafka",
                        indexed,
                        produced.count() - indexed));
                Usage.Cost cost = usage.stop();
                double rate = indexed * 1e9 / (System.nanoTime() - began);
                return new Measured(
                        "memory indexer",
                        rate,
                        "documents",
                        cost.total() * 1e6 / Math.max(1, indexed),
                        cost.togetherMb(),
                        null,
                        null);
            }
        }
    }

    private static long indexed(Scrape scrape) {
        try {
            return scrape.numbers().getOrDefault("bongsu_index_forwarded_documents_total", 0L);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Events as the parsers make them, as fast as Kafka takes them until enough are waiting; then a steady trickle. */
    private static final class Produced implements AutoCloseable {
        private static final int EVENTS_A_RECORD = 500;

        private final KafkaProducer<byte[], byte[]> producer;
        private final AtomicLong count = new AtomicLong();
        private final Thread thread;
        private volatile boolean over;

        Produced(String bootstrap) {
            producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", bootstrap, "max.request.size", Topics.MAX_RECORD_BYTES, "linger.ms", 5),
                    new ByteArraySerializer(),
                    new ByteArraySerializer());
            thread = Thread.ofPlatform().start(this::produce);
        }

        long count() {
            return count.get();
        }

        private void produce() {
            List<byte[]> lines = Corpus.lines(EVENTS_A_RECORD, 3);
            for (long record = 0; !over; record++) {
                byte[] source = ("host-" + record % 16).getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(Topics.EVENTS, source, Codec.encode(events(record, lines))));
                if (count.addAndGet(EVENTS_A_RECORD) > BACKLOG) {
                    try {
                        Waiting.pause(100);
                    } catch (IOException e) {
                        return; // interrupted
                    }
                }
            }
        }

        private static Events events(long record, List<byte[]> lines) {
            String source = "host-" + record % 16;
            long now = Micros.now();
            List<Event> events = new ArrayList<>(lines.size());
            for (int i = 0; i < lines.size(); i++) {
                String text = new String(lines.get(i), StandardCharsets.US_ASCII);
                events.add(Event.newBuilder()
                        .setId(EventId.of(EventId.prefix("bench", 1, source), record * lines.size() + i))
                        .setLine(i)
                        .setTime(now)
                        .setReceived(now)
                        .setGeneration(1)
                        .setDataset("system.auth")
                        .setOriginal(text)
                        .setFields(Map.of(
                                "message",
                                text.substring(text.indexOf(':')),
                                "host.hostname",
                                source,
                                "process.name",
                                "sshd",
                                "process.pid",
                                (long) i,
                                "event.category",
                                List.of("authentication"),
                                "event.outcome",
                                "failure",
                                "user.name",
                                "user-" + i,
                                "source.ip",
                                "10.0.0." + i % 250))
                        .build());
            }
            return Events.newBuilder()
                    .setShipper("bench")
                    .setEpoch(1)
                    .setSource(source)
                    .setPartition(0)
                    .setOffset(record)
                    .setAppended(now)
                    .setReceived(events.size())
                    .setEvents(events)
                    .build();
        }

        @Override
        public void close() {
            over = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            producer.close();
        }
    }

    /** On a busy machine an answer may take longer than we wait for it; that is no reason to give the measurement up. */
    private static Map<String, Long> numbers(Scrape scrape) throws IOException {
        try {
            return scrape.numbers();
        } catch (HttpTimeoutException e) {
            return Map.of();
        }
    }

    /** For as long as is asked, and says from time to time how it is. */
    private void look(String who, Usage usage, Scrape scrape, String... metrics) throws IOException {
        long until = System.nanoTime() + seconds * 1_000_000_000L;
        for (int i = 1; System.nanoTime() < until; i++) {
            Waiting.pause(LOOK_MS);
            if (Integer.bitCount(i) == 1 || i % 60 == 0) {
                Map<String, Long> numbers = numbers(scrape);
                StringBuilder line = new StringBuilder(
                        String.format(Locale.ROOT, "    %s after %,d s: %,d MB", who, i, usage.now() >> 10));
                for (String metric : metrics) {
                    line.append(String.format(Locale.ROOT, ", %s %s", metric, numbers.get(metric)));
                }
                report.say(line.toString());
            }
        }
    }
}
