package io.bongsu.rules.correlate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.bongsu.rules.RuleInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the user sees, in examples: five failed logins of one address within a minute, an hour of quiet between alerts. */
class CorrelationTest {
    private static final long SECOND = 1_000_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long UNKNOWN = Long.MIN_VALUE / 4;
    private static final long NINE = Instant.parse("2026-11-22T09:00:00Z").getEpochSecond() * SECOND;
    private static final RuleInfo INFO = new RuleInfo("ssh-guessing", "Guessing", "high", "0123456789abcdef", Map.of());

    private final Correlation rule = rule(5, MINUTE, HOUR, 5 * MINUTE);
    private final GroupState state = rule.open(List.of("203.0.113.7"), UNKNOWN);
    private final List<AlertRevision> said = new ArrayList<>();
    private int events;

    private static Correlation rule(long atLeast, long timespan, long quiet, long lateness) {
        return new Correlation(
                INFO,
                List.of("source.ip"),
                List.of("ssh-failed"),
                new Trigger.EventCount(atLeast),
                new Spans(timespan, quiet, lateness),
                Place.ALONE);
    }

    private CorrelationHit hit(long time) {
        return hit(time, 1);
    }

    private CorrelationHit hit(long time, int count) {
        String event = String.format("9f3c1a2b4d5e6f70-00000001-%012x", ++events);
        return new CorrelationHit("ssh-failed", event, time, time + SECOND, 0, events, 0, count, Map.of(), false);
    }

    private void failedLogins(long... times) {
        for (long time : times) {
            said.addAll(rule.add(state, List.of(hit(time))));
        }
    }

    private void settle() {
        said.addAll(rule.advance(state, Long.MAX_VALUE));
        assertThat(state.isEmpty()).isTrue();
        assertThat(rule.due(state)).isEqualTo(Long.MAX_VALUE);
    }

    private AlertRevision last() {
        return said.getLast();
    }

    @Test
    void fiveWithinAMinuteFireAtOnce() {
        failedLogins(NINE, NINE + SECOND, NINE + 2 * SECOND, NINE + 3 * SECOND);
        assertThat(said).isEmpty();

        failedLogins(NINE + 4 * SECOND);

        assertThat(said).hasSize(1);
        assertThat(last().status()).isEqualTo(Status.OPEN);
        assertThat(last().revision()).isEqualTo(1);
        assertThat(last().start()).isEqualTo(NINE);
        assertThat(last().time()).isEqualTo(NINE + 4 * SECOND);
        assertThat(last().end()).isEqualTo(NINE + 4 * SECOND);
        assertThat(last().count()).isEqualTo(5);
        assertThat(last().evidence()).extracting(CorrelationHit::line).hasSize(5);
        assertThat(last().triggered()).isEqualTo(NINE + 5 * SECOND);
        assertThat(last().id())
                .isEqualTo(rule.alertId(List.of("203.0.113.7"), NINE))
                .hasSize(32);
    }

    @Test
    void fourDoNot() {
        failedLogins(NINE, NINE + SECOND, NINE + 2 * SECOND, NINE + 3 * SECOND);
        settle();

        assertThat(said).isEmpty();
    }

    @Test
    void fiveOverHoursDoNot() {
        failedLogins(NINE, NINE + HOUR, NINE + 2 * HOUR, NINE + 3 * HOUR, NINE + 4 * HOUR);
        settle();

        assertThat(said).isEmpty();
    }

    @Test
    void theWindowIsInclusiveAndSlidesOverTheMinuteAndTheHour() {
        failedLogins(NINE - 30 * SECOND, NINE - 20 * SECOND, NINE - 10 * SECOND, NINE + 10 * SECOND);
        failedLogins(NINE + 30 * SECOND);
        assertThat(said).hasSize(1);
    }

    @Test
    void aMicrosecondMoreThanTheTimespanIsTooMuch() {
        failedLogins(NINE, NINE + 1, NINE + 2, NINE + 3, NINE + MINUTE + 1);
        assertThat(said).isEmpty();
    }

    @Test
    void fiveAtOneInstantFire() {
        failedLogins(NINE, NINE, NINE, NINE, NINE);
        assertThat(said).hasSize(1);
    }

    @Test
    void aFifthThatComesLateFires() {
        failedLogins(NINE, NINE + SECOND, NINE + 2 * SECOND, NINE + 4 * SECOND);
        said.addAll(rule.advance(state, NINE));
        assertThat(said).isEmpty();

        failedLogins(NINE + 3 * SECOND);

        assertThat(last().time()).isEqualTo(NINE + 4 * SECOND);
    }

    @Test
    void aMessageRepeatedFiveTimesFires() {
        said.addAll(rule.add(state, List.of(hit(NINE, 5))));

        assertThat(last().count()).isEqualTo(5);
        assertThat(last().evidence()).hasSize(1);
        assertThat(last().capped()).isFalse();
    }

    @Test
    void theSameLineTwiceCountsOnce() {
        CorrelationHit one = hit(NINE);
        said.addAll(rule.add(state, List.of(one, one, one)));
        said.addAll(rule.add(state, List.of(one, one)));
        assertThat(said).isEmpty();
    }

