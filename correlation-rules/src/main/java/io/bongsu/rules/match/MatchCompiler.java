package io.bongsu.rules.match;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import inet.ipaddr.IPAddress;
import io.bongsu.rules.LogSource;
import io.bongsu.rules.syntax.Condition;
import io.bongsu.rules.syntax.CorrelationRule;
import io.bongsu.rules.syntax.DetectionRule;
import io.bongsu.rules.syntax.FilterRule;
import io.bongsu.rules.syntax.Listing;
import io.bongsu.rules.syntax.Modifier;
import io.bongsu.rules.syntax.Rule;
import io.bongsu.rules.syntax.Search;
import io.bongsu.rules.syntax.Similar;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Detections to matches. Fields and atoms are numbered and shared over all rules that one compiler sees, which is what
 * an index over many rules will need. Modifiers apply from left to right; a chain that makes no sense is a problem.
 */
public final class MatchCompiler {
    private static final Set<Modifier> SHAPES = EnumSet.of(Modifier.CONTAINS, Modifier.STARTSWITH, Modifier.ENDSWITH);
    private static final Set<Modifier> COMPARISONS = EnumSet.of(Modifier.LT, Modifier.LTE, Modifier.GT, Modifier.GTE);
    private static final Set<Modifier> TIME_PARTS = EnumSet.range(Modifier.MINUTE, Modifier.YEAR);
    private static final Set<Modifier> FLAGS = EnumSet.of(Modifier.I, Modifier.M, Modifier.S);
    private static final Set<Modifier> ENCODINGS = EnumSet.of(
            Modifier.BASE64, Modifier.BASE64OFFSET, Modifier.UTF16LE, Modifier.UTF16BE, Modifier.UTF16, Modifier.WIDE);

    /** Modifiers that make something else than a text of the value, and what may stand beside them. */
    private static final Map<Modifier, Set<Modifier>> COMPANIONS = companions();

    private static final Set<Modifier> NEED_A_FIELD =
            together(COMPARISONS, TIME_PARTS, EnumSet.of(Modifier.EXISTS, Modifier.CIDR, Modifier.FIELDREF));

    /** May stand beside a list of indicators. */
    private static final Set<Modifier> INDICATORS = EnumSet.of(Modifier.EXPAND, Modifier.NEQ, Modifier.ALL);

    /** So many values may one line of a rule have when its placeholders and dashes are written out. */
    private static final int MAX_VALUES = 100_000;

    /** Comparing costs up to this times the length of what an event has. */
    private static final int MAX_LENGTH = 32_768;

    private final FieldNames fieldNames;
    private final Map<String, Listing> lists;
    private final java.util.function.Predicate<String> parsed;
    private final Map<List<String>, Field> fields = new HashMap<>();
    private final Map<Key, Match> atoms = new HashMap<>();

    /** In a value with {@code expand}; a backslash before a percent sign makes it one. */
    private static final Pattern PLACEHOLDER = Pattern.compile("(?<!\\\\)%(\\w+)%");

    /** Written as it is read. */
    private static final Pattern WHOLE = Pattern.compile("0|-?[1-9][0-9]*");

    private static final Set<Modifier> NUMERIC = together(COMPARISONS, TIME_PARTS);

    /** A field with what was to be a modifier. */
    private static final Pattern UNPARTED = Pattern.compile(
            "(.+)[.:,\uFF5C](contains|startswith|endswith|exists|cased|windash|base64offset|fieldref|cidr)");

    /** The placeholders that Sigma names. */
    private static final Pattern STANDARD =
            Pattern.compile("%(Administrators|JumpServers|Workstations|Servers|DomainControllers)%");

    private static final Pattern TYPOGRAPHIC = Pattern.compile("(?s)[\u2018\u201C\u201E].*[\u2018\u2019\u201C\u201D]");

    /** In an expression that an empty text fits: what may still keep it from fitting every text. */
    private static final Pattern LOOKS_ROUND = Pattern.compile("[\\^$]|\\\\[bBAz]");

    private record Key(@Nullable Field field, Predicate predicate) {}

    /**
     * @param lists the values of placeholders, by name
     * @param parsed whether some parser makes a field of this name
     */
    public MatchCompiler(
            FieldNames fieldNames, Map<String, Listing> lists, java.util.function.Predicate<String> parsed) {
        this.fieldNames = fieldNames;
        this.lists = lists;
        this.parsed = parsed;
    }

