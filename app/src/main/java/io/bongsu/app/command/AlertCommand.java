package io.bongsu.app.command;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.app.console.Console;
import io.bongsu.app.console.Printable;
import io.bongsu.app.console.Terminal;
import io.bongsu.app.ledger.AlertTopic;
import io.bongsu.app.pipeline.NewestRules;
import io.bongsu.app.pipeline.Parts;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.indexer.Elasticsearch;
import io.bongsu.indexer.Search;
import io.bongsu.indexer.Search.In;
import io.bongsu.indexer.Search.Query;
import io.bongsu.model.AlertNote;
import io.bongsu.model.Documents;
import io.bongsu.model.Micros;
import io.bongsu.model.Workflow;
import io.bongsu.rules.RuleSet;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "alert",
        description =
                "One alert: what lies behind it, what an analyst says about it, and what is to be left out from now on.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Examples:",
            "  bongsu search --alerts --since 24h",
            "  bongsu alert show 3823e265",
            "  bongsu alert close 3823e265 --reason false-positive --note \"our own scanner\"",
            "  bongsu alert except 3823e265 --for 90d --note \"our own scanner\""
        })
final class AlertCommand {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{4,32}");
    /** Ids in one search: a query may hold 1,024 of them, and an alert keeps fewer as evidence. */
    private static final int CHUNK = 500;

    @Command(
            description = {
                "What happened, to whom, which events say so, and what to check.",
                "Exit code 1 when there is no such alert."
            },
            mixinStandardHelpOptions = true)
    int show(
            @Mixin ConfigOption option,
            @Mixin DataOption data,
            @Option(names = "--json", description = "The alert as a document, then each event behind it, one per line.")
                    boolean json,
            @Parameters(paramLabel = "ID", description = "Its event.id, or the beginning of it: 4 digits or more.")
                    String id) {
        Config config = option.load(data.environment());
        try (Elasticsearch elasticsearch = Parts.elasticsearch(config, new Reach(config).elasticsearch())) {
            Search search = new Search(elasticsearch);
            Search.Hit alert = one(search, id);
            if (alert == null) {
                return Commands.FAILED;
            }
            Map<String, Object> told = Notes.of(search, List.of(alert.id())).told(alert.id(), alert.flat());
            told.putAll(otherVersions(search, told));
            List<Search.Hit> evidence = evidence(search, AlertPage.evidence(told));
            if (json) {
                try (Lines out = new Lines()) {
                    out.json(Documents.nested(told));
                    evidence.forEach(hit -> out.json(hit.json()));
                }
            } else {
                Map<String, Map<String, Object>> byId = new HashMap<>();
                evidence.forEach(hit -> byId.put(hit.id(), hit.flat()));
                Console console = Commands.console();
                new AlertPage(console, ZoneId.systemDefault(), Terminal.isOut() ? Terminal.width() : Integer.MAX_VALUE)
                        .lines(told, byId)
                        .forEach(console::line);
            }
        }
        return Commands.OK;
    }

    /**
     * When a rule is changed while an attack goes on, its former version sees the attack to its end, and the new one sees it
     * from its beginning: two alerts of one attack. Their ids rest on versions, so they are found by what they are about.
     */
    private static Map<String, Object> otherVersions(Search search, Map<String, Object> alert) {
        String query = "rule.id:\"%s\" AND NOT rule.version:\"%s\" AND NOT bongsu.alert.status:withdrawn"
                + " AND event.start:[* TO \"%s\"] AND event.end:[\"%s\" TO *]";
        List<String> others = search
                .find(Search.Query.of(
                        query.formatted(
                                alert.get("rule.id"),
                                alert.get("rule.version"),
                                alert.get("event.end"),
                                alert.get("event.start")),
                        Search.In.ALERTS,
                        CHUNK))
                .hits()
                .stream()
                .filter(hit -> AlertPage.sameGroup(alert, hit.flat()))
                .map(Search.Hit::id)
                .toList();
        return others.isEmpty() ? Map.of() : Map.of(AlertPage.OTHER_VERSIONS, others);
    }

