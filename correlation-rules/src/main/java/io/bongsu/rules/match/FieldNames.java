package io.bongsu.rules.match;

import io.bongsu.rules.LogSource;
import io.bongsu.rules.syntax.RuleParser;
import io.bongsu.rules.syntax.Search;
import io.bongsu.rules.syntax.Similar;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlReader;
import io.bongsu.rules.yaml.YamlScalar;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * From the field names of Sigma's taxonomy to those of our events. A field is looked for under its own name first,
 * then under the names of each section of {@code fields.yml} whose log source the rule has. Users' sections come before
 * ours, and may define log sources: which events are of one.
 */
public final class FieldNames {
    private static final Set<String> KEYS = Set.of("logsource", "fields", "prefix", "names", "events", "among");
    private static final Set<String> SOURCE_KEYS = Set.of("category", "product", "service");

    private static final List<Section> OURS = ours();

    private final List<Section> sections;
    /** Every name that some section leads to. */
    private final Set<String> targets = new TreeSet<>();

    /**
     * @param names of Sigma, and what they are called here
     * @param prefixes before names that are not listed
     * @param natives names that need no other; with these, the log source has no others than those listed
     * @param events what events of the log source are like
     * @param among only events of this log source are looked at for it
     */
    private record Section(
            @Nullable LogSource logSource,
            Map<String, List<String>> names,
            List<String> prefixes,
            Set<String> natives,
            @Nullable Search events,
            LogSource among) {
        boolean lists(String name) {
            return names.containsKey(name) || natives.contains(name);
        }

        boolean holdsFor(LogSource asked) {
            return logSource == null || logSource.covers(asked);
        }
    }

    /**
     * Which events are of a log source, beside those that parsers say.
     *
     * @param among what the events are according to their parser
     */
    public record Definition(LogSource logSource, Search events, LogSource among, boolean ours) {}

    /** What is thought of the name of a field. */
    sealed interface Knowledge {}

    record Known() implements Knowledge {}

    /** Of a log source whose fields we know, one is written nearly so. */
    record Mistaken(String meant) implements Knowledge {}

    /** It may be one that the log brings along, but there is one that is written nearly so. */
    record Doubtful(String meant) implements Knowledge {}

    record Unknown() implements Knowledge {}

    private FieldNames(List<Section> sections) {
        this.sections = List.copyOf(sections);
        sections.forEach(section -> section.names().values().forEach(targets::addAll));
    }

    public static FieldNames builtIn() {
        return with(List.of(), new Problems());
    }

    /** Ours and those of these files; a file with a problem adds nothing. */
    public static FieldNames with(List<Path> files, Problems problems) {
        List<Section> sections = new ArrayList<>();
        for (Path file : files) {
            for (YamlNode document : YamlReader.readAll(file, problems)) {
                Problems own = new Problems();
                List<Section> found = sections(document, own);
                problems.addAll(own);
                if (own.isEmpty()) {
                    sections.addAll(found);
                }
            }
        }
        sections.addAll(OURS);
        return new FieldNames(sections);
    }

