package io.bongsu.ingest.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.correlate.Correlation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which generation is in force when, what is fed beyond its end, and what is told of the time before it. */
class TimelineTest {
    private static final long M = 60_000_000L;
    private static final String ONCE = """
            title: Failed
            name: failed
            level: low
            logsource: { product: linux }
            detection: { s: { event.outcome: failure }, condition: s }
            """;
    private static final String MANY = """
            ---
            title: Many
            id: 7d5a4b1e-0000-4000-8000-000000000002
            name: many
            level: high
            correlation: { type: event_count, rules: [failed], group-by: [source.ip], timespan: 5m, condition: { gte: %d } }
            """;
    private static final String OVER = """
            ---
            title: Everywhere
            id: 7d5a4b1e-0000-4000-8000-000000000003
            level: high
            correlation: { type: value_count, rules: [many], timespan: 1h, condition: { field: source.ip, gte: %d }, generate: true }
            """;

    @TempDir
    Path folder;

    private RuleSet rules(String text) throws Exception {
        Path file = Files.createTempFile(folder, "rules", ".yml");
        RuleSet.Loaded loaded = RuleSet.load(List.of(Files.writeString(file, text)), RuleSet.Defaults.STANDARD);
        assertThat(loaded.problems()).isEmpty();
        return loaded.rules();
    }

    /** Behind another one, of which all that it does not have in that version is new. */
    private static Generation behind(Generation before, long at, RuleSet rules) {
        Set<String> fresh = keys(rules);
        fresh.removeAll(keys(before.rules()));
        return new Generation(before.number() + 1, at, fresh, () -> rules, TimelineTest::none);
    }

    private static ParserSet none() {
        throw new AssertionError("nothing is parsed here");
    }

    private static Set<String> keys(RuleSet rules) {
        Set<String> keys = new TreeSet<>();
        rules.infos().forEach(rule -> keys.add(Generation.key(rule.id(), rule.version())));
        return keys;
    }

    private static Correlation correlation(RuleSet rules, String name) {
        return rules.correlations().stream()
                .filter(c -> c.info().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void oneThatIsOvertakenIsNeverInForce() throws Exception {
        RuleSet rules = rules(ONCE + MANY.formatted(5));
        Generation one = new Generation(1, Long.MIN_VALUE, () -> rules, TimelineTest::none);
        Generation two = new Generation(2, 100, () -> rules, TimelineTest::none);
        Generation three = new Generation(3, 90, () -> rules, TimelineTest::none);
        Timeline timeline = new Timeline(List.of(three, one, two));

        assertThat(timeline.reigns()).extracting(Timeline.Reign::generation).containsExactly(one, three);
        assertThat(timeline.at(89).generation()).isEqualTo(one);
        assertThat(timeline.at(90).generation()).isEqualTo(three);
        assertThat(new Timeline(List.of(two, three)).at(0).generation())
                .as("what lies before all of them")
                .isEqualTo(three);
    }

    @Test
    void whatChangesIsFedForAsLongAsWhatIsBuiltOnIt() throws Exception {
        RuleSet before = rules(ONCE + MANY.formatted(5) + OVER.formatted(3));
        RuleSet after = rules(ONCE + MANY.formatted(4));
        Generation one = new Generation(1, Long.MIN_VALUE, () -> before, TimelineTest::none);
        Generation two = behind(one, 1_000 * M, after);
        Timeline timeline = new Timeline(List.of(one, two));
        Correlation many = correlation(before, "Many");

        assertThat(timeline.former(timeline.at(0))).isEmpty();
        assertThat(timeline.former(timeline.at(1_000 * M))).singleElement().satisfies(former -> assertThat(
                        former.until())
                .containsEntry(Generation.key(many), 1_060 * M)
                .containsEntry(Generation.key(correlation(before, "Everywhere")), 1_060 * M));
        assertThat(timeline.fedUntil(timeline.at(0))).isEqualTo(1_060 * M);
        assertThat(timeline.fedUntil(timeline.at(1_000 * M))).isEqualTo(Long.MAX_VALUE);
        assertThat(timeline.inForce(many, 999 * M)).isTrue();
        assertThat(timeline.inForce(many, 1_000 * M)).isFalse();
        assertThat(timeline.upward(many, 1_059 * M)).hasSize(1);
        assertThat(timeline.upward(many, 1_060 * M)).isEmpty();
    }

    @Test
    void whatIsNewIsToldOfTheTimeBeforeIt() throws Exception {
        RuleSet before = rules(ONCE);
        RuleSet after = rules(ONCE + MANY.formatted(5) + OVER.formatted(3));
        Generation one = new Generation(1, Long.MIN_VALUE, () -> before, TimelineTest::none);
        Generation two = behind(one, 1_000 * M, after);
        Timeline timeline = new Timeline(List.of(one, two));

        assertThat(two.primedFrom())
                .as("a window of 5 minutes under one of an hour")
                .isEqualTo(935 * M);
        assertThat(timeline.coming(timeline.at(0))).containsExactly(two);
        assertThat(timeline.coming(timeline.at(1_000 * M))).isEmpty();
        assertThat(timeline.upward(correlation(after, "Many"), 990 * M))
                .as("its facts of the time before go to what is as new")
                .hasSize(1);
    }

    @Test
    void whatWasThereIsNotNew() throws Exception {
        RuleSet before = rules(ONCE + MANY.formatted(5));
        RuleSet after = rules(ONCE + MANY.formatted(5) + OVER.formatted(3));
        Generation one = new Generation(1, Long.MIN_VALUE, Set.of("v a rule"), () -> before, TimelineTest::none);
        Generation two = behind(one, 1_000 * M, after);
        Generation three = behind(two, 2_000 * M, after);
        Timeline timeline = new Timeline(List.of(one, two, three));

        assertThat(one.fresh()).as("it holds for all that was before").isEmpty();
        assertThat(two.primedFrom()).isEqualTo(940 * M);
        assertThat(three.primedFrom()).isEqualTo(Long.MAX_VALUE);
        assertThat(timeline.coming(timeline.at(1_500 * M))).isEmpty();
        assertThat(timeline.upward(correlation(after, "Many"), 990 * M))
                .as("facts of what was there begin with the time of what is built on it")
                .isEmpty();
    }

    /** A day at most; of what remembers longer, a timespan. */
    @Test
    void noOneLooksBackForEver() throws Exception {
        RuleSet rules = rules(ONCE + """
                ---
                title: A week
                level: high
                correlation: { type: event_count, rules: [failed], group-by: [source.ip], timespan: 7d, condition: { gte: 9 } }
                """);
        Generation one = new Generation(1, Long.MIN_VALUE, () -> rules, TimelineTest::none);
        Generation two = new Generation(2, 100_000 * M, keys(rules), () -> rules, TimelineTest::none);
        assertThat(one.primedFrom()).isEqualTo(Long.MAX_VALUE);
        assertThat(two.primedFrom()).isEqualTo(100_000 * M - 1_440 * M);
    }
}