    /** What it turned out to be. */
    private enum Reason {
        TRUE_POSITIVE("true-positive", "true_positive"),
        FALSE_POSITIVE("false-positive", "false_positive"),
        BENIGN("benign", "benign_positive");

        private final String word;
        private final String field;

        Reason(String word, String field) {
            this.word = word;
            this.field = field;
        }

        /** As it is typed. */
        @Override
        public String toString() {
            return word;
        }
    }

    /** What is said with every word about an alert. */
    static final class Said {
        @Mixin
        private ConfigOption option;

        @Mixin
        private DataOption data;

        @Option(
                names = "--note",
                paramLabel = "TEXT",
                required = true,
                description = "Why: for those who come after you.")
        private String note;

        @Option(names = "--by", paramLabel = "NAME", description = "Who says so (default: who is logged in here).")
        private String by = System.getProperty("user.name");

        @Parameters(paramLabel = "ID", description = "Its event.id, or the beginning of it: 4 digits or more.")
        private String id;
    }

    @Command(
            description = {
                "Says that somebody looks at it. Later revisions of the alert do not change that.",
                "Exit code 1 when there is no such alert."
            },
            mixinStandardHelpOptions = true)
    int ack(@Mixin Said said) {
        return say(said, Workflow.ACKNOWLEDGED, null);
    }

    @Command(
            description = {
                "Says that it is dealt with, and what it turned out to be. Later revisions of the alert do not change that.",
                "Exit code 1 when there is no such alert."
            },
            mixinStandardHelpOptions = true)
    int close(
            @Mixin Said said,
            @Option(
                            names = "--reason",
                            paramLabel = "WORD",
                            description =
                                    "true-positive: an attack; false-positive: the rule is wrong; benign: the rule is right and"
                                            + " it was allowed.")
                    @Nullable
                    Reason reason) {
        return say(said, Workflow.CLOSED, reason);
    }

    @Command(
            description = {"Takes back that it was dealt with.", "Exit code 1 when there is no such alert."},
            mixinStandardHelpOptions = true)
    int reopen(@Mixin Said said) {
        return say(said, Workflow.OPEN, null);
    }

    @Command(
            description = {
                "Writes a Sigma filter that leaves out what this alert is about, as a file to review: nothing changes before you "
                        + "put it into a folder of rules. It ends by itself, by the time of the events. Exit code 1 when there is no such alert."
            },
            mixinStandardHelpOptions = true)
    int except(
            @Mixin Said said,
            @Mixin RuleOptions words,
            @Option(
                            names = "--field",
                            paramLabel = "NAME",
                            description =
                                    "What the filter looks at, with the values that the alert's events have; can be repeated"
                                            + " (default: the alert's group, or whom and what its event is about).")
                    @Nullable
                    List<String> fields,
            @Option(names = "--for", paramLabel = "DURATION", description = "It ends after that (default: 30d).")
                    @Nullable
                    String length,
            @Option(names = "--until", paramLabel = "DATE", description = "It ends then: 2027-01-31, or ISO 8601.")
                    @Nullable
                    String until,
            @Option(
                            names = "--rules",
                            paramLabel = "DIR",
                            description = "Folders or files with the rules (default: those that are live).")
                    @Nullable
                    List<Path> folders,
            @Option(
                            names = "--out",
                            paramLabel = "FILE",
                            description = "Where it is written (default: except-ID.yml in this folder).")
                    @Nullable
                    Path out)
            throws IOException {
        Config config = said.option.load(said.data.environment());
        long now = Micros.now();
        long end = TimeOption.end(length, until, now);
        try (Elasticsearch elasticsearch = Parts.elasticsearch(config, new Reach(config).elasticsearch())) {
            Search search = new Search(elasticsearch);
            Search.Hit alert = one(search, said.id);
            if (alert == null) {
                return Commands.FAILED;
            }
            RuleSet rules =
                    folders == null ? live(config) : words.load(config, folders).rules();
            Map<String, Map<String, Object>> events = new HashMap<>();
            evidence(search, AlertPage.evidence(alert.flat())).forEach(hit -> events.put(hit.id(), hit.flat()));
            String yaml = new FilterDraft(rules, alert.flat(), events)
                    .yaml(fields == null ? List.of() : fields, end, said.by, said.note.strip(), now);
            Path file = out == null ? Path.of("except-" + alert.id().substring(0, 10) + ".yml") : out;
            Path absolute = file.toAbsolutePath().normalize();
            if (config.rules().stream().anyMatch(absolute::startsWith)) {
                throw new Fault(
                        file + " lies in a folder of rules, where it would be in force before anybody has looked at it",
                        "write it somewhere else with --out");
            }
            try {
                Files.writeString(file, yaml, StandardOpenOption.CREATE_NEW);
            } catch (FileAlreadyExistsException e) {
                throw new Fault(file + " is there already", "name another with --out", e);
            }
            System.out.println(Printable.text(file + ": look at it, then put it into a folder of rules"));
        }
        return Commands.OK;
    }

