package io.bongsu.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.rules.correlate.AlertRevision;
import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.CorrelationHit;
import io.bongsu.rules.correlate.GroupState;
import io.bongsu.rules.correlate.Status;
import io.bongsu.rules.match.Envelope;
import io.bongsu.rules.syntax.RuleTest;
import io.bongsu.rules.syntax.TestEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules that we ship, against their own tests, as far as those give fields; raw lines need parsers, which test them too. */
class RuleContentTest {
    private static final RuleSet.Loaded LOADED = RuleSet.load(List.of(Path.of("rules")), RuleSet.Defaults.STANDARD);
    private static final long UNKNOWN = Long.MIN_VALUE / 4;

    @Test
    void everyRuleLoads() {
        assertThat(LOADED.problems()).isEmpty();
        assertThat(LOADED.rules().correlations()).hasSizeGreaterThanOrEqualTo(25);
    }

    @Test
    void everyRuleThatAlertsHasTestsThatFireAndTestsThatStayQuiet() {
        Set<String> parts = LOADED.rules().correlations().stream()
                .filter(correlation -> !overAlerts(correlation))
                .flatMap(correlation -> correlation.members().stream())
                .collect(Collectors.toSet());
        for (RuleInfo rule : LOADED.rules().infos()) {
            if (!parts.contains(rule.id())) {
                Set<Boolean> fires = LOADED.rules().tests().stream()
                        .filter(test -> test.ruleId().equals(rule.id()))
                        .map(test -> test.expect().alerts() > 0)
                        .collect(Collectors.toSet());
                assertThat(fires).as(rule.name()).containsExactlyInAnyOrder(true, false);
            }
            assertThat(rule.fields()).as(rule.name()).containsKeys("threat.technique.id", "bongsu.rule.falsepositives");
        }
    }

    /** Its members are all rules that alert. */
    private static boolean overAlerts(Correlation correlation) {
        return String.valueOf(correlation.info().fields().get("bongsu.rule.name"))
                .startsWith("risk_");
    }

    @Test
    void everyCorrelationSaysWhatAnAnalystDoes() {
        assertThat(LOADED.rules().correlations())
                .allSatisfy(correlation ->
                        assertThat(correlation.info().fields()).containsKey("bongsu.rule.custom.advice"));
    }

    @Test
    void theExampleInTheReadmeIsARule() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        int start = readme.indexOf("```yaml\n") + 8;
        RuleSet rules = Rules.good(readme.substring(start, readme.indexOf("```", start)));
        assertThat(rules.infos()).hasSize(2);
        assertThat(rules.tests()).hasSize(1);
    }

    static Stream<RuleTest> tests() {
        // Chains need all that is below them, and sources are told of by the parse task; bongsu rules test runs those.
        Set<String> heard = LOADED.rules().logSources().entrySet().stream()
                .filter(rule -> rule.getValue().equals(LogSource.SOURCES))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        Set<String> chains = LOADED.rules().correlations().stream()
                .filter(correlation -> correlation.level() > 0
                        || correlation.members().stream().anyMatch(heard::contains))
                .map(correlation -> correlation.info().id())
                .collect(Collectors.toSet());
        return LOADED.rules().tests().stream()
                .filter(test -> !chains.contains(test.ruleId()))
                .filter(test -> test.events().stream().allMatch(event -> event.raw() == null));
    }

    private record Arrival(long time, long received, String event, TestEvent source) {}

    @ParameterizedTest
    @MethodSource("tests")
    void doesWhatItsTestsSay(RuleTest test) {
        List<Arrival> arrivals = new ArrayList<>();
        for (TestEvent event : test.events()) {
            for (int i = 0; i < event.repeat(); i++) {
                long shift = i * event.every();
                arrivals.add(new Arrival(
                        event.at() + shift, event.received() + shift, String.format("%06x", arrivals.size()), event));
            }
        }
        assertAlerts(test, arrivals);
        // The same within the lateness in any order.
        Collections.shuffle(arrivals, new Random(1));
        assertAlerts(test, arrivals);
    }

    private static void assertAlerts(RuleTest test, List<Arrival> arrivals) {
        Map<List<String>, GroupState> states = new LinkedHashMap<>();
        Map<String, AlertRevision> alerts = new HashMap<>();
        List<String> immediate = new ArrayList<>();
        Detector detector = LOADED.rules().detector();
        for (Arrival arrival : arrivals) {
            detector.detect(
                    arrival.source().logSources(),
                    arrival.source().fields(),
                    new Envelope("", "", arrival.event(), arrival::time),
                    new Detector.Sink() {
                        @Override
                        public void alert(RuleInfo rule) {
                            if (rule.id().equals(test.ruleId())) {
                                immediate.add(rule.id());
                            }
                        }

                        @Override
                        public void hit(
                                Correlation rule, List<String> group, String member, Map<String, String> values) {
                            if (rule.info().id().equals(test.ruleId())) {
                                GroupState state = states.computeIfAbsent(group, key -> rule.open(key, UNKNOWN));
                                CorrelationHit hit = new CorrelationHit(
                                        member,
                                        arrival.event(),
                                        arrival.time(),
                                        arrival.received(),
                                        0,
                                        0,
                                        0,
                                        1,
                                        values,
                                        false);
                                rule.add(state, List.of(hit)).forEach(alert -> alerts.put(alert.id(), alert));
                            }
                        }
                    });
        }
        for (Correlation rule : LOADED.rules().correlations()) {
            if (rule.info().id().equals(test.ruleId())) {
                states.values().forEach(state -> rule.advance(state, Long.MAX_VALUE)
                        .forEach(alert -> alerts.put(alert.id(), alert)));
            }
        }
        Set<AlertRevision> standing = new HashSet<>(alerts.values());
        standing.removeIf(alert -> alert.status() == Status.WITHDRAWN);
        assertThat(standing.size() + immediate.size())
                .as(test.name())
                .isEqualTo(test.expect().alerts());
        test.expect()
                .count()
                .ifPresent(count -> assertThat(standing).as(test.name()).anyMatch(alert -> alert.count() == count));
        if (!test.expect().group().isEmpty()) {
            assertThat(standing).as(test.name()).anyMatch(alert -> alert.group()
                    .containsAll(test.expect().group().values()));
        }
    }
}
