package io.bongsu.rules.yaml;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads YAML 1.2 (core schema) into nodes with positions. Content is not trusted: no types, no duplicate keys, and
 * limits on bytes, depth, aliases and nodes. Never throws for what a file holds: a document with a problem is reported
 * and left out, and the others are kept; after a syntax error it goes on with the next document.
 */
public final class YamlReader {
    /** What a file may have at most. */
    public static final int MAX_BYTES = 4 << 20;

    static final int MAX_FILES = 100_000;
    static final int MAX_DEPTH = 64;
    static final int MAX_ALIASES = 200;
    /** Nodes of one document with its aliases expanded, so that nested aliases cannot grow without end. */
    static final int MAX_NODES = 250_000;
    /** After so many documents that are not YAML, or go beyond a limit, the rest of the file is not read. */
    static final int MAX_BROKEN = 100;

    private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+");
    private static final Pattern OCTAL = Pattern.compile("0o[0-7]+");
    private static final Pattern HEX = Pattern.compile("0x[0-9a-fA-F]+");
    private static final Pattern FLOAT = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
    private static final Pattern INFINITE = Pattern.compile("([-+]?)(\\.inf|\\.Inf|\\.INF)");
    private static final Pattern NOT_A_NUMBER = Pattern.compile("\\.nan|\\.NaN|\\.NAN");

    /**
     * What a file gave, without documents that are empty.
     *
     * @param bad documents with problems, without what the problems are about: to find more of them, and nothing else
     * @param lost the text of those that could not be read at all
     */
    public record Documents(List<YamlNode> good, List<YamlNode> bad, List<YamlScalar> lost) {
        public Documents {
            good = List.copyOf(good);
            bad = List.copyOf(bad);
            lost = List.copyOf(lost);
        }

        public boolean isEmpty() {
            return good.isEmpty() && bad.isEmpty() && lost.isEmpty();
        }
    }

    private YamlReader() {}

    public static List<YamlNode> readAll(Path file, Problems problems) {
        return read(file, problems).good();
    }

    public static List<YamlNode> readAll(String name, String text, Problems problems) {
        return read(name, text, problems).good();
    }

    public static Documents read(Path file, Problems problems) {
        String text = text(file, problems);
        return text == null ? lost(file.toString(), legible(file)) : read(file.toString(), text, problems);
    }

