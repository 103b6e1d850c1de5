package io.bongsu.ingest.offline;

import io.bongsu.ingest.judge.Judge;
import io.bongsu.ingest.judge.Presence;
import io.bongsu.ingest.parse.Joiner;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    private final ParserSet parsers;
    private final Judge judge;
    private final Presence presence;
    private final Options options;
    private final Consumer<String> problems;
    private final Groups groups;
    private final Judge.Sink sink = new Judge.Sink() {
        @Override
        public void alert(Alert alert) {
            groups.alert(alert);
        }

        @Override
        public void hit(Correlation correlation, List<String> group, CorrelationHit hit) {
            groups.hit(correlation, group, hit);
        }
    };

    /** @param problems takes each problem as one line: {@code file:line: what is wrong} */
    public Offline(ParserSet parsers, RuleSet rules, Options options, Consumer<String> problems) {
        this(parsers, rules, new Judge(rules, 1), options, problems);
    }

    Offline(ParserSet parsers, RuleSet rules, Judge judge, Options options, Consumer<String> problems) {
        this.parsers = parsers;
        this.judge = judge;
        this.presence = new Presence((key, value) -> {});
        presence.ask(List.of(rules));
        this.options = options;
        this.problems = problems;
        this.groups = new Groups(rules);
    }

    /** Prints one document for each line, in order. One that became part of another's event says so. */
    public void parse(List<File> files, Consumer<byte[]> out) {
        for (File file : files) {
            InOrder lines = new InOrder(out);
            read(file, lines);
            lines.flush();
        }
    }

    /** Prints the final alerts, by time. */
    public void detect(List<File> files, Consumer<byte[]> out) {
        alerts(files).forEach(alert -> out.accept(Documents.alert(alert)));
    }

    /** The final alerts, by time. */
    public List<Alert> alerts(List<File> files) {
        files.forEach(file -> read(file, NOTHING));
        return groups.finish();
    }

    /** What the first events of a file are parsed to, at most so many. */
    public static List<Parsed> parsed(ParserSet parsers, Options options, File file, int most) throws IOException {
        List<Parsed> events = new ArrayList<>();
        parsed(parsers, options, file, most, events::add);
        return events;
    }

    /** The same, one after the other: none is kept. */
    public static void parsed(ParserSet parsers, Options options, File file, int most, Consumer<Parsed> taker)
            throws IOException {
        Joiner joiner = new Joiner(parsers);
        int[] taken = {0};
        Consumer<Joiner.Outcome> complete = outcome -> {
            if (outcome instanceof Joiner.Complete event && taken[0] < most) {
                taken[0]++;
                taker.accept(event.parse());
            }
        };
        try (InputStream in = file.opener().open()) {
            Input.read(file.name(), in, options.envelopes(), line -> {
                if (line.problem() == null && line.data().length > 0 && taken[0] < most) {
                    joiner.take(waiting(options, line, Micros.UNKNOWN)).forEach(complete);
                }
            });
        }
        joiner.end().forEach(complete);
    }

    /** Told of every line what came of it, sooner or later. */
    private interface Taker {
        void line(Input.Numbered line);

        void broken(Input.Numbered line);

        void failed(String id, Throwable e);

        void event(String id, Event event);

        void merged(String id, String into);
    }

    private static final Taker NOTHING = new Taker() {
        @Override
        public void line(Input.Numbered line) {}

        @Override
        public void broken(Input.Numbered line) {}

        @Override
        public void failed(String id, Throwable e) {}

        @Override
        public void event(String id, Event event) {}

        @Override
        public void merged(String id, String into) {}
    };

    private void read(File file, Taker taker) {
        Joiner joiner = new Joiner(parsers);
        long[] newest = {Micros.UNKNOWN};
        try (InputStream in = file.opener().open()) {
            Input.read(file.name(), in, options.envelopes(), line -> {
                taker.line(line);
                if (line.problem() != null) {
                    problems.accept(file.name() + ":" + line.number() + ": " + line.problem());
                    taker.broken(line);
                    return;
                }
                Joiner.Waiting waiting = waiting(options, line, newest[0]);
                List<Joiner.Outcome> outcomes;
                try {
                    outcomes = joiner.take(waiting);
                } catch (RuntimeException | StackOverflowError e) {
                    broken(file, List.of(waiting), e, newest[0], taker);
                    return;
                }
                settle(file, outcomes, newest, taker);
            });
        } catch (IOException e) {
            problems.accept(file.name() + ": cannot be read: " + reason(e));
        }
        settle(file, joiner.end(), newest, taker);
    }

    /** A line that breaks a parser or a rule is a dead letter, as in the pipeline, and the others go on. */
    private void broken(File file, List<Joiner.Waiting> lines, Throwable e, long newest, Taker taker) {
        for (Joiner.Waiting line : lines) {
            problems.accept(file.name() + ":" + (line.offset() + 1) + ": broke the parser: " + e);
            long received = line.line().received();
            long time = Math.max(received, newest);
            judge.judge(
                    Judge.deadLetter(
                            time == Micros.UNKNOWN ? options.start() : time,
                            file.name(),
                            "parser",
                            e.toString(),
                            line.line().data()),
                    line.id(),
                    new Judge.Position(0, line.offset(), 0),
                    received,
                    sink);
            taker.failed(line.id(), e);
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

    private void settle(File file, List<Joiner.Outcome> outcomes, long[] newest, Taker taker) {
        for (Joiner.Outcome outcome : outcomes) {
            switch (outcome) {
                case Joiner.Held held -> newest[0] = Math.max(newest[0], held.time());
                case Joiner.Merged merged -> taker.merged(merged.line().id(), merged.into());
                case Joiner.Complete complete -> {
                    Joiner.Waiting first = complete.lines().getFirst();
                    Event event;
                    try {
                        event = event(complete, first);
                    } catch (RuntimeException | StackOverflowError e) {
                        broken(file, complete.lines(), e, newest[0], taker);
                        continue;
                    }
                    newest[0] = Math.max(newest[0], event.getTime());
                    taker.event(first.id(), event);
                    complete.lines().stream().skip(1).forEach(line -> taker.merged(line.id(), first.id()));
                }
            }
        }
    }

    private Event event(Joiner.Complete complete, Joiner.Waiting first) {
        Parsed parsed = complete.parse();
        Judge.Position at = new Judge.Position(0, first.offset(), 0);
        long received = first.line().received();
        Event event = judge.judge(parsed, first.id(), at, received, sink);
        presence.heard(parsed, at, Micros.UNKNOWN, (present, of) -> judge.judge(present, of, at, received, sink));
        return event;
    }

    private static Joiner.Waiting waiting(Options options, Input.Numbered line, long newest) {
        long reference =
                options.now() != Micros.UNKNOWN ? options.now() : newest != Micros.UNKNOWN ? newest : options.start();
        String tag = line.tag() == null ? options.tag() : line.tag();
        return new Joiner.Waiting(
                new Line(line.data(), line.received(), "auto", tag, null, null, null, 0),
                reference,
                line.id(),
                0,
                line.number() - 1,
                0,
                Micros.UNKNOWN);
    }

    /** Prints in the order of the lines what becomes known in another: a line waits for those before it. */
    private final class InOrder implements Taker {
        private final Consumer<byte[]> out;
        /** By number of the line: what to print, or null as long as that is not known. */
        private final ArrayDeque<Slot> slots = new ArrayDeque<>();
        /** The newest line with this id that nothing came of yet; an input may give an id twice. */
        private final Map<String, ArrayDeque<Slot>> open = new HashMap<>();

        private static final class Slot {
            byte @Nullable [] document;
        }

        InOrder(Consumer<byte[]> out) {
            this.out = out;
        }

        @Override
        public void line(Input.Numbered line) {
            Slot slot = new Slot();
            slots.add(slot);
            open.computeIfAbsent(line.id(), id -> new ArrayDeque<>(1)).add(slot);
        }

        @Override
        public void broken(Input.Numbered line) {
            // Its id may be empty, so it is found by its place: it is the newest one.
            Slot slot = slots.getLast();
            Map<String, Object> said = new HashMap<>(Map.of("error.message", String.valueOf(line.problem())));
            if (!line.id().isEmpty()) {
                said.put("id", line.id());
            }
            slot.document = Documents.nested(said);
            forget(line.id(), slot);
            flush();
        }

        @Override
        public void failed(String id, Throwable e) {
            settle(id, Documents.nested(Map.of("id", id, "error.message", e.toString())));
        }

        @Override
        public void event(String id, Event event) {
            byte[] doc = Documents.event(event, Micros.UNKNOWN);
            settle(id, options.envelopes() ? beside(id, "doc", doc) : doc);
        }

        @Override
        public void merged(String id, String into) {
            settle(
                    id,
                    Documents.nested(
                            options.envelopes() ? Map.of("id", id, "merged_into", into) : Map.of("merged_into", into)));
        }

        private void settle(String id, byte[] document) {
            Slot slot = Objects.requireNonNull(open.get(id)).getFirst();
            slot.document = document;
            forget(id, slot);
            flush();
        }

        private void forget(String id, Slot slot) {
            ArrayDeque<Slot> same = Objects.requireNonNull(open.get(id));
            same.remove(slot);
            if (same.isEmpty()) {
                open.remove(id);
            }
        }

        void flush() {
            for (Slot head = slots.peek(); head != null && head.document != null; head = slots.peek()) {
                out.accept(head.document);
                slots.remove();
            }
        }

        private static byte[] beside(String id, String name, byte[] doc) {
            String start = new String(Documents.nested(Map.of("id", id)), StandardCharsets.UTF_8);
            String json = start.substring(0, start.length() - 1) + ",\"" + name + "\":"
                    + new String(doc, StandardCharsets.UTF_8) + "}";
            return json.getBytes(StandardCharsets.UTF_8);
        }
    }
}
