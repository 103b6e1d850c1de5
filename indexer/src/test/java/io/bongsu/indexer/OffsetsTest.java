package io.bongsu.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OffsetsTest {
    private record Part(long offset, Offsets.Ticket ticket) {}

    @Test
    void aRecordWithoutPartsIsResolvedAtOnce() {
        Offsets offsets = new Offsets(5);

        offsets.open(5, 0);

        assertThat(offsets.committable()).isEqualTo(6);
    }

    @Test
    void whatIsOpenHoldsBackWhatIsBehindIt() {
        Offsets offsets = new Offsets(0);
        Offsets.Ticket first = offsets.open(0, 2);
        Offsets.Ticket second = offsets.open(3, 1);
        offsets.readUpTo(9);

        second.resolve();
        first.resolve();
        assertThat(offsets.committable()).isZero();

        first.resolve();
        assertThat(offsets.committable()).isEqualTo(9);
    }

    /** Against the naive truth: the lowest offset that has an open part, or else what comes next. */
    @Test
    void agreesWithTheNaiveTruth() {
        for (long seed = 1; seed <= 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Offsets offsets = new Offsets(0);
            TreeMap<Long, Integer> open = new TreeMap<>();
            List<Part> parts = new ArrayList<>();
            long next = 0;
            for (int step = 0; step < 1_000; step++) {
                switch (random.nextInt(5)) {
                    case 0, 1 -> {
                        long offset = next + random.nextInt(3);
                        int count = random.nextInt(4);
                        Offsets.Ticket ticket = offsets.open(offset, count);
                        for (int i = 0; i < count; i++) {
                            parts.add(new Part(offset, ticket));
                            open.merge(offset, 1, Integer::sum);
                        }
                        next = offset + 1;
                    }
                    case 2 -> {
                        next += random.nextInt(3);
                        offsets.readUpTo(next);
                    }
                    default -> {
                        if (!parts.isEmpty()) {
                            Part part = parts.remove(random.nextInt(parts.size()));
                            part.ticket().resolve();
                            open.computeIfPresent(part.offset(), (o, n) -> n == 1 ? null : n - 1);
                        }
                    }
                }
                assertThat(offsets.committable())
                        .as("seed %d, step %d", seed, step)
                        .isEqualTo(open.isEmpty() ? next : open.firstKey());
                assertThat(offsets.unresolved()).isGreaterThanOrEqualTo(open.size());
            }
        }
    }
}
