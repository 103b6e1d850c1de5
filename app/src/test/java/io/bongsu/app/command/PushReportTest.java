package io.bongsu.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.app.pipeline.RulesPush.Change;
import io.bongsu.app.pipeline.RulesPush.Difference;
import io.bongsu.app.pipeline.RulesPush.FileRow;
import io.bongsu.app.pipeline.RulesPush.Outcome;
import io.bongsu.app.pipeline.RulesPush.Row;
import io.bongsu.rules.RuleSet;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class PushReportTest {
    private static final Difference DIFFERENCE = new Difference(
            List.of(new Row(Change.CHANGED, "id-1", "Door", "aaaa", "bbbb")),
            List.of(
                    new FileRow(Change.ADDED, "lists/00/Servers.txt"),
                    new FileRow(Change.CHANGED, "parsers/00/door.yml"),
                    new FileRow(Change.REMOVED, "parsers/00/gate.yml"),
                    new FileRow(Change.CHANGED, "rules/00/door.yml")),
            true);

    @Test
    void parsersAndListsAreNamedBesideRules() {
        assertThat(said(DIFFERENCE, false)).isEqualTo("""
                changed    Door (id-1) aaaa → bbbb
                added      lists/00/Servers.txt
                changed    parsers/00/door.yml
                removed    parsers/00/gate.yml
                changed    the parsers that are built in: what is live was pushed by another version of bongsu
                0 rules could be published; nothing was (--dry-run)
                """);
    }

    @Test
    void aFileOfRulesIsNamedOnlyWhereNoRuleChanges() {
        assertThat(said(
                        new Difference(List.of(), List.of(new FileRow(Change.CHANGED, "rules/00/door.yml")), false),
                        false))
                .isEqualTo("""
                no rule changes, only files: rules/00/door.yml
                0 rules could be published; nothing was (--dry-run)
                """);
    }

    @Test
    void otherBuiltInParsersAloneAreADifference() {
        assertThat(said(new Difference(List.of(), List.of(), true), false))
                .startsWith("changed    the parsers")
                .contains("0 rules could");
        assertThat(said(new Difference(List.of(), List.of(), false), false))
                .isEqualTo("no difference to what is live; nothing was published\n");
    }

    @Test
    void asJson() {
        assertThat(said(DIFFERENCE, true))
                .contains("\"files\":[{\"change\":\"added\",\"name\":\"lists/00/Servers.txt\"},")
                .contains("\"built_in_parsers_differ\":true");
    }

    private static String said(Difference difference, boolean json) {
        PrintStream real = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            RuleSet.Loaded none = RuleSet.load(List.of(), RuleSet.Defaults.STANDARD);
            PushReport.print(new Outcome(none, List.of(), List.of(), difference, null), true, json);
        } finally {
            System.setOut(real);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
