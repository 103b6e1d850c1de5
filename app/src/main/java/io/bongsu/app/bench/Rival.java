package io.bongsu.app.bench;

import io.bongsu.app.Fault;
import io.bongsu.embedded.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Another shipper, set as fast as it goes: raw lines from TCP into Kafka, no parsing. */
final class Rival implements AutoCloseable {
    static final String TOPIC = "bench.rivals";

    private static final String RSYSLOG = """
            module(load="imptcp" threads="2")
            module(load="omkafka")
            global(workDirectory="%1$s" maxMessageSize="64k")
            main_queue(queue.type="FixedArray" queue.size="200000" queue.dequeueBatchSize="4096" queue.workerThreads="1")
            input(type="imptcp" address="127.0.0.1" port="%2$d" ruleset="out")
            template(name="raw" type="string" string="%%rawmsg%%")
            ruleset(name="out" queue.type="FixedArray" queue.size="200000" queue.dequeueBatchSize="4096") {
              action(type="omkafka" broker="%3$s" topic="%4$s" template="raw" partitions.auto="on"
                     confParam=["queue.buffering.max.ms=5", "batch.num.messages=10000", "queue.buffering.max.messages=500000", "acks=all"])
            }
            """;

    private static final String SYSLOG_NG = """
            @version: 3.38
            options { log-fifo-size(500000); log-msg-size(65536); stats-freq(0); threaded(yes); };
            source s { network(ip("127.0.0.1") port(%2$d) transport("tcp") flags(no-parse) max-connections(16)
                               log-iw-size(400000) log-fetch-limit(10000)); };
            destination d { kafka-c(bootstrap-servers("%3$s") topic("%4$s") message("$MESSAGE") batch-lines(10000) workers(2)
                                    config(queue.buffering.max.ms("5") acks("all"))); };
            log { source(s); destination(d); flags(flow-control); };
            """;

    private final String name;
    private final int port;
    private final Path log;
    private final ProcessBuilder command;
    private Optional<Process> process = Optional.empty();

    private Rival(String name, int port, Path log, ProcessBuilder command) {
        this.name = name;
        this.port = port;
        this.log = log;
        this.command = command;
    }

    /** Those that are there, with their output to Kafka; of the others it is said what is missing. */
    static List<Rival> installed(Path root, Path folder, String bootstrap, Report report) throws IOException {
        List<Rival> rivals = new ArrayList<>();
        Optional<Path> omkafka = find(root, "omkafka.so");
        Path rsyslogd = root.resolve("usr/sbin/rsyslogd");
        if (omkafka.isPresent() && Files.isExecutable(rsyslogd)) {
            Path work = Files.createDirectories(folder.resolve("rsyslog"));
            int port = Ports.free();
            Path file = work.resolve("rsyslog.conf");
            Files.writeString(file, String.format(RSYSLOG, work, port, bootstrap, TOPIC));
            ProcessBuilder command = new ProcessBuilder(
                    rsyslogd.toString(),
                    "-n",
                    "-f",
                    file.toString(),
                    "-i",
                    work.resolve("pid").toString(),
                    "-M",
                    String.valueOf(omkafka.get().getParent()));
            rivals.add(new Rival("rsyslog", port, work.resolve("log"), command));
        } else {
            report.say("    not compared with rsyslog: " + rsyslogd
                    + " with omkafka.so (package rsyslog-kafka) is not here");
        }
        Optional<Path> kafka = find(root, "libkafka.so");
        Path syslogNg = root.resolve("usr/sbin/syslog-ng");
        if (kafka.isPresent() && Files.isExecutable(syslogNg)) {
            Path work = Files.createDirectories(folder.resolve("syslog-ng"));
            int port = Ports.free();
            Path file = work.resolve("syslog-ng.conf");
            Files.writeString(file, String.format(SYSLOG_NG, work, port, bootstrap, TOPIC));
            ProcessBuilder command = new ProcessBuilder(
                    syslogNg.toString(),
                    "-F",
                    "-f",
                    file.toString(),
                    "--module-path=" + kafka.get().getParent(),
                    "--persist-file=" + work.resolve("persist"),
                    "--pidfile=" + work.resolve("pid"),
                    "--control=" + work.resolve("control"));
            rivals.add(new Rival("syslog-ng", port, work.resolve("log"), command));
        } else {
            report.say("    not compared with syslog-ng: " + syslogNg
                    + " with libkafka.so (package syslog-ng-mod-rdkafka) is not here");
        }
        String libraries =
                root.resolve("usr/lib/" + System.getProperty("os.arch").replace("amd64", "x86_64") + "-linux-gnu") + ":"
                        + root.resolve("usr/lib/syslog-ng/3.38");
        if (!root.equals(root.getRoot())) {
            rivals.forEach(rival -> rival.command.environment().put("LD_LIBRARY_PATH", libraries));
        }
        return rivals;
    }

    private static Optional<Path> find(Path root, String file) throws IOException {
        Path libraries = root.resolve("usr/lib");
        if (!Files.isDirectory(libraries)) {
            return Optional.empty();
        }
        try (Stream<Path> all = Files.walk(libraries, 3)) {
            return all.filter(path -> path.endsWith(file)).findFirst();
        } catch (UncheckedIOException e) {
            return Optional.empty(); // a folder that we may not read holds nothing for us
        }
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    ProcessHandle process() {
        return process.orElseThrow().toHandle();
    }

    /** Returns when it listens. */
    void start() throws IOException {
        Process started =
                command.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        process = Optional.of(started);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!listens()) {
            if (!started.isAlive() || System.nanoTime() > until) {
                throw new Fault(name + " does not start", "see " + log);
            }
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        process.ifPresent(started -> {
            started.destroy();
            try {
                if (!started.waitFor(5, TimeUnit.SECONDS)) {
                    started.destroyForcibly();
                }
            } catch (InterruptedException e) {
                started.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        });
    }
}
