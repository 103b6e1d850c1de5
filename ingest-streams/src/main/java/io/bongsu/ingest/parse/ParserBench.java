package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * {@code bongsu parser bench} and {@code bongsu bench parse}: how long a line takes from its bytes to its event, by parser
 * over the parser's own tests, by source over lines as that source writes them, and with more parsers loaded than there
 * are. Processor time of one thread on this machine, to compare two versions or two sets; not a gate.
 */
public final class ParserBench {
    private static final int VARIANTS = 50;

    private ParserBench() {}

    /** @param lines distinct lines that were parsed */
    public record Result(String parser, int lines, long nanosPerLine) {}

    /** @param nanos of processor time for which each parser is measured, after all have run as long to warm up */
    public static List<Result> run(ParserSet parsers, List<ParserTest> tests, long nanos) {
        Map<String, List<Line>> lines = new TreeMap<>();
        for (ParserTest test : tests) {
            lines.computeIfAbsent(test.parser(), parser -> new ArrayList<>()).addAll(test.lines(parsers));
        }
        return run(parsers, lines, nanos);
    }

    /** The same over these lines, by name. */
    public static List<Result> run(ParserSet parsers, Map<String, List<Line>> lines, long nanos) {
        List<Result> results = new ArrayList<>();
        lines.values().forEach(own -> measure(parsers, own, nanos));
        lines.forEach((name, own) -> results.add(new Result(name, own.size(), measure(parsers, own, nanos))));
        return results;
    }

    /** Lines as sources write them, by source; users, ports and addresses differ from line to line. */
    public static Map<String, List<Line>> sources() {
        Map<String, List<Line>> sources = new LinkedHashMap<>();
        try (InputStream in = ParserBench.class.getResourceAsStream("bench-lines.txt")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            text.lines().forEach(line -> {
                int tab = line.indexOf('\t');
                List<Line> lines = sources.computeIfAbsent(line.substring(0, tab), source -> new ArrayList<>());
                for (int i = 0; i < VARIANTS; i++) {
                    String variant = line.substring(tab + 1)
                            .replace("${n}", Integer.toString(100 + i * 7))
                            .replace("${m}", Integer.toString(1 + i % 25));
                    lines.add(Line.of(variant.getBytes(StandardCharsets.UTF_8)));
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sources;
    }

    /** The built-in parsers and so many more, each with signs of its own: a program, a literal, a form; or keys of JSON. */
    public static ParserSet crowd(int more) {
        StringBuilder yaml = new StringBuilder();
        for (int i = 0; i < more; i++) {
            yaml.append(String.format(Locale.ROOT, i % 4 == 3 ? """
                    parser: made.p%1$05d
                    dataset: made.log
                    detect: {json_keys: [[made_%1$05d, level]]}
                    input: json
                    ---
                    """ : """
                    parser: made.p%1$05d
                    dataset: made.log
                    detect:
                      program: [made-%1$05d]
                      literal: ["%%MADE-%1$05d-"]
                      prefix: ["made%1$05d("]
                      form: [{has: [" made %1$05d "], tmpl: "{_:time} made %1$05d {_:rest}"}]
                    steps:
                      - first:
                          - {id: one, tmpl: "login of {user.name:last} from {source.address:addr} failed"}
                          - {id: two, tmpl: "opened {made.file:rest}"}
                          - else: {tag: _unparsed_body}
                    ---
                    """, i));
        }
        ParserSet.Loaded loaded = new ParserLoader().loadBeside("made.yml", yaml.toString());
        if (!loaded.problems().isEmpty()) {
            throw new IllegalStateException(loaded.problems().get(0).toString());
        }
        return loaded.parsers();
    }

    private static long measure(ParserSet parsers, List<Line> lines, long nanos) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean(); // what else runs here must not count
        long begun = threads.getCurrentThreadCpuTime();
        long spent = 0;
        long fields = 0;
        long count = 0;
        while (spent < nanos) {
            for (Line line : lines) {
                fields += parsers.parse(line, Micros.UNKNOWN).fields().size();
                count++;
            }
            spent = threads.getCurrentThreadCpuTime() - begun;
        }
        long each = spent / Math.max(count, 1);
        return fields < 0 ? 0 : each; // the fields are counted so that the work cannot be left out
    }
}
