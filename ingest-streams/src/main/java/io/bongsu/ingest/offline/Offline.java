package io.bongsu.ingest.offline;

import io.bongsu.ingest.judge.Judge;
import io.bongsu.ingest.parse.Line;
import io.bongsu.ingest.parse.Parsed;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Alert;
import io.bongsu.model.Documents;
import io.bongsu.model.Event;
import io.bongsu.model.Micros;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.correlate.CorrelationHit;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code bongsu parse} and {@code bongsu detect}: files as the log. Each file is a source of its own. A stamp without a
 * year is resolved against the line's receive time, else {@link Options#now}, else the largest event time so far in that
 * file, else {@code start}.
 */
public final class Offline {
    /**
     * @param tag that the lines carry unless their envelope names one
     * @param now for stamps without a year, or {@link Micros#UNKNOWN}
     * @param envelopes the lines are envelopes
     * @param start the last resort for stamps without a year: when the command was started
     */
    public record Options(@Nullable String tag, long now, boolean envelopes, long start) {}

    /** A file to read: its name, and how to open it. */
    public record File(String name, Opener opener) {}

    /** Opens a file; called once. */
    public interface Opener {
        InputStream open() throws IOException;
    }

    private final Judge judge;
    private final Options options;
    private final Consumer<String> problems;
    private final Groups groups;

    /** @param problems takes each problem as one line: {@code file:line: what is wrong} */
    public Offline(ParserSet parsers, RuleSet rules, Options options, Consumer<String> problems) {
        this.judge = new Judge(parsers, rules, 1);
        this.options = options;
        this.problems = problems;
        this.groups = new Groups(rules);
    }

    /** Prints one document for each line, in order. */
    public void parse(List<File> files, Consumer<byte[]> out) {
        files.forEach(file -> read(file, (line, event) -> out.accept(document(line, event))));
    }

    /** Prints the final alerts, by time. */
    public void detect(List<File> files, Consumer<byte[]> out) {
        alerts(files).forEach(alert -> out.accept(Documents.alert(alert)));
    }

    /** The final alerts, by time. */
    public List<Alert> alerts(List<File> files) {
        files.forEach(file -> read(file, (line, event) -> {}));
        return groups.finish();
    }

    /** What the first events of a file are parsed to, at most so many. */
    public static List<Parsed> parsed(ParserSet parsers, Options options, File file, int most) throws IOException {
        List<Parsed> events = new ArrayList<>();
        long reference = options.now() == Micros.UNKNOWN ? options.start() : options.now();
        try (InputStream in = file.opener().open()) {
            Input.read(file.name(), in, options.envelopes(), line -> {
                if (line.problem() == null && line.data().length > 0 && events.size() < most) {
                    String tag = line.tag() == null ? options.tag() : line.tag();
                    events.add(parsers.parse(
                            new Line(line.data(), line.received(), "auto", tag, null, null, null, 0), reference));
                }
            });
        }
        return events;
    }

    private interface Taker {
        /** @param event null when the line was no envelope */
        void take(Input.Numbered line, @Nullable Event event);
    }

    private void read(File file, Taker taker) {
        long[] newest = {Micros.UNKNOWN};
        try (InputStream in = file.opener().open()) {
            Input.read(file.name(), in, options.envelopes(), line -> {
                if (line.problem() != null) {
                    problems.accept(file.name() + ":" + line.number() + ": " + line.problem());
                    taker.take(line, null);
                    return;
                }
                Event event = judge(line, newest[0]);
                newest[0] = Math.max(newest[0], event.getTime());
                taker.take(line, event);
            });
        } catch (IOException e) {
            problems.accept(file.name() + ": cannot be read: " + reason(e));
        }
    }

    /** Some exceptions have nothing but the name of the file as their message. */
    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException none -> "there is no such file; check the spelling";
            case AccessDeniedException denied -> "permission denied; make it readable";
            default -> String.valueOf(e.getMessage());
        };
    }

    private Event judge(Input.Numbered line, long newest) {
        long reference =
                options.now() != Micros.UNKNOWN ? options.now() : newest != Micros.UNKNOWN ? newest : options.start();
        String tag = line.tag() == null ? options.tag() : line.tag();
        return judge.judge(
                new Line(line.data(), line.received(), "auto", tag, null, null, null, 0),
                line.id(),
                new Judge.Position(0, line.number() - 1, 0),
                line.received(),
                reference,
                new Judge.Sink() {
                    @Override
                    public void alert(Alert alert) {
                        groups.alert(alert);
                    }

                    @Override
                    public void hit(Correlation correlation, List<String> group, CorrelationHit hit) {
                        groups.hit(correlation, group, hit);
                    }
                });
    }

    private byte[] document(Input.Numbered line, @Nullable Event event) {
        if (event == null) {
            String problem = String.valueOf(line.problem());
            return Documents.nested(
                    line.id().isEmpty()
                            ? Map.of("error.message", problem)
                            : Map.of("id", line.id(), "error.message", problem));
        }
        byte[] doc = Documents.event(event, Micros.UNKNOWN);
        if (!options.envelopes()) {
            return doc;
        }
        String id = new String(Documents.nested(Map.of("id", line.id())), StandardCharsets.UTF_8);
        String json = id.substring(0, id.length() - 1) + ",\"doc\":" + new String(doc, StandardCharsets.UTF_8) + "}";
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
