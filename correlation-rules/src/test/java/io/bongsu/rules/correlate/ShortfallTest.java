package io.bongsu.rules.correlate;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.correlate.Bound.Comparison;
import io.bongsu.rules.correlate.Bound.Operator;
import io.bongsu.rules.correlate.Shortfall.Nearest;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What was missing for an alert, in words. */
class ShortfallTest {
    private static final long MINUTE = 60_000_000L;
    private static final RuleInfo INFO = new RuleInfo("r", "R", "high", "1", Map.of());

    private static Correlation of(Trigger trigger, String... members) {
        return new Correlation(
                INFO,
                List.of("user.name"),
                List.of(members),
                trigger,
                new Spans(5 * MINUTE, 60 * MINUTE, 5 * MINUTE),
                new Place(Set.of(0), false));
    }

    private static CorrelationHit hit(String member, long minute, Map<String, String> values) {
        return new CorrelationHit(
                member, member + minute + values, minute * MINUTE, minute * MINUTE, 0, 0, 0, 1, values, false);
    }

    private static List<String> parts(Correlation correlation, List<CorrelationHit> hits) {
        Nearest nearest = new Shortfall(correlation, id -> "rule " + id).nearest(hits, 0, 100 * MINUTE);
        assertThat(nearest).isNotNull();
        return nearest.parts();
    }

    @Test
    void theFullestWindowIsShownWithWhatIsMissing() {
        Correlation five = of(new Trigger.EventCount(5), "a");
        List<CorrelationHit> hits = new ArrayList<>();
        for (long minute : new long[] {0, 10, 11, 12, 13, 30}) {
            hits.add(hit("a", minute, Map.of()));
            hits.add(hit("a", minute, Map.of())); // the same once more counts once
        }
        Nearest nearest = new Shortfall(five, id -> id).nearest(hits, 0, 100 * MINUTE);

        assertThat(nearest)
                .isEqualTo(new Nearest(8 * MINUTE, 13 * MINUTE, List.of("events: 4, asked is at least 5: 1 short")));
    }

    @Test
    void severalTestsAreEachSaid() {
        Correlation both = of(
                new Trigger.Holds(
                        List.of(
                                new Trigger.Test(new Measure.Events(Set.of()), Bound.atLeast(2)),
                                new Trigger.Test(new Measure.Distinct("user"), Bound.atLeast(3)),
                                new Trigger.Test(
                                        new Measure.Sum("bytes"),
                                        new Bound(List.of(new Comparison(Operator.GT, BigDecimal.valueOf(100)))))),
                        1),
                "a");

        assertThat(parts(
                        both,
                        List.of(
                                hit("a", 1, Map.of("user", "kim", "bytes", "40")),
                                hit("a", 2, Map.of("user", "lee", "bytes", "60")))))
                .containsExactly(
                        "events: 2, asked is at least 2",
                        "different values of user: 2, asked is at least 3: 1 short",
                        "sum of bytes: 100, asked is more than 100: not more than that");
    }

    @Test
    void ofASequenceTheStepThatDidNotCome() {
        Correlation sequence = of(
                new Trigger.Sequence(
                        List.of(
                                new Trigger.Step(Set.of("a"), 3, false),
                                new Trigger.Step(Set.of("x"), 1, true),
                                new Trigger.Step(Set.of("b"), 1, false)),
                        Set.of()),
                "a",
                "b",
                "x");

        assertThat(parts(sequence, List.of(hit("a", 1, Map.of()), hit("a", 2, Map.of()))))
                .containsExactly(
                        "step 1: 'rule a': 2 of 3 times: 1 short",
                        "step 2: 'rule x' must not come",
                        "step 3: 'rule b': 0 of 1 time: 1 short");
        assertThat(parts(
                        sequence,
                        List.of(
                                hit("a", 1, Map.of()),
                                hit("a", 2, Map.of()),
                                hit("a", 3, Map.of()),
                                hit("x", 4, Map.of()))))
                .contains("'rule x' came and undid what was before");
    }

    @Test
    void ofRulesThatMustComeTogetherTheOneThatDidNot() {
        Correlation together =
                of(new Trigger.Together(new Fired.All(List.of(new Fired.Rule("a"), new Fired.Rule("b")))), "a", "b");

        assertThat(parts(together, List.of(hit("a", 1, Map.of()))))
                .containsExactly("'rule a': came 1 time", "'rule b': did not come");
    }

    @Test
    void withoutAnyHitThereIsNothingToBeNear() {
        assertThat(new Shortfall(of(new Trigger.EventCount(5), "a"), id -> id).nearest(List.of(), 0, MINUTE))
                .isNull();
    }
}
