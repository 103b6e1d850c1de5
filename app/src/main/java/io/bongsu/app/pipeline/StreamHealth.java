package io.bongsu.app.pipeline;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The numbers of the stream process, for the /metrics of {@code up}: one address for the whole pipeline, whatever port the
 * child has after a restart. While it does not answer, they are missing, and {@code bongsu_stream_answering_processes} is 0.
 */
final class StreamHealth {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Path address;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    /** @param address the file in which the child says where it can be asked */
    StreamHealth(Path address) {
        this.address = address;
    }

    String metrics() {
        String text = "";
        try {
            URI uri = URI.create(Files.readString(address) + "/metrics");
            text = client.send(HttpRequest.newBuilder(uri).timeout(PATIENCE).build(), BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            // not yet, or just not: the gauge says so
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        String name = "bongsu_stream_answering_processes";
        return "# HELP " + name + " whether the stream process answers\n# TYPE " + name + " gauge\n" + name + " "
                + (text.isEmpty() ? 0 : 1) + "\n" + text;
    }
}
