package io.bongsu.app.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bongsu.app.console.Printable;
import io.bongsu.app.console.Terminal;
import io.bongsu.app.pipeline.RulesPush;
import io.bongsu.model.Micros;
import io.bongsu.model.RulesManifest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What came of a push, for people or as JSON. */
final class PushReport {
    private static final ObjectMapper JSON = new ObjectMapper();

    private PushReport() {}

    /** @return the exit code */
    static int print(RulesPush.Outcome outcome, boolean dryRun, boolean json) {
        if (json) {
            System.out.println(Printable.json(json(outcome)));
        } else {
            text(outcome, dryRun);
        }
        awaitForce(outcome);
        return outcome.refused().isEmpty() ? Commands.OK : Commands.FAILED;
    }

    /** Whoever sends a line behind this command has it judged by what was pushed. */
    private static void awaitForce(RulesPush.Outcome outcome) {
        if (outcome.published() == null) {
            return;
        }
        long left = outcome.published().manifest().getEffectiveAt() - Micros.now();
        try {
            TimeUnit.MICROSECONDS.sleep(left);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // it was published
        }
    }

    private static void text(RulesPush.Outcome outcome, boolean dryRun) {
        if (outcome.difference() != null) {
            outcome.difference().rows().forEach(row -> System.out.println(Printable.text(line(row))));
            files(outcome.difference());
        }
        if (!outcome.refused().isEmpty()) {
            outcome.refused().forEach(reason -> System.out.println(Printable.text(reason)));
            TestReport.lines(outcome.failed()).forEach(line -> System.out.println(Printable.text(line)));
            System.out.println("nothing was published");
            return;
        }
        if (outcome.published() == null) {
            System.out.println(
                    !dryRun || isNothing(outcome)
                            ? "no difference to what is live; nothing was published"
                            : outcome.loaded().ruleCount() + " rules could be published; nothing was (--dry-run)");
            return;
        }
        RulesManifest manifest = outcome.published().manifest();
        System.out.println("generation " + manifest.getGeneration() + ", "
                + outcome.loaded().ruleCount() + " rules, in force from " + since(manifest));
        late(outcome);
    }

    private static boolean isNothing(RulesPush.Outcome outcome) {
        return outcome.difference() != null && outcome.difference().isNothing();
    }

    private static void files(RulesPush.Difference difference) {
        List<String> ofRules = difference.files().stream()
                .filter(RulesPush.FileRow::ofRules)
                .map(RulesPush.FileRow::name)
                .toList();
        if (difference.rows().isEmpty() && !ofRules.isEmpty()) {
            System.out.println(Printable.text("no rule changes, only files: " + String.join(", ", ofRules)));
        }
        difference.files().stream()
                .filter(file -> !file.ofRules())
                .forEach(file -> System.out.println(Printable.text(word(file.change()) + file.name())));
        if (difference.builtIn()) {
            System.out.println(word(RulesPush.Change.CHANGED)
                    + "the parsers that are built in: what is live was pushed by" + " another version of bongsu");
        }
    }

    /** A marker behind the time from which it counts is no longer at the same place for all. */
    private static void late(RulesPush.Outcome outcome) {
        if (outcome.published() != null && outcome.published().late() > 0) {
            Commands.complain("warning: Kafka stored the markers "
                    + outcome.published().late() / 1_000
                    + " ms after the time from which they count, by its clock: what came in between was judged by the rules"
                    + " before; synchronise the clocks (NTP)");
        }
    }

    static String since(RulesManifest manifest) {
        return manifest.getEffectiveAt() == Long.MIN_VALUE ? "the beginning" : Micros.iso(manifest.getEffectiveAt());
    }

    private static String line(RulesPush.Row row) {
        return word(row.change()) + row.title() + " (" + row.id() + ")"
                + (row.change() == RulesPush.Change.CHANGED ? " " + row.from() + " → " + row.to() : "");
    }

    private static String word(RulesPush.Change change) {
        return switch (change) {
            case ADDED -> "added      ";
            case CHANGED -> "changed    ";
            case TEXT -> "only text  ";
            case REMOVED -> "removed    ";
        };
    }

    private static String json(RulesPush.Outcome outcome) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("published", outcome.published() != null);
        if (outcome.published() != null) {
            RulesManifest manifest = outcome.published().manifest();
            all.put("generation", manifest.getGeneration());
            all.put("effective_at", time(manifest.getEffectiveAt()));
            all.put("late_ms", outcome.published().late() / 1_000);
        }
        all.put("rules", outcome.loaded().ruleCount());
        if (outcome.difference() != null) {
            for (RulesPush.Change change : RulesPush.Change.values()) {
                all.put(
                        change.name().toLowerCase(Locale.ROOT),
                        outcome.difference().rows(change).stream()
                                .map(PushReport::object)
                                .toList());
            }
            List<Map<String, Object>> files = new ArrayList<>();
            outcome.difference().files().forEach(file -> {
                Map<String, Object> object = new LinkedHashMap<>();
                object.put("change", file.change().name().toLowerCase(Locale.ROOT));
                object.put("name", file.name());
                files.add(object);
            });
            all.put("files", files);
            all.put("built_in_parsers_differ", outcome.difference().builtIn());
        }
        all.put("problems", outcome.refused());
        all.put("failed_tests", TestReport.lines(outcome.failed()));
        return write(all);
    }

    private static Map<String, Object> object(RulesPush.Row row) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("id", row.id());
        object.put("title", row.title());
        if (!row.from().isEmpty()) {
            object.put("from", row.from());
        }
        if (!row.to().isEmpty()) {
            object.put("to", row.to());
        }
        return object;
    }

    /** Null: it holds for all that was before. */
    static @Nullable String time(long micros) {
        return micros == Long.MIN_VALUE ? null : Micros.iso(micros);
    }

    static String write(Map<String, Object> object) {
        try {
            return JSON.writeValueAsString(object);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Rows of cells as a table. */
    static void table(List<String> head, List<List<String>> rows) {
        var console = Commands.console();
        ResultTable.rules(head, rows, console, Terminal.isOut() ? Terminal.width() : Integer.MAX_VALUE)
                .forEach(console::line);
    }
}
