package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import io.bongsu.rules.LogSource;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.yaml.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All parsers, compiled, and the way from a line to its event. Immutable and thread-safe. The result is a function of
 * the line and the reference: no clock, no JVM time zone, no memory of other lines. {@link #parse} never throws,
 * whatever the bytes; a line that no parser knows is still an event with its text.
 */
public final class ParserSet implements RuleSet.Parsers {
    /** What a header says of the program that sent a Windows event. */
    private static final Set<String> SENDER = Set.of("process.name", "process.pid");

    /** What rules see of the log itself, which no parser makes. */
    private static final Set<String> OWN = Set.of("log.missing_lines", "bongsu.source");

    private static final long DAY = 86_400_000_000L;
    /** In one line. */
    private static final int MAX_MESSAGES = 100;

    private static final List<String> RELATED = List.of("related.ip", "related.user", "related.hosts", "related.hash");
    /** Lines of containers, as the shipper hands them over. */
    private static final String CRI = "cri";

    private static final LogSource LINUX_SYSLOG = new LogSource(null, "linux", "syslog");
    private static final Set<LogSource> SYSLOG = Set.of(LINUX_SYSLOG);

    private static final String[] FACILITIES = {
        "kern",
        "user",
        "mail",
        "daemon",
        "auth",
        "syslog",
        "lpr",
        "news",
        "uucp",
        "cron",
        "authpriv",
        "ftp",
        "ntp",
        "security",
        "console",
        "solaris-cron",
        "local0",
        "local1",
        "local2",
        "local3",
        "local4",
        "local5",
        "local6",
        "local7"
    };
    private static final String[] SEVERITIES = {
        "emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug"
    };

    /** Below these any name may come. */
    /** What is done with the message of a program that no parser knows. */
    private static final String OTHER = "linux.other";

    private static final Set<String> OPEN = Set.of("json", "winlog", "auditd", "labels");

    private final Map<String, Parser> parsers;
    private final Set<String> made;
    private final Detection detection;
    /** The longest first: a product's head may begin as that of another. */
    private final Map<String, String> heads = new TreeMap<>(
            Comparator.comparingInt((String head) -> -head.length()).thenComparing(Comparator.naturalOrder()));

    private final @Nullable Parser windowsParser;

    /** What load found: the parsers without a problem, and all problems. */
    public record Loaded(ParserSet parsers, List<Problem> problems) {
        public Loaded {
            problems = List.copyOf(problems);
        }
    }

    /**
     * @param inOrder of preference: where two claim the same line with the same right, the first one has it
     * @param made names of fields that their steps set
     */
    ParserSet(Collection<Parser> inOrder, Set<String> made) {
        this.made = Set.copyOf(made);
        parsers = new TreeMap<>();
        for (Parser parser : inOrder) {
            parsers.put(parser.id(), parser);
            parser.head().forEach(head -> heads.putIfAbsent(head, parser.id()));
        }
        detection = new Detection(inOrder);
        windowsParser =
                inOrder.stream().filter(ParserSet::isWindows).findFirst().orElse(null);
    }

    /**
     * The built-in parsers and those of the folders. A file with the id of a built-in parser replaces it; a file with a
     * problem is left out, and what it would have replaced stays.
     */
    public static Loaded load(List<Path> userDirs) {
        return new ParserLoader().load(userDirs);
    }

    /**
     * The built-in parsers and those of files that were read before, by name.
     *
     * @see #load(List)
     */
    public static Loaded load(SequencedMap<String, byte[]> files) {
        return new ParserLoader().load(files);
    }

    /** Says whether two programs came with the same built-in parsers, as far as their definitions go: a SHA-256 in hex. */
    public static String builtIn() {
        return BuiltIn.HASH;
    }

    /** Read once. */
    private static final class BuiltIn {
        static final String HASH = hash();

        private static String hash() {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                ParserLoader.builtIn()
                        .forEach((name, text) ->
                                digest.update((name + '\0' + text + '\0').getBytes(StandardCharsets.UTF_8)));
                return HexFormat.of().formatHex(digest.digest());
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }
    }

    /**
     * Whether an event may have a field of this name: one of ECS, one that a parser sets, or one below a name under which
     * parsers put whatever a log brings along.
     */
    @Override
    public boolean knows(String field) {
        if (Ecs.has(field) || made.contains(field) || OWN.contains(field)) {
            return true;
        }
        int dot = field.indexOf('.');
        return dot > 0
                && (OPEN.contains(field.substring(0, dot))
                        || !Ecs.owns(field) && made.stream().anyMatch(name -> field.startsWith(name + "."))
                        || parsers.values().stream()
                                .anyMatch(parser -> parser.json() != null
                                        && field.startsWith(parser.json().to() + ".")));
    }

    @Override
    public Set<LogSource> logSources() {
        Set<LogSource> sources = new LinkedHashSet<>(SYSLOG);
        parsers.values().forEach(parser -> {
            sources.addAll(parser.logSources());
            Step.serves(parser.steps(), sources);
        });
        return sources;
    }

    /** The tests that stand in the parser files. */
    public List<ParserTest> tests() {
        return parsers.values().stream()
                .flatMap(parser -> parser.tests().stream())
                .toList();
    }

    /** What each parser says of itself, by id. */
    public List<About> about() {
        return parsers.values().stream()
                .map(parser -> {
                    Parser.Detect detect = parser.detect();
                    Map<String, List<String>> signs = new LinkedHashMap<>();
                    signs.put("tag", detect.tags());
                    signs.put("program", detect.programs());
                    signs.put(
                            "json_keys",
                            detect.jsonKeys().stream().map(Object::toString).toList());
                    signs.put("literal", detect.literals());
                    signs.put(
                            "form",
                            detect.forms().stream().map(f -> f.has().toString()).toList());
                    signs.put("prefix", detect.prefixes());
                    signs.put(
                            "the templates of its cases",
                            detect.cases() ? List.of("when no program is named") : List.of());
                    signs.values().removeIf(List::isEmpty);
                    return new About(
                            parser.id(),
                            parser.title(),
                            Objects.requireNonNullElse(parser.dataset(), ""),
                            Ordered.copy(signs),
                            parser.logSources(),
                            fields(parser, new TreeSet<>()),
                            parser.tests().size());
                })
                .toList();
    }

    /** The fields of its definition and of those that it calls. */
    private Set<String> fields(Parser parser, Set<String> seen) {
        Set<String> fields = new TreeSet<>(parser.sets());
        if (seen.add(parser.id())) {
            parser.calls().forEach(call -> fields.addAll(fields(Objects.requireNonNull(parsers.get(call)), seen)));
        }
        fields.removeIf(field -> field.startsWith("_") || field.startsWith("@"));
        return fields;
    }

    /**
     * @param signs what it detects a line by: kind of sign to values; empty for one that only others call
     * @param fields that it, or a parser that it calls, names as targets
     */
    public record About(
            String id,
            String title,
            String dataset,
            Map<String, List<String>> signs,
            Set<LogSource> logSources,
            Set<String> fields,
            int tests) {
        public About {
            fields = Ordered.copy(fields);
        }
    }

    /** The ids of the parsers, sorted. */
    public List<String> ids() {
        return List.copyOf(parsers.keySet());
    }

    /**
     * One line, one event. A stamp without a year is in the year that brings it closest to the receive time or, when
     * that is unknown, to the reference; without either its time is not known.
     *
     * @param reference in microseconds: "now" or the largest event time so far; used only when the receive time is
     *     {@link Micros#UNKNOWN}
     * @return an event whose time is that of the line's stamp, else the receive time, else the reference, whatever it
     *     is: callers that may have neither pass a reference of their own choice, never the epoch by accident
     */
    public Parsed parse(Line line, long reference) {
        return finish(open(line, reference), List.of());
    }

    /**
     * Lines of one event, in the order in which they came, as a {@link Joiner} put them together. The first one gives the
     * header, the time and the parser; the texts behind it continue its message.
     */
    Parsed parse(List<Joiner.Waiting> lines) {
        Opened first = open(lines.getFirst().line(), lines.getFirst().reference());
        List<Opened> others = lines.stream()
                .skip(1)
                .map(waiting -> open(waiting.line(), waiting.reference()))
                .toList();
        return finish(first, others);
    }

    /** The parser whose lines such a line says something about, or null. */
    @Nullable
    String headed(Opened opened) {
        for (Map.Entry<String, String> head : heads.entrySet()) {
            if (opened.text.startsWith(head.getKey())) {
                return head.getValue();
            }
        }
        return null;
    }

    /**
     * A line of a file whose head was read: the parser of that head has it, and its steps see the head as {@code _head}. A line
     * that this parser would not know by itself must have the columns that the head names: not everybody has a file to each log.
     */
    Opened open(Line line, long reference, String parser, String head) {
        Opened alone = open(line, reference);
        Parser found = parsers.get(parser);
        boolean other = alone.parser == null || !alone.parser.id().equals(parser);
        boolean framed = alone.header != null && alone.header.priority() >= 0;
        if (found == null || other && (framed && alone.parser != null || !hasColumnsOf(head, alone.text))) {
            return alone;
        }
        Body body = new Body(alone.text, alone.body.reference, alone.body.zone);
        body.put("_head", head);
        return new Opened(line, reference, alone.text, alone.text, null, null, found, null, body, alone.original);
    }

    /** {@code #Fields: a b c}, {@code #fields<tab>a<tab>b}, {@code ID,Date,Time}: names and values are parted alike. */
    private static boolean hasColumnsOf(String head, String text) {
        boolean marked = head.startsWith("#");
        String by = head.indexOf('\t') > 0 ? "\t" : marked ? " " : ",";
        String[] names =
                (marked ? head.substring(head.indexOf(by) + 1) : head).strip().split(by, -1);
        String[] values = text.strip().split(by, -1);
        int time = List.of(names).indexOf("time"); // hh:mm:ss; what others write has a fraction
        return names.length == values.length && (time < 0 || values[time].length() == 8);
    }

    /** Which parser took the line, for tests of detection; null when none did. */
    @Nullable
    String detect(Line line, long reference) {
        Parser parser = open(line, reference).parser();
        return parser == null ? null : parser.id();
    }

    /**
     * Whether the listener alone says whose line this is, and means a product that the other parser is of as well: without a
     * form of its own it may continue a line of any of that product's logs.
     */
    boolean isOnlyTold(Opened opened, String parser) {
        Parser own = opened.parser;
        Parser other = parsers.get(parser);
        return own != null
                && other != null
                && own == detection.byTag(opened.line.tag())
                && own.module().equals(other.module())
                && !detection.isForm(own, opened.text.strip(), opened.body);
    }

    Parser.Detect detectOf(String parser) {
        return Objects.requireNonNull(parsers.get(parser), parser).detect();
    }

    @Nullable
    Join joinOf(String parser) {
        Parser found = parsers.get(parser);
        return found == null ? null : found.join();
    }

    /**
     * A line whose header was read and whose parser was chosen; none of its steps has run. To be finished once.
     *
     * @param message what stands behind the header
     * @param original the text, with what a relay put around it
     */
    record Opened(
            Line line,
            long reference,
            String text,
            String message,
            @Nullable Header header,
            @Nullable Json json,
            @Nullable Parser parser,
            @Nullable WindowsEvent windows,
            Body body,
            String original) {
        Opened in(String relayed) {
            return new Opened(line, reference, text, message, header, json, parser, windows, body, relayed);
        }

        /** The stamp of the header, else the receive time, else unknown. */
        long time() {
            return header != null && header.stamped() ? header.time() : line.received();
        }
    }

    Opened open(Line line, long reference) {
        String text = Text.decode(line.data(), line.charset());
        Parser parser = detection.byTag(line.tag());
        boolean told = parser != null;
        if (line.input().equals(CRI)) {
            text = text.substring(Cri.textAt(text));
        }
        long near = line.received() == Micros.UNKNOWN ? reference : line.received();
        ZoneId zone = Objects.requireNonNullElse(line.zone(), ZoneOffset.UTC);

        boolean bareJson = firstChar(text, 0) == '{';
        Header header = bareJson ? null : Header.read(text, near, zone, detection.programs());
        if (header != null && !header.found()) {
            header = null;
        }
        Parser named = header == null ? null : detection.byProgram(header);
        Parser begun = named == null || header == null ? null : detection.byBeginning(text, header.body());
        named = begun == null ? named : begun; // whatever wrote it: filterlog may write CEF
        if (header != null) {
            if (!told || named != null && String.valueOf(header.program()).startsWith(line.tag() + "-")) {
                parser = named; // dnsmasq-dhcp is a program of "dnsmasq"
            }
        }
        int from = header == null ? 0 : header.body();
        boolean jsonText = bareJson || firstChar(text, from) == '{';
        Json json = jsonText ? Json.read(element(from == 0 ? text : text.substring(from))) : null;
        if (told && parser != null && parser.json() != null && json == null) {
            told = false; // the listener promised JSON: what this is must be seen
            parser = named;
        }
        boolean mayBeWindows = json != null && windowsParser != null && (!told || isWindows(parser));
        WindowsEvent windows = mayBeWindows && json != null ? WindowsEvent.of(json) : null;
        if (header != null && windowsParser != null && (!told || isWindows(parser)) && windows == null) {
            windows = WindowsEvent.of(header);
        }
        if (windows != null) {
            parser = windowsParser;
        }
        boolean mayBeForwarded =
                bareJson && windows == null && !line.isUnwrapped() && (parser == null || parser.json() == null);
        Forwarded forwarded = mayBeForwarded && json != null ? Forwarded.of(json) : null;
        Parser around = forwarded == null || forwarded.isSure() || json == null ? null : detection.byKeys(json);
        if (forwarded != null && (forwarded.isSure() || detection.isForAnyObject(around))) {
            Opened inner = open(line.unwrapped(forwarded.line(), forwarded.zone(line.zone())), reference);
            // an application that is told to write text may write objects
            boolean own = parser != null && around != null && around.isLike(parser);
            if (forwarded.isSure()
                    || inner.parser != null
                            && (!own || detection.isForm(inner.parser, inner.message.strip(), inner.body))) {
                forwarded.put(inner.body, inner.header);
                return forwarded.isSure() ? inner : inner.in(text);
            }
        }
        boolean any = told && parser != null && detection.isForAnyObject(parser); // "json" is whose its keys are
        if (json != null && (parser == null || told && windows == null && (parser.json() == null || any))) {
            Parser keys = detection.byKeys(json);
            if (parser == null || any || keys != null && (keys.isLike(parser) || keys.wraps())) {
                parser = keys; // "nginx" may be told to write JSON, and Docker puts its own around it
            }
        }
        Body body = new Body(Text.unescaped(from == 0 ? text : text.substring(from), line.charset()), near, zone);
        Header own = null;
        boolean bare = header == null || header.priority() < 0;
        if (told && parser != null && json == null && bare && named == null) {
            Parser form = detection.isForm(parser, text.strip(), body)
                    ? parser
                    : detection.byForm(detection.literals(text), text.strip(), body);
            boolean same = header == null
                    && form != null
                    && parser.json() == null
                    && Objects.equals(form.dataset(), parser.dataset());
            if (form != null && !same && (form.wraps() || form.module().equals(parser.module()))) {
                parser = form; // "mysql" is the name of all its logs
                header = null; // what looked like a header belongs to the line
            } else if (form != null && header != null && header.appname() == null) {
                header = null;
            } else if (form == null && header != null) {
                Header anonymous = header.withoutHost(text);
                if (anonymous != null
                        && detection.byCase(body.text.strip(), body) != parser
                        && anonymous(anonymous, text, body) == parser) {
                    header = anonymous;
                    body.text = text.substring(header.body());
                }
            }
        } else if (parser == null && json == null) {
            BitSet literals = detection.literals(text);
            parser = detection.byLiteral(literals, text);
            if (parser == null && bare) {
                parser = detection.byForm(literals, text.strip(), body);
                header = parser == null ? header : null;
            }
            if (parser == null && header != null) {
                parser = detection.byForm(literals, body.text.strip(), body);
            }
            if (parser == null && header == null) {
                own = Header.own(text, near, zone, detection.programs(), true);
                if (own != null && own.program() != null) {
                    header = own;
                    body.text = Text.unescaped(text.substring(own.body()), line.charset());
                    parser = detection.byProgram(own);
                }
            }
            if (parser == null) {
                parser = detection.byPrefix(body.text);
            }
            if (parser == null && (header == null || header.appname() == null)) {
                parser = detection.byCase(body.text.strip(), body);
                // What stands behind the time need not be a host.
                Header anonymous = parser != null || header == null || !bare ? null : header.withoutHost(text);
                if (anonymous != null) {
                    parser = anonymous(anonymous, text, body);
                    header = parser == null ? header : anonymous;
                    body.text = parser == null ? body.text : text.substring(anonymous.body());
                }
            }
        }
        if (parser != null && parser.json() != null && json == null) {
            parser = null; // its program writes JSON
        }
        if (header == null && json == null && windows == null && told && parser != null) {
            own = Header.own(text, near, zone, detection.programs(), false);
            own = own == null || own.program() == null || detection.isForm(parser, text.strip(), body) ? null : own;
        }
        if (header == null && own != null && (parser == null || told)) {
            header = own;
            body.text = Text.unescaped(text.substring(own.body()), line.charset());
            parser = parser == null && own.body() > 0 ? detection.byCase(body.text.strip(), body) : parser;
        }
        if (header == null) {
            body.text = text;
        } else if (parser != null && parser.input() == Parser.Input.RAW) {
            body.text = text.substring(Header.priorityEnd(text));
        }
        if (isWindows(parser) && windows == null) {
            windows = WindowsEvent.of(body.text);
            windows = windows == null && header != null ? WindowsEvent.of(header, body.text) : windows;
            parser = windows == null && !told ? null : parser;
        }
        return new Opened(line, reference, text, body.text, header, json, parser, windows, body, text);
    }

    /** An object of a file that is one array, a line for each. */
    private static String element(String text) {
        String stripped = text.strip();
        return stripped.endsWith("},") ? stripped.substring(0, stripped.length() - 1) : stripped;
    }

    private @Nullable Parser anonymous(Header header, String text, Body context) {
        return detection.byCase(text.substring(header.body()).strip(), context);
    }

    Parsed finish(Opened opened, List<Opened> others) {
        Line line = opened.line;
        Header header = opened.header;
        Json json = opened.json;
        Parser parser = opened.parser;
        WindowsEvent windows = opened.windows;
        Body body = opened.body;
        String text = opened.original;
        if (!others.isEmpty()) {
            Join join = parser == null ? null : parser.join();
            join = join == null ? Join.LINES : join;
            body.text = join.together(opened, others);
            json = join.together(json, others);
            text = text + others.stream().map(o -> "\n" + o.original).collect(Collectors.joining());
        }
        Map<String, Object> fields = body.fields;
        if (!body.text.isEmpty() && windows == null) {
            fields.put("message", body.text);
        }
        if (header != null) {
            syslogFields(header, fields, parser == null || parser.input() != Parser.Input.RAW);
        }
        body.trim();
        body.time = header != null && header.stamped()
                ? header.time()
                : line.input().equals(CRI) ? Cri.time(line.data()) : Micros.UNKNOWN;
        String dataset;
        Set<LogSource> sources;
        if (parser == null) {
            boolean broken = json == null && (line.input().equals("json") || looksLikeJson(body.text));
            dataset = header == null ? "unknown.log" : "syslog.log";
            fields.put("event.kind", broken && header == null ? "pipeline_error" : "event");
            fields.put("event.module", header == null ? "unknown" : "syslog");
            sources = header == null ? Set.of() : fallbackSources(header);
            body.tag(broken ? "_json_broken" : "_no_parser");
            body.gaveUp = broken ? "_json_broken" : "_no_parser";
            body.unwrapRepeat();
            Parser other = json != null || broken ? null : parsers.get(OTHER);
            if (other != null) {
                if (header == null) {
                    body.put("_bare", "yes");
                }
                Step.run(other.steps(), body, parsers);
            }
            host(line, fields);
        } else {
            body.dataset = Objects.requireNonNullElse(parser.dataset(), "unknown.log");
            body.putAll(parser.defaults());
            if (json != null && parser.json() != null) {
                long stamp = JsonFields.put(json, parser.json(), body);
                body.object = body.text;
                body.time = stamp == Micros.UNKNOWN ? body.time : stamp;
            }
            if (windows != null) {
                fields.keySet().removeAll(SENDER); // of the agent, or the provider in the place of a program
                windows.put(body);
            } else if (isWindows(parser)) {
                body.tag("_unparsed_body");
                body.gaveUp = "_unparsed_body";
            }
            if (parser.input() != Parser.Input.RAW) {
                host(line, fields); // steps may want the name
            }
            Step.run(parser.steps(), body, parsers);
            host(line, fields);
            sources = body.logSources(parser.logSources());
            dataset = body.dataset;
        }
        if (body.held != null && !line.isUnwrapped()) {
            Line alone = line.unwrapped(body.held, line.zone());
            Parser told = detection.byTag(line.tag());
            Opened inner = open(told != null && told.wraps() ? alone.withTag(null) : alone, opened.reference);
            if (inner.parser != null) {
                return held(body, inner, text);
            }
        }
        if (body.second != null && !body.behind) {
            body.tag("_second_message");
            sources = seconds(opened, body, sources);
        }
        UserAgent.put(fields);
        frameFields(line, body);
        for (int i = 0; i < others.size(); i++) {
            frameFields(others.get(i).line, body);
        }
        return new Parsed(
                time(line, body.time == Micros.UNKNOWN ? body.otherwise : body.time, opened.reference, body),
                dataset,
                text,
                body.tags,
                fields,
                sources,
                body.views,
                body.gaveUp == null ? null : (parser == null ? "-" : parser.id()) + "/" + body.gaveUp);
    }

    /** The line that this one was put around is the event, and keeps what was said around it. */
    private Parsed held(Body around, Opened inner, String text) {
        around.fields.forEach((name, value) -> {
            if (!name.equals("message") && !name.startsWith("event.")) {
                inner.body.fields.put(name, value);
            }
        });
        inner.body.otherwise = around.time;
        around.tags.forEach(inner.body::tag);
        return finish(inner.in(text), List.of());
    }

    /** Each further message of the line is a view: rules see it in the place of the first one, under the same header. */
    private Set<LogSource> seconds(Opened opened, Body first, Set<LogSource> sources) {
        Set<LogSource> all = new LinkedHashSet<>(sources);
        List<Map<String, Object>> views = new ArrayList<>(first.views.isEmpty() ? List.of(Map.of()) : first.views);
        String text = first.second;
        for (int i = 0; text != null && i < MAX_MESSAGES; i++) {
            Body body = new Body(text, first.reference, first.zone);
            body.behind = true;
            WindowsEvent windows = isWindows(opened.parser) ? WindowsEvent.of(text) : null;
            Parsed next = finish(
                    new Opened(
                            opened.line,
                            opened.reference,
                            text,
                            text,
                            opened.header,
                            null,
                            opened.parser,
                            windows,
                            body,
                            text),
                    List.of());
            Map<String, Object> view = new HashMap<>(next.fields());
            first.fields.keySet().forEach(name -> view.putIfAbsent(name, null)); // of the first one alone
            views.add(view);
            all.addAll(next.logSources());
            for (String name : RELATED) {
                if (next.fields().get(name) instanceof List<?> more) {
                    first.fields.merge(name, more, ParserSet::union);
                }
            }
            text = body.second;
        }
        first.views = views;
        return Ordered.copy(all);
    }

    private static Object union(Object some, Object more) {
        Set<Object> all = new LinkedHashSet<>((List<?>) some);
        all.addAll((List<?>) more);
        return List.copyOf(all);
    }

    private static boolean isWindows(@Nullable Parser parser) {
        return parser != null && parser.input() == Parser.Input.WINDOWS;
    }

    private static long time(Line line, long stamp, long reference, Body body) {
        if (line.received() == Micros.UNKNOWN) {
            return stamp == Micros.UNKNOWN ? reference : stamp;
        }
        if (stamp == Micros.UNKNOWN) {
            return line.received();
        }
        if (stamp > line.received() + DAY) {
            body.tag("_clock_skew");
            return line.received();
        }
        return stamp;
    }

    private static Set<LogSource> fallbackSources(Header header) {
        String program = header.program();
        if (program == null || program.length() > 64) {
            return SYSLOG;
        }
        Map<LogSource, Boolean> sources = new LinkedHashMap<>(4);
        sources.put(LINUX_SYSLOG, true);
        sources.put(new LogSource(null, "linux", program.toLowerCase(Locale.ROOT)), true);
        return Ordered.copy(sources.keySet());
    }

    /** @param whole or only the priority, for a parser that reads the rest of the header itself */
    private static void syslogFields(Header header, Map<String, Object> fields, boolean whole) {
        if (header.priority() >= 0) {
            int facility = header.priority() >> 3;
            int severity = header.priority() & 7;
            fields.put("log.syslog.priority", (long) header.priority());
            fields.put("log.syslog.facility.code", (long) facility);
            fields.put("log.syslog.facility.name", FACILITIES[facility]);
            fields.put("log.syslog.severity.code", (long) severity);
            fields.put("log.syslog.severity.name", SEVERITIES[severity]);
            fields.put("log.level", SEVERITIES[severity]);
        }
        if (!whole) {
            return;
        }
        putIfPresent(fields, "log.syslog.version", header.version());
        putIfPresent(fields, "log.syslog.hostname", header.hostname());
        putIfPresent(fields, "host.hostname", header.hostname());
        putIfPresent(fields, "host.name", header.hostname());
        putIfPresent(fields, "log.syslog.appname", header.appname());
        putIfPresent(fields, "process.name", header.program());
        putIfPresent(fields, "log.syslog.procid", header.procid());
        putIfPresent(fields, "log.syslog.msgid", header.msgid());
        Long pid = pid(header.procid());
        if (pid != null) {
            fields.put("process.pid", pid);
        }
        header.structuredData().forEach((name, value) -> fields.put("log.syslog.structured_data." + name, value));
    }

    /** Both names of the host: the one that is claimed, else the peer's address. */
    private static void host(Line line, Map<String, Object> fields) {
        Object name = fields.get("host.name");
        Object hostname = fields.get("host.hostname");
        if (name == null) {
            name = hostname != null ? hostname : line.address();
        }
        if (hostname == null) {
            hostname = name;
        }
        if (name != null && hostname != null) {
            fields.put("host.hostname", hostname);
            fields.put("host.name", name);
        }
    }

    /** What the shipper knows, which no content can replace. */
    private static void frameFields(Line line, Body body) {
        if (line.address() != null) {
            body.fields.put("log.source.address", line.address());
        }
        body.fields.putAll(line.fields());
        if (line.cut() > 0) {
            body.tag("_truncated");
            body.fields.put("log.flags", List.of("truncated"));
        }
    }

    private static void putIfPresent(Map<String, Object> fields, String name, @Nullable String value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    private static @Nullable Long pid(@Nullable String procid) {
        if (procid == null || procid.isEmpty() || procid.length() > 18) {
            return null;
        }
        for (int i = 0; i < procid.length(); i++) {
            if (procid.charAt(i) < '0' || procid.charAt(i) > '9') {
                return null;
            }
        }
        return Long.valueOf(procid);
    }

    private static char firstChar(String text, int from) {
        int p = from;
        while (p < text.length() && (text.charAt(p) <= ' ' || text.charAt(p) == '\uFEFF')) {
            p++;
        }
        return p < text.length() ? text.charAt(p) : '\0';
    }

    /** {@code {"} or {@code {}}: a brace alone begins other things too. */
    private static boolean looksLikeJson(String text) {
        if (firstChar(text, 0) != '{') {
            return false;
        }
        char next = firstChar(text, text.indexOf('{') + 1);
        return next == '"' || next == '}';
    }
}
