package io.bongsu.app.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Writes bytes that were made before to TCP connections, as fast as they are taken: what it costs itself is small. */
final class Loader {
    private static final int CHUNK = 256 * 1024;

    private Loader() {}

    /**
     * @param from the loopback address that it comes from
     * @param bytes written {@code times} times
     */
    record Stream(String from, byte[] bytes, int times) {}

    /** Returns when everything is written and the connections are closed. */
    static void send(InetSocketAddress to, List<Stream> streams) throws IOException {
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory())) {
            List<Future<?>> sent = new ArrayList<>();
            for (Stream stream : streams) {
                sent.add(threads.submit(() -> write(to, stream)));
            }
            for (Future<?> one : sent) {
                one.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException("the lines cannot be sent to " + to + ": " + e.getCause(), e);
        }
    }

    private static void write(InetSocketAddress to, Stream stream) {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(stream.from()), 0));
            socket.connect(to, 5_000);
            for (int i = 0; i < stream.times(); i++) {
                for (int at = 0; at < stream.bytes().length; at += CHUNK) {
                    socket.getOutputStream().write(stream.bytes(), at, Math.min(CHUNK, stream.bytes().length - at));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
