package io.bongsu.indexer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The bulk API with faults on demand. It stores what it accepts, and keeps external versions as Elasticsearch does. Each
 * bulk request takes the next fault from the queue; when there is none, it is answered properly.
 */
final class StubElasticsearch implements AutoCloseable {
    /** How a request goes wrong. Items that a fault does not refuse are stored. */
    sealed interface Fault {
        /** The whole request is refused. */
        record Status(int status, String body) implements Fault {
            Status(int status) {
                this(status, "");
            }
        }

        /** What is in the body is stored, but the connection ends within the answer. */
        record Reset() implements Fault {}

        /** Nothing is stored, nothing answered. */
        record Silence() implements Fault {}

        /** Every n-th item is refused. */
        record Items(int every, int status, String type, String reason) implements Fault {}

        /** Stored and answered, but not as Elasticsearch would. */
        record Nonsense(String body) implements Fault {}
    }

    record Stored(String index, String id, long version, String json) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    final Map<String, Stored> documents = new ConcurrentHashMap<>();
    final AtomicInteger requests = new AtomicInteger();
    final List<Integer> batches = new ArrayList<>();
    /** Documents that are refused for ever, or until they are taken out of this map. */
    final Map<String, Fault.Items> refused = new ConcurrentHashMap<>();
    /** Larger requests are answered 413. */
    volatile int maxBody = Integer.MAX_VALUE;

    volatile int templateStatus = 200;
    volatile @Nullable Fault always;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);

    StubElasticsearch() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                byte[] body = exchange.getRequestBody().readAllBytes();
                if (exchange.getRequestURI().getPath().equals("/_bulk")) {
                    bulk(exchange, body);
                } else {
                    exchange.sendResponseHeaders(templateStatus, -1);
                }
            }
        });
        server.start();
    }

    /** What Elasticsearch says of a document that does not fit its mapping. */
    void poison(String id, String reason) {
        refused.put(id, new Fault.Items(1, 400, "document_parsing_exception", reason));
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    Elasticsearch client() {
        return new Elasticsearch(url(), null, null, Duration.ofSeconds(1), Duration.ofMillis(300));
    }

    private void bulk(HttpExchange exchange, byte[] body) throws IOException {
        requests.incrementAndGet();
        if (body.length > maxBody) {
            answer(exchange, 413, "");
            return;
        }
        Fault fault = always != null ? always : faults.poll();
        switch (fault) {
            case null -> answer(exchange, 200, apply(body, null));
            case Fault.Items items -> answer(exchange, 200, apply(body, items));
            case Fault.Status status -> answer(exchange, status.status(), status.body());
            case Fault.Nonsense nonsense -> {
                apply(body, null);
                answer(exchange, 200, nonsense.body());
            }
            case Fault.Reset r -> {
                byte[] whole = apply(body, null).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, whole.length);
                exchange.getResponseBody().write(whole, 0, whole.length / 2);
            }
            case Fault.Silence s -> {
                try {
                    closed.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private synchronized String apply(byte[] body, Fault.@Nullable Items fault) throws IOException {
        ObjectNode answer = JSON.createObjectNode();
        var items = answer.putArray("items");
        String[] lines = new String(body, StandardCharsets.UTF_8).split("\n");
        batches.add(lines.length / 2);
        for (int i = 0; i < lines.length; i += 2) {
            JsonNode action = JSON.readTree(lines[i]).get("index");
            Stored document = new Stored(
                    action.get("_index").asText(),
                    action.get("_id").asText(),
                    action.path("version").asLong(0),
                    lines[i + 1]);
            ObjectNode item = items.addObject().putObject("index");
            Fault.Items refusal = refused.get(document.id());
            if (refusal != null) {
                error(item, refusal.status(), refusal.type(), refusal.reason());
            } else if (fault != null && i / 2 % fault.every() == 0) {
                error(item, fault.status(), fault.type(), fault.reason());
            } else {
                store(item, document);
            }
        }
        return answer.toString();
    }

    private void store(ObjectNode item, Stored document) {
        Stored before = documents.get(document.id());
        if (before != null && document.version() > 0 && before.version() >= document.version()) {
            error(item, 409, "version_conflict_engine_exception", "version conflict");
            return;
        }
        documents.put(document.id(), document);
        item.put("status", before == null ? 201 : 200);
    }

    private static void error(ObjectNode item, int status, String type, String reason) {
        item.put("status", status).putObject("error").put("type", type).put("reason", reason);
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(bytes);
            }
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
