package io.bongsu.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.bongsu.app.Fault;
import io.bongsu.indexer.Elasticsearch;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WaitingTest {
    @Test
    void aNameThatNobodyKnowsIsWaitedFor() {
        Waiting waiting = Waiting.atMost(Duration.ZERO);

        assertThatThrownBy(() -> waiting.forName(Map.of("bootstrap.servers", "kafka.invalid:9092")))
                .isInstanceOf(Fault.class)
                .hasMessage("none of the names in kafka.bootstrap (kafka.invalid:9092) has an address");
        assertThat(waiting.missing()).hasSize(1);
    }

    @Test
    void aBrokerThatDoesNotAnswerIsWaitedFor() throws Exception {
        int closed;
        try (ServerSocket socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        Waiting waiting = Waiting.atMost(Duration.ZERO);

        assertThatThrownBy(() -> waiting.forKafka(Map.of("bootstrap.servers", "127.0.0.1:" + closed), List.of("t")))
                .isInstanceOf(Fault.class)
                .hasMessage("no answer from Kafka at 127.0.0.1:" + closed);
    }

    @Test
    void aBrokenCertificateIsNotWaitedFor() {
        Map<String, Object> kafka = Map.of(
                "bootstrap.servers", "127.0.0.1:1",
                "security.protocol", "SSL",
                "ssl.truststore.type", "PEM",
                "ssl.truststore.certificates", "nonsense");

        assertThatThrownBy(() -> Waiting.forEver().forKafka(kafka, List.of()))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("PEM");
    }

    @Test
    void elasticsearchAndItsTemplatesOneAfterTheOther() throws Exception {
        AtomicInteger status = new AtomicInteger(503);
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        server.start();
        try (Elasticsearch elasticsearch = new Elasticsearch(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()))) {
            Waiting waiting = Waiting.forEver();
            Thread thread = Thread.ofPlatform().daemon().start(() -> waiting.forElasticsearch(elasticsearch, true));

            await().untilAsserted(() ->
                    assertThat(waiting.missing()).singleElement().asString().endsWith("answers 503"));
            status.set(401);
            await().untilAsserted(() ->
                    assertThat(waiting.missing()).singleElement().asString().contains("does not know us"));
            status.set(404);
            await().untilAsserted(() ->
                    assertThat(waiting.missing()).singleElement().asString().contains("run bongsu setup"));
            status.set(200);
            assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
            assertThat(waiting.missing()).isEmpty();
        } finally {
            server.stop(0);
        }
    }
}