    private static Map<Modifier, Set<Modifier>> companions() {
        Set<Modifier> linking = EnumSet.of(Modifier.ALL, Modifier.NEQ);
        Map<Modifier, Set<Modifier>> companions = new EnumMap<>(Modifier.class);
        companions.put(Modifier.EXISTS, EnumSet.noneOf(Modifier.class));
        companions.put(Modifier.FIELDREF, together(linking, SHAPES, EnumSet.of(Modifier.CASED)));
        companions.put(Modifier.RE, together(linking, SHAPES, FLAGS, EnumSet.of(Modifier.EXPAND)));
        companions.put(Modifier.CIDR, together(linking, EnumSet.of(Modifier.EXPAND)));
        COMPARISONS.forEach(comparison -> companions.put(comparison, together(linking, TIME_PARTS)));
        TIME_PARTS.forEach(part -> companions.put(part, together(linking, COMPARISONS)));
        return companions;
    }

    /** What nobody sees in an editor, but for what joins and tells apart letters and emoji. */
    private static boolean invisible(int c) {
        return Character.getType(c) == Character.FORMAT && c != 0x200C && c != 0x200D && c < 0xE0000;
    }

    @SafeVarargs
    private static Set<Modifier> together(Set<Modifier>... sets) {
        Set<Modifier> all = EnumSet.noneOf(Modifier.class);
        for (Set<Modifier> set : sets) {
            all.addAll(set);
        }
        return all;
    }

    /** False, and a problem, when a field would never be found; one of which nobody knows is a warning. */
    public boolean knows(LogSource logSource, String name, YamlNode at, Problems problems, Problems warnings) {
        if (parsed.test(name)) {
            return true;
        }
        String of = logSource.equals(LogSource.ANY) ? "" : " of " + logSource;
        String message = "no mapping and no parser knows the field '" + name + "'" + of;
        switch (fieldNames.knowledge(logSource, name)) {
            case FieldNames.Known known -> {}
            case FieldNames.Mistaken mistaken -> {
                problems.add(at, message, "did you mean '" + mistaken.meant() + "'?");
                return false;
            }
            case FieldNames.Doubtful doubtful -> warnings.add(at, message, "did you mean '" + doubtful.meant() + "'?");
            case FieldNames.Unknown unknown ->
                warnings.add(
                        at,
                        message,
                        Similar.didYouMean(
                                name,
                                fieldNames.near(logSource),
                                "it is looked for under this very name; a file under 'mappings' can give it others"));
        }
        return true;
    }

    /** How many fields were numbered so far. */
    public int slots() {
        return fields.size();
    }

    public Field field(LogSource logSource, String name) {
        return fields.computeIfAbsent(
                fieldNames.candidates(logSource, name), candidates -> new Field(fields.size(), candidates));
    }

    /**
     * @param warnings takes what is odd and runs all the same
     * @return null when there was a problem
     */
    public @Nullable Match compile(DetectionRule rule, Problems problems, Problems warnings) {
        return compile(
                rule.searches(), rule.condition(), new Context(rule.logSource(), rule.lists(), problems, warnings));
    }

    /**
     * What a filter adds to a rule of this log source.
     *
     * @return null when there was a problem
     */
    public @Nullable Match compile(FilterRule filter, LogSource logSource, Problems problems, Problems warnings) {
        Match match = compile(
                filter.searches(), filter.condition(), new Context(logSource, filter.lists(), problems, warnings));
        if (match == null) {
            return null;
        }
        Match added = filter.mode() == FilterRule.Mode.EXCLUDE ? new Match.Not(match) : match;
        return filter.always()
                ? added
                : any(List.of(new Match.Not(new Match.During(filter.from(), filter.until())), added));
    }

    /** Whether a filter has something to say of an event of that time. */
    public static boolean inForce(FilterRule filter, Map<String, ?> fields) {
        return Indicators.during(filter.from(), filter.until(), new EventView(fields, null, 0).time());
    }

    /** Finds what is wrong with a rule that has problems already. */
    public void check(Rule draft, Problems problems, Problems warnings) {
        switch (draft) {
            case DetectionRule rule -> check(rule.searches(), rule.logSource(), rule.lists(), problems, warnings);
            case FilterRule filter -> check(filter.searches(), filter.logSource(), filter.lists(), problems, warnings);
            case CorrelationRule correlation -> {}
        }
    }

    private void check(
            Map<String, Search> searches,
            LogSource logSource,
            Map<String, Listing> own,
            Problems problems,
            Problems warnings) {
        Context context = new Context(logSource, own, problems, warnings);
        searches.values().forEach(search -> search(search, context));
    }

