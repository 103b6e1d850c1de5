package io.bongsu.rules.match;

import io.bongsu.rules.LogSource;
import io.bongsu.rules.syntax.Condition;
import io.bongsu.rules.syntax.CorrelationRule;
import io.bongsu.rules.syntax.DetectionRule;
import io.bongsu.rules.syntax.FilterRule;
import io.bongsu.rules.syntax.Listing;
import io.bongsu.rules.syntax.Rule;
import io.bongsu.rules.syntax.Search;
import io.bongsu.rules.syntax.Similar;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Detections to matches. Fields and atoms are numbered and shared over all rules that one compiler sees, as the index
 * over many rules needs them.
 */
public final class MatchCompiler {
    private final FieldNames fieldNames;
    private final Map<String, Listing> lists;
    private final java.util.function.Predicate<String> parsed;
    private final Map<List<String>, Field> fields = new HashMap<>();
    private final Map<Key, Match> atoms = new HashMap<>();

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
    record Context(LogSource logSource, Map<String, Listing> lists, Problems problems, Problems warnings) {}

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

    static Match all(List<Match> parts) {
        return parts.size() == 1 ? parts.get(0) : new Match.All(parts);
    }

    static Match any(List<Match> parts) {
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
            case Search.Item item -> new ItemCompiler(this, item, context).compile();
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

    /** The values of a placeholder: those that the rule brings, or those that everyone has. */
    @Nullable
    Listing list(Context context, String name) {
        return context.lists().getOrDefault(name, lists.get(name));
    }

    Match atom(@Nullable Field field, Predicate predicate) {
        int id = atoms.size();
        return atoms.computeIfAbsent(
                new Key(field, predicate),
                key -> field == null ? new Match.Keyword(id, predicate) : new Match.Atom(id, field, predicate));
    }
}
