package io.bongsu.ingest.parse;

import io.bongsu.ingest.parse.ParserSet.Opened;
import io.bongsu.model.Micros;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Puts the lines of one source together that are one event, as the {@link Join} of their parser says. What comes of a
 * line depends on the lines before it and on the receive times that they carry, on nothing else: neither on how they
 * were packed into records, nor on when this runs. {@link #save} and {@link #load} between any two lines change nothing.
 *
 * <p>Where the parsers change, lines that wait stay with the parsers that began their event, as does what continues them.
 *
 * <p>Bounded: an event that grows too large is complete, and so is the oldest one when too much waits; both are tagged.
 * Not thread-safe.
 */
public final class Joiner {
    /** Added to an event that was complete only because no more could be held. */
    static final String FULL = "_join_full";

    static final int MAX_LINES = 1_000;
    static final int MAX_CHARS = 1_000_000;
    static final int MAX_EVENT_LINES = 500;
    static final int MAX_EVENT_CHARS = 400_000;
    /** An event is complete when so many lines of its source came behind it; where receive times are unknown. */
    static final int MAX_AGE = 1_000;
    /** Complete events whose keys are remembered, for lines that say nothing and come behind them. */
    private static final int FINISHED = 32;

    /** Files whose heads are remembered; the lines of others are read without. */
    private static final int MAX_HEADS = 256;

    private static final byte VERSION = 4;

    /**
     * A line and where it came from.
     *
     * @param reference see {@link ParserSet#parse}
     * @param id {@code event.id} of the line
     * @param epoch of its shipper
     * @param offset of its record
     * @param index in its record
     * @param appended append time of its record
     */
    public record Waiting(Line line, long reference, String id, long epoch, long offset, int index, long appended) {}

    /** What came of lines. */
    public sealed interface Outcome {}

    /** One event; its identity is that of the first line, and the others are merged into it. */
    public static final class Complete implements Outcome {
        private final ParserSet parsers;
        private final @Nullable Opened opened;
        private final List<Waiting> lines;
        private final boolean full;

        private Complete(ParserSet parsers, @Nullable Opened opened, List<Waiting> lines, boolean full) {
            this.parsers = parsers;
            this.opened = opened;
            this.lines = List.copyOf(lines);
            this.full = full;
        }

        public List<Waiting> lines() {
            return lines;
        }

        public Parsed parse() {
            if (opened != null) {
                return parsers.finish(opened, List.of());
            }
            Parsed parsed = parsers.parse(lines);
            return full ? parsed.withTag(FULL) : parsed;
        }
    }

    /** The line belongs to an event that was complete before, and adds nothing. @param into id of that event */
    public record Merged(Waiting line, String into) implements Outcome {}

    /** The line waits for others. @param time of the line in microseconds as far as is known, or unknown */
    public record Held(Waiting line, long time) implements Outcome {}

    private record Head(String parser, String text) {}

    private static final class Group {
        final String name;
        /** Those that began it, and their generation. */
        final ParserSet parsers;

        final long generation;
        final String parser;
        final boolean keyed;
        final String lane;
        final List<Waiting> lines = new ArrayList<>();
        final Join.Tally tally;
        long time;
        long received;
        long touched;
        int chars;

        Group(String name, ParserSet parsers, long generation, String parser, boolean keyed, String lane) {
            this.name = name;
            this.parsers = parsers;
            this.generation = generation;
            this.parser = parser;
            this.keyed = keyed;
            this.lane = lane;
            this.tally = join().new Tally();
        }

        Join join() {
            Join join = parsers.joinOf(parser);
            return join == null ? Join.LINES : join;
        }
    }

    private ParserSet parsers;
    private long generation;
    /** In the order in which they were begun. */
    private final Map<String, Group> groups = new LinkedHashMap<>();

    private final Map<String, String> finished = new LinkedHashMap<>();
    /** By file: the line that says what those behind it hold. */
    private final Map<String, Head> heads = new LinkedHashMap<>();

    private long seen;
    private int waitingLines;
    private int waitingChars;

    public Joiner(ParserSet parsers) {
        this(parsers, 0);
    }

    /** @param generation of the parsers */
    public Joiner(ParserSet parsers, long generation) {
        this.parsers = parsers;
        this.generation = generation;
    }

    /** From the next line on. */
    public void use(ParserSet other, long ofGeneration) {
        parsers = other;
        generation = ofGeneration;
    }

    /** Nothing waits. */
    public boolean isIdle() {
        return groups.isEmpty();
    }

    /** Nothing that the next line could depend on. */
    public boolean isEmpty() {
        return groups.isEmpty() && finished.isEmpty() && heads.isEmpty();
    }

    /** What comes of a line, and of lines before it that need not wait any longer. */
    public List<Outcome> take(Waiting line) {
        Opened opened = parsers.open(line.line(), line.reference());
        Head head = heads.get(file(opened));
        String of = parsers.headed(opened);
        if (of != null) {
            heads.remove(file(opened));
            heads.put(file(opened), new Head(of, opened.text()));
            if (heads.size() > MAX_HEADS) {
                heads.remove(heads.keySet().iterator().next());
            }
        } else if (head != null) {
            opened = parsers.open(line.line(), line.reference(), head.parser, head.text);
        }
        Join join = opened.parser() == null ? null : opened.parser().join();
        if (join == null && groups.isEmpty()) {
            return List.of(new Complete(parsers, opened, List.of(line), false));
        }
        List<Outcome> out = new ArrayList<>(2);
        seen++;
        passed(line.line().received(), out);
        String message = Join.message(opened).stripTrailing();
        Group continued = continued(opened, message);
        if (continued != null) {
            add(continued, line, opened, message, opened.time(), out);
            return out;
        }
        Group ended = groups.get(lane(opened));
        if (ended != null) {
            complete(ended, false, out);
        }
        if (join == null || !held(join, opened, message, line, out)) {
            out.add(new Complete(parsers, opened, List.of(line), false));
        }
        return out;
    }

    /** The source has come to this time, as its shipper says: what waits since long before need not wait any longer. */
    public List<Outcome> passed(long now) {
        List<Outcome> out = new ArrayList<>();
        passed(now, out);
        return out;
    }

    /** Nothing more will come. */
    public List<Outcome> end() {
        List<Outcome> out = new ArrayList<>();
        for (Group group : List.copyOf(groups.values())) {
            complete(group, false, out);
        }
        return out;
    }

    private void passed(long now, List<Outcome> out) {
        if (groups.isEmpty()) {
            return;
        }
        for (Group group : List.copyOf(groups.values())) {
            boolean old = now != Micros.UNKNOWN
                    && group.received != Micros.UNKNOWN
                    && group.received + group.join().within() <= now;
            if (old || seen - group.touched > MAX_AGE) {
                complete(group, false, out);
            }
        }
    }

    /** The event that this line continues. */
    private @Nullable Group continued(Opened opened, String message) {
        Group group = groups.get(lane(opened));
        if (group == null && !Join.headed(opened) && file(opened).isEmpty()) {
            for (Group candidate : groups.values()) {
                if (!candidate.keyed
                        && !candidate.join().continues().isEmpty()
                        && (group == null || candidate.touched >= group.touched)) {
                    group = candidate; // a line of a datagram of its own, without a header
                }
            }
        }
        if (group == null || group.keyed || opened.json() != null) {
            return null; // an object is whole
        }
        Join join = group.join();
        boolean ours = opened.parser() == null
                || opened.parser().id().equals(group.parser)
                || parsers.isOnlyTold(opened, group.parser);
        return (ours || !join.continues().isEmpty()) && join.continues(group.tally, message) ? group : null;
    }

    /** False: the line is an event by itself. */
    private boolean held(Join join, Opened opened, String message, Waiting line, List<Outcome> out) {
        String parser = Objects.requireNonNull(opened.parser()).id();
        if (!join.keyed()) {
            if (!join.starts(message)) {
                return false;
            }
            String lane = lane(opened);
            Group group = new Group(lane, parsers, generation, parser, false, lane);
            groups.put(lane, group);
            add(group, line, opened, message, opened.time(), out);
            return true;
        }
        Join.Key key = join.keyOf(message.strip());
        if (key == null) {
            return false;
        }
        String lane = "key\0" + parser + '\0' + host(opened);
        long time = key.time() == Micros.UNKNOWN ? opened.time() : key.time();
        String name = lane + '\0' + key.value();
        String into = finished.get(name);
        if (into != null && join.saysNothing(message.strip())) {
            out.add(new Merged(line, into));
            return true;
        }
        for (Group older : List.copyOf(groups.values())) {
            if (older.lane.equals(lane) && older.time != Micros.UNKNOWN && older.time + join.within() <= time) {
                complete(older, false, out);
            }
        }
        if (join.empty().isEmpty() && !groups.containsKey(name) && join.ends(message.strip())) {
            return false; // it is its own end
        }
        Group group = groups.computeIfAbsent(name, n -> new Group(n, parsers, generation, parser, true, lane));
        add(group, line, opened, message.strip(), time, out);
        return true;
    }

    private void add(Group group, Waiting line, Opened opened, String message, long time, List<Outcome> out) {
        if (group.lines.isEmpty()) {
            group.time = time;
        }
        group.lines.add(line);
        group.received = line.line().received();
        group.touched = seen;
        group.chars += opened.text().length();
        waitingLines++;
        waitingChars += opened.text().length();
        out.add(new Held(line, time));
        // As load does, which knows no other parsers than the event's own.
        group.tally.add(group.parsers == parsers ? message : message(group, line));
        if (group.tally.complete()) {
            complete(group, false, out);
        } else if (group.lines.size() >= MAX_EVENT_LINES || group.chars >= MAX_EVENT_CHARS) {
            complete(group, true, out);
        }
        while (waitingLines >= MAX_LINES || waitingChars >= MAX_CHARS) {
            complete(groups.values().iterator().next(), true, out);
        }
    }

    private static String message(Group group, Waiting line) {
        String message = Join.message(group.parsers.open(line.line(), line.reference()));
        return group.keyed ? message.strip() : message.stripTrailing();
    }

    private void complete(Group group, boolean full, List<Outcome> out) {
        groups.remove(group.name);
        waitingLines -= group.lines.size();
        waitingChars -= group.chars;
        if (group.keyed && !group.join().empty().isEmpty()) {
            finished.remove(group.name);
            finished.put(group.name, group.lines.getFirst().id());
            if (finished.size() > FINISHED) {
                finished.remove(finished.keySet().iterator().next());
            }
        }
        out.add(new Complete(group.parsers, null, group.lines, full));
    }

    /** Where lines follow each other: a process of a host, or the whole source where headers do not say. */
    private static String lane(Opened opened) {
        Header header = opened.header();
        return header == null || !Join.headed(opened)
                ? "lane\0\0\0" + file(opened)
                : "lane\0" + text(header.hostname()) + '\0' + text(header.program()) + '\0' + text(header.procid());
    }

    /** One shipper reads several files at once, and a line continues one of its own file only. */
    private static String file(Opened opened) {
        String read = opened.body().text("log.file.path");
        return text(read == null ? opened.line().fields().get("log.file.path") : read);
    }

    private static String host(Opened opened) {
        return opened.header() == null ? "" : text(opened.header().hostname());
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    // ---- state

    public byte[] save() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeInt(finished.size());
            for (Map.Entry<String, String> entry : finished.entrySet()) {
                write(out, entry.getKey());
                write(out, entry.getValue());
            }
            out.writeInt(heads.size());
            for (Map.Entry<String, Head> entry : heads.entrySet()) {
                write(out, entry.getKey());
                write(out, entry.getValue().parser);
                write(out, entry.getValue().text);
            }
            out.writeInt(groups.size());
            for (Group group : groups.values()) {
                write(out, group.name);
                out.writeLong(group.generation);
                write(out, group.parser);
                out.writeBoolean(group.keyed);
                write(out, group.lane);
                out.writeLong(group.time);
                out.writeLong(group.received);
                out.writeLong(seen - group.touched);
                out.writeInt(group.chars);
                out.writeInt(group.lines.size());
                for (Waiting line : group.lines) {
                    write(out, line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * @param parsers by generation
     * @param generation of those in force
     */
    public static Joiner load(LongFunction<ParserSet> parsers, long generation, byte[] saved) {
        Joiner joiner = new Joiner(parsers.apply(generation), generation);
        if (saved[0] < 1 || saved[0] > VERSION) {
            throw new IllegalStateException("waiting lines of version " + saved[0] + "; a newer release wrote them");
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(saved, 1, saved.length - 1))) {
            for (int n = in.readInt(); n > 0; n--) {
                joiner.finished.put(string(in), string(in));
            }
            for (int n = saved[0] < 3 ? 0 : in.readInt(); n > 0; n--) {
                joiner.heads.put(string(in), new Head(string(in), string(in)));
            }
            for (int n = in.readInt(); n > 0; n--) {
                String name = string(in);
                long begun = saved[0] < 4 ? generation : in.readLong();
                ParserSet own = begun == generation ? joiner.parsers : parsers.apply(begun);
                Group group = new Group(name, own, begun, string(in), in.readBoolean(), string(in));
                group.time = in.readLong();
                group.received = in.readLong();
                group.touched = -in.readLong();
                group.chars = in.readInt();
                for (int lines = in.readInt(); lines > 0; lines--) {
                    Waiting line = waiting(in, saved[0]);
                    group.lines.add(line);
                    group.tally.add(message(group, line));
                }
                joiner.waitingLines += group.lines.size();
                joiner.waitingChars += group.chars;
                joiner.groups.put(group.name, group);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return joiner;
    }

    private static void write(DataOutputStream out, Waiting waiting) throws IOException {
        Line line = waiting.line();
        out.writeInt(line.data().length);
        out.write(line.data());
        out.writeLong(line.received());
        write(out, line.input());
        write(out, line.tag());
        write(out, line.charset());
        write(out, line.zone() == null ? null : line.zone().getId());
        write(out, line.address());
        out.writeInt(line.cut());
        out.writeInt(line.fields().size());
        for (Map.Entry<String, String> field : line.fields().entrySet()) {
            write(out, field.getKey());
            write(out, field.getValue());
        }
        out.writeLong(waiting.reference());
        write(out, waiting.id());
        out.writeLong(waiting.epoch());
        out.writeLong(waiting.offset());
        out.writeInt(waiting.index());
        out.writeLong(waiting.appended());
    }

    private static Waiting waiting(DataInputStream in, byte version) throws IOException {
        byte[] data = in.readNBytes(in.readInt());
        long received = in.readLong();
        String input = string(in);
        String tag = stringOrNull(in);
        String charset = stringOrNull(in);
        String zone = stringOrNull(in);
        String address = stringOrNull(in);
        int cut = in.readInt();
        Map<String, String> fields = new LinkedHashMap<>();
        for (int n = version == 1 ? 0 : in.readInt(); n > 0; n--) {
            fields.put(string(in), string(in));
        }
        Line line = new Line(
                data,
                received,
                input,
                tag,
                charset,
                zone == null ? null : ZoneId.of(zone),
                address,
                cut,
                fields.isEmpty() ? Map.of() : fields);
        return new Waiting(line, in.readLong(), string(in), in.readLong(), in.readLong(), in.readInt(), in.readLong());
    }

    private static void write(DataOutputStream out, @Nullable String text) throws IOException {
        if (text == null) {
            out.writeInt(-1);
        } else {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            out.writeInt(utf8.length);
            out.write(utf8);
        }
    }

    private static @Nullable String stringOrNull(DataInputStream in) throws IOException {
        int length = in.readInt();
        return length < 0 ? null : new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private static String string(DataInputStream in) throws IOException {
        return Objects.requireNonNull(stringOrNull(in));
    }
}
