package io.bongsu.ingest.parse;

import io.bongsu.rules.LogSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A compiled parser definition. */
record Parser(
        String id,
        @Nullable String dataset,
        Set<LogSource> logSources,
        Detect detect,
        Map<String, Object> defaults,
        @Nullable JsonNames json,
        @Nullable Join join,
        List<Step> steps,
        List<ParserTest> tests) {
    Parser {
        logSources = Ordered.copy(logSources);
        defaults = Ordered.copy(defaults);
        steps = List.copyOf(steps);
        tests = List.copyOf(tests);
    }

    /**
     * Which lines are its own, cheapest and surest first: what the listener declares, the program (or a module such as
     * {@code (pam_unix)}), top-level keys of a JSON object, how the message begins.
     */
    record Detect(List<String> tags, List<String> programs, List<Set<String>> jsonKeys, List<String> prefixes) {
        Detect {
            tags = List.copyOf(tags);
            programs = List.copyOf(programs);
            jsonKeys = List.copyOf(jsonKeys);
            prefixes = List.copyOf(prefixes);
        }

        boolean isEmpty() {
            return tags.isEmpty() && programs.isEmpty() && jsonKeys.isEmpty() && prefixes.isEmpty();
        }
    }

    /**
     * What becomes of the keys of a JSON object: which hold the time, which get another name, which say nothing; where
     * all others go, and whether those with an ECS name are taken as such first.
     */
    record JsonNames(List<String> time, Map<String, Target> rename, Set<String> drop, String to, boolean ecs) {
        JsonNames {
            time = List.copyOf(time);
            rename = Ordered.copy(rename);
            drop = Ordered.copy(drop);
        }
    }
}
