package io.bongsu.app.command;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.app.console.Console;
import io.bongsu.app.console.Terminal;
import io.bongsu.app.pipeline.Parts;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.indexer.Elasticsearch;
import io.bongsu.indexer.Search;
import io.bongsu.indexer.Search.Query;
import io.bongsu.model.Documents;
import io.bongsu.model.Micros;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "search",
        description = "Finds events and alerts, newest first.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  bongsu search 'user.name:root AND event.outcome:failure'",
            "  bongsu search --alerts --open --since 24h",
            "  bongsu search --json 'message:\"order accepted\"'"
        })
final class SearchCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption option;

    @Mixin
    private DataOption data;

    @Parameters(arity = "0..*", paramLabel = "QUERY", description = "Lucene syntax: words, field:value, AND, OR, NOT.")
    private List<String> query = List.of();

    @Option(names = "--alerts", description = "Alerts, not events.")
    private boolean alerts;

    @Option(names = "--open", description = "Alerts that nobody has dealt with ('bongsu alert close').")
    private boolean open;

    @Option(names = "--since", paramLabel = "TIME", description = "From then on: 15m, 2h, 7d, or ISO 8601.")
    private @Nullable String since;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "At most so many (default: ${DEFAULT-VALUE}).",
            defaultValue = "50")
    private int limit;

    @Option(names = "--json", description = "Whole documents, one per line, instead of a table.")
    private boolean json;

    @Override
    public Integer call() {
        if (limit < 0 || limit > 10_000) {
            throw new Fault("--limit: " + limit + " is out of range", "write a number from 0 to 10000");
        }
        if (open && !alerts) {
            throw new Fault("--open without --alerts", "write bongsu search --alerts --open");
        }
        Config config = option.load(data.environment());
        try (Elasticsearch elasticsearch = Parts.elasticsearch(config, new Reach(config).elasticsearch())) {
            Search search = new Search(elasticsearch);
            Query asked = new Query(
                    String.join(" ", query),
                    alerts ? Search.In.ALERTS : Search.In.EVENTS,
                    TimeOption.micros("--since", since),
                    Micros.UNKNOWN,
                    limit);
            Search.Found found = search.find(open ? asked.without(closed(search, asked.from())) : asked);
            Notes notes = alerts
                    ? Notes.of(search, found.hits().stream().map(Search.Hit::id).toList())
                    : Notes.of(search, List.of());
            if (json) {
                try (Lines out = new Lines()) {
                    found.hits()
                            .forEach(hit -> out.json(
                                    notes.has(hit.id())
                                            ? Documents.nested(notes.told(hit.id(), hit.flat()))
                                            : hit.json()));
                }
            } else {
                print(found, notes);
            }
        }
        return Commands.OK;
    }

    private static List<String> closed(Search search, long from) {
        Search.Found closed = Notes.closed(search, from);
        if (closed.total() > closed.hits().size()) {
            Commands.complain("of " + closed.total() + " alerts that are dealt with, only the "
                    + closed.hits().size() + " last ones are left out: say --since");
        }
        return closed.hits().stream().map(Search.Hit::id).toList();
    }

    private void print(Search.Found found, Notes notes) {
        Console console = Commands.console();
        List<Map<String, Object>> rows = found.hits().stream()
                .map(hit -> notes.told(hit.id(), hit.flat()))
                .toList();
        int width = Terminal.isOut() ? Terminal.width() : Integer.MAX_VALUE;
        (alerts ? ResultTable.alerts(rows, console, width) : ResultTable.events(rows, console, width))
                .forEach(console::line);
        console.line(
                found.total() == 0
                        ? "nothing found"
                        : found.hits().size() + " of " + found.total() + (alerts ? " alerts" : " events"));
    }
}
