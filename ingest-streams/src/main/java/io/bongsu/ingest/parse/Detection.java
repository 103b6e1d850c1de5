package io.bongsu.ingest.parse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * From a line to its parser, the surest sign first: what the listener declares, the program, the keys of a JSON object,
 * a literal of the product, the whole form of a line, how it begins. Where two signs of a kind fit, the more specific
 * one has it, then the user's parser, then the one that comes first by id: never the order of files or of lines.
 */
final class Detection {
    /** Literals are looked for in so many characters. */
    static final int HEAD = 1_024;

    private static final int[] NONE = {};
    /** So many characters must a template say to recognise a line on its own: when it names someone, and when not. */
    private static final int SURE = 12;

    private static final int SURER = 24;

    private static final List<String> SOMEONE =
            List.of("source.", "client.", "destination.", "user.", "dns.question.", "group.", "process.", "email.");

    private final Map<String, Parser> byTag = new HashMap<>();
    private final Map<String, Parser> byProgram = new HashMap<>();
    private final TreeMap<String, Parser> byProgramPrefix = new TreeMap<>();
    private final TreeMap<String, Parser> byPrefix = new TreeMap<>();
    private final TreeMap<String, Parser> byBeginning = new TreeMap<>();
    private final List<ByKeys> byKeys = new ArrayList<>();
    private final List<ByLiteral> byLiteral = new ArrayList<>();
    private final List<ByForm> byForm = new ArrayList<>();
    private final Literals literals;
    /** Places in {@code byLiteral}, {@code byForm} and {@code byKeys} by what must be there: nothing else is looked at. */
    private final int[][] literalsOf;

    /** How literals begin, so that most texts need not be looked up. */
    private final BitSet beginnings = new BitSet();

    private final int[][] formsOf;
    private final int[] bareForms;
    private final Map<String, int[]> keysOf;
    private final int[] bareKeys;

    /** The last resort has an automaton of its own, so that it costs nothing where a surer sign is found. */
    private final List<ByCase> byCase = new ArrayList<>();

    private final Literals demands;
    private final int[][] casesOf;

    /** One key of each group must be there. */
    private record ByKeys(List<List<String>> keys, Parser parser) {
        ByKeys(Set<String> keys, Parser parser) {
            this(keys.stream().map(key -> List.of(key.split("\\|"))).toList(), parser);
        }

        boolean fits(Set<String> all) {
            for (List<String> group : keys) {
                boolean any = false;
                for (int i = 0; i < group.size() && !any; i++) {
                    any = all.contains(group.get(i));
                }
                if (!any) {
                    return false;
                }
            }
            return true;
        }

        /** The group to look for: the one whose keys are long, and so in few objects. */
        List<String> rarest() {
            return keys.stream()
                    .max(Comparator.comparingInt((List<String> group) -> group.stream()
                                    .mapToInt(String::length)
                                    .min()
                                    .orElse(0))
                            .thenComparing(Object::toString))
                    .orElse(List.of());
        }
    }

    private record ByLiteral(int literal, String text, Parser parser) {}

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

