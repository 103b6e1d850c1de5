package io.bongsu.app.command;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.app.console.Printable;
import io.bongsu.app.ledger.BlindAlerts;
import io.bongsu.app.pipeline.Folders;
import io.bongsu.app.pipeline.Parts;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.app.pipeline.RulesLive;
import io.bongsu.app.replay.RuleHits;
import io.bongsu.indexer.Elasticsearch;
import io.bongsu.indexer.ElasticsearchException;
import io.bongsu.ingest.offline.Offline;
import io.bongsu.ingest.offline.RuleTests;
import io.bongsu.ingest.parse.Parsed;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Micros;
import io.bongsu.rules.Explainer;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.yaml.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "rules",
        description =
                "Checks, tests, lists or explains rules, tries them on the log, and pushes them to where they judge.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            BacktestCommand.class,
            WhyNotCommand.class,
            BlindCommand.class,
            RulesPushCommand.class,
            RulesHistoryCommand.class,
            RulesRollbackCommand.class
        })
final class RulesCommand {
    private static final long DAY = 86_400_000_000L;
    private static final String FOLDERS = "Folders or files with rules (default: rules in the configuration).";

    @Command(
            description = "Says what is wrong with each rule, where, and how to mend it; exit code 1 if anything is.",
            mixinStandardHelpOptions = true)
    int check(
            @Mixin ConfigOption option,
            @Mixin RuleOptions words,
            @Parameters(arity = "0..*", paramLabel = "DIR", description = FOLDERS) @Nullable List<Path> folders) {
        RuleSet.Loaded loaded = words.load(option.load(), folders);
        loaded.problems().forEach(p -> System.out.println(Printable.text(p.toString())));
        loaded.warnings().forEach(p -> System.out.println(Printable.text(warning(p))));
        System.out.println(loaded.ruleCount() + " rules, " + loaded.rulesWithProblems() + " with problems");
        return loaded.problems().isEmpty() ? Commands.OK : Commands.FAILED;
    }

    @Command(
            description =
                    "Runs the tests in the rules: as written, late and shuffled, repeated, and with restarts; exit code 1 if one fails.",
            mixinStandardHelpOptions = true)
    int test(
            @Mixin ConfigOption option,
            @Mixin RuleOptions words,
            @Option(
                            names = "--junit",
                            paramLabel = "FILE",
                            description = "Writes the results as JUnit XML, for a CI server.")
                    @Nullable
                    Path junit,
            @Parameters(arity = "0..*", paramLabel = "DIR", description = FOLDERS) @Nullable List<Path> folders)
            throws IOException {
        Config config = option.load();
        RuleSet.Loaded loaded = words.load(config, folders);
        loaded.problems().forEach(p -> System.out.println(Printable.text(p.toString())));
        ParserSet.Loaded parsers = ParserSet.load(words.folders(config, folders).parsers());
        parsers.problems().forEach(p -> System.out.println(Printable.text(p.toString())));
        List<RuleTests.Result> results = new RuleTests(parsers.parsers(), loaded.rules()).run();
        if (junit != null) {
            JUnitXml.write(junit, results);
        }
        List<RuleTests.Result> failed = results.stream().filter(r -> !r.ok()).toList();
        TestReport.lines(failed).forEach(line -> System.out.println(Printable.text(line)));
        System.out.println(loaded.rules().tests().size() + " tests in " + RuleTests.Variant.values().length
                + " variants, " + failed.size() + " failed");
        return failed.isEmpty() && loaded.problems().isEmpty() ? Commands.OK : Commands.FAILED;
    }

    @Command(
            description = {
                "Lists the rules of these folders or, where none is named and Kafka can be reached, those that are live: since "
                        + "which generation, hits of the last 24 hours, how many alerts they raised, the last one, likely cost, and whether they "
                        + "could not see when that was looked at last (correlate.sight). With --cost the dearest first, and why they are."
            },
            mixinStandardHelpOptions = true)
    int list(
            @Mixin ConfigOption option,
            @Mixin DataOption data,
            @Mixin RuleOptions words,
            @Option(
                            names = "--cost",
                            description =
                                    "What each rule over single events is likely to cost, as a power of ten: a rule"
                                            + " of 7 costs about ten times one of 6.")
                    boolean cost,
            @Option(
                            names = "--on",
                            paramLabel = "FILE",
                            description =
                                    "With --cost: what they cost on the first 200,000 events of this file (can be repeated), or on"
                                            + " made-up Windows events with the word 'bench'; per thousand events.")
                    @Nullable
                    List<String> on,
            @Option(
                            names = "--blind",
                            description =
                                    "Those of the live ones that cannot see, by the last 24 hours; 'rules blind' has more.")
                    boolean blind,
            @Option(names = "--json", description = "NDJSON: an object for each rule.") boolean json,
            @Parameters(arity = "0..*", paramLabel = "DIR", description = FOLDERS) @Nullable List<Path> folders) {
        if (on != null && !cost) {
            throw new Fault("--on without --cost", "write bongsu rules list --cost --on FILE");
        }
        if (blind && (cost || folders != null && !folders.isEmpty())) {
            throw new Fault(
                    "--blind with --cost or folders", "it is about the rules that are live: leave the others out");
        }
        Config config = option.load(data.environment());
        if (blind) {
            return BlindCommand.look(config, "24h", "6h", false, json);
        }
        if (!cost && (folders == null || folders.isEmpty()) && Reach.isKafkaKnown(config)) {
            return live(config, json);
        }
        RuleSet.Loaded loaded = words.load(config, folders);
        RuleListing listing = new RuleListing(loaded.rules());
        if (cost) {
            listing.cost(on == null ? null : events -> Samples.each(config, on, events));
        } else {
            listing.plain();
        }
        listing.print(json);
        loaded.problems().forEach(p -> Commands.complain(p.toString()));
        return loaded.problems().isEmpty() ? Commands.OK : Commands.FAILED;
    }