    private static RuleSet live(Config config) {
        try (NewestRules live = NewestRules.open(config, new Reach(config).kafka())) {
            return live.loaded().rules();
        }
    }

    private static int say(Said said, Workflow status, @Nullable Reason reason) {
        if (said.note.isBlank()) {
            throw new Fault("--note is empty", "say in a few words why: those who come after you will ask");
        }
        Config config = said.option.load(said.data.environment());
        Reach reach = new Reach(config);
        try (Elasticsearch elasticsearch = Parts.elasticsearch(config, reach.elasticsearch())) {
            Search.Hit found = one(new Search(elasticsearch), said.id);
            if (found == null) {
                return Commands.FAILED;
            }
            AlertNote note = Notes.note(
                    found.flat(),
                    status,
                    reason == null ? null : reason.field,
                    said.note.strip(),
                    said.by,
                    Micros.now());
            AlertTopic.send(reach.kafka(), List.of(new AlertTopic.Entry(note.getAlert(), note)));
            System.out.println(Printable.text("alert " + note.getAlert() + " "
                    + AlertPage.text(found.flat(), "rule.name") + ": "
                    + Notes.words(status.name().toLowerCase(Locale.ROOT), note.getReason())));
        }
        return Commands.OK;
    }

    /** The alert whose id begins so; null when there is none, which is said. */
    static Search.@Nullable Hit one(Search search, String id) {
        String begins = id.toLowerCase(Locale.ROOT);
        if (!ID.matcher(begins).matches()) {
            throw new Fault(
                    "'" + id + "' is no id of an alert",
                    "write 4 to 32 of the digits 0-9 a-f: bongsu search --alerts shows them");
        }
        List<Search.Hit> found =
                search.find(Query.of("event.id:" + begins + "*", In.ALERTS, 2)).hits();
        if (found.size() > 1) {
            throw new Fault(
                    "the ids of several alerts begin with " + id,
                    "write more of it: " + found.get(0).id() + " or "
                            + found.get(1).id() + ", for example");
        }
        if (found.isEmpty()) {
            Commands.complain("there is no alert " + id);
            return null;
        }
        return found.getFirst();
    }

    static List<Search.Hit> evidence(Search search, List<String> ids) {
        List<Search.Hit> found = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += CHUNK) {
            List<String> chunk = ids.subList(from, Math.min(ids.size(), from + CHUNK));
            String query = "event.id:(\"" + String.join("\" OR \"", chunk) + "\")";
            found.addAll(search.find(Query.of(query, In.BOTH, 2 * chunk.size())).hits());
        }
        return found;
    }
}
