package io.bongsu.app.demo;

import io.bongsu.model.Micros;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * What {@code bongsu demo} sends: six hours of twenty hosts, with attacks and near-misses inside. A pure function of the
 * number of the run, the end of the six hours and the number of lines, so it is the same for the sockets, for
 * {@code bongsu detect} and for tests.
 *
 * @param lines in the order of sending
 */
public record Scenario(int run, List<Host> hosts, List<Story> stories, List<Line> lines) {
    /** What its events span. */
    public static final Duration SPAN = Duration.ofHours(6);

    /** About as many lines as {@code bongsu demo} sends. */
    public static final int LINES = 22_000;

    private static final long SEED = 1392; // since then five fires burn on Mongmyeoksan

    private static final Charset CP949 = Charset.forName("x-windows-949");

    public Scenario {
        hosts = List.copyOf(hosts);
        stories = List.copyOf(stories);
        lines = List.copyOf(lines);
    }

    /**
     * @param run counts the runs on the same data from 1
     * @param now end of the span; cut to whole seconds
     * @param lines of normal traffic, about
     */
    public static Scenario of(int run, Instant now, int lines) {
        long end = Micros.of(now.truncatedTo(ChronoUnit.SECONDS));
        long start = end - Micros.of(SPAN);
        List<Host> hosts = machines();
        Traffic traffic = new Traffic(new Random(SEED));
        List<Stories.Sent> sent = new ArrayList<>();
        for (Host host : hosts) {
            for (Line line : traffic.of(host, lines / hosts.size(), start, end)) {
                sent.add(new Stories.Sent(line, line.time()));
            }
        }
        Stories told = new Stories(run, end, hosts);
        sent.addAll(told.lines());
        sent.sort(Comparator.comparingLong(Stories.Sent::at)); // stable: equal times keep their order
        return new Scenario(
                run,
                hosts,
                told.stories(),
                sent.stream().map(Stories.Sent::line).toList());
    }

    private static List<Host> machines() {
        List<Host> hosts = new ArrayList<>();
        add(hosts, Transport.UDP, "web-01", "web-02", "db-01", "mail-01", "dns-01", "vpn-01");
        add(hosts, Transport.TCP_LINES, "web-03", "bastion-01", "db-02", "build-01", "nas-01", "kr-erp-01");
        add(hosts, Transport.TCP_OCTETS, "k8s-01", "k8s-02", "k8s-03", "kr-web-01", "mon-01");
        add(hosts, Transport.JSON, "orders-01", "payments-01", "inventory-01");
        return hosts;
    }

    private static void add(List<Host> hosts, Transport transport, String... names) {
        for (String name : names) {
            Charset charset = name.startsWith("kr-erp") ? CP949 : StandardCharsets.UTF_8;
            hosts.add(new Host(hosts.size() + 1, name, transport, charset));
        }
    }
}