    /**
     * What events are of a log source that a mapping defines.
     *
     * @return null when there was a problem
     */
    public @Nullable Match compile(Search search, Problems problems, Problems warnings) {
        return search(search, new Context(LogSource.ANY, Map.of(), problems, warnings));
    }

    /** Tries one line of a search that has compiled already. */
    public Trial trial(Search.Item item, LogSource logSource, Map<String, Listing> own, Map<String, ?> fields) {
        Match match = search(item, new Context(logSource, own, new Problems(), new Problems()));
        if (match == null) {
            throw new IllegalArgumentException("the search has problems");
        }
        boolean holds = Evaluation.holds(match, new EventView(fields, null, slots()));
        if (item.field().isEmpty()) {
            return keyword(match, holds, fields);
        }
        Trial found = look(logSource, item.field(), fields);
        return new Trial(holds, found.candidates(), found.found(), found.values());
    }

    /** Where a keyword stands: in the first field, by name, that it is found in by itself. */
    private Trial keyword(Match match, boolean holds, Map<String, ?> fields) {
        for (Map.Entry<String, ?> field : new TreeMap<>(fields).entrySet()) {
            Map<String, Object> alone = new HashMap<>();
            alone.put(field.getKey(), field.getValue());
            if (holds && field.getValue() != null && Evaluation.holds(match, new EventView(alone, null, slots()))) {
                return new Trial(true, List.of(), field.getKey(), List.of(String.valueOf(field.getValue())));
            }
        }
        return new Trial(holds, List.of(), null, List.of());
    }

    /** What an event has under the name of a field. */
    public Trial look(LogSource logSource, String name, Map<String, ?> fields) {
        Field field = field(logSource, name);
        List<String> values = new EventView(fields, null, slots()).texts(field);
        String found = null;
        for (String candidate : field.candidates()) {
            String beginning = Field.beginning(candidate);
            Object raw = beginning != null ? EventView.below(fields, beginning) : fields.get(candidate);
            boolean filled = raw != null && !(raw instanceof java.util.Collection<?> items && items.isEmpty());
            boolean counts = values.isEmpty() ? fields.containsKey(candidate) : filled;
            found = found == null && counts ? candidate : found;
        }
        return new Trial(false, field.candidates(), found, values);
    }

    /** Where a search stands: whose fields it means, which lists it brings, and who hears of what is wrong with it. */
    private record Context(LogSource logSource, Map<String, Listing> lists, Problems problems, Problems warnings) {}

    private @Nullable Match compile(Map<String, Search> searches, Condition condition, Context context) {
        Map<String, Match> matches = new LinkedHashMap<>();
        searches.forEach((name, search) -> {
            Match match = search(search, context);
            if (match != null) {
                matches.put(name, match);
            }
        });
        return matches.size() < searches.size() ? null : condition(condition, matches);
    }

    private static Match condition(Condition condition, Map<String, Match> searches) {
        return switch (condition) {
            case Condition.And and ->
                all(and.parts().stream().map(part -> condition(part, searches)).toList());
            case Condition.Or or ->
                any(or.parts().stream().map(part -> condition(part, searches)).toList());
            case Condition.Not not -> new Match.Not(condition(not.part(), searches));
            case Condition.Name name -> named(name.name(), searches);
            case Condition.Of of -> {
                List<Match> parts =
                        of.names().stream().map(name -> named(name, searches)).toList();
                yield of.all() ? all(parts) : any(parts);
            }
        };
    }

    private static Match named(String name, Map<String, Match> searches) {
        Match match = searches.get(name);
        if (match == null) {
            throw new IllegalStateException("no search " + name);
        }
        return match;
    }

    private static Match all(List<Match> parts) {
        return parts.size() == 1 ? parts.get(0) : new Match.All(parts);
    }

    private static Match any(List<Match> parts) {
        return parts.size() == 1 ? parts.get(0) : new Match.Any(parts);
    }

    private @Nullable Match search(Search search, Context context) {
        return switch (search) {
            case Search.All all -> {
                List<Match> parts = several(all.parts(), context);
                yield parts == null ? null : all(parts);
            }
            case Search.Any any -> {
                List<Match> parts = several(any.parts(), context);
                yield parts == null ? null : any(parts);
            }
            case Search.Item item -> new ItemCompiler(item, context).compile();
        };
    }

    private @Nullable List<Match> several(List<Search> searches, Context context) {
        List<Match> parts = new ArrayList<>();
        for (Search search : searches) {
            Match part = search(search, context);
            if (part != null) {
                parts.add(part);
            }
        }
        return parts.size() == searches.size() ? parts : null;
    }

