package io.bongsu.app.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Sends a scenario through real sockets, each host from a loopback address of its own where the system has them (Linux),
 * at a steady rate that a UDP receiver can follow, or slower as the pace says. Blocks as long as it takes.
 */
final class Sender {
    /** Lines are sent in slices of this length. */
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Function<Transport, InetSocketAddress> targets;
    private final int linesPerSecond;

    Sender(Function<Transport, InetSocketAddress> targets, int linesPerSecond) {
        this.targets = targets;
        this.linesPerSecond = linesPerSecond;
    }

    /** Told after each slice; returns whether to go on. While it says no, time stands still for the sender. */
    interface Pace {
        boolean sent(int lines);
    }

    /** Whether all of 127/8 is ours, as on Linux; elsewhere everything comes from 127.0.0.1. */
    private static final boolean OWN_ADDRESSES = canBind("127.20.0.1");

    /** The address from which a host's lines come; the shipper sees it as the source. */
    static String address(Host host) {
        return OWN_ADDRESSES ? "127.20.0." + host.number() : "127.0.0.1";
    }

    private static boolean canBind(String address) {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, 0))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    void send(List<Line> lines, Pace pace) throws IOException, InterruptedException {
        Map<Host, Wire> wires = new LinkedHashMap<>();
        try {
            int perSlice = (int) Math.max(1, linesPerSecond * SLICE_NANOS / 1_000_000_000L);
            int sent = 0;
            long next = System.nanoTime();
            while (sent < lines.size()) {
                if (pace.sent(sent)) {
                    int end = Math.min(lines.size(), sent + perSlice);
                    write(lines.subList(sent, end), wires);
                    sent = end;
                }
                next = Math.max(next + SLICE_NANOS, System.nanoTime() - SLICE_NANOS); // never in bursts
                TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
            }
            pace.sent(sent);
        } finally {
            for (Wire wire : wires.values()) {
                wire.close();
            }
        }
    }

    private void write(List<Line> lines, Map<Host, Wire> wires) throws IOException {
        for (Line line : lines) {
            Wire wire = wires.get(line.host());
            if (wire == null) {
                wire = open(line.host());
                wires.put(line.host(), wire);
            }
            wire.write(line.data());
        }
        for (Wire wire : wires.values()) {
            wire.flush();
        }
    }

    private Wire open(Host host) throws IOException {
        InetSocketAddress target = targets.apply(host.transport());
        return switch (host.transport()) {
            case UDP -> new Datagrams(host, target);
            case TCP_LINES, JSON -> new Stream(host, target, false);
            case TCP_OCTETS -> new Stream(host, target, true);
        };
    }

    private sealed interface Wire {
        void write(byte[] line) throws IOException;

        void flush() throws IOException;

        void close() throws IOException;
    }

    private static final class Datagrams implements Wire {
        private final DatagramSocket socket;
        private final InetSocketAddress target;

        Datagrams(Host host, InetSocketAddress target) throws IOException {
            this.socket = new DatagramSocket(local(host, target));
            this.target = target;
        }

        @Override
        public void write(byte[] line) throws IOException {
            socket.send(new DatagramPacket(line, line.length, target));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            socket.close();
        }
    }

    private static final class Stream implements Wire {
        private final Socket socket;
        private final boolean octets;
        private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

        Stream(Host host, InetSocketAddress target, boolean octets) throws IOException {
            this.socket = new Socket();
            this.octets = octets;
            socket.bind(local(host, target));
            socket.connect(target, 5_000);
        }

        @Override
        public void write(byte[] line) {
            if (octets) {
                waiting.writeBytes((line.length + " ").getBytes(StandardCharsets.US_ASCII));
            }
            waiting.writeBytes(line);
            if (!octets) {
                waiting.write('\n');
            }
        }

        @Override
        public void flush() throws IOException {
            if (waiting.size() > 0) {
                waiting.writeTo(socket.getOutputStream());
                waiting.reset();
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** Any address of ours when the target is on another machine, which loopback addresses do not reach. */
    private static SocketAddress local(Host host, InetSocketAddress target) throws IOException {
        return target.getAddress().isLoopbackAddress()
                ? new InetSocketAddress(InetAddress.getByName(address(host)), 0)
                : new InetSocketAddress(0);
    }
}
