package io.bongsu.indexer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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

    @Test
    void passwordsAreNotShown() {
        URI url = URI.create("http://elastic:canary@127.0.0.1:1/prefix");
        try (Elasticsearch elasticsearch = new Elasticsearch(url, null, Duration.ofSeconds(1), Duration.ofSeconds(1))) {
            assertThat(elasticsearch).hasToString("Elasticsearch at http://127.0.0.1:1/prefix");
            assertThatThrownBy(() -> new Search(elasticsearch).find(Search.Query.of("a", Search.In.BOTH, 1)))
                    .message()
                    .doesNotContain("canary");
        }
        assertThatThrownBy(() -> new Elasticsearch(URI.create("ftp://elastic:canary@host")))
                .hasMessage("not an Elasticsearch url: ftp://host; write http://host:9200");
    }
}