    private Match atom(@Nullable Field field, Predicate predicate) {
        int id = atoms.size();
        return atoms.computeIfAbsent(
                new Key(field, predicate),
                key -> field == null ? new Match.Keyword(id, predicate) : new Match.Atom(id, field, predicate));
    }

    /** One line of a search: {@code field|modifiers: values}. */
    private final class ItemCompiler {
        private final Search.Item item;
        private final Context context;
        private final Set<Modifier> modifiers = EnumSet.noneOf(Modifier.class);
        private final Problems problems;
        private final @Nullable Field field;
        private final String shown;
        private boolean failed;
        private boolean chained = true;

        ItemCompiler(Search.Item item, Context context) {
            this.item = item;
            this.context = context;
            this.problems = context.problems();
            this.modifiers.addAll(item.modifiers());
            this.field = item.field().isEmpty() ? null : known(item.at(), item.field());
            this.shown = item.field().isEmpty() ? "the keywords" : "'" + item.field() + "'";
        }

        /**
         * The field. One that no mapping and no parser knows is found under its own name alone, which is worth saying; where the
         * log source has a field that is written nearly so, it is a mistake.
         */
        private Field known(YamlNode at, String name) {
            LogSource logSource = context.logSource();
            Matcher unparted = UNPARTED.matcher(name);
            if (unparted.matches()) {
                warn(
                        at,
                        "'" + name + "' is taken for a field",
                        "did you mean '" + unparted.group(1) + "|" + unparted.group(2) + "'?");
            } else if (name.equals("keywords") || name.equals("keyword")) {
                context.warnings()
                        .add(
                                at,
                                "'" + name + "' is taken for a field",
                                "for words anywhere in an event, write the list right below the name of the search");
            } else if (!knows(logSource, name, at, problems, context.warnings())) {
                failed = true;
            }
            return field(logSource, name);
        }

        @Nullable
        Match compile() {
            checkChain();
            if (chained) {
                odd();
            }
            List<Match> parts = new ArrayList<>();
            Map<List<Long>, List<Match>> ending = new LinkedHashMap<>();
            if (chained) {
                for (YamlScalar written : item.values()) {
                    Listing indicators = indicators(written);
                    if (indicators != null) {
                        parts.add(listed(indicators));
                        continue;
                    }
                    if (written.text().length() > MAX_LENGTH) {
                        fail(
                                written,
                                "a value of " + shown + " has more than " + MAX_LENGTH + " characters",
                                "a part of it will do");
                        continue;
                    }
                    for (Listing.Entry entry : expanded(written)) {
                        List<Match> alternatives = alternatives(entry.value());
                        if (entry.always()) {
                            parts.add(any(alternatives));
                        } else if (modifiers.contains(Modifier.ALL)) {
                            parts.add(all(List.of(any(alternatives), new Match.During(entry.from(), entry.until()))));
                        } else {
                            ending.computeIfAbsent(List.of(entry.from(), entry.until()), span -> new ArrayList<>())
                                    .addAll(alternatives);
                        }
                    }
                }
            }
            if (failed) {
                return null;
            }
            ending.forEach((span, alternatives) ->
                    parts.add(all(List.of(any(alternatives), new Match.During(span.get(0), span.get(1))))));
            Match match = modifiers.contains(Modifier.ALL) ? all(parts) : any(parts);
            return modifiers.contains(Modifier.NEQ) ? new Match.Not(match) : match;
        }

