package io.bongsu.rules.syntax;

import io.bongsu.rules.yaml.Problem;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One YAML document to one rule, after Sigma 2.1. What cannot be run is a problem, never left out silently. */
public final class RuleParser {
    /** Top-level keys of Sigma and ours; others are the rule's own and are kept. */
    private static final Set<String> KNOWN = Set.of(
            "title",
            "id",
            "name",
            "related",
            "taxonomy",
            "status",
            "description",
            "license",
            "references",
            "reference",
            "author",
            "date",
            "modified",
            "logsource",
            "detection",
            "correlation",
            "filter",
            "bongsu",
            "fields",
            "falsepositives",
            "level",
            "tags",
            "scope",
            "tests",
            "generate",
            "sigma-version");
    /** Keys that would change what happens if they were misspelt without anybody noticing. */
    private static final List<String> NOT_TO_MISS = List.of(
            "title", "level", "tests", "detection", "correlation", "filter", "logsource", "name", "status", "tags");

    private static final List<String> STATUS = List.of("stable", "test", "experimental", "deprecated", "unsupported");
    private static final int MAX_TITLE = 256;
    private static final Pattern CALLED =
            Pattern.compile("(?m)^(id|name):[ \\t]+(?:['\"]([^'\"\\n]*)['\"]|([^\\s'\"#][^\\s#]*))");

    private final YamlMap document;
    private final Problems problems = new Problems();
    private final Reading reading;

    private RuleParser(YamlMap document) {
        this.document = document;
        this.reading = new Reading(document, problems);
    }

    /**
     * What came of a document. A rule without id has one made from its name, or else its title, so that editing what
     * it detects does not change who it is. {@code rule} is null exactly when there are problems.
     *
     * @param refersTo ids and names of the rules that it correlates, also when it has problems
     * @param draft what could be read of one that has problems, to find the others
     */
    public record Parsed(
            YamlNode at,
            String id,
            @Nullable String name,
            List<YamlScalar> refersTo,
            boolean generate,
            @Nullable Rule rule,
            @Nullable Rule draft,
            List<Problem> problems) {
        /** Whether it could not even be read. */
        public boolean isLost() {
            return rule == null && draft == null && problems.isEmpty();
        }

        /** The same, but it does not run: its document has a problem that is told already. */
        public Parsed refused() {
            return new Parsed(at, id, name, refersTo, generate, null, rule == null ? draft : rule, problems);
        }
    }

    /** A search that stands outside of rules; null when there is nothing to read. */
    public static @Nullable Search search(YamlNode node, Problems problems) {
        YamlMap nothing = new YamlMap(node.file(), node.line(), node.column(), Map.of(), Map.of());
        return new DetectionParser(nothing, problems).search(node, node);
    }

    /** Of a document that could not be read: by what others may call it. */
    public static Parsed lost(YamlScalar document) {
        String id = "";
        String name = null;
        for (Matcher line = CALLED.matcher(document.text()); line.find(); ) {
            String called = line.group(2) != null ? line.group(2) : line.group(3);
            id = line.group(1).equals("id") ? called : id;
            name = line.group(1).equals("name") ? called : name;
        }
        return new Parsed(document, id, name, List.of(), false, null, null, List.of());
    }

    public static Parsed parse(YamlNode document) {
        if (document instanceof YamlMap map) {
            return new RuleParser(map).parse();
        }
        Problems problems = new Problems();
        problems.add(document, "this is not a rule", "a rule is a map with title, logsource and detection");
        return new Parsed(document, "", null, List.of(), false, null, null, problems.list());
    }

    private Parsed parse() {
        Meta meta = meta();
        YamlMap correlation = reading.inner("correlation");
        List<YamlScalar> refersTo = correlation == null ? List.of() : CorrelationParser.refersTo(correlation);
        boolean generate =
                correlation != null && (isTrue(correlation.get("generate")) || isTrue(document.get("generate")));
        Rule rule = null;
        if (document.get("filter") != null && document.get("detection") != null) {
            problems.add(
                    document.at("filter"),
                    "a rule has either 'detection' or 'filter'",
                    "write two documents, divided by ---");
        } else if (document.get("filter") != null) {
            rule = new DetectionParser(document, problems).filter(meta);
        } else if (document.get("action") != null && document.get("detection") == null) {
            problems.add(
                    document.at("action"),
                    "'action' collections are from an old Sigma",
                    "write each rule out in a document of its own");
        } else if (document.get("detection") != null && document.get("correlation") != null) {
            problems.add(
                    document.at("correlation"),
                    "a rule has either 'detection' or 'correlation'",
                    "write two documents, divided by ---");
        } else if (correlation != null) {
            rule = new CorrelationParser(document, problems).parse(meta, correlation, generate);
        } else if (document.get("detection") != null) {
            rule = new DetectionParser(document, problems).rule(meta);
        } else if (document.get("correlation") == null
                && Stream.of("detection", "correlation", "filter").allMatch(key -> mistaken(document, key) == null)) {
            problems.add(document, "neither 'detection' nor 'correlation'", "a rule needs one of them");
        }
        return new Parsed(
                document,
                meta.id(),
                meta.name(),
                refersTo,
                generate,
                problems.isEmpty() ? rule : null,
                problems.isEmpty() ? null : rule,
                problems.list());
    }

