package io.bongsu.app.bench;

import io.bongsu.app.Fault;
import io.bongsu.embedded.KafkaProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What the spool takes while Kafka is away, each batch synced, and how fast Kafka has it all when it is back; until the last
 * line is on disk, and until it is acknowledged. Lines of 300 bytes over TCP, as in {@link ShipperBench}.
 */
final class SpoolBench {
    private static final int CONNECTIONS = 4;
    /** Of 300 bytes: well below three quarters of the spool, where senders over TCP begin to wait. */
    private static final int MOST = 2_000_000;

    private final Report report;
    private final Path folder;

    SpoolBench(Report report, Path folder) {
        this.report = report;
        this.folder = folder;
    }

    /** @param against what the lines are compared with that go to Kafka at once */
    void run(int wanted, Measured against) throws IOException {
        Corpus.Lines lines = Corpus.syslog(Math.min(wanted, MOST), CONNECTIONS);
        Corpus.Lines few = Corpus.syslog(100_000, CONNECTIONS);
        try (KafkaProcess kafka = KafkaProcess.start(folder.resolve("spool-kafka"), 0)) {
            kafka.awaitReady();
            ShipperBench.topics(kafka.bootstrap());
            try (ShipProcess ship = new ShipProcess(folder, kafka.bootstrap())) {
                Loader.send(ship.address(), few.streams()); // not counted
                Waiting.until("the shipper", () -> ship.forwarded() == few.lines());
                kafka.close();
                Loader.send(ship.address(), few.streams()); // not counted: it takes a while to see that Kafka is away
                Waiting.until("the spool", () -> ship.spooled() == few.lines());
                report.result(write(ship, lines, few.lines()).beside(against));
                long all = lines.lines() + few.lines();
                try (KafkaProcess again = KafkaProcess.start(folder.resolve("spool-kafka"), kafka.port())) {
                    again.awaitReady();
                    report.result(drain(ship, all, few.lines()).beside(against));
                    long found = ShipperBench.inTopic(again.bootstrap());
                    report.say(String.format(
                            Locale.ROOT, "    %,d lines sent, %,d in the topic", all + few.lines(), found));
                    if (found != all + few.lines()) {
                        throw new Fault(
                                "lines from the spool are missing in the topic, or there twice", "this is a defect");
                    }
                }
            }
        }
    }

    private static Measured write(ShipProcess ship, Corpus.Lines lines, int before) throws IOException {
        Usage usage = Usage.start(ship.process());
        long began = System.nanoTime();
        Loader.send(ship.address(), lines.streams());
        Waiting.until("the spool", () -> ship.spooled() == before + lines.lines());
        return measured("spool write", began, lines.lines(), usage.stop());
    }

    private static Measured drain(ShipProcess ship, long lines, int before) throws IOException {
        Usage usage = Usage.start(ship.process());
        // From the first acknowledgement on: that the producer looks for the broker now and then says nothing of the
        // spool.
        Waiting.until("Kafka", () -> ship.forwarded() > before);
        long left = lines + before - ship.forwarded();
        long began = System.nanoTime();
        Waiting.until("the spool", () -> ship.forwarded() == before + lines);
        return measured("spool drain", began, left, usage.stop());
    }

    private static Measured measured(String bench, long began, long lines, Usage.Cost cost) {
        double rate = lines * 1e9 / (System.nanoTime() - began);
        return new Measured(bench, rate, "lines", cost.total() * 1e6 / lines, cost.togetherMb(), null, null);
    }
}
