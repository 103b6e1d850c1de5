package io.bongsu.app.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.app.console.Console;
import io.bongsu.app.console.Printable;
import io.bongsu.app.console.Terminal;
import io.bongsu.app.ledger.DeadLetters;
import io.bongsu.app.ledger.DeadLetters.Query;
import io.bongsu.app.ledger.DeadLetters.Replayed;
import io.bongsu.app.ledger.DeadLetters.Stored;
import io.bongsu.app.pipeline.Reach;
import io.bongsu.model.Codec;
import io.bongsu.model.DeadLetter;
import io.bongsu.model.Documents;
import io.bongsu.model.Micros;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "dead-letters",
        description = "What could not be processed, and its way back when the cause is mended.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Examples:",
            "  bongsu dead-letters list --since 24h",
            "  bongsu dead-letters show bongsu.logs-0-4711-3",
            "  bongsu dead-letters replay --reason parser --dry-run"
        })
final class DeadLettersCommand {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Which ones. */
    static final class Filter {
        @Mixin
        private ConfigOption option;

        @Mixin
        private DataOption data;

        @Option(names = "--since", paramLabel = "TIME", description = "Written from then on: 15m, 2h, 7d, or ISO 8601.")
        private @Nullable String since;

        @Option(names = "--stage", paramLabel = "STAGE", description = "Only of that stage: parse, correlate, index.")
        private @Nullable String stage;

        @Option(names = "--reason", paramLabel = "WORD", description = "Only with that reason, as the list shows it.")
        private @Nullable String reason;

        @Option(names = "--source", paramLabel = "NAME", description = "Only of that source: listener/address.")
        private @Nullable String source;

        DeadLetters open() {
            Config config = option.load(data.environment());
            return new DeadLetters(new Reach(config).kafka());
        }

        Query query(boolean replayed) {
            return new Query(TimeOption.micros("--since", since), stage, reason, source, replayed);
        }

        boolean given() {
            return since != null || stage != null || reason != null || source != null;
        }
    }

