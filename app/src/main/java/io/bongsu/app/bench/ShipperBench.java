package io.bongsu.app.bench;

import io.bongsu.app.Fault;
import io.bongsu.embedded.ChildProcess;
import io.bongsu.embedded.KafkaProcess;
import io.bongsu.model.Codec;
import io.bongsu.model.RawLogs;
import io.bongsu.model.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * {@code bongsu ship} in a process of its own, from syslog over TCP and UDP into a real Kafka on this machine, until Kafka has
 * acknowledged each line; they are counted in the topic afterwards; and the spool, with Kafka away. Beside it what a {@link PlainProducer} reaches, and
 * rsyslog and syslog-ng where they are installed with their outputs to Kafka.
 */
public final class ShipperBench {
    private static final int CONNECTIONS = 4;
    private static final int ROUNDS = 5;
    /** Lines of a round: all rounds stay on disk, to be counted. */
    private static final int MOST = 1_000_000;

    private static final int[] UDP_RATES = {25_000, 50_000, 100_000, 150_000, 200_000, 250_000, 300_000};
    private static final double LOSS = 0.001;
    private static final int NEIGHBOURS = 50;
    private static final int NEIGHBOUR_RATE = 20;
    private static final String NEIGHBOUR = "udp/127.0.1.";

    private final Report report;
    private final Path folder;
    private final int seconds;
    private final Path peers;

    /**
     * @param seconds that one round takes, about
     * @param peers where rsyslog and syslog-ng are installed, or were unpacked (dpkg -x)
     */
    public ShipperBench(Report report, Path folder, int seconds, Path peers) {
        this.report = report;
        this.folder = folder;
        this.seconds = seconds;
        this.peers = peers;
    }

    public void run() throws IOException {
        report.say("");
        report.say("shipper: syslog over TCP and UDP → Kafka, lines of 300 bytes");
        try (KafkaProcess kafka = KafkaProcess.start(folder.resolve("kafka"), 0)) {
            kafka.awaitReady();
            ProcessHandle broker = ProcessHandle.of(kafka.process().pid()).orElseThrow();
            topics(kafka.bootstrap());
            int some = 200_000;
            Measured first = plain(kafka.bootstrap(), some, "first");
            int lines = (int) Math.clamp((long) (first.rate() * seconds / 2), some, MOST);
            Measured plain = ours(kafka.bootstrap(), broker, lines);
            new SpoolBench(report, Files.createDirectories(folder.resolve("spool"))).run(lines, plain);
            for (Rival rival : Rival.installed(peers, folder, kafka.bootstrap(), report)) {
                rival(rival, kafka.bootstrap(), lines, plain);
            }
        }
    }

