package io.bongsu.app.bench;

import io.bongsu.embedded.ParentWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The limit of a shipper that sends a record a line, in a process of its own: a {@link KafkaProducer} with large batches
 * that is given lines from memory, by one thread. Writes lines a second, seconds of processor time and KiB into a file.
 */
final class PlainProducer {
    private PlainProducer() {}

    /** @param args bootstrap, topic, lines, file */
    public static void main(String[] args) throws IOException {
        ParentWatch.start(Duration.ofSeconds(5));
        int lines = Integer.parseInt(args[2]);
        List<byte[]> some = Corpus.lines(10_000, 1);
        Map<String, Object> properties = Map.of(
                "bootstrap.servers",
                args[0],
                "acks",
                "all",
                "batch.size",
                256 * 1024,
                "linger.ms",
                5,
                "buffer.memory",
                64L << 20);
        try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            ParentWatch.ready();
            send(producer, args[1], some, lines / 2); // not counted
            Duration before = cpu();
            long began = System.nanoTime();
            send(producer, args[1], some, lines);
            double seconds = (System.nanoTime() - began) / 1e9;
            String result = lines / seconds + " " + cpu().minus(before).toMillis() / 1000.0 + " "
                    + Usage.resident(ProcessHandle.current().pid());
            Path file = Path.of(args[3]);
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(fresh, result);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, String topic, List<byte[]> some, int lines) {
        for (int i = 0; i < lines; i++) {
            producer.send(new ProducerRecord<>(topic, some.get(i % some.size())));
        }
        producer.flush();
    }

    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }
}