    private static List<Section> ours() {
        try (InputStream in = Objects.requireNonNull(FieldNames.class.getResourceAsStream("fields.yml"))) {
            Problems problems = new Problems();
            List<Section> sections = new ArrayList<>();
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            YamlReader.readAll("fields.yml", text, problems)
                    .forEach(document -> sections.addAll(sections(document, problems)));
            if (!problems.isEmpty()) {
                throw new IllegalStateException(problems.list().toString());
            }
            return List.copyOf(sections);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Section> sections(YamlNode document, Problems problems) {
        List<Section> sections = new ArrayList<>();
        if (!(document instanceof YamlList list)) {
            problems.add(document, "a mapping is a list of sections", "write - logsource: and fields: in each");
            return sections;
        }
        for (YamlNode item : list.items()) {
            if (!(item instanceof YamlMap map)) {
                problems.add(item, "a section of a mapping is a map", "write logsource: and fields: in it");
                continue;
            }
            map.keys().forEach((key, at) -> {
                if (!KEYS.contains(key)) {
                    problems.add(
                            at,
                            "'" + key + "' is not known in a mapping",
                            Similar.didYouMean(key, KEYS, "there are among, events, fields, logsource, names, prefix"));
                }
            });
            Map<String, List<String>> names = names(map.get("fields"), problems);
            List<String> prefixes = texts(map.get("prefix"), problems);
            Set<String> natives = new TreeSet<>();
            texts(map.get("names"), problems).forEach(name -> natives.add(name.replace(" ", "")));
            YamlNode events = map.get("events");
            LogSource logSource = logSource(map.get("logsource"), problems);
            LogSource among = logSource(map.get("among"), problems);
            if (among != null && events == null) {
                problems.add(
                        map.at("among"),
                        "'among' says where to look for the events of a log source",
                        "write events: beside it");
            }
            if (names.isEmpty() && prefixes.isEmpty() && natives.isEmpty() && events == null) {
                problems.add(map, "a section of a mapping maps nothing", "write fields:, prefix:, names: or events:");
            } else if (events != null && (logSource == null || logSource.equals(LogSource.ANY))) {
                problems.add(map.at("events"), "the events of which log source?", "write logsource: beside events:");
            }
            sections.add(new Section(
                    logSource,
                    names,
                    prefixes,
                    natives,
                    events == null ? null : RuleParser.search(events, problems),
                    among == null ? LogSource.ANY : among));
        }
        return sections;
    }

    private static @Nullable LogSource logSource(@Nullable YamlNode node, Problems problems) {
        if (node == null) {
            return null;
        }
        if (!(node instanceof YamlMap map)) {
            problems.add(node, "'logsource' must be a map", "write such as { product: linux, service: sshd }");
            return null;
        }
        map.keys().forEach((key, at) -> {
            if (!SOURCE_KEYS.contains(key)) {
                problems.add(at, "unknown log source key '" + key + "'", "there are category, product, service");
            }
        });
        return new LogSource(text(map, "category"), text(map, "product"), text(map, "service"));
    }

    private static String text(YamlMap map, String key) {
        return map.get(key) instanceof YamlScalar scalar ? scalar.text() : "";
    }

    private static Map<String, List<String>> names(@Nullable YamlNode node, Problems problems) {
        Map<String, List<String>> names = new LinkedHashMap<>();
        if (node instanceof YamlMap fields) {
            fields.entries().forEach((name, targets) -> names.put(name.replace(" ", ""), texts(targets, problems)));
        } else if (node != null) {
            problems.add(node, "'fields' must be a map", "write Name: field.name");
        }
        return names;
    }

    private static List<String> texts(@Nullable YamlNode node, Problems problems) {
        List<String> texts = new ArrayList<>();
        List<YamlNode> items = node instanceof YamlList list ? list.items() : node == null ? List.of() : List.of(node);
        for (YamlNode item : items) {
            if (item instanceof YamlScalar scalar && !scalar.text().isBlank()) {
                texts.add(scalar.text());
            } else {
                problems.add(item, "a field name is expected", "write the name that events carry, such as user.name");
            }
        }
        return texts;
    }

    /** The names under which events of this log source may carry the field; blanks in it are taken out, as Sigma says. */
    List<String> candidates(LogSource logSource, String field) {
        String name = field.replace(" ", "");
        Set<String> found = new LinkedHashSet<>(List.of(name));
        for (Section section : sections) {
            if (section.holdsFor(logSource)) {
                List<String> mapped = section.names().get(name);
                if (mapped != null) {
                    found.addAll(mapped);
                } else {
                    section.prefixes().forEach(prefix -> found.add(prefix + name));
                }
            }
        }
        return List.copyOf(found);
    }

    /** The fields that the mappings give other names, by log source, each with the names under which events may carry it. */
    public Map<LogSource, Map<String, List<String>>> named() {
        Map<LogSource, Map<String, List<String>>> byLogSource = new LinkedHashMap<>();
        for (Section section : sections) {
            LogSource logSource = section.logSource() == null ? LogSource.ANY : section.logSource();
            Map<String, List<String>> named = byLogSource.computeIfAbsent(logSource, key -> new TreeMap<>());
            section.names().forEach((name, mapped) -> {
                if (!mapped.isEmpty()) {
                    named.put(name, candidates(logSource, name));
                }
            });
        }
        return byLogSource;
    }

    /** The log sources whose events the mappings define, and those that users have named in theirs. */
    public Set<LogSource> logSources() {
        Set<LogSource> found = new LinkedHashSet<>();
        for (Section section : sections) {
            if (section.logSource() != null && (section.events() != null || !OURS.contains(section))) {
                found.add(section.logSource());
            }
        }
        return found;
    }

    /** What the mappings say of the events of log sources. */
    public List<Definition> definitions() {
        List<Definition> definitions = new ArrayList<>();
        for (Section section : sections) {
            if (section.logSource() != null && section.events() != null) {
                definitions.add(
                        new Definition(section.logSource(), section.events(), section.among(), OURS.contains(section)));
            }
        }
        return definitions;
    }

    /**
     * What the mappings know of a field. Where the log source lists its fields, or brings none of its own, a name that is
     * nearly one of those listed is a mistake.
     */
    Knowledge knowledge(LogSource logSource, String field) {
        String name = field.replace(" ", "");
        List<Section> own =
                sections.stream().filter(section -> section.holdsFor(logSource)).toList();
        if (targets.contains(name)
                || own.stream()
                        .anyMatch(section -> section.lists(name)
                                || section.prefixes().stream().anyMatch(prefix -> targets.contains(prefix + name)))) {
            return new Known();
        }
        boolean closed = own.stream().anyMatch(section -> !section.natives().isEmpty());
        boolean open = own.stream().anyMatch(section -> !section.prefixes().isEmpty());
        for (Section section : own) {
            for (Set<String> listed : List.of(section.names().keySet(), section.natives())) {
                for (String known : listed) {
                    if (Similar.nearly(name, known)) {
                        return closed || !open ? new Mistaken(known) : new Doubtful(known);
                    }
                }
            }
        }
        return closed || !open ? new Unknown() : new Known();
    }

    /** All names that rules of this log source may use, for suggestions. */
    Set<String> near(LogSource logSource) {
        Set<String> names = new TreeSet<>(targets);
        for (Section section : sections) {
            if (section.holdsFor(logSource)) {
                names.addAll(section.names().keySet());
                names.addAll(section.natives());
            }
        }
        return names;
    }
}
