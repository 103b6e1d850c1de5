package io.bongsu.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainerTest {
    private static final LogSource EVENT = new LogSource("process_creation", "windows", "sysmon");

    @TempDir
    private Path folder;

    private Explainer load() throws IOException {
        Files.writeString(folder.resolve("r.yml"), """
                title: Odd tool
                id: r
                name: odd
                logsource: { category: process_creation, product: windows }
                detection:
                  selection:
                    - Image|endswith: ['\\a.exe', '\\b.exe']
                    - { CommandLine|contains|all: [one, two], User: null }
                  own: [kim]
                  condition: selection and not own
                ---
                title: Our builders
                id: f
                logsource: { product: windows }
                filter: { rules: [odd], builder: { User: build }, condition: builder, bongsu: { mode: exclude } }
                """);
        return Explainer.load(List.of(folder), RuleSet.Defaults.STANDARD);
    }

    @Test
    void saysOfEachPartWhetherItHoldsAndWhatTheEventHas() throws IOException {
        Explainer explainer = load();

        Explainer.Part found = explainer.explain(
                "r",
                List.of(EVENT),
                Map.of("winlog.event_data.Image", "C:\\b.exe", "process.command_line", "only one"));

        assertThat(found.lines())
                .containsExactly(
                        "+ rule 'Odd tool' (r)",
                        "  + log source {category: process_creation, product: windows}   <- {category: process_creation, product: windows, service: sysmon}",
                        "  + all of these",
                        "    + selection, one of these",
                        "      + Image|endswith: 2 values   <- winlog.event_data.Image = 'C:\\b.exe'",
                        "        + '\\b.exe'",
                        "      - all of these",
                        "        - CommandLine|contains|all: 2 values   <- process.command_line = 'only one'",
                        "          - 'two'",
                        "        + User: null   <- absent; looked for as User, winlog.event_data.User, user.name, winlog.user_data.User, json.properties.AccountName",
                        "    + not",
                        "      - own",
                        "        - keywords: 'kim'",
                        "  + filter 'Our builders', which excludes",
                        "    - builder",
                        "      - User: 'build'   <- absent; looked for as User, winlog.event_data.User, user.name, winlog.user_data.User, json.properties.AccountName");
    }

    /** It used to show one side of a reference, and of a keyword only that it was there. */
    @Test
    void showsBothSidesOfAReferenceAndWhereAKeywordStands() throws IOException {
        Files.writeString(folder.resolve("k.yml"), """
                title: Both
                id: k
                logsource: { product: windows }
                detection:
                  same: { User|fieldref: TargetUser }
                  one: [kim, 'le?']
                  every: { '|all': [kim, park] }
                  condition: same and one and every
                """);
        Explainer explainer = Explainer.load(List.of(folder.resolve("k.yml")), RuleSet.Defaults.STANDARD);

        assertThat(explainer
                        .explain(
                                "k",
                                List.of(EVENT),
                                Map.of("User", "a", "TargetUser", "b", "message", "x".repeat(500) + " Kim was here"))
                        .lines())
                .containsExactly(
                        "- rule 'Both' (k)",
                        "  + log source {product: windows}   <- {category: process_creation, product: windows, service: sysmon}",
                        "  - all of these",
                        "    - same",
                        "      - User|fieldref: 'TargetUser'   <- User = 'a'; TargetUser = 'b'",
                        "    + one",
                        "      + keywords: 2 values",
                        "        + 'kim'   <- message = '…" + "x".repeat(79) + " Kim was here'",
                        "    - every",
                        "      - keywords|all: 2 values",
                        "        + 'kim'   <- message = '…" + "x".repeat(79) + " Kim was here'",
                        "        - 'park'");
    }

    @Test
    void holdsAsTheDetectorSays() throws IOException {
        Explainer explainer = load();
        List<Map<String, Object>> events = List.of(
                Map.of("Image", "x\\a.exe"),
                Map.of("Image", "x\\a.exe", "message", "kim was here"),
                Map.of("Image", "x\\a.exe", "User", "build"),
                Map.of("CommandLine", "two one"),
                Map.of("CommandLine", "two one", "User", "x"),
                Map.of());

        for (LogSource source : List.of(EVENT, new LogSource(null, "linux", null))) {
            for (Map<String, Object> event : events) {
                assertThat(explainer.explain("r", List.of(source), event).holds())
                        .as("%s %s", source, event)
                        .isEqualTo(!Rules.detect(explainer.loaded().rules(), source, event)
                                .isEmpty());
            }
        }
    }

    @Test
    void aRuleIsFoundByIdNameTitleOrFile() throws IOException {
        Explainer explainer = load();
        for (String rule :
                List.of("r", "odd", "odd TOOL", folder.resolve("r.yml").toString())) {
            assertThat(explainer.find(rule)).containsExactly("r");
        }
        assertThat(explainer.find("other")).isEmpty();
    }
}
