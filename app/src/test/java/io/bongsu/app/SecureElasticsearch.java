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
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * For tests: the embedded Elasticsearch with its own security, where each role has the rights that k8s/overlays/prod gives it.
 * It stands behind a gate that speaks TLS, knows a role by its API key, which this Elasticsearch cannot, and hands on the rest.
 */
final class SecureElasticsearch implements AutoCloseable {
    /** Those that have a key. The others need no Elasticsearch. */
    private static final List<String> USERS = List.of("index", "setup", "analyst");

    /** Who searches, as OPERATIONS.md says. */
    private static final String ANALYST = """

            bongsu-analyst:
              indices:
                - names: ["logs-bongsu.*"]
                  privileges: [read, view_index_metadata]
            """;

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
            rights(Files.createDirectories(directory.resolve("config")));
            SecureElasticsearch secure =
                    new SecureElasticsearch(directory, ElasticsearchProcess.startSecured(directory, 0), gate);
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

    /** As Elasticsearch's file realm has it. */
    private static void rights(Path config) throws IOException, GeneralSecurityException {
        String objects = Files.readString(Path.of("..", "k8s", "overlays", "prod", "elasticsearch.yaml"));
        for (Object object : new Load(LoadSettings.builder().build()).loadAllFromString(objects)) {
            if (((Map<?, ?>) object).get("stringData") instanceof Map<?, ?> data && data.containsKey("roles.yml")) {
                Files.writeString(config.resolve("roles.yml"), data.get("roles.yml") + ANALYST);
            }
        }
        StringBuilder users = new StringBuilder();
        StringBuilder roles = new StringBuilder();
        for (String user : USERS) {
            users.append(user).append(':').append(hash(key(user))).append('\n');
            roles.append("bongsu-").append(user).append(':').append(user).append('\n');
        }
        Files.writeString(config.resolve("users"), users);
        Files.writeString(config.resolve("users_roles"), roles);
    }

    private static String hash(String password) throws GeneralSecurityException {
        byte[] salt = "a salt of its own, of 32 letters".getBytes(StandardCharsets.UTF_8);
        byte[] hash = SecretKeyFactory.getInstance("PBKDF2withHMACSHA512")
                .generateSecret(new PBEKeySpec(password.toCharArray(), salt, 1_000, 256))
                .getEncoded();
        Base64.Encoder base64 = Base64.getEncoder();
        return "{PBKDF2}1000$" + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
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
            String shown = exchange.getRequestHeaders().getFirst("Authorization");
            String who = USERS.stream()
                    .filter(user -> ("ApiKey " + key(user)).equals(shown))
                    .findFirst()
                    .orElse(null);
            if (who == null) {
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
            String basic = Base64.getEncoder().encodeToString((who + ':' + key(who)).getBytes(StandardCharsets.UTF_8));
            request.header("Authorization", "Basic " + basic);
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