    /** Also where hits are dropped, and cannot be known again: both hits of an event come in one record. */
    @Test
    void anEventThatMatchedTwoOfTheRulesCountsOnce() {
        for (int record = 0; record < 20; record++) {
            List<CorrelationHit> hits = new ArrayList<>();
            for (String member : List.of("b", "a")) {
                for (int line = 0; line < 30; line++) {
                    String event = String.format("9f3c1a2b4d5e6f70-00000001-%012x", record * 30 + line);
                    hits.add(new CorrelationHit(
                            member, event, NINE + line * SECOND, NINE, 0, record, line, 1, Map.of(), false));
                }
            }
            said.addAll(rule.add(state, hits));
        }
        settle();

        assertThat(last().count()).isEqualTo(600);
        assertThat(last().evidence()).extracting(CorrelationHit::member).containsOnly("a");
    }

    @Test
    void aLongAttackIsOneAlertThatGrowsWithEachDoubling() {
        for (int i = 0; i < 1_000; i++) {
            failedLogins(NINE + i * 7 * SECOND);
            said.addAll(rule.advance(state, NINE + i * 7 * SECOND - 5 * MINUTE));
        }
        settle();

        assertThat(said)
                .extracting(AlertRevision::revision, AlertRevision::status, AlertRevision::count)
                .containsExactly(
                        tuple(1, Status.OPEN, 5L),
                        tuple(2, Status.OPEN, 10L),
                        tuple(3, Status.OPEN, 20L),
                        tuple(4, Status.OPEN, 40L),
                        tuple(5, Status.OPEN, 80L),
                        tuple(6, Status.OPEN, 160L),
                        tuple(7, Status.OPEN, 320L),
                        tuple(8, Status.OPEN, 640L),
                        tuple(9, Status.CLOSED, 1_000L));
        assertThat(said).extracting(AlertRevision::id).containsOnly(last().id());
        assertThat(last().capped()).isTrue();
        assertThat(last().evidence()).hasSize(100);
        assertThat(last().evidence().getFirst().time()).isEqualTo(NINE);
        assertThat(last().evidence().getLast().time()).isEqualTo(last().end());
    }

    @Test
    void whatAnAttackCameToIsSaidWhenItFallsSilentAndNotOnlyAnHourLater() {
        for (int i = 0; i < 8; i++) {
            failedLogins(NINE + i * SECOND);
        }
        said.addAll(rule.advance(state, NINE + 30 * SECOND));
        assertThat(last()).returns(5L, AlertRevision::count);

        said.addAll(rule.advance(state, NINE + 5 * MINUTE));
        said.addAll(rule.advance(state, NINE + 20 * MINUTE));
        assertThat(said)
                .extracting(AlertRevision::revision, AlertRevision::status, AlertRevision::count)
                .containsExactly(tuple(1, Status.OPEN, 5L), tuple(2, Status.OPEN, 8L));
        assertThat(last().evidence()).hasSize(8);

        settle();
        assertThat(last())
                .returns(3, AlertRevision::revision)
                .returns(Status.CLOSED, AlertRevision::status)
                .returns(8L, AlertRevision::count);
    }

    /** Two attacks an hour and a half apart are two alerts; what comes late between them shows that it was one. */
    @Test
    void twoAttacksJoinedByLateHitsBecomeOne() {
        failedLogins(NINE, NINE, NINE, NINE, NINE);
        failedLogins(
                NINE + 90 * MINUTE, NINE + 90 * MINUTE, NINE + 90 * MINUTE, NINE + 90 * MINUTE, NINE + 90 * MINUTE);
        assertThat(said).extracting(AlertRevision::status).containsExactly(Status.OPEN, Status.OPEN);
        String first = said.get(0).id();
        String second = said.get(1).id();

        long between = NINE + 45 * MINUTE;
        said.addAll(rule.add(state, List.of(hit(between), hit(between), hit(between), hit(between), hit(between))));

        assertThat(said.subList(2, said.size()))
                .extracting(
                        AlertRevision::id, AlertRevision::revision, AlertRevision::status, AlertRevision::supersededBy)
                .containsExactly(tuple(second, 2, Status.WITHDRAWN, first), tuple(first, 2, Status.OPEN, null));
        settle();
        assertThat(last())
                .returns(first, AlertRevision::id)
                .returns(3, AlertRevision::revision)
                .returns(Status.CLOSED, AlertRevision::status)
                .returns(15L, AlertRevision::count);
    }

    @Test
    void afterAnHourAndAMinuteOfQuietThereIsANewAlert() {
        failedLogins(NINE, NINE, NINE, NINE, NINE);
        failedLogins(
                NINE + 61 * MINUTE, NINE + 61 * MINUTE, NINE + 61 * MINUTE, NINE + 61 * MINUTE, NINE + 61 * MINUTE);
        settle();
        assertThat(last().count()).isEqualTo(10);
        said.clear();

        failedLogins(NINE, NINE, NINE, NINE, NINE);
        assertThat(said).as("the time is settled").isEmpty();
        assertThat(state.ignored()).isEqualTo(5);
    }

