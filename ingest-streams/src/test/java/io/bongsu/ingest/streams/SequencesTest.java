package io.bongsu.ingest.streams;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SequencesTest {
    @Test
    void tellsRepeatsAndGaps() {
        Sequences s = Sequences.load(null);
        assertThat(s.take(1, 0)).isZero();
        assertThat(s.take(1, 1)).isZero();
        assertThat(s.take(1, 1)).as("repeat").isEqualTo(-1);
        assertThat(s.take(1, 5)).as("2, 3, 4 are missing").isEqualTo(3);
        assertThat(s.take(2, 0)).as("a new start").isZero();
        assertThat(s.take(1, 5)).as("repeat of the start before").isEqualTo(-1);
        assertThat(s.take(1, 6)).isZero();
    }

    @Test
    void isTheSameWhenStored() {
        Sequences s = Sequences.load(null);
        for (long epoch = 1; epoch <= 6; epoch++) {
            s.take(epoch, 0);
            s = Sequences.load(s.save());
        }
        assertThat(s.take(6, 0)).isEqualTo(-1);
        assertThat(s.take(3, 0)).isEqualTo(-1);
        assertThat(s.take(2, 0)).as("too old to tell: not lost").isZero();
    }
}
