package io.bongsu.ingest.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PartitionClockTest {
    private static final long S = 1_000_000L;
    private static final long IDLE = 120 * S;
    private static final long HOLD = 3_600 * S;
    private static final long T0 = 1_790_000_000L * S;

    private final Map<String, byte[]> stored = new HashMap<>();
    private final PartitionClock clock = clock();

    private PartitionClock clock() {
        return new PartitionClock(IDLE, HOLD, (key, value) -> {
            if (value == null) {
                stored.remove(key);
            } else {
                stored.put(key, value);
            }
        });
    }

    private void line(String source, long event, long received) {
        clock.line("s", source, event, received, received);
        clock.settle();
    }

    private void beat(long now) {
        clock.heartbeat("s", now, now);
        clock.settle();
    }

    @Test
    void isUnknownBeforeTheFirstRecord() {
        assertThat(clock.now()).isEqualTo(Long.MIN_VALUE / 4);
    }

    @Test
    void withoutAnyFeedItStaysHoldBehindWhileThePartitionIsNewAndIdleBehindLater() {
        beat(T0);
        assertThat(clock.now()).isEqualTo(T0 - HOLD);
        beat(T0 + 599 * S);
        assertThat(clock.now()).isEqualTo(T0 + 599 * S - HOLD);
        beat(T0 + 600 * S);
        assertThat(clock.now()).isEqualTo(T0 + 600 * S - IDLE);
    }

    @Test
    void theFirstLogsMayBeOld() {
        beat(T0);
        line("import", T0 - 3_000 * S, T0 + 300 * S);
        assertThat(clock.now()).isEqualTo(T0 - 3_000 * S);
        beat(T0 + 700 * S);
        assertThat(clock.now()).as("it has a source now").isEqualTo(T0 - 2_600 * S);
    }

    @Test
    void followsTheEventTimeOfAFeedAndHeartbeatsCarryItOn() {
        line("a", T0 - 5 * S, T0);
        assertThat(clock.now()).isEqualTo(T0 - 5 * S);
        beat(T0 + 60 * S);
        assertThat(clock.now()).isEqualTo(T0 + 55 * S);
    }

    @Test
    void aClockThatRunsAheadNeverPassesTheReceiveTime() {
        line("ahead", T0 + 3_600 * S, T0);
        assertThat(clock.now()).isEqualTo(T0);
    }

    @Test
    void aShipperWhoseClockIsAheadByLessThanHoldMakesNobodyLate() {
        line("good", T0, T0);
        clock.heartbeat("ahead", T0 + 3_000 * S, T0 + S);
        clock.line("ahead", "x", T0 + 3_000 * S, T0 + 3_000 * S, T0 + S);
        line("good", T0 + S, T0 + S);
        assertThat(clock.now()).isEqualTo(T0 + S);
    }

    @Test
    void aShipperWhoseClockIsBehindIsWaitedForUntilItIsSetRight() {
        line("good", T0, T0);
        clock.line("behind", "x", T0 + S, T0 - 600 * S, T0 + S);
        line("good", T0 + 100 * S, T0 + 100 * S);
        assertThat(clock.now()).as("it never goes back, and does not go on").isEqualTo(T0);
        clock.heartbeat("behind", T0 + 100 * S, T0 + 101 * S);
        clock.settle();
        assertThat(clock.now()).isEqualTo(T0 + 100 * S);
    }

    @Test
    void theSlowestFeedHoldsItBackButNotForMoreThanHold() {
        line("slow", T0 - 600 * S, T0);
        line("good", T0, T0);
        assertThat(clock.now()).isEqualTo(T0 - 600 * S);
        line("broken", T0 - 9_000_000 * S, T0 + S);
        assertThat(clock.now()).as("never goes back").isEqualTo(T0 - 600 * S);
        beat(T0 + 3_500 * S);
        assertThat(clock.now()).isEqualTo(T0 + 3_500 * S - HOLD);
    }

    @Test
    void aFeedIsAsLateAsItsMostPunctualLine() {
        line("a", T0 - 100 * S, T0);
        line("a", T0 - 10 * S, T0 + S);
        line("a", T0 - 300 * S, T0 + 2 * S);
        assertThat(clock.now()).isEqualTo(T0 - 9 * S);
    }

    @Test
    void aSilentShipperIsGivenUpAfterIdle() {
        clock.line("dead", "x", T0 - 600 * S, T0, T0);
        line("good", T0, T0);
        for (long t = T0; t <= T0 + IDLE; t += S) {
            line("good", t, t);
        }
        assertThat(clock.now()).isEqualTo(T0 - 600 * S);
        for (long t = T0 + IDLE; t <= T0 + IDLE + 70 * S; t += S) {
            line("good", t, t);
        }
        assertThat(clock.now()).isEqualTo(T0 + IDLE + 70 * S);
    }

    @Test
    void aFeedThatWasOnlyAnImportIsGivenUpAfterHold() {
        line("import", T0 - 1_800 * S, T0);
        for (long t = T0; t <= T0 + HOLD + 120 * S; t += S) {
            line("good", t, t);
        }
        assertThat(clock.now()).isEqualTo(T0 + HOLD + 120 * S);
    }

    /** Whoever continues from what was stored decides the same as whoever went on. */
    @Test
    void isTheSameAfterARestartAtEveryStep() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            stored.clear();
            PartitionClock straight = new PartitionClock(IDLE, HOLD, (key, value) -> {});
            PartitionClock restarted = clock();
            long now = T0;
            for (int i = 0; i < 2_000; i++) {
                now += random.nextInt(5_000) * 1_000L;
                String shipper = "s" + random.nextInt(2);
                if (shipper.equals("s1") && i % 500 > 300) {
                    continue;
                }
                String source = "f" + random.nextInt(5);
                long event = now - random.nextInt(4_000) * S / (1 + random.nextInt(4));
                boolean beat = random.nextInt(4) == 0;
                PartitionClock next = clock();
                new HashMap<>(stored).forEach(next::load);
                restarted = next;
                for (PartitionClock c : new PartitionClock[] {straight, restarted}) {
                    if (beat) {
                        c.heartbeat(shipper, now, now);
                    } else {
                        c.line(shipper, source, event, now, now);
                    }
                    c.settle();
                }
                assertThat(restarted.now()).as("seed %d, step %d", seed, i).isEqualTo(straight.now());
            }
        }
    }
}