    static void topics(String bootstrap) throws IOException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            int partitions = Runtime.getRuntime().availableProcessors();
            // So that a long run does not fill the disk.
            Map<String, String> small = Map.of("retention.bytes", "536870912", "segment.bytes", "134217728");
            NewTopic logs = new NewTopic(Topics.LOGS, partitions, (short) 1)
                    .configs(Map.of("message.timestamp.type", "LogAppendTime", "max.message.bytes", "16777216"));
            NewTopic plain = new NewTopic("bench.plain", partitions, (short) 1).configs(small);
            NewTopic rivals = new NewTopic(Rival.TOPIC, partitions, (short) 1).configs(small);
            admin.createTopics(List.of(logs, plain, rivals)).all().get();
        } catch (ExecutionException e) {
            throw new IOException("the topics cannot be created: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private Measured plain(String bootstrap, int lines, String name) throws IOException {
        Path result = folder.resolve(name);
        try (ChildProcess child = Children.java(
                        "KafkaProducer",
                        folder.resolve("producer.log"),
                        "io.bongsu.app.bench.PlainProducer",
                        List.of("-Xmx512m"))
                .arguments(List.of(bootstrap, "bench.plain", Integer.toString(lines), result.toString()))
                .build(ChildProcess.Listener.NONE)) {
            child.start();
            child.awaitReady();
            Waiting.until("the plain producer", () -> Files.exists(result));
            String[] numbers = Files.readString(result).split(" ");
            return new Measured(
                    "KafkaProducer, a record a line",
                    Double.parseDouble(numbers[0]),
                    "lines",
                    Double.parseDouble(numbers[1]) * 1e6 / lines,
                    Long.parseLong(numbers[2]) >> 10,
                    null,
                    null);
        }
    }

    /** In turns with the plain producer, which is returned; what counts are the medians of the rounds and of their ratios. */
    private Measured ours(String bootstrap, ProcessHandle broker, int lines) throws IOException {
        try (ShipProcess ship = new ShipProcess(folder, bootstrap)) {
            tcp(ship, Corpus.syslog(lines / 2, CONNECTIONS)); // not counted
            long before = inTopic(bootstrap);
            Corpus.Lines all = Corpus.syslog(lines, CONNECTIONS);
            List<Measured> plains = new ArrayList<>();
            List<Measured> ours = new ArrayList<>();
            List<Double> brokerSeconds = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                plains.add(plain(bootstrap, lines, "plain-" + i));
                Usage kafka = Usage.start(Map.of("Kafka", broker));
                ours.add(tcp(ship, all).beside(plains.getLast()));
                brokerSeconds.add(kafka.stop().total());
            }
            Measured plain = median(plains, Measured::rate);
            report.result(plain);
            report.result(median(ours, m -> Objects.requireNonNull(m.ratio())));
            long found = inTopic(bootstrap) - before;
            long sent = (long) ROUNDS * all.lines();
            report.say(String.format(
                    Locale.ROOT,
                    "    medians of %d rounds in turns, of the ratios %s; processor time beside that of the producer"
                            + " %s",
                    ROUNDS,
                    spread(ours.stream()
                            .map(m -> Objects.requireNonNull(m.ratio()))
                            .toList()),
                    spread(IntStream.range(0, ROUNDS)
                            .mapToObj(i -> cpu(ours.get(i)) / cpu(plains.get(i)))
                            .toList())));
            report.say(String.format(
                    Locale.ROOT,
                    "    %,d lines sent, %,d in the topic; Kafka itself took %.2f CPU s/million",
                    sent,
                    found,
                    brokerSeconds.stream().sorted().toList().get(ROUNDS / 2) * 1e6 / all.lines()));
            if (found != sent) {
                throw new Fault("lines sent over TCP are missing in the topic, or there twice", "this is a defect");
            }
            udp(ship);
            flood(ship, bootstrap);
            return plain;
        }
    }

    private static double cpu(Measured measured) {
        return Objects.requireNonNull(measured.cpuPerMillion());
    }

    private static Measured median(List<Measured> rounds, ToDoubleFunction<Measured> by) {
        return rounds.stream().sorted(Comparator.comparingDouble(by)).toList().get(rounds.size() / 2);
    }

    private static String spread(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return String.format(
                Locale.ROOT, "%.2f (%.2f to %.2f)", sorted.get(sorted.size() / 2), sorted.getFirst(), sorted.getLast());
    }

    private Measured tcp(ShipProcess ship, Corpus.Lines lines) throws IOException {
        long before = ship.forwarded();
        Usage usage = Usage.start(ship.process());
        long began = System.nanoTime();
        Loader.send(ship.address(), lines.streams());
        Waiting.until("the shipper", () -> ship.forwarded() - before >= lines.lines());
        double rate = lines.lines() * 1e9 / (System.nanoTime() - began);
        Usage.Cost cost = usage.stop();
        return new Measured(
                "shipper tcp", rate, "lines", cost.total() * 1e6 / lines.lines(), cost.togetherMb(), null, null);
    }

    /** The highest of some rates at which less than one in a thousand is lost, and whether what is lost is counted. */
    private void udp(ShipProcess ship) throws IOException {
        List<byte[]> lines = Corpus.lines(10_000, 5);
        Measured best = null;
        for (int rate : UDP_RATES) {
            Map<String, Long> before = ship.scrape().numbers();
            Usage usage = Usage.start(ship.process());
            int count = rate * Math.clamp(seconds / 4, 1, 5);
            double sent = datagrams(ship.address(), lines, count, rate);
            Waiting.until("the shipper", () -> accounted(ship, before) >= count);
            Usage.Cost cost = usage.stop();
            long arrived = since(ship, before, "bongsu_ship_forwarded_lines_total");
            double lost = 1 - (double) arrived / count;
            report.say(String.format(
                    Locale.ROOT,
                    "    udp: %,.0f datagrams/s sent, %.3f %% lost, all of that counted",
                    sent,
                    100 * lost));
            if (lost > LOSS || sent < 0.95 * rate) {
                break; // it loses, or this machine cannot send faster
            }
            best = new Measured(
                    "shipper udp, less than 0.1 % lost",
                    sent, "lines", cost.total() * 1e6 / count, cost.togetherMb(), null, null);
        }
        if (best != null) {
            report.result(best);
        }
    }

    /** At a steady rate, in slices of a millisecond; returns the rate that it really had. */
    private static double datagrams(InetSocketAddress to, List<byte[]> lines, int count, int rate) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            long began = System.nanoTime();
            for (int i = 0; i < count; i++) {
                if (i % 50 == 0) {
                    long due = began + (long) (i * 1e9 / rate);
                    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                }
                byte[] line = lines.get(i % lines.size());
                socket.send(new DatagramPacket(line, line.length, to));
            }
            return count * 1e9 / (System.nanoTime() - began);
        }
    }

    /** What neighbours lose while one host sends, from several ports, as much as this machine gives. */
    private void flood(ShipProcess ship, String bootstrap) throws IOException {
        long before = inTopic(bootstrap, NEIGHBOUR);
        Map<String, Long> then = ship.scrape().numbers();
        List<byte[]> lines = Corpus.lines(10_000, 6);
        int each = NEIGHBOUR_RATE * Math.clamp(seconds / 2, 2, 10);
        AtomicBoolean over = new AtomicBoolean();
        try (Flooder flooder = new Flooder(ship.address(), lines, over)) {
            long began = System.nanoTime();
            List<DatagramSocket> neighbours = new ArrayList<>();
            try {
                for (int i = 0; i < NEIGHBOURS; i++) {
                    neighbours.add(new DatagramSocket(new InetSocketAddress("127.0.1." + i, 0)));
                }
                for (int i = 0; i < each; i++) {
                    long due = began + i * 1_000_000_000L / NEIGHBOUR_RATE;
                    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                    byte[] line = lines.get(i % lines.size());
                    for (DatagramSocket neighbour : neighbours) {
                        neighbour.send(new DatagramPacket(line, line.length, ship.address()));
                    }
                }
            } finally {
                over.set(true);
                neighbours.forEach(DatagramSocket::close);
            }
            double took = (System.nanoTime() - began) / 1e9;
            long sent = flooder.sent();
            long all = sent + (long) each * NEIGHBOURS;
            Waiting.until("the shipper", () -> accounted(ship, then) >= all);
            long read = all - since(ship, then, "bongsu_ship_dropped_lines_total{listener=\"udp\",reason=\"kernel\"}");
            long arrived = inTopic(bootstrap, NEIGHBOUR) - before;
            report.say(String.format(
                    Locale.ROOT,
                    "    udp: one host floods with %,.0f datagrams/s, of which %.0f %% could be read; of the %,d lines"
                            + " of %d neighbours %,d are lost",
                    sent / took,
                    100.0 * read / all,
                    (long) each * NEIGHBOURS,
                    NEIGHBOURS,
                    (long) each * NEIGHBOURS - arrived));
        }
    }

    /** One address, two threads, eight ports each. */
    private static final class Flooder implements AutoCloseable {
        private final LongAdder sent = new LongAdder();
        private final List<DatagramSocket> sockets = new ArrayList<>();
        private final List<Thread> threads = new ArrayList<>();

        Flooder(InetSocketAddress to, List<byte[]> lines, AtomicBoolean over) throws IOException {
            for (int t = 0; t < 2; t++) {
                List<DatagramSocket> own = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    own.add(new DatagramSocket(new InetSocketAddress("127.0.0.2", 0)));
                }
                sockets.addAll(own);
                threads.add(Thread.ofPlatform().daemon().start(() -> {
                    try {
                        for (int i = 0; !over.get(); i++) {
                            byte[] line = lines.get(i % lines.size());
                            own.get(i % own.size()).send(new DatagramPacket(line, line.length, to));
                            sent.increment();
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }));
            }
        }

        /** All of it, when it is over. */
        long sent() throws IOException {
            try {
                for (Thread thread : threads) {
                    thread.join();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
            return sent.sum();
        }

        @Override
        public void close() {
            sockets.forEach(DatagramSocket::close);
        }
    }

    private void rival(Rival rival, String bootstrap, int lines, Measured plain) throws IOException {
        Corpus.Lines few = Corpus.syslog(lines / 4, CONNECTIONS);
        try (rival;
                Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            rival.start();
            InetSocketAddress to = new InetSocketAddress("127.0.0.1", rival.port());
            Map<String, ProcessHandle> processes = Map.of(rival.name(), rival.process());
            for (boolean counted : new boolean[] {false, true}) {
                Corpus.Lines sent = counted ? Corpus.syslog(lines, CONNECTIONS) : few;
                long before = end(admin, Rival.TOPIC);
                Usage usage = Usage.start(processes);
                long began = System.nanoTime();
                Loader.send(to, sent.streams());
                Waiting.until(rival.name(), () -> end(admin, Rival.TOPIC) - before >= sent.lines());
                double rate = sent.lines() * 1e9 / (System.nanoTime() - began);
                Usage.Cost cost = usage.stop();
                if (counted) {
                    report.result(new Measured(
                                    rival.name() + " tcp, raw lines",
                                    rate,
                                    "lines",
                                    cost.total() * 1e6 / sent.lines(),
                                    cost.togetherMb(),
                                    null,
                                    null)
                            .beside(plain));
                }
            }
        }
    }

    private static long since(ShipProcess ship, Map<String, Long> before, String name) {
        return ship.number(name) - before.getOrDefault(name, 0L);
    }

    /** Acknowledged, or dropped and counted. */
    private static long accounted(ShipProcess ship, Map<String, Long> before) {
        return since(ship, before, "bongsu_ship_forwarded_lines_total")
                + since(ship, before, "bongsu_ship_dropped_lines_total");
    }

    /** Lines, in the records of bongsu.logs. */
    static long inTopic(String bootstrap) throws IOException {
        return inTopic(bootstrap, "");
    }

    /** Lines of sources whose name begins so. */
    private static long inTopic(String bootstrap, String source) throws IOException {
        long lines = 0;
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrap, "fetch.max.bytes", 8 << 20),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = partitions(consumer, Topics.LOGS);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    if (Codec.decode(record.value()) instanceof RawLogs logs
                            && logs.getSource().startsWith(source)) {
                        lines += logs.getLines().size();
                    }
                }
            }
        } catch (Codec.Undecodable e) {
            throw new IOException("bongsu.logs holds what is no record of ours: " + e.getMessage(), e);
        }
        return lines;
    }

    private static long end(Admin admin, String topic) {
        try {
            Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
            for (int p = 0; p < Runtime.getRuntime().availableProcessors(); p++) {
                ends.put(new TopicPartition(topic, p), OffsetSpec.latest());
            }
            return admin.listOffsets(ends).all().get().values().stream()
                    .mapToLong(ListOffsetsResultInfo::offset)
                    .sum();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end of " + topic + " cannot be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<TopicPartition> partitions = new ArrayList<>();
        consumer.partitionsFor(topic).forEach(p -> partitions.add(new TopicPartition(p.topic(), p.partition())));
        return partitions;
    }
}
