package io.bongsu.app.bench;

import io.bongsu.app.console.Counted;
import io.bongsu.model.Codec;
import io.bongsu.model.Documents;
import io.bongsu.model.Event;
import io.bongsu.model.Events;
import io.bongsu.model.Topics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The wall that the pipeline stands before: how fast the same Elasticsearch takes the same documents when nothing else is
 * done. Bodies are built before, connections are kept open, and of the answer only {@code errors} is asked for.
 */
final class RawBulk implements AutoCloseable {
    private final URI elasticsearch;
    private final List<byte[]> documents;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private int index;

    /** @param documents each as its line of action, its JSON, and line feeds */
    RawBulk(URI elasticsearch, List<byte[]> documents) {
        this.elasticsearch = elasticsearch;
        this.documents = documents;
    }

    /** The first so many events of bongsu.events, as the indexer makes documents of them. */
    static List<byte[]> documents(String bootstrap, int most) throws IOException {
        List<byte[]> documents = new ArrayList<>();
        Map<String, Object> properties = new HashMap<>(Map.of(
                "bootstrap.servers", bootstrap, "isolation.level", "read_committed", "fetch.max.bytes", 4 << 20));
        try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topics.EVENTS).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (documents.size() < most
                    && partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    if (Codec.decode(record.value()) instanceof Events events) {
                        for (Event event : events.getEvents()) {
                            documents.add(item(event, events.getAppended()));
                        }
                    }
                }
            }
        } catch (Codec.Undecodable e) {
            throw new IOException("bongsu.events holds what is no event: " + e.getMessage(), e);
        }
        return documents.subList(0, Math.min(most, documents.size()));
    }

    private static byte[] item(Event event, long appended) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(("{\"index\":{\"_id\":\"" + event.getId() + "\"}}\n").getBytes(StandardCharsets.UTF_8));
        out.writeBytes(Documents.event(event, appended));
        out.write('\n');
        return out.toByteArray();
    }

    /** One way to send them. */
    record Way(int documents, int connections) {
        @Override
        public String toString() {
            return documents + " a request, " + Counted.of(connections, "connection");
        }
    }

    /** Documents a second, of the first so many, into an index of their own that is gone again afterwards. */
    double rate(Way way, int count) throws IOException {
        List<byte[]> bodies = new ArrayList<>();
        for (int from = 0; from < count; from += way.documents()) {
            ByteArrayOutputStream body = new ByteArrayOutputStream(way.documents() * 1_024);
            documents.subList(from, Math.min(count, from + way.documents())).forEach(body::writeBytes);
            bodies.add(body.toByteArray());
        }
        // The pattern of our templates takes it for an index of events: same mapping, same settings.
        String name = "logs-bongsu.events-bench-" + index++;
        AtomicInteger next = new AtomicInteger();
        long began = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(way.connections())) {
            List<Future<?>> connections = new ArrayList<>();
            for (int c = 0; c < way.connections(); c++) {
                connections.add(threads.submit(() -> {
                    for (int i = next.getAndIncrement(); i < bodies.size(); i = next.getAndIncrement()) {
                        post("/" + name + "/_bulk?filter_path=errors", bodies.get(i));
                    }
                    return null;
                }));
            }
            for (Future<?> connection : connections) {
                connection.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("the raw bulk rate cannot be measured: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        double rate = count * 1e9 / (System.nanoTime() - began);
        delete(name);
        return rate;
    }

    private void post(String path, byte[] body) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(elasticsearch.resolve(path))
                        .header("Content-Type", "application/x-ndjson")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200 || !answer.body().contains("\"errors\":false")) {
            throw new IOException("Elasticsearch answers " + answer.statusCode() + " " + answer.body());
        }
    }

    /** An index, which need not be there. */
    void delete(String name) throws IOException {
        try {
            http.send(
                    HttpRequest.newBuilder(elasticsearch.resolve("/" + name))
                            .DELETE()
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
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
