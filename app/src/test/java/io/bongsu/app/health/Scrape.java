package io.bongsu.app.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** For tests: /metrics as a scraper reads it: name with labels to value. */
public record Scrape(Map<String, Long> values) {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    public static Scrape of(String text) {
        Map<String, Long> values = new LinkedHashMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            Long before = values.put(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
            assertThat(before).as("twice: " + line).isNull();
        });
        return new Scrape(values);
    }

    public static HttpResponse<String> get(String base, String path) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create(base + path))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                BodyHandlers.ofString());
    }

    public static Scrape at(String base) throws Exception {
        return of(get(base, "/metrics").body());
    }

    /** The sum over all labels. */
    public long sum(String name) {
        return values.entrySet().stream()
                .filter(e -> e.getKey().equals(name) || e.getKey().startsWith(name + "{"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    public boolean has(String name) {
        return values.keySet().stream().anyMatch(key -> key.equals(name) || key.startsWith(name + "{"));
    }

    /** The law of {@link Stages}: received = forwarded + dead-lettered + dropped + in flight. */
    public void assertLaw(String stage, String unit) {
        String prefix = "bongsu_" + stage + "_";
        assertThat(has(prefix + "received_" + unit + "_total")).as(prefix).isTrue();
        assertThat(sum(prefix + "received_" + unit + "_total"))
                .as("received by " + stage)
                .isEqualTo(sum(prefix + "forwarded_" + unit + "_total")
                        + sum(prefix + "dead_lettered_" + unit + "_total")
                        + sum(prefix + "dropped_" + unit + "_total")
                        + sum(prefix + "inflight_" + unit));
    }
}
