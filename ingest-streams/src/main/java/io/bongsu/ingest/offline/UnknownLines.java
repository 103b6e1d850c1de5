package io.bongsu.ingest.offline;

import io.bongsu.ingest.parse.Line;
import io.bongsu.ingest.parse.Parsed;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Micros;
import java.io.IOException;
import java.io.InputStream;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code bongsu parser unknown}: the shapes of lines that no parser, or no case of their parser, recognises. Of a shape
 * numbers, addresses, hexadecimal words, what stands in quotes and the values of three pairs or more are masked. Bounded: what comes after so many
 * shapes is counted together.
 */
public final class UnknownLines {
    private static final int MAX_SHAPES = 100_000;
    private static final int MAX_LENGTH = 300;
    private static final int MIN_PAIRS = 3;
    private static final String SEPARATORS = ",;|\"";
    private static final Pattern NUMBER = Pattern.compile("[0-9]+([.:-][0-9]+)*");

    /**
     * @param reason as in {@link Parsed#unrecognised}
     * @param program of the syslog header, or ""
     */
    public record Shape(String reason, String program, String shape) {}

    /** @param example the first line of that shape, with its place */
    public record Found(Shape shape, long count, String example) {}

    private final ParserSet parsers;
    private final Offline.Options options;
    private final Consumer<String> problems;
    private final Map<Shape, Found> found = new LinkedHashMap<>();
    private long lines;

    public UnknownLines(ParserSet parsers, Offline.Options options, Consumer<String> problems) {
        this.parsers = parsers;
        this.options = options;
        this.problems = problems;
    }

    /** How many lines were read. */
    public long lines() {
        return lines;
    }

    /** The shapes, the most frequent first. */
    public List<Found> read(List<Offline.File> files) {
        for (Offline.File file : files) {
            try (InputStream in = file.opener().open()) {
                Input.read(file.name(), in, options.envelopes(), line -> {
                    if (line.problem() != null) {
                        problems.accept(file.name() + ":" + line.number() + ": " + line.problem());
                    } else {
                        take(file.name(), line);
                    }
                });
            } catch (IOException e) {
                problems.accept(file.name() + ": cannot be read: " + e.getMessage());
            }
        }
        return found.values().stream()
                .sorted(Comparator.comparingLong((Found one) -> -one.count))
                .toList();
    }

    private void take(String file, Input.Numbered line) {
        lines++;
        String tag = line.tag() == null ? options.tag() : line.tag();
        long reference = options.now() == Micros.UNKNOWN ? options.start() : options.now();
        Parsed parsed =
                parsers.parse(new Line(line.data(), line.received(), "auto", tag, null, null, null, 0), reference);
        String reason = parsed.unrecognised();
        if (reason == null || parsed.original().isBlank()) {
            return;
        }
        Object message = Objects.requireNonNullElse(parsed.fields().get("message"), parsed.original());
        Shape shape = new Shape(reason, text(parsed.fields().get("log.syslog.appname")), shape(message.toString()));
        if (found.size() >= MAX_SHAPES && !found.containsKey(shape)) {
            shape = new Shape(reason, "", "(more shapes than " + MAX_SHAPES + ")");
        }
        Found first = new Found(shape, 1, file + ":" + line.number() + ": " + parsed.original());
        found.merge(shape, first, (before, now) -> new Found(before.shape, before.count + 1, before.example));
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    /** {@code Failed for "bob" from 10.0.0.1 port 22} becomes {@code Failed for "…" from <ip> port <n>}. */
    static String shape(String text) {
        StringBuilder shape = new StringBuilder();
        int to = Math.min(text.length(), 4 * MAX_LENGTH);
        boolean pairs = pairs(text, to) >= MIN_PAIRS;
        int p = 0;
        while (p < to && shape.length() < MAX_LENGTH) {
            char c = text.charAt(p);
            int close = c == '"' ? text.indexOf('"', p + 1) : -1;
            if (close > 0) {
                shape.append("\"…\"");
                p = close + 1;
            } else if (pairs
                    && c == '='
                    && isKey(text, p)
                    && p + 1 < text.length()
                    && text.charAt(p + 1) > ' '
                    && text.charAt(p + 1) != '"') {
                int end = p + 1;
                while (end < text.length() && text.charAt(end) > ' ' && SEPARATORS.indexOf(text.charAt(end)) < 0) {
                    end++;
                }
                shape.append(end > p + 1 ? "=<v>" : "=");
                p = Math.max(end, p + 1);
            } else if (Character.isLetterOrDigit(c)) {
                int end = p;
                while (end < text.length() && isWord(text, end)) {
                    end++;
                }
                shape.append(word(text.substring(p, end)));
                p = end;
            } else {
                shape.append(c < ' ' ? ' ' : c);
                p++;
            }
        }
        return shape.append(p < text.length() ? "…" : "").toString();
    }

    private static int pairs(String text, int to) {
        int pairs = 0;
        for (int at = text.indexOf('='); at >= 0 && at < to; at = text.indexOf('=', at + 1)) {
            pairs += isKey(text, at) ? 1 : 0;
        }
        return pairs;
    }

    private static boolean isKey(String text, int equals) {
        return equals > 0 && (Character.isLetterOrDigit(text.charAt(equals - 1)) || text.charAt(equals - 1) == '_');
    }

    private static boolean isWord(String text, int at) {
        char c = text.charAt(at);
        char next = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
        boolean inside = Character.isLetterOrDigit(next) || c == ':' && next == ':';
        return Character.isLetterOrDigit(c) || c == '_' || (c == '.' || c == ':' || c == '-') && inside;
    }

    private static String word(String word) {
        int digits = 0;
        int hex = 0;
        int letters = 0;
        int points = 0;
        int colons = 0;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            digits += c >= '0' && c <= '9' ? 1 : 0;
            hex += c < 0x80 && Character.digit(c, 16) >= 0 ? 1 : 0;
            letters += Character.isLetter(c) ? 1 : 0;
            points += c == '.' ? 1 : 0;
            colons += c == ':' ? 1 : 0;
        }
        if (digits == 0) {
            return word;
        }
        boolean numbers = digits + points + colons == word.length();
        if (numbers && points == 3 && colons == 1) {
            return "<ip>:<n>";
        }
        if (numbers && points == 3 && colons == 0
                || colons > 1 && hex + colons == word.length() && (!numbers || word.contains("::"))) {
            return "<ip>";
        }
        if (letters > 0 && hex >= 8 && word.length() - hex <= 4) {
            return "<hex>";
        }
        return NUMBER.matcher(word).replaceAll("<n>");
    }
}
