package io.bongsu.rules.yaml;

import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * How to mend what the YAML library cannot read, by the words that it has for it, and where the mistake is: what is
 * open until the end is shown where it was opened.
 */
final class SyntaxAdvice {
    private static final String COLUMN =
            "begin the keys of a map, each with ':' behind it, and the '-' of a list in one column";

    /** What is in the library's problem, or in what it was doing, and what to do then; the first one counts. */
    private static final List<Advice> ALL = List.of(
            new Advice("TAB", "indent with blanks"),
            new Advice("escape", "write \\\\ for a backslash, or put the text in single quotes"),
            new Advice("unexpected end of stream", "close the quote that opens here"),
            new Advice("unexpected document separator", "close the quote that opens here"),
            new Advice("expected ',' or ']'", "close the list with ']', and put values that hold , [ ] { } in quotes"),
            new Advice("expected ',' or '}'", "close the map with '}', and put values that hold , [ ] { } in quotes"),
            new Advice("scanning an alias", "put the value in quotes; without them * refers to an anchor"),
            new Advice("scanning an anchor", "put the value in quotes; without them & names an anchor"),
            new Advice("scanning a tag", "put the value in quotes; without them ! names a type"),
            new Advice("tag handle", "put the value in quotes; without them ! names a type"),
            new Advice("directive", "put the value in quotes; a line that begins with % is a directive"),
            new Advice("block scalar", "begin the text in the line below | or >, deeper than its key"),
            new Advice("could not find expected ':'", "write 'key: value', with a blank behind the ':'"),
            new Advice("sequence entries are not allowed", "begin the list in a line of its own, below its key"),
            new Advice("mapping keys are not allowed", "put the value in quotes; without them '? ' begins a key"),
            new Advice("cannot start any token", "put the value in quotes"),
            new Advice("<document start>", COLUMN + ", and every further document with ---"),
            new Advice("but found '<scalar>'", "put the whole value in quotes; within single quotes a ' is written ''"),
            new Advice("<block end>", COLUMN),
            new Advice("node content", "write a value, or put it in quotes when it begins with a sign of YAML"));

    private record Advice(String words, String fix) {}

    private SyntaxAdvice() {}

    static String fix(MarkedYamlEngineException e, String text) {
        if (e.getProblem().startsWith("mapping values are not allowed")) {
            return e.getProblemMark()
                            .map(mark -> line(mark, text).indexOf(": ") < mark.getColumn())
                            .orElse(false)
                    ? "put the value in quotes, since it holds ': '"
                    : COLUMN;
        }
        String said = e.getContext() + ", " + e.getProblem();
        return ALL.stream()
                .filter(advice -> said.contains(advice.words))
                .map(Advice::fix)
                .findFirst()
                .orElse("put values with special characters in quotes; " + COLUMN);
    }

    static Optional<Mark> place(MarkedYamlEngineException e) {
        boolean open = e.getProblem().contains("unexpected end of stream")
                || e.getProblem().contains("unexpected document separator")
                || e.getProblem().contains("expected ','")
                        && e.getProblemMark().map(Mark::getLine).orElse(0)
                                > e.getContextMark().map(Mark::getLine).orElse(0);
        return open
                ? e.getContextMark().or(e::getProblemMark)
                : e.getProblemMark().or(e::getContextMark);
    }

    private static String line(Mark mark, String text) {
        return text.lines().skip(mark.getLine()).findFirst().orElse("");
    }
}
