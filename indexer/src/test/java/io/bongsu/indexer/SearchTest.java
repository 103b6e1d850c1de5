package io.bongsu.indexer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchTest {
    @Test
    void aDocumentAsFlatNames() {
        String json = """
                {"a":{"b":1,"c":{"d":"x"}},"e":[1,"two",null],"f":true,"g":1.5,"h":null,"events":[{"rule":{"id":"r"}}]}
                """;

        assertThat(Search.flat(json.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Map.of(
                        "a.b",
                        1L,
                        "a.c.d",
                        "x",
                        "e",
                        List.of(1L, "two"),
                        "f",
                        true,
                        "g",
                        1.5,
                        "events",
                        List.of(Map.of("rule.id", "r"))));
    }

    @Test
    void anAbsentServerIsNamed() throws IOException {
        URI url;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            url = URI.create("http://127.0.0.1:" + free.getLocalPort());
        }
        try (Elasticsearch elasticsearch = new Elasticsearch(url)) {
            Search search = new Search(elasticsearch);

            assertThatThrownBy(() -> search.find(Search.Query.of("a", Search.In.BOTH, 1)))
                    .isInstanceOf(ElasticsearchException.class)
                    .hasMessageStartingWith("no answer from Elasticsearch at " + url)
                    .hasMessageEndingWith("is it running?");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            401 | application/json | {"error":{"type":"t","reason":"who?"},"status":401} | answers 401 to POST /logs-bongsu.alerts-*/_search: who?; set user and password, or an API key
            403 | application/json | {"error":{"type":"t","reason":"no"},"status":403}   | answers 403 to POST /logs-bongsu.alerts-*/_search: no; the user lacks a right for this
            405 | application/json | {"error":"no handler found"}                        | answers 405 to POST /logs-bongsu.alerts-*/_search: {"error":"no handler found"}
            404 | text/html        | <h1>Not here</h1>                                   | answers 404 to POST /logs-bongsu.alerts-*/_search: <h1>Not here</h1>
            502 | text/html        | <h1>Bad gateway</h1>                                | answers 502 to POST /logs-bongsu.alerts-*/_search: <h1>Bad gateway</h1>
            400 | application/json | {"error":{"type":"t","reason":"parse_exception: why"},"status":400} | the query cannot be understood: why
            200 | text/html        | <h1>Welcome</h1>                                    | does not answer like Elasticsearch
            200 | application/json | {"error":                                           | does not answer like Elasticsearch
            """)
    void whateverAnswersIsExplained(int status, String type, String body, String message) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                exchange.getResponseHeaders().set("Content-Type", type);
                exchange.sendResponseHeaders(status, body.length());
                exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
            }
        });
        server.start();
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        try (Elasticsearch elasticsearch = new Elasticsearch(url)) {
            assertThatThrownBy(() -> new Search(elasticsearch).find(Search.Query.of("a", Search.In.ALERTS, 1)))
                    .isInstanceOf(ElasticsearchException.class)
                    .message()
                    .endsWith(message);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void passwordsAreNotShown() {
        URI url = URI.create("http://elastic:canary@127.0.0.1:1/prefix");
        try (Elasticsearch elasticsearch =
                new Elasticsearch(url, null, null, Duration.ofSeconds(1), Duration.ofSeconds(1))) {
            assertThat(elasticsearch).hasToString("Elasticsearch at http://127.0.0.1:1/prefix");
            assertThatThrownBy(() -> new Search(elasticsearch).find(Search.Query.of("a", Search.In.BOTH, 1)))
                    .message()
                    .doesNotContain("canary");
        }
        assertThatThrownBy(() -> new Elasticsearch(URI.create("ftp://elastic:canary@host")))
                .hasMessage("not an Elasticsearch url: ftp://host; write http://host:9200");
    }
}