    /** What can be read of a file that is too long or not UTF-8. */
    private static String legible(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
        } catch (IOException told) {
            return "";
        }
    }

    private static Documents lost(String file, String text) {
        return new Documents(List.of(), List.of(), List.of(new YamlScalar(file, 1, 1, null, text)));
    }

    /** The text of a file, without a byte order mark; null, and a problem, when it is too long or not UTF-8. */
    public static @Nullable String text(Path file, Problems problems) {
        String name = file.toString();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                String fix = "split it before this line; a file may have at most " + MAX_BYTES;
                String read = new String(bytes, 0, MAX_BYTES, StandardCharsets.UTF_8);
                problems.add(behind(name, read, "the file has " + Files.size(file) + " bytes", fix));
                return null;
            }
            return text(name, bytes, problems);
        } catch (IOException e) {
            problems.add(
                    new Problem(name, 1, 1, "the file cannot be read: " + e, "let the user that runs this read it"));
            return null;
        }
    }

    /** The same of what was read before. */
    public static @Nullable String text(String name, byte[] bytes, Problems problems) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        if (StandardCharsets.UTF_8.newDecoder().decode(in, out, true).isError()) {
            String good = out.flip().toString();
            problems.add(behind(name, good, "what begins here is not UTF-8", "save the file as UTF-8"));
            return null;
        }
        String text = out.flip().toString();
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /** What is wrong behind this part of a file. */
    private static Problem behind(String name, String part, String message, String fix) {
        int line = 1 + (int) part.chars().filter(c -> c == '\n').count();
        int column = 1 + part.codePointCount(part.lastIndexOf('\n') + 1, part.length());
        return new Problem(name, line, column, message, fix);
    }

    public static Documents read(String name, String text, Problems problems) {
        if (text.length() > MAX_BYTES) {
            String read = text.substring(0, MAX_BYTES);
            String fix = "split it before this line; at most " + MAX_BYTES + " are read";
            problems.add(behind(name, read, "the text has " + text.length() + " characters", fix));
            return lost(name, read);
        }
        return new Reading(name, text, problems).read();
    }

    /** A file while it is read. */
    private static final class Reading {
        private final String name;
        private final Problems problems;
        private String text;
        private final List<YamlNode> good = new ArrayList<>();
        private final List<YamlNode> bad = new ArrayList<>();
        private final List<YamlScalar> lost = new ArrayList<>();
        /** Where the part that is read begins: its place in the text, and how many lines are before it. */
        private int from;

        private int lines;
        private Written written = new Written("");
        /** In which line of the part the newest document began. */
        private int begun;

        Reading(String name, String text, Problems problems) {
            this.name = name;
            this.text = text;
            this.problems = problems;
        }

        Documents read() {
            int broken = 0;
            for (int at = control(0); at >= 0 && broken < MAX_BROKEN; broken++) {
                at = control(leaveOut(at));
            }
            while (!part()) {
                broken++;
                if (broken >= MAX_BROKEN) {
                    problems.add(new Problem(
                            name, lines + begun + 1, 1, "the rest of the file is not read", "mend what is before it"));
                    lose(from, text.length());
                    return new Documents(good, bad, lost);
                }
                if (!next()) {
                    return new Documents(good, bad, lost);
                }
            }
            return new Documents(good, bad, lost);
        }

        /** Reads up to the end, or to what cannot be read. */
        private boolean part() {
            begun = 0;
            LoadSettings settings = LoadSettings.builder()
                    .setLabel(name)
                    .setCodePointLimit(MAX_BYTES)
                    .build();
            try {
                String part = text.substring(from);
                written = new Written(part);
                Iterator<Event> events = new Parse(settings).parseString(part).iterator();
                while (events.hasNext()) {
                    Event event = events.next();
                    if (event.getEventId() == Event.ID.DocumentStart) {
                        begun = event.getStartMark().map(Mark::getLine).orElse(begun);
                        document(events);
                    }
                }
                return true;
            } catch (TooMuch e) {
                problems.add(e.problem);
            } catch (MarkedYamlEngineException e) {
                Optional<Mark> mark = SyntaxAdvice.place(e);
                String message = "not YAML: " + (e.getContext() == null ? "" : e.getContext() + ", ") + e.getProblem();
                problems.add(new Problem(
                        name,
                        mark.map(m -> lines + m.getLine() + 1).orElse(0),
                        mark.map(m -> m.getColumn() + 1).orElse(0),
                        message.replaceAll("\\.? \\(Do not use .* for indentation\\)|\\s+", " ")
                                .strip(),
                        SyntaxAdvice.fix(e, written.source)));
            } catch (ReaderException e) {
                int at = Math.min(Math.max(from + e.getPosition(), 0), text.length());
                control(at, e.getCodePoint());
                begun = lines(at) - lines;
            } catch (RuntimeException e) {
                // The library lets a few of its own errors through (broken escapes, absurd %YAML versions). Bad content
                // must not stop us.
                problems.add(new Problem(
                        name,
                        lines + begun + 1,
                        1,
                        "not YAML: a broken escape or directive in this document: " + e.getMessage(),
                        "put texts with \\ in single quotes, and begin no line with %"));
            }
            return false;
        }

        /** The place of a character that no YAML may hold; -1: there is none. The library would not read what is before it. */
        private int control(int from) {
            for (int i = from; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
                if (!StreamReader.isPrintable(text.codePointAt(i))) {
                    return i;
                }
            }
            return -1;
        }

        /** Empties the document that a control character is in, and says where it began. */
        private int leaveOut(int at) {
            control(at, text.codePointAt(at));
            int start = at;
            while (start > 0 && !(text.charAt(start - 1) == '\n' && separator(start))) {
                start--;
            }
            int end = at;
            do {
                end++;
            } while (end < text.length() && !(text.charAt(end - 1) == '\n' && separator(end)));
            lose(start, end);
            String left = text.substring(start, end).replaceAll("[^\\n]+", "");
            text = text.substring(0, start) + left + text.substring(end);
            return start;
        }

        private void control(int at, int character) {
            problems.add(new Problem(
                    name,
                    lines(at) + 1,
                    at - text.lastIndexOf('\n', at - 1),
                    String.format("not YAML: the control character U+%04X", character),
                    "write it as an escape in double quotes"));
        }

        private int lines(int before) {
            return (int) text.chars().limit(before).filter(c -> c == '\n').count();
        }

        private void document(Iterator<Event> events) {
            Problems own = new Problems();
            YamlNode root;
            try {
                root = new Document(name, written, lines, events, own)
                        .node(events.next(), 0)
                        .node();
            } finally {
                problems.addAll(own);
            }
            if (!own.isEmpty()) {
                bad.add(root);
            } else if (!(root instanceof YamlScalar scalar) || scalar.value() != null) {
                good.add(root);
            }
        }

        /** Goes to the {@code ---} behind the line in which the newest document began. */
        private boolean next() {
            int at = from;
            for (int line = 0; line < begun && at < text.length(); line++) {
                at = lineBehind(at);
            }
            int start = at;
            do {
                at = lineBehind(at);
            } while (at < text.length() && !separator(at));
            lose(start, at);
            lines += lines(from, at);
            from = at;
            return at < text.length();
        }

        private int lineBehind(int at) {
            int end = text.indexOf('\n', at);
            return end < 0 ? text.length() : end + 1;
        }

        private void lose(int start, int end) {
            lost.add(new YamlScalar(name, lines + lines(from, start) + 1, 1, null, text.substring(start, end)));
        }

        private int lines(int start, int end) {
            return (int)
                    text.substring(start, end).chars().filter(c -> c == '\n').count();
        }

        private boolean separator(int at) {
            return text.startsWith("---", at) && (at + 3 == text.length() || text.charAt(at + 3) <= ' ');
        }
    }

    /**
     * The *.yml and *.yaml files of these folders (with sub-folders, sorted) and these files. What begins with a dot is
     * passed over. A link inside a folder that leads out of it, or to a folder, is a problem and is not followed; so is
     * a folder that is missing.
     */
    public static List<Path> files(List<Path> foldersOrFiles, Problems problems) {
        return files(foldersOrFiles, Set.of(".yml", ".yaml"), problems);
    }

    /** The same for files whose names end otherwise. */
    public static List<Path> files(List<Path> foldersOrFiles, Set<String> endings, Problems problems) {
        return files(foldersOrFiles, endings, MAX_FILES, problems);
    }

    /** @param most of a folder with what is in it */
    static List<Path> files(List<Path> foldersOrFiles, Set<String> endings, int most, Problems problems) {
        TreeSet<Path> found = new TreeSet<>();
        for (Path start : foldersOrFiles) {
            if (Files.isDirectory(start)) {
                filesIn(start, endings, most, found, problems);
            } else if (Files.isRegularFile(start)) {
                found.add(start);
            } else {
                boolean there = Files.exists(start);
                refuse(
                        start,
                        there ? "neither a file nor a folder" : "no such file or folder",
                        "name one that is there",
                        problems);
            }
        }
        return List.copyOf(found);
    }

    private static void filesIn(Path folder, Set<String> endings, int most, TreeSet<Path> found, Problems problems) {
        int before = found.size();
        try {
            Path root = folder.toRealPath();
            try (Stream<Path> walk = Files.walk(root)) {
                for (Path real : (Iterable<Path>) walk::iterator) {
                    Path inside = root.relativize(real);
                    Path file = folder.resolve(inside);
                    String name =
                            real.getFileName() == null ? "" : real.getFileName().toString();
                    if (hidden(inside)) {
                        continue;
                    }
                    if (Files.isSymbolicLink(real) && !staysInside(real, root)) {
                        refuse(file, "the link leads out of " + folder, "copy the file into the folder", problems);
                    } else if (Files.isSymbolicLink(real) && Files.isDirectory(real)) {
                        refuse(file, "a link to a folder is not followed", "name the folder itself", problems);
                    } else if (endings.stream().anyMatch(name::endsWith) && Files.isRegularFile(real)) {
                        if (found.size() - before >= most) {
                            refuse(folder, "more than " + most + " files", "split it", problems);
                            return;
                        }
                        found.add(file);
                    }
                }
            }
        } catch (IOException | UncheckedIOException e) {
            refuse(
                    folder,
                    "the folder cannot be read: " + e.getMessage(),
                    "let the user that runs this read it",
                    problems);
        }
    }

    /** Such as the folders in which Kubernetes keeps the versions of a mounted ConfigMap, with links to them beside. */
    private static boolean hidden(Path inside) {
        for (Path part : inside) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private static boolean staysInside(Path link, Path root) {
        try {
            return link.toRealPath().startsWith(root);
        } catch (IOException e) {
            return false;
        }
    }

    private static void refuse(Path file, String message, String fix, Problems problems) {
        problems.add(new Problem(file.toString(), 1, 1, message, fix));
    }

    static @Nullable Object resolve(String text) {
        if (text.isEmpty()) {
            return null;
        }
        switch (text) {
            case "~", "null", "Null", "NULL":
                return null;
            case "true", "True", "TRUE":
                return Boolean.TRUE;
            case "false", "False", "FALSE":
                return Boolean.FALSE;
            default:
        }
        char first = text.charAt(0);
        if ((first < '0' || first > '9') && first != '-' && first != '+' && first != '.') {
            return text;
        }
        try {
            if (INTEGER.matcher(text).matches()) {
                return Long.valueOf(text);
            }
            if (OCTAL.matcher(text).matches()) {
                return Long.valueOf(text.substring(2), 8);
            }
            if (HEX.matcher(text).matches()) {
                return Long.valueOf(text.substring(2), 16);
            }
        } catch (NumberFormatException e) {
            return text;
        }
        if (FLOAT.matcher(text).matches()) {
            return Double.valueOf(text);
        }
        if (INFINITE.matcher(text).matches()) {
            return first == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return NOT_A_NUMBER.matcher(text).matches() ? (Object) Double.NaN : text;
    }

    /** A limit was crossed: reading stops here. */
    private static final class TooMuch extends RuntimeException {
        final transient Problem problem;

        TooMuch(Problem problem) {
            super(problem.message(), null, false, false);
            this.problem = problem;
        }
    }

    /** The text that events are made from, looked up from its beginning to its end. */
    private static final class Written {
        private final String source;
        /** The place last asked for, in characters and in code points, which is what marks count. */
        private int characters;

        private int points;

        Written(String source) {
            this.source = source;
        }

        String of(ScalarEvent event) {
            Optional<Mark> start = event.getStartMark();
            Optional<Mark> end = event.getEndMark();
            boolean alike = event.isPlain()
                    && start.isPresent()
                    && end.isPresent()
                    && start.get().getLine() == end.get().getLine();
            return alike || start.isEmpty() || end.isEmpty()
                    ? event.getValue()
                    : source.substring(place(start.get()), place(end.get()));
        }

        private int place(Mark mark) {
            characters = source.offsetByCodePoints(characters, mark.getIndex() - points);
            points = mark.getIndex();
            return characters;
        }
    }

    /** A node and how many nodes it is with its aliases expanded. */
    private record Sized(YamlNode node, int nodes) {}

    /** Builds one document from events. Depth is checked before each step down, so our own recursion is bounded too. */
    private static final class Document {
        private final String file;
        private final Written written;
        private final int lines;
        private final Iterator<Event> events;
        private final Problems problems;
        private final Map<String, Sized> anchors = new HashMap<>();
        private int aliases;
        private int nodes;

        Document(String file, Written written, int lines, Iterator<Event> events, Problems problems) {
            this.file = file;
            this.written = written;
            this.lines = lines;
            this.events = events;
            this.problems = problems;
        }

        Sized node(Event event, int depth) {
            int line = event.getStartMark().map(m -> lines + m.getLine() + 1).orElse(0);
            int column = event.getStartMark().map(m -> m.getColumn() + 1).orElse(0);
            if (depth > MAX_DEPTH) {
                throw tooMuch(line, column, "nested more than " + MAX_DEPTH + " deep", "nest less");
            }
            count(1, line, column);
            return switch (event) {
                case AliasEvent alias -> alias(alias, line, column);
                case ScalarEvent scalar -> anchored(scalar, new Sized(scalar(scalar, line, column), 1));
                case SequenceStartEvent start -> {
                    tag(start.getTag(), "tag:yaml.org,2002:seq", line, column);
                    yield anchored(start, list(depth, line, column));
                }
                case MappingStartEvent start -> {
                    tag(start.getTag(), "tag:yaml.org,2002:map", line, column);
                    yield anchored(start, map(depth, line, column));
                }
                default -> throw new IllegalStateException("unexpected " + event);
            };
        }

        private Sized list(int depth, int line, int column) {
            List<YamlNode> items = new ArrayList<>();
            int size = 1;
            for (Event next = events.next(); next.getEventId() != Event.ID.SequenceEnd; next = events.next()) {
                Sized item = node(next, depth + 1);
                size += item.nodes();
                items.add(item.node());
            }
            return new Sized(new YamlList(file, line, column, items), size);
        }

        private Sized map(int depth, int line, int column) {
            Map<String, YamlNode> entries = new LinkedHashMap<>();
            Map<String, YamlScalar> keys = new LinkedHashMap<>();
            int size = 1;
            for (Event next = events.next(); next.getEventId() != Event.ID.MappingEnd; next = events.next()) {
                Sized key = node(next, depth + 1);
                Sized value = node(events.next(), depth + 1);
                size += key.nodes() + value.nodes();
                if (!(key.node() instanceof YamlScalar scalar)) {
                    problems.add(key.node(), "a key must be a single value", "put it in quotes if it is text");
                } else if (scalar.text().equals("<<") && next instanceof ScalarEvent plain && plain.isPlain()) {
                    problems.add(scalar, "'<<' (merge) is not part of YAML 1.2", "write the keys out");
                } else if (entries.containsKey(scalar.text())) {
                    YamlScalar first = keys.get(scalar.text());
                    problems.add(
                            scalar,
                            "the key '" + scalar.text() + "' is here twice, first in line "
                                    + (first == null ? 0 : first.line()),
                            "keep one of them; several values are a list");
                } else {
                    entries.put(scalar.text(), value.node());
                    keys.put(scalar.text(), scalar);
                }
            }
            return new Sized(new YamlMap(file, line, column, entries, keys), size);
        }

        private YamlScalar scalar(ScalarEvent event, int line, int column) {
            String tag = event.getTag().orElse("");
            boolean good = tag(event.getTag(), "tag:yaml.org,2002:str", line, column);
            boolean text = !event.isPlain() || !good || tag.equals("tag:yaml.org,2002:str");
            String value = good ? event.getValue() : (tag + " " + event.getValue()).strip();
            return new YamlScalar(file, line, column, text ? value : resolve(value), value, written.of(event));
        }

        private boolean tag(Optional<String> tag, String allowed, int line, int column) {
            boolean good =
                    tag.isEmpty() || tag.get().equals(allowed) || tag.get().equals("!");
            if (!good) {
                problems.add(new Problem(
                        file,
                        line,
                        column,
                        "the type '" + tag.get() + "' is not allowed",
                        "remove it, or put a text that begins with ! in quotes"));
            }
            return good;
        }

        private Sized alias(AliasEvent event, int line, int column) {
            if (++aliases > MAX_ALIASES) {
                throw tooMuch(line, column, "more than " + MAX_ALIASES + " aliases", "write the values out");
            }
            String name = event.getAlias().getValue();
            Sized target = anchors.get(name);
            if (target == null) {
                problems.add(new Problem(
                        file,
                        line,
                        column,
                        "no complete anchor '&" + name + "' before this alias",
                        "write the value out, or put a text that begins with * in quotes"));
                return new Sized(new YamlScalar(file, line, column, "*" + name, "*" + name), 1);
            }
            count(target.nodes(), line, column);
            return target;
        }

        private Sized anchored(NodeEvent event, Sized made) {
            event.getAnchor().ifPresent(anchor -> anchors.put(anchor.getValue(), made));
            return made;
        }

        private void count(int more, int line, int column) {
            nodes += more;
            if (nodes > MAX_NODES) {
                throw tooMuch(line, column, "more than " + MAX_NODES + " values in one document", "split it");
            }
        }

        private TooMuch tooMuch(int line, int column, String message, String fix) {
            problems.add(new Problem(file, line, column, message, fix));
            return new TooMuch(new Problem(file, line, column, message, fix));
        }
    }
}
