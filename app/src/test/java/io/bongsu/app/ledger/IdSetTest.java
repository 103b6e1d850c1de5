package io.bongsu.app.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.EventId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class IdSetTest {
    private static final String ONE = EventId.prefix("shipper", 1, "syslog-tcp/192.0.2.1");
    private static final String TWO = EventId.prefix("shipper", 2, "syslog-tcp/192.0.2.1");

    @Test
    void isTheSetThatJavaHas() {
        Random random = new Random(1);
        IdSet ids = new IdSet();
        TreeSet<String> model = new TreeSet<>();
        for (int i = 0; i < 100_000; i++) {
            long sequence = random.nextBoolean() ? random.nextInt(3_000) : (1L << 47) - random.nextInt(40_000);
            String id = EventId.of(random.nextBoolean() ? ONE : TWO, sequence);
            assertThat(IdSet.isId(id)).isTrue();
            if (random.nextInt(3) == 0) {
                assertThat(ids.remove(id)).isEqualTo(model.remove(id));
            } else {
                assertThat(ids.add(id)).isEqualTo(model.add(id));
            }
        }
        TreeSet<String> all = new TreeSet<>();
        ids.forEach(all::add);
        assertThat(all).isEqualTo(model);
        assertThat(ids.size()).isEqualTo(model.size());
    }

    @Test
    void namesTheFirstNumberThatIsMissingAndHowManyAre() {
        IdSet ids = new IdSet();
        for (long sequence : new long[] {5, 6, 9, 20_000}) {
            ids.add(ONE, sequence);
        }
        ids.add(TWO, 3);
        ids.add(TWO, 4);
        List<String> gaps = new ArrayList<>();
        ids.gaps((prefix, first, count) -> gaps.add(EventId.of(prefix, first) + " " + count));
        assertThat(gaps).containsExactly(EventId.of(ONE, 7) + " " + (20_000 - 5 + 1 - 4));
    }

    @Test
    void whatIsNoIdIsNone() {
        assertThat(IdSet.isId("by-hand")).isFalse();
        assertThat(IdSet.isId(EventId.of(ONE, 1) + "0")).isFalse();
        assertThat(IdSet.isId(EventId.of(ONE, 1).toUpperCase(java.util.Locale.ROOT)))
                .isFalse();
    }
}
