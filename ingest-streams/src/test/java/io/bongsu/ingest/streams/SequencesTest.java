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
}
