package io.bongsu.ingest.streams;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.StreamPartitioner;

/** A group's hits all go to one partition; watermarks go to every partition. */
final class HitPartitioner implements StreamPartitioner<byte[], byte[]> {
    /** The key of a record for every partition. */
    static final byte[] EVERYWHERE = {};

    @Override
    public Optional<Set<Integer>> partitions(String topic, byte[] key, byte[] value, int partitions) {
        if (key.length == 0) {
            return Optional.of(IntStream.range(0, partitions).boxed().collect(Collectors.toSet()));
        }
        return Optional.of(Set.of(Utils.toPositive(Utils.murmur2(key)) % partitions));
    }
}
