package io.bongsu.app.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Asks a role for its health and its numbers, as Prometheus does. */
final class Scrape implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;

    Scrape(int port) {
        this.port = port;
    }

    boolean ready() {
        try {
            return get("/readyz").statusCode() == 200;
        } catch (IOException e) {
            return false; // it has not come that far
        }
    }

    /** By name, with the sum over labels, but for those named {@code name{label="value"}} as well. */
    Map<String, Long> numbers() throws IOException {
        Map<String, Long> numbers = new HashMap<>();
        for (String line : get("/metrics").body().split("\n")) {
            if (!line.startsWith("#") && line.indexOf(' ') > 0) {
                int space = line.lastIndexOf(' ');
                String name = line.substring(0, space);
                long value = Long.parseLong(line.substring(space + 1));
                int brace = name.indexOf('{');
                numbers.merge(brace < 0 ? name : name.substring(0, brace), value, Long::sum);
                if (brace > 0) {
                    numbers.put(name, value);
                }
            }
        }
        return numbers;
    }

    private HttpResponse<String> get(String path) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
