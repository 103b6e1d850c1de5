package io.bongsu.app.bench;

import io.bongsu.app.demo.Host;
import io.bongsu.app.demo.Line;
import io.bongsu.app.demo.Scenario;
import io.bongsu.app.demo.Transport;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What is sent: made before, so that making it costs nothing while something is measured. */
final class Corpus {
    /** Bytes of a line of {@link #syslog}, as the comparisons with other shippers have it. */
    private static final int LINE_BYTES = 300;

    private Corpus() {}

    /** @param lines in all streams together */
    record Lines(List<Loader.Stream> streams, int lines) {}

    /** The day of the demo, attacks included, as far as it comes over syslog and TCP: some fourteen hosts. */
    static Lines day(int lines) {
        Map<Host, ByteArrayOutputStream> hosts = new LinkedHashMap<>();
        int count = 0;
        // A third of the demo's lines comes otherwise.
        for (Line line : Scenario.of(1, Instant.now(), lines * 2).lines()) {
            Transport transport = line.host().transport();
            if (count < lines && (transport == Transport.TCP_LINES || transport == Transport.TCP_OCTETS)) {
                ByteArrayOutputStream out = hosts.computeIfAbsent(line.host(), h -> new ByteArrayOutputStream());
                if (transport == Transport.TCP_OCTETS) {
                    out.writeBytes((line.data().length + " ").getBytes(StandardCharsets.US_ASCII));
                    out.writeBytes(line.data());
                } else {
                    out.writeBytes(line.data());
                    out.write('\n');
                }
                count++;
            }
        }
        List<Loader.Stream> streams = new ArrayList<>();
        hosts.forEach((host, out) -> streams.add(new Loader.Stream(address(host.number()), out.toByteArray(), 1)));
        return new Lines(streams, count);
    }

    /** RFC 3164, 300 bytes with filler that hardly compresses, over so many connections. */
    static Lines syslog(int lines, int connections) {
        int block = Math.min(lines / connections, 10_000);
        int times = lines / connections / block;
        List<Loader.Stream> streams = new ArrayList<>();
        for (int c = 0; c < connections; c++) {
            ByteArrayOutputStream out = new ByteArrayOutputStream(block * (LINE_BYTES + 1));
            for (byte[] line : lines(block, c)) {
                out.writeBytes(line);
                out.write('\n');
            }
            streams.add(new Loader.Stream(address(c + 1), out.toByteArray(), times));
        }
        return new Lines(streams, block * times * connections);
    }

    /** The lines of one of those connections. */
    static List<byte[]> lines(int count, int seed) {
        Random random = new Random(seed);
        List<byte[]> lines = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            StringBuilder line = new StringBuilder("<86>Nov 22 09:14:0").append(i % 10);
            line.append(" host-")
                    .append(seed)
                    .append(" sshd[")
                    .append(1000 + i)
                    .append("]: message ")
                    .append(i);
            line.append(" from 10.0.").append(seed).append('.').append(i % 250).append(' ');
            while (line.length() < LINE_BYTES) {
                line.append((char) ('0' + random.nextInt(75)));
            }
            lines.add(line.toString().getBytes(StandardCharsets.US_ASCII));
        }
        return lines;
    }

    /** Linux has all of 127/8; elsewhere all come from one. */
    private static String address(int number) {
        return System.getProperty("os.name").startsWith("Linux") ? "127.20.0." + number : "127.0.0.1";
    }
}
