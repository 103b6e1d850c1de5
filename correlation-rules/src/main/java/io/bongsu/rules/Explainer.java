package io.bongsu.rules;

import io.bongsu.rules.match.MatchCompiler;
import io.bongsu.rules.match.Trial;
import io.bongsu.rules.syntax.Condition;
import io.bongsu.rules.syntax.DetectionRule;
import io.bongsu.rules.syntax.FilterRule;
import io.bongsu.rules.syntax.Listing;
import io.bongsu.rules.syntax.Modifier;
import io.bongsu.rules.syntax.Search;
import io.bongsu.rules.yaml.YamlScalar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why a rule finds an event or does not: its condition as a tree, each part with whether it holds and what the event
 * has there. For people at work on a rule; it loads the rules anew and takes its time.
 */
public final class Explainer {
    /** So much of a value is shown. */
    private static final int MAX_SHOWN = 160;

    private final RuleLoader loader;
    private final RuleSet.Loaded loaded;

    private Explainer(RuleLoader loader, RuleSet.Loaded loaded) {
        this.loader = loader;
        this.loaded = loaded;
    }

    public static Explainer load(List<Path> foldersOrFiles, RuleSet.Defaults defaults) {
        RuleLoader loader = new RuleLoader(defaults);
        return new Explainer(loader, loader.load(foldersOrFiles));
    }

    /** What came of loading the rules. */
    public RuleSet.Loaded loaded() {
        return loaded;
    }

    /** A part of a rule: whether it holds, what it says, what the event has there (perhaps nothing to say). */
    public record Part(boolean holds, String text, String seen, List<Part> parts) {
        public Part {
            parts = List.copyOf(parts);
        }

        /** As lines, deeper parts further in. */
        public List<String> lines() {
            List<String> lines = new ArrayList<>();
            lines.add((holds ? "+ " : "- ") + text + (seen.isEmpty() ? "" : "   <- " + seen));
            parts.forEach(part -> part.lines().forEach(line -> lines.add("  " + line)));
            return lines;
        }
    }

    /**
     * The rules over single events with this id, name or title, or in the file of this name.
     *
     * @return ids
     */
    public List<String> find(String rule) {
        return loader.detections().values().stream()
                .filter(d -> d.meta().id().equals(rule)
                        || rule.equals(d.meta().name())
                        || d.meta().title().equalsIgnoreCase(rule)
                        || d.meta().at().file().equals(rule))
                .map(d -> d.meta().id())
                .sorted()
                .toList();
    }

    /** @param id one that {@link #find} gave */
    public Part explain(String id, Collection<LogSource> said, Map<String, ?> fields) {
        Collection<LogSource> sources = loaded.rules().sources(said, fields);
        DetectionRule rule = loader.detections().get(id);
        if (rule == null) {
            throw new IllegalArgumentException("no such rule: " + id);
        }
        boolean looks = sources.stream().anyMatch(rule.logSource()::covers);
        List<Part> parts = new ArrayList<>();
        parts.add(new Part(looks, "log source " + rule.logSource(), shown(sources), List.of()));
        parts.add(condition(rule.condition(), new Asked(rule.searches(), rule.logSource(), rule.lists(), fields), ""));
        for (FilterRule filter : loader.filtersOf(rule)) {
            Part added = condition(
                    filter.condition(), new Asked(filter.searches(), rule.logSource(), filter.lists(), fields), "");
            boolean excludes = filter.mode() == FilterRule.Mode.EXCLUDE;
            String title = "filter '" + filter.meta().title() + "'" + (excludes ? ", which excludes" : "");
            parts.add(
                    MatchCompiler.inForce(filter, fields)
                            ? new Part(excludes != added.holds(), title, "", List.of(added))
                            : new Part(true, title + ", not in force at that time", "", List.of()));
        }
        boolean holds = parts.stream().allMatch(Part::holds);
        return new Part(holds, "rule '" + rule.meta().title() + "' (" + id + ")", "", parts);
    }

    private static String shown(Collection<LogSource> sources) {
        return sources.isEmpty()
                ? "the event has none"
                : sources.stream().map(LogSource::toString).sorted().collect(Collectors.joining(", "));
    }

    private record Asked(
            Map<String, Search> searches, LogSource logSource, Map<String, Listing> lists, Map<String, ?> fields) {}

    private Part condition(Condition condition, Asked asked, String prefix) {
        return switch (condition) {
            case Condition.And and -> joined(prefix + "all of these", true, and.parts(), asked);
            case Condition.Or or -> joined(prefix + "one of these", false, or.parts(), asked);
            case Condition.Not not -> {
                Part part = condition(not.part(), asked, "");
                yield new Part(!part.holds(), prefix + "not", "", List.of(part));
            }
            case Condition.Name name -> named(name.name(), asked);
            case Condition.Of of -> {
                List<Part> parts =
                        of.names().stream().map(name -> named(name, asked)).toList();
                yield new Part(holds(parts, of.all()), prefix + (of.all() ? "all of" : "1 of") + " these", "", parts);
            }
        };
    }

