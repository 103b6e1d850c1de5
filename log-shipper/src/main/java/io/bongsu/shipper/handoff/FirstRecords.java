package io.bongsu.shipper.handoff;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a producer has sent to each partition first: it goes alone until Kafka has it. A broker takes whatever sequence
 * number a new producer comes with. So where the first request meets a partition that is not led yet and the second one
 * does not, the second is taken and the first is refused as out of order for ever, though the producer is idempotent (KAFKA-15591).
 */
final class FirstRecords {
    /** By partition, whether Kafka has it. */
    private final Map<Integer, Boolean> acknowledged = new ConcurrentHashMap<>();

    /** Whether one of them is under way to any of the partitions. */
    boolean underWay(int[] partitions) {
        for (int partition : partitions) {
            if (Boolean.FALSE.equals(acknowledged.get(partition))) {
                return true;
            }
        }
        return false;
    }

    void sent(int partition) {
        acknowledged.putIfAbsent(partition, false);
    }

    /** Whether that was the first one of the partition. */
    boolean answered(int partition, boolean taken) {
        return taken ? acknowledged.replace(partition, false, true) : acknowledged.remove(partition, false);
    }
}
