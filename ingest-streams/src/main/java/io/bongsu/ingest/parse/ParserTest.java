package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A test that stands in a parser file: a line and what must, and must not, come out. It is tried with the parser's tag
 * and, unless it says that it needs this hint, in every way that the parser promises to detect: behind a syslog header
 * of each of its programs, and bare. It must find its own parser among all.
 *
 * @param place file:line:column
 * @param frame whether {@code in} is a whole frame, taken as it is
 * @param now receive time in microseconds
 * @param name what the test shows, or null
 * @param hinted whether the line cannot be recognised without the tag
 */
public record ParserTest(
        String parser,
        String place,
        String in,
        boolean frame,
        long now,
        Map<String, Object> out,
        List<String> absent,
        List<String> tags,
        @Nullable String charset,
        @Nullable String name,
        boolean hinted) {
    /** In front of the names of files that came with this program. */
    static final String BUILT_IN = "built-in:";

    public ParserTest {
        out = Ordered.copy(out);
        absent = List.copyOf(absent);
        tags = List.copyOf(tags);
    }

    public boolean isBuiltIn() {
        return place.startsWith(BUILT_IN);
    }

    /** Runs the test; each string says what was expected, what came, and for which line. Empty: all is well. */
    public List<String> failures(ParserSet parsers) {
        List<String> failures = new ArrayList<>();
        for (Line line : lines(parsers)) {
            check(parsers, line, failures);
        }
        return failures;
    }

    /** What comes out of its line, the surest way that the parser detects it. */
    List<Parsed> events(ParserSet parsers) {
        boolean joins = parsers.joinOf(parser) != null && in.contains("\n");
        return lines(parsers).stream()
                .limit(1)
                .map(line -> parsed(parsers, line, joins))
                .toList();
    }

    private static Line first(Line line) {
        int end = 0;
        while (end < line.data().length && line.data()[end] != '\n') {
            end++;
        }
        return part(line, 0, end);
    }

    private static Line part(Line line, int from, int to) {
        return new Line(
                Arrays.copyOfRange(line.data(), from, to),
                line.received(),
                line.input(),
                line.tag(),
                line.charset(),
                null,
                null,
                0);
    }

    /** The event of a test: of several lines, where the parser joins them. */
    private static Parsed parsed(ParserSet parsers, Line line, boolean joins) {
        if (!joins) {
            return parsers.parse(line, Micros.UNKNOWN);
        }
        Joiner joiner = new Joiner(parsers);
        List<Joiner.Outcome> outcomes = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= line.data().length; i++) {
            if (i == line.data().length ? i > from : line.data()[i] == '\n') {
                Line part = part(line, from, i);
                outcomes.addAll(joiner.take(new Joiner.Waiting(part, Micros.UNKNOWN, "", 0, 0, 0, 0)));
                from = i + 1;
            }
        }
        outcomes.addAll(joiner.end());
        return outcomes.stream()
                .filter(Joiner.Complete.class::isInstance)
                .map(outcome -> ((Joiner.Complete) outcome).parse())
                .findFirst()
                .orElseGet(() -> parsers.parse(line, Micros.UNKNOWN));
    }

    /** The event of the test. */
    Parsed parsed(ParserSet parsers) {
        return parsed(parsers, lines(parsers).get(0), joins(parsers));
    }

    private boolean joins(ParserSet parsers) {
        return parsers.joinOf(parser) != null && in.contains("\n");
    }

    List<Line> lines(ParserSet parsers) {
        List<Line> lines = new ArrayList<>();
        Parser.Detect detect = parsers.detectOf(parser);
        if (!detect.tags().isEmpty() && (!frame || hinted)) {
            lines.add(line(in, "auto", detect.tags().get(0)));
        }
        if (hinted) {
            return lines;
        }
        if (frame) {
            lines.add(line(in, "syslog", null));
            return lines;
        }
        boolean joins = parsers.joinOf(parser) != null;
        for (String program : detect.programs()) {
            String tag = program.startsWith("(") ? "other" + program : program.replace("*", "x");
            lines.add(line(behind("<86>Nov 22 09:15:02 host " + tag + "[4242]: ", joins), "syslog", null));
        }
        if (!detect.literals().isEmpty() || !detect.forms().isEmpty()) {
            lines.add(line(in, "auto", null));
        }
        if (detect.programs().isEmpty() && !detect.prefixes().isEmpty()) {
            lines.add(line(behind("<86>Nov 22 09:15:02 host prog[4242]: ", joins), "syslog", null));
        }
        if (!detect.jsonKeys().isEmpty()) {
            lines.add(line(in, "json", null));
            lines.add(line("<14>1 2026-11-22T09:15:02Z host app 4242 - - " + in, "syslog", null));
        }
        return lines;
    }

    /** Each line behind the header, where lines are joined; else it is one line with line ends in it. */
    private String behind(String header, boolean joins) {
        return header + (joins ? in.replace("\n", "\n" + header) : in);
    }

    private Line line(String text, String input, @Nullable String tag) {
        Charset bytes = Objects.requireNonNullElse(Text.charset(charset), StandardCharsets.UTF_8);
        return new Line(text.getBytes(bytes), now, input, tag, charset, null, null, 0);
    }

    private void check(ParserSet parsers, Line line, List<String> failures) {
        boolean joins = joins(parsers);
        Parsed parsed = parsed(parsers, line, joins);
        String taken = parsers.detect(joins ? first(line) : line, Micros.UNKNOWN);
        String about = " in: " + parsed.original();
        if (!parser.equals(taken)) {
            failures.add("expected to be parsed by " + parser + ", "
                    + (taken == null
                            ? "and nothing recognises it (frame: is a line with its header; hint: tag is one that only a listener names)"
                            : "not by " + taken)
                    + about);
            return;
        }
        out.forEach((name, expected) -> {
            Object found =
                    switch (name) {
                        case "@timestamp" -> Micros.iso(parsed.time());
                        case "event.dataset" -> parsed.dataset();
                        default -> parsed.fields().get(name);
                    };
            Object wanted = name.equals("@timestamp") ? iso(expected.toString()) : expected;
            if (!wanted.equals(found)) {
                failures.add("expected " + name + ": " + wanted + ", found " + found + about);
            }
        });
        for (String name : absent) {
            if (parsed.fields().containsKey(name)) {
                failures.add(
                        "expected no " + name + ", found " + parsed.fields().get(name) + about);
            }
        }
        if (!parsed.tags().equals(tags)) {
            failures.add("expected tags " + tags + ", found " + parsed.tags() + about);
        }
    }

    private static String iso(String text) {
        Stamp stamp = new Stamp(text, text.length(), Micros.UNKNOWN, ZoneOffset.UTC);
        return stamp.iso(0) ? Micros.iso(stamp.micros) : text;
    }
}
