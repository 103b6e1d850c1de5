package io.bongsu.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.Event;
import io.bongsu.model.Events;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TallyTest {
    @Test
    void receivedIsTheSumOfWhatBecameOfIt() {
        Event event = new Event("id", 0, 0L, 0L, 1L, "x", "x", List.of(), Map.of());

        Tally tally = Tally.NOTHING
                .plus(events(7, 1, 2, 1, Map.of("filter", 1), 2, List.of(event)))
                .plus(events(3, 0, 0, 1, Map.of("filter", 1, "empty", 1), -2, List.of()));

        assertThat(tally).isEqualTo(new Tally(10, 1, 2, 2, Map.of("filter", 2L, "empty", 1L), 1, 0, 0));
        assertThat(tally.accounted()).isEqualTo(9);
        assertThat(tally.balanced()).isFalse();
    }

    private static Events events(
            int received,
            int duplicates,
            int merged,
            int letters,
            Map<String, Integer> dropped,
            int pending,
            List<Event> events) {
        return new Events(
                "s", 1L, "udp/1", 0, 0L, 0L, received, duplicates, merged, letters, dropped, pending, 0L, events);
    }
}