    private static int live(Config config, boolean json) {
        Map<String, Object> kafka = new Reach(config).kafka();
        RulesLive.Live live = RulesLive.live(kafka);
        RuleListing listing = new RuleListing(live.loaded().rules());
        Map<String, RulesLive.Firings> firings = Map.of();
        try (Elasticsearch elasticsearch = Parts.elasticsearch(config, new Reach(config).elasticsearch())) {
            firings = RulesLive.firings(elasticsearch);
        } catch (IOException | ElasticsearchException | Fault e) {
            Commands.complain("how often rules fired is not known: " + e.getMessage());
        }
        Map<String, Long> hits = Map.of();
        Map<String, String> blind = Map.of();
        try {
            hits = RuleHits.since(kafka, Micros.now() - DAY);
            blind = BlindAlerts.open(BlindAlerts.said(kafka));
        } catch (Fault e) {
            Commands.complain("what rules found and which cannot see is not known: " + e.getMessage());
        }
        listing.live(live, firings, hits, blind);
        listing.print(json);
        live.loaded().problems().forEach(problem -> Commands.complain(problem.toString()));
        return Commands.OK;
    }

    @Command(
            description = {
                "Says why a rule finds an event or does not, part by part, with what the event has there.",
                "Lines with + hold, lines with - do not; exit code 0 if the rule finds the event, 1 if not."
            },
            mixinStandardHelpOptions = true)
    int explain(
            @Mixin ConfigOption option,
            @Mixin RuleOptions words,
            @Mixin InputOptions input,
            @Option(
                            names = "--rules",
                            paramLabel = "DIR",
                            description = "Folders or files with rules (default: rules in the configuration).")
                    @Nullable
                    List<Path> folders,
            @Parameters(index = "0", paramLabel = "RULE", description = "Its id, name, title or file.") String rule,
            @Parameters(
                            index = "1",
                            paramLabel = "EVENT",
                            description = "A file with the event as its first line or object; - is standard input.")
                    String event) {
        Config config = option.load();
        boolean file = Files.isRegularFile(Path.of(rule));
        List<Path> from = folders != null ? folders : file ? List.of(Path.of(rule)) : config.rules();
        Folders used = words.folders(config, from);
        Explainer explainer = Explainer.load(used.rules(), Parts.defaults(config, used));
        List<String> ids = explainer.find(rule);
        if (ids.isEmpty()) {
            explainer.loaded().problems().forEach(p -> Commands.complain(p.toString()));
            throw new Fault(
                    "no rule over single events has the id, name, title or file '" + rule + "'",
                    "bongsu rules list shows them; a correlation is explained by the rules that it correlates");
        }
        List<Parsed> events;
        try {
            events = Offline.parsed(
                    ParserSet.load(used.parsers()).parsers(),
                    input.options(),
                    InputOptions.files(List.of(event)).get(0),
                    1);
        } catch (IOException e) {
            throw new Fault(event + " cannot be read: " + e.getMessage(), "name a file with one event", e);
        }
        if (events.isEmpty()) {
            throw new Fault(event + " has no event", "put one line or one JSON object into it");
        }
        Map<String, Object> fields = new HashMap<>(events.get(0).fields());
        fields.put("event.original", events.get(0).original());
        fields.put("event.dataset", events.get(0).dataset());
        fields.put("@timestamp", Micros.iso(events.get(0).time()));
        boolean all = true;
        for (String id : ids) {
            Explainer.Part part = explainer.explain(id, events.get(0).logSources(), fields);
            part.lines().forEach(line -> System.out.println(Printable.text(line)));
            System.out.println(part.holds() ? "The rule finds the event." : "The rule does not find the event.");
            all &= part.holds();
        }
        return all ? Commands.OK : Commands.FAILED;
    }

    private static String warning(Problem problem) {
        return new Problem(
                        problem.file(),
                        problem.line(),
                        problem.column(),
                        "warning: " + problem.message(),
                        problem.fix())
                .toString();
    }
}