    private Part joined(String text, boolean all, List<Condition> conditions, Asked asked) {
        List<Part> parts =
                conditions.stream().map(part -> condition(part, asked, "")).toList();
        return new Part(holds(parts, all), text, "", parts);
    }

    private static boolean holds(List<Part> parts, boolean all) {
        return all ? parts.stream().allMatch(Part::holds) : parts.stream().anyMatch(Part::holds);
    }

    private Part named(String name, Asked asked) {
        Search search = asked.searches().get(name);
        if (search == null) {
            throw new IllegalStateException("no search " + name);
        }
        return search(name, search, asked);
    }

    private Part search(String name, Search search, Asked asked) {
        return switch (search) {
            case Search.All all -> {
                List<Part> parts = all.parts().stream()
                        .map(part -> search("", part, asked))
                        .toList();
                yield name.isEmpty() && parts.size() == 1
                        ? parts.get(0)
                        : new Part(holds(parts, true), name.isEmpty() ? "all of these" : name, "", parts);
            }
            case Search.Any any -> {
                List<Part> parts = any.parts().stream()
                        .map(part -> search("", part, asked))
                        .toList();
                yield new Part(
                        holds(parts, false), name.isEmpty() ? "one of these" : name + ", one of these", "", parts);
            }
            case Search.Item item -> {
                Part part = item(item, asked);
                yield name.isEmpty() ? part : new Part(part.holds(), name, "", List.of(part));
            }
        };
    }

    private Part item(Search.Item item, Asked asked) {
        Trial trial = loader.compiler().trial(item, asked.logSource(), asked.lists(), asked.fields());
        List<Part> values = new ArrayList<>();
        boolean keywords = item.field().isEmpty();
        if (item.values().size() > 1 && !item.modifiers().contains(Modifier.NEQ)) {
            boolean all = item.modifiers().contains(Modifier.ALL);
            for (YamlScalar value : item.values()) {
                Search.Item one = new Search.Item(item.at(), item.field(), item.modifiers(), List.of(value));
                Trial of = loader.compiler().trial(one, asked.logSource(), asked.lists(), asked.fields());
                // Of many alternatives the one that fits is of interest, of many demands the one that fails.
                if (of.holds() != all || keywords && of.holds()) {
                    values.add(new Part(of.holds(), shown(value), keywords ? seen(one, of, asked) : "", List.of()));
                }
            }
        }
        StringBuilder text = new StringBuilder(item.field().isEmpty() ? "keywords" : item.field());
        item.modifiers().forEach(modifier -> text.append('|').append(modifier.word()));
        text.append(": ");
        text.append(
                item.values().size() == 1
                        ? shown(item.values().get(0))
                        : item.values().size() + " values");
        return new Part(
                trial.holds(), text.toString(), values.isEmpty() || !keywords ? seen(item, trial, asked) : "", values);
    }

    /** What the event has there: of a reference on both sides, of a keyword where it stands. */
    private String seen(Search.Item item, Trial trial, Asked asked) {
        if (item.field().isEmpty()) {
            return item.values().size() == 1 && trial.found() != null
                    ? trial.found() + " = '"
                            + around(trial.values().get(0), item.values().get(0).text()) + "'"
                    : "";
        }
        if (!item.modifiers().contains(Modifier.FIELDREF)) {
            return seen(trial);
        }
        StringBuilder seen = new StringBuilder(seen(trial));
        for (YamlScalar other : item.values()) {
            seen.append("; ").append(seen(loader.compiler().look(asked.logSource(), other.text(), asked.fields())));
        }
        return seen.toString();
    }

    /** The part of a long value in which the keyword's first piece stands. */
    private static String around(String value, String keyword) {
        String piece = Arrays.stream(keyword.split("[*?\\\\]+"))
                .filter(part -> !part.isEmpty())
                .findFirst()
                .orElse("");
        int at = value.toLowerCase(Locale.ROOT).indexOf(piece.toLowerCase(Locale.ROOT));
        int from = at < 0 || value.length() <= MAX_SHOWN ? 0 : Math.max(0, at - MAX_SHOWN / 2);
        return (from > 0 ? "…" : "") + cut(value.substring(from));
    }

    private static String shown(YamlScalar value) {
        return value.value() == null ? "null" : "'" + cut(value.text()) + "'";
    }

    private static String cut(String text) {
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }

    private static String seen(Trial trial) {
        if (trial.candidates().isEmpty()) {
            return "";
        }
        @Nullable String name = trial.found();
        if (name == null) {
            return "absent; looked for as " + String.join(", ", trial.candidates());
        }
        return name + " = "
                + trial.values().stream().map(value -> "'" + cut(value) + "'").collect(Collectors.joining(", "));
    }
}
