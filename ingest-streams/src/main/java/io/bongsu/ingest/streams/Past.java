package io.bongsu.ingest.streams;

import java.util.List;
import java.util.concurrent.Executor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What lies in bongsu.logs in front of a place, to be read once more. Thread-safe; what it opens is not. */
public interface Past {
    /** For those that never look back: of what is asked, there is nothing. */
    Past NONE = (partition, appended, before) -> new Reader() {
        @Override
        public @Nullable List<Read> read() {
            return null;
        }

        @Override
        public void close() {}
    };

    /**
     * @param appended from the first record on that was appended then or later, microseconds since 1970
     * @param before offset, exclusive
     */
    Reader open(int partition, long appended, long before);

    /** Where it is read. */
    default Executor executor() {
        return Runnable::run;
    }

    /** Of one partition, in its order. */
    interface Reader extends AutoCloseable {
        /** Some records, perhaps none; null: that was all. */
        @Nullable
        List<Read> read();

        @Override
        void close();
    }

    /** @param middle the partition is not read from its first record */
    record Read(ConsumerRecord<byte[], byte[]> record, boolean middle) {}
}