    /** The key that can hardly be anything else than this one, which is not there; null when there is none. */
    static @Nullable String mistaken(YamlMap document, String known) {
        return document.get(known) != null
                ? null
                : document.entries().keySet().stream()
                        .filter(key ->
                                !KNOWN.contains(key) && Similar.distance(key.toLowerCase(Locale.ROOT), known) <= 1)
                        .findFirst()
                        .orElse(null);
    }

    /** The key of Sigma that a rule's own key is written nearly like, and that the rule does not have otherwise. */
    public static @Nullable String meant(YamlMap document, String key) {
        return KNOWN.contains(key)
                ? null
                : KNOWN.stream()
                        .filter(known -> document.get(known) == null && Similar.nearly(key, known))
                        .min(Comparator.<String>comparingInt(known -> Similar.distance(key, known))
                                .thenComparing(Comparator.naturalOrder()))
                        .orElse(null);
    }

    private static boolean isTrue(@Nullable YamlNode node) {
        return node instanceof YamlScalar scalar && Boolean.TRUE.equals(scalar.value());
    }

    private Meta meta() {
        String title = reading.text("title");
        if (title == null || title.isBlank()) {
            if (title != null || reading.lacks("title") && mistaken(document, "title") == null) {
                problems.add(document, "'title' is missing", "write one that says what it finds");
            }
            title = "";
        } else if (title.length() > MAX_TITLE) {
            problems.add(document.at("title"), "the title is longer than " + MAX_TITLE + " characters", "shorten it");
        }
        String name = reading.text("name");
        String id = reading.text("id");
        if (id == null || id.isBlank()) {
            String from = name == null ? "title:" + title.strip() : "name:" + name;
            id = UUID.nameUUIDFromBytes(("bongsu:rule:" + from).getBytes(StandardCharsets.UTF_8))
                    .toString();
        }
        String status = reading.text("status");
        if (status != null && !STATUS.contains(status.toLowerCase(Locale.ROOT))) {
            problems.add(document.valueAt("status"), "unknown status '" + status + "'", oneOf(status, STATUS));
        }
        Map<String, Object> custom = new TreeMap<>();
        document.entries().forEach((key, value) -> {
            if (!KNOWN.contains(key)) {
                flatten(key, value, custom);
            }
        });
        for (String known : NOT_TO_MISS) {
            String key = mistaken(document, known);
            if (key != null) {
                problems.add(document.at(key), "unknown key '" + key + "'", "did you mean '" + known + "'?");
            }
        }
        for (String kept : List.of("related", "taxonomy", "scope", "fields")) {
            flatten(kept, document.get(kept), custom);
        }
        if (document.get("logsource") instanceof YamlMap source) {
            source.entries().forEach((key, value) -> {
                if (!DetectionParser.LOG_SOURCE.contains(key)) {
                    flatten("logsource." + key, value, custom);
                }
            });
        }
        return new Meta(
                document,
                id.strip(),
                name,
                title.strip(),
                level(),
                status == null ? null : status.toLowerCase(Locale.ROOT),
                reading.text("description"),
                reading.text("license"),
                date("date"),
                date("modified"),
                reading.texts("author").stream()
                        .flatMap(author -> Arrays.stream(author.split(",")))
                        .map(String::strip)
                        .filter(author -> !author.isEmpty())
                        .toList(),
                Stream.concat(reading.texts("references").stream(), reading.texts("reference").stream())
                        .toList(),
                reading.texts("falsepositives"),
                reading.texts("tags"),
                custom);
    }

    private @Nullable String date(String key) {
        String text = reading.text(key);
        if (text != null && !isDate(text.strip())) {
            problems.add(
                    document.valueAt(key), "'" + key + "' is no date: '" + text + "'", "write it such as 2026-01-31");
        }
        return text;
    }

    /** Of the calendar; older rules write it with slashes. */
    private static boolean isDate(String text) {
        try {
            LocalDate.parse(text.replace('/', '-'));
            return true;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private Level level() {
        String text = reading.text("level");
        if (text == null) {
            return Level.MEDIUM;
        }
        for (Level level : Level.values()) {
            if (level.word().equals(text.toLowerCase(Locale.ROOT))) {
                return level;
            }
        }
        List<String> words = Arrays.stream(Level.values()).map(Level::word).toList();
        problems.add(document.valueAt("level"), "unknown level '" + text + "'", oneOf(text, words));
        return Level.MEDIUM;
    }

    private static String oneOf(String word, List<String> known) {
        return Similar.didYouMean(word, known, "write one of " + String.join(", ", known));
    }

    /** Keys that Sigma does not know, as text; a list of maps gets its positions as keys. */
    private static void flatten(String key, @Nullable YamlNode value, Map<String, Object> into) {
        switch (value) {
            case null -> {}
            case YamlScalar scalar -> into.put(key, scalar.text());
            case YamlMap map -> map.entries().forEach((k, v) -> flatten(key + "." + k, v, into));
            case YamlList list -> {
                if (list.items().stream().allMatch(item -> item instanceof YamlScalar)) {
                    into.put(
                            key,
                            list.items().stream()
                                    .map(item -> ((YamlScalar) item).text())
                                    .toList());
                } else {
                    for (int i = 0; i < list.items().size(); i++) {
                        flatten(key + "." + i, list.items().get(i), into);
                    }
                }
            }
        }
    }
}
