package io.bongsu.app.chaos;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The network between a server of this machine and those who use it: passes bytes on, and on request late, in one direction
 * only, or not at all, while every connection stays open and nobody is told. At most 16 MiB of a direction wait in here.
 */
final class Link implements AutoCloseable {
    /** A way that bytes take. */
    enum Way {
        REQUESTS,
        ANSWERS
    }

    private record Chunk(long due, byte[] bytes) {}

    /** The end of what a peer sent. */
    private static final byte[] END = new byte[0];

    private static final int CHUNK = 64 << 10;
    private static final int WAITING = 256;

    private final ServerSocket listening;
    private final int server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile long delayNanos;
    private Set<Way> held = Set.of();

    /** @param server port of the server on the loopback address */
    Link(int server) throws IOException {
        this.server = server;
        this.listening = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("link-" + server).start(this::accept);
    }

    /** Where the server is reached through this. */
    int port() {
        return listening.getLocalPort();
    }

    /** What comes from now on takes so much longer, each way. */
    void delay(Duration delay) {
        delayNanos = delay.toNanos();
    }

    /** Nothing goes these ways from now on, and nobody is told. */
    synchronized void hold(Set<Way> ways) {
        held = ways;
    }

    /** Every connection is broken off with what is under way in it; new ones are as good as any. */
    synchronized void reset() {
        sockets.forEach(Link::breakOff);
        held = Set.of();
        notifyAll();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                connect(listening.accept());
            } catch (IOException e) {
                // closed; or the server is away, and its client has been told
            }
        }
    }

    private void connect(Socket client) throws IOException {
        sockets.add(client);
        try {
            Socket other = new Socket(InetAddress.getLoopbackAddress(), server);
            sockets.add(other);
            pass(client, other, Way.REQUESTS);
            pass(other, client, Way.ANSWERS);
        } catch (IOException e) {
            end(client);
            throw e;
        }
    }

    private void pass(Socket from, Socket to, Way way) {
        BlockingQueue<Chunk> waiting = new LinkedBlockingQueue<>(WAITING);
        Thread.ofVirtual().start(() -> read(from, waiting));
        Thread.ofVirtual().start(() -> write(waiting, to, from, way));
    }

    private void read(Socket from, BlockingQueue<Chunk> waiting) {
        try {
            byte[] buffer = new byte[CHUNK];
            try {
                for (int n = from.getInputStream().read(buffer);
                        n >= 0;
                        n = from.getInputStream().read(buffer)) {
                    waiting.put(new Chunk(System.nanoTime() + delayNanos, Arrays.copyOf(buffer, n)));
                }
            } catch (IOException e) {
                // the peer, or a reset, has ended it: as good as an end
            }
            waiting.put(new Chunk(System.nanoTime() + delayNanos, END));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(BlockingQueue<Chunk> waiting, Socket to, Socket from, Way way) {
        boolean broken = false;
        try {
            for (Chunk chunk = waiting.take(); chunk.bytes() != END; chunk = waiting.take()) {
                TimeUnit.NANOSECONDS.sleep(chunk.due() - System.nanoTime());
                await(way);
                try {
                    if (!broken) {
                        to.getOutputStream().write(chunk.bytes());
                    }
                } catch (IOException e) {
                    broken = true; // what still comes is read, so that its reader ends
                    end(from);
                }
            }
            await(way);
            end(to);
            end(from);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void await(Way way) throws InterruptedException {
        while (held.contains(way)) {
            wait();
        }
    }

    private void end(Socket socket) {
        sockets.remove(socket);
        close(socket);
    }

    /** So that the peer is told by a reset. */
    private static void breakOff(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // closed already
        }
        close(socket);
    }

    private static void close(Closeable what) {
        try {
            what.close();
        } catch (IOException e) {
            // there is nothing left to end
        }
    }

    @Override
    public void close() {
        close(listening);
        reset();
    }
}
