package io.bongsu.ingest.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SequencesTest {
    @Test
    void tellsRepeatsAndGaps() {
        Sequences s = Sequences.load(null);
        assertThat(s.take(1, 0)).isTrue();
        assertThat(s.take(1, 1)).isTrue();
        assertThat(s.take(1, 1)).as("repeat").isFalse();
        assertThat(s.take(1, 5)).isTrue();
        assertThat(s.missing()).as("2, 3, 4").isEqualTo(3);
        assertThat(s.take(2, 0)).as("a new start").isTrue();
        assertThat(s.take(1, 5)).as("repeat of the start before").isFalse();
        assertThat(s.take(1, 6)).isTrue();
    }

    /** A record that Kafka refused comes again behind later ones: its lines are not repeats. */
    @Test
    void whatWasMissingMayStillCome() {
        Sequences s = Sequences.load(null);
        s.take(1, 9);
        s = Sequences.load(s.save());
        assertThat(s.take(1, 4)).isTrue();
        assertThat(s.take(1, 4)).isFalse();
        assertThat(s.take(1, 0)).isTrue();
        assertThat(s.take(1, 8)).isTrue();
        assertThat(s.missing()).isEqualTo(-3);
    }

    @Test
    void epochsTooOldToTellAreNotLost() {
        Sequences s = Sequences.load(null);
        for (long epoch = 1; epoch <= 6; epoch++) {
            s.take(epoch, 0);
            s = Sequences.load(s.save());
        }
        assertThat(s.take(6, 0)).isFalse();
        assertThat(s.take(3, 0)).isFalse();
        assertThat(s.take(2, 0)).isTrue();
    }

    @Test
    void agreesWithASetInAnyOrder() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            Set<Long> seen = new HashSet<>();
            Sequences s = Sequences.load(null);
            for (int i = 0; i < 200; i++) {
                long sequence = i / 2 + random.nextInt(20);
                assertThat(s.take(1, sequence))
                        .as("seed %d, line %d", seed, sequence)
                        .isEqualTo(seen.add(sequence));
                s = Sequences.load(s.save());
            }
        }
    }

    /** Of a file: a line goes from the end of the one before to its line feed, and blank lines have no number. */
    @Test
    void linesOfAFileHavePlaces() {
        Sequences s = Sequences.load(null);
        assertThat(s.take(0, 0, 9)).isTrue();
        assertThat(s.take(0, 10, 31)).isTrue();
        assertThat(s.take(0, 10, 31)).as("read again after a restart").isFalse();
        assertThat(s.missing()).isZero();
        s.take(0, 50, 59);
        assertThat(s.missing()).as("at least one line").isEqualTo(1);
        assertThat(s.take(0, 32, 40)).isTrue();
        s = Sequences.load(s.save());
        assertThat(s.take(0, 41, 49)).isTrue();
        assertThat(s.take(0, 41, 49)).isFalse();
        assertThat(s.missing()).isEqualTo(-1);
        assertThat(s.take(1, 0, 9)).as("begun anew").isTrue();
    }

    /** "start: end", and then all of it after the checkpoint was deleted: what was not read before is not a repeat. */
    @Test
    void whatLiesBeforeTheStartOfAFileIsNotMissingButMayCome() {
        Sequences s = Sequences.load(null);
        s.take(0, 1_000, 1_009);
        assertThat(s.missing()).isZero();
        assertThat(s.take(0, 0, 499)).isTrue();
        assertThat(s.take(0, 500, 999)).isTrue();
        assertThat(s.take(0, 1_000, 1_009)).isFalse();
    }

    /** A last line that was taken as it was, and later read again with its end: nothing of it is lost. */
    @Test
    void aLineThatGrewIsNotARepeat() {
        Sequences s = Sequences.load(null);
        s.take(0, 0, 9);
        assertThat(s.take(0, 10, 14)).isTrue();
        assertThat(s.take(0, 10, 19)).isTrue();
        assertThat(s.missing()).isZero();
    }
}
