package io.bongsu.app.bench;

import io.bongsu.embedded.ChildProcess;
import io.bongsu.embedded.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** {@code bongsu ship} in a process of its own, with syslog over TCP and UDP on a free port of this machine; ready. */
final class ShipProcess implements AutoCloseable {
    private final int syslog = Ports.free();
    private final Scrape scrape;
    private final ChildProcess child;

    /** @param folder for its data, its configuration and its log */
    ShipProcess(Path folder, String bootstrap) throws IOException {
        int health = Ports.free();
        Path file = folder.resolve("ship.yml");
        Files.writeString(
                file,
                "listeners:\n  tcp: { type: syslog-tcp, bind: \"127.0.0.1:" + syslog + "\" }\n"
                        + "  udp: { type: syslog-udp, bind: \"127.0.0.1:" + syslog + "\" }\n");
        scrape = new Scrape(health);
        child = Children.bongsu(
                "bongsu ship",
                folder.resolve("ship.log"),
                java.util.List.of("ship", "--config", file.toString()),
                Map.of(
                        "BONGSU_KAFKA_BOOTSTRAP",
                        bootstrap,
                        "BONGSU_DATA",
                        folder.resolve("ship").toString(),
                        "BONGSU_HEALTH_BIND",
                        "127.0.0.1:" + health),
                scrape::ready,
                ChildProcess.Listener.NONE);
        child.start();
        child.awaitReady();
    }

    InetSocketAddress address() {
        return new InetSocketAddress("127.0.0.1", syslog);
    }

    Scrape scrape() {
        return scrape;
    }

    Map<String, ProcessHandle> process() {
        return Map.of("shipper", ProcessHandle.of(child.pid()).orElseThrow());
    }

    long number(String metric) {
        try {
            return scrape.numbers().getOrDefault(metric, 0L);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Acknowledged by Kafka. */
    long forwarded() {
        return number("bongsu_ship_forwarded_lines_total");
    }

    /** On disk, and not acknowledged. */
    long spooled() {
        return number("bongsu_ship_spooled_lines");
    }

    @Override
    public void close() {
        child.close();
        scrape.close();
    }
}
