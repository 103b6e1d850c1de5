package io.bongsu.rules.correlate;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A cell that keeps the two earliest and the two latest hits. */
class CellTest {
    private static final Bounds TWO = new Bounds(100, 2, 2, 2, 2);
    private static final Trigger COUNT = new Trigger.EventCount(1);
    private static final Trigger RULES =
            new Trigger.Holds(List.of(new Trigger.Test(new Measure.Rules(), Bound.atLeast(2))), 1);
    private static final Trigger VALUES = new Trigger.Holds(
            List.of(
                    new Trigger.Test(new Measure.Distinct("v"), Bound.atLeast(2)),
                    new Trigger.Test(new Measure.Sum("v"), Bound.atLeast(0))),
            1);

    private final Cell cell = new Cell(0);

    private static Kept hit(int time) {
        return hit(time, "m");
    }

    private static Kept hit(int time, String member) {
        return hit(time, member, Map.of());
    }

    private static Kept hit(int time, String member, Map<String, String> values) {
        return new Kept(time, "e", Kept.WHOLE, 10, member, 0, 0, 0, 0, values, 0);
    }

    private void insert(int... times) {
        for (int time : times) {
            assertThat(cell.insert(hit(time))).isTrue();
            cell.reduce(COUNT, TWO);
        }
    }

    private static Cell shuffled(int seed, List<Kept> hits, Trigger trigger) {
        List<Kept> order = new ArrayList<>(hits);
        Random random = new Random(seed);
        Collections.shuffle(order, random);
        Cell cell = new Cell(0);
        for (Kept hit : order) {
            cell.insert(hit);
            if (random.nextBoolean()) {
                cell.reduce(trigger, TWO);
            }
        }
        cell.reduce(trigger, TWO);
        return cell;
    }

    @Test
    void everyOrderKeepsTheSame() {
        for (int seed = 0; seed < 200; seed++) {
            List<Kept> hits = IntStream.range(0, 9).mapToObj(time -> hit(time)).toList();
            Cell cell = shuffled(seed, hits, COUNT);

            assertThat(cell.hits).extracting(Kept::time).containsExactly(0L, 1L, 7L, 8L);
            assertThat(cell.dropped).containsOnlyKeys("");
            assertThat(cell.dropped.get("").hits).isEqualTo(5);
            assertThat(cell.dropped.get("").count).isEqualTo(50);
            assertThat(cell.degraded).isFalse();
        }
    }

    @Test
    void rulesDoNotPushEachOtherOut() {
        List<Kept> hits = new ArrayList<>();
        for (int time = 0; time < 20; time++) {
            hits.add(hit(time, time == 11 ? "rare" : "m"));
        }
        for (int seed = 0; seed < 200; seed++) {
            Cell cell = shuffled(seed, hits, RULES);

            assertThat(cell.hits).extracting(Kept::time).containsExactly(0L, 1L, 11L, 18L, 19L);
            assertThat(cell.dropped).containsOnlyKeys("m");
            assertThat(cell.behind(RULES, 2)).containsExactly(null, "m", null, null, null);
        }
    }

    @Test
    void theFirstAndTheLastOfEachValueStay() {
        List<Kept> hits = new ArrayList<>();
        for (int time = 0; time < 30; time++) {
            String value = time == 9 || time == 14 ? "2" : time == 20 ? "3" : "1";
            hits.add(hit(time, "m", Map.of("v", value)));
        }
        for (int seed = 0; seed < 200; seed++) {
            Cell cell = shuffled(seed, hits, VALUES);

            assertThat(cell.hits).extracting(Kept::time).containsExactly(0L, 1L, 9L, 20L, 28L, 29L);
            assertThat(cell.dropped.get("").totals.get("v"))
                    .isEqualTo(new Dropped.Total(BigDecimal.valueOf(10 * (23 + 2)), 240));
        }
    }

    @Test
    void uncappedWhatIsTakenBackNeverWas() {
        insert(1, 2, 3, 4);
        assertThat(cell.remove(hit(2), COUNT)).isTrue();
        assertThat(cell.remove(hit(2), COUNT)).isFalse();
        assertThat(cell.remove(hit(3, "another member"), COUNT)).isFalse();
        insert(5, 6);

        assertThat(cell.hits).extracting(Kept::time).containsExactly(1L, 3L, 5L, 6L);
        assertThat(cell.dropped.get("").hits).isEqualTo(1);
        assertThat(cell.degraded).isFalse();
    }

    @Test
    void whatWasDroppedCanBeTakenBack() {
        insert(1, 2, 3, 4, 5);
        assertThat(cell.remove(hit(3), COUNT)).isTrue();

        assertThat(cell.hits).extracting(Kept::time).containsExactly(1L, 2L, 4L, 5L);
        assertThat(cell.dropped).isEmpty();
        assertThat(cell.degraded).isFalse();
    }

    @Test
    void whatIsTakenBackFromTheEdgeOfWhatWasDroppedLeavesAGap() {
        insert(1, 2, 5, 8, 9);
        assertThat(cell.remove(hit(1), COUNT)).isTrue();

        assertThat(cell.hits).extracting(Kept::time).containsExactly(2L, 8L, 9L);
        assertThat(cell.degraded).isTrue();
    }

    @Test
    void aRepetitionChangesNothingWhateverComesFirst() {
        Kept one = new Kept(1, "e", Kept.WHOLE, 1, "a", 0, 1, 5, 0, Map.of(), 0);
        Kept copy = new Kept(1, "e", Kept.WHOLE, 1, "a", 0, 0, 9, 0, Map.of(), 0);
        cell.insert(one);
        assertThat(cell.insert(copy)).isFalse();
        assertThat(cell.hits).containsExactly(copy);
        assertThat(cell.insert(one)).isFalse();
        assertThat(cell.hits).containsExactly(copy);
    }

    /** An event that matched two rules is one hit of both, with the values of both. */
    @Test
    void aHitOfTwoRulesIsOneHit() {
        Kept a = new Kept(1, "e", Kept.WHOLE, 1, "a", 0, 1, 5, 0, Map.of("v", "x"), 0);
        Kept b = new Kept(1, "e", Kept.WHOLE, 1, "b", 0, 1, 5, 0, Map.of("v", "y"), 0);
        for (List<Kept> order : List.of(List.of(a, b), List.of(b, a), List.of(a, b, a))) {
            Cell cell = new Cell(0);
            order.forEach(cell::insert);
            assertThat(cell.hits).hasSize(1);
            assertThat(cell.hits.getFirst().members()).containsExactly("a", "b");
            assertThat(Values.unpack(cell.hits.getFirst().values().get("v"))).containsExactly("x", "y");
            assertThat(cell.hits.getFirst().hit().member()).isEqualTo("a");

            assertThat(cell.remove(a, COUNT)).isTrue();
            assertThat(Set.copyOf(cell.hits.getFirst().members())).containsExactly("b");
            assertThat(cell.remove(b, COUNT)).isTrue();
            assertThat(cell.isEmpty()).isTrue();
        }
    }
}
