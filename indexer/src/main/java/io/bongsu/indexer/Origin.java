package io.bongsu.indexer;

import io.bongsu.model.Micros;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Where a document came from.
 *
 * @param appended append time that Kafka gave the record, microseconds since 1970
 */
record Origin(String topic, int partition, long offset, byte @Nullable [] key, long appended) {
    static Origin of(ConsumerRecord<byte[], byte[]> record) {
        long appended = Micros.ofMillis(Math.max(0, record.timestamp()));
        return new Origin(record.topic(), record.partition(), record.offset(), record.key(), appended);
    }
}