    /** What is settled up to exactly the end of the quiet time may still be joined by what fires at that instant. */
    @Test
    void anAlertIsNotClosedAtTheVeryEndOfTheQuietTime() {
        failedLogins(NINE, NINE, NINE, NINE, NINE, NINE + 59 * MINUTE);
        said.addAll(rule.advance(state, NINE + 59 * MINUTE));
        said.addAll(rule.advance(state, NINE + 61 * MINUTE));
        long end = NINE + 61 * MINUTE;
        failedLogins(end, end, end, end, end);
        settle();

        assertThat(said).extracting(AlertRevision::id).containsOnly(rule.alertId(state.group(), NINE));
        assertThat(last().count()).isEqualTo(10);
    }

    @Test
    void aMicrosecondMoreOfQuietMakesTwoAlerts() {
        failedLogins(NINE, NINE, NINE, NINE, NINE);
        long later = NINE + 61 * MINUTE + 1;
        failedLogins(later, later, later, later, later);
        settle();

        assertThat(said)
                .extracting(AlertRevision::status, AlertRevision::count)
                .containsExactly(
                        tuple(Status.OPEN, 5L),
                        tuple(Status.OPEN, 5L),
                        tuple(Status.CLOSED, 5L),
                        tuple(Status.CLOSED, 5L));
        assertThat(said.get(0).id()).isNotEqualTo(said.get(1).id());
    }

    @Test
    void aHitForATimeThatIsSettledIsIgnoredAndCounted() {
        GroupState young = rule.open(List.of("203.0.113.8"), NINE);
        said.addAll(rule.add(young, List.of(hit(NINE - 1, 9))));
        assertThat(said).isEmpty();
        assertThat(young.isEmpty()).isTrue();
        assertThat(young.ignored()).isEqualTo(1);
    }

    @Test
    void oneFailedLoginIsForgottenWhenItCannotMatterAnyMore() {
        failedLogins(NINE);
        assertThat(rule.due(state)).isEqualTo(NINE + 2 * MINUTE);

        said.addAll(rule.advance(state, NINE + 2 * MINUTE - 1));
        assertThat(state.isEmpty()).isFalse();
        said.addAll(rule.advance(state, NINE + 2 * MINUTE));
        assertThat(state.isEmpty()).isTrue();
    }

    @Test
    void idsDifferByRuleVersionGroupAndTime() {
        RuleInfo newer = new RuleInfo("ssh-guessing", "Guessing", "high", "fedcba9876543210", Map.of());
        Correlation changed = new Correlation(
                newer,
                List.of("a", "b"),
                List.of("m"),
                new Trigger.EventCount(5),
                new Spans(MINUTE, HOUR, 5 * MINUTE),
                Place.ALONE);
        assertThat(List.of(
                        rule.alertId(List.of("a", "b"), NINE),
                        changed.alertId(List.of("a", "b"), NINE),
                        changed.alertId(List.of("ab"), NINE),
                        changed.alertId(List.of("", "ab"), NINE),
                        changed.alertId(List.of("a", "b"), NINE - 1)))
                .doesNotHaveDuplicates();
        assertThat(rule.alertId(List.of("x"), NINE)).isEqualTo(rule.alertId(List.of("x"), NINE + HOUR - 1));
    }

    @Test
    void aBoundThatCannotBeKeptIsSaid() {
        assertThatThrownBy(() -> new Trigger.EventCount(20_001))
                .hasMessage(
                        "an event count must be reached between 1 and 20000 events, not at 20001; write such a number");
        assertThatThrownBy(() -> new Trigger.EventCount(0))
                .hasMessage("an event count must be reached between 1 and 20000 events, not at 0; write such a number");
        assertThatThrownBy(() -> rule(1_000, SECOND, HOUR, 5 * MINUTE))
                .hasMessage("a threshold of 1000 within 1 s and a lateness of 300 s would keep up to 606000 hits of one"
                        + " group, more than 100000; lower the threshold or the lateness, or raise the timespan");
        assertThatThrownBy(() -> rule(5, 0, HOUR, 0))
                .hasMessage("the timespan must be between 1 µs and 400 days, not 0 µs; write such as 1h");
        assertThatThrownBy(() -> rule(5, MINUTE, 0, 0))
                .hasMessage("the quiet time must be between 1 µs and 400 days, not 0 µs; write such as 1h");
        assertThatThrownBy(() -> rule(5, MINUTE, HOUR, -1))
                .hasMessage("the lateness must be between 0 µs and 400 days, not -1 µs; write such as 1h");
        assertThatThrownBy(() -> hit(NINE, -1)).hasMessageEndingWith("is negative: -1");
        assertThatThrownBy(() -> hit(Long.MAX_VALUE)).hasMessageContaining("is out of range");
        assertThatThrownBy(() -> rule.open(List.of(), NINE))
                .hasMessage("group [] of a correlation grouped by [source.ip]");
    }
}
