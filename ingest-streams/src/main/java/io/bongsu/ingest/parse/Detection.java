package io.bongsu.ingest.parse;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * From a line to its parser, the surest sign first: what the listener declares, the program, the keys of a JSON object,
 * a literal of the product, the whole form of a line, how it begins. Where two signs of a kind fit, the more specific
 * one has it, then the user's parser, then the one that comes first by id: never the order of files or of lines.
 */
final class Detection {
    /** Literals are looked for in so many characters. */
    static final int HEAD = 1_024;

    private final Map<String, Parser> byTag = new HashMap<>();
    private final Map<String, Parser> byProgram = new HashMap<>();
    private final List<ByPrefix> byProgramPrefix = new ArrayList<>();
    private final List<ByKeys> byKeys = new ArrayList<>();
    private final List<ByLiteral> byLiteral = new ArrayList<>();
    private final List<ByForm> byForm = new ArrayList<>();
    private final List<ByPrefix> byPrefix = new ArrayList<>();
    private final Literals literals;

    private record ByKeys(Set<String> keys, Parser parser) {}

    private record ByPrefix(String prefix, Parser parser) {}

    private record ByLiteral(int literal, int length, Parser parser) {}

    /** Literals that must be there, and then the template. */
    private record ByForm(int[] literals, int length, Template template, Parser parser) {
        boolean fits(BitSet found, String text, Body context) {
            for (int literal : literals) {
                if (!found.get(literal)) {
                    return false;
                }
            }
            return template.fits(text, context);
        }
    }

    /** @param inOrder of preference */
    Detection(Collection<Parser> inOrder) {
        List<String> all = new ArrayList<>();
        for (Parser parser : inOrder) {
            Parser.Detect detect = parser.detect();
            detect.tags().forEach(tag -> byTag.putIfAbsent(tag, parser));
            for (String program : detect.programs()) {
                if (program.endsWith("*")) {
                    byProgramPrefix.add(new ByPrefix(program.substring(0, program.length() - 1), parser));
                } else {
                    byProgram.putIfAbsent(program, parser);
                }
            }
            detect.jsonKeys().forEach(keys -> byKeys.add(new ByKeys(keys, parser)));
            detect.prefixes().forEach(prefix -> byPrefix.add(new ByPrefix(prefix, parser)));
            detect.literals()
                    .forEach(literal -> byLiteral.add(new ByLiteral(number(all, literal), literal.length(), parser)));
            for (Parser.Form form : detect.forms()) {
                int[] has = form.has().stream()
                        .mapToInt(literal -> number(all, literal))
                        .toArray();
                int length = form.has().stream().mapToInt(String::length).sum();
                form.templates().forEach(template -> byForm.add(new ByForm(has, length, template, parser)));
            }
        }
        byKeys.sort((a, b) -> Integer.compare(b.keys.size(), a.keys.size())); // stable, as are the others
        byPrefix.sort((a, b) -> Integer.compare(b.prefix.length(), a.prefix.length()));
        byProgramPrefix.sort((a, b) -> Integer.compare(b.prefix.length(), a.prefix.length()));
        byLiteral.sort(Comparator.comparingInt(literal -> -literal.length));
        byForm.sort(Comparator.comparingInt(form -> -form.length));
        literals = new Literals(all);
    }

    private static int number(List<String> all, String literal) {
        int known = all.indexOf(literal);
        if (known >= 0) {
            return known;
        }
        all.add(literal);
        return all.size() - 1;
    }

    /** Programs that are believed without a colon behind them. */
    Set<String> programs() {
        return byProgram.keySet();
    }

    @Nullable
    Parser byTag(@Nullable String tag) {
        return tag == null ? null : byTag.get(tag);
    }

    @Nullable
    Parser byProgram(Header header) {
        String name = header.appname();
        String program = header.program();
        if (name == null || program == null) {
            return null;
        }
        Parser found = byProgram.get(name);
        if (found == null) {
            found = byProgram.get(program);
        }
        int module = name.indexOf('(');
        if (found == null && module > 0) {
            found = byProgram.get(name.substring(module));
        }
        return found != null ? found : startsWith(byProgramPrefix, name);
    }

    @Nullable
    Parser byKeys(Json json) {
        for (int i = 0; i < byKeys.size(); i++) {
            if (json.keys().containsAll(byKeys.get(i).keys)) {
                return byKeys.get(i).parser;
            }
        }
        return null;
    }

    /** The literals of the frame's beginning. */
    BitSet literals(String frame) {
        return literals.in(frame, Math.min(frame.length(), HEAD));
    }

    /** The parser that has the longest of these literals. */
    @Nullable
    Parser byLiteral(BitSet found) {
        for (int i = 0; i < byLiteral.size() && !found.isEmpty(); i++) {
            if (found.get(byLiteral.get(i).literal)) {
                return byLiteral.get(i).parser;
            }
        }
        return null;
    }

    /** The parser of which the text, as a whole, is a line. */
    @Nullable
    Parser byForm(BitSet found, String text, Body context) {
        for (int i = 0; i < byForm.size(); i++) {
            if (byForm.get(i).fits(found, text, context)) {
                return byForm.get(i).parser;
            }
        }
        return null;
    }

    /** Whether this text, as a whole, is a line of that parser. */
    boolean isForm(Parser parser, String text, Body context) {
        if (parser.detect().forms().isEmpty()) {
            return false;
        }
        BitSet found = literals(text);
        for (int i = 0; i < byForm.size(); i++) {
            ByForm form = byForm.get(i);
            if (form.parser == parser && form.fits(found, text, context)) {
                return true;
            }
        }
        return false;
    }

    @Nullable
    Parser byPrefix(String message) {
        return startsWith(byPrefix, message);
    }

    private static @Nullable Parser startsWith(List<ByPrefix> prefixes, String text) {
        for (int i = 0; i < prefixes.size(); i++) {
            if (text.startsWith(prefixes.get(i).prefix)) {
                return prefixes.get(i).parser;
            }
        }
        return null;
    }
}