    /** A template of a case, with what its case must hold besides; {@code suffixes} are cut off before steps look at a text. */
    private record ByCase(int sureness, List<String> has, Template template, Set<String> suffixes, Parser parser) {
        boolean fits(String text, Body context) {
            for (String literal : has) {
                if (!text.contains(literal)) {
                    return false;
                }
            }
            if (template.fits(text, context)) {
                return true;
            }
            for (String suffix : suffixes) {
                if (text.endsWith(suffix)
                        && template.fits(
                                text.substring(0, text.length() - suffix.length())
                                        .strip(),
                                context)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** @param inOrder of preference */
    Detection(Collection<Parser> inOrder) {
        Map<String, Integer> all = new LinkedHashMap<>();
        for (Parser parser : inOrder) {
            Parser.Detect detect = parser.detect();
            detect.tags().forEach(tag -> byTag.putIfAbsent(tag, parser));
            for (String program : detect.programs()) {
                if (program.endsWith("*")) {
                    byProgramPrefix.putIfAbsent(program.substring(0, program.length() - 1), parser);
                } else {
                    byProgram.putIfAbsent(program, parser);
                }
            }
            detect.jsonKeys().forEach(keys -> byKeys.add(new ByKeys(keys, parser)));
            detect.prefixes().forEach(prefix -> byPrefix.putIfAbsent(prefix, parser));
            detect.literals().forEach(literal -> byLiteral.add(new ByLiteral(number(all, literal), literal, parser)));
            for (Parser.Form form : detect.forms()) {
                // The first one brings the form up: the longest is in the fewest lines.
                int[] has = form.has().stream()
                        .sorted(Comparator.comparingInt(literal -> -literal.length()))
                        .mapToInt(literal -> number(all, literal))
                        .toArray();
                int length = form.has().stream().mapToInt(String::length).sum();
                form.templates().forEach(template -> byForm.add(new ByForm(has, length, template, parser)));
            }
        }
        byKeys.sort((a, b) -> Integer.compare(b.keys.size(), a.keys.size())); // stable, as are the others
        byLiteral.sort(Comparator.comparingInt(literal -> -literal.text.length()));
        byForm.sort(Comparator.comparingInt(form -> -form.length));
        for (ByLiteral literal : byLiteral) { // Sysmon for Linux writes events of Windows
            if (beginning(literal.text, 0) >= 0 && literal.parser.input() != Parser.Input.WINDOWS) {
                beginnings.set(beginning(literal.text, 0));
                byBeginning.putIfAbsent(literal.text, literal.parser);
            }
        }
        literals = new Literals(List.copyOf(all.keySet()));
        literalsOf =
                places(all.size(), byLiteral.stream().map(ByLiteral::literal).toList());
        formsOf = places(
                all.size(),
                byForm.stream()
                        .map(form -> form.literals.length == 0 ? -1 : form.literals[0])
                        .toList());
        bareForms = IntStream.range(0, byForm.size())
                .filter(i -> byForm.get(i).literals.length == 0)
                .toArray();
        Map<String, List<Integer>> keyed = new HashMap<>();
        for (int i = 0; i < byKeys.size(); i++) {
            int place = i;
            byKeys.get(i).rarest().forEach(key -> keyed.computeIfAbsent(key, k -> new ArrayList<>())
                    .add(place));
        }
        inOrder.stream().filter(parser -> parser.detect().cases()).forEach(this::cases);
        byCase.sort(Comparator.comparingInt(one -> -one.sureness));
        Map<String, List<Integer>> demanded = new LinkedHashMap<>();
        for (int i = 0; i < byCase.size(); i++) {
            for (String text : byCase.get(i).template.demands()) {
                demanded.computeIfAbsent(text, t -> new ArrayList<>()).add(i);
            }
        }
        demands = new Literals(List.copyOf(demanded.keySet()));
        casesOf = demanded.values().stream()
                .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
        keysOf = new HashMap<>();
        keyed.forEach((key, places) ->
                keysOf.put(key, places.stream().mapToInt(Integer::intValue).toArray()));
        bareKeys = IntStream.range(0, byKeys.size())
                .filter(i -> byKeys.get(i).keys.isEmpty())
                .toArray();
    }

    /** Templates that say enough; one that names nobody must say more, since others write such lines as well. */
    private void cases(Parser parser) {
        Set<String> suffixes = parser.steps().stream()
                .filter(Step.Trim.class::isInstance)
                .flatMap(step -> ((Step.Trim) step).suffixes().keySet().stream())
                .collect(Collectors.toUnmodifiableSet());
        for (Step step : parser.steps()) {
            if (!(step instanceof Step.First first)) {
                continue;
            }
            for (Step.Case one : first.cases()) {
                if (!(one instanceof Step.Fitting fitting)
                        || fitting.from() != null
                        || !fitting.when().isEmpty()) {
                    continue;
                }
                for (Matching pattern : fitting.patterns()) {
                    if (pattern instanceof Template template
                            && template.sureness()
                                    >= (template.targets().stream().anyMatch(Detection::isSomeone) ? SURE : SURER)) {
                        byCase.add(new ByCase(template.sureness(), fitting.has(), template, suffixes, parser));
                    }
                }
            }
        }
    }

    private static boolean isSomeone(Target target) {
        return SOMEONE.stream().anyMatch(target.name()::startsWith);
    }

    private static int[][] places(int size, List<Integer> of) {
        List<List<Integer>> places = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            places.add(new ArrayList<>(0));
        }
        for (int place = 0; place < of.size(); place++) {
            if (of.get(place) >= 0) {
                places.get(of.get(place)).add(place);
            }
        }
        return places.stream()
                .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
    }

    private static int number(Map<String, Integer> all, String literal) {
        Integer known = all.putIfAbsent(literal, all.size());
        return known == null ? all.size() - 1 : known;
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
        int best = bareKeys.length == 0 ? Integer.MAX_VALUE : bareKeys[0];
        for (String key : json.keys()) {
            for (int place : keysOf.getOrDefault(key, NONE)) {
                if (place < best && byKeys.get(place).fits(json.keys())) {
                    best = place;
                }
            }
        }
        return best == Integer.MAX_VALUE ? null : byKeys.get(best).parser;
    }

    /** Whether the parser takes every object, so that its tag says nothing of whose it is. */
    boolean isForAnyObject(@Nullable Parser parser) {
        return bareKeys.length > 0 && byKeys.get(bareKeys[0]).parser == parser;
    }

    /** The literals of the frame's beginning. */
    BitSet literals(String frame) {
        return literals.in(frame, Math.min(frame.length(), HEAD));
    }

    /** The parser that has the longest of these literals, unless somebody only says it in a request or in quotes. */
    @Nullable
    Parser byLiteral(BitSet found, String frame) {
        int best = Integer.MAX_VALUE;
        for (int literal = found.nextSetBit(0); literal >= 0; literal = found.nextSetBit(literal + 1)) {
            for (int place : literalsOf[literal]) {
                if (place < best && !isQuoted(frame, byLiteral.get(place).text)) {
                    best = place;
                }
            }
        }
        return best == Integer.MAX_VALUE ? null : byLiteral.get(best).parser;
    }

    /** The parser with whose literal the text begins there. */
    @Nullable
    Parser byBeginning(String frame, int from) {
        int beginning = beginning(frame, from);
        if (beginning < 0 || !beginnings.get(beginning)) {
            return null;
        }
        return startsWith(byBeginning, frame.substring(from, Math.min(frame.length(), from + HEAD)));
    }

    /** Of three characters; -1: there are fewer, or a blank comes first. */
    private static int beginning(String text, int from) {
        if (text.length() - from < 3 || text.charAt(from) <= ' ') {
            return -1;
        }
        return (text.charAt(from) * 31 + text.charAt(from + 1)) * 31 + text.charAt(from + 2) & 0xFFFF;
    }

    /** Behind an open quote, a path or an address of the web. */
    private static boolean isQuoted(String frame, String literal) {
        int at = frame.indexOf(literal);
        boolean open = false;
        for (int p = 0; p < at; p++) {
            char c = frame.charAt(p);
            open ^= c == '"' && (p == 0 || frame.charAt(p - 1) != '\\');
            if (c == '/' && (p == 0 || frame.charAt(p - 1) == ' ' || frame.charAt(p - 1) == '/')) {
                return true;
            }
        }
        return open;
    }

    /** The parser of which the text, as a whole, is a line. */
    @Nullable
    Parser byForm(BitSet found, String text, Body context) {
        for (int place : forms(found)) {
            if (byForm.get(place).fits(found, text, context)) {
                return byForm.get(place).parser;
            }
        }
        return null;
    }

    /** Those whose first literal is there, the most specific first. */
    private int[] forms(BitSet found) {
        int[] places = bareForms;
        boolean sorted = true;
        for (int literal = found.nextSetBit(0); literal >= 0; literal = found.nextSetBit(literal + 1)) {
            int[] more = formsOf[literal];
            if (more.length > 0) {
                sorted = places.length == 0;
                int[] both = Arrays.copyOf(places, places.length + more.length);
                System.arraycopy(more, 0, both, places.length, more.length);
                places = both;
            }
        }
        if (!sorted) {
            Arrays.sort(places);
        }
        return places;
    }

    /** Whether this text, as a whole, is a line of that parser. */
    boolean isForm(Parser parser, String text, Body context) {
        if (parser.detect().forms().isEmpty()) {
            return false;
        }
        BitSet found = literals(text);
        for (int place : forms(found)) {
            ByForm form = byForm.get(place);
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

    /** The parser that has a case for such a message, the one that says most. */
    @Nullable
    Parser byCase(String message, Body context) {
        BitSet found = demands.in(message, Math.min(message.length(), HEAD));
        int best = Integer.MAX_VALUE;
        for (int text = found.nextSetBit(0); text >= 0; text = found.nextSetBit(text + 1)) {
            for (int place : casesOf[text]) {
                if (place >= best) {
                    break; // in order
                }
                if (byCase.get(place).fits(message, context)) {
                    best = place;
                }
            }
        }
        return best == Integer.MAX_VALUE ? null : byCase.get(best).parser;
    }

    /** The parser of the longest prefix. */
    private static @Nullable Parser startsWith(TreeMap<String, Parser> prefixes, String text) {
        String bound = text;
        for (Map.Entry<String, Parser> last = prefixes.floorEntry(bound); last != null; ) {
            String prefix = last.getKey();
            if (text.startsWith(prefix)) {
                return last.getValue();
            }
            int same = 0; // no prefix of the text that is longer than what both begin with can come before this one
            while (same < prefix.length() && same < bound.length() && prefix.charAt(same) == bound.charAt(same)) {
                same++;
            }
            bound = bound.substring(0, same);
            last = prefixes.floorEntry(bound);
        }
        return null;
    }
}