        /** What is most likely meant otherwise. */
        private void odd() {
            boolean expands = modifiers.contains(Modifier.EXPAND);
            if (modifiers.contains(Modifier.ALL) && item.values().size() == 1 && !expands) {
                warn(item.at(), "'all' on " + shown + " has one value", "write a list of several, or remove 'all'");
            } else if (modifiers.contains(Modifier.ALL)
                    && item.values().stream().allMatch(this::whole)) {
                warn(
                        item.at(),
                        "no single value of " + shown + " is all of these",
                        "write " + item.field() + "|contains|all, or remove 'all'");
            }
            if (expands
                    && item.values().stream()
                            .noneMatch(
                                    value -> PLACEHOLDER.matcher(value.text()).find())) {
                warn(
                        item.at(),
                        "'expand' on " + shown + " has no placeholder",
                        "write such as '%Servers%', or remove 'expand'");
            }
            if (field != null && modifiers.contains(Modifier.BASE64OFFSET) && !modifiers.contains(Modifier.CONTAINS)) {
                warn(
                        item.at(),
                        "'base64offset' on " + shown + " stands for a part of the encoded text",
                        "write base64offset|contains");
            }
            for (YamlScalar value : item.values()) {
                if (!expands && STANDARD.matcher(value.text()).matches()) {
                    warn(
                            value,
                            "'" + value.text() + "' on " + shown + " is taken as it stands",
                            "write " + item.field() + "|expand for what the list holds");
                }
                if (field != null && value.value() == null && value.source().isEmpty()) {
                    warn(
                            value,
                            shown + " without a value stands for a field that is absent",
                            "write null if that is meant, or '' for an empty value");
                }
                if (value.value() instanceof Number number
                        && !WHOLE.matcher(value.text()).matches()) {
                    String read = Texts.of(number);
                    if (!read.equals(value.text()) && modifiers.stream().noneMatch(NUMERIC::contains)) {
                        warn(
                                value,
                                "'" + value.text() + "' on " + shown + " is the number " + read,
                                "put it in quotes if it is a text");
                    }
                }
                if (value.source().codePoints().anyMatch(MatchCompiler::invisible)
                        && !value.text().codePoints().allMatch(MatchCompiler::invisible)) {
                    warn(
                            value,
                            "the value on " + shown + " holds an invisible character",
                            "remove it, or write it as \\u and its number in double quotes");
                }
                if (value.text().chars().anyMatch(c -> c < ' ')) {
                    warn(
                            value,
                            "the value on " + shown + " holds a tab, a line end or the like",
                            "write a backslash in double quotes as \\\\, and a text in one line");
                }
                if (TYPOGRAPHIC.matcher(value.text()).matches()) {
                    warn(value, "the quotes around " + value.text() + " belong to the value", "write straight ones");
                }
            }
        }

        /** Whether it is compared with all of a value. */
        private boolean whole(YamlScalar value) {
            return EnumSet.of(Modifier.ALL, Modifier.CASED).containsAll(modifiers)
                    && field != null
                    && value.value() != null
                    && !SigmaText.parse(value.text()).hasWildcard();
        }

        /** Of a part that says nothing: every value has it. */
        private void saysNothing(YamlScalar value) {
            warn(
                    value,
                    "every " + (field == null ? "event" : "value of " + shown) + " has '" + value.text() + "'",
                    field == null
                            ? "write a text, or remove it"
                            : "write a text, or " + item.field() + "|exists: true");
        }

        private void warn(YamlNode at, String message, String fix) {
            context.warnings().add(at, message, fix);
        }

        private List<Match> alternatives(YamlScalar value) {
            if (modifiers.contains(Modifier.FIELDREF)) {
                return reference(value);
            }
            List<Match> alternatives = new ArrayList<>();
            for (Predicate predicate : predicates(value)) {
                alternatives.add(atom(field, predicate));
            }
            return alternatives;
        }

        /** The value, or with {@code expand} one for each combination of what its placeholders stand for. */
        private List<Listing.Entry> expanded(YamlScalar value) {
            if (!modifiers.contains(Modifier.EXPAND) || value.value() == null) {
                return List.of(new Listing.Entry(value, Listing.EVER_SINCE, Listing.FOR_EVER));
            }
            List<Listing.Entry> texts = List.of(entry(value, "", Listing.EVER_SINCE, Listing.FOR_EVER));
            boolean given = true;
            int from = 0;
            Matcher placeholder = PLACEHOLDER.matcher(value.text());
            while (placeholder.find()) {
                String before =
                        value.text().substring(from, placeholder.start()).replace("\\%", "%");
                String name = placeholder.group(1);
                Listing list = list(value, name);
                if (list == null) {
                    given = false;
                    continue;
                }
                if (list.kind() != Listing.Kind.TEXT) {
                    fail(
                            value,
                            "the list '%" + name + "%' holds " + (list.kind() == Listing.Kind.ADDRESS ? "an " : "a ")
                                    + list.kind().word() + " in each entry and stands alone",
                            "write " + item.field() + "|expand: '%" + name + "%'");
                    return List.of();
                }
                if ((long) texts.size() * list.entries().size() > MAX_VALUES) {
                    fail(
                            value,
                            "the placeholders on " + shown + " give more than " + MAX_VALUES + " values",
                            "use fewer placeholders in a value, or shorter lists");
                    return List.of();
                }
                texts = texts.stream()
                        .flatMap(text -> list.entries().stream()
                                .map(item -> entry(
                                        value,
                                        text.value().text()
                                                + before
                                                + item.value().text(),
                                        Math.max(text.from(), item.from()),
                                        Math.min(text.until(), item.until()))))
                        .filter(entry -> entry.from() < entry.until())
                        .toList();
                from = placeholder.end();
            }
            if (!given) {
                return List.of();
            }
            String rest = value.text().substring(from).replace("\\%", "%");
            return texts.stream()
                    .map(text -> entry(value, text.value().text() + rest, text.from(), text.until()))
                    .toList();
        }

