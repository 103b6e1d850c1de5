package io.bongsu.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.bongsu.embedded.ElasticsearchProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * For tests: the embedded Elasticsearch, which has no password, behind a gate that speaks TLS, lets in who has a key, and hands
 * everything else on as it is.
 */
final class SecureElasticsearch implements AutoCloseable {
    /** Those that have a key. The others need no Elasticsearch. */
    private static final List<String> USERS = List.of("index", "setup");

    private static final List<String> HANDED_ON = List.of("Content-Type", "Accept");
    private static final List<String> HANDED_BACK = List.of("Content-Type", "X-Elastic-Product");

    private final Path directory;
    private final ElasticsearchProcess elasticsearch;
    private final HttpsServer gate;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private SecureElasticsearch(Path directory, ElasticsearchProcess elasticsearch, HttpsServer gate) {
        this.directory = directory;
        this.elasticsearch = elasticsearch;
        this.gate = gate;
    }

    static SecureElasticsearch start(Path directory) {
        try {
            Files.createDirectories(directory);
            Certificates.make(directory, "elasticsearch", "ip:127.0.0.1");
            for (String user : USERS) {
                Files.writeString(directory.resolve(user + ".key"), key(user) + "\n");
            }
            HttpsServer gate = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
            gate.setHttpsConfigurator(
                    new HttpsConfigurator(Certificates.context(directory.resolve("elasticsearch.p12"))));
            SecureElasticsearch secure =
                    new SecureElasticsearch(directory, ElasticsearchProcess.start(directory, 0), gate);
            gate.setExecutor(secure.threads);
            gate.createContext("/", secure::answer);
            gate.start();
            return secure;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    void awaitReady() {
        elasticsearch.awaitReady();
    }

    Map<String, String> environment(String role) {
        String url = "https://127.0.0.1:" + gate.getAddress().getPort();
        return USERS.contains(role)
                ? Map.of(
                        "BONGSU_ELASTICSEARCH_URL",
                        url,
                        "BONGSU_ELASTICSEARCH_CA_FILE",
                        directory.resolve("elasticsearch.pem").toString(),
                        "BONGSU_ELASTICSEARCH_API_KEY_FILE",
                        directory.resolve(role + ".key").toString())
                : Map.of("BONGSU_ELASTICSEARCH_URL", url);
    }

    private static String key(String user) {
        return "canary-key-" + user;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String who = exchange.getRequestHeaders().getFirst("Authorization");
            if (USERS.stream().noneMatch(user -> ("ApiKey " + key(user)).equals(who))) {
                byte[] refusal = "{\"error\":{\"type\":\"security_exception\",\"reason\":\"missing authentication\"}}"
                        .getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(401, refusal.length);
                exchange.getResponseBody().write(refusal);
                return;
            }
            HttpRequest.Builder request = HttpRequest.newBuilder(elasticsearch
                            .url()
                            .resolve(URI.create(exchange.getRequestURI().toString())))
                    .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
            HANDED_ON.forEach(name -> exchange.getRequestHeaders()
                    .getOrDefault(name, List.of())
                    .forEach(value -> request.header(name, value)));
            HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            HANDED_BACK.forEach(
                    name -> answer.headers().firstValue(name).ifPresent(value -> exchange.getResponseHeaders()
                            .set(name, value)));
            boolean empty = answer.body().length == 0;
            exchange.sendResponseHeaders(answer.statusCode(), empty ? -1 : answer.body().length);
            if (!empty) {
                exchange.getResponseBody().write(answer.body());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        gate.stop(0);
        threads.close();
        client.close();
        elasticsearch.close();
    }
}
