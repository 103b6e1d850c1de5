package io.bongsu.app.command;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.app.console.Console;
import io.bongsu.app.console.Terminal;
import io.bongsu.app.pipeline.Parts;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.indexer.Elasticsearch;
import io.bongsu.indexer.Search;
import io.bongsu.indexer.Search.In;
import io.bongsu.indexer.Search.Query;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "alert",
        description = "One alert, and what lies behind it.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Examples:", "  bongsu search --alerts --since 24h", "  bongsu alert show 3823e265"})
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
        String begins = id.toLowerCase(Locale.ROOT);
        if (!ID.matcher(begins).matches()) {
            throw new Fault(
                    "'" + id + "' is no id of an alert",
                    "write 4 to 32 of the digits 0-9 a-f: bongsu search --alerts shows them");
        }
        Config config = option.load(data.environment());
        try (Elasticsearch elasticsearch = Parts.elasticsearch(config, new Reach(config).elasticsearch())) {
            Search search = new Search(elasticsearch);
            List<Search.Hit> found = search.find(Query.of("event.id:" + begins + "*", In.ALERTS, 2))
                    .hits();
            if (found.isEmpty()) {
                Commands.complain("there is no alert " + id);
                return Commands.FAILED;
            }
            if (found.size() > 1) {
                throw new Fault(
                        "the ids of several alerts begin with " + id,
                        "write more of it: " + found.get(0).id() + " or "
                                + found.get(1).id() + ", for example");
            }
            Search.Hit alert = found.get(0);
            List<Search.Hit> evidence = evidence(search, AlertPage.evidence(alert.flat()));
            if (json) {
                try (Lines out = new Lines()) {
                    out.json(alert.json());
                    evidence.forEach(hit -> out.json(hit.json()));
                }
            } else {
                Map<String, Map<String, Object>> byId = new HashMap<>();
                evidence.forEach(hit -> byId.put(hit.id(), hit.flat()));
                Console console = Commands.console();
                new AlertPage(console, ZoneId.systemDefault(), Terminal.isOut() ? Terminal.width() : Integer.MAX_VALUE)
                        .lines(alert.flat(), byId)
                        .forEach(console::line);
            }
        }
        return Commands.OK;
    }

    private static List<Search.Hit> evidence(Search search, List<String> ids) {
        List<Search.Hit> found = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += CHUNK) {
            List<String> chunk = ids.subList(from, Math.min(ids.size(), from + CHUNK));
            String query = "event.id:(\"" + String.join("\" OR \"", chunk) + "\")";
            found.addAll(search.find(Query.of(query, In.BOTH, 2 * chunk.size())).hits());
        }
        return found;
    }
}
