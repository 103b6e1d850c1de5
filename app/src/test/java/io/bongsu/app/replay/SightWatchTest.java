package io.bongsu.app.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.app.Running;
import io.bongsu.app.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SightWatchTest {
    @TempDir
    Path directory;

    private final BlockingQueue<Subscribing> made = new LinkedBlockingQueue<>();

    @Test
    void goesOnWithAnotherConsumerWhenKafkaRefusesOrFails() throws InterruptedException {
        Config config = Running.config(directory, Map.of("BONGSU_RULES", directory.toString()));
        KafkaException[] failures = {new GroupAuthorizationException("bongsu-parse-sight"), new KafkaException("odd")};
        int[] next = {0};
        SightWatch watch = new SightWatch(
                config,
                Map.of(),
                () -> {
                    Subscribing consumer = new Subscribing();
                    if (next[0] < failures.length) {
                        consumer.setPollException(failures[next[0]++]);
                    }
                    made.add(consumer);
                    return consumer;
                },
                Duration.ZERO);
        watch.start();
        Subscribing first = made.take();
        Subscribing second = made.take();
        Subscribing third = made.take();
        third.polled.take();
        assertThat(first.closed()).isTrue();
        assertThat(second.closed()).isTrue();
        assertThat(third.closed()).isFalse();
        watch.close();
        assertThat(third.ended.poll(30, TimeUnit.SECONDS)).isNotNull();
        assertThat(made).as("nobody is asked any more").isEmpty();
    }

    /** Says when it is polled and when it is closed. */
    private static final class Subscribing extends MockConsumer<byte[], byte[]> {
        final BlockingQueue<Boolean> polled = new LinkedBlockingQueue<>();
        final BlockingQueue<Boolean> ended = new LinkedBlockingQueue<>();

        Subscribing() {
            super(AutoOffsetResetStrategy.LATEST.name());
        }

        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            polled.add(true);
            return super.poll(timeout);
        }

        @Override
        public void close() {
            super.close();
            ended.add(true);
        }
    }
}
