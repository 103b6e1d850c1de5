package io.bongsu.ingest.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class KeysTest {
    @Test
    void keepsPartsApartWhateverTheyHold() {
        List<String> parts = List.of("a|b", "", "3:x", "봉수\0|", "9:");
        assertThat(Keys.decode(Keys.encode(parts))).isEqualTo(parts);
        assertThat(Keys.encode("ab", "c")).isNotEqualTo(Keys.encode("a", "bc"));
    }
}
