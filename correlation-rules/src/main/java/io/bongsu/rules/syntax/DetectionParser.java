package io.bongsu.rules.syntax;

import io.bongsu.rules.Hours;
import io.bongsu.rules.LogSource;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a rule asks of single events: its log source, searches and condition; and the same in a filter. */
final class DetectionParser {
    /** What routes; other keys of a log source are notes, such as its definition. */
    static final List<String> LOG_SOURCE = List.of("category", "product", "service");

    private static final Set<String> NOT_SEARCHES = Set.of("condition", "timeframe");
    private static final Set<String> NOT_SEARCHES_OF_FILTER = Set.of("condition", "rules", "bongsu");

    private static final Set<String> OURS = Set.of("lists", "hours", "weekdays", "zone");

    private final YamlMap document;
    private final Problems problems;
    private final Reading reading;

    DetectionParser(YamlMap document, Problems problems) {
        this.document = document;
        this.problems = problems;
        this.reading = new Reading(document, problems);
    }

    /** With a problem it is a draft; null when there is nothing to read. */
    @Nullable
    DetectionRule rule(Meta meta) {
        LogSource logSource = logSource();
        Set<LogSource> sources = logSource == null ? Set.of() : Set.of(logSource);
        List<RuleTest> tests = new TestParser(meta.id(), sources, problems).parse(document.get("tests"));
        Map<String, Listing> lists = lists(OURS);
        YamlMap knobs = reading.map().get("bongsu") instanceof YamlMap map ? map : null;
        Hours hours = knobs == null ? null : HoursParser.parse(new Reading(knobs, problems));
        YamlMap detection = reading.inner("detection");
        if (detection == null) {
            return null;
        }
        if (detection.get("timeframe") != null) {
            problems.add(
                    detection.at("timeframe"),
                    "'timeframe' is from an old Sigma",
                    "write a correlation rule with a timespan over this one");
        }
        Map<String, Search> searches = searches(detection, NOT_SEARCHES);
        Condition condition = condition("detection", detection, names(detection, NOT_SEARCHES));
        return new DetectionRule(meta, known(logSource), searches, known(condition), lists, hours, tests);
    }

    private static LogSource known(@Nullable LogSource logSource) {
        return logSource == null ? LogSource.ANY : logSource;
    }

    private static Condition known(@Nullable Condition condition) {
        return condition == null ? new Condition.Of(false, List.of()) : condition;
    }

    /** With a problem it is a draft; null when there is nothing to read. */
    @Nullable
    FilterRule filter(Meta meta) {
        LogSource logSource = logSource();
        YamlMap filter = reading.inner("filter");
        if (filter == null) {
            return null;
        }
        Map<String, Listing> lists = lists(Set.of("lists", "mode"));
        List<YamlScalar> rules = filtered(filter);
        YamlMap knobs = new Reading(filter, problems).inner("bongsu");
        FilterRule.Mode mode = mode(knobs);
        ListingParser.Force force = new ListingParser(problems).force(knobs);
        if (filter.get("condition") instanceof YamlList list) {
            problems.add(list, "the condition of a filter must be one text", "join the parts with 'or'");
        }
        Map<String, Search> searches = searches(filter, NOT_SEARCHES_OF_FILTER);
        Condition condition = condition("filter", filter, names(filter, NOT_SEARCHES_OF_FILTER));
        return new FilterRule(
                meta, known(logSource), rules, searches, known(condition), mode, lists, force.from(), force.until());
    }

    /** The rules that a filter names; none stands for all of its log source. */
    private List<YamlScalar> filtered(YamlMap filter) {
        List<YamlScalar> rules = new Reading(filter, problems).scalars("rules");
        if (rules.isEmpty() && !(filter.get("rules") instanceof YamlMap)) {
            problems.add(
                    filter.at("rules"), "the filter names no 'rules'", "write rules: any, or a list of ids or names");
        }
        boolean any = filter.get("rules") instanceof YamlScalar one
                && Set.of("any", "all").contains(one.text().toLowerCase(Locale.ROOT));
        return any ? List.of() : rules;
    }

    private FilterRule.Mode mode(@Nullable YamlMap knobs) {
        if (knobs == null) {
            return FilterRule.Mode.AS_WRITTEN;
        }
        Reading own = new Reading(knobs, problems);
        own.onlyKnows(Set.of("mode", "from", "until"), "'bongsu' of a filter");
        String mode = own.text("mode");
        for (FilterRule.Mode known : FilterRule.Mode.values()) {
            if (known.word().equals(mode)) {
                return known;
            }
        }
        if (mode != null) {
            List<String> words = Arrays.stream(FilterRule.Mode.values())
                    .map(FilterRule.Mode::word)
                    .toList();
            problems.add(
                    knobs.at("mode"),
                    "unknown mode '" + mode + "' of a filter",
                    Similar.didYouMean(mode, words, "there are " + String.join(", ", words)));
        }
        return FilterRule.Mode.AS_WRITTEN;
    }

    /** Values of placeholders that the document brings along. */
    private Map<String, Listing> lists(Set<String> known) {
        Map<String, Listing> lists = new TreeMap<>();
        YamlMap knobs = reading.inner("bongsu");
        if (knobs != null) {
            new Reading(knobs, problems).onlyKnows(known, "'bongsu'");
            YamlMap named = new Reading(knobs, problems).inner("lists");
            if (named != null) {
                named.entries().forEach((name, node) -> {
                    Listing list = new ListingParser(problems).parse(name, node);
                    // One with a problem is there, or a draft would miss it.
                    lists.put(name, list == null ? new Listing(Listing.Kind.TEXT, List.of()) : list);
                });
            }
        }
        return lists;
    }

