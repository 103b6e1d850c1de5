package io.bongsu.app.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.bongsu.app.Fault;
import io.bongsu.app.config.Config.HostPort;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * GET /livez (the process answers), /readyz (200, or 503 and what is missing) and /metrics. Reads nothing but the first
 * line of a request, changes nothing, and does no work for anybody who is not served within seconds: two threads, a short
 * queue, and the rest is refused. Up from the first moment, so that somebody who waits can see what for.
 */
public final class Health implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Health.class);
    private static final int WAITING = 16;

    static {
        // Seconds for a request and for its answer, and idle connections: read once by the JDK, when the first server
        // is made. They bound what a slow or silent client can hold.
        System.getProperties().putIfAbsent("sun.net.httpserver.maxReqTime", "5");
        System.getProperties().putIfAbsent("sun.net.httpserver.maxRspTime", "10");
        System.getProperties().putIfAbsent("sun.net.httpserver.maxReqHeaders", "50");
        System.getProperties().putIfAbsent("jdk.httpserver.maxConnections", "64");
    }

    private final HttpServer server;
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            2,
            2,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            Thread.ofPlatform().name("bongsu-health-", 1).daemon().factory());
    private final List<Supplier<List<String>>> missing = new CopyOnWriteArrayList<>();
    private final List<Consumer<Metrics>> numbers = new CopyOnWriteArrayList<>();
    private final List<Supplier<String>> texts = new CopyOnWriteArrayList<>();

    private record Answer(int status, String text) {}

    private Health(HttpServer server) {
        this.server = server;
    }

    /** @throws Fault when the address cannot be used */
    public static Health start(HostPort bind) {
        Health health;
        try {
            health = new Health(HttpServer.create(new InetSocketAddress(bind.host(), bind.port()), WAITING));
        } catch (IOException | RuntimeException e) { // an unknown host is a runtime exception there
            throw new Fault(
                    "TCP " + bind + " (health.bind) cannot be used: " + e.getMessage(),
                    "stop what uses it, or choose another one: BONGSU_HEALTH_BIND=" + bind.host() + ":"
                            + (bind.port() + 10),
                    e);
        }
        health.server.setExecutor(health.threads);
        health.server.createContext("/", health::handle);
        health.server.start();
        return health;
    }

    /** @param what is missing for work to be done; empty: nothing */
    public void readyWhen(Supplier<List<String>> what) {
        missing.add(what);
    }

    public void metrics(Consumer<Metrics> more) {
        numbers.add(more);
    }

    /** Numbers of another process, as its own /metrics has them. */
    public void metricsText(Supplier<String> more) {
        texts.add(more);
    }

    public InetSocketAddress address() {
        return server.getAddress();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = answer(exchange);
            byte[] body = answer.text().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
            exchange.getResponseHeaders().set("Connection", "close");
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(answer.status(), head ? -1 : body.length);
            if (!head) {
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(body);
                }
            }
        }
    }

    private Answer answer(HttpExchange exchange) {
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return new Answer(405, "only GET\n");
        }
        try {
            return switch (exchange.getRequestURI().getPath()) {
                case "/livez" -> new Answer(200, "alive\n");
                case "/readyz" -> ready();
                case "/metrics" -> new Answer(200, metrics());
                case null, default -> new Answer(404, "here are /livez, /readyz and /metrics\n");
            };
        } catch (RuntimeException e) {
            LOG.error("the health of this process cannot be told", e);
            return new Answer(500, "see the log\n");
        }
    }

    private Answer ready() {
        List<String> reasons =
                missing.stream().flatMap(m -> m.get().stream()).distinct().toList();
        return reasons.isEmpty() ? new Answer(200, "ready\n") : new Answer(503, String.join("\n", reasons) + "\n");
    }

    private String metrics() {
        Metrics all = new Metrics();
        numbers.forEach(n -> n.accept(all));
        StringBuilder text = new StringBuilder(all.text());
        texts.forEach(t -> text.append(t.get()));
        return text.toString();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
