package io.bongsu.app.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config.HostPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthTest {
    private final Health health = Health.start(new HostPort("127.0.0.1", 0));
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        health.close();
    }

    @Test
    void readyWhenNothingIsMissing() throws Exception {
        List<String> missing = new CopyOnWriteArrayList<>(List.of("Kafka", "Elasticsearch"));
        health.readyWhen(() -> missing);

        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body()).isEqualTo("Kafka\nElasticsearch\n");
        assertThat(get("/livez").statusCode()).isEqualTo(200);
        missing.clear();
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void metricsInPrometheusWords() throws Exception {
        health.metrics(out -> {
            out.total("bongsu_a_b_lines_total", "what it is", Map.of("x", "q\"\\\n", "a", "1"), 7);
            out.gauge("bongsu_a_c_lines", "now", -1);
        });
        health.metricsText(() -> "other 1\n");

        HttpResponse<String> answer = get("/metrics");

        assertThat(answer.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.body()).isEqualTo("""
                        # HELP bongsu_a_b_lines_total what it is
                        # TYPE bongsu_a_b_lines_total counter
                        bongsu_a_b_lines_total{a="1",x="q\\"\\\\\\n"} 7
                        # HELP bongsu_a_c_lines now
                        # TYPE bongsu_a_c_lines gauge
                        bongsu_a_c_lines -1
                        other 1
                        """);
    }

    @Test
    void aNameOutsideTheGrammarIsRefused() {
        Metrics metrics = new Metrics();

        assertThatThrownBy(() -> metrics.total("bongsu_a_lines", "", 1)).hasMessageContaining("_total");
        assertThatThrownBy(() -> metrics.gauge("lines_of_bongsu", "", 1)).hasMessageContaining("bongsu_<stage>");
    }

    @Test
    void nothingButReading() throws Exception {
        for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE")) {
            HttpRequest request = HttpRequest.newBuilder(uri("/readyz"))
                    .method(method, BodyPublishers.ofString("x".repeat(1_000)))
                    .build();
            assertThat(client.send(request, BodyHandlers.ofString()).statusCode())
                    .as(method)
                    .isEqualTo(405);
        }
        assertThat(get("/").statusCode()).isEqualTo(404);
        assertThat(get("/metrics/../../etc/passwd").statusCode()).isEqualTo(404);
    }

    @Test
    void nonsenseAndSilenceDoNotKeepItFromOthers() throws Exception {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                silent.add(connect());
            }
            try (Socket noise = connect()) {
                byte[] bytes = new byte[4_096];
                new java.util.Random(1).nextBytes(bytes);
                noise.getOutputStream().write(bytes);
            }
            try (Socket slow = connect()) {
                slow.getOutputStream().write("GET /readyz HT".getBytes(StandardCharsets.US_ASCII));

                assertThat(get("/readyz").statusCode()).isEqualTo(200);
            }
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void aHugeBodyIsNotRead() throws Exception {
        try (Socket socket = connect()) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));

            assertThat(answer(socket)).startsWith("HTTP/1.1 405");
        }
    }

    @Test
    void aPortInUseIsAFaultThatNamesTheKey() {
        HostPort taken = new HostPort("127.0.0.1", health.address().getPort());

        assertThatThrownBy(() -> Health.start(taken))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("health.bind")
                .extracting(e -> ((Fault) e).fix())
                .asString()
                .contains("BONGSU_HEALTH_BIND=127.0.0.1:");
    }

    private static String answer(Socket socket) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int b = socket.getInputStream().read();
                b >= 0 && b != '\n';
                b = socket.getInputStream().read()) {
            out.write(b);
        }
        return out.toString(StandardCharsets.US_ASCII);
    }

    private Socket connect() throws IOException {
        return new Socket("127.0.0.1", health.address().getPort());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + health.address().getPort() + path);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(uri(path))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                BodyHandlers.ofString());
    }
}
