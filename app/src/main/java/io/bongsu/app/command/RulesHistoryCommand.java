package io.bongsu.app.command;

import io.bongsu.app.config.Config;
import io.bongsu.app.console.Printable;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.app.pipeline.RulesLive;
import io.bongsu.model.RulesManifest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "history",
        description = "Lists the generations of rules, the newest first: since when, by whom, why, and what changed.",
        mixinStandardHelpOptions = true)
final class RulesHistoryCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption option;

    @Mixin
    private DataOption data;

    @Option(names = "--json", description = "NDJSON: an object for each generation.")
    private boolean json;

    @Override
    public Integer call() {
        Config config = option.load(data.environment());
        List<RulesLive.Step> steps = RulesLive.history(new Reach(config).kafka());
        if (json) {
            steps.forEach(step -> System.out.println(Printable.json(PushReport.write(object(step)))));
            return Commands.OK;
        }
        List<List<String>> rows = new ArrayList<>();
        for (RulesLive.Step step : steps) {
            RulesManifest manifest = step.manifest();
            rows.add(List.of(
                    Long.toString(manifest.getGeneration()),
                    PushReport.since(manifest),
                    Integer.toString(manifest.getRules().size()),
                    changes(step),
                    manifest.getAuthor(),
                    note(manifest)));
        }
        PushReport.table(List.of("generation", "in force from", "rules", "changes", "by", "note"), rows);
        return Commands.OK;
    }

    private static String changes(RulesLive.Step step) {
        String rules = "+" + step.added() + " ~" + step.changed() + " -" + step.removed();
        return step.others().isEmpty() ? rules : rules + ", " + String.join(", ", step.others());
    }

    private static String note(RulesManifest manifest) {
        String back = manifest.getRestores() == 0 ? "" : "as generation " + manifest.getRestores() + " ";
        return (back + manifest.getNote()).strip();
    }

    private static Map<String, Object> object(RulesLive.Step step) {
        RulesManifest manifest = step.manifest();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("generation", manifest.getGeneration());
        object.put("effective_at", PushReport.time(manifest.getEffectiveAt()));
        object.put("pushed_at", PushReport.time(manifest.getPushedAt()));
        object.put("author", manifest.getAuthor());
        object.put("note", manifest.getNote());
        object.put("restores", manifest.getRestores() == 0 ? null : manifest.getRestores());
        object.put("rules", manifest.getRules().size());
        object.put("files", manifest.getFiles().size());
        object.put("added", step.added());
        object.put("changed", step.changed());
        object.put("removed", step.removed());
        object.put("others", step.others());
        return object;
    }
}
