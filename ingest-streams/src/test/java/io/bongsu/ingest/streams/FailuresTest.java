package io.bongsu.ingest.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.ingest.streams.Failures.Answer;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.junit.jupiter.api.Test;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

class FailuresTest {
    private final Failures failures = new Failures();

    @Test
    void aThreadIsReplacedUntilItFailsAgainAndAgain() {
        for (int i = 0; i < Failures.PATIENCE; i++) {
            assertThat(failures.next(new IllegalStateException(), i)).isEqualTo(Answer.REPLACE);
        }
        assertThat(failures.next(new IllegalStateException(), 9)).isEqualTo(Answer.GIVE_UP);
    }

    @Test
    void whatIsLongPastDoesNotCount() {
        for (int i = 0; i < 20; i++) {
            assertThat(failures.next(new IllegalStateException(), i * Failures.WINDOW / 4))
                    .isEqualTo(Answer.REPLACE);
        }
    }

    @Test
    void damagedStateIsWipedAndAFullDiskIsNot() {
        Status damaged = new Status(Status.Code.Corruption, Status.SubCode.None, "block checksum mismatch");
        Status full = new Status(Status.Code.IOError, Status.SubCode.NoSpace, "No space left on device");
        assertThat(failures.next(state(damaged), 0)).isEqualTo(Answer.WIPE);
        assertThat(failures.next(state(full), 0)).isEqualTo(Answer.REPLACE);
    }

    private static ProcessorStateException state(Status status) {
        return new ProcessorStateException("Error opening store", new RocksDBException("store", status));
    }
}
