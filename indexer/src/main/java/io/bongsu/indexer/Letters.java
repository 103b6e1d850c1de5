package io.bongsu.indexer;

import io.bongsu.model.Codec;
import io.bongsu.model.DeadLetter;
import io.bongsu.model.Topics;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Sends dead letters on a thread of its own, because a producer without metadata blocks who calls it. */
final class Letters implements AutoCloseable {
    private final Producer<byte[], byte[]> producer;
    private final ExecutorService sender = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("bongsu-index-letters").daemon().factory());

    Letters(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    /** @param then called on some thread, with null when Kafka has acknowledged it */
    void send(DeadLetter letter, byte @Nullable [] key, Consumer<@Nullable Exception> then) {
        try {
            sender.execute(() -> {
                try {
                    ProducerRecord<byte[], byte[]> record =
                            new ProducerRecord<>(Topics.DEAD_LETTERS, key, Codec.encode(letter));
                    producer.send(record, (metadata, e) -> then.accept(e));
                } catch (RuntimeException e) {
                    then.accept(e);
                }
            });
        } catch (RejectedExecutionException e) {
            then.accept(e);
        }
    }

    @Override
    public void close() {
        sender.shutdownNow();
        producer.close(Duration.ofSeconds(2));
    }
}
