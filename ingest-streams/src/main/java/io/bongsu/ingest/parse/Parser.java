package io.bongsu.ingest.parse;

import io.bongsu.rules.LogSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A compiled parser definition.
 *
 * @param sets fields that the definition names as targets; those of parsers that it calls are theirs
 * @param head how lines begin that say what the lines behind them in the same file hold
 */
record Parser(
        String id,
        String title,
        @Nullable String dataset,
        Set<LogSource> logSources,
        Detect detect,
        Input input,
        Map<String, Object> defaults,
        @Nullable JsonNames json,
        @Nullable Join join,
        List<String> head,
        List<Step> steps,
        Set<String> sets,
        Set<String> calls,
        List<ParserTest> tests) {
    Parser {
        logSources = Ordered.copy(logSources);
        defaults = Ordered.copy(defaults);
        head = List.copyOf(head);
        steps = List.copyOf(steps);
        sets = Ordered.copy(sets);
        calls = Ordered.copy(calls);
        tests = List.copyOf(tests);
    }

    /** Whether rules of a category of Sigma, such as webserver, see the events of both. */
    boolean isLike(Parser other) {
        return logSources.stream()
                .map(LogSource::category)
                .anyMatch(category -> category != null
                        && other.logSources.stream().anyMatch(source -> category.equals(source.category())));
    }

    /** Whether its lines are put around those of others. */
    boolean wraps() {
        return steps.stream().anyMatch(Step.Held.class::isInstance);
    }

    /** The product, whose logs may have parsers of their own: what stands before the first dot of the dataset. */
    String module() {
        String name = dataset == null ? id : dataset;
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** What the steps look at: the message, the whole frame, the keys of a JSON object, or the data of a Windows event. */
    enum Input {
        MESSAGE,
        RAW,
        JSON,
        WINDOWS
    }

    /**
     * Which lines are its own, cheapest and surest first: what the listener declares, the program (or a module such as
     * {@code (pam_unix)}), top-level keys of a JSON object, a literal of the product, the form of a whole line, how the
     * message begins, and what the templates of its cases take, when nobody is named that could have said it.
     */
    record Detect(
            List<String> tags,
            List<String> programs,
            List<Set<String>> jsonKeys,
            List<String> literals,
            List<Form> forms,
            List<String> prefixes,
            boolean cases) {
        Detect {
            tags = List.copyOf(tags);
            programs = List.copyOf(programs);
            jsonKeys = List.copyOf(jsonKeys);
            literals = List.copyOf(literals);
            forms = List.copyOf(forms);
            prefixes = List.copyOf(prefixes);
        }

        static final Detect NOTHING =
                new Detect(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), false);

        boolean isEmpty() {
            return equals(NOTHING);
        }
    }

    /** What must occur in a line, and how the whole of it must look. */
    record Form(List<String> has, List<Template> templates) {
        Form {
            has = List.copyOf(has);
            templates = List.copyOf(templates);
        }
    }

    /**
     * What becomes of the keys of a JSON object: which hold the time, which get another name, which say nothing; where
     * all others go, and whether those with an ECS name are taken as such first.
     *
     * @param labels how keys begin that become labels; null: none do
     * @param alike keys whose value is taken as a field besides, where nothing else gives that field
     */
    record JsonNames(
            List<String> time,
            Map<String, Target> rename,
            Set<String> drop,
            String to,
            boolean ecs,
            @Nullable String labels,
            Alike alike) {
        JsonNames {
            time = List.copyOf(time);
            rename = Ordered.copy(rename);
            drop = Ordered.copy(drop);
        }
    }
}
