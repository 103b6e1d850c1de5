package io.bongsu.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElasticsearchProcessIT {
    @TempDir
    Path folder;

    @Test
    void itKeepsItsDocumentsOverARestartAndOverKillMinus9() throws Exception {
        long last;
        try (ElasticsearchProcess elasticsearch = ElasticsearchProcess.start(folder, 0)) {
            elasticsearch.awaitReady();
            assertThat(put(elasticsearch, "one")).isEqualTo(201);

            elasticsearch.restart();
            assertThat(put(elasticsearch, "two")).isEqualTo(201);

            elasticsearch.process().kill();
            elasticsearch.restart();
            assertThat(put(elasticsearch, "three")).isEqualTo(201);

            assertThat(put(elasticsearch, "one")).as("it is there").isEqualTo(409);
            assertThat(put(elasticsearch, "two")).as("it is there").isEqualTo(409);
            last = elasticsearch.process().pid();
        }
        assertThat(ProcessHandle.of(last)).isEmpty();
    }

    @Test
    void aPortInUseIsTold() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ElasticsearchProcess elasticsearch = ElasticsearchProcess.start(folder, other.getLocalPort())) {
            assertThatThrownBy(elasticsearch::awaitReady)
                    .isInstanceOf(EmbeddedException.class)
                    .hasMessageContaining("port " + other.getLocalPort() + " on 127.0.0.1 is in use by another program")
                    .hasMessageContaining("elasticsearch.port");
        }
    }

    private static int put(ElasticsearchProcess elasticsearch, String id) throws Exception {
        HttpRequest create = HttpRequest.newBuilder(elasticsearch.url().resolve("/logs-test/_create/" + id))
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{\"message\":\"hello\"}"))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(create, BodyHandlers.discarding()).statusCode();
        }
    }
}