    private Map<String, Search> searches(YamlMap map, Set<String> others) {
        Map<String, Search> searches = new LinkedHashMap<>();
        map.entries().forEach((name, node) -> {
            Search search = others.contains(name) ? null : search(map.at(name), node);
            if (search != null) {
                searches.put(name, search);
            }
        });
        return searches;
    }

    private static Set<String> names(YamlMap map, Set<String> others) {
        Set<String> names = new TreeSet<>(map.entries().keySet());
        names.removeAll(others);
        return names;
    }

    private @Nullable LogSource logSource() {
        YamlMap map = reading.inner("logsource");
        if (map == null) {
            if (document.get("logsource") == null && RuleParser.mistaken(document, "logsource") == null) {
                problems.add(document, "'logsource' is missing", "name a category, a product or a service");
            }
            return null;
        }
        Reading parts = new Reading(map, problems);
        boolean told = false;
        for (Map.Entry<String, YamlScalar> key : map.keys().entrySet()) {
            String near = LOG_SOURCE.contains(key.getKey()) ? "" : Similar.didYouMean(key.getKey(), LOG_SOURCE, "");
            if (!near.isEmpty()) {
                problems.add(key.getValue(), "unknown log source key '" + key.getKey() + "'", near);
                told = true;
            }
        }
        String category = parts.text("category");
        String product = parts.text("product");
        String service = parts.text("service");
        if (Stream.of(category, product, service).allMatch(part -> part == null || part.isBlank())) {
            if (told
                    || LOG_SOURCE.stream()
                            .anyMatch(key -> map.get(key) != null && !(map.get(key) instanceof YamlScalar))) {
                return null;
            }
            problems.add(map, "the log source is empty", "name a category, a product or a service");
            return null;
        }
        return new LogSource(category, product, service);
    }

    private @Nullable Condition condition(String what, YamlMap detection, Set<String> names) {
        YamlNode node = detection.get("condition");
        List<Condition> parts = new ArrayList<>();
        List<YamlNode> items = node instanceof YamlList list ? list.items() : node == null ? List.of() : List.of(node);
        if (items.isEmpty()) {
            String near = names.stream()
                    .filter(name -> node == null && Similar.nearly(name, "condition"))
                    .findFirst()
                    .orElse(null);
            boolean outside = near == null && document.get("condition") != null;
            problems.add(
                    outside ? document.at("condition") : near == null ? detection : detection.at(near),
                    "the " + what + " has no 'condition'",
                    outside
                            ? "indent this one below '" + what + "'"
                            : near == null
                                    ? "name the search identifiers to look for"
                                    : "did you mean it by '" + near + "'?");
        }
        for (YamlNode item : items) {
            if (item instanceof YamlScalar scalar) {
                Condition part = ConditionParser.parse(scalar, names, "in the " + what, problems);
                if (part != null) {
                    parts.add(part);
                }
            } else {
                problems.add(item, "a condition must be text", "write such as: selection and not 1 of filter*");
            }
        }
        return parts.isEmpty() ? null : parts.size() == 1 ? parts.get(0) : new Condition.Or(parts);
    }

    @Nullable
    Search search(YamlNode at, YamlNode node) {
        return switch (node) {
            case YamlMap map -> {
                List<Search> parts = new ArrayList<>();
                map.entries().forEach((key, value) -> parts.add(item(map.at(key), key, value)));
                if (map.entries().isEmpty()) {
                    problems.add(at, "the search is empty", "write a field and what it has, or remove the search");
                }
                yield new Search.All(parts);
            }
            case YamlScalar scalar -> item(at, "", scalar);
            case YamlList list
            when list.items().stream().allMatch(item -> item instanceof YamlScalar) -> item(at, "", list);
            case YamlList list -> {
                List<Search> parts = new ArrayList<>();
                for (YamlNode item : list.items()) {
                    Search part = search(item, item);
                    if (part != null) {
                        parts.add(part);
                    }
                }
                yield new Search.Any(parts);
            }
        };
    }

    private Search.Item item(YamlNode at, String key, YamlNode value) {
        String[] words = key.split("\\|", -1);
        String field = words[0].strip();
        String shown = field.isEmpty() ? "the keywords" : "'" + field + "'";
        List<Modifier> modifiers = new ArrayList<>();
        boolean readable = true;
        for (int i = 1; i < words.length; i++) {
            String word = words[i];
            Modifier modifier = Modifier.of(word);
            if (word.isBlank()) {
                problems.add(at, "a '|' without a modifier on " + shown, "remove it, or write the modifier behind it");
                readable = false;
            } else if (modifier == null) {
                problems.add(at, "unknown modifier '" + word + "' on " + shown, Modifier.insteadOf(word));
                readable = false;
            } else {
                modifiers.add(modifier);
            }
        }
        List<YamlScalar> values = new ArrayList<>();
        for (YamlNode item : value instanceof YamlList list ? list.items() : List.of(value)) {
            if (item instanceof YamlScalar scalar) {
                values.add(scalar);
            } else {
                problems.add(
                        item,
                        "a value of " + shown + " must be text, a number, true, false or null",
                        "write one value in each line; put it in quotes when it holds ': '");
                readable = false;
            }
        }
        if (values.isEmpty() && readable) {
            problems.add(value, shown + " has no values", "write one, or null for a field that is absent");
        }
        // Values under a modifier that is not known cannot be judged, but the field can.
        return readable
                ? new Search.Item(at, field, modifiers, values)
                : new Search.Item(at, field, List.of(), List.of());
    }
}
