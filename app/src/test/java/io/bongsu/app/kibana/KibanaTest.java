package io.bongsu.app.kibana;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.bongsu.app.Fault;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server that answers like Kibana and remembers what it was asked. Kibana itself cannot run in the build. */
class KibanaTest {
    private record Asked(
            String method,
            String uri,
            @Nullable String xsrf,
            @Nullable String authorization,
            @Nullable String type,
            String body) {}

    private final List<Asked> asked = new ArrayList<>();
    private HttpServer server;
    private int status = 200;
    private String answer = "{\"success\":true,\"successCount\":7}";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var headers = exchange.getRequestHeaders();
            asked.add(new Asked(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    headers.getFirst("kbn-xsrf"),
                    headers.getFirst("Authorization"),
                    headers.getFirst("Content-Type"),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Test
    void theObjectsAreImportedAsAFileAndReplaceThoseOfTheSameIds() throws Exception {
        assertThat(kibana("/s/security", "secret-key").install()).isEqualTo(7);
        assertThat(kibana("/s/security", "secret-key").install()).isEqualTo(7);

        Asked first = asked.get(0);
        assertThat(first.method()).isEqualTo("POST");
        assertThat(first.uri()).isEqualTo("/s/security/api/saved_objects/_import?overwrite=true");
        assertThat(first.xsrf()).isNotBlank();
        assertThat(first.authorization()).isEqualTo("ApiKey secret-key");
        assertThat(first.type()).startsWith("multipart/form-data; boundary=");
        String boundary = String.valueOf(first.type()).replaceFirst(".*boundary=", "");
        assertThat(first.body())
                .startsWith("--" + boundary
                        + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"bongsu.ndjson\"\r\n")
                .contains("\r\n\r\n" + SavedObjects.ndjson() + "\r\n")
                .endsWith("\r\n--" + boundary + "--\r\n");
        Asked second = asked.get(1);
        String again = String.valueOf(second.type()).replaceFirst(".*boundary=", "");
        assertThat(second.body().replace(again, boundary)).isEqualTo(first.body());
    }

    @Test
    void userAndPasswordWhenThereIsNoKey() throws Exception {
        new Kibana(url(""), null, "u", "p", SSLContext.getDefault()).install();

        assertThat(asked.get(0).authorization()).isEqualTo("Basic dTpw");
    }

    @Test
    void whatKibanaRefusesIsAFaultThatQuotesIt() {
        answer =
                "{\"success\":false,\"successCount\":0,\"errors\":[{\"id\":\"bongsu-events\",\"error\":{\"type\":\"unknown\"}}]}";

        assertThatThrownBy(() -> kibana("", "k").install())
                .isInstanceOf(Fault.class)
                .hasMessageContaining("bongsu-events");

        status = 403;
        answer = "{\"message\":\"Unable to bulk_create\"}";
        assertThatThrownBy(() -> kibana("", "k").install())
                .isInstanceOf(Fault.class)
                .hasMessageContaining("403")
                .hasMessageContaining("Unable to bulk_create")
                .extracting(e -> ((Fault) e).fix())
                .asString()
                .contains("right");
    }

    @Test
    void itIsThereWhenItSaysSo() throws Exception {
        answer = "{\"status\":{\"overall\":{\"level\":\"unavailable\"}}}";
        assertThat(kibana("", "k").missing()).endsWith("is unavailable");
        answer = "{\"status\":{\"overall\":{\"level\":\"available\"}}}";
        assertThat(kibana("", "k").missing()).isNull();
        status = 503;
        assertThat(kibana("", "k").missing()).endsWith("answers 503");
        server.stop(0);
        assertThat(kibana("", "k").missing()).startsWith("no answer from Kibana");
    }

    private URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private Kibana kibana(String path, String key) throws Exception {
        return new Kibana(url(path), key, null, null, SSLContext.getDefault());
    }
}