        private static Listing.Entry entry(YamlScalar at, String text, long from, long until) {
            return new Listing.Entry(new YamlScalar(at.file(), at.line(), at.column(), text, text), from, until);
        }

        private @Nullable Listing list(YamlScalar value, String name) {
            Listing list = context.lists().getOrDefault(name, lists.get(name));
            if (list == null) {
                fail(
                        value,
                        "no list is given for the placeholder '%" + name + "%' on " + shown,
                        "put its values into a file " + name + ".txt in a folder of 'lists'");
            }
            return list;
        }

        /** The list that a value is nothing but the name of, when it is one of indicators. */
        private @Nullable Listing indicators(YamlScalar value) {
            Matcher placeholder = PLACEHOLDER.matcher(value.text());
            boolean alone = field != null
                    && INDICATORS.containsAll(modifiers)
                    && modifiers.contains(Modifier.EXPAND)
                    && placeholder.matches();
            Listing list =
                    alone ? context.lists().getOrDefault(placeholder.group(1), lists.get(placeholder.group(1))) : null;
            return list == null || list.kind() == Listing.Kind.TEXT ? null : list;
        }

        private Match listed(Listing listing) {
            try {
                return new Match.Listed(Objects.requireNonNull(field), Indicators.of(listing));
            } catch (Indicators.Wrong e) {
                fail(e.entry.value(), e.what + " in the list on " + shown, e.fix);
                return any(List.of());
            }
        }

        private List<Match> reference(YamlScalar value) {
            if (field == null || !(value.value() instanceof String name) || name.isBlank()) {
                fail(
                        value,
                        "'fieldref' on " + shown + " needs the name of a field",
                        "write the field to compare with as the value");
                return List.of();
            }
            if (SigmaText.parse(name).hasWildcard()) {
                fail(
                        value,
                        "'fieldref' on " + shown + " cannot have wildcards in the name of a field",
                        "write the whole name");
                return List.of();
            }
            Match.Reference.Shape shape = modifiers.contains(Modifier.CONTAINS)
                    ? Match.Reference.Shape.CONTAINS
                    : modifiers.contains(Modifier.STARTSWITH)
                            ? Match.Reference.Shape.PREFIX
                            : modifiers.contains(Modifier.ENDSWITH)
                                    ? Match.Reference.Shape.SUFFIX
                                    : Match.Reference.Shape.EQUAL;
            Field other = known(value, name.strip());
            if (other.equals(field)) {
                warn(value, shown + " is compared with itself", "write the name of another field");
            }
            return List.of(new Match.Reference(field, other, shape, modifiers.contains(Modifier.CASED)));
        }

        private void checkChain() {
            Set<Modifier> seen = EnumSet.noneOf(Modifier.class);
            for (Modifier modifier : item.modifiers()) {
                // What is encoded can be encoded once more.
                if (!seen.add(modifier) && !ENCODINGS.contains(modifier)) {
                    fail("the modifier '" + modifier.word() + "' is on " + shown + " twice", "remove one of them");
                }
            }
            atMostOneOf(SHAPES);
            atMostOneOf(COMPARISONS);
            atMostOneOf(TIME_PARTS);
            Set<Set<Modifier>> quarrels = new HashSet<>();
            for (Map.Entry<Modifier, Set<Modifier>> alone : COMPANIONS.entrySet()) {
                for (Modifier other : modifiers.contains(alone.getKey()) ? modifiers : Set.<Modifier>of()) {
                    if (other != alone.getKey()
                            && !alone.getValue().contains(other)
                            && quarrels.add(EnumSet.of(alone.getKey(), other))) {
                        fail(
                                "the modifiers '" + alone.getKey().word() + "' and '" + other.word() + "' on " + shown
                                        + " do not go together",
                                "keep one of them");
                    }
                }
            }
            for (Modifier flag : FLAGS) {
                if (modifiers.contains(flag) && !modifiers.contains(Modifier.RE)) {
                    fail("the modifier '" + flag.word() + "' on " + shown + " needs 're'", "write re|" + flag.word());
                }
            }
            boolean shaped = false;
            for (Modifier modifier : item.modifiers()) {
                boolean late = ENCODINGS.contains(modifier) || modifier == Modifier.RE || FLAGS.contains(modifier);
                if (late && shaped) {
                    fail(
                            "the modifier '" + modifier.word() + "' on " + shown + " comes too late",
                            "write contains, startswith or endswith after it");
                }
                shaped |= SHAPES.contains(modifier);
            }
            if (field == null && modifiers.stream().anyMatch(NEED_A_FIELD::contains)) {
                fail("this modifier needs a field", "write a field name before it");
            }
        }

