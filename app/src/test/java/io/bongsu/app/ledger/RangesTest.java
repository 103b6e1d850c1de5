package io.bongsu.app.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RangesTest {
    @Test
    void areTheBitsThatWereSet() {
        Random random = new Random(1);
        for (int world = 0; world < 2_000; world++) {
            Ranges ranges = new Ranges();
            BitSet model = new BitSet();
            for (int i = random.nextInt(12); i >= 0; i--) {
                int first = random.nextInt(60);
                int last = first + random.nextInt(8);
                ranges.add(first, last);
                model.set(first, last + 1);
            }
            int begin = model.nextSetBit(0);
            int hole = model.nextClearBit(begin);
            List<String> expected = hole >= model.length()
                    ? List.of()
                    : List.of(hole + " " + (model.length() - begin - model.cardinality()));
            List<String> found = new ArrayList<>();
            ranges.gap((first, count) -> found.add(first + " " + count));
            assertThat(found).as("world %s: %s", world, model).isEqualTo(expected);
        }
    }
}
