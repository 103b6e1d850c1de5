package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bongsu.app.config.Config;
import io.bongsu.app.pipeline.Parts;
import io.bongsu.app.pipeline.Setup;
import io.bongsu.app.pipeline.Watcher;
import io.bongsu.embedded.ChildProcess;
import io.bongsu.model.Alert;
import io.bongsu.model.AlertStatus;
import io.bongsu.model.Events;
import io.bongsu.model.Micros;
import io.bongsu.shipper.Shipper;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Generated logs through real sockets, out of order within the lateness, against an oracle that knows nothing of the fold:
 * it looks at the complete sorted list of events and at the definition (RATIONALE-correlation.md) only.
 */
class OracleIT {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final long S = 1_000_000L;
    /** The rule: five failed logins from one address in a minute, quiet for an hour. */
    private static final String RULE = "7b4ab0dd-601e-40ae-baa9-155af0673112";

    private static final long TIMESPAN = 60 * S;
    private static final long QUIET = 3_600 * S;
    private static final int LEAST = 5;

    private static final int LINES = 2_000;
    private static final long ATTACKS = 3 * 3_600 * S;
    private static final long CALM = 80 * 60 * S;

    @TempDir
    Path directory;

    private record Sent(long time, long arrives, String address, boolean failure) {}

    private record Expected(String address, long start, long first, long last, long count) {}

    @Test
    void theFinalAlertsAreThoseOfTheDefinition() throws Exception {
        List<Sent> log = log(new Random(44));
        TreeSet<String> expected =
                new TreeSet<>(oracle(log).stream().map(Object::toString).toList());
        assertThat(expected).as("alerts that the generated log holds").hasSizeGreaterThan(20);

        Alerts alerts = new Alerts();
        try (PlainKafka kafka = PlainKafka.start(directory)) {
            Map<String, Object> client = Map.of("bootstrap.servers", kafka.bootstrap());
            Map<String, String> environment = Running.environment(directory);
            environment.put("BONGSU_KAFKA_BOOTSTRAP", kafka.bootstrap());
            Config config = Running.config(directory, environment);
            Setup.topics(config, client);
            try (ChildProcess streams = TwoInstancesIT.instance(directory.resolve("streams"), environment);
                    Watcher watcher = new Watcher(client, Watcher.TOPICS, alerts);
                    Shipper shipper = Parts.shipper(config, client)) {
                streams.awaitReady();
                watcher.start();
                shipper.start();
                try (Socket one = Running.connect(shipper.address("syslog-tcp"), Running.sender("syslog-tcp", 0, 2));
                        Socket two =
                                Running.connect(shipper.address("syslog-tcp"), Running.sender("syslog-tcp", 1, 2))) {
                    send(log, List.of(one, two));
                    await().atMost(PATIENCE).until(() -> alerts.events() >= log.size());
                    await().atMost(PATIENCE).until(() -> alerts.settled() && alerts.closed() >= expected.size());
                }
            }
        }
        assertThat(alerts.standing()).isEqualTo(expected);
    }

    /** Bursts of failures from 25 addresses over three hours, then only logins that succeed, up to a minute ago. */
    private static List<Sent> log(Random random) {
        long end = Micros.of(Instant.now().truncatedTo(ChronoUnit.SECONDS)) - 60 * S;
        long start = end - ATTACKS - CALM;
        List<Sent> log = new ArrayList<>();
        while (log.size() < LINES) {
            String address = "10.8.0." + random.nextInt(25);
            long burst = start + (long) (random.nextDouble() * (ATTACKS - 300 * S));
            for (int n = 1 + random.nextInt(12); n > 0; n--) {
                long time = burst + random.nextInt(120) * S;
                log.add(new Sent(time, time + random.nextInt(240) * S, address, true));
            }
        }
        for (long time = start; time <= end; time += 10 * S) {
            log.add(new Sent(time, time, "10.1.0." + random.nextInt(250), false));
        }
        log.sort(Comparator.comparingLong(Sent::arrives));
        return log;
    }

    private static void send(List<Sent> log, List<Socket> sockets) throws Exception {
        for (int i = 0; i < log.size(); i++) {
            Sent sent = log.get(i);
            String what = sent.failure() ? "Failed password" : "Accepted password";
            String line = "<86>1 " + Micros.iso(sent.time()) + " web-1 sshd " + i + " - - " + what + " for root from "
                    + sent.address() + " port 4022 ssh2\n";
            OutputStream out = sockets.get(i % sockets.size()).getOutputStream();
            out.write(line.getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** By brute force: each event is asked whether the minute that ends with it holds enough. */
    private static List<Expected> oracle(List<Sent> log) {
        Map<String, List<Long>> byAddress = new TreeMap<>();
        log.stream().filter(Sent::failure).forEach(s -> byAddress
                .computeIfAbsent(s.address(), a -> new ArrayList<>())
                .add(s.time()));
        List<Expected> alerts = new ArrayList<>();
        byAddress.forEach((address, times) -> {
            TreeSet<Long> firing = new TreeSet<>(
                    times.stream().filter(t -> within(times, t) >= LEAST).toList());
            while (!firing.isEmpty()) {
                List<Long> episode = new ArrayList<>(List.of(firing.pollFirst()));
                while (!firing.isEmpty() && firing.first() - episode.getLast() <= TIMESPAN + QUIET) {
                    episode.add(firing.pollFirst());
                }
                List<Long> contributing = times.stream()
                        .filter(t -> episode.stream().anyMatch(f -> t >= f - TIMESPAN && t <= f))
                        .sorted()
                        .toList();
                alerts.add(new Expected(
                        address, contributing.getFirst(), episode.getFirst(), episode.getLast(), contributing.size()));
            }
        });
        return alerts;
    }

    private static long within(List<Long> times, long end) {
        return times.stream().filter(t -> t >= end - TIMESPAN && t <= end).count();
    }

    /** What the pipeline said of the rule. Thread-safe. */
    private static final class Alerts implements Watcher.Listener {
        private final Map<String, Alert> latest = new HashMap<>();
        private long events;

        @Override
        public synchronized void events(Events record) {
            events += record.getEvents().size();
        }

        @Override
        public synchronized void alert(Alert alert, long appended) {
            if (alert.getRule().equals(RULE)) {
                latest.put(alert.getId(), alert);
            }
        }

        synchronized long events() {
            return events;
        }

        synchronized boolean settled() {
            return latest.values().stream().noneMatch(a -> a.getStatus() == AlertStatus.OPEN);
        }

        synchronized long closed() {
            return latest.values().stream()
                    .filter(a -> a.getStatus() == AlertStatus.CLOSED)
                    .count();
        }

        synchronized TreeSet<String> standing() {
            TreeSet<String> standing = new TreeSet<>();
            latest.values().stream()
                    .filter(a -> a.getStatus() != AlertStatus.WITHDRAWN)
                    .forEach(a -> standing.add(new Expected(
                                    String.valueOf(a.getGroup().get("source.ip")),
                                    a.getStart(),
                                    a.getTime(),
                                    a.getEnd(),
                                    a.getCount())
                            .toString()));
            return standing;
        }
    }
}