        private void atMostOneOf(Set<Modifier> exclusive) {
            List<String> found = modifiers.stream()
                    .filter(exclusive::contains)
                    .map(Modifier::word)
                    .toList();
            if (found.size() > 1) {
                fail(
                        "the modifiers '" + String.join("' and '", found) + "' on " + shown + " do not go together",
                        "keep one of them");
            }
        }

        private void fail(String message, String fix) {
            problems.add(item.at(), message, fix);
            failed = true;
            chained = false;
        }

        private List<Predicate> fail(YamlNode value, String message, String fix) {
            problems.add(value, message, fix);
            failed = true;
            return List.of();
        }

        /** The tests of which one has to hold for this value. */
        private List<Predicate> predicates(YamlScalar value) {
            Object raw = value.value();
            if (modifiers.contains(Modifier.EXISTS)) {
                if (item.values().size() > 1) {
                    fail("'exists' on " + shown + " has several values", "write true or false");
                    return List.of();
                }
                if (raw instanceof Boolean wanted) {
                    return List.of(new Predicate.Present(wanted));
                }
                return fail(
                        value, "'exists' on " + shown + " must be true or false", "write one of them, without quotes");
            }
            if (raw == null) {
                if (modifiers.stream().anyMatch(m -> m != Modifier.NEQ && m != Modifier.ALL)) {
                    return fail(
                            value,
                            "null on " + shown + " cannot have modifiers",
                            "remove them, or write '' for an empty value");
                }
                return field == null
                        ? fail(value, "a keyword cannot be null", "write a text")
                        : List.of(new Predicate.Missing());
            }
            if (modifiers.contains(Modifier.RE)) {
                return regex(value);
            }
            if (modifiers.contains(Modifier.CIDR)) {
                return cidr(value);
            }
            for (Modifier part : TIME_PARTS) {
                if (modifiers.contains(part)) {
                    return timePart(value, part);
                }
            }
            for (Modifier comparison : COMPARISONS) {
                if (modifiers.contains(comparison)) {
                    return raw instanceof Long || raw instanceof Double && !raw.equals(Double.NaN)
                            ? List.of(new Predicate.Compare(
                                    Predicate.Comparison.valueOf(comparison.name()), (Number) raw))
                            : fail(
                                    value,
                                    "'" + comparison.word() + "' on " + shown + " needs a number, not '" + value.text()
                                            + "'",
                                    "write it in digits and without quotes");
                }
            }
            return texts(value, raw);
        }

        private List<Predicate> timePart(YamlScalar value, Modifier part) {
            if (!(value.value() instanceof Long number) || number < 0) {
                return fail(
                        value,
                        "'" + part.word() + "' on " + shown + " needs a whole number, not '" + value.text() + "'",
                        "write it in digits and without quotes");
            }
            Predicate.Comparison comparison = Predicate.Comparison.EQ;
            for (Modifier modifier : COMPARISONS) {
                comparison = modifiers.contains(modifier) ? Predicate.Comparison.valueOf(modifier.name()) : comparison;
            }
            DatePart unit = DatePart.valueOf(part.name());
            if (number < unit.least() || number > unit.most()) {
                return fail(
                        value,
                        "'" + part.word() + "' on " + shown + " is never " + number,
                        "write " + unit.least() + " to " + unit.most());
            }
            return List.of(new Predicate.TimePart(unit, comparison, number));
        }

        private List<Predicate> regex(YamlScalar value) {
            String source = value.text();
            if (modifiers.contains(Modifier.STARTSWITH)) {
                source = "\\A(?:" + source + ")";
            } else if (modifiers.contains(Modifier.ENDSWITH)) {
                source = "(?:" + source + ")\\z";
            }
            try {
                LinearRegex regex = LinearRegex.compile(
                        source,
                        modifiers.contains(Modifier.I),
                        modifiers.contains(Modifier.M),
                        modifiers.contains(Modifier.S));
                if (regex.find("") && !LOOKS_ROUND.matcher(value.text()).find()) {
                    saysNothing(value);
                }
                return List.of(new Predicate.Regex(regex));
            } catch (LinearRegex.Refused e) {
                return fail(value, e.getMessage() + " on " + shown, e.fix);
            }
        }

