package io.bongsu.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.Codec;
import io.bongsu.model.Events;
import io.bongsu.model.Micros;
import io.bongsu.model.Topics;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnpackTest {
    @ParameterizedTest
    @CsvSource({
        "2026-11-22T23:59:59.999999Z, 2026.11.22",
        "2026-11-23T00:00:00Z, 2026.11.23",
        "1970-01-01T00:00:00Z, 1970.01.01",
        "1969-12-31T23:59:59Z, 1970.01.01",
        "9999-12-31T00:00:00Z, 1970.01.01"
    })
    void theIndexIsTheDayOfTheAppendTime(String appended, String day) {
        assertThat(Target.events(Micros.of(java.time.Instant.parse(appended))))
                .isEqualTo("logs-bongsu.events-default-" + day);
    }

    @Test
    void anUnknownAppendTimeStillHasAnIndex() {
        assertThat(Target.events(Micros.UNKNOWN)).isEqualTo("logs-bongsu.events-default-1970.01.01");
    }

    /** Whatever lies in a topic, there is a part for it. */
    @Test
    void noBytesThrow() {
        byte[] whole = Codec.encode(Records.events(1, 3));
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 5_000; i++) {
            byte[] value = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
            for (int flips = random.nextInt(4); flips > 0 && value.length > 0; flips--) {
                value[random.nextInt(value.length)] = (byte) random.nextInt();
            }
            assertThat(Unpack.parts(Records.record(Topics.EVENTS, 0, i, value))).isNotNull();
        }
    }

    @Test
    void anEventsRecordMayBeEmpty() {
        Events empty = Records.events(1, 0);

        assertThat(Unpack.parts(Records.record(Topics.EVENTS, 0, 0, empty))).isEmpty();
    }

    @Test
    void whatDoesNotFitIntoADeadLetterIsCutAndSaid() {
        byte[] value = new byte[Topics.MAX_RECORD_BYTES];

        var part = (Unpack.Part.Refused)
                Unpack.parts(Records.record(Topics.EVENTS, 0, 0, value)).getFirst();

        assertThat(part.letter().getData().remaining()).isEqualTo(Refusal.MAX_DATA);
        assertThat(part.letter().getMessage())
                .isEqualTo("no Avro single-object header (data cut from 16777216 to 16515072 bytes)");
        assertThat(Codec.encode(part.letter()).length).isLessThan(Topics.MAX_RECORD_BYTES);
    }
}
