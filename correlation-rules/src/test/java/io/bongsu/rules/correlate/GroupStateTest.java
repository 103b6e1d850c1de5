package io.bongsu.rules.correlate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bongsu.rules.RuleInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GroupStateTest {
    private final Correlation rule = new Correlation(
            new RuleInfo("r", "R", "low", "0123456789abcdef", Map.of()),
            List.of("g"),
            List.of("m"),
            new Trigger.EventCount(5),
            new Spans(60_000_000, 3_600_000_000L, 300_000_000),
            Place.ALONE);

    private static CorrelationHit hit(String event, long time) {
        return new CorrelationHit("m", event, time, time + 1, 3, 7, 1, 1, Map.of(), false);
    }

    /** Event ids of any form come back as they were, in the order of their text. */
    @Test
    void evidenceKeepsEveryKindOfIdAndField() {
        List<CorrelationHit> hits = new ArrayList<>(List.of(
                hit("", 5),
                hit("9f3c1a2b4d5e6f70-00000001-00000000000f", 5),
                hit("9f3c1a2b4d5e6f70-00000001-000000000010", 5),
                hit("9f3c1a2b4d5e6f70-00000001-00000000001F", 5),
                hit("9f3c1a2b4d5e6f70-00000001-", 5),
                hit("9f3c1a2b4d5e6f71-00000001-ffffffffffff", 5),
                hit("봉수-\u0000", 5),
                new CorrelationHit("", "x", -9, Long.MIN_VALUE / 4, 0, 0, 0, 1, Map.of(), false),
                new CorrelationHit(
                        "other",
                        "y",
                        9,
                        Long.MAX_VALUE,
                        255,
                        Long.MAX_VALUE,
                        -1,
                        1_000_000,
                        Map.of("a", "b", "", "é"),
                        false)));
        GroupState state = rule.open(List.of("host"), Long.MIN_VALUE / 4);
        rule.add(state, hits);

        GroupState read = GroupState.fromBytes(state.toBytes());
        List<AlertRevision> said = new ArrayList<>(rule.advance(read, Long.MAX_VALUE));

        hits.sort((a, b) -> a.time() != b.time()
                ? Long.compare(a.time(), b.time())
                : a.event().compareTo(b.event()));
        assertThat(said).hasSize(1);
        assertThat(said.getFirst().evidence()).isEqualTo(hits);
        assertThat(said.getFirst().group()).containsExactly("host");
    }

    /** Degraded is what an alert stays, whether its hits are still there or settled. */
    @Test
    void degradedSurvivesTheBytes() {
        GroupState state = rule.open(List.of("host"), 0);
        for (int i = 0; i < 200; i++) {
            rule.add(state, List.of(hit("e" + i, 1_000 + i)));
        }
        rule.add(state, List.of(new CorrelationHit("m", "e0", 1_000, 0, 0, 0, 0, 1, Map.of(), true)));

        GroupState hitsThere = GroupState.fromBytes(state.toBytes());
        GroupState settled = GroupState.fromBytes(state.toBytes());
        assertThat(rule.advance(settled, rule.due(settled))).isEmpty();
        assertThat(settled.cells).isEmpty();
        settled = GroupState.fromBytes(settled.toBytes());

        AlertRevision alert = rule.advance(hitsThere, Long.MAX_VALUE).getFirst();
        assertThat(alert.degraded()).isTrue();
        assertThat(alert.count()).isEqualTo(199);
        assertThat(rule.advance(settled, Long.MAX_VALUE)).containsExactly(alert);
    }

    @Test
    void aHitTakesFewBytes() {
        Random random = new Random(1);
        GroupState state = rule.open(List.of("203.0.113.7"), 0);
        List<CorrelationHit> hits = new ArrayList<>();
        long time = 1_795_000_000_000_000L;
        for (int i = 0; i < 100; i++) {
            time += random.nextInt(20_000_000);
            String event = String.format("9f3c1a2b4d5e6f70-00000001-%012x", 1_000_000 + 3 * i);
            hits.add(new CorrelationHit(
                    "ssh-failed",
                    event,
                    time,
                    time + 40_000 + random.nextInt(1_000),
                    3,
                    5_000 + i,
                    17,
                    1,
                    Map.of(),
                    false));
        }
        rule.add(state, hits);
        assertThat(state.toBytes().length / 100).isLessThan(20);
    }

    @Test
    void damagedBytesAreRefusedAndNothingElse() {
        GroupState state = rule.open(List.of("host"), 0);
        for (int i = 0; i < 20; i++) {
            rule.add(state, List.of(hit("9f3c1a2b4d5e6f70-00000001-" + String.format("%012x", i), 100 + i)));
        }
        byte[] bytes = state.toBytes();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> GroupState.fromBytes(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        assertThatThrownBy(() -> GroupState.fromBytes(longer)).isInstanceOf(IllegalArgumentException.class);
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = bytes.clone();
            damaged[random.nextInt(bytes.length)] = (byte) random.nextInt();
            try {
                GroupState.fromBytes(damaged).toBytes();
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageMatching("(not the state of a group|state of a group in version).*");
            }
        }
    }

    @Test
    void anotherVersionIsNamed() {
        assertThatThrownBy(() -> GroupState.fromBytes(new byte[] {9, 0}))
                .hasMessage("state of a group in version 9; this reads up to 3");
    }
}