    @Command(
            description = "Those that wait, oldest first; those that were put back, too, with --all.",
            mixinStandardHelpOptions = true)
    int list(
            @Mixin Filter filter,
            @Option(names = "--all", description = "Also those that were put back.") boolean all,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "At most so many, the newest (default: ${DEFAULT-VALUE}).")
                    int limit,
            @Option(names = "--json", description = "One JSON object per line.") boolean json) {
        try (DeadLetters letters = filter.open()) {
            List<Stored> found = letters.find(filter.query(all));
            List<Stored> shown = found.subList(Math.max(0, found.size() - Math.max(0, limit)), found.size());
            if (json) {
                shown.forEach(
                        s -> System.out.println(Printable.json(json(s.letter()).toString())));
            } else {
                print(shown, found.size());
            }
        }
        return Commands.OK;
    }

    private static void print(List<Stored> shown, int total) {
        Console console = Commands.console();
        List<List<String>> rows = new ArrayList<>();
        for (Stored stored : shown) {
            DeadLetter letter = stored.letter();
            rows.add(List.of(
                    Micros.iso(letter.getAppended()).substring(0, 19),
                    letter.getStage(),
                    letter.getReason(),
                    letter.getReplays() == 0 ? "" : letter.getReplays() + "x",
                    letter.getSource() == null ? "" : letter.getSource(),
                    letter.getId(),
                    letter.getMessage()));
        }
        ResultTable.of(
                        List.of("appended (UTC)", "stage", "reason", "back", "source", "id", "what went wrong"),
                        rows,
                        console,
                        Terminal.isOut() ? Terminal.width() : Integer.MAX_VALUE)
                .forEach(console::line);
        console.line(total == 0 ? "no dead letters" : shown.size() + " of " + total + " dead letters");
    }

    @Command(description = "One of them, whole.", mixinStandardHelpOptions = true)
    int show(
            @Mixin Filter filter,
            @Parameters(paramLabel = "ID", description = "As the list shows it, or its beginning.") String id,
            @Option(names = "--raw", description = "Nothing but its data, byte for byte.") boolean raw,
            @Option(names = "--json", description = "As the document that Elasticsearch holds.") boolean json) {
        try (DeadLetters letters = filter.open()) {
            DeadLetter letter = letters.whole(one(letters.find(filter.query(true)), id));
            byte[] data = Codec.bytes(letter.getData());
            if (raw) {
                System.out.write(data, 0, data.length);
                System.out.flush();
            } else if (json) {
                System.out.println(Printable.json(new String(Documents.deadLetter(letter), StandardCharsets.UTF_8)));
            } else {
                Console console = Commands.console();
                json(letter)
                        .properties()
                        .forEach(e -> console.line(Printable.pad(e.getKey(), 10)
                                + Printable.text(e.getValue().asText())));
                console.line("");
                console.line(Printable.text(new String(data, StandardCharsets.UTF_8)));
            }
        }
        return Commands.OK;
    }

    @Command(
            description = {
                "Puts them back where they failed, with the ids that they had: after the rule, the parser, the release or the"
                        + " mapping was mended.",
                "Exit code 1 when some cannot be put back; 2 when Kafka refuses."
            },
            mixinStandardHelpOptions = true)
    int replay(
            @Mixin Filter filter,
            @Parameters(arity = "0..*", paramLabel = "ID", description = "As the list shows them, or their beginnings.")
                    @Nullable
                    List<String> ids,
            @Option(names = "--all", description = "All that wait.") boolean all,
            @Option(names = "--dry-run", description = "Only says which.") boolean dryRun) {
        if ((ids == null || ids.isEmpty()) && !filter.given() && !all) {
            throw new Fault(
                    "replay which dead letters?", "name their ids, --reason, --stage, --source or --since, or --all");
        }
        Console console = Commands.console();
        int failed = 0;
        try (DeadLetters letters = filter.open()) {
            List<Stored> chosen = chosen(letters, filter, ids == null ? List.of() : ids);
            for (Stored stored : chosen) {
                String id = Printable.text(stored.letter().getId());
                if (dryRun) {
                    console.line(id + " would go back to " + stored.letter().getTopic());
                    continue;
                }
                switch (letters.replay(stored)) {
                    case Replayed.Put put ->
                        console.line(id + " → " + put.topic() + "-" + put.partition() + "@" + put.offset());
                    case Replayed.Impossible impossible -> {
                        failed++;
                        console.line(id + " cannot go back: " + impossible.reason());
                    }
                }
            }
            console.line((chosen.size() - failed) + " of " + chosen.size() + " dead letters "
                    + (dryRun ? "would be" : "were") + " put back");
        }
        return failed == 0 ? Commands.OK : Commands.FAILED;
    }

    /** Those with the ids, which may have been put back before; else those that wait and pass the filter. */
    private static List<Stored> chosen(DeadLetters letters, Filter filter, List<String> ids) {
        if (ids.isEmpty()) {
            return letters.find(filter.query(false));
        }
        List<Stored> all = letters.find(filter.query(true));
        return ids.stream().map(id -> one(all, id)).toList();
    }

    private static Stored one(List<Stored> all, String id) {
        List<Stored> found =
                all.stream().filter(s -> s.letter().getId().equals(id)).toList();
        if (found.isEmpty()) {
            found = all.stream().filter(s -> s.letter().getId().startsWith(id)).toList();
        }
        if (found.isEmpty()) {
            throw new Fault("there is no dead letter " + id, "'bongsu dead-letters list --all' shows what there is");
        }
        if (found.size() > 1) {
            throw new Fault(
                    found.size() + " dead letters begin with " + id + ": "
                            + found.get(0).letter().getId() + ", "
                            + found.get(1).letter().getId(),
                    "write more of it");
        }
        return found.getFirst();
    }

    private static ObjectNode json(DeadLetter letter) {
        ObjectNode out = JSON.createObjectNode()
                .put("id", letter.getId())
                .put("appended", Micros.iso(letter.getAppended()))
                .put("stage", letter.getStage())
                .put("reason", letter.getReason())
                .put("message", letter.getMessage())
                .put("topic", letter.getTopic())
                .put("partition", letter.getPartition())
                .put("offset", letter.getOffset())
                .put("line", letter.getLine())
                .put("replays", letter.getReplays());
        if (letter.getSource() != null) {
            out.put("source", letter.getSource());
        }
        if (letter.getEvent() != null) {
            out.put("event", letter.getEvent());
        }
        return out;
    }
}