        private List<Predicate> cidr(YamlScalar value) {
            IPAddress block = Addresses.block(value.text());
            if (block == null) {
                return fail(
                        value,
                        "'" + value.text() + "' on " + shown + " is not an address block",
                        "write one such as 10.0.0.0/8 or 2001:db8::/32");
            }
            IPAddress whole = block.isPrefixed() ? block.toPrefixBlock() : block;
            if (!Addresses.isWhole(block)) {
                return fail(
                        value,
                        "'" + value.text() + "' on " + shown + " has bits after the prefix",
                        "write " + whole.toCanonicalString());
            }
            return List.of(new Predicate.Cidr(whole));
        }

        private List<Predicate> texts(YamlScalar value, Object raw) {
            boolean cased = modifiers.contains(Modifier.CASED);
            List<SigmaText> texts =
                    List.of(raw instanceof String string ? SigmaText.parse(string) : SigmaText.literal(Texts.of(raw)));
            byte[] pending = null;
            for (Modifier modifier : item.modifiers()) {
                switch (modifier) {
                    case CONTAINS ->
                        texts = texts.stream().map(t -> t.openStart().openEnd()).toList();
                    case STARTSWITH ->
                        texts = texts.stream().map(SigmaText::openEnd).toList();
                    case ENDSWITH ->
                        texts = texts.stream().map(SigmaText::openStart).toList();
                    case WINDASH -> {
                        texts = texts.stream().flatMap(t -> t.dashes().stream()).toList();
                        if (texts.isEmpty() || texts.size() > SigmaText.MAX_VARIANTS) {
                            return fail(
                                    value,
                                    "'windash' on " + shown + " gives more than " + SigmaText.MAX_VARIANTS
                                            + " variants",
                                    "write fewer dashes in one value");
                        }
                    }
                    case WIDE, UTF16LE, UTF16BE, UTF16, BASE64, BASE64OFFSET -> {
                        if (texts.size() != 1 || texts.get(0).hasWildcard()) {
                            return fail(
                                    value,
                                    "'" + modifier.word() + "' on " + shown + " cannot encode wildcards",
                                    "write them as \\* and \\?, or use contains");
                        }
                        byte[] bytes = pending == null ? texts.get(0).text().getBytes(UTF_8) : pending;
                        String text = texts.get(0).text();
                        pending = switch (modifier) {
                            case WIDE, UTF16LE -> text.getBytes(UTF_16LE);
                            case UTF16BE -> text.getBytes(UTF_16BE);
                            case UTF16 -> ("\uFEFF" + text).getBytes(UTF_16LE);
                            default -> null;
                        };
                        texts = pending != null
                                ? List.of(SigmaText.literal(new String(pending, ISO_8859_1)))
                                : modifier == Modifier.BASE64
                                        ? List.of(SigmaText.literal(
                                                Base64.getEncoder().encodeToString(bytes)))
                                        : offsets(bytes);
                    }
                    default -> {}
                }
            }
            List<Predicate> predicates = new ArrayList<>();
            for (SigmaText text : texts) {
                SigmaText shaped = field == null ? text.openStart().openEnd() : text;
                Predicate predicate = shaped.toPredicate(cased);
                if (predicate instanceof Predicate.Exists
                        && (field == null || value.text().isEmpty())) {
                    saysNothing(value);
                }
                predicates.add(predicate);
            }
            return predicates;
        }

        /** The parts of the Base64 text that do not depend on what stands before and after, for the three positions. */
        private static List<SigmaText> offsets(byte[] bytes) {
            List<SigmaText> found = new ArrayList<>();
            for (int shift = 0; shift < 3; shift++) {
                byte[] padded = new byte[bytes.length + shift];
                System.arraycopy(bytes, 0, padded, shift, bytes.length);
                String text = Base64.getEncoder().encodeToString(padded);
                int start = shift == 0 ? 0 : shift + 1;
                int end = text.length() - (padded.length % 3 == 0 ? 0 : 4 - padded.length % 3);
                if (end > start) {
                    found.add(SigmaText.literal(text.substring(start, end)));
                }
            }
            return found;
        }
    }
}
