package io.bongsu.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.match.Matcher.Statistics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an event can make the index do is bounded by its length and the rules; counted, not timed. */
class HostileEventsTest {
    private static final LogSource SOURCE = new LogSource(null, "linux", null);
    private static final int RULES = 2_000;

    private final Random random = new Random(4);
    private long hits;

    @Test
    void aLongValueIsScannedOnceForAllRules() {
        RuleSet rules = rules(i -> "{f|contains: 'needle" + i + "'}");

        Statistics work = work(rules, List.of(Map.of("f", letters(100_000))));

        assertThat(work.scanned()).isEqualTo(100_000);
        assertThat(work.compared()).isLessThan(1_000);
        assertThat(work.candidates()).isZero();
    }

    @Test
    void fieldsThatNoRuleNamesAreNotLookedAt() {
        RuleSet rules = rules(i -> "{f|contains: 'needle" + i + "'}");
        Map<String, Object> event = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            event.put("field" + i, letters(20));
        }

        Statistics work = work(rules, List.of(event));

        assertThat(work.values()).isZero();
        assertThat(work.scanned()).isZero();
    }

    @Test
    void valuesThatNeverComeAgainAreScannedOnce() {
        RuleSet rules = rules(i -> "{f|contains: 'needle" + i + "', g: x}");
        List<Map<String, Object>> events = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            events.add(Map.of("f", i + letters(40)));
        }

        Statistics work = work(rules, events);

        assertThat(work.kinds()).isLessThan(20);
        assertThat(work.scanned()).isLessThan(20_000 * 46L);
    }

    /** A rule has to be compared where its piece stands, so the worst text repeats the piece that most rules share. */
    @Test
    void rulesThatShareEachPieceAreComparedWhereItStands() {
        RuleSet rules = rules(i -> "{f|contains: '" + binary(i) + "'}");

        Statistics work = work(rules, List.of(Map.of("f", "ab".repeat(5_000))));

        assertThat(work.compared()).isLessThan(10_000L * RULES / 8);
        assertThat(work.candidates()).isLessThan(RULES);
    }

    @Test
    void eachItemOfAListIsScannedOnceAndTheRulesAreOpenedOnce() {
        RuleSet rules = rules(i -> "{f|contains|all: ['needle" + i + "', 'x']}");
        List<String> items = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            items.add("needle" + i + "x");
        }

        Statistics work = work(rules, List.of(Map.of("f", items)));

        assertThat(work.values()).isEqualTo(1_000);
        assertThat(work.candidates()).isLessThanOrEqualTo(RULES);
        assertThat(hits).isPositive();
    }

    @Test
    void expressionsRunOnlyWhereTheirTextsStand() {
        RuleSet rules = rules(i -> "{f|re: 'needle" + i + "(a+)+$'}");

        Statistics work = work(rules, List.of(Map.of("f", "a".repeat(1_000_000) + "!")));

        assertThat(work.regexes()).isZero();
        assertThat(work.scanned()).isEqualTo(1_000_001);
    }

    @Test
    void tenThousandAlternativesAreOnePart() {
        StringBuilder values = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            values.append(i == 0 ? "" : ", ").append("w").append(i);
        }
        RuleSet rules = Rules.good("title: t\nid: r\nlogsource: {product: linux}\ndetection:\n  s: {g: y}\n  t: {f: ["
                + values + "]}\n  condition: s and not t\n");

        Statistics work = work(rules, List.of(Map.of("f", "w9999", "g", "y"), Map.of("f", "other", "g", "y")));

        assertThat(work.candidates()).isEqualTo(2);
        assertThat(work.tests()).isEqualTo(2);
        assertThat(hits).isEqualTo(1);
    }

    /** Put in order as one row they would take 40,000,000,000 steps. */
    @Test
    void marksWithoutEndAreComposedInPieces() {
        RuleSet rules = Rules.good(
                "title: t\nid: r\nlogsource: {product: linux}\ndetection: {s: {f|contains: '\u00e9'}, k: ['\u00e9'],"
                        + " condition: s and k}\n");
        String marks = "\u0300".repeat(200_000) + "\u0316".repeat(200_000);

        work(rules, List.of(Map.of("f", marks + "e\u0301", "message", marks), Map.of("f", "x", "message", marks)));

        assertThat(hits).isEqualTo(1);
    }

    /** A name that long is on no list; each of its ends written out would be 250,000,000,000 characters. */
    @Test
    void aLongNameIsOnNoListOfDomains() {
        RuleSet rules = Rules.good(
                "title: t\nid: r\nlogsource: {product: linux}\ndetection: {s: {f|expand: '%d%'}, condition: s}\n"
                        + "bongsu: {lists: {d: {kind: domain, values: [bad.example, very.bad.example]}}}\n");

        work(
                rules,
                List.of(
                        Map.of("f", "a.".repeat(500_000)),
                        Map.of("f", "a.".repeat(500_000) + "bad.example"),
                        Map.of("f", "bad.example."),
                        Map.of("f", "notbad.example")));

        assertThat(hits).isEqualTo(2);
    }

    private interface Search {
        String of(int rule);
    }

    private static RuleSet rules(Search search) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < RULES; i++) {
            text.append(i == 0 ? "" : "---\n")
                    .append("title: r" + i + "\nid: r" + i + "\nlogsource: {product: linux}\ndetection: {s: ")
                    .append(search.of(i))
                    .append(", condition: s}\n");
        }
        return Rules.good(text.toString());
    }

    private Statistics work(RuleSet rules, List<Map<String, Object>> events) {
        Detector detector = rules.detector();
        for (Map<String, Object> event : events) {
            detector.detect(Set.of(SOURCE), event, new Detector.Sink() {
                @Override
                public void alert(RuleInfo rule) {
                    hits++;
                }

                @Override
                public void hit(
                        Correlation correlation, List<String> group, String member, Map<String, String> values) {
                    hits++;
                }
            });
        }
        return detector.statistics();
    }

    private String letters(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    /** Of a and b alone, so that all pieces of all rules are among sixteen. */
    private static String binary(int number) {
        String bits = Integer.toBinaryString(1 << 12 | number);
        return bits.replace('0', 'a').replace('1', 'b');
    }
}
