package io.bongsu.rules.correlate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A cell that keeps the two earliest and the two latest hits. */
class CellTest {
    private final Cell cell = new Cell(0);

    private static Kept hit(int time) {
        return hit(time, "m");
    }

    private static Kept hit(int time, String member) {
        return new Kept(time, "e", Kept.WHOLE, 10, member, 0, 0, 0, 0, Map.of());
    }

    private void insert(int... times) {
        for (int time : times) {
            assertThat(cell.insert(hit(time), 2)).isTrue();
        }
    }

    private List<Long> early() {
        return cell.hits.subList(0, cell.early).stream().map(Kept::time).toList();
    }

    private List<Long> late() {
        return cell.hits.subList(cell.early, cell.hits.size()).stream()
                .map(Kept::time)
                .toList();
    }

    @Test
    void everyOrderKeepsTheSame() {
        for (int seed = 0; seed < 200; seed++) {
            List<Integer> order = new ArrayList<>(IntStream.range(0, 9).boxed().toList());
            Collections.shuffle(order, new Random(seed));
            Cell shuffled = new Cell(0);
            order.forEach(time -> shuffled.insert(hit(time), 2));

            assertThat(shuffled.hits).extracting(Kept::time).containsExactly(0L, 1L, 7L, 8L);
            assertThat(shuffled.early).isEqualTo(2);
            assertThat(shuffled.dropped).isEqualTo(5);
            assertThat(shuffled.droppedCount).isEqualTo(50);
            assertThat(shuffled.degraded).isFalse();
        }
    }

    @Test
    void uncappedWhatIsTakenBackNeverWas() {
        insert(1, 2, 3, 4);
        assertThat(cell.remove(hit(2))).isTrue();
        assertThat(cell.remove(hit(2))).isFalse();
        assertThat(cell.remove(hit(3, "another member"))).isFalse();
        insert(5, 6);

        assertThat(early()).containsExactly(1L, 3L);
        assertThat(late()).containsExactly(5L, 6L);
        assertThat(cell.dropped).isEqualTo(1);
        assertThat(cell.degraded).isFalse();
    }

    @Test
    void whatWasDroppedCanBeTakenBack() {
        insert(1, 2, 3, 4, 5);
        assertThat(cell.remove(hit(3))).isTrue();

        assertThat(cell.hits).extracting(Kept::time).containsExactly(1L, 2L, 4L, 5L);
        assertThat(cell.dropped).isZero();
        assertThat(cell.droppedCount).isZero();
        assertThat(cell.degraded).isFalse();
    }

    @Test
    void whatIsTakenBackFromTheEdgeOfWhatWasDroppedLeavesAGap() {
        insert(1, 2, 5, 8, 9);
        assertThat(cell.remove(hit(1))).isTrue();
        assertThat(early()).containsExactly(2L);
        assertThat(late()).containsExactly(8L, 9L);
        assertThat(cell.degraded).isTrue();

        insert(3);
        assertThat(early()).containsExactly(2L, 3L);
        assertThat(cell.remove(hit(9))).isTrue();
        assertThat(late()).containsExactly(8L);
        insert(7);
        assertThat(late()).containsExactly(7L, 8L);
        insert(6);
        assertThat(late()).containsExactly(7L, 8L);
        assertThat(cell.dropped).isEqualTo(2);
    }

    @Test
    void aRepetitionChangesNothingWhateverComesFirst() {
        Kept one = new Kept(1, "e", Kept.WHOLE, 1, "a", 0, 1, 5, 0, Map.of());
        Kept copy = new Kept(1, "e", Kept.WHOLE, 1, "a", 0, 0, 9, 0, Map.of());
        cell.insert(one, 2);
        assertThat(cell.insert(copy, 2)).isFalse();
        assertThat(cell.hits).containsExactly(copy);
        assertThat(cell.insert(one, 2)).isFalse();
        assertThat(cell.hits).containsExactly(copy);
    }
}
