package io.bongsu.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortsTest {
    /** With 12,000 to choose from, a hundred taken at random would have one twice in a third of all runs, six hundred always. */
    @Test
    void noPortIsGivenOutTwice() {
        Set<Integer> given = new HashSet<>();
        for (int i = 0; i < 600; i++) {
            int port = Ports.free();
            assertThat(port).isBetween(20_000, 31_999);
            assertThat(given.add(port)).as("port %d is new", port).isTrue();
        }
    }
}
